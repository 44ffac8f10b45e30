from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestAccounts(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vice = cls._user("vice_principal", "Trịnh Công Phó")
        cls.today = cls.company._edu_today()

    @classmethod
    def _staff(cls, count, prefix="gv", **vals):
        return cls.env["hr.employee"].create(
            [
                {
                    "name": f"Người {prefix} {n:02d}",
                    "company_id": cls.company.id,
                    "edu_code": f"{prefix}{n:03d}",
                    "work_email": f"{prefix}{n:03d}@truong.example",
                    **vals,
                }
                for n in range(count)
            ]
        )

    def _wizard(self, staff, by=None, **vals):
        return (
            self.env["edu.account.wizard"]
            .with_user(by or self.principal)
            .create({"company_id": self.company.id, "employee_ids": staff.ids, **vals})
        )

    def _report(self, user, by=None):
        Report = self.env["edu.account.report"].with_user(by or self.principal)
        return Report.with_context(active_test=False).search([("user_id", "=", user.id)])

    @seed("R5.5.1")
    def test_accounts_of_the_staff_at_once(self):
        staff = self._staff(60)
        wizard = self._wizard(staff, by=self.it_admin)
        wizard.action_check()
        self.assertEqual(wizard.state, "checked")
        self.assertFalse(staff.user_id)  # a dry run
        action = wizard.action_create()
        users = staff.user_id
        self.assertEqual(len(users), 60)
        self.assertEqual(sorted(users.mapped("login"))[0], "gv000@truong.example")
        self.assertEqual(action["domain"], [("user_id", "in", users.ids)])
        roles = users.group_ids
        self.assertEqual(roles, self.env.ref("edu_core.group_edu_user"))
        mails = self.env["mail.mail"].search([("res_id", "in", users.ids)])
        self.assertEqual(len(mails), 60)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for mail in mails[:2]:
            self.assertIn("/web/signup", mail.body_html)
            self.assertIn("@truong.example", mail.email_to)
        entries = self.company._edu_chain().entry_ids
        self.assertEqual(entries.mapped("operation").count("create_account"), 60)

    @seed("R5.5.1")
    def test_all_or_nothing_with_the_reason_of_each(self):
        staff = self._staff(5)
        staff[0].work_email = False
        staff[1].work_email = "no address"
        staff[2].work_email = staff[3].work_email
        staff[4].work_email = "taken@truong.example"
        self.teacher.email = "taken@truong.example"
        wizard = self._wizard(staff)
        wizard.action_create()
        self.assertEqual(wizard.state, "refused")
        self.assertFalse(staff.user_id)
        for person in staff:
            self.assertIn(f"{person.name}: ", wizard.report)
        self.assertEqual(len(wizard.report.splitlines()), 5)
        staff[2:].work_email = False
        by_code = self._wizard(staff, login_from="code", send_invitation=False)
        by_code.action_create()
        self.assertEqual(
            staff.user_id.mapped("login"), ["gv000", "gv001", "gv002", "gv003", "gv004"]
        )
        again = self._wizard(staff, login_from="code", send_invitation=False)
        again.action_check()
        self.assertIn("account already", again.report)

    def test_who_creates_accounts(self):
        staff = self._staff(1)
        for user in (self.vice, self.clerk, self.teacher):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(staff, by=user).action_create()
            wizard = self._wizard(staff).with_user(user).sudo()
            with self.assertRaises(AccessError):
                wizard.action_create()
        stranger = self.env["res.company"].create({"name": "Trường khác"})
        with self.assertRaises(AccessError):
            self._wizard(staff, company_id=stranger.id).sudo().action_create()
        self.assertFalse(staff.user_id)

    def test_checking_costs_the_same_for_many(self):
        few, many = self._staff(3, "it"), self._staff(60, "nh")

        def queries(staff):
            wizard = self._wizard(staff)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_check()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(few)
        self.assertEqual(queries(few), queries(many))

    @seed("R4.4a")
    def test_principal_deactivates_accounts_of_the_own_school(self):
        self._report(self.teacher).action_deactivate()
        self.assertFalse(self.teacher.active)
        entry = self.company._edu_chain().entry_ids[0]
        self.assertEqual((entry.operation, entry.user_id), ("deactivate", self.principal))
        self._report(self.teacher).action_activate()
        self.assertTrue(self.teacher.active)

    @seed("R4.4a")
    def test_deactivating_is_no_way_up(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        admin.company_id = self.company
        for by, user in (
            (self.principal, self.principal),
            (self.it_admin, self.principal),
            (self.principal, admin),
            (self.vice, self.teacher),
            (self.clerk, self.teacher),
        ):
            with self.subTest(by=by.login, user=user.login), self.assertRaises(AccessError):
                user.with_user(by)._edu_set_active(False)
            with self.assertRaises(AccessError):
                user.with_user(by).sudo()._edu_set_active(False)
            self.assertTrue(user.active)
        for vals in ({"group_ids": []}, {"active": False}, {"login": "x"}):
            with self.assertRaises(AccessError):
                self.teacher.with_user(self.principal).write(vals)

    @seed("R1.1")
    def test_account_of_two_schools_is_left_alone(self):
        self.teacher.company_ids |= self.env["res.company"].create({"name": "Trường khác"})
        with self.assertRaises(AccessError):
            self._report(self.teacher).action_deactivate()

    @seed("R4.4b", "R3.1")
    def test_report_says_what_is_odd(self):
        self.env["res.users.log"].with_user(self.teacher).sudo().create({})
        line = self._report(self.teacher)
        self.assertFalse(line.never_logged_in)
        self.assertTrue(line.last_login)
        self.assertTrue(self._report(self.clerk).never_logged_in)
        self.assertFalse(line.is_stale)
        old = fields.Datetime.now() - timedelta(days=61)
        self.env.cr.execute(
            "UPDATE res_users_log SET create_date = %s WHERE create_uid = %s",
            [old, self.teacher.id],
        )
        self.env.invalidate_all()
        self.assertTrue(self._report(self.teacher).is_stale)
        self.env["ir.config_parameter"].set_param("edu_core.account_stale_days", "90")
        self.env.invalidate_all()
        self.assertFalse(self._report(self.teacher).is_stale)

    @seed("R3.1")
    def test_report_finds_shared_accounts(self):
        self.teacher.email = "chung@truong.example"
        self.assertEqual(self._report(self.teacher).email_shared_by, 1)
        self.other_teacher.email = " Chung@truong.example"
        self.env.invalidate_all()
        self.assertEqual(self._report(self.teacher).email_shared_by, 2)
        self.assertEqual(self._report(self.teacher).address_shared_by, 0)
        for user in (self.teacher, self.other_teacher):
            self.env["res.device.log"].create(
                {
                    "session_identifier": f"s{user.id}",
                    "ip_address": "10.1.2.3",
                    "user_id": user.id,
                    "last_activity": fields.Datetime.now(),
                }
            )
        self.env.invalidate_all()
        self.assertEqual(self._report(self.teacher).address_shared_by, 1)

    @seed("R4.4b")
    def test_report_knows_two_factor(self):
        self.assertFalse(self._report(self.teacher).two_factor)
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = 'ABCD' WHERE id = %s", [self.teacher.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self._report(self.teacher).two_factor)

    @seed("R4.2", "R4.4b")
    def test_roles_given_by_hand_are_without_a_decision(self):
        line = self._report(self.clerk)
        self.assertTrue(line.without_decision)
        self.assertEqual(line.undecided_names, self.env.ref("edu_core.group_edu_clerk").name)
        newcomer = self._user("user", "Người Mới", login="edu_new")
        self.assertFalse(self._report(newcomer).without_decision)
        for user in (newcomer, self.clerk):
            self.env["edu.duty"].with_user(self.principal).create(
                {
                    "type_id": self.env.ref("edu_core.edu_duty_type_clerk").id,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "date_from": self.today,
                    "decision_number": "3/QĐ",
                    "decision_date": self.today,
                }
            )
            self.env.invalidate_all()
            self.assertFalse(self._report(user).without_decision)
            self.assertIn("Office Clerk", self._report(user).role_names)

    @seed("R1.2")
    def test_account_without_staff_is_flagged(self):
        self.assertTrue(self._report(self.teacher).without_staff)
        staff = self._staff(1)
        staff.user_id = self.teacher
        self.env.invalidate_all()
        self.assertFalse(self._report(self.teacher).without_staff)
        move = self.env["edu.staff.movement"].with_user(self.clerk)
        for kind in ("recruited", "resigned"):
            move.create(
                {
                    "employee_id": staff.id,
                    "kind": kind,
                    "date": self.today,
                    "decision_number": "1",
                    "decision_date": self.today,
                }
            ).action_confirm()
        self.env.invalidate_all()
        self.assertTrue(self._report(self.teacher).has_left)

    def test_who_reads_the_report(self):
        for user in (self.principal, self.vice, self.it_admin):
            self.assertTrue(self._report(self.teacher, by=user).login)
        for user in (self.teacher, self.clerk, self.homeroom):
            with self.assertRaises(AccessError):
                self._report(self.teacher, by=user)
        stranger = self.env["res.company"].create({"name": "Trường khác"})
        away = self._user("principal", "Hiệu trưởng khác", login="edu_stranger")
        away.write({"company_ids": [(6, 0, stranger.ids)], "company_id": stranger.id})
        self.assertFalse(self._report(self.teacher, by=away))
        with self.assertRaises(AccessError):
            self.teacher.with_user(away)._edu_set_active(False)

    def test_invitation_again(self):
        self.teacher.email = False
        with self.assertRaises(UserError):
            self._report(self.teacher).action_invite()
        self.teacher.email = "gv@truong.example"
        self._report(self.teacher).action_invite()
        self.assertTrue(self.env["mail.mail"].search([("res_id", "=", self.teacher.id)]))
        with self.assertRaises(AccessError):
            self.teacher.with_user(self.vice)._edu_invite()
