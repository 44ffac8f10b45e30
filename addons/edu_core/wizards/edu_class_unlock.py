from odoo import fields, models


class EduClassUnlock(models.TransientModel):
    """Asks why a class list is unlocked."""

    _name = "edu.class.unlock"
    _description = "Unlocking of Class Lists"

    class_ids = fields.Many2many("edu.class", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.class_ids._edu_unlock_list(self.reason)
        return {"type": "ir.actions.act_window_close"}
