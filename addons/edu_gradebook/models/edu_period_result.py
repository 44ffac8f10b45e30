import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.canonical import canonical_json
from edu_records.rules import LEVELS

COMPARED_LEVEL = (
    "study_base",
    "study_final",
    "adjusted_subject_id",
    "input_hash",
    "rule_version",
)
LEVEL_SELECTION = [
    ("TOT", "Good"),
    ("KHA", "Fair"),
    ("DAT", "Passed"),
    ("CHUA_DAT", "Not passed"),
]


class EduPeriodResult(models.Model):
    """Conduct (entered by the homeroom teacher) and study result of a pupil in a period."""

    _name = "edu.period.result"
    _inherit = ["edu.inspected.mixin", "edu.sealed.mixin", "edu.kept.mixin"]
    _description = "Period Result"
    _order = "gradebook_period_id, enrollment_id, id"
    _log_access = False
    _rec_name = "enrollment_id"

    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period", required=True, readonly=True, index=True, ondelete="restrict"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer("No.", related="enrollment_id.number", aggregator=None)
    student_name = fields.Char("Full Name", related="enrollment_id.student_id.name")
    state = fields.Selection(related="gradebook_period_id.state", string="Period's State")
    conduct = fields.Selection(LEVEL_SELECTION)
    conduct_seq = fields.Integer("Conduct's Entry", readonly=True, aggregator=None)
    study_base = fields.Selection(LEVEL_SELECTION, "Study before Adjustment", readonly=True)
    study_final = fields.Selection(LEVEL_SELECTION, "Study", readonly=True)
    adjusted_subject_id = fields.Many2one(
        "edu.subject",
        "Adjusted because of",
        readonly=True,
        ondelete="restrict",
        help="TT 22/2021 Điều 9.3",
    )
    input_hash = fields.Char(readonly=True)
    rule_version = fields.Char(readonly=True)
    trace = fields.Text("Explanation", readonly=True)

    _result_uniq = models.Constraint(
        "UNIQUE(gradebook_period_id, enrollment_id)", "The pupil has this result already."
    )

    def write(self, vals):
        """Conduct alone may be written, by the homeroom teacher; the ledger records it."""
        if self and vals:
            if set(vals) != {"conduct"}:
                return super().write(vals)
            for book, results in self.grouped("gradebook_period_id").items():
                book._edu_save_conduct(
                    {result.enrollment_id.id: vals["conduct"] or "" for result in results}
                )
        return True

    def _edu_school(self):
        return self.gradebook_period_id.company_id

    @api.model
    def _edu_refusal(self):
        return self.env._("Results are computed from the marks; they are not written.")

    # -- conduct ---------------------------------------------------------------------------------

    @api.model
    def _edu_save_conduct(self, book, levels, origin, evidence):
        """Record and write conduct; the caller holds the period's chain.

        :param book: ``edu.gradebook.period``
        :param dict levels: ``{enrolment id: level code, "" clears}``
        :return: ``{enrolment id: ledger entry}`` of what changed
        """
        before = self._edu_conduct(book)
        lines = {line.id: line for line in book.class_id.enrollment_ids}
        changes = {}
        for line_id, level in levels.items():
            if line_id not in lines:
                raise UserError(self.env._("The pupil is not in this class."))
            if level and level not in LEVELS:
                raise UserError(self.env._("%s is not a level of conduct.", level))
            if (level or "") != before.get(line_id, ""):
                changes[line_id] = level or ""
        entries = self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    book._edu_own_chains(),
                    {
                        "operation": "conduct",
                        "model": self._name,
                        "record": str(book.id),
                        "slot": f"{line_id}:conduct",
                        "old": before.get(line_id, ""),
                        "new": level,
                        "origin": origin,
                        "evidence_sha256": evidence,
                    },
                )
                for line_id, level in changes.items()
            ]
        )
        seqs = [seq for _chain, seq, _hash in entries]
        self._edu_upsert(book, list(changes), [level or None for level in changes.values()], seqs)
        return dict(zip(changes, seqs, strict=True))

    @api.model
    def _edu_conduct(self, book):
        """``{enrolment id: level}`` as stored."""
        self.env.cr.execute(
            "SELECT enrollment_id, conduct FROM edu_period_result"
            " WHERE gradebook_period_id = %s AND conduct IS NOT NULL",
            [book.id],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _edu_upsert(self, book, line_ids, levels, seqs):
        if not line_ids:
            return
        self.env.cr.execute(
            """
            INSERT INTO edu_period_result
                (gradebook_period_id, enrollment_id, conduct, conduct_seq)
            SELECT %s, given.* FROM unnest(%s::int[], %s::text[], %s::int[]) AS given
            ON CONFLICT (gradebook_period_id, enrollment_id) DO UPDATE SET
                conduct = EXCLUDED.conduct, conduct_seq = EXCLUDED.conduct_seq
            """,
            [book.id, line_ids, levels, seqs],
        )
        self.invalidate_model(flush=False)
        book.invalidate_recordset(["result_ids"], flush=False)

    @api.model
    def _edu_open_rows(self, book):
        """Rows for pupils who have none yet, so that conduct can be entered."""
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO edu_period_result (gradebook_period_id, enrollment_id)"
            " SELECT %s, id FROM edu_enrollment WHERE class_id = %s"
            " ON CONFLICT DO NOTHING",
            [book.id, book.class_id.id],
        )
        self.invalidate_model(flush=False)

    # -- study -----------------------------------------------------------------------------------

    @api.model
    def _edu_judge(self, book, judged_sheets):
        """Study levels from the subjects' results.

        :param dict judged_sheets: ``{sheet: {enrolment id: judged}}``
        :return: ``{enrolment id: {"study_base", "study_final", "adjusted_subject_id",
            "input_hash", "rule_version", "trace"}}``
        """
        module = self.env["edu.subject.result"]._edu_rules(book.class_id.regulation_id)
        if not hasattr(module, "study_level"):
            return self._edu_judge_alone(book, module, judged_sheets)
        subjects = {sheet.subject_id.code: sheet.subject_id.id for sheet in judged_sheets}
        levels = {}
        for line in book.class_id.enrollment_ids:
            given = {"score": {}, "comment": {}}
            for sheet, judged in judged_sheets.items():
                if not judged[line.id]["left_out"]:
                    given[sheet.assess][sheet.subject_id.code] = judged[line.id]["value"]
            result = module.study_level(scores=given["score"], comments=given["comment"])
            inputs = {"rules": module.VERSION, **given}
            levels[line.id] = {
                "study_base": result.value.base,
                "study_final": result.value.final,
                "adjusted_subject_id": subjects.get(result.value.subject),
                "input_hash": hashlib.sha256(canonical_json(inputs).encode()).hexdigest(),
                "rule_version": module.VERSION,
                "trace": result.trace.explain(),
            }
        return levels

    @api.model
    def _edu_judge_alone(self, book, module, judged_sheets):
        """Rows of a regulation without levels of study in a period (TT 27/2020, preschool): the
        hash of what was found in each sheet."""
        return {
            line.id: {
                "study_base": None,
                "study_final": None,
                "adjusted_subject_id": None,
                "input_hash": hashlib.sha256(
                    canonical_json(
                        {
                            sheet.subject_id.code: judged[line.id]["input_hash"]
                            for sheet, judged in judged_sheets.items()
                        }
                    ).encode()
                ).hexdigest(),
                "rule_version": module.VERSION,
                "trace": None,
            }
            for line in book.class_id.enrollment_ids
        }

    @api.model
    def _edu_store(self, rows):
        """Write study results with one statement; conduct stays as it is."""
        names = (
            "gradebook_period_id",
            "enrollment_id",
            "study_base",
            "study_final",
            "adjusted_subject_id",
            "input_hash",
            "rule_version",
            "trace",
        )
        if not rows:
            return
        self.env.cr.execute(
            """
            INSERT INTO edu_period_result (gradebook_period_id, enrollment_id, study_base,
                study_final, adjusted_subject_id, input_hash, rule_version, trace)
            SELECT * FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::int[],
                %s::text[], %s::text[], %s::text[])
            ON CONFLICT (gradebook_period_id, enrollment_id) DO UPDATE SET
                study_base = EXCLUDED.study_base, study_final = EXCLUDED.study_final,
                adjusted_subject_id = EXCLUDED.adjusted_subject_id,
                input_hash = EXCLUDED.input_hash, rule_version = EXCLUDED.rule_version,
                trace = EXCLUDED.trace
            """,
            [[row[name] for row in rows] for name in names],
        )
        self.invalidate_model(flush=False)

    @api.model
    def _edu_stored(self, book):
        """Study results as stored, ``{enrolment id: values of COMPARED_LEVEL}``."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT enrollment_id, study_base, study_final, adjusted_subject_id, input_hash,"
            " rule_version FROM edu_period_result WHERE gradebook_period_id = %s",
            [book.id],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    @api.model
    def _edu_check_homeroom(self, book):
        if self.env.user != book.class_id.homeroom_user_id:
            raise AccessError(
                self.env._(
                    "%(name)s: only the homeroom teacher, %(teacher)s, enters conduct.",
                    name=book.display_name,
                    teacher=book.class_id.homeroom_user_id.name or "-",
                )
            )
