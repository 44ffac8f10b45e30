from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestRollover(GradebookCase):
    """Pupils of a grade 5 of the year before go into 6A, whose gradebook is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls.env["edu.school.year"].create(
            {
                "name": "2025-2026",
                "date_start": "2025-09-05",
                "date_end": "2026-05-31",
                "company_id": cls.company.id,
            }
        )
        grade = cls.env["edu.grade"].create(
            {"name": "5", "number": 5, "level_id": cls.grade.level_id.id}
        )
        cls.lower = cls.env["edu.class"].create(
            {"name": "5A", "school_year_id": cls.before.id, "grade_id": grade.id}
        )
        cls.risers = cls.env["edu.student"].create(
            [{"name": f"Lê Văn {letter}", "company_id": cls.company.id} for letter in "AB"]
        )
        cls.env["edu.movement"]._edu_admit(cls.risers, cls.lower)
        year = cls.before.with_user(cls.principal)
        cls.rollover = year.env["edu.rollover"].browse(year.action_rollover()["res_id"])
        cls.rollover.action_confirm_all()
        cls.rollover.action_run()

    @seed("R5.5.4")
    def test_undone_until_the_first_mark(self):
        self.save(self.cell())
        self.rollover._edu_undo("Chia lại lớp")
        self.assertEqual(set(self.risers.mapped("class_id")), {self.lower})
        self.rollover.action_run()
        line = self.risers[0].enrollment_ids.filtered(lambda row: row.state == "active")
        self.assertEqual(line.class_id, self.school_class)
        cell = {"enrollment": line.id, "column": "TX1", "value": "7", "version": 0}
        self.save(cell)
        with self.assertRaisesRegex(UserError, "6A has marks or conduct of 1 pupils"):
            self.rollover._edu_undo("Chia lại lớp")
        self.assertEqual(set(self.risers.mapped("class_id")), {self.school_class})

    @seed("R5.5.9", "R5.5.12a")
    def test_board_counts_confirmed_sheets_and_locked_books(self):
        year = self.school_class.school_year_id.with_user(self.principal)
        tasks = year.env["edu.year.task"].search(year.action_start_of_year()["domain"])
        sheets = tasks.filtered(lambda task: task.code == "R5.5.9")
        books = tasks.filtered(lambda task: task.code == "R5.5.12")
        self.assertEqual((sheets.state, sheets.done_count, books.done_count), ("todo", 0, 0))
        total = books.total_count
        self.assertEqual(books.missing_text, f"6A ({total})")
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.env.invalidate_all()
        self.assertEqual((sheets.done_count, sheets.state), (2, "progress"))
        self.assertEqual((books.done_count, books.total_count), (1, total))
        action = books.action_open()
        self.assertEqual(
            self.env["edu.gradebook.period"].search(action["domain"]).class_id, self.school_class
        )
