import base64
import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.exchange import (
    CellError,
    WorkbookError,
    error_workbook,
    read_students,
    render,
    title_of,
)
from edu_records.names import match_key

STUDENT_FIELDS = (
    "code",
    "name",
    "birth_date",
    "gender",
    "personal_id",
    "birth_place",
    "home_town",
    "address",
    "email",
    "disability",
)
# column of the workbook: (list, field of the pupil)
LISTS = {
    "ethnic": ("edu.ethnic.group", "ethnic_group_id"),
    "religion": ("edu.religion", "religion_id"),
    "policy": ("edu.policy.group", "policy_group_ids"),
    "nationality": ("res.country", "nationality_id"),
}
PARENTS = ("father", "mother")
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
            new = sum(not row["_student"] for row in rows)
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
        self._edu_find_pupils(table.rows)
        errors = table.errors + self._edu_list_errors(table) + self._edu_number_errors(table)
        errors += self._edu_class_errors(table) + self._edu_status_errors(table)
        if errors:
            self.error_file = base64.b64encode(error_workbook(self._edu_data(), errors))
            self.error_filename = f"errors-{self.filename or 'pupils.xlsx'}"
        return table.rows, [self._edu_render(error) for error in errors]

    def _edu_find_classes(self, rows):
        classes = self.env["edu.class"].search([("school_year_id", "=", self.school_year_id.id)])
        by_name = {school_class.name: school_class for school_class in classes}
        for row in rows:
            row["_class"] = by_name.get(row.get("class_code"))

    def _edu_list_errors(self, table):
        """Names that the school's lists do not have; found ones are kept in ``row["_lists"]``."""
        errors = []
        finders = {
            column: self._edu_finder(model)
            for column, (model, _name) in LISTS.items()
            if column in table.columns
        }
        for row in table.rows:
            row["_lists"] = {}
            for column, find in finders.items():
                found, unknown = self._edu_find_names(find, row.get(column), column)
                if unknown:
                    words = {"value": unknown, "header": title_of("students", column)}
                    errors.append(self._edu_cell_error(table, row, column, "UNKNOWN_NAME", words))
                if found:
                    row["_lists"][LISTS[column][1]] = found
        return errors

    @api.model
    def _edu_finder(self, model):
        """A function from a name to a record of ``model``, empty for none."""
        if model != "res.country":
            return self.env[model]._edu_matcher()
        countries = self.env["res.country"].search([("code", "!=", False)])
        names = {match_key(country.code): country for country in countries}
        for lang in ("en_US", self.env.lang or "en_US"):
            for country in countries.with_context(lang=lang):
                names[match_key(country.name)] = country
        names["vietnam"] = names["vn"]
        return lambda name: names.get(match_key(name)) or self.env["res.country"]

    @api.model
    def _edu_find_names(self, find, text, column):
        """``(ids or id, what is not known)`` of a cell; policies may be several in one cell."""
        if not text:
            return None, ""
        whole = find(text)
        if column != "policy":
            return whole.id, "" if whole else text
        if whole:
            return whole.ids, ""
        found = []
        for part in re.split(r"[;+\n]", text):
            one = find(part)
            if not one:
                return None, part.strip() or text
            found.append(one.id)
        return found, ""

    def _edu_number_errors(self, table):
        """Register numbers and personal ids that another pupil of the school has."""
        errors = []
        for column in ("register_number", "personal_id"):
            given = {row[column]: row for row in table.rows if row.get(column)}
            holders = (
                self.env["edu.student"]
                .with_context(active_test=False)
                .search(
                    [
                        ("company_id", "=", self.school_year_id.company_id.id),
                        (column, "in", list(given)),
                        ("merged_into_id", "=", False),
                    ]
                )
            )
            for holder in holders:
                row = given[holder[column]]
                if row["_student"] != holder:
                    words = {
                        "header": title_of("students", column),
                        "value": holder[column],
                        "pupil": holder.name,
                    }
                    errors.append(self._edu_cell_error(table, row, column, "TAKEN_NUMBER", words))
        return errors

    def _edu_class_errors(self, table):
        """Classes that the year does not have, and pupils who are in another class of it."""
        places = self.env["edu.enrollment"].search(
            [
                ("student_id", "in", [row["_student"].id for row in table.rows]),
                ("school_year_id", "=", self.school_year_id.id),
                ("state", "=", "active"),
            ]
        )
        class_of = {place.student_id: place.class_id for place in places}
        errors = []
        for row in table.rows:
            current = class_of.get(row["_student"])
            if not row["_class"]:
                words = {"year": self.school_year_id.name, "class": row.get("class_code") or "-"}
                errors.append(
                    self._edu_cell_error(table, row, "class_code", "UNKNOWN_CLASS", words)
                )
            elif current and current != row["_class"]:
                words = {"pupil": row["name"], "current": current.name}
                errors.append(self._edu_cell_error(table, row, "class_code", "CLASS_CHANGE", words))
        return errors

    def _edu_status_errors(self, table):
        """Pupils whom the file, or the school's records, do not have as studying."""
        errors = []
        for row in table.rows:
            told = match_key(row.get("status") or "")
            student = row["_student"]
            if told and not told.startswith(("danghoc", "chuyenden")):
                words = {"pupil": row["name"], "status": row["status"]}
                errors.append(self._edu_cell_error(table, row, "status", "NOT_STUDYING", words))
            elif student and student.status not in ("waiting", "studying"):
                words = {"pupil": row["name"], "status": student._edu_status_label()}
                errors.append(self._edu_cell_error(table, row, "code", "NEEDS_MOVEMENT", words))
        return errors

    @api.model
    def _edu_cell_error(self, table, row, column, code, words):
        return CellError(table.sheet, row["_row"], table.columns.get(column, ""), code, words)

    def _edu_find_pupils(self, rows):
        """Set ``row["_student"]``: whom the school has under the ministry id or, of those who have
        none in the file, under the personal id; an empty recordset for a new pupil."""
        company = self.school_year_id.company_id
        Student = self.env["edu.student"].with_context(active_test=False)
        for row in rows:
            row["_student"] = self.env["edu.student"]
        for key in ("personal_id", "code"):
            wanted = {row[key]: row for row in rows if row.get(key)}
            if key == "personal_id":
                wanted = {value: row for value, row in wanted.items() if not row.get("code")}
            for student in Student.search(
                [
                    ("company_id", "=", company.id),
                    (key, "in", list(wanted)),
                    ("merged_into_id", "=", False),
                ]
            ):
                wanted[student[key]]["_student"] = student.with_env(self.env)

    # -- writing ---------------------------------------------------------------------------------

    def _edu_write(self, rows):
        company = self.school_year_id.company_id
        new_rows = [row for row in rows if not row["_student"]]
        for row in rows:
            changed = self._edu_changed(row["_student"], self._edu_vals(row))
            if row["_student"] and changed:
                row["_student"].write(changed)
        created = self.env["edu.student"].create(
            [{**self._edu_vals(row), "company_id": company.id} for row in new_rows]
        )
        for row, student in zip(new_rows, created, strict=True):
            row["_student"] = student
        self._edu_write_guardians(rows)
        self._edu_write_register_numbers(rows)
        self._edu_enroll(rows)
        self._edu_log(company, len(rows))
        return self.env["edu.student"].union(*[row["_student"] for row in rows])

    def _edu_vals(self, row):
        vals = {name: row[name] for name in STUDENT_FIELDS if row.get(name)}
        for name, found in row["_lists"].items():
            vals[name] = [(6, 0, found)] if isinstance(found, list) else found
        if row.get("phone") and not any(row.get(parent) for parent in PARENTS):
            vals["phone"] = row["phone"]
        return vals

    @api.model
    def _edu_changed(self, student, vals):
        """Those of ``vals`` that differ from the pupil's."""
        changed = {}
        for name, value in vals.items():
            field = student._fields[name]
            if field.type == "many2many":
                if set(value[0][2]) != set(student[name].ids):
                    changed[name] = value
            elif field.convert_to_write(student[name], student) != value:
                changed[name] = value
        return changed

    def _edu_write_guardians(self, rows):
        """Father and mother as the rows name them; the telephone is that of the first named."""
        students = self.env["edu.student"].union(*[row["_student"] for row in rows])
        present = {
            (guardian.student_id, guardian.relation): guardian
            for guardian in students.guardian_ids
            if guardian.relation in PARENTS
        }
        vals_list = []
        for row in rows:
            for relation, vals in self._edu_parents(row).items():
                guardian = present.get((row["_student"], relation))
                if not guardian:
                    vals_list.append(
                        {**vals, "student_id": row["_student"].id, "relation": relation}
                    )
                elif changed := self._edu_changed(guardian, vals):
                    guardian.write(changed)
        self.env["edu.guardian"].create(vals_list)

    @api.model
    def _edu_parents(self, row):
        """``{relation: vals}`` of the parents that a row names."""
        parents = {}
        for relation in PARENTS:
            if not row.get(relation):
                continue
            vals = {
                "name": row[relation],
                "job": row.get(f"{relation}_job"),
                "phone": row.get(f"{relation}_phone"),
                "birth_year": int(row.get(f"{relation}_birth_year") or 0),
            }
            parents[relation] = {name: value for name, value in vals.items() if value}
        if parents and row.get("phone"):
            first = next(iter(parents.values()))
            first.setdefault("phone", row["phone"])
            first["is_contact"] = True
        return parents

    def _edu_write_register_numbers(self, rows):
        """A school that brings its register keeps its numbers; the others are drawn."""
        for row in rows:
            if row.get("register_number") and not row["_student"].register_number:
                row["_student"].sudo()._edu_unguarded().register_number = row["register_number"]

    def _edu_enroll(self, rows):
        """Movements into the classes: who is new is admitted, who was here last year goes on."""
        groups = {}
        for row in rows:
            student, school_class = row["_student"], row["_class"]
            if student.class_id == school_class:
                continue
            kind = self._edu_kind(row, student, school_class)
            date = self.school_year_id.date_start
            if kind == "transfer_in":
                date = fields.Date.to_date(row.get("status_date")) or date
            groups.setdefault((kind, date, school_class), []).append(student)
        Movement = self.env["edu.movement"]
        for (kind, date, school_class), students in groups.items():
            Movement._edu_move(
                kind,
                self.env["edu.student"].union(*students),
                date,
                school_class,
                from_school=self.env._("not named in the workbook")
                if kind == "transfer_in"
                else False,
            )

    @api.model
    def _edu_kind(self, row, student, school_class):
        """The kind of movement that brings the pupil of a row into its class."""
        if student.class_id:
            same_grade = student.grade_id == school_class.grade_id
            return "repeat" if same_grade else "promotion"
        came = match_key(row.get("status") or "").startswith("chuyenden")
        return "transfer_in" if came else "admission"

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
