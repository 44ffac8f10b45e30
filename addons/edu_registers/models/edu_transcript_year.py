from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# the transcript's column for a period's code; other periods have none
COLUMNS = {"HK1": "hk1", "HK2": "hk2", "CN": "year", "HE": "retest"}
LEVELS = {
    "TOT": "Tốt",
    "KHA": "Khá",
    "DAT": "Đạt",
    "CHUA_DAT": "Chưa đạt",
}


class EduTranscriptYear(models.Model):
    """One school year of a transcript, signed by the homeroom teacher, the principal, the school.

    ``through_period_id`` is the last period it reports: the year at the year's end, a semester for
    the interim page. When a later period is approved, the interim page is superseded.
    """

    _name = "edu.transcript.year"
    _description = "Transcript Year"
    _inherit = ["edu.transcript.comment", "edu.inspected.mixin", "edu.record.mixin"]
    _order = "class_id, number, id"

    transcript_id = fields.Many2one(
        "edu.transcript", required=True, readonly=True, index=True, ondelete="restrict"
    )
    student_id = fields.Many2one(related="transcript_id.student_id", store=True, index=True)
    enrollment_id = fields.Many2one(
        "edu.enrollment", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(related="enrollment_id.number", store=True, aggregator=None)
    class_id = fields.Many2one(related="enrollment_id.class_id", store=True, index=True)
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    company_id = fields.Many2one(related="class_id.company_id", store=True, index=True)
    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period",
        "Results of",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    through_period_id = fields.Many2one(
        related="gradebook_period_id.period_id", store=True, index=True
    )
    homeroom_comment = fields.Text("Homeroom Teacher's Comment", tracking=True)
    is_outdated = fields.Boolean(
        "Rests on Superseded Results",
        compute="_compute_is_outdated",
        help="A new version of the gradebook has been approved since this page was.",
    )
    study = fields.Char(compute="_compute_levels")
    conduct = fields.Char(compute="_compute_levels")

    _period_uniq = models.Constraint(
        "UNIQUE(enrollment_id, gradebook_period_id)",
        "The pupil has this transcript year already.",
    )

    @api.depends("student_id.name", "school_year_id.name", "through_period_id.name")
    def _compute_display_name(self):
        for year in self:
            year.display_name = (
                f"{year.student_id.name} - {year.class_id.name} - {year.through_period_id.name}"
                f" {year.school_year_id.name}"
            )

    def write(self, vals):
        if "homeroom_comment" in vals:
            for year in self:
                year._edu_check_comment()
            self._edu_check_length(vals["homeroom_comment"])
        return super().write(vals)

    def _edu_check_comment(self):
        self.ensure_one()
        if self.effective_state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: its comment can be changed after the principal"
                    " (%(principals)s) opened it again.",
                    name=self.display_name,
                    state=self._edu_state_label(),
                    principals=self._edu_names(self._edu_role_users("principal")),
                )
            )
        if self.env.user != self.sudo().class_id.homeroom_user_id:
            raise AccessError(
                self.env._(
                    "%(name)s: only the homeroom teacher, %(teacher)s, writes this comment.",
                    name=self.display_name,
                    teacher=self.sudo().class_id.homeroom_user_id.name or "-",
                )
            )

    def _compute_levels(self):
        results = self.sudo().gradebook_period_id.result_ids
        by_enrollment = {(r.gradebook_period_id, r.enrollment_id): r for r in results}
        for year in self:
            result = by_enrollment.get((year.gradebook_period_id, year.enrollment_id))
            year.study = LEVELS.get(result.study_final) if result else False
            year.conduct = LEVELS.get(result.conduct) if result else False

    @api.depends("snapshot_id", "gradebook_period_id.snapshot_id")
    def _compute_is_outdated(self):
        for year in self:
            frozen = year.sudo().snapshot_id
            year.is_outdated = bool(frozen) and any(
                line not in year._edu_sources() for line in frozen._edu_value()["sources"]
            )

    # -- lifecycle -------------------------------------------------------------------------------

    def _edu_blockers(self, transition):
        blockers = super()._edu_blockers(transition)
        if transition == "lock" and not (self.homeroom_comment or "").strip():
            blockers.append(
                {
                    "code": "no_comment",
                    "message": self.env._("The homeroom teacher's comment is missing."),
                    "records": self,
                    "resolver": self.class_id.homeroom_user_id,
                }
            )
        if transition in ("lock", "approve") and not self._edu_results_final():
            blockers.append(
                {
                    "code": "results_open",
                    "message": self.env._(
                        "The results of %s are not approved yet.",
                        self.gradebook_period_id.display_name,
                    ),
                    "records": self.gradebook_period_id,
                    "resolver": self._edu_role_users("principal"),
                }
            )
        return blockers

    def _edu_results_final(self):
        return self.sudo().gradebook_period_id.state in ("approved", "signed")

    def _edu_transition_users(self, transition):
        users = super()._edu_transition_users(transition)
        return users | self.sudo().class_id.homeroom_user_id if transition == "lock" else users

    def _edu_role_users(self, role):
        if role == "homeroom":
            return self.class_id.homeroom_user_id
        return super()._edu_role_users(role)

    def _edu_class(self):
        return self.class_id

    def _edu_form_code(self):
        return "transcript_year_tt22_thcs"

    def _edu_snapshot(self):
        """``edu.transcript.year/1``: cut from the approved snapshots of the gradebook's periods."""
        books = self._edu_books()
        book = books[-1]
        number = str(self.number)
        return {
            "schema": "edu.transcript.year/1",
            "form": self._edu_form_code(),
            "version": str(self.version),
            "school": book["school"],
            "class": book["class"],
            "year": book["year"],
            "regulation": book["regulation"],
            "through": book["period"],
            "student": self.student_id._edu_snapshot(),
            "subjects": [
                self._edu_subject_line(books, position, number)
                for position in range(len(book["subjects"]))
            ],
            "results": self._edu_levels(books, number),
            "absences": None,
            "corrections": "0",
            "homeroom": book["class"]["homeroom"],
            "homeroom_comment": self.homeroom_comment,
            "sheets": [
                {"subject": subject["code"], **subject["confirmed"]} for subject in book["subjects"]
            ],
            "gradebook": {
                "sha256": self.gradebook_period_id.snapshot_id.sha256,
                "version": book["version"],
            },
            "sources": self._edu_sources(),
            "heads": self._edu_chains()._edu_heads(),
            "rules": book["rules"],
            "decision": {
                "by": self.env.user.name,
                "at": fields.Datetime.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "timezone": book["timezone"],
            "language": book["language"],
        }

    def _edu_source_periods(self):
        """The gradebook's periods up to the reported one that have an approved snapshot."""
        last = self.sudo().gradebook_period_id
        return last.gradebook_id.period_ids.filtered(
            lambda line: line.snapshot_id and line.period_id.sequence <= last.period_id.sequence
        ).sorted(lambda line: line.period_id.sequence)

    def _edu_sources(self):
        """Hashes of the snapshots that the page is cut from, a line a period."""
        return [
            {"period": line.period_id.code, "sha256": line.snapshot_id.sha256}
            for line in self._edu_source_periods()
        ]

    def _edu_books(self):
        """Approved snapshots of the gradebook's periods up to the reported one, in order."""
        return [line.snapshot_id._edu_value() for line in self._edu_source_periods()]

    @api.model
    def _edu_subject_line(self, books, position, number):
        subject = books[-1]["subjects"][position]
        line = {
            "code": subject["code"],
            "name": subject["name"],
            "assess": subject["assess"],
            "teacher": ", ".join(subject["teachers"]),
            "comment": "",
            **dict.fromkeys(COLUMNS.values()),
        }
        for book in books:
            column = COLUMNS[book["period"]["code"]]
            rows = next(s for s in book["subjects"] if s["code"] == subject["code"])["rows"]
            line[column] = next((row["result"] for row in rows if row["no"] == number), None)
        return line

    @api.model
    def _edu_levels(self, books, number):
        levels = {"hk1": None, "hk2": None, "year": None}
        for book in books:
            summary = next(line for line in book["summary"] if line["no"] == number)
            levels[COLUMNS[book["period"]["code"]]] = {
                "study": summary["study"],
                "conduct": summary["conduct"],
            }
        return levels
