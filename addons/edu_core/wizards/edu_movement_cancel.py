from odoo import fields, models


class EduMovementCancel(models.TransientModel):
    """Asks why movements are cancelled."""

    _name = "edu.movement.cancel"
    _description = "Cancellation of Movements"

    movement_ids = fields.Many2many("edu.movement", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.movement_ids._edu_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
