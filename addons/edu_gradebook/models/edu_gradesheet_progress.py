from odoo import fields, models


class EduGradesheetProgress(models.AbstractModel):
    """How far a gradesheet is, as its homeroom teacher and the management follow it."""

    _name = "edu.gradesheet.progress"
    _description = "Progress of a Gradesheet"

    entered_text = fields.Char("Marks of Those Due", compute="_compute_entered")
    entered_share = fields.Integer("Entered (%)", compute="_compute_entered", aggregator="avg")

    def _compute_entered(self):
        """Marks of pupils who are in the class, of those that are due; the queries do not grow
        with sheets."""
        marks = self.env["edu.gradebook"]._edu_mark_counts(self)
        untaken = self.env["edu.subject.choice"].sudo()._edu_untaken(self)
        for sheet in self:
            pupils = sheet.class_id.student_count - len(untaken.get(sheet.id, ()))
            due = len(sheet.column_ids) * pupils
            done = min(marks[sheet.id], due)
            sheet.entered_text = f"{done}/{due}"
            sheet.entered_share = done * 100 // due if due else 0
