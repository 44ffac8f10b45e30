from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestAccess(GradebookCase):
    @seed("R7.1b", "R10.2", "R5.2a")
    def test_only_the_assigned_teacher_enters_marks(self):
        for user in (
            self.other_teacher,
            self.homeroom,
            self.principal,
            self.vice,
            self.it_admin,
            self.clerk,
            self.inspector,
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.save(self.cell(), user=user)
            with self.assertRaises(AccessError):
                self.sheet.with_user(user).sudo().save_cells([self.cell()])
        self.assertFalse(self.mark())

    def test_sudo_and_context_open_nothing(self):
        keys = {
            "edu_guard": True,
            "bypass_lock": True,
            "tracking_disable": True,
            "uid": self.teacher.id,
            "su": True,
            "tz": "Pacific/Kiritimati",
        }
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.it_admin).with_context(**keys).save_cells([self.cell()])
        Mark = self.env["edu.mark"].sudo().with_context(**keys)
        vals = {
            "gradesheet_id": self.sheet.id,
            "enrollment_id": self.lines[0].id,
            "column_id": self.sheet._edu_columns()[0].id,
            "token": "9",
            "kind": "value",
            "entry_seq": 1,
        }
        with self.assertRaises(UserError):
            Mark.create(vals)
        self.save(self.cell())
        mark = self.mark().sudo().with_context(**keys)
        with self.assertRaises(UserError):
            mark.write({"token": "9"})
        with self.assertRaises(UserError):
            mark.unlink()
        with self.assertRaises(UserError):
            self.sheet.sudo().with_context(**keys).write({"confirmed": True})
        with self.assertRaises(UserError):
            self.sheet.sudo().with_context(**keys).unlink()
        with self.assertRaises(UserError):
            self.book.sudo().with_context(**keys).write({"state": "approved"})
        self.assertEqual(self.mark().token, "8.5")

    def test_empty_recordsets_are_tolerated(self):
        for model in ("edu.mark", "edu.subject.result", "edu.period.result"):
            records = self.env[model].sudo()
            self.assertFalse(records.create([]))
            self.assertTrue(records.write({"trace": "x"}))
            self.assertTrue(records.unlink())

    def test_assignment_counts_with_its_dates(self):
        line = self.school_class.assignment_ids.filtered(lambda a: a.user_id == self.teacher)
        today = self.company._edu_today()
        line.date_to = today - timedelta(days=1)
        for tz in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            with self.assertRaises(AccessError):
                self.sheet.with_user(self.teacher).with_context(tz=tz).save_cells([self.cell()])
        line.date_to = today
        self.assertIn("version", self.save(self.cell())[0])
        line.write({"date_from": today + timedelta(days=1), "date_to": False})
        with self.assertRaises(AccessError):
            self.save(self.cell(1))

    def test_pupil_who_left_is_frozen(self):
        self.lines[0]._edu_unguarded().date_end = self.company._edu_today() - timedelta(days=1)
        (answer,) = self.save(self.cell())
        self.assertEqual(answer["error"], "LEFT_CLASS")

    def test_who_reads_what(self):
        self.fill(self.sheet)
        sheets = self.env["edu.gradesheet"]

        def visible(user):
            return sheets.with_user(user).search([("class_id", "=", self.school_class.id)])

        hk1_hk2 = 2
        self.assertEqual(visible(self.teacher).subject_id.code, "TOAN")
        self.assertEqual(len(visible(self.homeroom)), 2 * hk1_hk2)
        self.assertFalse(visible(self.other_teacher))
        for user in (self.principal, self.vice, self.inspector, self.it_admin):
            self.assertEqual(len(visible(user)), 2 * hk1_hk2)
        self.assertFalse(visible(self.clerk))
        self.assertFalse(self.env["edu.mark"].with_user(self.other_teacher).search([]))
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.other_teacher).load_cells()

    def test_period_shows_each_reader_their_own_sheets(self):
        names = ["display_name", "confirmed_text", "blocker_text"]
        for user, seen in ((self.teacher, 1), (self.homeroom, 2), (self.clerk, 0)):
            self.env.invalidate_all()
            book = self.book.with_user(user)
            self.assertEqual(book.read(names)[0]["confirmed_text"], "0/2")
            self.assertEqual(len(book.gradesheet_ids), seen)
            self.assertEqual(len(book.gradesheet_ids.read(["closed_reason", "marks_table"])), seen)

    def test_guardians_and_other_schools_read_nothing(self):
        self.fill(self.sheet)
        portal = new_test_user(self.env, "t.portal", groups="base.group_portal")
        for model in ("edu.mark", "edu.gradesheet", "edu.gradebook.period", "edu.period.result"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
        elsewhere = self.env["res.company"].create({"name": "Another school"})
        stranger = new_test_user(
            self.env,
            "t.stranger",
            groups="edu_core.group_edu_principal",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        found = (
            self.env["edu.mark"].with_user(stranger).search([("gradesheet_id", "=", self.sheet.id)])
        )
        self.assertFalse(found)

    def test_only_management_opens_a_gradebook(self):
        school_class = self.make_class("6C")
        with self.assertRaises(AccessError):
            school_class.with_user(self.homeroom).action_open_gradebook()
        school_class.with_user(self.vice).action_open_gradebook()
        self.assertEqual(
            school_class.gradebook_ids.period_ids.period_id.mapped("code"), ["HK1", "HK2"]
        )
