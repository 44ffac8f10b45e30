from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

SATURDAY, SUNDAY = 5, 6


class EduDayOff(models.Model):
    """Days on which a school is closed against its week, or open to make up for one."""

    _name = "edu.day.off"
    _inherit = ["edu.settled.mixin", "edu.logged.mixin"]
    _description = "Day Off"
    _order = "date_from desc, id desc"

    _edu_logged = frozenset({"name", "kind", "date_from", "date_to", "company_id", "active"})

    name = fields.Char("Occasion", required=True, help="For example: Tết Nguyên đán, storm No. 3.")
    kind = fields.Selection(
        [("off", "No school"), ("on", "School instead of another day")],
        required=True,
        default="off",
    )
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)

    _dates = models.Constraint("CHECK(date_to >= date_from)", "The last day is before the first.")

    @api.onchange("date_from")
    def _onchange_date_from(self):
        if self.date_from and (not self.date_to or self.date_to < self.date_from):
            self.date_to = self.date_from

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._edu_changed(days.company_id)
        return days

    def write(self, vals):
        result = super().write(vals)
        self._edu_changed(self.company_id)
        return result

    def _edu_changed(self, companies):
        """Refuse a day off in no school year, or on which pupils are recorded as absent; saves that
        began before the change are tried again and judged by the new days."""
        years = self.env["edu.school.year"].sudo().search([("company_id", "in", companies.ids)])
        self.env["edu.lock.window"].sudo()._edu_touch(years)
        self._edu_check_years(years)
        for off in self.filtered(lambda one: one.active and one.kind == "off"):
            absent = (
                self.env["edu.attendance"]
                .sudo()
                ._read_group(
                    [
                        ("company_id", "=", off.company_id.id),
                        ("day", ">=", off.date_from),
                        ("day", "<=", off.date_to),
                        ("token", "!=", False),
                    ],
                    ["class_id"],
                    ["__count"],
                )
            )
            if absent:
                raise UserError(
                    self.env._(
                        "%(day)s: pupils are recorded as absent on these days: %(classes)s. Their"
                        " homeroom teachers clear that first.",
                        day=off.name,
                        classes=", ".join(f"{one.name} ({count})" for one, count in absent),
                    )
                )

    def _edu_check_years(self, years):
        """Each begins and ends in one school year, or the summer after it."""
        for off in self.filtered("active"):
            of_school = years.filtered(lambda year, off=off: year.company_id == off.company_id)
            if not any(
                year._edu_runs(off.date_from) and year._edu_runs(off.date_to) for year in of_school
            ):
                raise UserError(
                    self.env._("%s: the days are not in one school year.", off.display_name)
                )

    @api.model
    def _edu_off(self, company, days):
        """Why there is no school: ``{day: "" or reason}``."""
        declared = self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", max(days)),
                ("date_to", ">=", min(days)),
            ],
            order="id",
        )
        reasons = {}
        for day in days:
            weekday = day.weekday()
            if weekday == SUNDAY:
                reasons[day] = self.env._("Sunday")
            elif weekday == SATURDAY and company.edu_school_days == "5":
                reasons[day] = self.env._("Saturday")
            else:
                reasons[day] = ""
        for line in declared:
            for place in range((line.date_to - line.date_from).days + 1):
                day = line.date_from + timedelta(days=place)
                if day in reasons:
                    reasons[day] = line.name if line.kind == "off" else ""
        return reasons
