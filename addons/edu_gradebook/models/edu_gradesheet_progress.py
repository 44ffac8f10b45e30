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
        Gradebook = self.env["edu.gradebook"]
        marks = Gradebook._edu_mark_counts(self)
        columns = Gradebook._edu_column_counts(self.class_id)
        for sheet in self:
            school_class = sheet.class_id
            needed = columns[school_class.regulation_id.id, sheet.regular_count]
            due = needed * school_class.student_count
            done = min(marks[sheet.id], due)
            sheet.entered_text = f"{done}/{due}"
            sheet.entered_share = done * 100 // due if due else 0
