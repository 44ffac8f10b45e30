import re

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from edu_records.rules import LEVELS

from ..typed import typed_text
from .edu_mark_column import SUMMER
from .edu_year_judge import YEAR
from .edu_year_result import (
    HOMEROOM_COLUMNS,
    MERITS,
    PRIMARY_DECISIONS,
    PRINCIPAL_COLUMNS,
    SECONDARY_DECISIONS,
)

LONGEST = 200
# columns of the entered values that the results are computed from
INPUTS = {"absent", "conduct_after", "merit"}


class EduYearReviewEntry(models.AbstractModel):
    """What homeroom teacher, subject teachers and principal enter, each value with its entry in the
    class's chain."""

    _name = "edu.year.review.entry"
    _description = "Entries of a Review"

    def _edu_save(self, values):
        """Save what people enter for pupils; the review's chain is held before anything is read.

        :param dict values: ``{column: {result id: value}}``
        :raises AccessError: for whoever it is not up to, ``sudo`` or not
        :raises UserError: for a wrong value, or when the review is not in the state for it
        """
        self.ensure_one()
        review = self.sudo()
        review._edu_own_chains()._edu_lock_heads()
        for column in values:
            review._edu_check_entry(column)
        rows = {row.id: row for row in review.result_ids}
        for column, by_row in values.items():
            changes = {}
            for row_id, value in by_row.items():
                row = rows[row_id]
                new = review._edu_checked(column, value, row.student_name)
                if new != (row[column] or ""):
                    changes[row] = new
            review._edu_record_entries(column, changes)
        if INPUTS & set(values):
            review._edu_compute()

    def _edu_check_entry(self, column):
        """Whether the current user may enter ``column`` now."""
        role, state = (
            ("homeroom", "draft") if column in HOMEROOM_COLUMNS else ("principal", "locked")
        )
        users = self._edu_role_users(role)
        field = self.env["edu.year.result"]._fields[column]
        label = field.get_description(self.env, ["string"])["string"]
        if self.env.user not in users:
            raise AccessError(
                self.env._(
                    "%(name)s: %(field)s is entered by %(people)s.",
                    name=self.display_name,
                    field=label,
                    people=self._edu_names(users),
                )
            )
        if self.effective_state != state:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: %(field)s is entered while it is %(wanted)s.",
                    name=self.display_name,
                    state=self._edu_state_label(),
                    field=label,
                    wanted=states[state],
                )
            )
        misplaced = {("absent", SUMMER), ("conduct_after", YEAR), ("merit", SUMMER)}
        foreign = column == ("conduct_after" if self.is_primary else "merit")
        if foreign or (column, self.stage) in misplaced:
            raise UserError(
                self.env._(
                    "%(name)s: %(field)s does not belong to this stage.",
                    name=self.display_name,
                    field=label,
                )
            )

    def _edu_checked(self, column, value, name):
        """The value as it is recorded; "" for none."""
        text = typed_text(value)
        decisions = PRIMARY_DECISIONS if self.is_primary else SECONDARY_DECISIONS
        allowed = {
            "conduct_after": LEVELS,
            "proposal": decisions,
            "decision": decisions,
            "merit": [code for code, _label in MERITS],
        }
        if text is None or len(text) > LONGEST:
            wrong = True
        elif column == "absent":
            wrong = text and not re.fullmatch("0|[1-9][0-9]{0,2}", text)
        else:
            wrong = text and column in allowed and text not in allowed[column]
        if wrong:
            raise UserError(
                self.env._("%(pupil)s: %(value)s is not possible here.", pupil=name, value=value)
            )
        return text

    def _edu_record_entries(self, column, changes):
        """Entries in the chain, then the column.

        :param dict changes: ``{result: new value}``
        """
        if not changes:
            return
        chain = self._edu_own_chains()
        events = [
            {
                "operation": "decide" if column in PRINCIPAL_COLUMNS else "enter_result",
                "model": "edu.year.result",
                "record": str(self.id),
                "slot": f"{row.enrollment_id.id}:{column}",
                "old": row[column] or "",
                "new": value,
            }
            for row, value in changes.items()
        ]
        entries = self.env["edu.ledger.chain"]._edu_append([(chain, event) for event in events])
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE edu_year_result SET %s = nullif(given.value, ''), entry_seq = given.seq"
                " FROM unnest(%s::int[], %s::text[], %s::int[]) AS given (id, value, seq)"
                " WHERE edu_year_result.id = given.id",
                SQL.identifier(column),
                [row.id for row in changes],
                list(changes.values()),
                [seq for _chain, seq, _hash in entries],
            )
        )
        self.env["edu.year.result"].invalidate_model(flush=False)

    def _edu_save_retests(self, typed):
        """Save re-assessments, by the subjects' teachers; only what they touch is computed anew.

        :param dict typed: ``{id of edu.year.subject: text}``
        """
        self.ensure_one()
        review = self.sudo()
        chain = review._edu_own_chains()
        chain._edu_lock_heads()
        Subject = self.env["edu.year.subject"].sudo()
        rows = Subject.browse(typed)
        rows._edu_check_retests()
        if review.effective_state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: re-assessments are entered before it is proposed.",
                    name=review.display_name,
                    state=review._edu_state_label(),
                )
            )
        changes = {}
        for row in rows:
            token = Subject._edu_token(row.assess, typed[row.id], row.student_name)
            if token != (row.retest or ""):
                changes[row] = token
        events = [
            {
                "operation": "retest",
                "model": Subject._name,
                "record": str(review.id),
                "slot": f"{row.enrollment_id.id}:{row.subject_id.id}:retest",
                "old": row.retest or "",
                "new": token,
            }
            for row, token in changes.items()
        ]
        entries = (
            self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event) for event in events])
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE edu_year_subject SET retest = nullif(given.token, ''), entry_seq = given.seq,"
            " author_id = %s FROM unnest(%s::int[], %s::text[], %s::int[])"
            " AS given (id, token, seq) WHERE edu_year_subject.id = given.id",
            [
                self.env.uid,
                [row.id for row in changes],
                list(changes.values()),
                [seq for _chain, seq, _hash in entries],
            ],
        )
        Subject.invalidate_model(flush=False)
        review._edu_compute()
