from odoo.fields import Command

from .common import GradebookCase

USUAL = {
    "score": "8",
    "comment": "Đ",
    "level": "T",
    "whole": "9",
    "trait": "T",
    "goal": "Đ",
}


class SchemeCase(GradebookCase):
    """A class of a regulation with the national curriculum of its grade; one teacher teaches it."""

    grade_ref = ""
    programme = "phothong"
    choices = ()
    """Subjects that the class chooses, by code; a pair (code, kind) for topic clusters."""
    pupils = 4

    @classmethod
    def make_grade(cls):
        return cls.env.ref(f"edu_core.edu_grade_{cls.grade_ref}")

    @classmethod
    def make_class(cls, name):
        cls.teachers = {}
        school_class = super().make_class(name)
        school_class.programme = cls.programme
        lines = school_class.available_elective_ids
        chosen = lines.filtered(
            lambda line: (
                line.subject_id.code in cls.choices
                and line.kind != "cluster"
                or (line.subject_id.code, line.kind) in cls.choices
            )
        )
        school_class.elective_ids = [Command.set(chosen.ids)]
        if cls.programme == "mamnon":  # one's own class teacher does it all
            return school_class
        cls.env["edu.teaching.assignment"].create(
            [
                {
                    "class_id": school_class.id,
                    "subject_id": line.subject_id.id,
                    "user_id": cls.teacher.id,
                }
                for line in school_class._edu_curriculum()
            ]
        )
        return school_class

    @classmethod
    def open_book(cls, school_class):
        school_class.with_user(cls.it_admin).action_open_gradebook()
        return school_class.gradebook_ids.period_ids.sorted("period_sequence")[:1]

    def period(self, code):
        books = self.school_class.gradebook_ids.period_ids
        return books.filtered(lambda one: one.period_id.code == code)

    def writer(self, sheet):
        return self.homeroom if sheet.assess in ("trait", "outcome") else self.teacher

    def fill_sheet(self, sheet, marks=None, lines=None):
        """Every due cell through the grid's RPC.

        :param dict marks: ``{(pupil's place, column code): typed}``, else the usual mark
        """
        user = self.writer(sheet)
        grid = sheet.with_user(user).load_grid()
        places = {line.id: place for place, line in enumerate(self.lines)}
        cells = [
            {
                "sheet": sheet.id,
                "enrollment": row["enrollment"],
                "column": column["code"],
                "value": (marks or {}).get(
                    (places[row["enrollment"]], column["code"]), USUAL[column["scale"]]
                ),
                "version": 0,
            }
            for row in grid["rows"]
            if row["active"]
            for column in grid["columns"]
        ]
        answers = sheet.with_user(user).save_grid(cells, f"fill-{sheet.id}")["cells"]
        self.assertTrue(all("version" in answer for answer in answers), answers)
        sheet.with_user(user).action_confirm()

    def finish_period(self, code, marks=None, conduct=None):
        """Marks, confirmations and conduct, then locked and approved.

        :param dict marks: ``{subject code: {(pupil's place, column code): typed}}``
        :param dict conduct: ``{pupil's place: level}``
        """
        book = self.period(code)
        for sheet in book._edu_sheets():
            self.fill_sheet(sheet, (marks or {}).get(sheet.subject_id.code))
        if book._edu_has_conduct():
            levels = {
                str(line.id): (conduct or {}).get(place, "TOT")
                for place, line in enumerate(self.lines)
            }
            book.with_user(self.homeroom).save_conduct(levels)
        book.with_user(self.principal).action_lock()
        book.with_user(self.principal).action_approve()
        return book

    def open_review(self):
        self.school_class.with_user(self.homeroom).action_year_results()
        return self.school_class.review_ids.filtered(lambda review: review.stage == "CN")

    def row(self, review, place=0):
        return review.result_ids.filtered(lambda row: row.enrollment_id == self.lines[place])

    def typed(self, sheet, column, value, place=0, **more):
        """The answer to one cell, by whoever enters marks there."""
        cell = {"enrollment": self.lines[place].id, "column": column, "value": value, **more}
        cell = {"version": 0, **cell}
        return sheet.with_user(self.writer(sheet)).save_cells([cell])[0]
