from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.weeks import school_weeks

KEPT = frozenset({"note", "is_break"})


class EduSchoolWeek(models.Model):
    """A week of the school year, with its number as schools count them: breaks have none.

    They are made from the year's first day (``edu.school.year.week_one`` where the school decided
    otherwise). The keepers of the year say which weeks are breaks, before anything is written in
    the weeks that get another number.
    """

    _name = "edu.school.week"
    _description = "School Week"
    _inherit = ["edu.guarded.mixin", "edu.logged.mixin"]
    _order = "school_year_id desc, date_start"

    _edu_guarded = frozenset({"school_year_id", "date_start", "place", "number"})
    _edu_logged = frozenset({"is_break", "note"})

    school_year_id = fields.Many2one(
        "edu.school.year", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="school_year_id.company_id", store=True, index=True, string="School"
    )
    date_start = fields.Date("Monday", required=True, readonly=True)
    date_end = fields.Date("Sunday", compute="_compute_date_end")
    place = fields.Integer(
        required=True, readonly=True, aggregator=None, help="Breaks are counted here."
    )
    number = fields.Integer(
        "Week",
        required=True,
        readonly=True,
        aggregator=None,
        help="0 for a break, and for a week that is not in the year any more.",
    )
    is_break = fields.Boolean("Break", help="Tết and other weeks that the school does not count.")
    note = fields.Char(help="For example the name of the holiday.")

    _monday_uniq = models.Constraint(
        "UNIQUE(school_year_id, date_start)", "The school year has this week already."
    )

    @api.depends("number", "date_start", "is_break", "note")
    def _compute_display_name(self):
        for week in self:
            days = "–".join(day.strftime("%d/%m") for day in week._edu_days())
            name = self.env._("Week %s", week.number)
            if week.is_break:
                name = week.note or self.env._("Break")
            week.display_name = f"{name} ({days})" if days else name

    @api.depends("date_start")
    def _compute_date_end(self):
        for week in self:
            week.date_end = week.date_start and week.date_start + timedelta(days=6)

    def _edu_days(self):
        """Monday and Sunday; nothing for a week that is not there yet."""
        self.ensure_one()
        return (self.date_start, self.date_end) if self.date_start else ()

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self._edu_is_unguarded():
            raise UserError(self.env._("The weeks follow from the first day of the school year."))
        return super().create(vals_list)

    def write(self, vals):
        """Breaks and notes, by the keepers of the year; the numbers follow."""
        if not self or self._edu_is_unguarded():
            return super().write(vals)
        if set(vals) - KEPT:
            self._edu_refuse_guarded(set(vals) - KEPT)
        years = self.sudo().school_year_id
        years.with_env(self.env)._edu_check_keeper(years.company_id)
        result = super().write(vals)
        if "is_break" in vals:
            for year in years:
                self._edu_number(year)
        return result

    @api.model
    def _edu_of(self, year):
        """The weeks of a school year, made where they are missing."""
        Week = self.sudo()
        weeks = Week.search([("school_year_id", "=", year.id)])
        if not weeks:
            year = year.sudo()
            Week._edu_unguarded().create(
                [
                    {
                        "school_year_id": year.id,
                        "date_start": week.monday,
                        "place": week.place,
                        "number": week.number,
                    }
                    for week in school_weeks(year.date_start, year.date_end, (), year.week_one)
                ]
            )
            weeks = Week.search([("school_year_id", "=", year.id)])
        return weeks.with_env(self.env)

    @api.model
    def _edu_number(self, year):
        """Number the weeks of a year anew, and add those that it has got meanwhile.

        :raises UserError: where remarks were written for a week that would get another number
        """
        known = self.sudo().search([("school_year_id", "=", year.id)])
        year = year.sudo()
        breaks = known.filtered("is_break").mapped("date_start")
        wanted = school_weeks(year.date_start, year.date_end, breaks, year.week_one)
        numbers = {week.monday: (week.place, week.number) for week in wanted}
        changed = known.filtered(
            lambda week: numbers.get(week.date_start, (0, 0))[1] != week.number
        )
        self._edu_refuse_used(changed)
        for week in known:
            place, number = numbers.pop(week.date_start, (0, 0))
            week._edu_unguarded().write({"place": place, "number": number})
        self.sudo()._edu_unguarded().create(
            [
                {
                    "school_year_id": year.id,
                    "date_start": monday,
                    "place": place,
                    "number": number,
                }
                for monday, (place, number) in numbers.items()
            ]
        )

    @api.model
    def _edu_refuse_used(self, weeks):
        used = self.env["edu.remark"].sudo().search([("week_id", "in", weeks.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%(week)s has remarks already (%(class)s): its number stays as it is.",
                    week=used.week_id.display_name,
                    **{"class": used.class_id.display_name},
                )
            )

    def _edu_begun(self, day):
        """Those of the weeks that are counted and have begun on ``day``."""
        return self.filtered(lambda week: week.number and week.date_start <= day)
