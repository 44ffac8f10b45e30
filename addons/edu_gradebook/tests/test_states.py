import base64
import io

import openpyxl

from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestStates(GradebookCase):
    """What a cell can say instead of a mark, in saving, results, due list and print."""

    def state(self, kind, line=0, column="TX1", **more):
        return {**self.cell(line, column, ""), "kind": kind, **more}

    def judged(self, line=0):
        return self.env["edu.subject.result"]._edu_judge_sheet(self.sheet)[self.lines[line].id]

    def due(self):
        marks = self.env["edu.mark"].with_user(self.teacher).search([("makeup_due", "=", True)])
        return [(mark.enrollment_id, mark.column_id.code) for mark in marks]

    def missing(self):
        missing = self.sheet._edu_missing().get(self.sheet, [])
        return [code for line, code in missing if line == self.lines[0]]

    def fill_but(self, kind, column="TX1"):
        self.fill(self.sheet)
        version = self.mark(0, column).entry_seq
        (answer,) = self.save(self.state(kind, 0, column, version=version))
        self.assertEqual(answer.get("kind"), kind, answer)

    @seed("R8.1a")
    def test_an_absence_is_due_until_it_is_made_up(self):
        self.fill_but("absent")
        self.assertEqual(self.missing(), ["TX1"])
        self.assertIsNone(self.judged()["value"], "never divided by a smaller number")
        self.assertEqual(self.due(), [(self.lines[0], "TX1")])
        self.save({**self.cell(0, "TX1", "7"), "attempt": 2})
        self.assertFalse(self.due())
        self.assertFalse(self.missing())
        self.assertEqual(self.judged()["value"], "8.3")

    def test_what_was_not_made_up_counts_as_the_lowest(self):
        self.fill_but("zero", "GK")
        self.assertEqual(self.mark(0, "GK").token, "0")
        self.assertFalse(self.missing())
        self.assertEqual(self.judged()["value"], "6.6")
        self.assertFalse(self.due())
        self.save(self.state("zero", column="GK"), user=self.homeroom, sheet=self.comment_sheet)
        self.assertEqual(self.mark(0, "GK", self.comment_sheet).token, "CĐ")

    def test_exempt_and_plan_owe_nothing_and_leave_the_subject_out(self):
        for kind in ("exempt", "plan"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                for column in self.sheet._edu_columns():
                    self.save(self.state(kind, column=column.code))
                self.assertFalse(self.missing())
                self.assertTrue(self.judged()["left_out"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_state_is_printed_by_its_name_on_the_sheet(self):
        self.save(self.state("exempt"), self.state("absent", 1))
        table = str(self.sheet.with_user(self.teacher).marks_table)
        self.assertIn("Exempt", table)
        self.assertIn("Absent, make-up due", table)

    def test_states_come_in_workbooks_by_their_letters(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = self.sheet.subject_id.name
        columns = ["TX1", "TX2", "TX3", "TX4", "ĐĐGgk", "ĐĐGck"]
        sheet.append(["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", *columns])
        student = self.lines[0].student_id
        sheet.append([1, student.code, student.name, "v", "K", None, None, "M", "R"])
        data = io.BytesIO()
        book.save(data)
        Import = self.env["edu.mark.import"].with_user(self.clerk)
        brought = Import.create(
            {
                "gradebook_period_id": self.book.id,
                "file": base64.b64encode(data.getvalue()),
                "filename": "6A.xlsx",
            }
        )
        brought.action_stage()
        self.assertEqual(brought.state, "staged", brought.report)
        brought.sudo().sheet_ids.with_user(self.teacher).action_accept()
        kinds = {code: self.mark(0, code).kind for code in ("TX1", "TX2", "GK", "CK")}
        self.assertEqual(kinds, {"TX1": "absent", "TX2": "zero", "GK": "exempt", "CK": "plan"})
        again = Import.create(
            {"gradebook_period_id": self.book.id, "file": brought.file, "filename": "6A.xlsx"}
        )
        again.action_stage()
        self.assertEqual(again.sudo().sheet_ids.count_same, 4)

    # -- reminders -------------------------------------------------------------------------------

    def activities(self):
        kind = self.env.ref("edu_gradebook.mail_activity_type_makeup")
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_id", "=", self.book.id)]
        )

    @seed("R8.1a")
    def test_the_teacher_is_reminded_until_the_periods_last_day(self):
        self.book.period_id.date_end = "2027-01-15"
        self.save(self.state("absent"), self.state("absent", 1))
        remind = self.env["edu.gradebook.period"]._edu_remind_makeups
        remind()
        remind()
        (activity,) = self.activities()
        self.assertEqual(activity.user_id, self.teacher)
        self.assertEqual(str(activity.date_deadline), "2027-01-15")
        self.assertIn("(2)", activity.summary)
        self.assertEqual(str(self.mark().makeup_until), "2027-01-15")
        self.save({**self.cell(0, "TX1", "7"), "attempt": 2})
        remind()
        self.assertIn("(1)", self.activities().summary)
        self.save(self.state("zero", 1, version=self.mark(1).entry_seq))
        remind()
        self.assertFalse(self.activities())

    def test_who_left_owes_no_make_up(self):
        self.save(self.state("absent"))
        self.env["edu.movement"]._edu_move(
            "drop_out", self.lines[0].student_id, self.company._edu_today()
        )
        self.assertFalse(self.due())

    def test_other_teachers_see_no_make_up(self):
        self.save(self.state("absent"))
        marks = self.env["edu.mark"].with_user(self.other_teacher)
        self.assertFalse(marks.search([("makeup_due", "=", True)]))
