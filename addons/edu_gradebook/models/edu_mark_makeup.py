from odoo import api, fields, models
from odoo.tools import SQL

# the state of a cell is that of its last attempt that says something
DUE = """
    SELECT last.id FROM (
        SELECT DISTINCT ON (gradesheet_id, enrollment_id, column_id)
            id, gradesheet_id, enrollment_id, kind
        FROM edu_mark WHERE kind <> 'empty'
        ORDER BY gradesheet_id, enrollment_id, column_id, attempt DESC) AS last
    JOIN edu_gradesheet sheet ON sheet.id = last.gradesheet_id
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    WHERE last.kind = 'absent' AND book.state IN ('draft', 'locked')
        AND NOT edu_row_frozen(last.gradesheet_id, last.enrollment_id)
"""


class EduMark(models.Model):
    """A pupil who was absent makes the assessment up within the semester, or gets the lowest result
    (TT 22/2021 Điều 7)."""

    _inherit = "edu.mark"

    class_id = fields.Many2one(related="gradesheet_id.class_id")
    subject_id = fields.Many2one(related="gradesheet_id.subject_id")
    makeup_due = fields.Boolean(
        "Make-up Due", compute="_compute_makeup_due", search="_search_makeup_due"
    )
    makeup_until = fields.Date("Make up until", compute="_compute_makeup_until")

    def _compute_makeup_due(self):
        due = self.search([("id", "in", self.ids), ("makeup_due", "=", True)])
        for mark in self:
            mark.makeup_due = mark in due

    @api.model
    def _search_makeup_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        return [("id", "in" if True in value else "not in", SQL("(%s)", SQL(DUE)))]

    @api.depends("gradesheet_id.period_id.date_end")
    def _compute_makeup_until(self):
        for mark in self:
            mark.makeup_until = mark.sudo().gradesheet_id.gradebook_period_id._edu_last_day()

    def action_open_grid(self):
        """Show the mark's sheet in the grid."""
        self.ensure_one()
        return self.gradesheet_id.action_open_grid()
