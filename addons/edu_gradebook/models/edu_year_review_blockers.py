from odoo import models

from .edu_mark_column import SUMMER
from .edu_year_judge import YEAR
from .edu_year_result import OPEN_OUTCOMES

SHOWN_NAMES = 5


class EduYearReviewBlockers(models.AbstractModel):
    """What keeps a review from being proposed or approved, and who resolves it."""

    _name = "edu.year.review.blockers"
    _description = "Blockers of a Review"

    def _edu_blockers(self, transition):
        blockers = super()._edu_blockers(transition)
        review = self.sudo()
        if transition in ("lock", "approve"):
            blockers += review._edu_source_blockers() + review._edu_entry_blockers()
            blockers += review._edu_retest_blockers()
            stale = review._edu_stale_blockers()
            blockers += stale or review._edu_outcome_blockers()
            blockers += self.env["edu.confirmation"]._edu_confirmation_blockers(review)
        if transition == "approve":
            blockers += review._edu_departure_blockers(
                "decision", "decision_note", review._edu_role_users("principal")
            )
            blockers += review._edu_principal_blockers()
        if transition in ("return", "unlock", "supersede"):
            blockers += review._edu_summer_blockers()
        return blockers

    def _edu_source_blockers(self):
        """Semesters that are not approved, each with what it waits for itself; after summer, the
        year."""
        blockers = []
        if self.stage == SUMMER:
            years = self.search([("class_id", "=", self.class_id.id), ("id", "!=", self.id)])
            sources = {YEAR: years} if years else {}
            if self.is_primary:
                sources[SUMMER] = self._edu_books().get(SUMMER)
        else:
            books = self._edu_books()
            sources = {code: books.get(code) for code in self._edu_source_codes()}
        for code in sources or (YEAR,):
            source = sources.get(code)
            if source and source.state in ("approved", "signed"):
                continue
            name = source.display_name if source else f"{self.class_id.name} - {code}"
            message = self.env._("%s is not approved.", name)
            blockers.append(
                {
                    "code": "not_approved",
                    "message": message,
                    "records": source or self,
                    "resolver": self._edu_role_users("principal"),
                }
            )
            if source:
                ahead = "lock" if source._edu_effective_state() == "draft" else "approve"
                blockers += source._edu_blockers(ahead)
        return blockers

    def _edu_pupil_blocker(self, code, message, rows, resolver):
        """One blocker about pupils, who are named; nothing without any."""
        if not rows:
            return []
        names = ", ".join(rows[:SHOWN_NAMES].mapped("student_name"))
        names += ", …" if len(rows) > SHOWN_NAMES else ""
        return [
            {
                "code": code,
                "message": f"{message} ({len(rows)}): {names}",
                "records": rows,
                "resolver": resolver,
            }
        ]

    def _edu_entry_blockers(self):
        if self.is_primary:  # TT 27/2020 knows no limit of absences and no level of conduct
            return []
        homeroom, rows = self._edu_role_users("homeroom"), self._edu_rows()
        if self.stage == YEAR:
            return self._edu_pupil_blocker(
                "missing_absences",
                self.env._("Sessions absent are not entered"),
                rows.filtered(lambda row: not row.absent),
                homeroom,
            )
        return self._edu_pupil_blocker(
            "missing_conduct",
            self.env._("Conduct after summer training is not entered"),
            rows.filtered(lambda row: row.conduct == "CHUA_DAT" and not row.conduct_after),
            homeroom,
        )

    def _edu_retest_blockers(self):
        if self.stage != SUMMER or self.is_primary:
            return []
        missing = self.subject_ids.filtered(lambda row: row.due and not row.retest)
        blockers = []
        for sheet, rows in missing.grouped("gradesheet_id").items():
            message = self.env._("%s: re-assessments are missing", sheet.subject_id.name)
            teachers = sheet.class_id._edu_teachers(sheet.subject_id)
            blockers += self._edu_pupil_blocker("missing_retests", message, rows, teachers)
        return blockers

    def _edu_stale_blockers(self):
        """Results that are missing or no longer fit their inputs."""
        subject_rows, pupil_rows = self._edu_expected()
        stored = {row.enrollment_id.id: row.input_hash for row in self.result_ids}
        subjects = {
            (row.enrollment_id.id, row.subject_id.id): row.input_hash for row in self.subject_ids
        }
        stale = sum(stored.get(row["enrollment_id"]) != row["input_hash"] for row in pupil_rows)
        stale += sum(
            subjects.get((row["enrollment_id"], row["subject_id"])) != row["input_hash"]
            for row in subject_rows
        )
        if not stale and pupil_rows:
            return []
        return [
            {
                "code": "stale_results",
                "message": self.env._(
                    "%s results are missing or do not fit the marks. Compute the results again.",
                    stale,
                ),
                "records": self,
                "resolver": self._edu_role_users("homeroom"),
            }
        ]

    def _edu_outcome_blockers(self):
        """Pupils of whom the rules and the homeroom teacher say nothing yet; proposals that differ
        from the rules without a word why."""
        homeroom = self._edu_role_users("homeroom")
        undecided = self._edu_pupil_blocker(
            "undecided",
            self.env._(
                "A result is missing, so the rules decide nothing; propose a result with the"
                " reason, or complete it"
            ),
            self._edu_rows().filtered(lambda row: not row.outcome and not row.proposal),
            homeroom,
        )
        return undecided + self._edu_departure_blockers("proposal", "note", homeroom)

    def _edu_principal_blockers(self):
        """Pupils of primary of whom the principal alone can say whether they move up (Điều 11)."""
        last = ("PRINCIPAL_TO_DECIDE", *(OPEN_OUTCOMES if self.stage == SUMMER else ()))
        undecided = self._edu_rows().filtered(lambda row: row.result in last)
        return self._edu_pupil_blocker(
            "principal_decides",
            self.env._("The principal decides whether they move up"),
            undecided if self.is_primary else undecided.browse(),
            self._edu_role_users("principal"),
        )

    def _edu_departure_blockers(self, column, note, resolver):
        """Values of ``column`` that differ from what came before, without a reason."""
        departing = self._edu_rows().filtered(
            lambda row: (
                row[column]
                and not row[note]
                and row[column]
                != (row.outcome if column == "proposal" else row.proposal or row.outcome)
            )
        )
        return self._edu_pupil_blocker(
            "unexplained",
            self.env._("Decided otherwise without a reason")
            if column == "decision"
            else self.env._("Proposed otherwise than by the rules without a reason"),
            departing,
            resolver,
        )

    def _edu_summer_blockers(self):
        """The review after summer rests on that of the year."""
        if self.stage != YEAR or self.state not in ("approved", "signed"):
            return []
        later = self.search([("class_id", "=", self.class_id.id), ("id", "!=", self.id)])
        later = later.filtered(lambda review: review.state != "draft")
        return [
            {
                "code": "later_review",
                "message": self.env._("%s rests on it: send it back first.", review.display_name),
                "records": review,
                "resolver": self._edu_role_users("principal"),
            }
            for review in later
        ]
