from odoo import fields, models


class EduStudentMergeLine(models.TransientModel):
    """A fact in which two records of one person differ."""

    _name = "edu.student.merge.line"
    _description = "Difference of Two Pupils"

    wizard_id = fields.Many2one("edu.student.merge", index=True, ondelete="cascade")
    label = fields.Char("Field")
    kept = fields.Char("Record that Is Kept")
    other = fields.Char("Other Record")
