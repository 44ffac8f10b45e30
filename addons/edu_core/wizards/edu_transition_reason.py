from odoo import fields, models


class EduTransitionReason(models.TransientModel):
    """Asks why a record goes back."""

    _name = "edu.transition.reason"
    _description = "Reason for a Step Back"

    res_model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    transition = fields.Selection([("unlock", "Unlock"), ("return", "Return")], required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        ids = [int(record_id) for record_id in self.res_ids.split(",")]
        records = self.env[self.res_model].browse(ids)
        {"unlock": records.action_unlock, "return": records.action_return}[self.transition](
            self.reason
        )
        return {"type": "ir.actions.act_window_close"}
