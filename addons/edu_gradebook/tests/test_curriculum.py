from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestCurriculum(GradebookCase):
    """Books rest on regulations and curricula: what they cannot keep they refuse, and what they
    rest on stays."""

    def _class(self, grade, programme=None, name="X"):
        year = self.school_class.school_year_id
        vals = {
            "name": name,
            "school_year_id": year.id,
            "grade_id": self.env.ref(f"edu_core.edu_grade_{grade}").id,
        }
        return self.env["edu.class"].create(
            {**vals, **({"programme": programme} if programme else {})}
        )

    def _open(self, school_class):
        return school_class.with_user(self.it_admin).action_open_gradebook()

    @seed("P4.1.6", "R5.3")
    def test_books_that_cannot_be_kept_yet_are_refused(self):
        """The old schemes (TT 58/2011, QĐ 02/2007): their marks were given on paper."""
        year = self.env["edu.school.year"].create(
            {
                "name": "2022-2023",
                "date_start": "2022-09-05",
                "date_end": "2023-05-31",
                "company_id": self.company.id,
            }
        )
        for code, programme in (("TT58", "phothong"), ("QD02", "gdtx")):
            vals = {"name": f"Lớp {code}", "school_year_id": year.id, "programme": programme}
            grade = self.env.ref("edu_core.edu_grade_9")
            school_class = self.env["edu.class"].create({**vals, "grade_id": grade.id})
            self.assertEqual(school_class.regulation_id.code, code)
            with self.assertRaisesRegex(UserError, f"Lớp {code}.*not supported yet"):
                self._open(school_class)
            self.assertFalse(school_class.gradebook_ids)

    def test_a_curriculum_without_periods_is_refused(self):
        school_class = self._class(7)
        own = self.env["edu.curriculum.line"]._edu_adapt(
            self.company,
            school_class.school_year_id,
            school_class.regulation_id,
            school_class.grade_id,
        )
        own.filtered(lambda line: line.subject_id.code == "TIN").periods = 0
        with self.assertRaisesRegex(UserError, "no periods for Tin học"):
            self._open(school_class)

    def test_sheets_follow_the_curriculum_of_the_class(self):
        school_class = self._class(7)
        nn2 = school_class._edu_curriculum_set().filtered(
            lambda line: line.subject_id.code == "NN2"
        )
        school_class.elective_ids = [Command.link(nn2.id)]
        self._open(school_class)
        subjects = school_class.gradebook_ids.period_ids[0]._edu_sheets().subject_id
        self.assertEqual(len(subjects), 13)
        self.assertIn("NN2", subjects.mapped("code"))
        self.assertNotIn("AN", subjects.mapped("code"))
        with self.assertRaisesRegex(UserError, "keeps its books by the chosen subjects"):
            school_class.sudo().elective_ids = [Command.clear()]

    def test_activities_without_a_result_have_no_sheet(self):
        school_class = self._class(7)
        own = self.env["edu.curriculum.line"]._edu_adapt(
            self.company,
            school_class.school_year_id,
            school_class.regulation_id,
            school_class.grade_id,
        )
        own.filtered(lambda line: line.subject_id.code == "GDDP").assess = "none"
        self._open(school_class)
        subjects = school_class.gradebook_ids.period_ids[0]._edu_sheets().subject_id
        self.assertNotIn("GDDP", subjects.mapped("code"))
        self.assertEqual(len(subjects), 11)

    @seed("P4.1.6", "R5.5.3")
    def test_a_curriculum_stays_once_books_rest_on_it(self):
        school_class = self._class(7, name="7A")
        place = (school_class.regulation_id, school_class.grade_id)
        year = school_class.school_year_id
        Line = self.env["edu.curriculum.line"].with_user(self.it_admin)
        own = Line._edu_adapt(self.company, year, *place)
        technology = own.filtered(lambda line: line.subject_id.code == "CN" and not line.parent_id)
        technology.periods = 52
        self._open(school_class)
        sheet = (
            school_class.gradebook_ids.period_ids[0]
            ._edu_sheets()
            .filtered(lambda sheet: sheet.subject_id.code == "CN")
        )
        self.assertEqual(sheet.regular_count, 3)
        for line in (technology, technology.sudo()):
            with self.assertRaisesRegex(UserError, "class 7A.*next school year"):
                line.write({"periods": 35})
        with self.assertRaises(UserError):
            technology.sudo().unlink()
        vals = {
            "regulation_id": place[0].id,
            "grade_id": place[1].id,
            "subject_id": self.env.ref("edu_core.edu_subject_tnxh").id,
            "company_id": self.company.id,
            "school_year_id": year.id,
            "periods": 35,
            "assess": "comment",
        }
        with self.assertRaisesRegex(UserError, "7A keep their books"):
            Line.create(vals)
        following = self.env["edu.school.year"].create(
            {
                "name": "2027-2028",
                "date_start": "2027-09-05",
                "date_end": "2028-05-31",
                "company_id": self.company.id,
            }
        )
        newer = Line._edu_adapt(self.company, following, *place)
        newer.filtered(lambda line: line.subject_id == technology.subject_id).periods = 35
        self.assertEqual(technology.periods, 52)

    def test_the_national_curriculum_of_a_booked_class_is_not_replaced_under_it(self):
        with self.assertRaisesRegex(UserError, "6A keep their books"):
            self.env["edu.curriculum.line"]._edu_adapt(
                self.company,
                self.school_class.school_year_id,
                self.school_class.regulation_id,
                self.school_class.grade_id,
            )

    def test_a_class_with_a_book_keeps_its_grade(self):
        school_class = self._class(7)
        self._open(school_class)
        with self.assertRaisesRegex(UserError, "pupils or books"):
            school_class.sudo().grade_id = self.env.ref("edu_core.edu_grade_8")

    @seed("P4.1.6")
    def test_a_new_version_brings_its_columns_and_periods(self):
        old = self.env.ref("edu_core.edu_regulation_tt22")
        fresh = self.env["edu.regulation"].browse(old.action_new_version()["res_id"])
        columns = self.env["edu.mark.column"].search([("regulation_id", "=", fresh.id)])
        self.assertEqual(len(columns), 7)
        marked = fresh.period_ids.filtered("has_marks")
        self.assertEqual(marked.mapped("code"), ["HK1", "HK2"])

    @seed("P2.2.4")
    def test_a_book_prints_the_school_of_its_period(self):
        """The superior body and paper mode of the period's last day, not those of the approval."""
        today = self.company._edu_today()
        period, end = self.book.period_id, today - timedelta(days=10)
        self.assertLess(date(2026, 9, 5), end)
        period.date_end = end
        self.company.edu_superior_body = "UBND XÃ CŨ"
        self.company._edu_set_value("superior_body", "UBND PHƯỜNG MỚI", end + timedelta(days=1))
        self.school_class.school_year_id.paper_mode = "parallel"
        self.assertEqual(self.company.edu_superior_body, "UBND PHƯỜNG MỚI")
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        header = self.book.snapshot_id._edu_value()["school"]
        self.assertEqual(header["superior"], "UBND XÃ CŨ")
        self.assertEqual(header["paper_mode"], "parallel")
