from odoo import api, models

from edu_records.exchange import title_of
from edu_records.names import match_key, normalise


class EduExchangeTeacherMixin(models.AbstractModel):
    """Lists that name a teacher's account: by its login, else by a name that only one has."""

    _name = "edu.exchange.teacher.mixin"
    _description = "List that Names Teachers"

    @api.model
    def _edu_accounts(self, company):
        """Accounts of the school's staff; a list names them, it does not open them."""
        return (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("company_ids", "in", company.ids)])
            .sudo(False)
        )

    @api.model
    def _edu_find_teachers(self, brought, table, column, login_column):
        """Set ``row["_teacher"]``.

        :return: errors for teachers who are not known, or of whom there are several
        """
        accounts = self._edu_accounts(brought.company_id).sudo()
        by_login = {account.login.lower(): account for account in accounts}
        by_name = accounts.grouped(lambda one: normalise(one.name).lower())
        by_key = accounts.grouped(lambda one: match_key(one.name))
        errors = []
        for row in table.rows:
            name, login = row.get(column) or "", row.get(login_column) or ""
            found = accounts.browse()
            if login:
                found = by_login.get(login.lower(), found)
            elif name:
                found = by_name.get(normalise(name).lower()) or by_key.get(match_key(name), found)
            row["_teacher"] = found[:1].sudo(False)
            if len(found) > 1:
                words = {"value": name, "header": title_of(self._edu_entity, login_column)}
                errors.append(self._edu_error(table, row, column, "SEVERAL_TEACHERS", words))
            elif (name or login) and not found:
                place = login_column if login else column
                words = {"value": login or name}
                errors.append(self._edu_error(table, row, place, "UNKNOWN_TEACHER", words))
        return errors
