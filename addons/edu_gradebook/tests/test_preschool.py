from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .scheme_kit import SchemeCase

STAGES = ["GD1", "GD2", "GD3", "CN"]


class PreschoolCase(SchemeCase):
    """Lá 1: children of 5 to 6 years; their class teacher assesses the goals of five domains."""

    grade_ref = "mn6"
    programme = "mamnon"


@tagged("post_install", "-at_install")
class TestPreschool(PreschoolCase):
    @seed("P4.1.2", "P3.1.2.1a")
    def test_stages_and_goals(self):
        self.assertEqual(self.school_class.regulation_id.code, "MN")
        periods = self.school_class.gradebook_ids.period_ids.sorted("period_sequence")
        self.assertEqual([book.period_id.code for book in periods], STAGES)
        sheets = self.book._edu_sheets()
        self.assertEqual(len(sheets), 5)
        found = {sheet.subject_id.code: len(sheet._edu_columns()) for sheet in sheets}
        self.assertEqual(found, {"MN_TC": 6, "MN_NT": 5, "MN_NN": 6, "MN_TCXH": 5, "MN_TM": 3})
        grid = sheets[0].with_user(self.homeroom).load_grid()
        self.assertEqual({column["scale"] for column in grid["columns"]}, {"goal"})
        self.assertEqual(grid["columns"][0]["label"], "Mục tiêu 1")
        self.assertIn("bình thường theo lứa tuổi", grid["columns"][0]["name"])

    @seed("P4.1.2")
    def test_goals_of_nursery_are_others(self):
        nursery = self.env["edu.class"].create(
            {
                "name": "Nhà trẻ 1",
                "school_year_id": self.school_class.school_year_id.id,
                "grade_id": self.env.ref("edu_core.edu_grade_mn3").id,
                "homeroom_user_id": self.homeroom.id,
            }
        )
        book = self.open_book(nursery)
        found = {sheet.subject_id.code: len(sheet._edu_columns()) for sheet in book._edu_sheets()}
        self.assertEqual(found, {"MN_TC": 6, "MN_NT": 4, "MN_NN": 5, "MN_TCXHTM": 4})

    @seed("R8.1a")
    def test_tokens(self):
        sheet = self.book._edu_sheets()[0]
        code = sheet._edu_columns()[0].code
        for typed in ("8", "T", "H", "C", "HTT"):
            self.assertEqual(self.typed(sheet, code, typed)["error"], "NOT_A_COMMENT")
        self.assertEqual(self.typed(sheet, code, "", kind="zero")["error"], "BAD_CELL")
        self.assertEqual(self.typed(sheet, "TX1", "8")["error"], "NO_COLUMN")
        self.assertEqual(self.typed(sheet, code, "cđ")["value"], "CĐ")
        with self.assertRaises(AccessError):
            sheet.with_user(self.other_teacher).save_cells([])

    @seed("P3.1.2.1a")
    def test_growth(self):
        Measure, line = self.env["edu.growth.measure"], self.lines[0]
        line.student_id.birth_date = "2021-09-15"
        said = {
            "gradebook_period_id": self.book.id,
            "enrollment_id": line.id,
            "measured_on": "2026-10-01",
            "weight": "18,50",
            "height": "108,5",
        }
        for user in (self.teacher, self.vice):
            with self.assertRaises(AccessError):
                Measure.with_user(user).sudo().create(said)
        measure = Measure.with_user(self.homeroom).create(said)
        self.assertEqual((measure.weight, measure.height), ("18.5", "108.5"))
        self.assertEqual((measure.age_months, measure.next_due), (60, "QUARTERLY"))
        self.assertEqual(measure.bmi, "15.7149")
        for wrong in ("1850", "T", "-3", "0", "18.555", ""):
            with self.assertRaises(UserError):
                measure.write({"weight": wrong})
        other = self.lines[1].id
        for wrong in ({"measured_on": "2099-01-01"}, {"height": "18"}, {"bmi": "9"}):
            with self.assertRaises(UserError):
                Measure.with_user(self.homeroom).create({**said, "enrollment_id": other, **wrong})
        with self.assertRaises(UserError):
            measure.sudo().unlink()
        measure.write({"weight": "18.6"})
        self.finish_period("GD1")
        with self.assertRaises(UserError):
            measure.write({"weight": "19"})
        self.env.flush_all()
        with (
            self.assertRaisesRegex(Exception, "locked stage"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE edu_growth_measure SET weight = '19' WHERE id = %s", [measure.id]
            )
        growth = self.book.snapshot_id._edu_value()["growth"]
        self.assertEqual(
            growth,
            [
                {
                    "no": str(line.number),
                    "day": "2026-10-01",
                    "age": "60",
                    "weight": "18.6",
                    "height": "108.5",
                    "lying": "",
                    "bmi": measure.bmi,
                }
            ],
        )

    @seed("P3.1.2.1a", "P3.1.2.1")
    def test_a_stage_is_locked_and_approved(self):
        book = self.book
        with self.assertRaisesRegex(UserError, "marks are missing"):
            book.with_user(self.principal).action_lock()
        domain = book._edu_sheets()[0]
        code = domain._edu_columns()[0].code
        self.finish_period("GD1", {domain.subject_id.code: {(1, code): "CĐ"}})
        self.assertEqual((book.state, len(book.document_ids)), ("approved", 0))
        frozen = book.snapshot_id._edu_value()
        self.assertEqual(frozen["form"], "")
        rows = frozen["subjects"][0]["rows"]
        self.assertEqual([row["marks"][code] for row in rows[:2]], ["Đ", "CĐ"])
        # nothing ranks a child: no result, no level, no year
        self.assertEqual({row["result"] for row in rows}, {None})
        self.assertFalse(self.open_review())
        with self.assertRaisesRegex(UserError, "no levels of conduct"):
            book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "TOT"})
        entries = self.env["edu.ledger.entry"].search_count(
            [("chain_id", "=", domain.chain_id.id), ("model", "=", "edu.mark")]
        )
        self.assertEqual(entries, self.pupils * len(domain._edu_columns()))
