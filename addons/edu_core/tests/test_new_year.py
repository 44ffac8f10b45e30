from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .year_case import YearCase


@tagged("post_install", "-at_install")
class TestNewYear(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campus = cls.env["edu.campus"].create({"name": "Điểm lẻ", "company_id": cls.company.id})
        cls.school_class.campus_id = cls.campus
        cls.maths = cls.env.ref("edu_core.edu_subject_toan")
        cls.assignment = cls.env["edu.teaching.assignment"].create(
            {
                "class_id": cls.school_class.id,
                "subject_id": cls.maths.id,
                "user_id": cls.teacher.id,
                "periods_per_week": 4,
            }
        )
        periods = cls.year._edu_periods(cls.school_class.regulation_id)
        periods.filtered(lambda period: period.code == "HK1").write(
            {"date_start": "2026-09-05", "date_end": "2027-01-10"}
        )

    def wizard(self, user=None):
        year = self.year.with_user(user or self.it_admin)
        return year.env["edu.year.new"].browse(year.action_new_year()["res_id"])

    @seed("R5.5.2", "R5.5.7")
    def test_next_year_is_proposed_and_created(self):
        wizard = self.wizard()
        self.assertEqual(
            (wizard.name, str(wizard.date_start), str(wizard.date_end)),
            ("2027-2028", "2027-09-05", "2028-05-31"),
        )
        self.assertEqual(
            sorted(wizard.class_ids.mapped("name")), ["6A", "6B", "7A", "7B", "8B", "9B"]
        )
        upper = wizard.class_ids.filtered(lambda line: line.name == "7A")
        self.assertEqual(
            (upper.source_class_id, upper.homeroom_user_id, upper.campus_id),
            (self.school_class, self.homeroom, self.campus),
        )
        entry = wizard.class_ids.filtered(lambda line: line.name == "6A")
        self.assertFalse(entry.homeroom_user_id)
        self.assertFalse(entry.source_class_id)
        self.assertEqual(wizard.assignment_ids.class_line_id, upper)
        years = self.env["edu.school.year"].search_count([])
        self.assertFalse(wizard.problem_text)
        self.assertEqual(self.env["edu.school.year"].search_count([]), years)
        upper.homeroom_user_id = self.other_teacher
        wizard.class_ids.filtered(lambda line: line.name == "6B").included = False
        wizard.decision_number = "50/QĐ-THCS"
        year = self.env["edu.school.year"].browse(wizard.action_create()["res_id"])
        self.assertEqual(sorted(year.class_ids.mapped("name")), ["6A", "7A", "7B", "8B", "9B"])
        seven = year.class_ids.filtered(lambda one: one.name == "7A")
        self.assertEqual(seven.homeroom_user_id, self.other_teacher)
        self.assertEqual((seven.grade_number, seven.regulation_id.code), (7, "TT22"))
        line = seven.assignment_ids
        self.assertEqual(
            (line.subject_id, line.user_id, str(line.date_from), line.decision_number),
            (self.maths, self.teacher, "2027-09-05", "50/QĐ-THCS"),
        )
        first = year.period_ids.filtered(lambda period: period.code == "HK1")
        self.assertEqual((str(first.date_start), str(first.date_end)), ("2027-09-05", "2028-01-10"))
        (event,) = self.events("new_year")
        self.assertIn('"classes":"5"', event.new)
        with self.assertRaisesRegex(UserError, "is there already"):
            self.wizard()

    def test_what_stands_in_the_way_is_named_and_nothing_created(self):
        wizard = self.wizard()
        wizard.class_ids.filtered(lambda line: line.name == "7A").name = "7B"
        with self.assertRaisesRegex(UserError, "7B: two classes of one name"):
            wizard.action_create()
        wizard.class_ids.included = False
        with self.assertRaisesRegex(UserError, "at least one class"):
            wizard.action_create()
        self.assertFalse(self.year._edu_next())

    @seed("R4.2")
    def test_only_who_is_entrusted_creates_it(self):
        wizard = self.wizard()
        self.duty.with_user(self.principal)._edu_end(
            self.company._edu_today().replace(day=9), "46/QĐ-THCS"
        )
        with self.assertRaises(AccessError):
            wizard.sudo().action_create()
        with self.assertRaises(AccessError):
            self.wizard(self.vice)
        self._entrust(self.vice)
        year = self.wizard(self.vice).action_create()
        self.assertTrue(self.env["edu.school.year"].browse(year["res_id"]).class_ids)

    def test_names_of_the_next_grade(self):
        for name, grade, wanted in (
            ("6A", 6, "7A"),
            ("9.1", 9, "10.1"),
            ("10A1", 10, "11A1"),
            ("Lớp 3", 3, "Lớp 3"),
            ("61", 6, "61"),
        ):
            school_class = self.env["edu.class"].new(
                {"name": name, "grade_id": self.env.ref(f"edu_core.edu_grade_{grade}").id}
            )
            self.assertEqual(school_class._edu_next_name(1), wanted)

    def test_first_year_has_nobody_to_take_over(self):
        with self.assertRaisesRegex(UserError, "first year"):
            self.source.with_user(self.principal).action_take_over()
        self.assertEqual(
            self.year.with_user(self.it_admin).action_take_over()["res_model"], "edu.rollover"
        )

    def test_the_menu_opens_the_year_to_come(self):
        Year = self.env["edu.school.year"].with_user(self.clerk).with_company(self.company)
        action = Year.action_start_of_year()
        self.assertEqual(action["domain"], [("school_year_id", "=", self.year.id)])
