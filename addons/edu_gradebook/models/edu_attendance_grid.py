from odoo import api, models
from odoo.tools import format_date


class EduAttendance(models.Model):
    """What the web client's month asks for."""

    _inherit = "edu.attendance"

    @api.model
    def open_month(self, class_id=None, month=None):
        """One call opens the month: of the class that was asked for, or of the user's own one.

        :return: ``{"sheet": {"id" (the class), "class", "month", "year", "pupils", "users",
            "kept", "may_keep"}, "sheets": the user's classes, "months": [{"month", "label"}],
            "today", "columns": [{"code", "day", "number", "weekday", "session", "label", "closed":
            None or the reason}], "rows": [{"enrollment", "no", "name", "code", "active", "note",
            "from", "to"}], "cells": {"<enrolment>:<column>": {"value", "kind", "version"}},
            "counts": {"<enrolment>": absences of the year}, "closed": None or {"code",
            "message"}}``; ``"sheet": None`` for a user without a class
        """
        mine = self._edu_own_classes()
        sheets = [{"id": one.id, "class": one.name} for one in mine]
        if not class_id and not mine:
            return {"sheet": None, "sheets": sheets}
        school_class, first = self._edu_month(class_id or mine[:1].id, month or None)
        school_class._edu_check_attendance_reader()
        page = self.sudo()._edu_page(school_class.sudo(), first)
        rows = self.sudo().browse(row["id"] for row in page["cells"].values())
        rows.sudo(False)._edu_log_read("read", ["cells"])
        today = str(school_class.sudo().company_id._edu_today())
        return {**self._edu_shown(school_class, page), "sheets": sheets, "today": today}

    @api.model
    def _edu_own_classes(self):
        """Classes whose attendance the user keeps, of the years that are not over."""
        domain = [
            "|",
            ("homeroom_user_id", "=", self.env.uid),
            ("attendance_delegate_ids", "in", self.env.user.ids),
            ("company_id", "in", self.env.companies.ids),
        ]
        classes = self.env["edu.class"].search(domain)
        running = classes.filtered(
            lambda one: one.school_year_id.date_end >= one.sudo().company_id._edu_today()
        )
        return running or classes

    @api.model
    def _edu_shown(self, school_class, page):
        """The page as the client shows it."""
        closed = self._edu_closed(school_class)
        counts = self._edu_counts(school_class.sudo().enrollment_ids)
        own = school_class.sudo()
        return {
            "sheet": {
                "id": own.id,
                "class": own.name,
                "year": own.school_year_id.name,
                "month": f"{page['first']:%Y-%m}",
                "pupils": sum(row["active"] for row in page["enrollments"].values()),
                "users": own._edu_attendance_users().mapped("name"),
                "kept": own.keeps_attendance,
                "may_keep": own.homeroom_user_id == self.env.user,
                "limit": own.company_id.edu_absence_warning,
            },
            "months": [
                {"month": f"{one:%Y-%m}", "label": f"{one:%m/%Y}"} for one in own._edu_months()
            ],
            "columns": [self._edu_shown_column(column) for column in page["columns"].values()],
            "rows": [
                {**row, "from": str(row["from"]), "to": str(row["to"])}
                for row in page["enrollments"].values()
            ],
            "cells": {
                f"{line}:{code}": {
                    "value": row["token"] or "",
                    "kind": "value" if row["token"] else "empty",
                    "version": row["entry_seq"],
                }
                for (line, code), row in page["cells"].items()
            },
            "counts": {str(line): str(result.value) for line, result in counts.items()},
            "closed": {"code": closed[0], "message": closed[1]} if closed else None,
        }

    @api.model
    def _edu_shown_column(self, column):
        sessions = dict(self._fields["session"]._description_selection(self.env))
        return {
            "code": column["code"],
            "day": str(column["day"]),
            "number": column["day"].day,
            "weekday": format_date(self.env, column["day"], date_format="EEEEE"),
            "session": column["session"],
            "label": sessions[column["session"]],
            "closed": column["closed"][1] if column["closed"] else None,
        }

    def action_open_month(self):
        """The month in which the absence is."""
        self.ensure_one()
        action = self.class_id.action_attendance()
        action["context"]["month"] = f"{self.day:%Y-%m}"
        return action
