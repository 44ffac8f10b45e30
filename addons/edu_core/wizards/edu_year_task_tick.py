from odoo import fields, models


class EduYearTaskTick(models.TransientModel):
    """Asks for the note with which a step of the year is marked as done, or no longer done."""

    _name = "edu.year.task.tick"
    _description = "Mark a Step as Done"

    task_id = fields.Many2one("edu.year.task", required=True)
    ticked = fields.Boolean(related="task_id.ticked")
    note = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.task_id._edu_tick(not self.task_id.ticked, self.note)
        return {"type": "ir.actions.act_window_close"}
