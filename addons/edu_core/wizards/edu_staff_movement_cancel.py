from odoo import fields, models


class EduStaffMovementCancel(models.TransientModel):
    """Asks why a movement is cancelled."""

    _name = "edu.staff.movement.cancel"
    _description = "Cancellation of a Staff Movement"

    movement_id = fields.Many2one("edu.staff.movement", required=True, ondelete="cascade")
    reason = fields.Text(required=True)
    decision_number = fields.Char()
    decision_date = fields.Date()

    def action_confirm(self):
        self.ensure_one()
        self.movement_id._edu_cancel(self.reason, self.decision_number, self.decision_date)
        return {"type": "ir.actions.act_window_close"}
