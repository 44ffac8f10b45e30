from odoo import api, models

from edu_records.names import is_near, match_key

PUPIL_IDS = {
    "student_code": "code",
    "student_personal_id": "personal_id",
    "register_number": "register_number",
}
PARENTS = ("father", "mother")


class EduExchangeGuardian(models.AbstractModel):
    """Lists of guardians; each row names its pupil by an id."""

    _name = "edu.exchange.guardian"
    _inherit = ["edu.exchange.entity"]
    _description = "List of Guardians"

    _edu_entity = "guardians"
    _edu_model = "edu.guardian"
    _edu_fields = {
        "relation": "relation",
        "name": "name",
        "birth_year": "birth_year",
        "job": "job",
        "phone": "phone",
        "email": "email",
        "is_contact": "is_contact",
    }

    @api.model
    def _edu_match(self, brought, rows):
        """The pupil first; then a father or mother is the one, others go by their name."""
        self._edu_find_pupils(brought, rows)
        students = self.env["edu.student"].union(*[row["_student"] for row in rows])
        guardians = (
            self.env["edu.guardian"]
            .with_context(active_test=False)
            .search([("student_id", "in", students.ids)], order="active desc, id")
        )
        known = {}
        for guardian in guardians.with_env(self.env):
            known.setdefault(self._edu_key(guardian.student_id, guardian), guardian)
        for row in rows:
            if row["_student"] and row.get("name") and row.get("relation"):
                key = self._edu_key(row["_student"], row)
                row["_record"] = known.get(key, row["_record"])

    @api.model
    def _edu_key(self, student, person):
        """``person`` is a guardian or a row."""
        relation = person["relation"]
        return student, relation, "" if relation in PARENTS else match_key(person["name"])

    @api.model
    def _edu_find_pupils(self, brought, rows):
        Student = self.env["edu.student"]
        for row in rows:
            row["_student"] = Student
        for column, name in PUPIL_IDS.items():
            wanted = [row for row in rows if row.get(column) and not row["_student"]]
            values = list({row[column] for row in wanted})
            students = Student.search(
                [
                    ("company_id", "=", brought.company_id.id),
                    ("merged_into_id", "=", False),
                    (name, "in", values),
                ]
            )
            by_value = {student[name]: student for student in students}
            for row in wanted:
                row["_student"] = by_value.get(row[column], Student)

    @api.model
    def _edu_errors(self, brought, table):
        errors = []
        for row in table.rows:
            told = next((row[one] for one in PUPIL_IDS if row.get(one)), "")
            column = next((one for one in PUPIL_IDS if row.get(one)), "student_code")
            student, name = row["_student"], row.get("student_name")
            if told and not student:
                words = {"value": told}
                errors.append(self._edu_error(table, row, column, "NO_SUCH_PUPIL", words))
            elif student and name and not is_near(name, student.name):
                words = {"value": name, "pupil": student.name}
                errors.append(self._edu_error(table, row, "student_name", "OTHER_PUPIL", words))
        return errors

    @api.model
    def _edu_defaults(self, brought, row):
        return {"student_id": row["_student"].id}

    @api.model
    def _edu_rests_on(self, guardians):
        return [
            self.env._("%s was invited to the portal.", one.display_name)
            for one in guardians
            if one.sudo().partner_id
        ]

    @api.model
    def _edu_remove(self, guardians):
        guardians.unlink()

    # -- handing out -----------------------------------------------------------------------------

    @api.model
    def _edu_rows(self, guardians, names):
        rows = super()._edu_rows(guardians, names)
        for row, guardian in zip(rows, guardians, strict=True):
            for column, name in PUPIL_IDS.items():
                row[column] = guardian.student_id[name] or ""
            row["student_name"] = guardian.student_id.name
        return rows
