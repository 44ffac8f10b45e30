import base64
import io
from datetime import timedelta

import openpyxl
from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import GradebookCase

REASON = "Nhập nhầm cột, sửa theo sổ điểm cá nhân"


@tagged("post_install", "-at_install")
class TestGuard(GradebookCase):
    pupils = 12

    def cells(self, column, shift=0, sheet=None, lines=None, **more):
        """A cell of every pupil: 1, 1.5, 2 ... in the order of the list."""
        sheet = sheet or self.sheet
        now = {
            (mark.enrollment_id.id, mark.column_id.code): mark.entry_seq for mark in sheet.mark_ids
        }
        return [
            {
                "enrollment": line.id,
                "column": column,
                "value": f"{(2 + place + shift) / 2:.1f}",
                "version": now.get((line.id, column), 0),
                **more,
            }
            for place, line in enumerate(lines or self.lines)
        ]

    def check(self, cells):
        return self.sheet.with_user(self.teacher).check_cells(cells)

    def codes(self, cells):
        return [finding["code"] for finding in self.check(cells)["findings"]]

    def acknowledge(self, cells, reason=REASON):
        token = self.check(cells)["token"]
        return self.sheet.with_user(self.teacher).save_cells(
            cells, acknowledgement={"token": token, "reason": reason}
        )

    def assert_refused(self, answers):
        self.assertEqual({answer.get("error") for answer in answers}, {"UNACKNOWLEDGED"})
        self.assertFalse(any("version" in answer for answer in answers))

    @seed("P2.2.3b", "R8.1b")
    def test_wrong_column_is_refused_until_somebody_answers_for_it(self):
        self.save(*self.cells("GK"))
        wrong = self.cells("CK")
        told = self.check(wrong)
        (finding,) = told["findings"]
        self.assertEqual(finding["code"], "COLUMN_EQUAL")
        self.assertIn("12 of 12", finding["message"])
        self.assertIn([self.lines[0].id, "CK"], finding["cells"])
        self.assert_refused(self.save(*wrong))
        self.assertFalse(self.mark(0, "CK"))
        head = self.sheet.chain_id.head_seq
        answers = self.acknowledge(wrong)
        self.assertTrue(all("version" in answer for answer in answers), answers)
        entries = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id), ("seq", ">", head)], order="seq"
        )
        *marks, answered = [decode(entry.payload)[2] for entry in entries]
        self.assertEqual(answered.operation, "acknowledge")
        self.assertEqual(answered.new, "COLUMN_EQUAL:CK:GK:12/12")
        self.assertEqual(len(marks), 12)
        self.assertEqual({mark.reason_digest for mark in marks}, {answered.reason_digest})
        reason = self.env["edu.ledger.reason"].search([("digest", "=", answered.reason_digest)])
        self.assertEqual(reason.text, REASON)

    def test_acknowledgement_fits_only_its_findings_cells_and_user(self):
        self.save(*self.cells("GK"))
        wrong = self.cells("CK")
        token = self.check(wrong)["token"]
        sheet = self.sheet.with_user(self.teacher)
        other = [*wrong[:-1], {**wrong[-1], "value": "1"}]
        for cells, given in (
            (wrong, None),
            (wrong, "yes"),
            (wrong, {"token": token}),
            (wrong, {"token": token, "reason": " "}),
            (wrong, {"token": "0" * 64, "reason": REASON}),
            (wrong, {"token": None, "reason": REASON}),
            (other, {"token": token, "reason": REASON}),
        ):
            self.assert_refused(sheet.save_cells(cells, acknowledgement=given))
        line = self.school_class.assignment_ids.filtered(lambda a: a.user_id == self.teacher)
        line.copy({"user_id": self.other_teacher.id})
        colleague = self.sheet.with_user(self.other_teacher)
        given = {"token": token, "reason": REASON}
        self.assert_refused(colleague.save_cells(wrong, acknowledgement=given))
        self.assertFalse(self.mark(0, "CK"))

    def test_context_and_sudo_do_not_pass_the_guard(self):
        self.save(*self.cells("GK"))
        sheet = self.sheet.with_user(self.teacher).sudo().with_context(edu_guard=True, force=True)
        self.assert_refused(sheet.save_cells(self.cells("CK")))

    def test_rows_that_slipped(self):
        self.save(*self.cells("TX1"))
        self.assertEqual(
            self.codes(self.cells("TX1", shift=1)), ["ROW_SHIFT", "MUCH_CHANGED", "BULK_CHANGE"]
        )

    def test_swapped_columns(self):
        self.save(*self.cells("TX1"))
        self.save(*self.cells("TX2", shift=5))
        swapped = self.cells("TX1", shift=5) + self.cells("TX2")
        self.assertEqual(
            self.codes(swapped), ["COLUMN_SWAP", "MUCH_CHANGED", "MUCH_CHANGED", "BULK_CHANGE"]
        )

    def test_marks_of_the_teachers_other_class(self):
        other_class = self.make_class("6B")
        lines = self.add_pupils(other_class, self.pupils, first=40)
        other = self.sheet_of("TOAN", self.open_book(other_class))
        other.with_user(self.teacher).save_cells(self.cells("TX1", sheet=other, lines=lines))
        told = self.check(self.cells("TX1"))
        self.assertEqual([f["code"] for f in told["findings"]], ["OTHER_CLASS"])
        self.assertIn("6B", told["findings"][0]["message"])

    def test_names_pasted_next_to_the_marks(self):
        cells = self.cells("TX1")
        for cell, line in zip(cells, self.lines, strict=True):
            cell["name"] = line.student_id.name.upper()
        self.assertEqual(self.codes(cells), [])
        cells[0]["name"], cells[1]["name"] = cells[1]["name"], cells[0]["name"]
        told = self.check(cells)
        self.assertEqual([f["code"] for f in told["findings"]], ["OTHER_PUPIL"])
        self.assert_refused(self.save(*cells))
        self.assertEqual(self.check([{**self.cell(), "name": 5}])["findings"], [])

    def test_mass_change_cut_into_pieces_is_still_one(self):
        self.save(*self.cells("TX1"))
        pieces = self.cells("TX1", shift=3)
        answers = [self.save(piece)[0] for piece in pieces]
        refused = [answer.get("error") for answer in answers]
        self.assertEqual(refused.count(None), 5, "six pupils of twelve are more than 30 %")
        self.assertEqual(set(refused[5:]), {"UNACKNOWLEDGED"})

    def test_deleted_and_typed_again_is_a_change(self):
        limits = self.company
        limits.edu_guard_bulk, limits.edu_guard_rows = 3, 100
        self.save(*self.cells("TX1"))
        for piece in self.cells("TX1")[:2]:
            self.assertIn("version", self.save({**piece, "value": ""})[0])
        retyped = self.cells("TX1", shift=1)
        self.assertIn("version", self.save(retyped[0])[0])
        self.assertIn("version", self.save(retyped[1])[0])
        self.assert_refused(self.save(retyped[2]))

    def test_taking_a_paste_back_is_no_change(self):
        self.save(*self.cells("TX1"))
        back = [{**cell, "value": ""} for cell in self.cells("TX1")]
        self.assertTrue(all("version" in answer for answer in self.save(*back)))

    def test_after_an_answer_the_count_begins_anew(self):
        self.save(*self.cells("TX1"))
        self.acknowledge(self.cells("TX1", shift=3))
        (again,) = self.save(self.cells("TX1", shift=4)[0])
        self.assertIn("version", again)

    def test_time_heals(self):
        self.company.edu_guard_minutes = 1
        self.save(*self.cells("TX1"))
        self.company.edu_guard_bulk = 2
        first, second = self.cells("TX1", shift=3)[:2]
        self.save(first)
        self.assert_refused(self.save(second))
        later = self.env.cr.now() + timedelta(minutes=5)
        self.patch(self.env.cr, "now", lambda: later)
        self.assertIn("version", self.save(second)[0])

    def test_limits_are_the_schools_and_sane(self):
        self.save(*self.cells("TX1"))
        few = self.cells("TX1", shift=3)[:4]
        self.assertEqual(self.codes(few), [])
        self.company.edu_guard_bulk = 4
        self.assertEqual(self.codes(few), ["BULK_CHANGE"])
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.company.edu_guard_bulk = 1000
            self.company.flush_recordset()

    def test_check_is_for_the_teacher_and_writes_nothing(self):
        head = self.sheet.chain_id.head_seq
        self.check(self.cells("TX1"))
        self.assertEqual(self.sheet.chain_id.head_seq, head)
        with self.assertRaises(UserError):
            self.sheet.with_user(self.principal).check_cells(self.cells("TX1"))
        with self.assertRaises(UserError):
            self.check("cells")

    @seed("P2.2.3b")
    def test_a_lost_comma_is_refused_and_suggested(self):
        (answer,) = self.save(self.cell(value="85"))
        self.assertEqual((answer["error"], answer["suggestion"]), ("OUT_OF_RANGE", "8.5"))
        self.assertIn("8,5", answer["message"])
        self.assertFalse(self.mark())

    # -- workbooks -------------------------------------------------------------------------------

    def workbook(self, column):
        """A workbook with marks in one column only."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = self.sheet.subject_id.name
        sheet.append(
            ["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên"]
            + ["TX1", "TX2", "TX3", "TX4", "ĐĐGgk", "ĐĐGck"]
        )
        place = [cell.value for cell in sheet[1]].index(column) + 1
        for number, cell in enumerate(self.cells("GK"), 1):
            student = self.lines[number - 1].student_id
            sheet.append([number, student.code, student.name])
            sheet.cell(number + 1, place, cell["value"])
        data = io.BytesIO()
        book.save(data)
        return base64.b64encode(data.getvalue())

    def stage(self, column):
        brought = (
            self.env["edu.mark.import"]
            .with_user(self.teacher)
            .create({"gradebook_period_id": self.book.id, "file": self.workbook(column)})
        )
        brought.action_stage()
        self.assertEqual(brought.state, "staged", brought.report)
        return brought.sheet_ids

    @seed("P2.2.3b")
    def test_workbook_asks_its_teacher(self):
        self.save(*self.cells("GK"))
        staged = self.stage("ĐĐGck")
        asked = staged.action_accept()
        self.assertEqual((asked["res_model"], asked["target"]), ("edu.mark.acknowledgement", "new"))
        self.assertEqual(staged.state, "staged")
        self.assertFalse(self.mark(0, "CK"))
        with self.assertRaisesRegex(UserError, "12 of 12"):
            staged._edu_accept()
        wizard = self.env[asked["res_model"]].with_user(self.teacher).browse(asked["res_id"])
        self.assertIn("12 of 12", wizard.findings)
        with self.assertRaisesRegex(UserError, "why"):
            wizard.action_confirm()
        wizard.reason = REASON
        wizard.action_confirm()
        self.assertEqual(staged.state, "accepted")
        self.assertEqual(self.mark(0, "CK").token, "1")

    def test_workbook_without_findings_asks_nothing(self):
        staged = self.stage("ĐĐGgk")
        self.assertFalse(staged.action_accept())
        self.assertEqual(staged.state, "accepted")

    def test_workbook_with_new_findings_is_shown_again(self):
        self.save(*self.cells("GK"))
        staged = self.stage("ĐĐGck")
        asked = staged.action_accept()
        wizard = self.env[asked["res_model"]].with_user(self.teacher).browse(asked["res_id"])
        wizard.reason = REASON
        self.acknowledge(self.cells("TX1"))
        again = wizard.action_confirm()
        self.assertNotEqual(again["res_id"], wizard.id)
        self.assertEqual(staged.state, "staged")

    # -- speed -----------------------------------------------------------------------------------

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 7), ("6X", 7), ("6Y", 45)):
            school_class = self.make_class(name)
            lines = self.add_pupils(school_class, pupils)
            sheet = self.sheet_of("TOAN", self.open_book(school_class)).with_user(self.teacher)
            cells = self.cells("GK", sheet=sheet, lines=lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet.check_cells(cells)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
