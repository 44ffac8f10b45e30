from odoo import fields, models


class EduPeriod(models.Model):
    _name = "edu.period"
    _description = "Assessment Period"
    _order = "school_year_id desc, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    code = fields.Char(required=True)
    school_year_id = fields.Many2one(
        "edu.school.year", required=True, index=True, ondelete="restrict"
    )
    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    parent_id = fields.Many2one(
        "edu.period", "Part of", index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="school_year_id.company_id", store=True, index=True)
    date_start = fields.Date()
    date_end = fields.Date()
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(school_year_id, regulation_id, code)", "The year has this period already."
    )

    def _edu_day(self):
        """The day whose facts about the school the period's records print.

        Its last day, or the year's where the period has none; today while that is to come.
        """
        self.ensure_one()
        end = self.date_end or self.school_year_id.date_end
        return min(end, self.company_id._edu_today())
