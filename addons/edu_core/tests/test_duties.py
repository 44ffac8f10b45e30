from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestDuties(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._edu_today()
        cls.yesterday = cls.today - timedelta(days=1)
        cls.staff = cls._user("user", "Đinh Thị Nhân Viên")
        cls.system = new_test_user(
            cls.env,
            "edu_system",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _vals(self, code, user, **vals):
        kind = self.env["edu.duty.type"].search([("code", "=", code)])
        return {
            "type_id": kind.id,
            "user_id": user.id,
            "company_id": self.company.id,
            "date_from": self.today,
            "decision_number": "12/QĐ-THCS",
            "decision_date": "2026-08-20",
            **vals,
        }

    def _give(self, code, user, by=None, **vals):
        Duty = self.env["edu.duty"].with_user(by or self.principal)
        return Duty.create(self._vals(code, user, **vals))

    @seed("R4.2")
    def test_duty_grants_its_role_and_its_end_takes_it(self):
        self.assertFalse(self.staff.has_group("edu_core.group_edu_clerk"))
        duty = self._give("CLERK", self.staff, date_from=self.yesterday)
        self.assertTrue(self.staff.has_group("edu_core.group_edu_clerk"))
        self.assertEqual(duty.state, "active")
        duty.with_user(self.principal)._edu_end(self.yesterday, "15/QĐ-THCS", "Chuyển việc")
        self.assertFalse(self.staff.has_group("edu_core.group_edu_clerk"))
        self.assertTrue(self.staff.has_group("edu_core.group_edu_user"))
        self.assertEqual(duty.state, "ended")
        entries = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.model == "edu.duty" and entry.record == str(duty.id)
        )
        self.assertEqual(entries.mapped("operation"), ["end_duty", "duty"])
        self.assertIn("12/QĐ-THCS", entries[-1].new_value)
        self.assertEqual(entries[-1].user_id, self.principal)

    @seed("R4.2")
    def test_dates_count_before_the_cron_comes(self):
        tomorrow = self.today + timedelta(days=1)
        Users = self.env["res.users"]
        self._give("VICE_PRINCIPAL", self.staff, date_from=tomorrow, date_to=tomorrow)
        self.assertNotIn(self.staff, Users._edu_holders("vice_principal", self.company))
        with freeze_time(f"{tomorrow} 03:00:00"):
            self.assertFalse(self.staff.has_group("edu_core.group_edu_vice_principal"))
            self.assertIn(self.staff, Users._edu_holders("vice_principal", self.company))
            self.env["edu.duty"]._edu_tidy()
            self.assertTrue(self.staff.has_group("edu_core.group_edu_vice_principal"))
        with freeze_time(f"{tomorrow + timedelta(days=1)} 03:00:00"):
            self.assertTrue(self.staff.has_group("edu_core.group_edu_vice_principal"))
            self.assertNotIn(self.staff, Users._edu_holders("vice_principal", self.company))
            self.env["edu.duty"]._edu_tidy()
            self.assertFalse(self.staff.has_group("edu_core.group_edu_vice_principal"))

    def test_role_in_one_school_is_none_in_another(self):
        other = self.env["res.company"].create({"name": "Trường khác"})
        self.staff.company_ids |= other
        self._give("CLERK", self.staff)
        Users = self.env["res.users"]
        self.assertIn(self.staff, Users._edu_holders("school", self.company))
        self.assertNotIn(self.staff, Users._edu_holders("school", other))

    def test_who_gives_duties(self):
        for giver in (self.clerk, self.teacher, self.it_admin, self.system):
            with self.subTest(giver=giver.login), self.assertRaises(AccessError):
                self._give("CLERK", self.staff, by=giver)
            with self.assertRaises(AccessError):
                Duty = self.env["edu.duty"].with_user(giver).sudo()
                Duty.create(self._vals("CLERK", self.staff))
        for code in ("PRINCIPAL", "IT_ADMIN", "VICE_PRINCIPAL", "CLERK"):
            with self.assertRaisesRegex(AccessError, "nobody"):
                self._give(code, self.principal)
        with self.assertRaises(AccessError):  # of another school
            stranger = self.env["res.company"].create({"name": "Trường khác"})
            self.staff.company_ids |= stranger
            self._give("CLERK", self.staff, company_id=stranger.id)

    def test_first_principal_comes_from_the_system_administrator(self):
        self.principal.active = False
        for giver in (self.it_admin, self.clerk):
            with self.assertRaises(AccessError):
                self._give("PRINCIPAL", self.staff, by=giver)
        with self.assertRaises(AccessError):
            self._give("PRINCIPAL", self.system, by=self.system)
        self._give("PRINCIPAL", self.staff, by=self.system)
        self.assertTrue(self.staff.has_group("edu_core.group_edu_principal"))
        with self.assertRaises(AccessError):  # from now on others are the principal's
            self._give("CLERK", self.teacher, by=self.system)

    def test_two_principals_at_once_are_refused(self):
        first = self._give("PRINCIPAL", self.staff, date_to=self.today + timedelta(days=30))
        with self.assertRaisesRegex(UserError, "holds it from"), self.env.cr.savepoint():
            self._give("PRINCIPAL", self.teacher, by=self.system)
        later = self._give(
            "PRINCIPAL", self.teacher, by=self.system, date_from=self.today + timedelta(days=31)
        )
        self.assertEqual((first.state, later.state), ("active", "planned"))
        deputies = self._give("VICE_PRINCIPAL", self.teacher, area="Chuyên môn")
        deputies |= self._give("VICE_PRINCIPAL", self.other_teacher, area="Cơ sở vật chất")
        self.assertEqual(set(deputies.mapped("state")), {"active"})

    def test_decision_is_asked_for(self):
        for missing in ({"decision_number": " "}, {"decision_date": False}):
            with self.assertRaisesRegex(UserError, "decision"):
                self._give("CLERK", self.staff, **missing)

    def test_it_administrator_enters_what_the_principal_decided(self):
        duty = self._give("HOMEROOM", self.teacher, by=self.it_admin, class_id=self.school_class.id)
        self.assertEqual(self.school_class.homeroom_user_id, self.teacher)
        self.assertEqual(duty.given_by_id, self.it_admin)
        with self.assertRaises(AccessError):
            self._give("HOMEROOM", self.it_admin, by=self.it_admin, class_id=self.school_class.id)

    def test_a_duty_is_never_edited(self):
        duty = self._give("CLERK", self.staff).with_user(self.system).sudo()
        for context in ({}, {"edu_guard": True}, {"default_date_to": False}):
            for vals in ({"date_to": self.today}, {"user_id": self.teacher.id}):
                with self.assertRaises(UserError):
                    duty.with_context(**context).write(vals)
        with self.assertRaises(UserError):
            duty.unlink()
        with self.assertRaises(UserError):
            self._give("CLERK", self.teacher, ended_by_id=self.teacher.id)
        with self.assertRaises(UserError):
            self.staff.edu_duty_group_ids = self.env.ref("edu_core.group_edu_principal")

    def test_past_is_not_changed(self):
        duty = self._give("CLERK", self.staff, date_from=self.today - timedelta(days=40))
        with self.assertRaises(UserError):
            duty.with_user(self.principal)._edu_end(self.today - timedelta(days=9), "1")
        duty.with_user(self.principal)._edu_end(self.today, "1")
        with self.assertRaises(UserError):  # never prolonged
            duty.with_user(self.principal)._edu_end(self.today + timedelta(days=9), "1")

    def test_scope_and_holder_are_checked(self):
        portal = new_test_user(self.env, "edu_portal", groups="base.group_portal")
        cases = (
            ("HOMEROOM", self.teacher, {}),
            ("CLERK", self.teacher, {"class_id": self.school_class.id}),
            ("CLERK", portal, {}),
        )
        for code, user, vals in cases:
            with self.subTest(code=code), self.assertRaises(UserError):
                self._give(code, user, **vals)

    def test_type_grants_roles_of_schools_only(self):
        kind = self.env["edu.duty.type"].create({"name": "X", "code": "X"})
        with self.assertRaises(ValidationError):
            kind.group_ids = self.env.ref("base.group_system")
        self._give("CLERK", self.staff)
        clerk = self.env.ref("edu_core.edu_duty_type_clerk")
        with self.assertRaises(UserError):
            clerk.group_ids = self.env.ref("edu_core.group_edu_principal")
        with self.assertRaises(AccessError):
            clerk.with_user(self.it_admin).name = "Văn thư"

    @seed("P3.2.0.2")
    def test_capacity_and_signature_lines(self):
        self._give("VICE_PRINCIPAL", self.staff, area="Chuyên môn")
        self.assertEqual(self.principal._edu_signature_lines(self.company), ["HIỆU TRƯỞNG"])
        self.assertEqual(
            self.staff._edu_signature_lines(self.company), ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"]
        )
        self.company.edu_head_title = "Giám đốc"
        self.assertEqual(self.staff._edu_management_title(self.company), "Phó giám đốc")
        self.assertEqual(self.teacher._edu_signature_lines(self.company), [])

    @seed("R5.5.7")
    def test_homeroom_history_follows_the_class(self):
        Duty = self.env["edu.duty"]

        def history():
            lines = Duty.search([("class_id", "=", self.school_class.id)], order="id")
            return [(line.user_id, line.state) for line in lines]

        self.assertEqual(history(), [(self.homeroom, "active")])
        self.school_class.with_user(self.it_admin).homeroom_user_id = self.teacher
        self.assertEqual(history(), [(self.homeroom, "withdrawn"), (self.teacher, "active")])
        self.assertTrue(self.teacher.has_group("edu_core.group_edu_homeroom"))
        with self.assertRaises(AccessError):
            self.school_class.with_user(self.it_admin).homeroom_user_id = self.it_admin
        self.school_class.homeroom_user_id = False
        self.assertFalse(self.teacher.has_group("edu_core.group_edu_homeroom"))

    def test_planned_homeroom_teacher_takes_over_on_the_day(self):
        first_day = self.today + timedelta(days=7)
        self._give("HOMEROOM", self.teacher, class_id=self.school_class.id, date_from=first_day)
        self.assertEqual(self.school_class.homeroom_user_id, self.homeroom)
        with freeze_time(f"{first_day} 03:00:00"):
            self.env["edu.duty"]._edu_tidy()
            self.assertEqual(self.school_class.homeroom_user_id, self.teacher)

    def test_queries_do_not_grow_with_duties(self):
        users = [self._user("user", f"Người {n}", login=f"edu_n{n}") for n in range(25)]

        def queries(some):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["res.users"].union(*some)._edu_sync_groups()
            self.env["res.users"]._edu_holders("teacher", self.company)
            return self.env.cr.sql_log_count - before

        queries(users)
        self.assertEqual(queries(users[:2]), queries(users))


@tagged("post_install", "-at_install")
class TestAssignments(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._edu_today()
        cls.subject = cls.env.ref("edu_core.edu_subject_toan")
        cls.line = cls._assign(cls.teacher)

    @classmethod
    def _assign(cls, user, by=None, **vals):
        return (
            cls.env["edu.teaching.assignment"]
            .with_user(by or cls.principal)
            .create(
                {
                    "class_id": cls.school_class.id,
                    "subject_id": cls.subject.id,
                    "user_id": user.id,
                    **vals,
                }
            )
        )

    def _delegate(self, to, by=None, **vals):
        return (
            self.env["edu.entry.delegation"]
            .with_user(by or self.teacher)
            .create(
                {
                    "class_id": self.school_class.id,
                    "subject_id": self.subject.id,
                    "delegator_id": self.teacher.id,
                    "delegate_id": to.id,
                    "date_from": self.today,
                    "date_to": self.today + timedelta(days=7),
                    "reason": "Nghỉ ốm",
                    **vals,
                }
            )
        )

    @seed("R5.5.7")
    def test_several_teachers_share_a_subject(self):
        self._assign(self.other_teacher, role="co", periods_per_week=2, decision_number="5/QĐ")
        self.assertEqual(
            self.school_class._edu_teachers(self.subject), self.teacher | self.other_teacher
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._assign(self.teacher, date_from=self.today)

    @seed("R5.5.7")
    def test_handing_over_keeps_history(self):
        wizard = self.env["edu.assignment.handover"].create(
            {
                "assignment_ids": self.line.ids,
                "user_id": self.other_teacher.id,
                "date_from": self.today,
                "decision_number": "9/QĐ",
            }
        )
        wizard.with_user(self.it_admin).action_confirm()
        self.assertEqual(self.school_class._edu_teachers(self.subject), self.other_teacher)
        self.assertEqual(self.line.date_to, self.today - timedelta(days=1))
        for vals in ({"user_id": self.homeroom.id}, {"class_id": self.school_class.id + 1}):
            with self.assertRaises(UserError):
                self.line.write(vals)
        with self.assertRaises(UserError):
            self.line.sudo().unlink()
        self.line.write({"user_id": self.teacher.id})  # what it is already

    def test_assignment_grants_teaching_and_its_end_takes_it(self):
        newcomer = self._user("user", "Người Mới", login="edu_new")
        line = self._assign(newcomer)
        self.assertTrue(newcomer.has_group("edu_core.group_edu_teacher"))
        line.date_to = self.today - timedelta(days=1)
        self.assertFalse(newcomer.has_group("edu_core.group_edu_teacher"))
        entries = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.model == line._name and entry.record == str(line.id)
        )
        self.assertEqual(len(entries), 2)

    def test_nobody_assigns_himself(self):
        for door in (lambda user: user, lambda user: user.sudo()):
            with self.assertRaises(AccessError):
                Assignment = self.env["edu.teaching.assignment"].with_user(self.it_admin)
                door(Assignment).create(
                    {
                        "class_id": self.school_class.id,
                        "subject_id": self.subject.id,
                        "user_id": self.it_admin.id,
                    }
                )
        self.assertTrue(self._assign(self.principal, by=self.principal))

    def test_delegation_opens_and_closes_with_its_days(self):
        self._delegate(self.other_teacher, date_from=self.today + timedelta(days=1))
        teachers = self.school_class._edu_teachers
        self.assertEqual(teachers(self.subject), self.teacher)
        for days, expected in ((1, True), (7, True), (8, False)):
            with freeze_time(f"{self.today + timedelta(days=days)} 03:00:00"):
                self.assertEqual(self.other_teacher in teachers(self.subject), expected)
                acting = self.school_class._edu_acting_for(self.subject, self.other_teacher)
                self.assertEqual(acting, self.teacher if expected else self.env["res.users"])
        other = self.env.ref("edu_core.edu_subject_van")
        with freeze_time(f"{self.today + timedelta(days=2)} 03:00:00"):
            self.assertNotIn(self.other_teacher, teachers(other))
        self.assertEqual(self.school_class._edu_assigned(self.subject), self.teacher)

    def test_delegate_reads_the_class_in_those_days_only(self):
        pupil = self._students("Lê Thị Ánh").with_user(self.other_teacher)
        Pupil = self.env["edu.student"].with_user(self.other_teacher)
        self.assertNotIn(pupil, Pupil.search([]))
        line = self._delegate(self.other_teacher)
        self.assertIn(pupil, Pupil.search([]))
        with freeze_time(f"{self.today + timedelta(days=8)} 03:00:00"):
            self.assertNotIn(pupil, Pupil.search([]))
        line.with_user(self.teacher).action_end()
        self.assertNotIn(pupil, Pupil.search([]))

    def test_who_delegates_to_whom(self):
        self.assertTrue(self._delegate(self.other_teacher, by=self.principal))
        refused = (
            (self.it_admin, self.it_admin),  # the system's administrator, to himself
            (self.it_admin, self.other_teacher),
            (self.clerk, self.other_teacher),
            (self.other_teacher, self.homeroom),  # a delegate does not delegate
            (self.principal, self.principal),
        )
        for by, to in refused:
            with self.subTest(by=by.login), self.assertRaises(AccessError):
                self._delegate(to, by=by)
            with self.assertRaises(AccessError):
                self._delegate_as_root(to, by)
        with self.assertRaises(UserError):
            self._delegate(self.clerk)  # not a teacher
        with self.assertRaises(UserError):
            self._delegate(self.homeroom, reason=" ")
        with self.assertRaises(UserError):
            self._delegate(self.homeroom, subject_id=self.env.ref("edu_core.edu_subject_van").id)

    def _delegate_as_root(self, to, by):
        return (
            self.env["edu.entry.delegation"]
            .with_user(by)
            .sudo()
            .create(
                {
                    "class_id": self.school_class.id,
                    "subject_id": self.subject.id,
                    "delegator_id": self.teacher.id,
                    "delegate_id": to.id,
                    "date_from": self.today,
                    "date_to": self.today,
                    "reason": "x",
                }
            )
        )

    def test_delegation_ends_with_the_assignment_and_is_never_edited(self):
        line = self._delegate(self.other_teacher)
        for vals in ({"date_to": self.today + timedelta(days=99)}, {"delegate_id": 1}):
            with self.assertRaises(UserError):
                line.sudo().with_context(edu_guard=True).write(vals)
        with self.assertRaises(AccessError):
            line.with_user(self.other_teacher).action_end()
        self.line.date_to = self.today - timedelta(days=1)
        self.assertFalse(self.school_class._edu_teachers(self.subject))
