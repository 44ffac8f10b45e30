from odoo import api, fields, models
from odoo.fields import Domain

from .edu_period_result import LEVEL_SELECTION

OUTCOMES = [
    ("LEN_LOP", "Promoted"),
    ("KIEM_TRA_LAI", "To be re-assessed"),
    ("REN_LUYEN_HE", "Summer training"),
    ("O_LAI_LOP", "Retained"),
    ("HOAN_THANH_CT_LOP", "Class completed"),
    ("HOAN_THANH_CT_TIEU_HOC", "Primary education completed"),
    ("SUPPORT_AND_REASSESS", "Additional assessment"),
    ("PRINCIPAL_TO_DECIDE", "Principal to decide"),
    ("CHUA_LEN_LOP", "Not promoted"),
]
COMPLETED = ("HOAN_THANH_CT_LOP", "HOAN_THANH_CT_TIEU_HOC")
SECONDARY_DECISIONS = ("LEN_LOP", "KIEM_TRA_LAI", "REN_LUYEN_HE", "O_LAI_LOP")
PRIMARY_DECISIONS = (*COMPLETED, "SUPPORT_AND_REASSESS", "LEN_LOP", "CHUA_LEN_LOP")
OPEN_OUTCOMES = ("KIEM_TRA_LAI", "REN_LUYEN_HE", "SUPPORT_AND_REASSESS")
RETAINED = ("O_LAI_LOP", "CHUA_LEN_LOP")
COUNTED = {
    "promoted_count": ("LEN_LOP", *COMPLETED),
    "retest_count": ("KIEM_TRA_LAI", "SUPPORT_AND_REASSESS"),
    "training_count": ("REN_LUYEN_HE",),
    "retained_count": RETAINED,
}
YEAR_LEVELS = [
    ("HTXS", "Completed with excellence"),
    ("HTT", "Completed well"),
    ("HT", "Completed"),
    ("CHT", "Not completed"),
]
MERITS = [
    ("subject", "Outstanding in a subject"),
    ("progress", "Clear progress in a quality or competency"),
]
TITLES = [
    ("HS_XUAT_SAC", "Excellent Pupil"),
    ("HS_GIOI", "Good Pupil"),
    ("HV_XUAT_SAC", "Excellent Learner"),
    ("HV_GIOI", "Good Learner"),
    ("HOC_SINH_XUAT_SAC", "Excellent Pupil of Primary"),
    ("HOC_SINH_TIEU_BIEU", "Outstanding Pupil of Primary"),
]
COMPUTED_RESULT = {
    "conduct_hk1": "text",
    "conduct_hk2": "text",
    "conduct": "text",
    "study_base": "text",
    "study_final": "text",
    "adjusted_subject_id": "int4",
    "study_after": "text",
    "year_level": "text",
    "level_after": "text",
    "outcome": "text",
    "title": "text",
    "input_hash": "text",
    "rule_version": "text",
    "trace": "text",
}
# what people enter, and who: each change has its entry in the review's chain
HOMEROOM_COLUMNS = ("absent", "conduct_after", "merit", "proposal", "note", "award")
PRINCIPAL_COLUMNS = ("decision", "decision_note")
ENTERED = HOMEROOM_COLUMNS + PRINCIPAL_COLUMNS


class EduYearResult(models.Model):
    """A pupil's year: levels, what follows by the rules, what the homeroom teacher proposes and
    what the principal decides.

    Computed in sets and stored as plain columns, with the hash of the inputs, the version of the
    rules and the traces that explain them.
    """

    _name = "edu.year.result"
    _inherit = ["edu.year.row.mixin"]
    _description = "Result of the Year"
    _rec_name = "enrollment_id"

    student_id = fields.Many2one(related="enrollment_id.student_id")
    period_id = fields.Many2one(related="review_id.period_id")
    school_year_id = fields.Many2one(related="review_id.school_year_id")
    stage = fields.Char(related="review_id.period_id.code", string="Stage's Code")
    keeps_attendance = fields.Boolean(related="review_id.class_id.keeps_attendance")
    absent = fields.Char("Sessions Absent", help="In the year, one a day. 0 for none.")
    conduct_hk1 = fields.Selection(LEVEL_SELECTION, "Conduct, Semester 1", readonly=True)
    conduct_hk2 = fields.Selection(LEVEL_SELECTION, "Conduct, Semester 2", readonly=True)
    conduct = fields.Selection(LEVEL_SELECTION, readonly=True)
    conduct_after = fields.Selection(LEVEL_SELECTION, "Conduct after Training")
    study_base = fields.Selection(LEVEL_SELECTION, "Study before Adjustment", readonly=True)
    study_final = fields.Selection(LEVEL_SELECTION, "Study", readonly=True)
    adjusted_subject_id = fields.Many2one(
        "edu.subject",
        "Adjusted because of",
        readonly=True,
        ondelete="restrict",
        help="TT 22/2021 Điều 9.3",
    )
    study_after = fields.Selection(LEVEL_SELECTION, "Study after Re-assessment", readonly=True)
    year_level = fields.Selection(
        YEAR_LEVELS, "Level of the Year", readonly=True, help="TT 27/2020 Điều 9.2"
    )
    level_after = fields.Selection(
        YEAR_LEVELS, "Level after Additional Assessment", readonly=True, help="TT 27/2020 Điều 11"
    )
    merit = fields.Selection(
        MERITS,
        "Recognised by the Class for",
        help="TT 27/2020 Điều 13: the class recognised the pupil, as its minutes say.",
    )
    is_primary = fields.Boolean(related="review_id.is_primary")
    outcome = fields.Selection(OUTCOMES, "By the Rules", readonly=True)
    proposal = fields.Selection(
        OUTCOMES, help="By the homeroom teacher, where it differs from the rules."
    )
    note = fields.Char("Why Proposed")
    title = fields.Selection(TITLES, readonly=True)
    award = fields.Char("Other Award", help="Proposed by the homeroom teacher.")
    decision = fields.Selection(OUTCOMES, help="By the principal; empty until the approval.")
    decision_note = fields.Char("Why Decided")
    result = fields.Selection(
        OUTCOMES, compute="_compute_result", search="_search_result", help="What counts so far."
    )
    subject_ids = fields.Many2many("edu.year.subject", compute="_compute_subject_ids")

    _result_uniq = models.Constraint(
        "UNIQUE(review_id, enrollment_id)", "The pupil has this result already."
    )

    @api.depends("outcome", "proposal", "decision")
    def _compute_result(self):
        for row in self:
            row.result = row.decision or row.proposal or row.outcome

    @api.model
    def _search_result(self, operator, value):
        if operator != "in":
            return NotImplemented
        value = list(value)
        by_rules = Domain("proposal", "=", False) & Domain("outcome", "in", value)
        proposed = Domain("proposal", "!=", False) & Domain("proposal", "in", value)
        decided = Domain("decision", "!=", False) & Domain("decision", "in", value)
        return decided | (Domain("decision", "=", False) & (proposed | by_rules))

    @api.depends("review_id", "enrollment_id")
    def _compute_subject_ids(self):
        subjects = self.env["edu.year.subject"].search(
            [
                ("review_id", "in", self.review_id.ids),
                ("enrollment_id", "in", self.enrollment_id.ids),
            ]
        )
        by_pupil = subjects.grouped(lambda row: (row.review_id, row.enrollment_id))
        for row in self:
            row.subject_ids = by_pupil.get((row.review_id, row.enrollment_id), subjects.browse())

    @api.model
    def _edu_refusal(self):
        return self.env._(
            "Results are computed from the marks. The homeroom teacher enters absences, conduct"
            " after training, proposals and awards; the principal enters decisions."
        )

    def write(self, vals):
        """What is entered may be written, by whose it is; the ledger records each change."""
        if not self or not vals:
            return True
        if set(vals) - set(ENTERED):
            return super().write(vals)
        for review, rows in self.grouped("review_id").items():
            review._edu_save(
                {column: {row.id: value for row in rows} for column, value in vals.items()}
            )
        return True

    @api.model
    def _edu_store(self, rows):
        """Write those of ``rows`` that differ from what is stored, with one statement.

        :return: ids of the reviews in which something changed
        """
        return self.env["edu.year.review"]._edu_upsert(
            self._table, ("review_id", "enrollment_id"), COMPUTED_RESULT, rows
        )

    @api.model
    def _edu_valid(self, lines):
        """The last approved decision of each enrolment, ``{enrolment id: decision}``."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (result.enrollment_id) result.enrollment_id, result.decision
            FROM edu_year_result result JOIN edu_year_review review ON review.id = result.review_id
            JOIN edu_period period ON period.id = review.period_id
            WHERE result.enrollment_id = ANY(%s) AND review.state IN ('approved', 'signed')
            ORDER BY result.enrollment_id, period.sequence DESC
            """,
            [lines.ids],
        )
        return dict(self.env.cr.fetchall())

    def action_open(self):
        """The pupil's result with its subjects and its explanation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.student_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
