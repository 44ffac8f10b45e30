from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestStaff(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._edu_today()
        cls.vice = cls._user("vice_principal", "Trịnh Công Phó")
        cls.inspector = cls._user("inspector", "Đặng Thanh Tra")
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Trần Văn Bộ Môn",
                "company_id": cls.company.id,
                "user_id": cls.teacher.id,
                "edu_code": "GV001",
                "edu_personal_id": "038090000001",
            }
        )

    def _move(self, kind, by=None, days=0, **vals):
        move = (
            self.env["edu.staff.movement"]
            .with_user(by or self.clerk)
            .create(
                {
                    "employee_id": self.employee.id,
                    "kind": kind,
                    "date": self.today + timedelta(days=days),
                    "decision_number": "7/QĐ-UBND",
                    "decision_date": "2026-08-01",
                    **vals,
                }
            )
        )
        move.action_confirm()
        return move

    def _refused(self, kind, error=UserError, **vals):
        with self.assertRaises(error):
            self._move(kind, **vals)

    def test_identifiers(self):
        for vals in (
            {"edu_personal_id": "12345678901"},
            {"edu_personal_id": "12345678901x"},
            {"edu_ministry_id": "123"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.employee.write(vals)
        self.employee.edu_ministry_id = "3812345678"

    @seed("R4.9")
    def test_status_follows_movements_only(self):
        self.assertEqual(self.employee.edu_staff_status, "none")
        for user in (self.clerk, self.principal, self.env.user):
            for context in ({}, {"edu_guard": True}):
                employee = self.employee.with_user(user).sudo().with_context(**context)
                for vals in ({"edu_staff_status": "left"}, {"edu_left_on": self.today}):
                    with self.assertRaises(UserError):
                        employee.write(vals)
        Employee = self.env["hr.employee"].sudo()
        with self.assertRaises(UserError):
            Employee.create({"name": "X", "edu_staff_status": "working"})
        made = Employee.with_context(default_edu_staff_status="working").create({"name": "X"})
        self.assertEqual(made.edu_staff_status, "none")
        self._move("recruited", days=-400)
        self.assertEqual(self.employee.edu_staff_status, "working")
        self.assertEqual(self.employee.edu_school_since, self.today - timedelta(days=400))
        self._move("leave", days=-30)
        self.assertEqual(self.employee.edu_staff_status, "leave")
        self._move("returned")
        self.assertEqual(self.employee.edu_staff_status, "working")
        entries = self.employee.sudo()._edu_chain().entry_ids
        self.assertEqual(entries.mapped("slot"), ["returned", "leave", "recruited"])
        self.assertEqual(entries.mapped("old_value"), ["leave", "working", "none"])

    def test_movements_that_do_not_fit_are_refused(self):
        self._refused("retired")
        self._refused("returned")
        self._refused("recruited", decision_number=False)
        self._move("recruited", days=-10)
        self._refused("recruited")
        self._refused("transferred_out", days=-20)  # before the one in force
        self._refused("department")
        self._refused("cancel")
        self.assertEqual(self.employee.edu_staff_status, "working")

    def test_who_confirms(self):
        move = self.env["edu.staff.movement"].create(
            {
                "employee_id": self.employee.id,
                "kind": "recruited",
                "date": self.today,
                "decision_number": "1",
                "decision_date": self.today,
            }
        )
        for user in (self.vice, self.it_admin, self.inspector, self.teacher):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                move.with_user(user).action_confirm()
            with self.assertRaises(AccessError):
                move.with_user(user).sudo().action_confirm()
        move.with_user(self.principal).action_confirm()
        self.assertEqual(move.confirmed_by_id, self.principal)

    def test_confirmed_movement_stays_and_is_cancelled_by_another(self):
        move = self._move("recruited", days=-10)
        for context in ({}, {"edu_guard": True}):
            for vals in ({"date": self.today}, {"state": "draft"}, {"note": "x"}):
                with self.assertRaises(UserError):
                    move.sudo().with_context(**context).write(vals)
        with self.assertRaises(UserError):
            move.sudo().unlink()
        with self.assertRaises(UserError):
            self.employee.sudo().unlink()
        left = self._move("resigned")
        with self.assertRaises(UserError):  # only the last one
            move.with_user(self.clerk)._edu_cancel("Nhầm")
        with self.assertRaises(UserError):
            left.with_user(self.clerk)._edu_cancel(" ")
        with self.assertRaises(AccessError):
            left.with_user(self.vice)._edu_cancel("Nhầm")
        counter = left.with_user(self.clerk)._edu_cancel("Nhầm người", "8/QĐ")
        self.assertEqual((left.state, left.cancelled_by_id), ("cancelled", counter))
        self.assertEqual(self.employee.edu_staff_status, "working")
        self.assertFalse(self.employee.edu_left_on)
        draft = self.env["edu.staff.movement"].create(
            {"employee_id": self.employee.id, "kind": "leave", "date": self.today}
        )
        draft.note = "to be decided"
        self.assertTrue(draft.unlink())

    @seed("R4.9")
    def test_leaving_ends_duties_and_assignments_and_proposes_the_account(self):
        self._move("recruited", days=-400)
        line = self.env["edu.teaching.assignment"].create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": self.teacher.id,
            }
        )
        self.school_class.homeroom_user_id = self.teacher
        duty = self.env["edu.duty"].search([("user_id", "=", self.teacher.id)])
        move = self._move("retired", days=10)
        last_day = self.today + timedelta(days=9)
        self.assertEqual((line.date_to, duty.date_to), (last_day, last_day))
        self.assertEqual(self.employee.edu_staff_status, "working")
        self.assertIn(self.teacher.login, move.activity_ids.summary)
        self.assertEqual(move.activity_ids.user_id, self.principal)
        with freeze_time(f"{last_day + timedelta(days=1)} 03:00:00"):
            self.env["edu.staff.movement"]._edu_tidy()
            self.env["edu.duty"]._edu_tidy()
            self.assertEqual(self.employee.edu_staff_status, "left")
            self.assertFalse(self.school_class.homeroom_user_id)
            self.assertFalse(self.teacher.has_group("edu_core.group_edu_homeroom"))
            self.assertFalse(self.teacher.has_group("edu_core.group_edu_teacher"))
        self.assertTrue(self.teacher.active)

    def test_the_office_creates_staff_in_a_department(self):
        office = self.env["hr.department"].create({"name": "Tổ Văn", "company_id": self.company.id})
        made = (
            self.env["hr.employee"]
            .with_user(self.clerk)
            .create(
                {"name": "Lê Mới", "company_id": self.company.id, "edu_department_id": office.id}
            )
        )
        self.assertEqual(made.department_id, office)
        made.edu_department_id = False
        self.assertFalse(made.department_id)

    def test_change_of_department(self):
        office = self.env["hr.department"].create(
            {"name": "Tổ Toán", "company_id": self.company.id}
        )
        self._move("recruited", days=-10)
        self._move("department", department_id=office.id)
        self.assertEqual(self.employee.department_id, office)
        self._move("post", post="Tổ trưởng")
        self.assertEqual(self.employee.job_title, "Tổ trưởng")

    @seed("P2.2.2", "P2.2.3a")
    def test_who_reads_what_of_staff(self):
        self._move("recruited", days=-10)
        for user in (self.principal, self.clerk):
            employee = self.employee.with_user(user)
            self.assertEqual(employee.edu_personal_id, "038090000001")
        for user in (self.vice, self.it_admin, self.inspector):
            employee = self.employee.with_user(user)
            self.assertEqual(employee.read(["edu_code"])[0]["edu_code"], "GV001")
            for name in ("edu_personal_id", "edu_party_date", "birthday"):
                with self.assertRaises(AccessError):
                    employee.read([name])
            with self.assertRaises(AccessError):
                employee.write({"edu_code": "X"})
            self.assertTrue(employee.edu_movement_ids)
        for user in (self.teacher, self.other_teacher):
            self.env.invalidate_all()
            employee = self.employee.with_user(user)
            self.assertEqual(employee.name, "Trần Văn Bộ Môn")
            for name in ("edu_code", "edu_personal_id", "edu_staff_status"):
                with self.assertRaises(AccessError):
                    employee.read([name])
            with self.assertRaises(AccessError):
                self.env["edu.staff.movement"].with_user(user).search([])

    @seed("P2.2.2")
    def test_pages_of_staff_open_for_every_reader(self):
        action = self.env.ref("edu_core.edu_employee_action")
        views = [(line.view_id.id, line.view_mode) for line in action.view_ids]
        for user in (self.principal, self.clerk, self.vice, self.it_admin, self.inspector):
            Employee = self.env["hr.employee"].with_user(user)
            for view_id, mode in views:
                arch = etree.fromstring(Employee.get_view(view_id, mode)["arch"])
                names = {
                    node.get("name")
                    for node in arch.iter("field")
                    if not any(parent.tag == "field" for parent in node.iterancestors())
                }
                with self.subTest(user=user.login, mode=mode):
                    self.assertIn("edu_staff_status", names)
                    self.env.invalidate_all()
                    found = Employee.web_search_read(
                        [("id", "=", self.employee.id)],
                        {name: {} for name in names},
                        order="edu_department_id",
                    )
                    self.assertEqual(found["length"], 1)

    def test_head_of_department_by_duty(self):
        maths = self.env["hr.department"].create({"name": "Tổ Toán", "company_id": self.company.id})
        self.env["edu.duty"].with_user(self.principal).create(
            {
                "type_id": self.env.ref("edu_core.edu_duty_type_department_head").id,
                "user_id": self.teacher.id,
                "company_id": self.company.id,
                "department_id": maths.id,
                "date_from": self.today,
                "decision_number": "3/QĐ",
                "decision_date": self.today,
            }
        )
        self.assertEqual(maths.edu_head_ids, self.teacher)
        self.assertTrue(self.teacher.has_group("edu_core.group_edu_department_head"))

    def test_snapshot_is_strings(self):
        self.env["edu.duty"].with_user(self.principal).create(
            {
                "type_id": self.env.ref("edu_core.edu_duty_type_vice_principal").id,
                "user_id": self.teacher.id,
                "company_id": self.company.id,
                "date_from": self.today,
                "decision_number": "3/QĐ",
                "decision_date": self.today,
            }
        )
        snapshot = self.employee.sudo()._edu_snapshot()
        self.assertEqual({type(value) for value in snapshot.values()}, {str})
        self.assertEqual(snapshot["post"], "Phó hiệu trưởng")

    def test_queries_do_not_grow_with_staff(self):
        staff = self.env["hr.employee"].create(
            [{"name": f"Người {n}", "company_id": self.company.id} for n in range(20)]
        )
        Movement = self.env["edu.staff.movement"]

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Movement._edu_apply(some)
            some.mapped("edu_capacity")
            return self.env.cr.sql_log_count - before

        queries(staff)
        self.assertEqual(queries(staff[:3]), queries(staff))
