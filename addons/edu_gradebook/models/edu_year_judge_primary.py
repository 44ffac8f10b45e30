from odoo import api, models

from .edu_mark_column import SUMMER
from .edu_subject_result import LEFT_OUT
from .edu_year_judge import SUBJECT_RESULTS, YEAR, evidence, trace_of

HALF, END = "CK1", "CN"
TRAIT_LETTERS = {"Đ": "D"}
"""Letters that the rules write otherwise than the gradebook does."""
SHEETS = """
    SELECT book.class_id, sheet.subject_id, subject.code, sheet.assess, sheet.id
    FROM edu_gradesheet sheet
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    JOIN edu_period period ON period.id = book.period_id
    JOIN edu_subject subject ON subject.id = sheet.subject_id
    WHERE book.class_id = ANY(%(classes)s) AND period.code = ANY(%(semesters)s)
        AND sheet.assess IN ('score', 'comment')
    ORDER BY book.class_id, sheet.sequence, sheet.id
"""
# levels, tests, qualities and competencies of the year's pupils, wherever they were assessed
FOUND = """
    SELECT line.id, period.code, subject.code, col.code, col.scale, col.part, mark.token
    FROM edu_enrollment line
    JOIN edu_enrollment place
        ON place.student_id = line.student_id AND place.school_year_id = line.school_year_id
    JOIN edu_mark mark ON mark.enrollment_id = place.id AND mark.kind = 'value'
    JOIN edu_mark_column col ON col.id = mark.column_id
        AND col.scale IN ('level', 'whole', 'trait')
    JOIN edu_gradesheet sheet ON sheet.id = mark.gradesheet_id
    JOIN edu_subject subject ON subject.id = sheet.subject_id
    JOIN edu_period period ON period.id = sheet.period_id
    WHERE line.id = ANY(%(lines)s) AND period.code = ANY(%(semesters)s)
    ORDER BY place.id = line.id, mark.attempt, mark.id
"""


class EduYearJudgePrimary(models.AbstractModel):
    """The year of primary pupils (TT 27/2020): what was found at its end, and after the additional
    assessment in summer. It knows which inputs belong to whom; every rule is the library's."""

    _name = "edu.year.judge.primary"
    _description = "Judge of a Year in Primary"

    @api.model
    def _edu_judge(self, reviews, lines_by_review, entered):
        """See ``edu.year.judge._edu_judge``; queries do not grow with classes or pupils."""
        subject_rows, pupil_rows = [], []
        if not reviews:
            return subject_rows, pupil_rows
        lines = [line for review in reviews for line in lines_by_review[review]]
        taught, results, found = self._edu_facts(reviews.class_id, lines)
        for review in reviews:
            subjects = taught.get(review.class_id.id, [])
            for line in lines_by_review[review]:
                pupil = _Pupil(review, subjects, line, results, found)
                given = entered.get((review.id, line), {})
                key = {"review_id": review.id, "enrollment_id": line}
                rows = self._edu_subjects(pupil)
                pupil_rows.append({**self._edu_year(pupil, rows, given.get("merit")), **key})
                subject_rows += [{**row, **key} for row in rows]
        return subject_rows, pupil_rows

    @api.model
    def _edu_facts(self, classes, lines):
        """``({class id: [(subject id, code, assess, sheet id)]}, {(enrolment id, subject id,
        period): (level, left out)}, {(enrolment id, period): {subject code: {column code: (scale,
        part, token)}}})``"""
        query = self.env["edu.year.judge"]._edu_query
        periods = {"semesters": [HALF, END, SUMMER]}
        taught, found = {}, {}
        for class_id, *subject in query(SHEETS, classes=classes.ids, semesters=[END]):
            taught.setdefault(class_id, []).append(subject)
        results = {
            row[:3]: row[3:]
            for row in query(SUBJECT_RESULTS, lines=lines, left_out=list(LEFT_OUT), **periods)
        }
        for line, period, subject, column, *cell in query(FOUND, lines=lines, **periods):
            found.setdefault((line, period), {}).setdefault(subject, {})[column] = cell
        return taught, results, found

    # -- subjects --------------------------------------------------------------------------------

    @api.model
    def _edu_subjects(self, pupil):
        """Rows of the pupil's subjects; in summer of those alone that are assessed again."""
        rows = []
        for subject_id, code, assess, sheet_id in pupil.subjects:
            level, left_out = pupil.result(subject_id, END)
            due = bool(pupil.due(code))
            if pupil.in_summer and not due:
                continue
            cells = pupil.cells(code, END)
            if pupil.in_summer:
                cells = {**cells, **pupil.cells(code, SUMMER)}
                level = pupil.level(code, cells)
            inputs = {
                "assess": assess,
                "left_out": left_out,
                "half": pupil.result(subject_id, HALF)[0],
                "level": level,
                "cells": {column: list(map(str, cell)) for column, cell in cells.items()},
            }
            rows.append(
                {
                    "subject_id": subject_id,
                    "code": code,
                    "gradesheet_id": sheet_id,
                    "assess": assess,
                    "hk1": inputs["half"],
                    "value": level,
                    "score": " / ".join(pupil.scores(cells).values()) or None,
                    "left_out": left_out,
                    "due": due,
                    **evidence(pupil.module, inputs, []),
                }
            )
        return rows

    # -- the year --------------------------------------------------------------------------------

    @api.model
    def _edu_year(self, pupil, rows, merit):
        module = pupil.module
        year = self._edu_level(pupil, summer=False)
        results, reached = [year], None
        if pupil.in_summer and pupil.is_complete():
            after = self._edu_level(pupil, summer=True)
            results.append(after)
            reached = after.value
        outcome = module.completion(grade=pupil.grade, level=year.value, after_support=reached)
        title = module.award(
            level=year.value,
            outstanding_subject=merit == "subject",
            clear_progress=merit == "progress",
            class_recognised=bool(merit),
        )
        results += [outcome, *([] if pupil.in_summer else [title])]
        inputs = {
            "subjects": [row["input_hash"] for row in rows],
            "traits": [sorted(pupil.traits(code).items()) for code in (END, SUMMER)],
            "level": [year.value, reached],
            "merit": merit,
        }
        return {
            "year_level": None if year.value == module.INCOMPLETE else year.value,
            "level_after": reached,
            "outcome": None if outcome.value == module.INCOMPLETE else outcome.value,
            "title": None if pupil.in_summer else title.value,
            **evidence(module, inputs, map(trace_of, results)),
        }

    @api.model
    def _edu_level(self, pupil, summer):
        """The level of the year (Điều 9.2); of subjects that the circular does not know, and of
        electives, there is none in it."""
        module = pupil.module
        known = set(module.subjects(grade=pupil.grade))
        levels, scores, exempt = {}, {}, []
        for subject_id, code, _assess, _sheet in pupil.subjects:
            if code not in known:
                continue
            level, left_out = pupil.result(subject_id, END)
            cells = pupil.cells(code, END)
            if summer and pupil.due(code):
                cells = {**cells, **pupil.cells(code, SUMMER)}
                level = pupil.level(code, cells)
            levels[code] = level
            found = pupil.scores(cells)
            scores[code] = found if len(found) > 1 else next(iter(found.values()), None)
            if left_out:
                exempt.append(code)
        traits = {**pupil.traits(END), **(pupil.traits(SUMMER) if summer else {})}
        return module.year_end_level(
            grade=pupil.grade, levels=levels, traits=traits, scores=scores, exempt=exempt
        )


class _Pupil:
    """What was found of one pupil in a year."""

    def __init__(self, review, subjects, line, results, found):
        self.module = review.env["edu.year.judge"]._edu_module(review)
        self.grade = review.class_id.grade_number
        self.in_summer = review.period_id.code != YEAR
        self.subjects, self.line = subjects, line
        self._results, self._found = results, found

    def result(self, subject_id, period):
        """``(level, left out)``"""
        return self._results.get((self.line, subject_id, period), (None, False))

    def cells(self, code, period):
        """``{column code: [scale, part, token]}`` of a subject."""
        return self._found.get((self.line, period), {}).get(code, {})

    def traits(self, period):
        """``{trait: letter}`` as the rules name them."""
        return {
            column.lower(): TRAIT_LETTERS.get(token, token)
            for cells in self._found.get((self.line, period), {}).values()
            for column, (scale, _part, token) in cells.items()
            if scale == "trait"
        }

    def scores(self, cells):
        """``{part: score}``, one for a subject that is one whole."""
        return {str(part): token for scale, part, token in cells.values() if scale == "whole"}

    def level(self, code, cells):
        levels = {
            f"{code} {part}" if part else code: token
            for scale, part, token in cells.values()
            if scale == "level"
        }
        return self.module.subject_level(levels=levels).value

    def due(self, code):
        """Columns of a subject that are assessed again after support."""
        cells = self.cells(code, END)
        return self.module.to_reassess(
            levels={name: cell[2] for name, cell in cells.items() if cell[0] == "level"},
            scores={name: cell[2] for name, cell in cells.items() if cell[0] == "whole"},
            traits={},
        ).value

    def is_complete(self):
        """Whether all that is due was assessed again."""
        due_traits = self.module.to_reassess(levels={}, scores={}, traits=self.traits(END)).value
        return set(due_traits) <= set(self.traits(SUMMER)) and all(
            set(self.due(code)) <= set(self.cells(code, SUMMER))
            for _id, code, _assess, _sheet in self.subjects
        )
