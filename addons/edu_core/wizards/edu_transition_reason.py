from odoo import fields, models


class EduTransitionReason(models.TransientModel):
    """Asks why a record is opened again or goes back, and until when."""

    _name = "edu.transition.reason"
    _description = "Reason for a Step Back"

    res_model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    transition = fields.Selection(
        [("unlock", "Unlock"), ("return", "Return"), ("supersede", "Supersede")], required=True
    )
    reason = fields.Text(required=True)
    until = fields.Datetime("Open until", help="Empty: until somebody locks it again.")

    def action_confirm(self):
        self.ensure_one()
        ids = [int(record_id) for record_id in self.res_ids.split(",")]
        records = self.env[self.res_model].browse(ids)
        if self.transition == "return":
            records.action_return(self.reason)
        elif self.transition == "unlock":
            records.action_unlock(self.reason, self.until)
        else:
            records.action_supersede(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
