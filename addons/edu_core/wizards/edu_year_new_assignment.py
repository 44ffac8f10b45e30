from odoo import fields, models


class EduYearNewAssignment(models.TransientModel):
    """An assignment that a new school year is to begin with."""

    _name = "edu.year.new.assignment"
    _description = "Assignment of a New School Year"
    _order = "class_line_id, id"

    wizard_id = fields.Many2one("edu.year.new", required=True, ondelete="cascade")
    included = fields.Boolean("Create", default=True)
    class_line_id = fields.Many2one(
        "edu.year.new.class", "Class", required=True, ondelete="cascade"
    )
    subject_id = fields.Many2one("edu.subject", required=True)
    user_id = fields.Many2one("res.users", "Teacher", required=True)
    role = fields.Selection(
        [("main", "Main teacher"), ("co", "Co-teacher")], required=True, default="main"
    )
    periods_per_week = fields.Float(digits=(4, 1))
