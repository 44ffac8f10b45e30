from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestSave(GradebookCase):
    @seed("R7.1b", "R8.1a")
    def test_teacher_enters_marks(self):
        answers = self.save(
            self.cell(0, "TX1", "8,5"), self.cell(1, "GK", "10"), self.cell(2, "CK", "0")
        )
        self.assertEqual([a["value"] for a in answers], ["8.5", "10", "0"])
        mark = self.mark()
        self.assertEqual((mark.token, mark.kind), ("8.5", "value"))
        self.assertEqual(mark.author_id, self.teacher)
        self.assertEqual(mark.entry_seq, answers[0]["version"])
        self.assertEqual(self.mark(2, "CK").token, "0")

    @seed("R8.1b", "P2.2.3d")
    def test_change_and_clear_keep_every_old_value(self):
        (first,) = self.save(self.cell(value="8"))
        (second,) = self.save(self.cell(value="9.0", version=first["version"]))
        (third,) = self.save(self.cell(value="", version=second["version"]))
        self.assertEqual((self.mark().token, self.mark().kind), (False, "empty"))
        entries = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id)], order="seq"
        )
        self.assertEqual(
            [(e.operation, e.old_value, e.new_value) for e in entries],
            [
                ("enter", "", "value|8"),
                ("change", "value|8", "value|9"),
                ("clear", "value|9", "empty|"),
            ],
        )
        self.assertEqual(entries[-1].seq, third["version"])
        self.assertEqual(entries.user_id, self.teacher)

    def test_comment_subject_takes_comments_only(self):
        answers = self.save(
            self.cell(0, "TX1", "đ"),
            self.cell(1, "TX1", "CD"),
            self.cell(2, "TX1", "8"),
            user=self.homeroom,
            sheet=self.comment_sheet,
        )
        self.assertEqual([a.get("value") for a in answers], ["Đ", "CĐ", None])
        self.assertEqual(answers[2]["error"], "NOT_A_COMMENT")

    @seed("P2.2.3b")
    def test_wrong_values_do_not_hold_up_the_others(self):
        wrong = ["85", "8.55", "abc", "-1", "10,5", "8.5.5", "Đ", "٨", "1e1", "NaN"]
        for typed in wrong:
            answers = self.save(self.cell(0, "TX1", typed), self.cell(1, "TX2", "7"))
            self.assertIn("error", answers[0], typed)
            self.assertIn("version", answers[1], typed)
        self.assertFalse(self.mark())
        self.assertEqual(self.mark(1, "TX2").token, "7")

    def test_malformed_cells_are_answered_not_raised(self):
        stranger = self.add_pupils(self.make_class("6B"), 1)
        bad = [
            None,
            {},
            {**self.cell(), "value": 8.5},
            {**self.cell(), "enrollment": "1"},
            {**self.cell(), "version": True},
            {**self.cell(), "attempt": 0},
            {**self.cell(), "attempt": 10},
            {**self.cell(), "enrollment": stranger.id},
            {**self.cell(), "column": "TX5"},
            {**self.cell(), "column": "x' OR 1=1"},
        ]
        answers = self.save(*bad)
        self.assertEqual(len(answers), len(bad))
        self.assertTrue(all(answer["error"] for answer in answers), answers)
        with self.assertRaises(UserError):
            self.sheet.with_user(self.teacher).save_cells("cells")

    def test_column_beyond_the_subjects_count_is_refused(self):
        answers = self.save(self.cell(0, "TX3", "Đ"), user=self.homeroom, sheet=self.comment_sheet)
        self.assertEqual(answers[0]["error"], "NO_COLUMN")

    def test_conflict_shows_what_is_there(self):
        (first,) = self.save(self.cell(value="8"))
        (second,) = self.save(self.cell(value="7"))
        self.assertEqual(second["conflict"]["version"], first["version"])
        self.assertEqual(second["conflict"]["value"], "8")
        self.assertEqual(second["conflict"]["author"], self.teacher.name)
        self.assertEqual(self.mark().token, "8")
        (same,) = self.save(self.cell(value="8,0"))
        self.assertEqual(same["version"], first["version"], "the same mark is no conflict")

    def test_same_cell_twice_in_one_save(self):
        answers = self.save(self.cell(value="8"), self.cell(value="9"))
        self.assertIn("version", answers[0])
        self.assertEqual(answers[1]["error"], "DUPLICATE")

    def test_repeated_request_writes_once(self):
        sheet = self.sheet.with_user(self.teacher)
        first = sheet.save_cells([self.cell()], request="r1")
        head = self.sheet.chain_id.head_seq
        again = sheet.save_cells([self.cell()], request="r1")
        self.assertEqual(first, again)
        self.assertEqual(self.sheet.chain_id.head_seq, head)
        other = sheet.save_cells([self.cell(1)], request="r2")
        self.assertNotEqual(first, other)

    def test_second_attempt_counts(self):
        self.fill(self.sheet)
        self.save({**self.cell(0, "CK", "10"), "attempt": 2})
        cells = self.env["edu.mark"]._edu_cells(self.sheet)[self.sheet.id]
        self.assertEqual(cells[self.lines[0].id]["CK"], ("value", "10"))

    def test_load_gives_the_grid(self):
        self.fill(self.sheet)
        data = self.sheet.with_user(self.teacher).load_cells()
        self.assertEqual(
            [c["code"] for c in data["columns"]], ["TX1", "TX2", "TX3", "TX4", "GK", "CK"]
        )
        self.assertEqual(len(data["rows"]), self.pupils)
        self.assertEqual(data["averages"][str(self.lines[0].id)], "8.5")
        self.assertIsNone(data["closed"])
        cell = data["cells"][f"{self.lines[0].id}:TX1:1"]
        self.assertEqual((cell["value"], cell["kind"]), ("8.5", "value"))
        closed = self.sheet.with_user(self.principal).load_cells()["closed"]
        self.assertEqual(closed["code"], "NOT_ASSIGNED")
        self.assertIn(self.teacher.name, closed["message"])

    def test_table_shows_decimal_commas(self):
        self.fill(self.sheet, "8.25"[:3])
        table = str(self.sheet.with_user(self.teacher).marks_table)
        self.assertIn("8,2", table)
        self.assertNotIn("8.2", table)

    def test_confirmed_sheet_is_closed_until_withdrawn(self):
        with self.assertRaisesRegex(UserError, "missing"):
            self.sheet.with_user(self.teacher).action_confirm()
        self.fill(self.sheet)
        sheet = self.sheet.with_user(self.teacher)
        sheet.action_confirm()
        entry = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id), ("seq", "=", self.sheet.confirmed_seq)]
        )
        self.assertEqual(entry.hash, self.sheet.confirmed_hash)
        with self.assertRaisesRegex(UserError, "confirm"):
            self.save(self.cell(value="9", version=self.mark().entry_seq))
        sheet.action_unconfirm()
        (answer,) = self.save(self.cell(value="9", version=self.mark().entry_seq))
        self.assertIn("version", answer)

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 40)):
            school_class = self.make_class(name)
            lines = self.add_pupils(school_class, pupils)
            sheet = self.sheet_of("TOAN", self.open_book(school_class))
            cells = [
                {"enrollment": line.id, "column": "TX1", "value": "8", "version": 0}
                for line in lines
            ]
            counts.append((self.queries(sheet, "save_cells", cells), self.queries(sheet)))
        self.assertEqual(counts[1], counts[2], "the first class warms the caches up")
        self.assertLess(counts[2][0], 32)

    def queries(self, sheet, method="load_cells", *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(sheet.with_user(self.teacher), method)(*args)
        return self.env.cr.sql_log_count - before
