from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .scheme_kit import SchemeCase

CHOSEN = ("DL", "KTPL", "VL", "TIN")
CLUSTERS = (("TOAN", "cluster"), ("DL", "cluster"), ("VL", "cluster"))


class GdtxCase(SchemeCase):
    """10A of a centre under TT 43/2021: seven scored subjects, no comments."""

    grade_ref = "10"
    programme = "gdtx"
    choices = (*CHOSEN, *CLUSTERS)


@tagged("post_install", "-at_install")
class TestGdtx(GdtxCase):
    @seed("P4.1.5", "P3.1.2.1c")
    def test_columns(self):
        self.assertEqual(self.school_class.regulation_id.code, "TT43")
        sheets = self.period("HK2")._edu_sheets()
        self.assertEqual(set(sheets.subject_id.mapped("code")), {"VAN", "TOAN", "LS", *CHOSEN})
        self.assertEqual(set(sheets.mapped("assess")), {"score"})
        found = {sheet.subject_id.code: sheet._edu_columns().mapped("code") for sheet in sheets}
        self.assertEqual(found["LS"], ["TX1", "TX2", "TX3", "GK", "CK"])
        self.assertIn("CD", found["TOAN"])

    @seed("P4.1.5")
    def test_five_subjects_are_enough(self):
        """Cases GX10, TI: five of 9.0 are Tốt and Học viên Xuất sắc; TT 22/2021 asks for six."""
        columns = ("TX1", "TX2", "TX3", "TX4", "CD", "GK", "CK")
        nine = {(0, code): "9" for code in columns}
        middle = {(0, code): "7" for code in columns}
        marks = dict.fromkeys(("VAN", "TOAN", "LS", "DL", "KTPL"), nine)
        marks |= dict.fromkeys(("VL", "TIN"), middle)
        low = {(1, code): "4" for code in columns}
        marks["VAN"] = {**nine, **low}
        marks["TOAN"] = {**nine, **low}
        marks["LS"] = {**nine, **low}
        for period in ("HK1", "HK2"):
            self.finish_period(period, marks, {2: "CHUA_DAT"})
        levels = {line.enrollment_id: line.study_final for line in self.period("HK2").result_ids}
        self.assertEqual([levels[line] for line in self.lines[:2]], ["TOT", "CHUA_DAT"])
        review = self.open_review()
        review.result_ids.with_user(self.homeroom).write({"absent": "0"})
        rows = [self.row(review, place) for place in range(4)]
        self.assertEqual(
            [row.outcome for row in rows], ["LEN_LOP", "KIEM_TRA_LAI", "REN_LUYEN_HE", "LEN_LOP"]
        )
        self.assertEqual([row.title for row in rows], ["HV_XUAT_SAC", False, False, "HV_GIOI"])
        self.assertEqual(rows[0].rule_version, "tt43-1")
        self.assertIn("43/2021", rows[0].why)
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()
        summer = self.school_class.review_ids.filtered(lambda one: one.stage == "HE")
        self.assertEqual(len(summer.result_ids), 2)

    @seed("P4.1.6")
    def test_a_curriculum_without_periods_waits(self):
        """The periods of continuing education in lower secondary are the centre's own."""
        other = self.env["edu.class"].create(
            {
                "name": "8X",
                "school_year_id": self.school_class.school_year_id.id,
                "grade_id": self.env.ref("edu_core.edu_grade_8").id,
                "programme": "gdtx",
            }
        )
        with self.assertRaisesRegex(UserError, "no periods for Ngữ văn"):
            other.with_user(self.it_admin).action_open_gradebook()

    def test_learners_have_no_comment_marks(self):
        sheet = self.sheet_of("TOAN")
        for typed in ("Đ", "CĐ", "T"):
            self.assertEqual(self.typed(sheet, "TX1", typed)["error"], "NOT_A_MARK")
        self.assertEqual(self.typed(sheet, "TX1", "8,5")["value"], "8.5")
