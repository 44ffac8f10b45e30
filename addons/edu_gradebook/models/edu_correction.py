import hashlib
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.rules import FAILED, PASSED, seed_correction

from .edu_mark import CellRefused

MARKS = {"regular": "TX", "midterm": "GK", "final": "CK"}
"""Column kind: how the library calls the mark."""
LETTERS = {FAILED: 0, "C": 0, "H": 1, PASSED: 1, "T": 2}


class EduCorrection(models.Model):
    """Hồ sơ sửa điểm: a change of one mark with its evidence (Điều 8), filed by the teacher.

    Until the deadline the mark changes when the dossier is filed, and the homeroom teacher confirms
    it. After it, and for marks of the term exam, the homeroom teacher confirms first, the principal
    approves by a grant for this one cell, and the teacher enters the mark while it lasts; the grant
    ends with it.
    """

    _name = "edu.correction"
    _inherit = ["edu.correction.effect", "edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Correction of a Mark"
    _order = "id desc"

    _edu_guarded = frozenset({"*"})
    _edu_chained = (
        "enrollment_id",
        "column_id",
        "attempt",
        "kind",
        "oral",
        "witness_id",
        "book_page",
        "evidence_sha256",
        "version",
        "old_value",
        "new_value",
        "new_kind",
        "state",
        "teacher_id",
        "confirmed_by_id",
        "decided_by_id",
        "average_before",
        "average_after",
        "level_before",
        "level_after",
    )
    _edu_chain_key = ("gradesheet:", "gradesheet_id")

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id", store=True, index=True)
    subject_id = fields.Many2one(related="gradesheet_id.subject_id", store=True, index=True)
    company_id = fields.Many2one(
        related="gradesheet_id.company_id", store=True, index=True, string="School"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, index=True, ondelete="restrict"
    )
    column_id = fields.Many2one("edu.mark.column", required=True, ondelete="restrict")
    attempt = fields.Integer(required=True, default=1, aggregator=None)
    kind = fields.Selection(
        [
            ("entry_error", "Typed wrongly"),
            ("counted_wrongly", "Points were added up wrongly"),
            ("marked_again", "Paper was marked again"),
            ("other_pupil", "Mark of another pupil"),
        ],
        "Why",
        required=True,
        default="entry_error",
    )
    reason = fields.Text(required=True)
    oral = fields.Boolean("Oral Mark")
    witness_id = fields.Many2one(
        "edu.enrollment",
        index="btree_not_null",
        ondelete="restrict",
        help="Another pupil of the class who signed the check sheet.",
    )
    book_page = fields.Char("Page of the Personal Gradebook")
    evidence_ids = fields.One2many("edu.correction.evidence", "correction_id")
    evidence_sha256 = fields.Char("Hash of the Evidence", required=True)
    version = fields.Integer("Version of the Mark", required=True, aggregator=None)
    old_value = fields.Char("Before")
    new_value = fields.Char("After")
    new_kind = fields.Char()
    direction = fields.Selection(
        [("up", "Up"), ("down", "Down"), ("same", "Neither")], required=True, index=True
    )
    state = fields.Selection(
        [
            ("submitted", "Waits for approval"),
            ("approved", "Approved, to be entered"),
            ("applied", "Entered"),
            ("refused", "Refused"),
        ],
        required=True,
        index=True,
    )
    needs_approval = fields.Boolean()
    teacher_id = fields.Many2one("res.users", required=True, index=True, ondelete="restrict")
    filed_at = fields.Datetime(required=True)
    confirmed_by_id = fields.Many2one(
        "res.users", "Confirmed by Homeroom Teacher", ondelete="restrict"
    )
    confirmed_at = fields.Datetime()
    decided_by_id = fields.Many2one("res.users", "Decided by", ondelete="restrict")
    decided_at = fields.Datetime()
    grant_id = fields.Many2one("edu.unlock.grant", ondelete="restrict", index="btree_not_null")
    applied_at = fields.Datetime("Entered on", index=True)
    waits_for = fields.Char(compute="_compute_waits_for")
    can_confirm = fields.Boolean(compute="_compute_waits_for")
    can_decide = fields.Boolean(compute="_compute_waits_for")
    can_apply = fields.Boolean(compute="_compute_waits_for")

    _own_witness = models.Constraint(
        "CHECK(witness_id IS NULL OR witness_id <> enrollment_id)",
        "The witness is another pupil of the class.",
    )
    _cell_idx = models.Index("(gradesheet_id, enrollment_id, column_id)")

    @api.depends("gradesheet_id.display_name", "enrollment_id.student_id.name", "column_id.code")
    def _compute_display_name(self):
        for dossier in self:
            dossier.display_name = " - ".join(
                part or ""
                for part in (
                    dossier.enrollment_id.student_id.name,
                    dossier.column_id.code,
                    dossier.gradesheet_id.display_name,
                )
            )

    @api.depends_context("uid")
    @api.depends("state", "confirmed_by_id", "grant_id.valid_until")
    def _compute_waits_for(self):
        user = self.env.user
        for dossier in self:
            known = dossier.sudo()
            homeroom, principals = known._edu_homeroom(), known._edu_principals()
            open_grant = known.state == "approved" and known.grant_id.is_open
            dossier.can_confirm = not known.confirmed_by_id and user == homeroom
            dossier.can_decide = (
                known.state == "submitted" and bool(known.confirmed_by_id) and user in principals
            )
            dossier.can_apply = open_grant and user == known.teacher_id
            people = {
                "submitted": principals if known.confirmed_by_id else homeroom,
                "approved": known.teacher_id,
                "applied": homeroom if not known.confirmed_by_id else self.env["res.users"],
            }
            names = people.get(known.state, self.env["res.users"]).sudo().mapped("name")
            dossier.waits_for = ", ".join(names)

    def _edu_homeroom(self):
        return self.class_id.homeroom_user_id

    def _edu_principals(self):
        return self.env["res.users"]._edu_holders("principal", self.company_id)

    def _edu_chain_of(self):
        return {dossier: dossier.gradesheet_id.chain_id for dossier in self}

    def _edu_put(self, vals):
        """Write what a step decided, as the sheet's chain records it."""
        known = self.sudo()
        known._edu_unguarded().write(vals)
        known._edu_append_facts()

    # -- filing ----------------------------------------------------------------------------------

    @api.model
    def _edu_file(self, sheet, cell, files, **vals):
        """File the dossier of one cell by its teacher, and change the mark where that suffices.

        :param dict cell: as for ``edu.gradesheet.save_cells``
        :param files: ``[(kind of evidence, name, bytes)]``
        :param vals: ``kind``, ``reason``, ``oral``, ``witness_id``, ``book_page``
        :raises UserError: with what is missing, or why the cell cannot be corrected
        """
        sheet = sheet.with_env(self.env)
        known = sheet.sudo()
        known.chain_id._edu_lock_heads()
        known.class_id.school_year_id._edu_hold_windows()
        page = self.env["edu.mark"].sudo()._edu_page(known)
        column, stored = self._edu_check_cell(sheet, page, cell, vals)
        kinds = {kind for kind, _name, _data in files}
        late = self._edu_judge(known, column, kinds, vals)
        lock = page["locks"][column.id]["correct"]
        closed = self.env["edu.mark.lock"]._edu_cell_lock(
            {**page, "correction": True}, cell["enrollment"], column.id, stored
        )
        granted = lock and not closed
        needs_approval = bool(closed) or (not granted and (late or column.kind == "final"))
        try:
            kind, token = self.env["edu.mark"]._edu_typed(page, cell)
        except CellRefused as refusal:
            raise UserError(str(refusal)) from refusal
        papers = [(name, data) for _kind, name, data in files]
        Evidence = self.env["edu.correction.evidence"].sudo()
        Evidence._edu_check_files(papers)
        digests = sorted(hashlib.sha256(data).hexdigest() for _kind, _name, data in files)
        digests.append(vals.get("book_page") or "")
        dossier = (
            self.sudo()
            ._edu_unguarded()
            .create(
                {
                    **vals,
                    "gradesheet_id": known.id,
                    "enrollment_id": cell["enrollment"],
                    "column_id": column.id,
                    "attempt": cell.get("attempt", 1),
                    "evidence_sha256": hashlib.sha256("\n".join(digests).encode()).hexdigest(),
                    "version": stored["entry_seq"],
                    "old_value": stored["token"],
                    "new_value": token,
                    "new_kind": kind,
                    "direction": self._edu_direction(stored["token"], token),
                    "state": "submitted",
                    "needs_approval": needs_approval,
                    "teacher_id": self.env.uid,
                    "filed_at": fields.Datetime.now(),
                }
            )
        )
        place = {"correction_id": dossier.id, "gradesheet_id": known.id}
        filed = Evidence._edu_file(
            known.company_id,
            papers,
            [{**place, "kind": kind} for kind, _name, _data in files],
        )
        dossier._edu_append_facts()
        filed._edu_record_content()
        dossier = dossier.with_env(self.env)
        dossier._edu_record("file", new="approval" if needs_approval else "")
        if not needs_approval:
            dossier._edu_enter()
        return dossier

    @api.model
    def _edu_check_cell(self, sheet, page, cell, vals):
        """``(column, stored row)`` of a cell that has a mark to correct, by its teacher."""
        closed = sheet._edu_closed()
        if closed and closed[0] == "NOT_ASSIGNED":
            raise AccessError(closed[1])
        if sheet.sudo().state not in ("draft", "locked"):
            raise UserError(closed[1])
        code, attempt = cell.get("column"), cell.get("attempt", 1)
        stored = page["marks"].get((cell.get("enrollment"), code, attempt))
        if not stored:
            raise UserError(self.env._("There is no mark to correct: enter it in the gradesheet."))
        if not (vals.get("reason") or "").strip():
            raise UserError(self.env._("Write why the mark is corrected."))
        witness = self.env["edu.enrollment"].sudo().browse(vals.get("witness_id") or [])
        if witness and (
            witness.class_id != sheet.sudo().class_id or witness.id == cell["enrollment"]
        ):
            raise UserError(
                self.env._(
                    "%s cannot be the witness: name another pupil of the class.",
                    witness.student_id.name,
                )
            )
        return self.env["edu.mark.column"].browse(page["columns"][code]["id"]), stored

    @api.model
    def _edu_judge(self, sheet, column, kinds, vals):
        """Whether the deadline has passed, as the library says.

        :raises UserError: with the evidence that is missing
        """
        oral = vals.get("oral") and column.kind == "regular"
        evidence = kinds & {"personal_book", "paper"}
        if vals.get("book_page"):
            evidence |= {"personal_book"}
        if vals.get("witness_id") and "check_sheet" in kinds:
            evidence |= {"sign_student", "sign_classmate"}
        judged = seed_correction(
            exam_date=self._edu_exam_date(sheet),
            on=sheet.company_id._edu_today(),
            mark="TX_ORAL" if oral else MARKS[column.kind],
            evidence=sorted(evidence),
        )
        if judged.value == "NEEDS_EVIDENCE":
            raise UserError(self._edu_missing_evidence(oral, evidence))
        return judged.value == "LATE"

    @api.model
    def _edu_exam_date(self, sheet):
        """The day of the term exam of the sheet; the last day of the year where none is set."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT exam_date FROM edu_sheet_windows(%s) WHERE kind = 'exam'"
            " ORDER BY narrowness DESC, correct_until, id LIMIT 1",
            [sheet.id],
        )
        row = self.env.cr.fetchone()
        return row[0] if row else sheet.class_id.school_year_id.date_end

    @api.model
    def _edu_missing_evidence(self, oral, evidence):
        missing = []
        if "personal_book" not in evidence:
            missing.append(self.env._("the page of the personal gradebook (number or scan)"))
        if not oral and "paper" not in evidence:
            missing.append(self.env._("the pupil's test paper"))
        if oral and "sign_student" not in evidence:
            missing.append(
                self.env._(
                    "the check sheet signed by the pupil and another pupil of the class, and the"
                    " name of that pupil"
                )
            )
        return self.env._("A correction needs its evidence: %s.", "; ".join(missing))

    @api.model
    def _edu_direction(self, old, new):
        """Whether the mark goes up or down; letters in the order of their levels."""
        values = []
        for token in (old, new):
            if token and token[0].isdigit():
                values.append(Decimal(token))
            else:
                values.append(Decimal(LETTERS.get(token, 0)))
        if values[0] == values[1]:
            return "same"
        return "up" if values[1] > values[0] else "down"

    # -- steps -----------------------------------------------------------------------------------

    def action_confirm(self):
        """The homeroom teacher confirms that the evidence is there and says what the mark says."""
        for dossier in self:
            known = dossier.sudo()
            if self.env.user != known._edu_homeroom():
                raise AccessError(
                    self.env._(
                        "Only the homeroom teacher (%s) confirms a correction.",
                        known._edu_homeroom().name or "-",
                    )
                )
            if known.confirmed_by_id:
                continue
            dossier._edu_record("confirm")
            dossier._edu_put(
                {"confirmed_by_id": self.env.uid, "confirmed_at": fields.Datetime.now()}
            )

    def action_approve(self):
        """The principal opens the one cell for the time that the school set."""
        for dossier in self:
            known = dossier.sudo()
            dossier._edu_check_decider()
            if not known.confirmed_by_id:
                raise UserError(
                    self.env._(
                        "%(dossier)s: the homeroom teacher (%(name)s) confirms it first.",
                        dossier=known.display_name,
                        name=known._edu_homeroom().name or "-",
                    )
                )
            hours = known.company_id.edu_correction_grant_hours
            grant = self.env["edu.unlock.grant"].create(
                {
                    "gradesheet_id": known.gradesheet_id.id,
                    "enrollment_id": known.enrollment_id.id,
                    "column_id": known.column_id.id,
                    "valid_until": self.env.cr.now() + timedelta(hours=hours),
                    "reason": known.reason,
                }
            )
            dossier._edu_decide("approved", grant_id=grant.id)

    def action_refuse(self):
        """The principal refuses; the mark stays as it is."""
        for dossier in self:
            dossier._edu_check_decider()
            dossier._edu_decide("refused")

    def action_apply(self):
        """The teacher enters the approved mark; the grant ends with it."""
        for dossier in self:
            known = dossier.sudo()
            if known.state != "approved" or not known.grant_id.is_open:
                raise UserError(
                    self.env._(
                        "%s: no approval is in force. File the correction again.",
                        known.display_name,
                    )
                )
            dossier._edu_enter()
            known.grant_id._edu_end()

    def _edu_check_decider(self):
        self.ensure_one()
        known = self.sudo()
        principals = known._edu_principals()
        if self.env.user not in principals:
            raise AccessError(
                self.env._(
                    "Only the principal (%s) decides about a correction after its deadline.",
                    ", ".join(principals.sudo().mapped("name")) or "-",
                )
            )
        if known.state != "submitted":
            raise UserError(self.env._("%s was decided already.", known.display_name))

    def _edu_decide(self, state, **vals):
        self._edu_record(state)
        decided = {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        self._edu_put({"state": state, **decided, **vals})

    def _edu_enter(self):
        """Write the mark with the dossier behind it, and note what it did to average and level."""
        self.ensure_one()
        known = self.sudo()
        sheet, line = known.gradesheet_id, known.enrollment_id
        judged = known._edu_judged()
        average_before, level_before = known._edu_standing(judged)
        cell = {
            "enrollment": line.id,
            "column": known.column_id.code,
            "attempt": known.attempt,
            "version": known.version,
            "value": known.new_value or "",
            "kind": known.new_kind,
        }
        sheet.with_env(self.env)._edu_save_cells(
            [cell], "correction", known.evidence_sha256, whole=True, correction=self
        )
        average_after, level_after = known._edu_standing(known._edu_judged(judged))
        self._edu_put(
            {
                "state": "applied",
                "applied_at": fields.Datetime.now(),
                "average_before": average_before,
                "average_after": average_after,
                "level_before": level_before,
                "level_after": level_after,
            }
        )
        self.env["edu.correction.month"].sudo()._edu_open(known)

    def _edu_record(self, operation, new=""):
        """An entry in the sheet's chain; free text as a digest."""
        self.ensure_one()
        known = self.sudo()
        event = {
            "operation": f"correction_{operation}",
            "model": self._name,
            "record": str(known.gradesheet_id.id),
            "slot": f"correction:{known.id}",
            "new": new,
            "evidence_sha256": known.evidence_sha256,
            "reason_digest": self.env["edu.ledger.reason"]._edu_file(known.reason),
        }
        self.env["edu.ledger.chain"].sudo()._edu_append([(known.gradesheet_id.chain_id, event)])
