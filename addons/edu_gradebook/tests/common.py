from odoo.tests import new_test_user

from odoo.addons.edu_core.tests.common import SettledCase, inspect

SUBJECTS = {"TOAN": ("score", 105), "GDTC": ("comment", 70)}
MARKS = {"score": "8,5", "comment": "Đ"}


class GradebookSchool:
    """Builds class 6A, its people, pupils and two subjects in ``cls.company``; no demo needed."""

    pupils = 4
    year_name = "2026-2027"

    @classmethod
    def set_up_school(cls):
        # what a homeroom teacher confirms has tests of its own
        cls.company.edu_confirmation_required = "no"
        cls.principal = cls.new_user("t.principal", "principal")
        cls.vice = cls.new_user("t.vice", "vice_principal")
        cls.it_admin = cls.new_user("t.itadmin", "it_admin")
        cls.clerk = cls.new_user("t.clerk", "clerk")
        cls.inspector = cls.new_user("t.inspector", "inspector")
        cls.homeroom = cls.new_user("t.homeroom", "teacher", "homeroom")
        cls.teacher = cls.new_user("t.toan", "teacher")
        cls.other_teacher = cls.new_user("t.khac", "teacher")
        cls.teachers = {"TOAN": cls.teacher, "GDTC": cls.homeroom}
        cls.school_class = cls.make_class("6A")
        cls.lines = cls.add_pupils(cls.school_class, cls.pupils)
        cls.book = cls.open_book(cls.school_class)
        cls.sheet = cls.sheet_of("TOAN")
        cls.comment_sheet = cls.sheet_of("GDTC")

    @classmethod
    def new_user(cls, login, *roles):
        groups = ",".join(f"edu_core.group_edu_{role}" for role in roles)
        user = new_test_user(
            cls.env,
            login,
            groups=groups,
            name=f"Người dùng {login}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            tz="Asia/Ho_Chi_Minh",
        )
        if "inspector" in roles:
            inspect(user)
        return user

    @classmethod
    def make_class(cls, name):
        """A class under TT 22 whose curriculum has one scored and one comment subject."""
        year = cls.env["edu.school.year"].search(
            [("company_id", "=", cls.company.id), ("name", "=", cls.year_name)]
        )
        if not year:
            first, last = cls.year_name.split("-")
            year = cls.env["edu.school.year"].create(
                {
                    "name": cls.year_name,
                    "date_start": f"{first}-09-05",
                    "date_end": f"{last}-05-31",
                    "company_id": cls.company.id,
                }
            )
            cls.grade = cls.make_grade()
        school_class = cls.env["edu.class"].create(
            {
                "name": name,
                "school_year_id": year.id,
                "grade_id": cls.grade.id,
                "homeroom_user_id": cls.homeroom.id,
            }
        )
        for code, teacher in cls.teachers.items():
            cls.env["edu.teaching.assignment"].create(
                {
                    "class_id": school_class.id,
                    "subject_id": cls.subject(code).id,
                    "user_id": teacher.id,
                }
            )
        return school_class

    @classmethod
    def make_grade(cls):
        """A grade 6 of its own level, so that its curriculum has two subjects only."""
        level = cls.env["edu.level"].create({"name": "Test level", "code": "TEST"})
        grade = cls.env["edu.grade"].create({"name": "6", "number": 6, "level_id": level.id})
        for code, (assess, periods) in SUBJECTS.items():
            cls.env["edu.curriculum.line"].create(
                {
                    "regulation_id": cls.env.ref("edu_core.edu_regulation_tt22").id,
                    "grade_id": grade.id,
                    "subject_id": cls.subject(code).id,
                    "periods": periods,
                    "assess": assess,
                }
            )
        return grade

    @classmethod
    def subject(cls, code):
        return cls.env["edu.subject"].search([("code", "=", code)])

    @classmethod
    def add_pupils(cls, school_class, count, first=1):
        students = cls.env["edu.student"].create(
            [
                {
                    "name": f"Nguyễn Văn {chr(65 + number % 26)}{number:02d}",
                    "code": f"38{school_class.id % 1000:03d}{number:05d}",
                    "company_id": cls.company.id,
                }
                for number in range(first, first + count)
            ]
        )
        movements = cls.env["edu.movement"]._edu_admit(students, school_class)
        return movements.to_enrollment_id.sorted("number")

    @classmethod
    def open_book(cls, school_class):
        school_class.with_user(cls.it_admin).action_open_gradebook()
        return school_class.gradebook_ids.period_ids.filtered(
            lambda book: book.period_id.code == "HK1"
        )

    @classmethod
    def sheet_of(cls, code, book=None):
        return (
            (book or cls.book)._edu_sheets().filtered(lambda sheet: sheet.subject_id.code == code)
        )

    # -- doing -----------------------------------------------------------------------------------

    def cell(self, line=0, column="TX1", value="8,5", version=0):
        return {
            "enrollment": self.lines[line].id,
            "column": column,
            "value": value,
            "version": version,
        }

    def save(self, *cells, user=None, sheet=None):
        """Save as the subject's teacher, as the web client does."""
        sheet = sheet or self.sheet
        return sheet.with_user(user or self.teacher).save_cells(list(cells))

    def fill(self, sheet, mark=None):
        """Every due cell of ``sheet``, by its teacher."""
        teacher = self.teachers[sheet.subject_id.code]
        mark = mark or MARKS[sheet.assess]
        cells = [
            {"enrollment": line.id, "column": column.code, "value": mark, "version": 0}
            for line in sheet.class_id.enrollment_ids
            for column in sheet._edu_columns()
        ]
        answers = sheet.with_user(teacher).save_cells(cells)
        self.assertTrue(all("version" in answer for answer in answers), answers)

    def complete(self, book=None):
        """Marks, confirmations and conduct: all that the lock asks for."""
        book = book or self.book
        for sheet in book._edu_sheets():
            self.fill(sheet)
            sheet.with_user(self.teachers[sheet.subject_id.code]).action_confirm()
        lines = book.class_id.enrollment_ids
        book.with_user(self.homeroom).save_conduct({str(line.id): "TOT" for line in lines})

    def mark(self, line=0, column="TX1", sheet=None):
        return self.env["edu.mark"].search(
            [
                ("gradesheet_id", "=", (sheet or self.sheet).id),
                ("enrollment_id", "=", self.lines[line].id),
                ("column_id.code", "=", column),
            ]
        )


class GradebookCase(GradebookSchool, SettledCase):
    """A school of its own, gone after the tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create(
            {"name": "Trường THCS Thử nghiệm", "edu_code": "99000001"}
        )
        cls.set_up_school()
