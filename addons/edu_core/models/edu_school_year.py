import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class EduSchoolYear(models.Model):
    _name = "edu.school.year"
    _description = "School Year"
    _order = "date_start desc, id"

    name = fields.Char(required=True, help="For example 2026-2027.")
    date_start = fields.Date(required=True)
    date_end = fields.Date(required=True)
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    paper_mode = fields.Selection(
        [("parallel", "On paper and electronically"), ("electronic", "Electronically only")],
        "Records Are Kept",
        compute="_compute_paper_mode",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="As the school decided for this year; a new year goes on as the one before it.",
    )
    period_ids = fields.One2many("edu.period", "school_year_id", "Periods")
    class_ids = fields.One2many("edu.class", "school_year_id", "Classes")

    profile_window_from = fields.Date(
        "Profiles Open from",
        help="From this day on homeroom teachers keep the personal records of their pupils.",
    )
    profile_window_to = fields.Date("Profiles Open until")

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "The school has this school year already."
    )
    _dates = models.Constraint("CHECK(date_end > date_start)", "The year ends before it starts.")
    _profile_window = models.Constraint(
        "CHECK((profile_window_from IS NULL) = (profile_window_to IS NULL)"
        " AND (profile_window_from IS NULL OR profile_window_to >= profile_window_from))",
        "The window in which profiles are open needs a first and a last day, in this order.",
    )

    @api.depends("company_id", "date_start")
    def _compute_paper_mode(self):
        for year in self.filtered(lambda year: not year.paper_mode):
            before = self.search(
                [("company_id", "=", year.company_id.id), ("date_start", "<", year.date_start)],
                limit=1,
            )
            year.paper_mode = before.paper_mode or "electronic"

    @api.constrains("name")
    def _check_name(self):
        for year in self:
            match = re.fullmatch(r"(\d{4})-(\d{4})", year.name or "")
            if not match or int(match[2]) != int(match[1]) + 1:
                raise ValidationError(
                    self.env._("Write a school year as two years, for example 2026-2027.")
                )

    def _edu_last_day(self):
        """The day before the next school year would begin; a year's duties last until then."""
        self.ensure_one()
        return self.date_start + relativedelta(years=1, days=-1)

    def _edu_runs(self, day):
        self.ensure_one()
        return self.date_start <= day <= self._edu_last_day()

    def write(self, vals):
        moved = self.filtered(
            lambda year: "company_id" in vals and year.company_id.id != vals["company_id"]
        )
        if moved.sudo().class_ids or moved.sudo().period_ids:
            raise UserError(
                self.env._(
                    "%s has classes or periods: it stays in its school. Create the year in the"
                    " other school instead.",
                    ", ".join(moved.mapped("name")),
                )
            )
        renamed = self.filtered(lambda year: "name" in vals and year.name != vals["name"])
        classes = renamed.sudo().class_ids
        classes._edu_refuse_used()
        result = super().write(vals)
        classes._edu_resolve_regulation()
        return result

    @api.model
    def _edu_on(self, school, day):
        """The year of ``school`` that is running on ``day``, in summer the one that ended."""
        return self.sudo().search(
            [("company_id", "=", school.id), ("date_start", "<=", day)], limit=1
        )

    def _edu_periods(self, regulation):
        """The year's periods under ``regulation``, made from its data when missing."""
        self.ensure_one()
        Period = self.env["edu.period"].sudo()
        periods = Period.search(
            [("school_year_id", "=", self.id), ("regulation_id", "=", regulation.id)]
        )
        by_code = {period.code: period for period in periods}
        for line in regulation.period_ids:
            if line.code not in by_code:
                by_code[line.code] = Period.create(
                    {
                        "school_year_id": self.id,
                        "regulation_id": regulation.id,
                        "code": line.code,
                        "name": line.name,
                        "sequence": line.sequence,
                    }
                )
        for line in regulation.period_ids.filtered("parent_code"):
            by_code[line.code].parent_id = by_code[line.parent_code]
        return Period.union(*by_code.values()).sudo(False)
