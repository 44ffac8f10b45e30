import base64
import io

from openpyxl import Workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase

HEADERS = ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc"]
ROWS = [
    [1, "6A", "3800000001", "Nguyễn Văn Bình", "05/03/2014", "Nam", "Kinh"],
    [2, "6A", "3800000002", "Lê Thị Ánh", "17/11/2014", "Nữ", "Mường"],
]


@tagged("post_install", "-at_install")
class TestStudentImport(EduCase):
    def _wizard(self, rows, headers=HEADERS):
        book = Workbook()
        sheet = book.active
        sheet.title = "Sheet1"
        for row in (headers, *rows):
            sheet.append(row)
        data = io.BytesIO()
        book.save(data)
        return self._upload(data.getvalue())

    def _upload(self, data):
        return (
            self.env["edu.student.import"]
            .with_user(self.clerk)
            .create({"file": base64.b64encode(data), "school_year_id": self.year.id})
        )

    @seed("P3.1.1.2", "R5.5.5a")
    def test_import_writes_pupils_and_class_list(self):
        wizard = self._wizard(ROWS)
        wizard.action_check()
        self.assertEqual(wizard.state, "checked", wizard.report)
        self.assertFalse(self.school_class.enrollment_ids)
        wizard.action_import()
        lines = self.school_class.enrollment_ids.sorted("number")
        self.assertEqual(lines.student_id.mapped("name"), ["Lê Thị Ánh", "Nguyễn Văn Bình"])
        self.assertEqual(str(lines[0].student_id.birth_date), "2014-11-17")
        self.assertEqual(lines[0].student_id.gender, "female")

    def test_second_import_updates(self):
        self._wizard(ROWS).action_import()
        self._wizard([[1, "6A", "3800000001", "Nguyễn Văn Bính", *ROWS[0][4:]]]).action_import()
        lines = self.school_class.enrollment_ids
        self.assertEqual(len(lines), 2)
        self.assertIn("Nguyễn Văn Bính", lines.student_id.mapped("name"))

    def test_errors_write_nothing(self):
        bad_rows = {
            "date": [ROWS[0], [2, "6A", "3800000002", "Lê Thị Ánh", "31/02/2014", "Nữ", "Kinh"]],
            "duplicate": [ROWS[0], [2, "6A", "3800000001", "Nguyễn Văn Bình", *ROWS[0][4:]]],
            "class": [[1, "9Z", *ROWS[0][2:]]],
        }
        for case, rows in bad_rows.items():
            wizard = self._wizard(rows)
            wizard.action_import()
            self.assertEqual(wizard.state, "refused", case)
            self.assertTrue(wizard.report, case)
            self.assertFalse(self.school_class.enrollment_ids, case)

    def test_row_and_column_are_named(self):
        wizard = self._wizard([ROWS[0], [2, "6A", "12", "Lê Thị Ánh", "17/11/2014", "Nữ", "Kinh"]])
        wizard.action_check()
        self.assertIn("3", wizard.report)  # sheet row of the second pupil
        self.assertIn("C", wizard.report)
        self.assertTrue(wizard.error_file)

    def test_not_a_workbook(self):
        for data in (b"PK\x03\x04 cut off", b"hello", b""):
            with self.assertRaises(UserError):
                self._upload(data or b"\0").action_check()

    def test_pupil_of_another_class_of_the_year(self):
        self._wizard(ROWS).action_import()
        self.env["edu.class"].create(
            {
                "name": "6B",
                "school_year_id": self.year.id,
                "grade_id": self.school_class.grade_id.id,
            }
        )
        wizard = self._wizard([[1, "6B", *ROWS[0][2:]]])
        wizard.action_check()
        self.assertEqual(wizard.state, "refused")
        self.assertIn("6A", wizard.report)
        self.assertIn("B", wizard.report)  # the column of the class
        self.assertTrue(wizard.error_file)
