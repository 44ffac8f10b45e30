from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.rules import MarkError, comment_token, mark_token

from ..typed import typed_text
from .edu_mark_column import SUMMER
from .edu_year_judge import ABSENT_FROM_RETEST

COMPUTED_SUBJECT = {
    "gradesheet_id": "int4",
    "assess": "text",
    "hk1": "text",
    "hk2": "text",
    "value": "text",
    "score": "text",
    "left_out": "bool",
    "due": "bool",
    "input_hash": "text",
    "rule_version": "text",
    "trace": "text",
}


class EduYearSubject(models.Model):
    """Result of a pupil in a subject over the year, and its re-assessment after summer.

    Results are computed in sets; the re-assessment (``retest``) is entered by the subject's
    teacher, with its entry in the review's chain.
    """

    _name = "edu.year.subject"
    _inherit = ["edu.year.row.mixin"]
    _description = "Subject's Result of the Year"
    _rec_name = "value"

    subject_id = fields.Many2one(
        "edu.subject", required=True, readonly=True, index=True, ondelete="restrict"
    )
    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, readonly=True, index=True, ondelete="restrict"
    )
    assess = fields.Selection(
        [("score", "Comments and scores"), ("comment", "Comments only")],
        "Assessed by",
        required=True,
        readonly=True,
    )
    hk1 = fields.Char("Semester 1", readonly=True)
    hk2 = fields.Char("Semester 2", readonly=True)
    value = fields.Char("Year", readonly=True)
    score = fields.Char("Test", readonly=True, help="Primary: of the end of the year.")
    left_out = fields.Boolean(readonly=True, help="Exempt: left out of the pupil's results.")
    due = fields.Boolean("To Be Re-assessed", readonly=True)
    retest = fields.Char(
        "Re-assessment", help="Mark, or Đ or CĐ; V for a pupil who did not take it."
    )
    author_id = fields.Many2one("res.users", "Entered by", readonly=True, ondelete="restrict")
    input_hash = fields.Char(required=True, readonly=True)
    rule_version = fields.Char(required=True, readonly=True)

    _result_uniq = models.Constraint(
        "UNIQUE(review_id, enrollment_id, subject_id)", "The pupil has this result already."
    )

    @api.model
    def _edu_refusal(self):
        return self.env._("Results are computed from the marks; they are not written.")

    def write(self, vals):
        """The re-assessment alone may be written, by the subject's teacher."""
        if not self or not vals:
            return True
        if set(vals) != {"retest"}:
            return super().write(vals)
        for review, rows in self.grouped("review_id").items():
            review._edu_save_retests({row.id: vals["retest"] for row in rows})
        return True

    # -- re-assessment ---------------------------------------------------------------------------

    @api.model
    def _edu_token(self, assess, typed, name):
        """The canonical token of a typed re-assessment; "" for none.

        :raises UserError: naming the pupil, for anything that is no result
        """
        text = typed_text(typed)
        if text == "" or (text and text.upper() == ABSENT_FROM_RETEST):
            return text.upper()
        try:
            return (comment_token if assess == "comment" else mark_token)(text)
        except (MarkError, TypeError) as error:
            raise UserError(
                self.env._(
                    "%(pupil)s: %(typed)s is no result of a re-assessment. Enter a mark from 0 to"
                    " 10 (or Đ, CĐ), or V for a pupil who did not take it.",
                    pupil=name,
                    typed=typed,
                )
            ) from error

    def _edu_check_retests(self):
        """Who enters them, when, and for whom.

        :raises AccessError: for whoever does not teach the subject today, ``sudo`` or not
        :raises UserError: for a subject that is not due after summer
        """
        for sheet in self.gradesheet_id:
            teachers = sheet.class_id._edu_teachers(sheet.subject_id)
            if self.env.user not in teachers:
                raise AccessError(
                    self.env._(
                        "%(subject)s: only the assigned teacher enters re-assessments"
                        " (%(teachers)s).",
                        subject=sheet.subject_id.name,
                        teachers=", ".join(teachers.mapped("name")) or "-",
                    )
                )
        for row in self:
            if row.review_id.period_id.code != SUMMER or not row.due:
                raise UserError(
                    self.env._(
                        "%(pupil)s: %(subject)s is not re-assessed here.",
                        pupil=row.student_name,
                        subject=row.subject_id.name,
                    )
                )

    # -- storing ---------------------------------------------------------------------------------

    @api.model
    def _edu_store(self, rows):
        """Write those of ``rows`` that differ from what is stored, with one statement.

        :return: ids of the reviews in which something changed
        """
        return self.env["edu.year.review"]._edu_upsert(
            self._table, ("review_id", "enrollment_id", "subject_id"), COMPUTED_SUBJECT, rows
        )
