from odoo.tests import HttpCase, tagged

from edu_records.testing import seed

from .common import GradebookCase, GradebookSchool


class TestDashboard(GradebookCase):
    def tiles(self, user):
        told = self.env["edu.dashboard"].with_user(user).load()
        return {tile["code"]: tile for section in told["sections"] for tile in section["tiles"]}

    def row(self, user):
        """The class's line of the table, ``{column code: cell}``."""
        told = self.env["edu.dashboard"].with_user(user).load()
        line = next(line for line in told["classes"] if line["id"] == self.school_class.id)
        codes = [column["code"] for column in told["columns"]]
        return dict(zip(codes, line["cells"], strict=True))

    @seed("P2.1.1")
    def test_progress_of_the_period_at_work(self):
        self.assertEqual(self.row(self.principal)["marks"]["share"], 0)
        self.assertEqual(self.tiles(self.principal)["confirmed"]["value"], "0/2")
        self.fill(self.sheet)
        self.sheet.with_user(self.teacher).action_confirm()
        row = self.row(self.principal)
        self.assertTrue(0 < row["marks"]["share"] < 100)
        self.assertEqual(row["sheets"]["text"], "1/2")
        self.assertIn("Học kì I", row["period"]["text"])
        self.fill(self.comment_sheet)
        self.assertEqual(self.row(self.principal)["marks"]["share"], 100)

    @seed("P2.1.1")
    def test_books_by_state_and_the_next_decision(self):
        self.assertNotIn("to_lock", self.tiles(self.principal))
        self.complete()
        tiles = self.tiles(self.principal)
        self.assertEqual(tiles["to_lock"]["value"], "1")
        self.assertIn(self.book.id, tiles["to_lock"]["action"]["domain"][0][2])
        self.assertTrue(tiles["to_lock"]["step"])
        self.book.with_user(self.principal).action_lock()
        tiles = self.tiles(self.principal)
        self.assertEqual(tiles["books_locked"]["value"], "1")
        self.assertEqual(tiles["to_approve"]["value"], "1")
        self.assertNotIn("to_approve", self.tiles(self.vice))

    def test_a_teacher_sees_the_own_sheets(self):
        tile = self.tiles(self.teacher)["my_sheets"]
        self.assertEqual(tile["value"], "1")
        Sheet = self.env["edu.gradesheet"].with_user(self.teacher)
        self.assertEqual(Sheet.search(tile["action"]["domain"]), self.sheet)
        self.fill(self.sheet)
        self.sheet.with_user(self.teacher).action_confirm()
        self.assertNotIn("my_sheets", self.tiles(self.teacher))
        self.assertNotIn("my_sheets", self.tiles(self.principal))

    def test_the_card_of_a_class_shows_its_progress(self):
        self.fill(self.sheet)
        card = self.school_class.with_user(self.principal)
        self.assertTrue(0 < card.book_share < 100)
        self.assertIn("Học kì I", card.book_text)
        bookless = self.make_class("6Z").with_user(self.principal)
        self.assertFalse(bookless.book_text)

    def test_queries_do_not_grow_with_classes_and_pupils(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["edu.dashboard"].with_user(self.principal).load()
            return self.env.cr.sql_log_count - before

        queries()  # warms the caches
        few = queries()
        for number in range(4):
            school_class = self.make_class(f"6{chr(75 + number)}")
            self.add_pupils(school_class, 6)
            self.open_book(school_class)
        self.assertLessEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestFirstMarks(GradebookSchool, HttpCase):
    def test_tour_of_a_teacher(self):
        """A teacher's first mark is entered as the tour shows it."""
        cls = type(self)
        cls.company = self.env["res.company"].create(
            {"name": "Trường THCS Bước Đầu", "edu_code": "99000009"}
        )
        cls.set_up_school()
        self.teacher.password = "t.toan.1"
        self.start_tour("/odoo/edu-overview", "edu_gradebook_first_marks", login="t.toan")
        self.assertEqual(self.mark().token, "8")
        self.assertEqual(self.mark().author_id, self.teacher)
