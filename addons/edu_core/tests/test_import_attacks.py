import base64
import io
import unicodedata
from datetime import timedelta

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.exchange import ENTITIES, columns_of
from edu_records.testing import seed

from .import_case import ImportCase

PUPILS = ["Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Tên cha"]
BINH = ["6A", "3800000001", "Nguyễn Văn Bình", "05/03/2014", "Nam", "Nguyễn Văn Cha"]
ANH = ["6A", "3800000002", "Lê Thị Ánh", "17/11/2014", "Nữ", "Lê Văn Cha"]
STAFF = ["Mã cán bộ", "Họ và tên", "Ngày sinh", "Giới tính"]
LAN = ["GV01", "Đỗ Thị Lan", "02/01/1985", "Nữ"]
HOA = ["GV02", "Hà Thị Hoà", "03/01/1985", "Nữ"]
GUARDIANS = ["Mã học sinh", "Quan hệ", "Họ tên phụ huynh", "Email"]
MOTHER = ["3800000002", "Mẹ", "Hà Thị Mẹ", "me@example.com"]
CLASSES = ["Tên lớp", "Khối", "Sĩ số tối đa"]
ASSIGNMENTS = ["Lớp", "Môn học", "Giáo viên", "Từ ngày", "Số tiết/tuần"]
TOAN = ["6A", "Toán", "Trần Văn Bộ Môn", "05/09/2026", 4]


def swapped(row, one, other):
    """The row with two cells exchanged."""
    row = list(row)
    row[one], row[other] = row[other], row[one]
    return row


def put(row, place, value):
    """The row with another value at a place."""
    return [*row[:place], value, *row[place + 1 :]]


@tagged("post_install", "-at_install")
class TestImportAttacks(ImportCase):
    """Rows that are wrong: named by row and column, marked in the workbook, nothing written."""

    MODELS = (
        *("edu.student", "edu.guardian", "hr.employee", "edu.class", "edu.teaching.assignment"),
        *("edu.enrollment", "edu.movement", "edu.ledger.entry"),
    )

    def counts(self):
        return [
            self.env[model].sudo().with_context(active_test=False).search_count([])
            for model in self.MODELS
        ]

    def assert_refused(self, rows, headers, entity, places):
        """The list is refused, and the places are marked in the workbook that comes back."""
        people = entity in ("students", "guardians", "staff")
        user = self.clerk if people else self.it_admin
        before = self.counts()
        brought = self.checked(rows, headers, entity, user=user)
        self.assertEqual(brought.state, "refused", f"{entity}: {rows}")
        with self.assertRaises(UserError):
            brought.action_import()
        self.assertEqual(self.counts(), before)
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(brought.error_file)))
        listed, sheet = book.worksheets[0], book["Sheet1"]
        marked = {
            cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment is not None
        }
        self.assertEqual(marked, set(places), brought.report)
        told = {
            f"{column}{row}" for _sheet, row, column, _why in listed.iter_rows(2, values_only=True)
        }
        self.assertEqual(told, set(places))
        for place in places:
            row, column = place[1:], place[0]
            self.assertIn(f"row {row}, column {column}", brought.report)

    @seed("R5.2c", "P3.1.1.3")
    def test_bad_rows_of_pupils(self):
        tomorrow = self.company._edu_today() + timedelta(days=1)
        for rows, places in (
            ([swapped(BINH, 2, 3), swapped(ANH, 2, 3)], ["C1"]),
            ([BINH, put(ANH, 1, BINH[1])], ["B3"]),
            ([BINH, put(ANH, 3, tomorrow.strftime("%d/%m/%Y"))], ["D3"]),
            ([BINH, put(ANH, 2, "=1+1")], ["C3"]),
            ([put(BINH, 1, "=B3"), put(ANH, 5, '=HYPERLINK("http://x")')], ["B2", "F3"]),
            ([BINH, put(ANH, 0, "9Z")], ["A3"]),
            ([put(BINH, 2, "NguyÔn V¨n B×nh\x7f<b>"), put(ANH, 4, "Trai")], ["E3"]),
        ):
            self.assert_refused(rows, PUPILS, "students", places)

    @seed("R5.2c")
    def test_bad_rows_of_the_other_lists(self):
        self.imported([BINH, ANH], PUPILS)
        day = self.company._edu_today() + timedelta(days=1)
        lists = {
            "staff": (
                STAFF,
                (
                    ([swapped(LAN, 1, 2), swapped(HOA, 1, 2)], ["B1"]),
                    ([LAN, put(HOA, 0, "GV01")], ["A3"]),
                    ([LAN, put(HOA, 2, day.strftime("%d/%m/%Y"))], ["C3"]),
                    ([put(LAN, 1, "=A1")], ["B2"]),
                ),
            ),
            "guardians": (
                GUARDIANS,
                (
                    ([MOTHER, MOTHER], ["A3"]),
                    ([put(MOTHER, 0, "3899999999"), put(MOTHER, 3, "=A1")], ["A2", "D3"]),
                    ([swapped(MOTHER, 0, 3)], ["A2", "D2"]),
                ),
            ),
            "classes": (
                CLASSES,
                (
                    ([["7A", 7, 45], ["7A", 7, 40]], ["A3"]),
                    ([["7A", "=1+6", "đông"]], ["B2", "C2"]),
                ),
            ),
            "assignments": (
                ASSIGNMENTS,
                (
                    ([TOAN, TOAN], ["A3"]),
                    ([swapped(TOAN, 0, 1), put(TOAN, 4, "=2")], ["A2", "B2", "E3"]),
                ),
            ),
        }
        self.assertEqual({"students", *lists}, set(ENTITIES))
        for entity, (headers, cases) in lists.items():
            for rows, places in cases:
                self.assert_refused(rows, headers, entity, places)

    @seed("P3.1.1.2")
    def test_decomposed_accents_and_line_breaks_are_the_same_names(self):
        headers = [unicodedata.normalize("NFD", title).replace(" ", "\n") for title in PUPILS]
        rows = [[unicodedata.normalize("NFD", cell) for cell in row] for row in (BINH, ANH)]
        self.imported(rows, headers)
        names = self.school_class.enrollment_ids.student_id.mapped("name")
        self.assertEqual(set(names), {BINH[2], ANH[2]})
        again = self.checked([BINH, ANH], PUPILS)
        self.assertEqual((again.count_same, again.count_new, again.count_changed), (2, 0, 0))

    @seed("P3.1.1.3")
    def test_every_list_has_its_template(self):
        Export = self.env["edu.exchange.export"].with_user(self.clerk)
        for entity in ENTITIES:
            wizard = Export.create({"entity": entity, "kind": "template"})
            wizard.school_year_id = self.year
            data, name = wizard._edu_file()
            self.assertTrue(name.endswith(" - mẫu.xlsx"), name)
            titles = {cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).active[1]}
            needed = {one.title for one in columns_of(entity).values() if one.required}
            self.assertLessEqual(needed, titles, entity)

    def test_a_list_of_guardians_is_taken_back(self):
        self.imported([BINH, ANH], PUPILS)
        brought = self.imported([MOTHER], GUARDIANS, "guardians")
        pupil = self.env["edu.student"].search([("code", "=", MOTHER[0])])
        self.assertIn(MOTHER[2], pupil.guardian_ids.mapped("name"))
        brought._edu_undo("Nhầm")
        self.assertNotIn(MOTHER[2], pupil.guardian_ids.mapped("name"))
