from collections import Counter
from dataclasses import dataclass

from odoo import api, models

OPEN = ("draft", "locked")


@dataclass
class Progress:
    """How far a class's book is: ``book`` is the ``edu.gradebook.period`` at work."""

    book: models.Model
    sheets: int = 0
    confirmed: int = 0
    marks: int = 0
    due: int = 0


class EduGradebook(models.Model):
    _inherit = "edu.gradebook"

    @api.model
    def _edu_progress(self, classes):
        """``{class: Progress}`` of the period at work, for classes with a book that the user sees.

        The period at work is the first that is not approved, the last once all are. Sheets and
        marks are those that the user may read; queries do not grow with classes or pupils.
        """
        books = self.env["edu.gradebook.period"].search(
            [("class_id", "in", classes.ids)], order="class_id, period_sequence, id"
        )
        progress = {}
        for school_class, lines in books.grouped("class_id").items():
            unfinished = lines.filtered(lambda book: book.state in OPEN)
            progress[school_class] = Progress(unfinished[:1] or lines[-1:])
        self._edu_count_sheets(progress)
        return progress

    @api.model
    def _edu_count_sheets(self, progress):
        """Fill in sheets and marks; a mark counts while its pupil is in the class."""
        sheets = self.env["edu.gradesheet"].search_fetch(
            [("gradebook_period_id", "in", [line.book.id for line in progress.values()])],
            ["class_id", "confirmed", "column_ids"],
        )
        marks = self._edu_mark_counts(sheets)
        untaken = self.env["edu.subject.choice"].sudo()._edu_untaken(sheets)
        for sheet in sheets:
            line = progress[sheet.class_id]
            pupils = sheet.class_id.student_count - len(untaken.get(sheet.id, ()))
            needed = len(sheet.column_ids)
            line.sheets += 1
            line.confirmed += sheet.confirmed
            line.due += needed * pupils
            line.marks += min(marks[sheet.id], needed * pupils)

    @api.model
    def _edu_mark_counts(self, sheets):
        groups = self.env["edu.mark"]._read_group(
            [
                ("gradesheet_id", "in", sheets.ids),
                ("attempt", "=", 1),
                ("kind", "not in", ["empty", "absent"]),
                ("enrollment_id.state", "!=", "left"),
            ],
            ["gradesheet_id"],
            ["__count"],
        )
        return Counter({sheet.id: count for sheet, count in groups})
