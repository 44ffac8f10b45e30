from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from edu_records.ledger import decode
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

    def _delegate(self, by, to, **vals):
        today = self.company._edu_today()
        return (
            self.env["edu.entry.delegation"]
            .with_user(by)
            .create(
                {
                    "class_id": self.school_class.id,
                    "subject_id": self.sheet.subject_id.id,
                    "delegator_id": self.teacher.id,
                    "delegate_id": to.id,
                    "date_from": today,
                    "date_to": today + timedelta(days=2),
                    "reason": "Nghỉ ốm",
                    **vals,
                }
            )
        )

    @seed("R7.1b", "R10.2")
    def test_delegate_enters_for_the_teacher_in_those_days_only(self):
        today = self.company._edu_today()
        self._delegate(self.teacher, self.other_teacher, date_from=today + timedelta(days=1))
        for days, is_open in ((0, False), (1, True), (2, True), (3, False)):
            with self.subTest(days=days), freeze_time(f"{today + timedelta(days=days)} 03:00:00"):
                if not is_open:
                    with self.assertRaises(AccessError):
                        self.save(self.cell(days), user=self.other_teacher)
                    with self.assertRaises(AccessError):
                        self.sheet.with_user(self.other_teacher).load_cells()
                    continue
                (answer,) = self.save(self.cell(days), user=self.other_teacher)
                self.assertIn("version", answer)
                self.assertTrue(self.sheet.with_user(self.other_teacher).load_cells()["cells"])
        mark = self.mark(1)
        self.assertEqual(mark.author_id, self.other_teacher)
        entry = self.sheet.chain_id.entry_ids.filtered(lambda line: line.seq == mark.entry_seq)
        event = decode(entry.payload)[2]
        self.assertEqual(event.user, str(self.other_teacher.id))
        self.assertEqual(event.acting_for, str(self.teacher.id))
        self.save(self.cell(0))
        own = self.sheet.chain_id.entry_ids.filtered(
            lambda line: line.seq == self.mark(0).entry_seq
        )
        self.assertEqual(decode(own.payload)[2].acting_for, "")

    def test_delegate_of_another_class_enters_nothing(self):
        other_class = self.make_class("6B")
        self._delegate(self.teacher, self.other_teacher, class_id=other_class.id)
        with self.assertRaises(AccessError):
            self.save(self.cell(), user=self.other_teacher)
        with self.assertRaises(AccessError):
            self.comment_sheet.with_user(self.other_teacher).load_cells()

    def test_delegate_does_not_confirm(self):
        self._delegate(self.principal, self.other_teacher)
        self.fill(self.sheet)
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.other_teacher).action_confirm()
        self.sheet.with_user(self.teacher).action_confirm()
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.other_teacher).action_unconfirm()

    @seed("R5.5.7")
    def test_teachers_who_share_a_subject_both_confirm(self):
        self.env["edu.teaching.assignment"].create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.sheet.subject_id.id,
                "user_id": self.other_teacher.id,
                "role": "co",
            }
        )
        self.fill(self.sheet)
        sheet = self.sheet
        sheet.with_user(self.teacher).action_confirm()
        self.assertFalse(sheet.confirmed)
        self.assertEqual(sheet._edu_unconfirmed(), self.other_teacher)
        with self.assertRaises(UserError):
            sheet.with_user(self.teacher).action_confirm()
        with self.assertRaises(UserError):  # what one of them confirmed stays as it is
            self.save(self.cell(value="2", version=1), user=self.other_teacher)
        (blocker,) = [
            line for line in self.book._edu_confirm_blockers() if line["records"] == sheet
        ]
        self.assertEqual(blocker["resolver"], self.other_teacher)
        sheet.with_user(self.other_teacher).action_confirm()
        self.assertTrue(sheet.confirmed)
        sheet.with_user(self.teacher).action_unconfirm()
        self.assertFalse(sheet.confirmed or sheet.confirmed_user_ids)
        words = sheet.chain_id.entry_ids.filtered(lambda entry: entry.slot == "confirmed")
        self.assertEqual(words.mapped("new_value"), ["", "confirmed", "partly"])

    def test_it_administrator_does_not_make_himself_author(self):
        with self.assertRaises(AccessError):
            self._delegate(self.it_admin, self.it_admin)
        with self.assertRaises(AccessError):
            self.env["edu.teaching.assignment"].with_user(self.it_admin).sudo().create(
                {
                    "class_id": self.school_class.id,
                    "subject_id": self.sheet.subject_id.id,
                    "user_id": self.it_admin.id,
                }
            )
        with self.assertRaises(AccessError):
            self.save(self.cell(), user=self.it_admin)

    def test_pupil_who_left_is_frozen(self):
        self.lines[0]._edu_unguarded().date_end = self.company._edu_today() - timedelta(days=1)
        self.lines[0]._edu_append_facts()
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
