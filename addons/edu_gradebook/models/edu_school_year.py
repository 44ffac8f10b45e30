from odoo import api, fields, models


class EduSchoolYear(models.Model):
    _inherit = "edu.school.year"

    window_ids = fields.One2many("edu.lock.window", "school_year_id", "Lock Windows")
    window_changes = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of lock windows: what saves of marks hold meanwhile.",
    )
    week_one = fields.Date(
        "Week 1 Begins on",
        help="Any day of week 1. Empty: the first week with its Thursday in the school year.",
    )
    week_ids = fields.One2many("edu.school.week", "school_year_id", "Weeks")

    @api.model
    def _edu_logged_names(self):
        return super()._edu_logged_names() | {"week_one"}

    def write(self, vals):
        """Weeks follow the days of their year; those with remarks keep their number."""
        result = super().write(vals)
        if {"date_start", "date_end", "week_one"} & set(vals):
            for year in self.filtered(lambda one: one.sudo().week_ids):
                self.env["edu.school.week"]._edu_number(year)
        return result

    def action_weeks(self):
        """The year's weeks, for the keepers of the year to say which of them are breaks."""
        self.ensure_one()
        self.check_access("read")
        self.env["edu.school.week"]._edu_of(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Weeks of %s", self.name),
            "res_model": "edu.school.week",
            "view_mode": "list",
            "domain": [("school_year_id", "=", self.id)],
        }

    def _edu_hold_windows(self):
        """Let no window of the years change until the transaction ends.

        A window that changed since the transaction began raises a serialization failure, which the
        server retries: no mark is judged by windows that are no longer there.
        """
        self.env.cr.execute(
            "SELECT id FROM edu_school_year WHERE id = ANY(%s) ORDER BY id FOR SHARE", [self.ids]
        )

    def _edu_marked_periods(self):
        """Periods of the year in which marks are given, under the regulations of its classes."""
        self.ensure_one()
        marked = self.sudo().class_ids.regulation_id.period_ids.filtered("has_marks")
        codes = {(line.regulation_id, line.code) for line in marked}
        for regulation in marked.regulation_id:
            self._edu_periods(regulation)
        self.invalidate_recordset(["period_ids"])
        return self.period_ids.filtered(lambda one: (one.regulation_id, one.code) in codes)

    def action_lock_windows(self):
        """The year's windows; those that are missing are proposed to whoever sets them."""
        self.ensure_one()
        self.check_access("read")
        Window = self.env["edu.lock.window"]
        if self.env.user in Window._edu_setters(self.sudo().company_id):
            Window._edu_propose(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_lock_window_action"
        )
        action["domain"] = [("school_year_id", "=", self.id)]
        action["context"] = {"default_school_year_id": self.id}
        return action
