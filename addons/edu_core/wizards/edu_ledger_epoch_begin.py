from odoo import fields, models


class EduLedgerEpochBegin(models.TransientModel):
    """Asks from which backup the database was restored, and begins an epoch."""

    _name = "edu.ledger.epoch.begin"
    _description = "Begin an Epoch"

    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.env["edu.ledger.epoch"].action_begin(self.reason)
        return self.env["ir.actions.act_window"]._for_xml_id("edu_core.edu_ledger_epoch_action")
