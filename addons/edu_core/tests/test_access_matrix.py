import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from edu_records.exchange import table_workbook
from edu_records.testing import seed

from .access import ROLES, AccessMatrix, table


class CoreSchool(AccessMatrix):
    """Two schools with all that edu_core knows."""

    @classmethod
    def _build(cls):
        cls._build_schools()

    @classmethod
    def _build_schools(cls):
        cls.root = cls.env.ref("base.user_root")
        cls._build_school(cls.company)
        cls._build_school(cls.foreign)
        cls._build_shared()

    @classmethod
    def _build_school(cls, company):
        home = company == cls.company
        env, where = cls.env, "school" if home else "foreign"
        year = env["edu.school.year"].create(
            {
                "name": "2026-2027",
                "date_start": "2026-09-05",
                "date_end": "2027-05-31",
                "company_id": company.id,
            }
        )
        campus = env["edu.campus"].create({"name": "Điểm lẻ", "company_id": company.id})
        subject = env["edu.subject"].create(
            {"name": "Môn riêng", "code": "RIENG", "company_id": company.id}
        )
        other = cls.others[company]
        classes = {"class": cls.users["Homeroom"], "other": other} if home else {"foreign": other}
        for place, homeroom in classes.items():
            teacher = cls.users["Teacher"] if place == "class" else other
            cls._build_class(place, year, homeroom, teacher, subject)
        school_class = cls.records["edu.class"]["class" if home else "foreign"]
        lines = env["edu.curriculum.line"]._edu_adapt(
            company, year, school_class.regulation_id, school_class.grade_id
        )
        periods = year._edu_periods(school_class.regulation_id)
        employee = env["hr.employee"].create({"name": "Cán bộ", "company_id": company.id})
        movement = env["edu.staff.movement"].create(
            {"employee_id": employee.id, "kind": "recruited"}
        )
        series = env["edu.number.series"].search([("company_id", "=", company.id)])[:1]
        backup = env["edu.backup"].create({"company_id": company.id, "place": "Ổ cứng ngoài"})
        anchor = env["edu.ledger.anchor"]._edu_anchor(company)
        cls.keep(where, year, campus, subject, lines[0], periods[0], movement, series, backup)
        cls.keep(where, anchor, company.edu_value_ids[:1] or cls._value(company))
        cls.keep(where, cls._maintenance(company))
        cls.keep(where, *cls._ledger(company), *cls._start_of_year(year))
        other.invalidate_recordset()
        cls.keep(where, env["edu.account.report"].search([("user_id", "=", other.id)]))

    @classmethod
    def _value(cls, company):
        return cls.env["edu.school.value"].create(
            {"company_id": company.id, "kind": "place", "value": "Thanh Hóa"}
        )

    @classmethod
    def _maintenance(cls, company):
        times = {"date_from": "2026-12-05 20:00:00", "date_to": "2026-12-05 21:00:00"}
        vals = {"company_id": company.id, "note": "Nâng cấp", **times}
        return cls.env["edu.maintenance"].create(vals)

    @classmethod
    def _start_of_year(cls, year):
        """What imports, the board and the rollover of a school leave behind."""
        env, company = cls.env, year.company_id
        rows = [{"name": "Học Sinh Mới", "birth_date": "2015-01-02", "gender": "female"}]
        brought = env["edu.import"].create(
            {
                "entity": "students",
                "school_year_id": year.id,
                "file": base64.b64encode(table_workbook("students", rows)),
            }
        )
        brought.action_check()
        synonym = env["edu.exchange.synonym"].create(
            {"stands_for": "students.name", "name": "Tên em", "company_id": company.id}
        )
        task = env["edu.year.task"]._edu_open_tasks(year)[:1]
        after = year.copy(
            {"name": "2027-2028", "date_start": "2027-09-05", "date_end": "2028-05-31"}
        )
        env["edu.class"].create(
            {
                "name": "7class",
                "school_year_id": after.id,
                "grade_id": env.ref("edu_core.edu_grade_7").id,
            }
        )
        rollover = (
            env["edu.rollover"]
            ._edu_unguarded()
            .create(
                {
                    "source_year_id": year.id,
                    "target_year_id": after.id,
                    "leave_date": year.date_end,
                }
            )
        )
        rollover._edu_refresh()
        kept = (brought, brought.line_ids, synonym, task)
        kept += (rollover, rollover.class_ids, rollover.line_ids)
        return [records.with_context(edu_guard=None) for records in kept]

    @classmethod
    def _ledger(cls, company):
        now = fields.Datetime.now()
        root = {"company_id": company.id, "user_id": cls.root.id, "time": now}
        epoch = cls.env["edu.ledger.epoch"]._edu_begin(company, "Khôi phục")
        verification = (
            cls.env["edu.ledger.verification"]
            ._edu_unguarded()
            .create({**root, "state": "findings"})
        )
        finding = (
            cls.env["edu.ledger.finding"]
            ._edu_unguarded()
            .create({"verification_id": verification.id, "code": "MOVED", "message": "x"})
        )
        chain = company._edu_chain()
        reason = cls.env["edu.ledger.reason"].search([], order="id desc", limit=1)
        return epoch, verification, finding, chain, chain.entry_ids[:1], reason

    @classmethod
    def _build_class(cls, place, year, homeroom, teacher, subject):
        env, company = cls.env, year.company_id
        school_class = env["edu.class"].create(
            {
                "name": f"6{place}",
                "school_year_id": year.id,
                "grade_id": env.ref("edu_core.edu_grade_6").id,
                "homeroom_user_id": homeroom.id,
            }
        )
        assignment = env["edu.teaching.assignment"].create(
            {"class_id": school_class.id, "subject_id": subject.id, "user_id": teacher.id}
        )
        students = env["edu.student"].create(
            [
                {
                    "name": f"Học Sinh {place} {number}",
                    "company_id": company.id,
                    "personal_id": False,
                    "health_notes": "Hen suyễn",
                }
                for number in (1, 2)
            ]
        )
        guardians = env["edu.guardian"].create(
            [
                {"name": "Phụ Huynh", "student_id": one.id, "relation": "mother", "phone": "09"}
                for one in students
            ]
        )
        movements = env["edu.movement"]._edu_admit(students, school_class)
        evidence = (
            env["edu.movement.evidence"]
            ._edu_unguarded()
            .create(
                {
                    "name": "giay.pdf",
                    "company_id": company.id,
                    "data": base64.b64encode(b"%PDF-1.7"),
                    "sha256": "0" * 64,
                    "movement_ids": [(6, 0, movements.ids)],
                }
            )
        )
        students[1].active = False
        substitute = cls._person(f"acc.sub.{place}", company, "teacher")
        delegation = (
            env["edu.entry.delegation"]
            .with_user(teacher)
            .create(
                {
                    "class_id": school_class.id,
                    "subject_id": subject.id,
                    "delegate_id": substitute.id,
                    "date_from": company._edu_today(),
                    "date_to": company._edu_today() + timedelta(days=3),
                    "reason": "Nghỉ ốm",
                }
            )
            .with_user(cls.root)
        )
        duty = env["edu.duty"].search([("class_id", "=", school_class.id)])
        cls.keep(place, school_class, assignment, students, guardians, movements, evidence)
        cls.keep(place, students.enrollment_ids, delegation, duty)
        cls.keep(place, *cls._documents(place, school_class))
        if place == "class":
            cls.own["Teacher", delegation._name] = delegation
            cls._connect(guardians[0], students[0])

    @classmethod
    def _connect(cls, guardian, student):
        """The guardian's account reads this child: the invitation's own step."""
        user = cls.users["Guardian"]
        user.partner_id.write({"email": "me@example.com", "company_id": cls.company.id})
        cls.env.cr.execute(
            "UPDATE edu_guardian SET partner_id = %s WHERE id = %s",
            [user.partner_id.id, guardian.id],
        )
        guardian.invalidate_recordset()
        cls.own["Guardian", guardian._name] = guardian
        cls.own["Guardian", student._name] = student

    @classmethod
    def _documents(cls, place, school_class):
        env, company = cls.env, school_class.company_id
        form = f"access_{place}"
        env["edu.signing.step"].create(
            {"form_code": form, "role": "principal", "sequence": 1, "field_name": "principal"}
        )
        (snapshot,) = env["edu.record.snapshot"]._edu_freeze([(school_class, {"a": "1"})])
        chain = env["edu.ledger.chain"]._edu_open(
            [(f"document:acc{school_class.id}", "document", company)]
        )
        Document = env["edu.document"]
        document = Document._edu_unguarded().create(
            {
                "name": f"Sổ {place}",
                "code": Document._edu_new_code(),
                "form_code": form,
                "res_model": "edu.class",
                "res_id": school_class.id,
                "class_id": school_class.id,
                "company_id": company.id,
                "chain_id": chain.id,
                "snapshot_id": snapshot.id,
            }
        )
        document._edu_store_revision(b"%PDF-1.7 test", "issued")
        document._edu_open_signatures()
        outbox = env["edu.outbox"]._edu_put("issue", document)
        Log = env["edu.print.log"]
        Log._edu_record("view", company, form, "0" * 64, document)
        printed = Log.search([("document_id", "=", document.id)])
        env["edu.access.log"]._edu_insert("read", company, "edu.document", document.ids, "name")
        accessed = env["edu.access.log"].search([], limit=1)
        document = document.with_context(edu_guard=None)
        return (
            *(snapshot, document, document.revision_ids, document.signature_ids),
            *(outbox.with_context(edu_guard=None), printed, accessed),
        )

    @classmethod
    def _build_shared(cls):
        cls.env.cr.execute(
            "INSERT INTO edu_import_progress (import_ref, done, total) VALUES (0, 1, 2)"
        )
        cls.keep("all", cls.env["edu.import.progress"].search([], limit=1))
        for model, cells in table().items():
            if cells["Inspector"].get("read") == "all" and model in cls.env.registry:
                domain = [("company_id", "=", False)] if cls._has_school(model) else []
                cls.keep("all", cls.env[model].search(domain, limit=1))

    @classmethod
    def _has_school(cls, model):
        return "company_id" in cls.env[model]._fields


@tagged("post_install", "-at_install")
class TestAccessMatrix(CoreSchool):
    addon = "edu_core"

    @seed("P2.2.2", "P2.2.3a")
    def test_every_model_is_in_the_table(self):
        self.check_complete()
        self.check_kept()

    @seed("P2.2.2", "P2.2.3a", "R10.1a")
    def test_each_role_may_what_the_table_says(self):
        self.check_roles()

    @seed("P2.2.2")
    def test_roles_do_not_include_each_other(self):
        ours = {role for role in ROLES.values() if role not in ("portal", "public", "system")}
        for column, role in ROLES.items():
            if role not in ours:
                continue
            user = self.users[column]
            held = {other for other in ours if user.has_group(f"edu_core.group_edu_{other}")}
            self.assertEqual(held - {"user"}, {role} - {"user"}, column)
            self.assertFalse(user.has_group("base.group_erp_manager"))
