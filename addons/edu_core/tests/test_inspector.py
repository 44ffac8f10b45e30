import json
from datetime import datetime, timedelta

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import EduCase, inspect

FILE = {"name": {}, "birth_date": {}, "personal_id": {}}


@tagged("post_install", "-at_install")
class TestInspector(EduCase):
    """Read-only, until a day, and whatever is read of a pupil leaves a line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.students = cls._students("Lê Thị Ánh", "Trần Văn Bình", "Vũ Thị Cúc")
        cls.inspector = cls._guest("edu_guest")
        cls.duty = inspect(cls.inspector, before=2, after=3)

    @classmethod
    def _guest(cls, login):
        return cls._user("inspector", "Khách", login=login)

    @classmethod
    def _user(cls, role, name, *others, login=None):
        if role != "inspector":
            return super()._user(role, name, *others, login=login)
        return new_test_user(
            cls.env,
            login,
            groups="edu_core.group_edu_inspector",
            name=name,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def logged(self, user=None):
        return self.env["edu.access.log"].search(
            [("user_id", "=", (user or self.inspector).id)], order="id"
        )

    def pupils(self, user=None):
        return self.env["edu.student"].with_user(user or self.inspector)

    # -- until a day -----------------------------------------------------------------------------

    @seed("P5.3.1", "P2.2.3f")
    def test_access_begins_and_ends_with_the_duty_at_midnight_of_the_school(self):
        first = self.duty._edu_midnight(self.duty.date_from).replace(tzinfo=None)
        end = self.duty._edu_midnight(self.duty.date_to + timedelta(days=1)).replace(tzinfo=None)
        second = timedelta(seconds=1)
        for moment, open_ in (
            (first - second, False),
            (first, True),
            (end - second, True),
            (end, False),
        ):
            with freeze_time(moment):  # nothing else changes: no cron, no new login
                self.assertEqual(bool(self._found()), open_, moment)
        self.assertEqual(end.hour, 17, "midnight in Viet Nam")

    def _found(self):
        try:
            return self.pupils().search([("company_id", "=", self.company.id)])
        except AccessError:
            return self.pupils().browse()

    @seed("P5.3.1")
    def test_on_other_days_nothing_of_the_school_is_open(self):
        with freeze_time(datetime.combine(self.duty.date_to, datetime.min.time()) + timedelta(3)):
            for name, model in self.env.registry.items():
                if name.startswith("edu.") and not model._abstract:
                    self.assertFalse(
                        self.env[name].with_user(self.inspector).has_access("read"), name
                    )
            self.assertFalse(self.env["hr.employee"].with_user(self.inspector).has_access("read"))
            self.assertNotIn(
                self.inspector, self.env["res.users"]._edu_holders("inspector", self.company)
            )

    @seed("P5.3.1")
    def test_a_role_given_by_hand_opens_nothing(self):
        guest = self._guest("edu_by_hand")
        self.assertTrue(guest.has_group("edu_core.group_edu_inspector"))
        with self.assertRaises(AccessError):
            self.pupils(guest).search([])
        with self.assertRaises(AccessError):
            self.env["edu.class"].with_user(guest).search([])

    @seed("P5.3.1")
    def test_only_the_school_that_is_inspected_is_open(self):
        other = self.env["res.company"].create({"name": "Trường Đã Thanh Tra"})
        there = self.env["edu.student"].create({"name": "Người Bên Kia", "company_id": other.id})
        self.inspector.company_ids |= other
        both = {"allowed_company_ids": [self.company.id, other.id]}
        pupils = self.pupils().with_context(**both)
        self.assertEqual(pupils.search([]).company_id, self.company)
        with self.assertRaises(AccessError):
            there.with_user(self.inspector).with_context(**both).read(["name"])

    @seed("P5.3.1", "R4.2")
    def test_inspection_needs_a_last_day_a_decision_and_an_account_of_its_own(self):
        vals = {
            "type_id": self.env.ref("edu_core.edu_duty_type_inspector").id,
            "user_id": self._guest("edu_new_guest").id,
            "company_id": self.company.id,
            "date_from": self.company._edu_today(),
            "date_to": self.company._edu_today(),
            "decision_number": "7/QĐ",
            "decision_date": self.company._edu_today(),
        }
        Duty = self.env["edu.duty"].with_user(self.principal)
        with self.assertRaises(UserError) as refused:
            Duty.create({**vals, "date_to": False})
        self.assertIn("last day", str(refused.exception))
        with self.assertRaises(UserError) as refused:
            Duty.create({**vals, "user_id": self.teacher.id})
        self.assertIn("no other role", str(refused.exception))
        with self.assertRaises(AccessError):
            Duty.with_user(self.it_admin).create(vals)
        duty = Duty.create(vals)
        self.assertTrue(self.pupils(duty.user_id).search([]))
        clerk = self.env.ref("edu_core.edu_duty_type_clerk")
        with self.assertRaises(UserError) as refused:
            Duty.create({**vals, "type_id": clerk.id})
        self.assertIn("no other role", str(refused.exception))

    @seed("P5.3.1")
    def test_an_ended_inspection_closes_at_once_and_leaves_a_guest(self):
        self.pupils().search([])
        yesterday = self.company._edu_today() - timedelta(days=1)
        self.duty.with_user(self.principal)._edu_end(yesterday, "8/QĐ")
        with self.assertRaises(AccessError):
            self.pupils().search([])
        self.assertFalse(self.inspector.has_group("edu_core.group_edu_inspector"))
        self.assertFalse(self.inspector.has_group("edu_core.group_edu_user"))
        self.assertTrue(self.inspector._is_internal())

    # -- reads only ------------------------------------------------------------------------------

    @seed("P5.3.1", "P2.2.2")
    def test_an_inspector_writes_nothing_of_the_school(self):
        for name, model in self.env.registry.items():
            if not name.startswith("edu.") or model._abstract or model._transient:
                continue
            records = self.env[name].with_user(self.inspector)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), f"{operation} {name}")

    @seed("P5.3.1")
    def test_another_role_by_hand_does_not_make_an_inspector_a_writer(self):
        self.inspector.group_ids |= self.env.ref("edu_core.group_edu_clerk")
        with self.assertRaises(AccessError):
            self.students[0].with_user(self.inspector).write({"name": "Đổi Tên"})
        with self.assertRaises(AccessError):
            self.env["edu.class"].with_user(self.inspector).create({"name": "6X"})

    # -- the log ---------------------------------------------------------------------------------

    @seed("P5.3.1", "R3.4")
    def test_an_opened_file_leaves_a_line(self):
        student = self.students[0]
        student.with_user(self.inspector).web_read(FILE)
        line = self.logged()
        self.assertEqual(len(line), 1)
        self.assertEqual((line.kind, line.res_model), ("read", "edu.student"))
        self.assertEqual(line.student_ids, student)
        self.assertEqual(line.field_names, "birth_date,name,personal_id")
        self.assertEqual(line.company_id, self.company)
        entry = line.chain_id.entry_ids.filtered(lambda one: one.seq == line.entry_seq)
        self.assertEqual((entry.operation, entry.record), ("access", str(line.id)))
        self.assertEqual(json.loads(entry.new_value)["res_ids"], line.res_ids)
        self.assertEqual(entry.user_id, self.inspector)

    @seed("P5.3.1")
    def test_a_list_leaves_one_line_with_all_ids_and_as_many_queries_for_more(self):
        pupils = self.pupils()
        pupils.web_search_read([("id", "in", self.students[:1].ids)], FILE)
        counts = []
        for students in (self.students[:1], self.students):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pupils.web_search_read([("id", "in", students.ids)], FILE)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(self.logged()[-1].student_ids, self.students)
        self.assertEqual(len(self.logged()), 3)

    @seed("P5.3.1", "R3.4")
    def test_every_door_leaves_a_line(self):
        ids = self.students.ids
        own = [("id", "in", ids)]
        self.inspector.group_ids |= self.env.ref("base.group_allow_export")
        nested = {"student_id": {"fields": {"personal_id": {}}}}
        enrollments = self.students.enrollment_ids.with_user(self.inspector)
        for kind, read in (
            ("read", lambda: self.pupils().browse(ids).read(["personal_id"])),
            ("read", lambda: self.pupils().search_read(own, ["personal_id"])),
            ("read", lambda: enrollments.web_read(nested)),
            ("export", lambda: self.pupils().browse(ids).export_data(["name"])),
            ("group", lambda: self.pupils().formatted_read_group(own, ["religion_id"])),
            ("group", lambda: self.pupils().web_read_group(own, ["gender"], ["__count"])),
        ):
            before = len(self.logged())
            read()
            lines = self.logged()[before:]
            self.assertIn(kind, lines.mapped("kind"))
            if kind != "group":
                self.assertEqual(lines.student_ids, self.students)

    def test_names_alone_are_no_file(self):
        self.pupils().browse(self.students.ids).read(["display_name"])
        self.pupils().name_search("Lê")
        self.assertFalse(self.logged())

    @seed("P5.3.1")
    def test_guardians_movements_and_documents_are_files_too(self):
        guardian = self.env["edu.guardian"].create(
            {"name": "Mẹ", "student_id": self.students[0].id, "relation": "mother"}
        )
        for record in (guardian, self.students.movement_ids[0]):
            record.with_user(self.inspector).read(["company_id"])
            self.assertEqual(self.logged()[-1].res_model, record._name)

    def test_nobody_else_is_logged_or_pays_for_it(self):
        student = self.students[0].with_user(self.principal)
        student.web_read(FILE)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with self.assertQueryCount(9):
            student.web_read({"gender": {}})
        self.assertLess(self.env.cr.sql_log_count - before, 9)
        self.assertFalse(self.env["edu.access.log"].search([("user_id", "=", self.principal.id)]))

    @seed("P5.3.1")
    def test_principal_and_the_inspector_read_the_log_nobody_writes_it(self):
        self.students[0].with_user(self.inspector).read(["name"])
        second = self._guest("edu_second_guest")
        inspect(second)
        self.students[1].with_user(second).read(["name"])
        Log = self.env["edu.access.log"]
        lines = self.logged() | self.logged(second)
        mine = [("id", "in", lines.ids)]
        self.assertEqual(Log.with_user(self.principal).search(mine), lines)
        self.assertEqual(Log.with_user(second).search(mine), self.logged(second))
        self.assertEqual(
            Log.with_user(self.principal).search([("student_ids", "in", self.students[1].ids)]),
            self.logged(second),
        )
        for user in (self.teacher, self.clerk, self.it_admin):
            with self.assertRaises(AccessError):
                Log.with_user(user).search([])
        for attempt in (
            lambda: lines.sudo().write({"res_ids": ""}),
            lambda: lines.sudo().unlink(),
            lambda: Log.sudo().create({"kind": "read"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    @seed("P5.3.1", "P2.2.3d")
    def test_sql_does_not_change_the_log(self):
        self.students[0].with_user(self.inspector).read(["name"])
        line = self.logged()
        for statement in (
            f"UPDATE edu_access_log SET res_ids = '' WHERE id = {line.id}",
            f"DELETE FROM edu_access_log WHERE id = {line.id}",
            "TRUNCATE edu_access_log CASCADE",
            "INSERT INTO edu_access_log (company_id, time, user_id, kind, res_model, res_ids,"
            " field_names, chain_id, entry_seq) SELECT company_id, time, user_id, kind, res_model,"
            f" '', field_names, chain_id, entry_seq + 1 FROM edu_access_log WHERE id = {line.id}",
        ):
            with (
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        self.assertEqual(self.env["edu.ledger.guard"]._edu_findings(), [])


@tagged("post_install", "-at_install")
class TestInspectorOverHttp(HttpCase):
    @seed("P5.3.1", "R3.4")
    def test_what_is_read_over_rpc_is_logged_once_and_not_redone(self):
        company = self.env.company
        user = new_test_user(
            self.env,
            "edu_rpc_guest",
            groups="edu_core.group_edu_inspector",
            password="edu_rpc_guest",
            company_id=company.id,
        )
        inspect(user)
        student = self.env["edu.student"].create({"name": "Nguyễn Thị Dung"})
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        with self.assertNoLogs("odoo.http", "WARNING"):
            for method, args in (
                ("web_search_read", [[("id", "=", student.id)], {"name": {}}]),
                ("web_read", [student.ids, {"name": {}}]),
                ("read", [student.ids, ["name"]]),
                ("search_read", [[("id", "=", student.id)], ["name"]]),
            ):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw",
                    {"model": "edu.student", "method": method, "args": args, "kwargs": {}},
                )
        lines = self.env["edu.access.log"].search([("user_id", "=", user.id)])
        self.assertEqual(lines.mapped("res_ids"), [f",{student.id},"] * 4)
