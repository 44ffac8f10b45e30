from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestMovements(GradebookCase):
    """A class of a year that is over: whoever leaves is seen by its gradebook."""

    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book.period_id.date_end = "2025-01-15"
        cls.leaver = cls.lines[1].student_id

    def leave(self, date):
        return self.env["edu.movement"]._edu_move(
            "transfer_out", self.leaver, date, to_school="Trường THCS Kim Liên"
        )

    def codes(self):
        return [blocker["code"] for blocker in self.book._edu_blockers("lock")]

    @seed("R5.5.5c")
    def test_leaver_before_the_end_is_not_missed(self):
        self.complete()
        for sheet in self.book._edu_sheets():
            sheet.with_user(self.teachers[sheet.subject_id.code]).action_unconfirm()
        cell = self.cell(line=1, value="", version=self.mark(line=1).entry_seq)
        self.save(cell)
        self.assertIn("missing_marks", self.codes())
        self.leave("2024-12-02")
        self.assertEqual(self.codes(), ["unconfirmed"] * 2)
        (answer,) = self.save(self.cell(line=1))
        self.assertEqual(answer["error"], "LEFT_CLASS")

    @seed("R5.5.5c")
    def test_leaver_before_the_end_has_no_result(self):
        self.complete()
        self.leave("2024-12-02")
        self.book.with_user(self.principal).action_lock()
        results = self.env["edu.subject.result"].search(
            [("gradebook_period_id", "=", self.book.id), ("value", "!=", False)]
        )
        self.assertNotIn(self.lines[1], results.enrollment_id)
        self.assertIn(self.lines[0], results.enrollment_id)
        self.assertTrue(self.mark(line=1).token)
        self.book.with_user(self.principal).action_approve()
        students = self.book.snapshot_id._edu_value()["students"]
        self.assertEqual(
            [student["note"] for student in students[:2]],
            ["", "Đã chuyển đến Trường THCS Kim Liên từ ngày 02/12/2024"],
        )

    def test_leaver_after_the_end_stays_due(self):
        self.leave("2025-02-03")
        self.assertIn(self.lines[1], self.book._edu_active_lines())
        self.assertIn("version", self.save(self.cell(line=1))[0])

    def test_newcomer_after_the_end_is_not_due(self):
        late = self.env["edu.student"].create({"name": "Lê Mới", "company_id": self.company.id})
        movement = self.env["edu.movement"]._edu_move(
            "transfer_in", late, "2025-02-03", self.school_class, from_school="Trường khác"
        )
        self.assertNotIn(movement.to_enrollment_id, self.book._edu_due_lines())
        self.assertIn(movement.to_enrollment_id, self.book._edu_active_lines())

    def test_what_the_lock_saw_stays_until_approval(self):
        self.book.period_id.date_end = False
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.lines[1]._edu_unguarded().date_end = self.company._edu_today()
        self.lines[1]._edu_append_facts()
        self.book.with_user(self.principal).action_approve()
        self.assertEqual(self.book.state, "approved")

    @seed("R5.5.5d")
    def test_marks_keep_a_movement_from_being_cancelled(self):
        admission = self.lines[0].entry_movement_id
        self.save(self.cell())
        with self.assertRaisesRegex(UserError, "has marks or conduct"):
            admission._edu_cancel("Nhầm")

    def test_a_locked_period_keeps_a_movement_from_being_cancelled(self):
        self.complete()
        movement = self.leave("2024-12-02")
        self.book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "was locked after it"):
            movement._edu_cancel("Nhầm")

    @seed("R5.5.6")
    def test_a_locked_period_keeps_the_list_locked(self):
        self.school_class.with_user(self.clerk).action_lock_list()
        self.complete()
        self.book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "name the pupils by their numbers"):
            self.school_class.with_user(self.principal)._edu_unlock_list("Ghép lớp")
        self.book.with_user(self.principal).action_unlock("Sai điểm")
        self.school_class.with_user(self.principal)._edu_unlock_list("Ghép lớp")
        self.assertFalse(self.school_class.list_locked)
