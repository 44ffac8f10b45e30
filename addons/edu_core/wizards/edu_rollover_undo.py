from odoo import fields, models


class EduRolloverUndo(models.TransientModel):
    """Asks why a rollover is undone."""

    _name = "edu.rollover.undo"
    _description = "Undo a Rollover"

    rollover_id = fields.Many2one("edu.rollover", required=True)
    done_count = fields.Integer(related="rollover_id.done_count")
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.rollover_id._edu_undo(self.reason)
        return {"type": "ir.actions.act_window_close"}
