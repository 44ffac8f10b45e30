from odoo import api, fields, models

from edu_records.rules import regular_count


class EduCurriculumLine(models.Model):
    """A subject in a grade's curriculum (TT 32/2018): periods a year and how it is assessed."""

    _name = "edu.curriculum.line"
    _description = "Curriculum Line"
    _order = "grade_id, sequence, id"

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    grade_id = fields.Many2one("edu.grade", required=True, index=True, ondelete="restrict")
    subject_id = fields.Many2one("edu.subject", required=True, index=True, ondelete="restrict")
    periods = fields.Integer("Periods a Year", required=True, aggregator=None)
    assess = fields.Selection(
        [("score", "Comments and scores"), ("comment", "Comments only")],
        "Assessed by",
        required=True,
    )
    regular_count = fields.Integer(
        "Regular Marks a Semester", compute="_compute_regular_count", aggregator=None
    )
    sequence = fields.Integer(default=10, aggregator=None)

    _line_uniq = models.Constraint(
        "UNIQUE(regulation_id, grade_id, subject_id)", "The curriculum has this subject already."
    )

    @api.depends("periods", "assess")
    def _compute_regular_count(self):
        for line in self:
            line.regular_count = (
                regular_count(periods=line.periods, assess=line.assess)
                if line.assess and line.periods > 0
                else 0
            )
