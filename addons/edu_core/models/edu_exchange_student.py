from odoo import api, fields, models

from edu_records.exchange import title_of
from edu_records.names import match_key

PARENTS = ("father", "mother")
IDS = {"code": "code", "personal_id": "personal_id", "register_number": "register_number"}
STUDYING = ("danghoc", "chuyenden")
# status -> as the ministry's lists word it; the last ones say that the pupil is in no class
STATUSES = {
    "studying": "Đang học",
    "waiting": "Chờ xếp lớp",
    "suspended": "Bảo lưu",
    "transferred": "Chuyển đi",
    "dropped_out": "Thôi học",
    "completed": "Hoàn thành",
}


class EduExchangeStudent(models.AbstractModel):
    """Lists of pupils: the ministry's C1-HocSinh and what school programs make of it.

    A pupil's class and status are not fields to fill: who is new or goes on gets a movement.
    """

    _name = "edu.exchange.student"
    _inherit = ["edu.exchange.entity"]
    _description = "List of Pupils"

    _edu_entity = "students"
    _edu_model = "edu.student"
    _edu_needs_year = True
    _edu_fields = {
        "code": "code",
        "name": "name",
        "birth_date": "birth_date",
        "gender": "gender",
        "personal_id": "personal_id",
        "birth_place": "birth_place",
        "home_town": "home_town",
        "address": "address",
        "permanent_address": "permanent_address",
        "student_phone": "phone",
        "email": "email",
        "disability": "disability",
        "ethnic": "ethnic_group_id",
        "religion": "religion_id",
        "policy": "policy_group_ids",
        "nationality": "nationality_id",
    }

    # -- planning --------------------------------------------------------------------------------

    @api.model
    def _edu_domain(self, company):
        return [("company_id", "=", company.id), ("merged_into_id", "=", False)]

    @api.model
    def _edu_match(self, brought, rows):
        """By the ministry id; who has none in the file by the personal id or register number."""
        self._edu_match_by(
            rows,
            self._edu_domain(brought.company_id),
            IDS,
            lambda row, column: column == "code" or not row.get("code"),
        )

    @api.model
    def _edu_find_near(self, brought, rows):
        self._edu_near_persons(rows, self._edu_domain(brought.company_id), "birth_date", IDS)

    @api.model
    def _edu_finders(self, brought):
        matchers = {
            "ethnic": "edu.ethnic.group",
            "religion": "edu.religion",
            "policy": "edu.policy.group",
        }
        return {
            **{column: self.env[model]._edu_matcher() for column, model in matchers.items()},
            "nationality": self._edu_country_finder(),
        }

    @api.model
    def _edu_classes(self, school_year):
        return self.env["edu.class"].search([("school_year_id", "=", school_year.id)])

    @api.model
    def _edu_country_finder(self):
        countries = self.env["res.country"].search([("code", "!=", False)])
        names = {match_key(country.code): country for country in countries}
        for lang in ("en_US", self.env.lang or "en_US"):
            for country in countries.with_context(lang=lang):
                names[match_key(country.name)] = country
        names["vietnam"] = names["vn"]
        return lambda name: names.get(match_key(name)) or self.env["res.country"]

    @api.model
    def _edu_resolve(self, brought, table):
        """Classes too, in ``row["_class"]``; what is said of an unknown one names the year."""
        errors = super()._edu_resolve(brought, table)
        classes = self._edu_classes(brought.school_year_id)
        find = self._edu_finder(classes, lambda one: [one.name])
        for row in table.rows:
            name = row.get("class_code")
            row["_class"] = find(name) if name else classes.browse()
            if name and not row["_class"]:
                words = {"year": brought.school_year_id.name, "class": name}
                errors.append(self._edu_error(table, row, "class_code", "UNKNOWN_CLASS", words))
        return errors

    @api.model
    def _edu_errors(self, brought, table):
        return (
            self._edu_number_errors(brought, table)
            + self._edu_class_errors(brought, table)
            + self._edu_status_errors(table)
        )

    @api.model
    def _edu_number_errors(self, brought, table):
        """Register numbers and personal ids that another pupil of the school has."""
        errors = []
        Student = self.env["edu.student"].with_context(active_test=False)
        for column in ("register_number", "personal_id"):
            given = {row[column]: row for row in table.rows if row.get(column)}
            domain = self._edu_domain(brought.company_id)
            for holder in Student.search([*domain, (column, "in", list(given))]):
                row = given[holder[column]]
                if holder not in row["_record"] | row["_near"]:
                    words = {
                        "header": title_of("students", column),
                        "value": holder[column],
                        "pupil": holder.name,
                    }
                    errors.append(self._edu_error(table, row, column, "TAKEN_NUMBER", words))
        return errors

    @api.model
    def _edu_class_errors(self, brought, table):
        """Pupils who are in another class of the year already."""
        places = self.env["edu.enrollment"].search(
            [
                ("student_id", "in", [row["_record"].id for row in table.rows]),
                ("school_year_id", "=", brought.school_year_id.id),
                ("state", "=", "active"),
            ]
        )
        class_of = {place.student_id: place.class_id for place in places}
        errors = []
        for row in table.rows:
            current = class_of.get(row["_record"])
            if current and row["_class"] and current != row["_class"]:
                words = {"pupil": row["name"], "current": current.name}
                errors.append(self._edu_error(table, row, "class_code", "CLASS_CHANGE", words))
        return errors

    @api.model
    def _edu_status_errors(self, table):
        """Rows whose status only a movement could bring about."""
        errors = []
        for row in table.rows:
            told, student = match_key(row.get("status") or ""), row["_record"]
            if told and not told.startswith(STUDYING):
                if self._edu_is_status(told, student):
                    continue
                words = {"pupil": row["name"], "status": row["status"]}
                errors.append(self._edu_error(table, row, "status", "NOT_STUDYING", words))
            elif student and student.status not in ("waiting", "studying"):
                words = {"pupil": row["name"], "status": student._edu_status_label()}
                errors.append(self._edu_error(table, row, "code", "NEEDS_MOVEMENT", words))
        return errors

    @api.model
    def _edu_is_status(self, told, student):
        """Whether a status in the file is what is recorded; who is new may wait for a class."""
        status = student.status or "waiting"
        return match_key(STATUSES[status]) == told

    @api.model
    def _edu_vals(self, brought, row):
        vals = super()._edu_vals(brought, row)
        if row.get("phone") and not any(self._edu_is_named(row, one) for one in PARENTS):
            vals["phone"] = row["phone"]
        return vals

    @api.model
    def _edu_is_named(self, row, parent):
        return any(char.isalpha() for char in row.get(parent) or "")

    @api.model
    def _edu_diff(self, brought, row, record):
        diff = super()._edu_diff(brought, row, record)
        labels = self._edu_labels("edu.student")
        if row["_class"] and record.class_id != row["_class"]:
            diff.append((labels["class_id"], record.class_id.name or "", row["_class"].name))
        present = {one.relation: one for one in record.guardian_ids}
        for relation, vals in self._edu_parents(row).items():
            diff += self._edu_parent_diff(relation, vals, present.get(relation))
        if row.get("register_number") and not record.register_number:
            diff.append((labels["register_number"], "", row["register_number"]))
        return diff

    @api.model
    def _edu_parent_diff(self, relation, vals, guardian):
        labels = self._edu_labels("edu.guardian")
        person = title_of("students", relation)
        return [
            (
                f"{person}: {labels[name]}",
                str(guardian[name] or "") if guardian else "",
                str(value),
            )
            for name, value in vals.items()
            if not guardian or guardian[name] != value
        ]

    # -- writing ---------------------------------------------------------------------------------

    @api.model
    def _edu_after_chunk(self, brought, rows, journal):
        self._edu_write_guardians(rows, journal)
        self._edu_write_register_numbers(rows)

    @api.model
    def _edu_write_guardians(self, rows, journal):
        """Father and mother as the rows name them; the telephone is that of the first named."""
        students = self.env["edu.student"].union(*[row["_record"] for row in rows])
        present = {
            (guardian.student_id, guardian.relation): guardian
            for guardian in students.guardian_ids
            if guardian.relation in PARENTS
        }
        vals_list = []
        for row in rows:
            for relation, vals in self._edu_parents(row).items():
                guardian = present.get((row["_record"], relation))
                if not guardian:
                    of_pupil = {"student_id": row["_record"].id, "relation": relation}
                    vals_list.append({**vals, **of_pupil})
                elif changed := self._edu_changed(guardian, vals):
                    journal.note_changed(self, guardian, changed)
                    guardian.write(changed)
        journal.note_created(self.env["edu.guardian"].create(vals_list))

    @api.model
    def _edu_parents(self, row):
        """``{relation: vals}`` of the parents that a row names."""
        parents = {}
        for relation in PARENTS:
            if not self._edu_is_named(row, relation):
                continue
            vals = {
                "name": row[relation],
                "job": row.get(f"{relation}_job"),
                "phone": row.get(f"{relation}_phone"),
                "birth_year": row.get(f"{relation}_birth_year"),
            }
            parents[relation] = {name: value for name, value in vals.items() if value}
        if parents and row.get("phone"):
            first = next(iter(parents.values()))
            first.setdefault("phone", row["phone"])
            first["is_contact"] = True
        return parents

    @api.model
    def _edu_write_register_numbers(self, rows):
        """A school that brings its register keeps its numbers; the others are drawn."""
        Student = self.env["edu.student"].sudo()._edu_unguarded()
        students = Student
        for row in rows:
            if row.get("register_number") and not row["_record"].register_number:
                student = Student.browse(row["_record"].id)
                student.register_number = row["register_number"]
                students |= student
        students._edu_append_facts()

    @api.model
    def _edu_to_finish(self, rows):
        return [row for row in rows if row["_class"] and row["_record"].class_id != row["_class"]]

    @api.model
    def _edu_finish(self, brought, rows, journal):
        """Movements into the classes: who is new is admitted, who was here last year goes on."""
        groups, moving = {}, self._edu_to_finish(rows)
        for row in moving:
            student, school_class = row["_record"], row["_class"]
            kind = self._edu_kind(row, student, school_class)
            date = brought.school_year_id.date_start
            if kind == "transfer_in":
                date = fields.Date.to_date(row.get("status_date")) or date
            groups.setdefault((kind, date, school_class), []).append(student)
        done, total = len(rows), len(rows) + len(moving)
        for (kind, date, school_class), students in groups.items():
            journal.note_moved(
                self.env["edu.movement"]._edu_move(
                    kind,
                    self.env["edu.student"].union(*students),
                    date,
                    school_class,
                    from_school=self.env._("not named in the workbook")
                    if kind == "transfer_in"
                    else False,
                )
            )
            done += len(students)
            brought._edu_tell(done, total)

    @api.model
    def _edu_kind(self, row, student, school_class):
        """The kind of movement that brings the pupil of a row into its class."""
        if student.class_id:
            same_grade = student.grade_id == school_class.grade_id
            return "repeat" if same_grade else "promotion"
        came = match_key(row.get("status") or "").startswith("chuyenden")
        return "transfer_in" if came else "admission"

    # -- undoing ---------------------------------------------------------------------------------

    @api.model
    def _edu_rests_on(self, students):
        return [
            self.env._("%s was joined with another record.", one.display_name)
            for one in students
            if one.merged_into_id or one.merged_ids
        ] + [
            self.env._(
                "%s has a movement that did not come with this import: cancel it first.",
                one.display_name,
            )
            for one in students
            if one.class_id
        ]

    # -- handing out -----------------------------------------------------------------------------

    @api.model
    def _edu_allowed(self, company, school_year):
        return {
            "class_code": self._edu_classes(school_year).mapped("name"),
            "status": list(STATUSES.values()),
            **{
                column: self.env[model].search([]).mapped("name")
                for column, model in (
                    ("ethnic", "edu.ethnic.group"),
                    ("religion", "edu.religion"),
                    ("policy", "edu.policy.group"),
                )
            },
        }

    @api.model
    def _edu_rows(self, students, names):
        rows = super()._edu_rows(students, names)
        for row, student in zip(rows, students, strict=True):
            row["class_code"] = student.class_id.name or ""
            row["status"] = STATUSES[student.status]
            row["register_number"] = student.register_number or ""
            for guardian in student.guardian_ids.filtered(lambda one: one.relation in PARENTS):
                relation = guardian.relation
                row[relation] = guardian.name
                row[f"{relation}_job"] = guardian.job or ""
                row[f"{relation}_phone"] = guardian.phone or ""
                row[f"{relation}_birth_year"] = guardian.birth_year or ""
        return rows
