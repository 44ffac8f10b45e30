import base64
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from edu_records.exchange import (
    CellError,
    WorkbookError,
    error_workbook,
    read_students,
    render,
)

STUDENT_FIELDS = (
    "code",
    "name",
    "birth_date",
    "gender",
    "ethnic",
    "personal_id",
    "birth_place",
    "address",
    "policy",
    "father",
    "mother",
    "phone",
)
SHOWN_ERRORS = 50


class EduStudentImport(models.TransientModel):
    """Imports a workbook of pupils: checked first, then written whole or not at all."""

    _name = "edu.student.import"
    _description = "Import of Pupils"

    school_year_id = fields.Many2one(
        "edu.school.year",
        required=True,
        default=lambda self: self.env["edu.school.year"].search([], limit=1),
    )
    file = fields.Binary("Workbook (.xlsx)", required=True, attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("upload", "Choose"), ("refused", "To be mended"), ("checked", "Checked")],
        default="upload",
        readonly=True,
    )
    report = fields.Text(readonly=True)
    error_file = fields.Binary("Workbook with the Errors Marked", readonly=True, attachment=False)
    error_filename = fields.Char(readonly=True)

    def action_check(self):
        """Dry run: say what would be written, or what is wrong, by sheet, row and column."""
        self.ensure_one()
        rows, errors = self._edu_read()
        if errors:
            self._edu_show_errors(errors)
        else:
            new = len(rows) - len(self._edu_known(rows))
            self.write(
                {
                    "state": "checked",
                    "report": self.env._(
                        "%(rows)s pupils read: %(new)s new, %(known)s known. Nothing is written"
                        " yet.",
                        rows=len(rows),
                        new=new,
                        known=len(rows) - new,
                    ),
                }
            )
        return self._edu_reopen()

    def action_import(self):
        """Write the pupils and their places in the classes; all of them or none."""
        self.ensure_one()
        rows, errors = self._edu_read()
        if errors:
            self._edu_show_errors(errors)
            return self._edu_reopen()
        students = self._edu_write(rows)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported pupils"),
            "res_model": "edu.student",
            "view_mode": "list,form",
            "domain": [("id", "in", students.ids)],
        }

    # -- reading ---------------------------------------------------------------------------------

    def _edu_read(self):
        """Rows of the workbook with ``_class`` set, and errors of the file and of the school."""
        try:
            table = read_students(self._edu_data())
        except WorkbookError as error:
            raise UserError(self._edu_render(error)) from error
        self._edu_find_classes(table.rows)
        errors = table.errors + self._edu_class_errors(table)
        if errors:
            self.error_file = base64.b64encode(error_workbook(self._edu_data(), errors))
            self.error_filename = f"errors-{self.filename or 'pupils.xlsx'}"
        return table.rows, [self._edu_render(error) for error in errors]

    def _edu_find_classes(self, rows):
        classes = self.env["edu.class"].search([("school_year_id", "=", self.school_year_id.id)])
        by_name = {school_class.name: school_class for school_class in classes}
        for row in rows:
            row["_class"] = by_name.get(row.get("class_code"))

    def _edu_class_errors(self, table):
        """Classes that the year does not have, and pupils who are in another class of it."""
        known = self._edu_known(table.rows)
        places = self.env["edu.enrollment"].search(
            [
                ("student_id", "in", [student.id for student in known.values()]),
                ("school_year_id", "=", self.school_year_id.id),
            ]
        )
        class_of = {place.student_id: place.class_id for place in places}
        column = table.columns.get("class_code", "")
        errors = []
        for row in table.rows:
            current = class_of.get(known.get(row.get("code")))
            if not row["_class"]:
                words = {"year": self.school_year_id.name, "class": row.get("class_code") or "-"}
                errors.append(CellError(table.sheet, row["_row"], column, "UNKNOWN_CLASS", words))
            elif current and current != row["_class"]:
                words = {"pupil": row["name"], "current": current.name}
                errors.append(CellError(table.sheet, row["_row"], column, "CLASS_CHANGE", words))
        return errors

    def _edu_known(self, rows):
        codes = [row["code"] for row in rows if row.get("code")]
        students = (
            self.env["edu.student"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.school_year_id.company_id.id),
                    ("code", "in", codes),
                ]
            )
        )
        return {student.code: student for student in students}

    # -- writing ---------------------------------------------------------------------------------

    def _edu_write(self, rows):
        known = self._edu_known(rows)
        company = self.school_year_id.company_id
        new_rows = [row for row in rows if row.get("code") not in known]
        created = self.env["edu.student"].create(
            [{**self._edu_vals(row), "company_id": company.id} for row in new_rows]
        )
        for row, student in zip(new_rows, created, strict=True):
            row["_student"] = student
        for row in rows:
            student = known.get(row.get("code"))
            if student:
                changed = {
                    name: value
                    for name, value in self._edu_vals(row).items()
                    if value
                    and student._fields[name].convert_to_write(student[name], student) != value
                }
                if changed:
                    student.write(changed)
                row["_student"] = student
        self._edu_enroll(rows)
        self._edu_log(company, len(rows))
        return self.env["edu.student"].union(*[row["_student"] for row in rows])

    def _edu_vals(self, row):
        return {name: row[name] for name in STUDENT_FIELDS if row.get(name)}

    def _edu_enroll(self, rows):
        Enrollment = self.env["edu.enrollment"]
        classes = self.env["edu.class"].union(*[row["_class"] for row in rows])
        present = {
            (place.class_id, place.student_id)
            for place in Enrollment.search([("class_id", "in", classes.ids)])
        }
        Enrollment.create(
            [
                {
                    "class_id": row["_class"].id,
                    "student_id": row["_student"].id,
                    "date_start": self.school_year_id.date_start,
                }
                for row in rows
                if (row["_class"], row["_student"]) not in present
            ]
        )
        for school_class in classes:
            Enrollment._edu_number(school_class)

    def _edu_log(self, company, count):
        digest = hashlib.sha256(self._edu_data()).hexdigest()
        event = {
            "operation": "import",
            "model": "edu.student",
            "record": str(self.school_year_id.id),
            "new": str(count),
            "origin": "workbook",
            "evidence_sha256": digest,
        }
        self.env["edu.ledger.chain"].sudo()._edu_append([(company.sudo()._edu_chain(), event)])

    # -- showing ---------------------------------------------------------------------------------

    def _edu_data(self):
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _edu_render(self, error):
        return render(error, "vi" if (self.env.lang or "").startswith("vi") else "en")

    def _edu_show_errors(self, errors):
        lines = errors[:SHOWN_ERRORS]
        if len(errors) > SHOWN_ERRORS:
            lines.append(self.env._("… and %s more", len(errors) - SHOWN_ERRORS))
        self.write({"state": "refused", "report": "\n".join(lines)})

    def _edu_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Pupils"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
