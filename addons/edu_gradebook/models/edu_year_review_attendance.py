from odoo import models
from odoo.exceptions import UserError

from .edu_year_judge import YEAR


class EduYearReviewAttendance(models.AbstractModel):
    """Sessions absent of classes that keep their attendance here are counted, not typed.

    While a review is in preparation the count is recorded in its chain like an entry by hand; what
    was proposed stays, and the approval asks whether it is still right.
    """

    _name = "edu.year.review.attendance"
    _description = "Absences in a Review"

    def _edu_counted(self):
        """``{(review id, enrolment id): edu_records.rules.Result}`` of pupils whose absences are
        counted; the number of queries does not depend on classes or pupils."""
        counting = self.filtered(
            lambda review: review.stage == YEAR and review.class_id.keeps_attendance
        )
        if not counting:
            return {}
        lines = counting._edu_lines()
        wanted = [line for of_review in lines.values() for line in of_review]
        counts = self.env["edu.attendance"]._edu_counts(self.env["edu.enrollment"].browse(wanted))
        return {
            (review.id, line): counts[line]
            for review, of_review in lines.items()
            for line in of_review
        }

    def _edu_entered(self):
        entered = super()._edu_entered()
        drafts = set(self.filtered(lambda one: one._edu_effective_state() == "draft").ids)
        for key, result in self._edu_counted().items():
            given = entered.setdefault(key, {"retests": {}})
            if key[0] in drafts:
                given["absent"] = str(result.value)
            if given.get("absent") == str(result.value):
                given["absences"] = result
        return entered

    def _edu_compute(self):
        result = super()._edu_compute()
        drafts = self.filtered(lambda one: one._edu_effective_state() == "draft")
        counted = drafts._edu_counted()
        for review in drafts:
            changes = {}
            for row in review.result_ids:
                count = counted.get((review.id, row.enrollment_id.id))
                if count and row.absent != str(count.value):
                    changes[row] = str(count.value)
            review._edu_record_entries("absent", changes)
        return result

    def _edu_check_entry(self, column):
        if column == "absent" and self.class_id.keeps_attendance:
            raise UserError(
                self.env._(
                    "%s: sessions absent are counted from the attendance of the class.",
                    self.display_name,
                )
            )
        return super()._edu_check_entry(column)

    def _edu_entry_blockers(self):
        """Also what was proposed with other absences than the attendance has now."""
        blockers = super()._edu_entry_blockers()
        if self._edu_effective_state() == "draft":
            return blockers
        counted = self._edu_counted()
        wrong = self._edu_rows().filtered(
            lambda row: (
                (self.id, row.enrollment_id.id) in counted
                and row.absent != str(counted[self.id, row.enrollment_id.id].value)
            )
        )
        return blockers + self._edu_pupil_blocker(
            "absences_changed",
            self.env._("The attendance changed since the proposal: send it back"),
            wrong,
            self._edu_role_users("principal"),
        )
