from odoo import fields, models


class EduAssignmentHandover(models.TransientModel):
    """Asks who takes assignments over: the old ones end, copies begin the next day."""

    _name = "edu.assignment.handover"
    _description = "Handover of Assignments"

    assignment_ids = fields.Many2many(
        "edu.teaching.assignment", string="Assignments", required=True
    )
    user_id = fields.Many2one("res.users", "New Teacher", required=True)
    date_from = fields.Date(
        "First Day", required=True, default=lambda self: self.env.company._edu_today()
    )
    decision_number = fields.Char("Decision", required=True)

    def action_confirm(self):
        self.ensure_one()
        self.assignment_ids._edu_hand_over(self.user_id, self.date_from, self.decision_number)
        return {"type": "ir.actions.act_window_close"}
