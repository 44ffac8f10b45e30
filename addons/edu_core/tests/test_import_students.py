import io
import random
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .import_case import ImportCase

HEADERS = ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc"]
ROWS = [
    [1, "6A", "3800000001", "Nguyễn Văn Bình", "05/03/2014", "Nam", "Kinh"],
    [2, "6A", "3800000002", "Lê Thị Ánh", "17/11/2014", "Nữ", "Mường"],
]


@tagged("post_install", "-at_install")
class TestStudentImport(ImportCase):
    def _wizard(self, rows, headers=HEADERS, **more):
        return self.checked(rows, headers, **more)

    def _import(self, rows, headers=HEADERS, **more):
        return self.imported(rows, headers, **more)

    @seed("P3.1.1.2", "R5.5.5a")
    def test_import_writes_pupils_and_class_list(self):
        wizard = self._wizard(ROWS)
        self.assertEqual(wizard.state, "checked", wizard.report)
        self.assertFalse(self.school_class.enrollment_ids)
        wizard.action_import()
        lines = self.school_class.enrollment_ids.sorted("number")
        self.assertEqual(lines.student_id.mapped("name"), ["Lê Thị Ánh", "Nguyễn Văn Bình"])
        self.assertEqual(str(lines[0].student_id.birth_date), "2014-11-17")
        self.assertEqual(lines[0].student_id.gender, "female")

    def test_second_import_updates(self):
        self._import(ROWS)
        self._import([[1, "6A", "3800000001", "Nguyễn Văn Bính", *ROWS[0][4:]]])
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
            self.assertEqual(wizard.state, "refused", case)
            with self.assertRaises(UserError):
                wizard.action_import()
            self.assertTrue(wizard.report, case)
            self.assertFalse(self.school_class.enrollment_ids, case)

    def test_row_and_column_are_named(self):
        wizard = self._wizard([ROWS[0], [2, "6A", "12", "Lê Thị Ánh", "17/11/2014", "Nữ", "Kinh"]])
        self.assertIn("3", wizard.report)  # sheet row of the second pupil
        self.assertIn("C", wizard.report)
        self.assertTrue(wizard.error_file)

    def test_not_a_workbook(self):
        for data in (b"PK\x03\x04 cut off", b"hello", b""):
            with self.assertRaises(UserError):
                self.upload(data)

    def test_pupil_of_another_class_of_the_year(self):
        self._import(ROWS)
        self.env["edu.class"].create(
            {
                "name": "6B",
                "school_year_id": self.year.id,
                "grade_id": self.school_class.grade_id.id,
            }
        )
        wizard = self._wizard([[1, "6B", *ROWS[0][2:]]])
        self.assertEqual(wizard.state, "refused")
        self.assertIn("6A", wizard.report)
        self.assertIn("B", wizard.report)  # the column of the class
        self.assertTrue(wizard.error_file)

    @seed("P3.1.1.2")
    def test_names_of_lists_are_found_or_the_cell_is_named(self):
        headers = [*HEADERS, "Tôn giáo", "Diện chính sách", "Quốc tịch"]
        row = [*ROWS[0][:6], "muong", "Khong", "Hộ nghèo; Mồ côi", "Viet Nam"]
        self._import([row], headers)
        student = self.school_class.enrollment_ids.student_id
        self.assertEqual(student.ethnic_group_id.name, "Mường")
        self.assertEqual(student.religion_id.name, "Không")
        self.assertEqual(set(student.policy_group_ids.mapped("name")), {"Hộ nghèo", "Mồ côi"})
        self.assertEqual(student.nationality_id.code, "VN")
        self.assertEqual(student._edu_snapshot()["policy"].count(";"), 1)
        for position, value in ((6, "Hy Lạp"), (7, "Đạo lạ"), (8, "Hộ nghèo; Hộ lạ"), (9, "Xyz")):
            bad = [*row[:position], value, *row[position + 1 :]]
            wizard = self._wizard([bad], headers)
            self.assertEqual(wizard.state, "refused", value)
            self.assertRegex(wizard.report, rf"[Rr]ow 2, column {'GHIJ'[position - 6]}: ", value)
            self.assertIn(value.split("; ")[-1], wizard.report)

    def test_comma_inside_a_policy_is_no_separator(self):
        headers = [*HEADERS, "Diện chính sách"]
        self._import([[*ROWS[0], "Con thương binh, bệnh binh"]], headers)
        student = self.school_class.enrollment_ids.student_id
        self.assertEqual(student.policy_group_ids.name, "Con thương binh, bệnh binh")

    def test_parents_become_guardians(self):
        headers = [*HEADERS, "Tên cha", "Nghề nghiệp cha", "Năm sinh cha", "Tên mẹ", "SĐT liên hệ"]
        row = [*ROWS[0], "Nguyễn Văn Cha", "Nông dân", 1985, "Lê Thị Mẹ", "0900000001"]
        self._import([row], headers)
        student = self.school_class.enrollment_ids.student_id
        father, mother = student.guardian_ids.sorted("relation")
        self.assertEqual((father.name, father.birth_year), ("Nguyễn Văn Cha", "1985"))
        self.assertEqual((father.phone, father.is_contact), ("0900000001", True))
        self.assertEqual((mother.name, mother.phone), ("Lê Thị Mẹ", False))
        snapshot = student._edu_snapshot()
        self.assertEqual(snapshot["father"], "Nguyễn Văn Cha, Nông dân")
        self.assertEqual(snapshot["mother"], "Lê Thị Mẹ")
        row[8] = "Công nhân"
        self._import([row], headers)
        self.assertEqual(len(student.guardian_ids), 2)
        self.assertEqual(father.job, "Công nhân")

    @seed("R5.5.5a")
    def test_import_is_an_admission(self):
        self._import(ROWS)
        students = self.school_class.enrollment_ids.student_id
        self.assertEqual(set(students.movement_ids.mapped("kind")), {"admission"})
        self.assertEqual(students.movement_ids.author_id, self.clerk)
        self.assertEqual(set(students.mapped("status")), {"studying"})
        self.assertTrue(all(students.mapped("register_number")))
        self._import(ROWS)
        self.assertEqual(len(students.movement_ids), 2)

    @seed("R5.5.5b")
    def test_status_of_the_file(self):
        headers = [*HEADERS, "Trạng thái HS", "Ngày nhập trạng thái"]
        came = [*ROWS[0], "Chuyển đến từ HK I", self.year.date_start.strftime("%d/%m/%Y")]
        gone = [*ROWS[1], "Chuyển đi trong HK I", ""]
        wizard = self._wizard([came, gone], headers)
        self.assertEqual(wizard.state, "refused")
        self.assertRegex(wizard.report, "column H: Lê Thị Ánh")
        self._import([came], headers)
        self.assertEqual(self.school_class.enrollment_ids.entry_movement_id.kind, "transfer_in")

    def test_who_left_comes_back_by_a_movement(self):
        self._import(ROWS)
        student = self.school_class.enrollment_ids.sorted("number")[0].student_id
        student._edu_unguarded().status = "dropped_out"
        student._edu_append_facts()
        wizard = self._wizard(ROWS)
        self.assertEqual(wizard.state, "refused")
        self.assertIn("Lê Thị Ánh", wizard.report)
        self.assertIn("Dropped Out", wizard.report)

    @seed("P3.1.1.2")
    def test_identifiers_of_the_file(self):
        headers = [*HEADERS, "Số định danh cá nhân", "Số đăng bộ"]
        right = [*ROWS[0], "038214000001", "12/2020"]
        self._import([right], headers)
        student = self.school_class.enrollment_ids.student_id
        self.assertEqual(student.register_number, "12/2020")
        for number, sentence in (("038314000002", "says Nữ"), ("038215000002", "born in 2015")):
            wizard = self._wizard([[*ROWS[0], number, ""]], headers)
            self.assertRegex(wizard.report, f"column H: .*{sentence}")
        for taken in (["038214000001", ""], ["", "12/2020"]):
            other = [2, "6A", "3800000009", "Lê Văn Khác", "05/03/2014", "Nam", "Kinh", *taken]
            wizard = self._wizard([other], headers)
            self.assertIn("Nguyễn Văn Bình", wizard.report)
        without_code = [1, "6A", "", "Nguyễn Văn Bình", "05/03/2014", "Nam", "Thái", *right[7:]]
        self._import([without_code], headers)
        self.assertEqual(student.ethnic_group_id.name, "Thái")
        self.assertEqual(len(self.school_class.enrollment_ids), 1)

    def test_next_year_is_a_promotion(self):
        self._import(ROWS)
        later = self.env["edu.school.year"].create(
            {
                "name": "2027-2028",
                "date_start": "2027-09-05",
                "date_end": "2028-05-31",
                "company_id": self.company.id,
            }
        )
        grades = {grade.number: grade for grade in self.env["edu.grade"].search([])}
        for name, number in (("7A", 7), ("6A", 6)):
            self.env["edu.class"].create(
                {"name": name, "school_year_id": later.id, "grade_id": grades[number].id}
            )
        self._import([[1, "7A", *ROWS[0][2:]], ROWS[1]], year=later)
        students = self.school_class.enrollment_ids.student_id
        kinds = {student.name: student.movement_ids.sorted("id")[-1].kind for student in students}
        self.assertEqual(kinds, {"Nguyễn Văn Bình": "promotion", "Lê Thị Ánh": "repeat"})

    def test_queries_do_not_grow_with_pupils(self):
        def queries(first, count):
            rows = [
                [
                    n,
                    "6A",
                    f"38{n:08d}",
                    f"Lê Văn Số{n}",
                    "05/03/2014",
                    "Nam",
                    "Kinh",
                    "Cha",
                    "Nông dân",
                ]
                for n in range(first, first + count)
            ]
            wizard = self._wizard(rows, [*HEADERS, "Tên cha", "Nghề nghiệp cha"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1, 2)
        few, many = queries(11, 3), queries(101, 40)
        self.assertLessEqual(many, few + 5)

    @seed("P3.1.1.2")
    def test_queries_do_not_grow_with_changed_pupils(self):
        headers = [*HEADERS, "Chỗ ở hiện nay"]

        def rows(count, place):
            return [
                [
                    n,
                    "6A",
                    f"38{n:08d}",
                    f"Lê Văn Số{n}",
                    "05/03/2014",
                    "Nam",
                    "Kinh",
                    f"{place} {n}",
                ]
                for n in range(1, count + 1)
            ]

        def queries(count, place):
            wizard = self._wizard(rows(count, place), headers)
            self.assertEqual(wizard.count_changed, count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self._import(rows(60, "thôn"), headers)
        queries(2, "xóm")
        few, many = queries(4, "phố"), queries(60, "tổ")
        self.assertLessEqual(many, few + 5)

    @seed("R5.2c")
    def test_malformed_workbooks_write_nothing(self):
        whole = self.workbook(ROWS, HEADERS)
        students = self.env["edu.student"].search_count([])
        entries = self.env["edu.ledger.entry"].search_count([])
        files = [_damaged(random.Random(number), whole) for number in range(20)]
        files += [self.workbook(_spoiled(random.Random(number)), HEADERS) for number in range(20)]
        outcomes = {self._fate(data) for data in files}
        self.assertEqual(self.env["edu.student"].search_count([]), students)
        self.assertEqual(self.env["edu.ledger.entry"].search_count([]), entries)
        self.assertLessEqual({"not kept", "refused"}, outcomes)
        self.assertLessEqual(outcomes, {"not kept", "refused", "checked"})

    def _fate(self, data):
        """What becomes of a file; whatever is refused says why."""
        try:
            brought = self.upload(data)
            brought.action_check()
        except UserError as error:
            self.assertTrue(str(error))
            return "not kept"
        self.assertTrue(brought.report)
        return brought.state


def _spoiled(chance):
    """The rows with a cell that nobody expects there."""
    rows = [list(row) for row in ROWS]
    wrong = ["", "31/02/2014", "9Z", "=1/0", "@x", -1, 1e300, True, "x" * 3000, "Trai\u202e"]
    chance.choice(rows)[chance.randrange(1, len(HEADERS))] = chance.choice(wrong)
    return rows


def _damaged(chance, workbook):
    """The workbook with a cell's text or a part's bytes broken, whole again as an archive."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(["xl/worksheets/sheet1.xml"] * 3 + sorted(parts))
    data = parts[name]
    start = chance.randrange(len(data))
    wrong = [b"", b"\x00\xff", b"</row>", b"<f>1/0</f>", b"31/02/2014", b"<v>1e999</v>"]
    parts[name] = data[:start] + chance.choice(wrong) + data[start + chance.randrange(1, 60) :]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return target.getvalue()
