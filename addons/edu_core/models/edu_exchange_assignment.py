from datetime import timedelta

from odoo import api, fields, models


class EduExchangeAssignment(models.AbstractModel):
    """Lists of who teaches what, of one school year."""

    _name = "edu.exchange.assignment"
    _inherit = ["edu.exchange.entity", "edu.exchange.teacher.mixin"]
    _description = "List of Teaching Assignments"

    _edu_entity = "assignments"
    _edu_model = "edu.teaching.assignment"
    _edu_needs_year = True
    _edu_fields = {
        "class_name": "class_id",
        "subject": "subject_id",
        "role": "role",
        "periods_per_week": "periods_per_week",
        "decision_number": "decision_number",
        "date_from": "date_from",
        "date_to": "date_to",
    }

    # -- planning --------------------------------------------------------------------------------

    @api.model
    def _edu_match(self, brought, rows):
        """Who teaches what is known only when the names are resolved."""

    @api.model
    def _edu_finders(self, brought):
        return {
            "class_name": self._edu_finder(
                self._edu_classes(brought.school_year_id), lambda one: [one.name]
            ),
            "subject": self._edu_finder(
                self._edu_subjects(brought.company_id), lambda one: one._edu_names()
            ),
        }

    @api.model
    def _edu_classes(self, school_year):
        return self.env["edu.class"].search([("school_year_id", "=", school_year.id)])

    @api.model
    def _edu_subjects(self, company):
        return self.env["edu.subject"].search([("company_id", "in", [company.id, False])])

    @api.model
    def _edu_errors(self, brought, table):
        errors = self._edu_find_teachers(brought, table, "teacher", "teacher_login")
        lines = self.env["edu.teaching.assignment"].search(
            [("class_id.school_year_id", "=", brought.school_year_id.id)]
        )
        by_place = lines.grouped(lambda one: (one.class_id, one.subject_id, one.user_id))
        for row in table.rows:
            found = row["_found"]
            place = (found.get("class_name"), found.get("subject"), row["_teacher"])
            if all(place):
                row["_record"] = self._edu_same(by_place.get(place, lines.browse()), row)
        return errors + self._edu_twice_errors(table)

    @api.model
    def _edu_same(self, lines, row):
        """The line that begins on the row's day, or one that was taken back."""
        day = fields.Date.to_date(row.get("date_from") or False) or False
        same = lines.filtered(lambda one: one.date_from == day)
        taken_back = lines.filtered(
            lambda one: one.date_from and one.date_to and one.date_to < one.date_from
        )
        return (same or taken_back)[:1]

    @api.model
    def _edu_vals(self, brought, row):
        vals = super()._edu_vals(brought, row)
        line = row["_record"]
        for name in ("class_id", "subject_id") if line else ():
            vals.pop(name, None)
        if row["_teacher"] and not line:
            vals["user_id"] = row["_teacher"].id
        if line.date_from and line.date_to and line.date_to < line.date_from:
            vals = {"date_from": False, "date_to": False, **vals}
        return vals

    @api.model
    def _edu_defaults(self, brought, row):
        return {}

    # -- undoing ---------------------------------------------------------------------------------

    @api.model
    def _edu_remove(self, lines):
        """An assignment is not deleted: it ends before it began."""
        for line in lines:
            first = line.date_from or line.class_id.school_year_id.date_start
            line.write({"date_from": first, "date_to": first - timedelta(days=1)})

    # -- handing out -----------------------------------------------------------------------------

    @api.model
    def _edu_allowed(self, company, school_year):
        return {
            "class_name": self._edu_classes(school_year).mapped("name"),
            "subject": self._edu_subjects(company).mapped("name"),
            "teacher": self._edu_accounts(company).sudo().mapped("name"),
        }

    @api.model
    def _edu_rows(self, lines, names):
        rows = super()._edu_rows(lines, names)
        for row, line in zip(rows, lines, strict=True):
            teacher = line.user_id.sudo()
            row.update(teacher=teacher.name, teacher_login=teacher.login)
        return rows
