from odoo import api, models


class EduExchangeClass(models.AbstractModel):
    """Lists of the classes of a school year."""

    _name = "edu.exchange.class"
    _inherit = ["edu.exchange.entity", "edu.exchange.teacher.mixin"]
    _description = "List of Classes"

    _edu_entity = "classes"
    _edu_model = "edu.class"
    _edu_needs_year = True
    _edu_fields = {
        "name": "name",
        "grade": "grade_id",
        "programme": "programme",
        "campus": "campus_id",
        "max_students": "max_students",
    }

    @api.model
    def _edu_match(self, brought, rows):
        domain = [("school_year_id", "=", brought.school_year_id.id)]
        self._edu_match_by(rows, domain, {"name": "name"})

    @api.model
    def _edu_finders(self, brought):
        return {
            "grade": self._edu_finder(self.env["edu.grade"].search([]), self._edu_grade_names),
            "campus": self._edu_finder(
                self._edu_campuses(brought.company_id), lambda one: [one.name]
            ),
        }

    @api.model
    def _edu_grade_names(self, grade):
        number = grade.number
        named = [grade.name, grade.with_context(lang="en_US").name]
        return [*named, str(number), f"Khối {number}", f"Lớp {number}"] if number > 0 else named

    @api.model
    def _edu_campuses(self, company):
        return self.env["edu.campus"].search([("company_id", "=", company.id)])

    @api.model
    def _edu_errors(self, brought, table):
        errors = self._edu_find_teachers(brought, table, "homeroom", "homeroom_login")
        classes = self.env["edu.class"].union(*[row["_record"] for row in table.rows])
        used = classes._edu_used()
        for row in table.rows:
            grade = row["_found"].get("grade")
            if row["_record"] in used and self._edu_resettles(row, grade):
                words = {"class": row["name"]}
                errors.append(self._edu_error(table, row, "grade", "CLASS_IN_USE", words))
        return errors

    @api.model
    def _edu_resettles(self, row, grade):
        school_class = row["_record"]
        programme = row.get("programme")
        return (grade and grade != school_class.grade_id) or (
            programme and programme != school_class.programme
        )

    @api.model
    def _edu_vals(self, brought, row):
        vals = super()._edu_vals(brought, row)
        if row.get("_teacher"):
            vals["homeroom_user_id"] = row["_teacher"].id
        return vals

    @api.model
    def _edu_defaults(self, brought, row):
        return {"school_year_id": brought.school_year_id.id}

    # -- undoing ---------------------------------------------------------------------------------

    @api.model
    def _edu_rests_on(self, classes):
        used = classes._edu_used()
        assigned = classes.sudo().assignment_ids.class_id
        return [self.env._("%s has pupils or books already.", one.display_name) for one in used] + [
            self.env._("%s has teaching assignments already.", one.display_name)
            for one in assigned - used
        ]

    # -- handing out -----------------------------------------------------------------------------

    @api.model
    def _edu_allowed(self, company, school_year):
        return {
            "grade": self.env["edu.grade"].search([]).mapped("name"),
            "campus": self._edu_campuses(company).mapped("name"),
            "homeroom": self._edu_accounts(company).sudo().mapped("name"),
        }

    @api.model
    def _edu_rows(self, classes, names):
        rows = super()._edu_rows(classes, names)
        for row, school_class in zip(rows, classes, strict=True):
            teacher = school_class.homeroom_user_id.sudo()
            row.update(homeroom=teacher.name or "", homeroom_login=teacher.login or "")
        return rows
