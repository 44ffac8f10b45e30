"""Which settings leave an entry in the ledger when somebody changes them: the whole list.

They stand in one place, apart from their models, so that it can be read and judged as a list.
"""

from odoo import api, models

from .edu_logged_mixin import ABSENT

SECRET = ("password", "secret", "token", "key")


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "edu.logged.mixin"]

    @api.model
    def _edu_logged_names(self):
        """The name and every field of ours that somebody writes; dated facts log themselves."""
        ours = {
            name
            for name, field in self._fields.items()
            if name.startswith("edu_") and field.store and not field.readonly
        }
        return {
            name for name in ours | {"name", "parent_id"} if self._fields[name].type not in ABSENT
        }

    def _edu_logged_company(self):
        return self


class EduSchoolValue(models.Model):
    _name = "edu.school.value"
    _inherit = ["edu.school.value", "edu.logged.mixin"]

    _edu_logged = frozenset({"kind", "value", "date_from", "date_to"})


class EduCampus(models.Model):
    _name = "edu.campus"
    _inherit = ["edu.campus", "edu.logged.mixin"]

    _edu_logged = frozenset({"name", "address", "head_user_id", "active"})


class EduSchoolYear(models.Model):
    _name = "edu.school.year"
    _inherit = ["edu.school.year", "edu.logged.mixin"]

    _edu_logged = frozenset(
        {"name", "date_start", "date_end", "company_id", "paper_mode"}
        | {"profile_window_from", "profile_window_to"}
    )


class EduPeriod(models.Model):
    _name = "edu.period"
    _inherit = ["edu.period", "edu.logged.mixin"]

    _edu_logged = frozenset({"name", "code", "parent_id", "date_start", "date_end", "sequence"})


class EduClass(models.Model):
    _name = "edu.class"
    _inherit = ["edu.class", "edu.logged.mixin"]

    _edu_logged = frozenset(
        {"name", "school_year_id", "grade_id", "programme", "regulation_id", "homeroom_user_id"}
        | {"elective_ids", "keeps_attendance", "attendance_sessions"}
    )


class EduSubject(models.Model):
    _name = "edu.subject"
    _inherit = ["edu.subject", "edu.logged.mixin"]

    _edu_logged = frozenset({"name", "code", "alias", "active"})


class EduCurriculumLine(models.Model):
    _name = "edu.curriculum.line"
    _inherit = ["edu.curriculum.line", "edu.logged.mixin"]

    _edu_logged = frozenset(
        {"regulation_id", "grade_id", "subject_id", "periods", "assess", "sequence"}
        | {"kind", "parent_id", "group_id", "company_id"}
    )


class EduRegulation(models.Model):
    _name = "edu.regulation"
    _inherit = ["edu.regulation", "edu.logged.mixin"]

    _edu_logged = frozenset({"name", "code", "title", "date_from", "date_to"})


class EduRegulationPeriod(models.Model):
    _name = "edu.regulation.period"
    _inherit = ["edu.regulation.period", "edu.logged.mixin"]

    _edu_logged = frozenset({"regulation_id", "name", "code", "parent_code", "sequence"})


class EduSigningStep(models.Model):
    _name = "edu.signing.step"
    _inherit = ["edu.signing.step", "edu.logged.mixin"]

    _edu_logged = frozenset(
        {"form_code", "role", "sequence", "required", "ink_allowed", "field_name"}
    )


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "edu.logged.mixin"]

    _edu_logged = frozenset({"login", "active", "group_ids", "company_ids"})

    def _edu_shown_value(self, name):
        """Of the groups those that open something in the records, or everything."""
        if name != "group_ids":
            return super()._edu_shown_value(name)
        xmlids = self.group_ids.get_external_id().values()
        ours = [one for one in xmlids if one.startswith("edu_") or one == "base.group_system"]
        return ", ".join(sorted(ours))


class IrConfigParameter(models.Model):
    _name = "ir.config_parameter"
    _inherit = ["ir.config_parameter", "edu.logged.mixin"]

    _edu_logged = frozenset({"key", "value"})

    def _edu_shown(self, names):
        ours = self.filtered(lambda parameter: parameter.key.startswith("edu"))
        return super(IrConfigParameter, ours)._edu_shown(names)

    def _edu_shown_value(self, name):
        """The value in clear, unless its key says that it is a secret."""
        if name == "value" and any(word in self.key.lower() for word in SECRET):
            return "…"
        return super()._edu_shown_value(name)

    @api.model
    def _edu_logged_values(self, name, old, new):
        return {"old": old, "new": new}
