import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from edu_records.exchange import table_workbook
from edu_records.testing import seed

from .common import EduCase

FORM = "isolation_form"
ROLES = ("principal", "vice_principal", "clerk", "it_admin", "inspector", "department_head")


@tagged("post_install", "-at_install")
class TestIsolation(EduCase):
    """Two schools in one database: nobody of the one sees or touches what is the other's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.homeroom | cls.teacher
        for role in ROLES:
            cls.users |= getattr(cls, role, None) or cls._user(role, f"Người {role}")
        for user in cls.users:
            user.group_ids |= cls.env.ref("base.group_allow_export")
        own = cls.company, cls.year, cls.school_class
        cls.other = cls.env["res.company"].create(
            {"name": "Trường THCS Bên Kia", "edu_code": "38008888", "edu_ward": "Phường Khác"}
        )
        cls.company = cls.other
        cls.records = {record._name: record for record in cls._other_school()}
        cls.company, cls.year, cls.school_class = own

    @classmethod
    def _other_school(cls):
        """A record of every model with a school, archived where the model can archive."""
        env, company = cls.env, cls.other
        cls.year = env["edu.school.year"].create(
            {
                "name": "2026-2027",
                "date_start": "2026-09-05",
                "date_end": "2027-05-31",
                "company_id": company.id,
            }
        )
        cls.stranger = cls._user("teacher", "Giáo viên bên kia", login="edu_stranger")
        campus = env["edu.campus"].create({"name": "Điểm lẻ", "company_id": company.id})
        cls.school_class = env["edu.class"].create(
            {
                "name": "6A",
                "school_year_id": cls.year.id,
                "grade_id": env.ref("edu_core.edu_grade_6").id,
                "homeroom_user_id": cls.stranger.id,
                "campus_id": campus.id,
            }
        )
        subject = env["edu.subject"].create(
            {"name": "Môn riêng", "code": "RIENG", "company_id": company.id}
        )
        regulation = cls.school_class.regulation_id
        lines = env["edu.curriculum.line"]._edu_adapt(
            company, cls.year, regulation, cls.school_class.grade_id
        )
        assignment = env["edu.teaching.assignment"].create(
            {
                "class_id": cls.school_class.id,
                "subject_id": subject.id,
                "user_id": cls.stranger.id,
            }
        )
        student = cls._students("Nguyễn Văn Bên Kia")
        enrollment = student.enrollment_ids
        periods = cls.year._edu_periods(regulation)
        for record in (student, campus, subject):
            record.active = False
        return [
            *(cls.year, cls.school_class, campus, subject, lines[0], assignment, student),
            *(enrollment, periods[0], company.edu_value_ids[0], *cls._other_documents()),
            *cls._other_exchange(),
        ]

    @classmethod
    def _other_exchange(cls):
        row = {"name": "Lê Văn Nhập", "birth_date": "2015-03-05", "gender": "male"}
        data = table_workbook("students", [{**row, "class_code": "6A"}])
        brought = cls.env["edu.import"].create(
            {"file": base64.b64encode(data), "school_year_id": cls.year.id}
        )
        brought.action_check()
        heading = {"stands_for": "students.name", "name": "Tên em", "company_id": cls.other.id}
        return [brought, brought.line_ids, cls.env["edu.exchange.synonym"].create(heading)]

    @classmethod
    def _other_documents(cls):
        env = cls.env
        env["edu.signing.step"].create(
            {"form_code": FORM, "role": "principal", "sequence": 1, "field_name": "principal"}
        )
        (snapshot,) = env["edu.record.snapshot"]._edu_freeze([(cls.school_class, {"a": "1"})])
        chain = env["edu.ledger.chain"]._edu_open([("document:b", "document", cls.other)])
        Document = env["edu.document"]
        document = Document._edu_unguarded().create(
            {
                "name": "Sổ bên kia",
                "code": Document._edu_new_code(),
                "form_code": FORM,
                "res_model": "edu.class",
                "res_id": cls.school_class.id,
                "class_id": cls.school_class.id,
                "company_id": cls.other.id,
                "chain_id": chain.id,
                "snapshot_id": snapshot.id,
            }
        )
        document._edu_store_revision(b"%PDF-1.7 test", "issued")
        document._edu_open_signatures()
        outbox = env["edu.outbox"]._edu_put("issue", document)
        anchor = env["edu.ledger.anchor"]._edu_anchor(cls.other)
        return [
            *(snapshot, chain, chain.entry_ids[0], document, document.revision_ids),
            *(document.signature_ids, outbox, anchor),
        ]

    def _as(self, user, record):
        return record.with_user(user).with_context(active_test=False)

    @seed("P2.2.3a", "R1.1")
    def test_records_of_another_school_are_not_found(self):
        for user in self.users:
            for record in self.records.values():
                with self.subTest(user=user.login, model=record._name):
                    model = self._as(user, record.browse())
                    if not model.has_access("read"):
                        continue
                    self.assertFalse(model.search([("id", "in", record.ids)]))
                    self.assertFalse(model.search_count([("id", "in", record.ids)]))
                    self.assertFalse(model.name_search("", [("id", "in", record.ids)]))
                    read = model.web_search_read([("id", "in", record.ids)], {"display_name": {}})
                    self.assertFalse(read["records"])
                    groups = model._read_group([], aggregates=["id:array_agg"])
                    self.assertFalse(set(groups[0][0] or []) & set(record.ids))
                    if "company_id" in model._fields:
                        schools = model._read_group([], ["company_id"])
                        self.assertNotIn(self.other.id, [school.id for (school,) in schools])

    @seed("P2.2.3a", "R1.1")
    def test_records_of_another_school_are_not_read_written_or_exported(self):
        for user in self.principal | self.it_admin | self.clerk:
            for record in self.records.values():
                with self.subTest(user=user.login, model=record._name):
                    stranger = self._as(user, record)
                    with self.assertRaises(AccessError):
                        stranger.read(["display_name"])
                    with self.assertRaises(AccessError):
                        stranger.web_read({"display_name": {}})
                    with self.assertRaises(AccessError):
                        stranger.export_data(["id", "display_name"])
                    with self.assertRaises(UserError):
                        stranger.write({self._writable(record): False})
                    with self.assertRaises(UserError):
                        stranger.unlink()

    def _writable(self, record):
        skipped = {"id", *self.env["base"]._fields}
        return next(
            name
            for name, field in record._fields.items()
            if field.store and name not in skipped and not field.required
        )

    @seed("P2.2.3a")
    def test_naming_the_other_school_in_the_context_opens_nothing(self):
        for user in self.users:
            both = [self.company.id, self.other.id]
            model = self.env["edu.class"].with_user(user)
            with self.assertRaises(AccessError):
                model.with_context(allowed_company_ids=both).search([])
            with self.assertRaises(AccessError):
                model.with_company(self.other).with_context(
                    allowed_company_ids=self.other.ids
                ).search([])

    @seed("P2.2.3a", "R10.1a")
    def test_principal_reads_the_own_school_and_may_have_two(self):
        self._students("Lê Thị Ánh")
        principal = self.principal
        for model in ("edu.class", "edu.student", "edu.enrollment", "edu.school.year"):
            found = self.env[model].with_user(principal).search([])
            self.assertEqual(found.company_id, self.company, model)
        principal.company_ids |= self.other
        both = [self.company.id, self.other.id]
        classes = self.env["edu.class"].with_user(principal)
        self.assertEqual(
            classes.with_context(allowed_company_ids=both).search([]).company_id,
            self.company | self.other,
        )
        self.assertEqual(
            classes.with_context(allowed_company_ids=self.other.ids).search([]).company_id,
            self.other,
        )

    @seed("P2.2.3a")
    def test_every_table_with_a_school_has_a_rule(self):
        """Also those of other addons, and those that are still to come."""
        rules = self.env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
        guarded = {
            rule.model_id.model for rule in rules if "company_ids" in (rule.domain_force or "")
        }
        with_school = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("edu.")
            and not model._abstract
            and not model._transient
            and "company_id" in model._fields
            and model._fields["company_id"].store
        }
        self.assertFalse(with_school - guarded)
        core = {name for name in with_school if self._is_core(name)}
        self.assertFalse(set(self.records) - with_school - {"edu.ledger.entry"})
        self.assertGreaterEqual(len(core & set(self.records)), 16)

    def _is_core(self, name):
        return self.env.registry[name]._original_module == "edu_core"

    # -- relations -------------------------------------------------------------------------------

    @seed("P2.2.3a", "R1.1")
    def test_relations_do_not_cross_schools(self):
        there, here = self.records, self.school_class
        students = self._students("Lê Thị Ánh")
        campus = self.env["edu.campus"].create({"name": "Điểm lẻ", "company_id": self.company.id})
        assignment = self.env["edu.teaching.assignment"].create(
            {
                "class_id": here.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": self.teacher.id,
            }
        )
        periods = self.year._edu_periods(here.regulation_id)
        own = self.env["edu.curriculum.line"]._edu_adapt(
            self.company, self.year, here.regulation_id, here.grade_id
        )
        for record, vals in (
            (here, {"homeroom_user_id": self.stranger.id}),
            (here, {"campus_id": there["edu.campus"].id}),
            (here, {"elective_ids": [Command.set(there["edu.curriculum.line"].ids)]}),
            (campus, {"head_user_id": self.stranger.id}),
            (assignment, {"user_id": self.stranger.id}),
            (assignment, {"subject_id": there["edu.subject"].id}),
            (periods[0], {"parent_id": there["edu.period"].id}),
            (own[0], {"subject_id": there["edu.subject"].id}),
            (own[0], {"school_year_id": there["edu.school.year"].id}),
        ):
            with self.subTest(record=record, vals=vals), self.assertRaises(UserError):
                record.sudo().write(vals)
        with self.assertRaises(UserError):
            self.env["edu.enrollment"].sudo().create(
                {"class_id": here.id, "student_id": there["edu.student"].id}
            )
        with self.assertRaises(UserError):
            self.env["edu.class"].sudo().create(
                {
                    "name": "6Z",
                    "school_year_id": self.year.id,
                    "grade_id": here.grade_id.id,
                    "homeroom_user_id": self.stranger.id,
                }
            )
        self.assertEqual(here.enrollment_ids.student_id, students)
