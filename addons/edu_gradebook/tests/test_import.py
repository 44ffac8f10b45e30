import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestImport(GradebookCase):
    def workbook(self, mark=8.5, conduct="Tốt"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        sheet = book.create_sheet(self.sheet.subject_id.name)
        sheet.append(
            ["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên"]
            + ["TX1", "TX2", "TX3", "TX4", "ĐĐGgk", "ĐĐGck"]
        )
        for number, line in enumerate(self.lines, 1):
            student = line.student_id
            sheet.append([number, student.code, student.name, mark, "7,5", None, None, 6, 9])
        sheet = book.create_sheet("Kết quả rèn luyện")
        sheet.append(["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Kết quả rèn luyện"])
        for number, line in enumerate(self.lines, 1):
            sheet.append([number, line.student_id.code, line.student_id.name, conduct])
        data = io.BytesIO()
        book.save(data)
        return data.getvalue()

    def bring(self, data, user=None):
        return (
            self.env["edu.mark.import"]
            .with_user(user or self.it_admin)
            .create(
                {
                    "gradebook_period_id": self.book.id,
                    "file": base64.b64encode(data),
                    "filename": "6A.xlsx",
                }
            )
        )

    @seed("R10.3", "R10.2")
    def test_nothing_is_a_mark_before_its_teacher_accepts(self):
        brought = self.bring(self.workbook())
        brought.action_check()
        self.assertEqual(brought.state, "checked", brought.report)
        self.assertFalse(brought.sheet_ids)
        brought.action_stage()
        self.assertEqual(brought.state, "staged")
        marks, conduct = brought.sudo().sheet_ids
        self.assertEqual((marks.count_new, marks.count_changed, marks.count_same), (16, 0, 0))
        self.assertEqual(conduct.count_new, 4)
        self.assertFalse(self.mark())
        for user in (self.it_admin, self.homeroom, self.principal, self.other_teacher):
            with self.assertRaises(AccessError):
                marks.with_user(user).action_accept()
            with self.assertRaises(AccessError):
                marks.with_user(user).sudo().action_accept()
        marks.with_user(self.teacher).action_accept()
        self.assertEqual(self.mark().token, "8.5")
        self.assertEqual(self.mark().author_id, self.teacher)
        self.assertFalse(self.mark(0, "TX3"), "an empty cell leaves the mark as it is")
        entry = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id)], order="seq", limit=1
        )
        self.assertIn(f'"workbook","enter","edu.mark","{self.sheet.id}"', entry.payload)
        self.assertIn(brought.file_sha256, entry.payload)
        with self.assertRaises(AccessError):
            conduct.with_user(self.teacher).action_accept()
        conduct.with_user(self.homeroom).action_accept()
        self.assertEqual(set(self.book.result_ids.mapped("conduct")), {"TOT"})
        with self.assertRaises(UserError):
            marks.with_user(self.teacher).action_accept()

    def test_errors_are_told_by_place_and_nothing_is_staged(self):
        brought = self.bring(self.workbook(mark="85", conduct="Giỏi"), self.clerk)
        brought.action_stage()
        self.assertEqual(brought.state, "refused")
        self.assertFalse(brought.sheet_ids)
        self.assertIn("D2", brought.report.replace(", column ", "").replace("row 2", "D2"))
        self.assertEqual(brought.error_filename, "errors-6A.xlsx")
        marked = openpyxl.load_workbook(io.BytesIO(base64.b64decode(brought.error_file)))
        self.assertIn("Lỗi", marked.sheetnames)

    def test_pupils_of_another_class_are_refused(self):
        lines = self.lines
        self.lines = self.add_pupils(self.make_class("6B"), 2)
        data = self.workbook()
        self.lines = lines
        brought = self.bring(data)
        brought.action_stage()
        self.assertEqual(brought.state, "refused")
        self.assertIn("6B", brought.report)

    def test_marks_changed_meanwhile_stop_the_whole_sheet(self):
        brought = self.bring(self.workbook())
        brought.action_stage()
        marks = brought.sudo().sheet_ids[0]
        self.save(self.cell(value="2"))
        with self.assertRaisesRegex(UserError, self.lines[0].student_id.name):
            marks.with_user(self.teacher).action_accept()
        self.assertFalse(self.mark(1))
        marks.with_user(self.teacher).action_refuse()
        self.assertEqual(marks.state, "refused")

    def test_second_workbook_counts_what_changes(self):
        first = self.bring(self.workbook(), self.teacher)
        first.action_stage()
        first.sudo().sheet_ids[0].with_user(self.teacher).action_accept()
        second = self.bring(self.workbook(mark=9), self.teacher)
        second.action_stage()
        marks = second.sudo().sheet_ids[0]
        self.assertEqual((marks.count_new, marks.count_changed, marks.count_same), (0, 4, 12))

    def test_staged_cells_and_files_are_not_replaced(self):
        brought = self.bring(self.workbook())
        brought.action_stage()
        other = base64.b64encode(self.workbook(mark=10))
        with self.assertRaises(UserError):
            brought.sudo().write({"file": other})
        with self.assertRaises(UserError):
            brought.sudo().write({"filename": "x.xlsx"})
        with self.assertRaises(UserError):
            brought.sudo().sheet_ids.write({"cells": "[]"})
        with self.assertRaises(UserError):
            brought.write({"filename": "x.xlsx"})
        with self.assertRaises(UserError):
            brought.sudo().unlink()
        with self.assertRaises(UserError):
            self.bring(b"PK not a workbook").action_check()

    def test_not_into_a_locked_period(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        with self.assertRaises(UserError):
            self.bring(self.workbook()).action_stage()
