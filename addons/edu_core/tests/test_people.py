from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestPeople(EduCase):
    @seed("R5.5.6")
    def test_class_list_is_ordered_by_given_name(self):
        self._students(
            "Trần Văn Bình", "Lê Thị Ánh", "Nguyễn Hồng Ân", "Đỗ Thu Đào", "Vũ Minh Dũng"
        )
        names = self.school_class.enrollment_ids.sorted("number").student_id.mapped("name")
        self.assertEqual(
            names,
            ["Lê Thị Ánh", "Nguyễn Hồng Ân", "Trần Văn Bình", "Vũ Minh Dũng", "Đỗ Thu Đào"],
        )

    def test_search_without_accents(self):
        student = self._students("Nguyễn Đình Thắng")
        Student = self.env["edu.student"]
        for typed in ("dinh thang", "Đình", "NGUYỄN"):
            self.assertIn(student, Student.search([("display_name", "ilike", typed)]), typed)
        self.assertFalse(
            Student.search([("display_name", "ilike", "dinh hung"), ("id", "=", student.id)])
        )

    def test_identifiers(self):
        for vals in ({"code": "123"}, {"personal_id": "abc"}, {"code": "12345678901"}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["edu.student"].create({"name": "A B", **vals})

    @seed("P4.1.4", "R5.5.3")
    def test_regulation_is_resolved_and_stored(self):
        self.assertEqual(self.school_class.regulation_id.code, "TT22")
        curriculum = self.school_class._edu_curriculum()
        self.assertEqual(len(curriculum), 12)
        counts = {line.subject_id.code: line.regular_count for line in curriculum}
        self.assertEqual((counts["VAN"], counts["CN"], counts["GDTC"]), (4, 2, 2))

    def test_periods_come_from_the_regulation(self):
        periods = self.year._edu_periods(self.school_class.regulation_id)
        self.assertEqual(periods.mapped("code"), ["HK1", "HK2", "CN", "HE"])
        self.assertEqual(self.year._edu_periods(self.school_class.regulation_id), periods)
        self.assertEqual(periods[0].parent_id, periods[2])

    def test_a_year_is_two_years(self):
        for name in ("2026", "2026-2028", "26-27"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.year.name = name

    @seed("P2.2.3a", "R1.1")
    def test_teachers_read_the_pupils_they_teach(self):
        student = self._students("Lê Thị Ánh")
        with self.assertRaises(AccessError):
            student.with_user(self.teacher).read(["name"])
        self.env["edu.teaching.assignment"].create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": self.teacher.id,
            }
        )
        self.assertEqual(student.with_user(self.teacher).name, "Lê Thị Ánh")
        with self.assertRaises(AccessError):
            student.with_user(self.other_teacher).read(["name"])
        with self.assertRaises(AccessError):
            student.with_user(self.teacher).write({"name": "Khác"})

    def test_enrolled_pupil_is_not_deleted(self):
        student = self._students("Lê Thị Ánh")
        with self.assertRaises(UserError):
            student.unlink()

    @seed("R3.3")
    def test_teacher_changes_no_settings(self):
        subject = self.env.ref("edu_core.edu_subject_toan")
        for record, vals in (
            (subject, {"name": "X"}),
            (self.school_class, {"name": "6B"}),
            (self.company, {"edu_code": "1"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.teacher).write(vals)
