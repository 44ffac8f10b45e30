import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import GradebookCase

DAY = "2024-11-02"
NOTE = "Đã chuyển sang lớp 6B từ ngày 02/11/2024"


@tagged("post_install", "-at_install")
class TestFollow(GradebookCase):
    """A pupil changes from 6A to 6B in the middle of a semester that goes on."""

    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book.period_id.date_end = "2025-01-15"
        cls.other_class = cls.make_class("6B")
        cls.add_pupils(cls.other_class, 2, first=11)
        cls.other_book = cls.open_book(cls.other_class)
        cls.other_sheet = cls.sheet_of("TOAN", cls.other_book)
        cls.mover = cls.lines[0].student_id

    def move(self, pupils=None, to_class=None, kind="class_change", date=DAY):
        pupils = self.mover if pupils is None else pupils
        return (
            self.env["edu.movement"]
            .with_user(self.clerk)
            ._edu_move(kind, pupils, date, to_class or self.other_class)
        )

    def new_marks(self, line, sheet=None):
        marks = self.env["edu.mark"].search(
            [
                ("enrollment_id", "=", line.id),
                ("gradesheet_id", "=", (sheet or self.other_sheet).id),
            ]
        )
        return {mark.column_id.code: mark for mark in marks}

    def tokens(self, line, sheet=None):
        marks = self.new_marks(line, sheet)
        return {code: (mark.kind, mark.token or None) for code, mark in marks.items()}

    def found(self):
        return self.env["edu.ledger.verification"]._edu_run(self.company).finding_ids

    @seed("R5.5.5d", "P2.2.3d")
    def test_marks_follow_and_name_their_origin(self):
        self.save(self.cell(), self.cell(column="GK", value="7"))
        self.save({**self.cell(column="TX2"), "kind": "absent"})
        line = self.move().to_enrollment_id
        self.assertEqual(
            self.tokens(line),
            {"TX1": ("value", "8.5"), "GK": ("value", "7"), "TX2": ("absent", None)},
        )
        copy, origin = self.new_marks(line)["TX1"], self.mark()
        self.assertEqual(copy.origin_id, origin)
        self.assertEqual(copy.author_id, self.teacher, "a copy makes nobody an author")
        entry = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.other_sheet.chain_id.id), ("seq", "=", copy.entry_seq)]
        )
        self.assertEqual(entry.user_id, self.clerk)
        event = decode(entry.payload)[2]
        self.assertEqual(
            (event.operation, event.origin, event.acting_for),
            ("follow", f"{self.sheet.chain_id.name}#{origin.entry_seq}", str(self.teacher.id)),
        )
        told = self.other_sheet.with_user(self.teacher).cell_history(line.id, "TX1")["events"]
        self.assertEqual([one["origin"] for one in told], ["followed from 6A"])
        self.assertFalse(self.found())

    @seed("R5.5.5d")
    def test_the_new_teacher_goes_on_from_the_copies(self):
        self.save(self.cell())
        line = self.move().to_enrollment_id
        version = self.new_marks(line)["TX1"].entry_seq
        cell = {"enrollment": line.id, "column": "TX1", "value": "9", "version": version}
        (answer,) = self.save(cell, sheet=self.other_sheet)
        self.assertEqual(answer.get("value"), "9", answer)
        self.assertEqual(self.new_marks(line)["TX1"].origin_id, self.mark())
        self.assertEqual(self.mark().token, "8.5", "the old row is as it was")
        self.assertFalse(self.found())

    @seed("P2.2.3b")
    def test_the_old_row_is_frozen_and_struck_through(self):
        self.save(self.cell())
        self.move()
        (answer,) = self.save(self.cell(value="3", version=self.mark().entry_seq))
        self.assertEqual(answer["error"], "LEFT_CLASS")
        self.assertIn(NOTE, answer["message"])
        rows = self.sheet.with_user(self.teacher).load_grid()["rows"]
        self.assertEqual(
            [(row["active"], row["note"]) for row in rows[:2]], [(False, NOTE), (True, "")]
        )
        table = str(self.sheet.with_user(self.teacher).marks_table)
        self.assertIn("text-decoration-line-through", table)
        self.assertIn(NOTE, table)

    @seed("P2.2.3b")
    def test_no_sql_writes_into_a_frozen_row(self):
        self.save(self.cell())
        self.move()
        chain = self.sheet.chain_id
        event = {
            "operation": "change",
            "model": "edu.mark",
            "record": str(self.sheet.id),
            "slot": f"{self.lines[0].id}:TX1:1",
            "old": "value|8.5",
            "new": "value|9",
        }
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(psycopg2.Error, "left the class"):  # noqa: SIM117
            with self.env.cr.savepoint():
                chain = chain.with_user(self.teacher).sudo()
                ((_chain, seq, _hash),) = chain._edu_append([(chain, event)])
                self.env.cr.execute(
                    "UPDATE edu_mark SET token = '9', entry_seq = %s WHERE id = %s",
                    [seq, self.mark().id],
                )

    def test_no_copy_pretends_to_come_from_elsewhere(self):
        self.save(self.cell(), self.cell(1, value="3"))
        line = self.move().to_enrollment_id
        copy = self.new_marks(line)["TX1"]
        chain = self.other_sheet.chain_id
        event = {
            "operation": "follow",
            "acting_for": str(self.teacher.id),
            "model": "edu.mark",
            "record": str(self.other_sheet.id),
            "slot": f"{line.id}:TX1:1",
            "old": "value|8.5",
            "new": "value|10",
            "origin": f"{self.sheet.chain_id.name}#{self.mark().entry_seq}",
        }
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(psycopg2.Error, "come from"):  # noqa: SIM117
            with self.env.cr.savepoint():
                ((_chain, seq, _hash),) = chain._edu_append([(chain, event)])
                self.env.cr.execute(
                    "UPDATE edu_mark SET token = '10', entry_seq = %s WHERE id = %s", [seq, copy.id]
                )
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):  # noqa: SIM117
            with self.env.cr.savepoint():
                self.env.cr.execute("UPDATE edu_mark SET origin_id = NULL WHERE id = %s", [copy.id])

    # -- what stands in the way ------------------------------------------------------------------

    def test_a_locked_period_of_the_old_class_says_so_before(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "goes on until 15/01/2025") as caught:
            self.move()
        self.assertIn(self.principal.name, str(caught.exception))
        self.assertEqual(self.mover.class_id, self.school_class)
        line = self.move(date="2025-01-20").to_enrollment_id
        self.assertFalse(self.new_marks(line), "the semester was over: its marks stay")

    def test_a_locked_period_of_the_new_class_says_so_before(self):
        self.save(self.cell())
        self.complete(self.other_book)
        self.other_book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "takes no marks of a newcomer"):
            self.move()

    def test_a_class_without_a_gradebook_says_so_before(self):
        third = self.make_class("6C")
        self.move(self.lines[1].student_id, third)
        self.save(self.cell())
        with self.assertRaisesRegex(UserError, "6C has no gradebook"):
            self.move(to_class=third)

    def test_a_confirmed_sheet_is_confirmed_no_more(self):
        self.save(self.cell())
        for sheet in self.other_book._edu_sheets():
            self.fill(sheet)
            sheet.with_user(self.teachers[sheet.subject_id.code]).action_confirm()
        self.move()
        self.assertFalse(self.other_sheet.confirmed)
        self.assertTrue(self.sheet_of("GDTC", self.other_book).confirmed, "nothing came into it")
        self.assertFalse(self.found())

    def test_what_the_new_class_has_no_place_for_stays_with_a_note(self):
        self.save(self.cell(), self.cell(column="TX4", value="6"))
        self.other_sheet._edu_unguarded().regular_count = 3
        movement = self.move()
        self.assertEqual(set(self.tokens(movement.to_enrollment_id)), {"TX1"})
        self.assertIn("1 marks followed into 6B", movement.marks_note)
        self.assertRegex(movement.marks_note, "Stayed in 6A.*TX4")
        self.assertEqual(self.mark(column="TX4").token, "6")

    def test_another_grade_gets_no_marks(self):
        self.save(self.cell())
        grade = self.grade.copy({"number": 7, "name": "7"})
        for line in self.env["edu.curriculum.line"].search([("grade_id", "=", self.grade.id)]):
            line.copy({"grade_id": grade.id})
        higher = self.make_class("7A")
        self.other_class = higher
        higher._edu_unguarded().grade_id = grade
        movement = self.move(to_class=higher)
        self.assertFalse(self.env["edu.mark"].search([("origin_id", "!=", False)]))
        self.assertIn("Stayed in 6A", movement.marks_note)

    # -- back again ------------------------------------------------------------------------------

    @seed("R5.5.5d")
    def test_a_cancelled_change_loses_no_mark(self):
        self.save(self.cell(), self.cell(column="TX2", value="6"))
        movement = self.move()
        line = movement.to_enrollment_id
        marks = self.new_marks(line)
        answers = self.save(
            {
                "enrollment": line.id,
                "column": "TX1",
                "value": "9",
                "version": marks["TX1"].entry_seq,
            },
            {"enrollment": line.id, "column": "GK", "value": "4", "version": 0},
            sheet=self.other_sheet,
        )
        self.assertTrue(all("version" in answer for answer in answers), answers)
        movement.with_user(self.clerk)._edu_cancel("Nhầm lớp")
        self.assertEqual(
            self.tokens(self.lines[0], self.sheet),
            {"TX1": ("value", "9"), "TX2": ("value", "6"), "GK": ("value", "4")},
        )
        self.assertEqual(self.tokens(line)["GK"], ("value", "4"), "nothing is deleted")
        self.assertNotIn(line.id, self.other_sheet._edu_due()[0].ids)
        self.assertFalse(self.found())
        again = self.move().to_enrollment_id
        self.assertEqual(again, line)
        self.assertFalse(self.found())

    def test_marks_without_a_place_in_the_old_class_keep_the_movement(self):
        movement = self.move()
        self.sheet._edu_unguarded().regular_count = 3
        cell = {"enrollment": movement.to_enrollment_id.id, "column": "TX4", "value": "9"}
        self.save({**cell, "version": 0}, sheet=self.other_sheet)
        with self.assertRaisesRegex(UserError, "for which 6A has no place"):
            movement.with_user(self.clerk)._edu_cancel("Nhầm")

    def test_back_into_the_first_class_the_latest_marks_count(self):
        self.save(self.cell(), self.cell(column="TX2", value="6"))
        line = self.move().to_enrollment_id
        marks = self.new_marks(line)
        self.save(
            {
                "enrollment": line.id,
                "column": "TX1",
                "value": "9",
                "version": marks["TX1"].entry_seq,
            },
            {
                "enrollment": line.id,
                "column": "TX2",
                "value": "",
                "version": marks["TX2"].entry_seq,
            },
            sheet=self.other_sheet,
        )
        back = self.move(to_class=self.school_class, date="2024-11-20")
        self.assertEqual(back.to_enrollment_id, self.lines[0])
        self.assertEqual(
            self.tokens(self.lines[0], self.sheet),
            {"TX1": ("value", "9"), "TX2": ("empty", None)},
        )
        self.assertFalse(self.found())

    def test_who_comes_back_from_leave_into_another_class_brings_the_marks(self):
        self.save(self.cell())
        Movement = self.env["edu.movement"].with_user(self.clerk)
        Movement._edu_move("suspension", self.mover, "2024-10-01")
        back = self.move(kind="return")
        self.assertEqual(self.tokens(back.to_enrollment_id), {"TX1": ("value", "8.5")})
        self.assertEqual(back.marks_from_id, self.lines[0])

    # -- sets ------------------------------------------------------------------------------------

    @seed("R5.5.5d")
    def test_a_class_split_costs_the_same_for_one_and_for_forty(self):
        counts = []
        for name, pupils in (("6W", 1), ("6X", 1), ("6Y", 40)):
            school_class = self.make_class(name)
            lines = self.add_pupils(school_class, pupils)
            sheet = self.sheet_of("TOAN", self.open_book(school_class))
            target = self.make_class(f"{name}2")
            self.open_book(target)
            self.fill(sheet)
            moving = self.env["edu.student"].browse(lines.student_id.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moved = self.move(moving, target)
            counts.append(self.env.cr.sql_log_count - before)
            copies = self.env["edu.mark"].search_count(
                [("enrollment_id", "in", moved.to_enrollment_id.ids)]
            )
            self.assertEqual(copies, 6 * pupils)
        self.assertEqual(counts[1], counts[2])
