import json
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .scheme_kit import SchemeCase

TRAITS = "PCNL"


class PrimaryCase(SchemeCase):
    """4A under TT 27/2020: all four times, the year, and summer."""

    grade_ref = "4"
    pupils = 5

    def year(self, marks=None, until="CN"):
        """All times of the year approved; ``marks`` are those of its end."""
        for code in ("GK1", "CK1", "GK2", "CN"):
            self.finish_period(code, marks if code == "CN" else None)
            if code == until:
                return


@tagged("post_install", "-at_install")
class TestPrimary(PrimaryCase):
    def columns(self, period, subject):
        sheet = self.sheet_of(subject, self.period(period))
        grid = sheet.with_user(self.writer(sheet)).load_grid()
        return [(column["code"], column["scale"]) for column in grid["columns"]]

    @seed("P4.1.3", "P3.1.2.1b")
    def test_tests_are_where_the_circular_asks(self):
        level, test = ("MD", "level"), ("KT", "whole")
        self.assertEqual(self.columns("GK1", "TOAN"), [level, test])
        self.assertEqual(self.columns("GK1", "KH"), [level])
        self.assertEqual(self.columns("CK1", "KH"), [level, test])
        self.assertEqual(self.columns("CN", "THCN"), [level, test])
        self.assertEqual(self.columns("CN", "NT"), [level])
        self.assertEqual(self.columns("GK2", "HDTN"), [level])
        activity = self.sheet_of("HDTN", self.period("GK1"))
        self.assertIn("Hoạt động trải nghiệm - 6A", activity.display_name)
        codes = [book.period_id.code for book in self.school_class.gradebook_ids.period_ids]
        self.assertEqual(codes, ["GK1", "CK1", "GK2", "CN"])

    @seed("R2.2")
    def test_qualities_are_the_homeroom_teachers(self):
        sheet = self.sheet_of(TRAITS, self.period("GK1"))
        grid = sheet.with_user(self.homeroom).load_grid()
        self.assertEqual(len(grid["columns"]), 15)
        self.assertFalse(grid["sheet"]["has_result"])
        self.assertEqual({column["scale"] for column in grid["columns"]}, {"trait"})
        self.assertIn("Giải quyết vấn đề và sáng tạo", [one["name"] for one in grid["columns"]])
        self.assertEqual(self.typed(sheet, "YEU_NUOC", "t")["value"], "T")
        self.assertEqual(self.typed(sheet, "NHAN_AI", "d")["value"], "Đ")
        with self.assertRaises(AccessError):
            sheet.with_user(self.teacher).save_cells([])
        opened = self.env["edu.gradesheet"].with_user(self.homeroom).open_grid()
        self.assertIn(sheet.id, [one["id"] for one in opened["sheets"]])

    @seed("R8.1a")
    def test_tokens(self):
        sheet, traits = self.sheet_of("TOAN", self.period("GK1")), self.sheet_of(TRAITS)
        for typed in ("7,5", "7.5", "11", "-1", "T", "Đ", "85", "1e1", "٧"):
            self.assertIn("whole number", self.typed(sheet, "KT", typed)["message"], typed)
        for typed in ("Đ", "9", "HTT", "CĐ", "T;DROP"):
            self.assertEqual(self.typed(sheet, "MD", typed)["error"], "NOT_A_LEVEL")
        for typed in ("H", "9", "CĐ"):
            self.assertEqual(self.typed(traits, "YEU_NUOC", typed)["error"], "NOT_A_TRAIT")
        self.assertEqual(self.typed(sheet, "MD", "", kind="zero")["error"], "BAD_CELL")
        self.assertEqual(self.typed(sheet, "TX1", "8")["error"], "NO_COLUMN")
        self.assertEqual(self.typed(sheet, "KT", "0")["value"], "0")
        self.assertEqual(self.typed(sheet, "KT", "10,0", 1)["value"], "10")
        kinds = {one["kind"] for one in sheet.with_user(self.teacher).load_grid()["kinds"]}
        self.assertNotIn("zero", kinds)

    @seed("R2.4")
    def test_the_database_refuses_other_scales(self):
        """A letter in a number's cell, with a ledger entry that says exactly this."""
        sheet = self.sheet_of("TOAN")
        line = self.lines[0]
        for code, kind, token in (
            ("KT", "value", "T"),
            ("KT", "value", "7.5"),
            ("KT", "zero", "0"),
            ("MD", "value", "9"),
            ("MD", "value", "Đ"),
            ("MD", "absent", "T"),
        ):
            column = sheet._edu_columns().filtered(lambda one, code=code: one.code == code)
            ((_chain, seq, _hash),) = self.env["edu.ledger.chain"]._edu_append(
                [
                    (
                        sheet.chain_id,
                        {
                            "operation": "enter",
                            "model": "edu.mark",
                            "record": str(sheet.id),
                            "slot": f"{line.id}:{code}:1",
                            "new": f"{kind}|{token}",
                            "origin": "grid",
                        },
                    )
                ]
            )
            with (
                self.subTest(token=token, column=code),
                self.assertRaisesRegex(Exception, "not of the scale"),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "INSERT INTO edu_mark (gradesheet_id, enrollment_id, column_id, attempt, kind,"
                    " token, entry_seq, author_id, entered_at, first_at) VALUES (%s, %s, %s, 1, %s,"
                    " %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
                    [sheet.id, line.id, column.id, kind, token, seq, self.env.uid],
                )

    @seed("P3.1.2.1", "P3.1.2.1b")
    def test_year_and_completion(self):
        """Cases P028, P030, P034, P035, P037: what each pupil's year becomes."""
        marks = {
            "TOAN": {(1, "KT"): "7"},
            "NT": {(2, "MD"): "H"},
            TRAITS: {(3, "TRUNG_THUC"): "C"},
            "KH": {(4, "MD"): "C", (4, "KT"): "4"},
        }
        self.year(marks)
        book = self.period("CN")
        self.assertEqual((book.state, len(book.document_ids)), ("approved", 0))
        snapshot = book.snapshot_id._edu_value()
        by_code = {one["code"]: one for one in snapshot["subjects"]}
        self.assertEqual(by_code["TOAN"]["rows"][1]["marks"], {"MD": "T", "KT": "7"})
        self.assertEqual(by_code["NT"]["rows"][2]["result"], "H")
        review = self.open_review()
        rows = [self.row(review, place) for place in range(5)]
        self.assertEqual([row.year_level for row in rows], ["HTXS", "HTT", "HT", "CHT", "CHT"])
        completed, again = "HOAN_THANH_CT_LOP", "SUPPORT_AND_REASSESS"
        self.assertEqual([row.outcome for row in rows], [*[completed] * 3, again, again])
        self.assertEqual(rows[0].title, "HOC_SINH_XUAT_SAC")
        # Tiêu biểu is the class's word, never computed from marks alone
        self.assertFalse(rows[1].title)
        rows[1].with_user(self.homeroom).write({"merit": "progress"})
        self.assertEqual(rows[1].title, "HOC_SINH_TIEU_BIEU")
        rows[2].with_user(self.homeroom).write({"merit": "subject"})
        self.assertFalse(rows[2].title)
        with self.assertRaises(UserError):
            rows[1].with_user(self.homeroom).write({"merit": "HTXS"})
        with self.assertRaises(UserError):
            rows[1].with_user(self.homeroom).write({"proposal": "O_LAI_LOP"})
        self.assertIn("27/2020", rows[0].why)
        self.assertIn("Khoa học", rows[4].why)
        subject = review.subject_ids.filtered(
            lambda row: row.enrollment_id == self.lines[4] and row.subject_id.code == "KH"
        )
        self.assertEqual((subject.hk1, subject.value, subject.score), ("T", "C", "4"))
        self.assertTrue(subject.due)

    @seed("R2.5")
    def test_summer(self):
        """Cases P054 to P058: additional assessment, then the principal decides."""
        marks = {
            "TOAN": {(1, "KT"): "4"},
            TRAITS: {(2, "TRUNG_THUC"): "C"},
            "KH": {(3, "MD"): "C", (3, "KT"): "4"},
        }
        self.year(marks)
        review = self.open_review()
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()
        summer = self.school_class.review_ids - review
        self.assertEqual(summer.result_ids.enrollment_id, self.lines[1:4])
        book = self.period("HE")
        sheets = book._edu_sheets()
        self.assertEqual(set(sheets.subject_id.mapped("code")), {"TOAN", "KH", TRAITS})
        toan, kh, traits = (self.sheet_of(code, book) for code in ("TOAN", "KH", TRAITS))
        self.assertEqual(self.typed(toan, "KT", "9", 0)["error"], "LEFT_CLASS")
        self.assertEqual(self.typed(toan, "MD", "T", 1)["error"], "NOT_DUE")
        self.assertIn("error", self.typed(toan, "KT", "7,5", 1))
        with self.assertRaisesRegex(UserError, "marks are missing"):
            toan.with_user(self.teacher).action_confirm()
        self.assertEqual(self.typed(toan, "KT", "6", 1)["value"], "6")
        self.assertEqual(self.typed(traits, "TRUNG_THUC", "Đ", 2)["value"], "Đ")
        self.typed(kh, "MD", "H", 3)
        self.typed(kh, "KT", "3", 3)
        for sheet in sheets:
            sheet.with_user(self.writer(sheet)).action_confirm()
        with self.assertRaisesRegex(UserError, "is not approved"):
            summer.with_user(self.homeroom).action_lock()
        book.with_user(self.principal).action_lock()
        book.with_user(self.principal).action_approve()
        summer.with_user(self.homeroom).action_lock()
        rows = [self.row(summer, place) for place in (1, 2, 3)]
        self.assertEqual([row.level_after for row in rows], ["HT", "HT", "CHT"])
        completed, undecided = "HOAN_THANH_CT_LOP", "PRINCIPAL_TO_DECIDE"
        self.assertEqual([row.outcome for row in rows], [completed, completed, undecided])
        with self.assertRaisesRegex(UserError, "principal decides"):
            summer.with_user(self.principal).action_approve()
        rows[2].with_user(self.principal).write({"decision": "CHUA_LEN_LOP"})
        with self.assertRaisesRegex(UserError, "without a reason"):
            summer.with_user(self.principal).action_approve()
        rows[2].with_user(self.principal).write({"decision_note": "Chưa đọc thông viết thạo"})
        summer.with_user(self.principal).action_approve()
        valid = self.env["edu.year.result"]._edu_valid(self.lines)
        self.assertEqual(
            [valid[line.id] for line in self.lines],
            [completed, completed, completed, "CHUA_LEN_LOP", completed],
        )

    @seed("P4.1.3")
    def test_a_level_is_corrected_with_its_evidence(self):
        sheet = self.sheet_of("TOAN")
        self.company.edu_correction_hours = 0
        self.typed(sheet, "MD", "C")
        self.assertEqual(self.typed(sheet, "MD", "H", version=1)["error"], "EVIDENCE")
        cell = {"enrollment": self.lines[0].id, "column": "MD", "value": "h", "version": 1}
        paper = [("paper", "bai.pdf", b"%PDF-1.4\n%%EOF\n")]
        Dossier = self.env["edu.correction"].with_user(self.teacher)
        with self.assertRaises(UserError):
            Dossier._edu_file(sheet, {**cell, "value": "7"}, paper, reason="Nhầm", book_page="3")
        dossier = Dossier._edu_file(sheet, cell, paper, reason="Nhầm", book_page="3")
        self.assertEqual((dossier.new_value, dossier.direction), ("H", "up"))

    def test_second_test_is_the_principals(self):
        sheet = self.sheet_of("TOAN")
        self.typed(sheet, "KT", "3")
        again = self.typed(sheet, "KT", "8", attempt=2)
        self.assertEqual(again["error"], "SECOND_TEST")

    def test_missing_tests_keep_the_period_open(self):
        book = self.period("GK1")
        for sheet in book._edu_sheets():
            if sheet.subject_id.code != "TOAN":
                self.fill_sheet(sheet)
        with self.assertRaisesRegex(UserError, "marks are missing"):
            book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "no levels of conduct"):
            book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "TOT"})

    def test_queries_do_not_grow_with_pupils(self):
        review = self.open_review().sudo()

        def cost():
            sheet = self.sheet_of("TOAN")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet.with_user(self.teacher).load_grid()
            self.period("GK1")._edu_compute_results()
            review._edu_compute()
            return self.env.cr.sql_log_count - before

        cost()
        small = cost()
        self.add_pupils(self.school_class, 30, first=self.pupils + 1)
        cost()  # their rows are written once
        self.assertLessEqual(cost(), small)


@tagged("post_install", "-at_install")
class TestPrimaryParts(PrimaryCase):
    """A school that assesses the parts of subjects by themselves."""

    pupils = 2

    @classmethod
    def set_up_school(cls):
        cls.company.edu_parts_marked = True
        return super().set_up_school()

    @seed("P4.1.3")
    def test_the_lower_part_decides(self):
        sheet = self.sheet_of("NT")
        grid = sheet.with_user(self.teacher).load_grid()
        self.assertEqual([one["code"] for one in grid["columns"]], ["MD1", "MD2"])
        self.assertEqual(grid["columns"][0]["name"], "Mức đạt được (Âm nhạc)")
        self.typed(sheet, "MD1", "T")
        self.typed(sheet, "MD2", "H")
        page = sheet.with_user(self.teacher).load_cells()
        self.assertEqual(page["averages"][str(self.lines[0].id)], "H")
        thcn = self.sheet_of("THCN", self.period("CN"))
        codes = thcn._edu_columns().mapped("code")
        self.assertEqual(codes, ["MD1", "KT1", "MD2", "KT2"])
        self.assertEqual(self.sheet_of("TOAN")._edu_columns().mapped("code"), ["MD", "KT"])

    def test_each_part_has_to_reach_the_mark(self):
        self.year({"THCN": {(0, "KT2"): "8"}})
        row = self.row(self.open_review())
        self.assertEqual(row.year_level, "HTT")


@tagged("post_install", "-at_install")
class TestPrimaryCases(PrimaryCase):
    """Conformance cases of the year's level in grade 5, a pupil each, entered through the grid."""

    grade_ref = "5"

    @classmethod
    def set_up_school(cls):
        source = Path(__file__).parents[3] / "tests" / "library" / "cases" / "primary.json"
        cls.cases = [
            case
            for case in json.loads(source.read_text(encoding="utf-8"))
            if case["kind"] == "year_end_level" and case["input"]["grade"] == 5
        ]
        cls.pupils = len(cls.cases)
        return super().set_up_school()

    @classmethod
    def given(cls, sheet, case):
        """``{column code: typed}`` of a case in a sheet."""
        subject, found = sheet.subject_id.code, case["input"]
        if sheet.assess == "trait":
            return {code.upper(): level for code, level in found["traits"].items()}
        return {"MD": found["levels"].get(subject), "KT": found["scores"].get(subject)}

    @seed("P4.1.3", "P3.1.2.1b")
    def test_cases_through_the_grid(self):
        self.assertGreater(len(self.cases), 30)
        book = self.period("CN")
        for sheet in book._edu_sheets():
            codes = sheet._edu_columns().mapped("code")
            cells = [
                {
                    "sheet": sheet.id,
                    "enrollment": line.id,
                    "column": code,
                    "value": str(typed),
                    "version": 0,
                }
                for line, case in zip(self.lines, self.cases, strict=True)
                for code, typed in self.given(sheet, case).items()
                if code in codes and typed is not None
            ]
            answers = sheet.with_user(self.writer(sheet)).save_grid(cells, f"case-{sheet.id}")
            refused = [one for one in answers["cells"] if "version" not in one]
            self.assertFalse(refused, refused[:3])
        book.with_user(self.principal).action_compute_results()
        review = self.open_review()
        levels = {row.enrollment_id: row.year_level or "INCOMPLETE" for row in review.result_ids}
        for line, case in zip(self.lines, self.cases, strict=True):
            with self.subTest(case=case["id"]):
                self.assertEqual(levels[line], case["expected"], case["why"])
        completed = {row.outcome for row in review.result_ids if row.year_level == "HTXS"}
        self.assertEqual(completed, {"HOAN_THANH_CT_TIEU_HOC"})
