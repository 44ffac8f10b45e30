from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.rules import scheme_for


class EduRegulation(models.Model):
    """An assessment regulation (quy chế đánh giá); its code names the rules in the library."""

    _name = "edu.regulation"
    _description = "Assessment Regulation"
    _order = "date_from desc, id"

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    title = fields.Char(
        required=True, help="The regulation as official forms cite it, in Vietnamese."
    )
    date_from = fields.Date("In Force from", required=True)
    date_to = fields.Date("In Force until")
    period_ids = fields.One2many("edu.regulation.period", "regulation_id", "Periods")
    curriculum_line_ids = fields.One2many("edu.curriculum.line", "regulation_id", "Curriculum")

    _code_uniq = models.Constraint("UNIQUE(code)", "This regulation exists already.")

    @api.model
    def _edu_resolve(self, programme, school_year, grade):
        """The regulation of a class.

        :param str programme: ``phothong`` or ``gdtx``
        :param school_year: ``edu.school.year``
        :param grade: ``edu.grade``
        :raises UserError: when the school has not installed that regulation's data
        """
        code = scheme_for(programme=programme, year=school_year.name, grade=grade.number)
        regulation = self.search([("code", "=", code)], limit=1)
        if not regulation:
            raise UserError(
                self.env._(
                    "Grade %(grade)s of %(year)s is assessed under %(code)s, which is not set up"
                    " in this school.",
                    grade=grade.number,
                    year=school_year.name,
                    code=code,
                )
            )
        return regulation
