from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from edu_records.guards import lost_comma
from edu_records.rules import FAILED, MarkError, scale_token

from ..hooks import install_mark_triggers

MOST_ATTEMPTS = 9
STATES = ("absent", "zero", "exempt", "plan")
"""Kinds that a client names instead of a value; "not made up" counts as the lowest result."""
LOWEST = {"score": "0", "comment": FAILED}
"""The lowest result of scales that have one for what was not made up."""

# the state of a cell is that of its last attempt that says something
DUE = """
    SELECT last.id FROM (
        SELECT DISTINCT ON (gradesheet_id, enrollment_id, column_id)
            id, gradesheet_id, enrollment_id, kind
        FROM edu_mark WHERE kind <> 'empty'
        ORDER BY gradesheet_id, enrollment_id, column_id, attempt DESC) AS last
    JOIN edu_gradesheet sheet ON sheet.id = last.gradesheet_id
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    WHERE last.kind = 'absent' AND book.state IN ('draft', 'locked')
        AND NOT edu_row_frozen(last.gradesheet_id, last.enrollment_id)
"""


class CellRefused(Exception):
    """A cell of a save cannot be written; ``code`` is for programs, the message for people."""

    def __init__(self, code, message, **more):
        super().__init__(message)
        self.answer = {"error": code, "message": message, **more}


class EduMark(models.Model):
    """A cell of a gradesheet that was ever touched; its value changes only with a ledger entry.

    ``entry_seq`` names the entry of the sheet's chain that recorded the value; it is the version
    that clients send back. A trigger (``sql/marks.sql``) refuses everything else. A pupil who was
    absent makes the assessment up within the semester, or gets the lowest result (TT 22/2021
    Điều 7).
    """

    _name = "edu.mark"
    _inherit = ["edu.inspected.mixin", "edu.sealed.mixin", "edu.kept.mixin"]
    _description = "Mark"
    _order = "gradesheet_id, enrollment_id, column_id, attempt"
    _log_access = False
    _rec_name = "token"

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, readonly=True, index=True, ondelete="restrict"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, index=True, ondelete="restrict"
    )
    column_id = fields.Many2one(
        "edu.mark.column", required=True, readonly=True, ondelete="restrict"
    )
    attempt = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    token = fields.Char("Mark", readonly=True, help="Canonical, with a decimal point.")
    kind = fields.Selection(
        [
            ("value", "Value"),
            ("absent", "Absent, make-up due"),
            ("zero", "Not made up"),
            ("exempt", "Exempt"),
            ("plan", "Individual plan"),
            ("empty", "Cleared"),
        ],
        required=True,
        readonly=True,
    )
    entry_seq = fields.Integer("Version", required=True, readonly=True, aggregator=None)
    author_id = fields.Many2one(
        "res.users", "Entered by", required=True, readonly=True, ondelete="restrict"
    )
    entered_at = fields.Datetime(required=True, readonly=True)
    first_at = fields.Datetime(
        "First Entered on", readonly=True, help="The hours of free retyping count from here."
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id")
    subject_id = fields.Many2one(related="gradesheet_id.subject_id")
    makeup_due = fields.Boolean(
        "Make-up Due", compute="_compute_makeup_due", search="_search_makeup_due"
    )
    makeup_until = fields.Date("Make up until", compute="_compute_makeup_until")

    _cell_uniq = models.Constraint(
        "UNIQUE(gradesheet_id, enrollment_id, column_id, attempt)", "The cell exists already."
    )
    _token_valid = models.Constraint(
        r"""CHECK(CASE kind
            WHEN 'value' THEN token IS NOT NULL AND token ~ '^(10|[0-9](\.[1-9])?|Đ|CĐ|T|H|C)$'
            WHEN 'zero' THEN token IS NOT NULL AND token IN ('0', 'CĐ')
            ELSE token IS NULL END)""",
        "This is not a mark.",
    )
    _attempt_valid = models.Constraint(
        "CHECK(attempt BETWEEN 1 AND 9)", "An attempt has a number from 1 to 9."
    )

    def _edu_school(self):
        return self.gradesheet_id.company_id

    @api.model
    def _edu_refusal(self):
        return self.env._(
            "Marks are entered in the gradesheet by the subject's teacher and are never deleted."
        )

    # -- reading ---------------------------------------------------------------------------------

    @api.model
    def _edu_rows(self, sheets):
        """Rows of ``edu_mark`` with the column's ``code``, later attempts last."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT mark.gradesheet_id, mark.enrollment_id, col.code, mark.attempt, mark.kind,"
            " mark.token, mark.entry_seq, mark.author_id, mark.entered_at, mark.first_at"
            " FROM edu_mark mark"
            " JOIN edu_mark_column col ON col.id = mark.column_id"
            " WHERE mark.gradesheet_id = ANY(%s) ORDER BY mark.attempt",
            [sheets.ids],
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _edu_cells(self, sheets):
        """``{sheet id: {enrolment id: {column code: (kind, token)}}}``; the last attempt counts."""
        cells = {sheet_id: {} for sheet_id in sheets.ids}
        for row in self._edu_rows(sheets):
            if row["kind"] != "empty":
                pupil = cells[row["gradesheet_id"]].setdefault(row["enrollment_id"], {})
                pupil[row["code"]] = (row["kind"], row["token"])
        return cells

    @api.model
    def _edu_page(self, sheet):
        """Everything that saving and loading read, in a constant number of queries.

        :return: dict with ``sheet``, ``assess``, ``columns`` {code: {id, code, name, label, kind,
            scale}},
            ``enrollments`` {id: {enrollment, no, name, code, active, note}}, ``marks``
            {(enrolment id, code, attempt): row}, ``not_due`` {enrolment id: {code}}, ``locks`` and
            ``grants`` (see ``edu.mark.lock``)
        """
        book = sheet.gradebook_period_id
        active = book._edu_active_lines()
        lines = sheet.class_id.enrollment_ids.sorted(lambda line: (line.number, line.id))
        untaken = self.env["edu.subject.choice"]._edu_untaken(sheet).get(sheet.id, set())
        no_taker = self.env._("Does not take this subject.")
        return {
            "sheet": sheet,
            "assess": sheet.assess,
            "columns": {
                column.code: {
                    "id": column.id,
                    "code": column.code,
                    "name": column._edu_name(sheet),
                    "label": column.label,
                    "kind": column.kind,
                    "scale": column._edu_scale(sheet),
                }
                for column in sheet._edu_columns()
            },
            "enrollments": {
                line.id: {
                    "enrollment": line.id,
                    "no": line.number,
                    "name": line.student_id.name,
                    "code": line.student_id.code or "",
                    "active": line in active and line.id not in untaken,
                    "note": no_taker
                    if line.id in untaken
                    else ""
                    if line in active
                    else line._edu_left_note(),
                }
                for line in lines
            },
            "marks": {
                (row["enrollment_id"], row["code"], row["attempt"]): row
                for row in self._edu_rows(sheet)
            },
            "untaken": untaken,
            "not_due": sheet._edu_not_due(),
            "locks": self.env["edu.mark.lock"]._edu_locks(sheet),
            "grants": self.env["edu.mark.lock"]._edu_grants(sheet),
        }

    # -- saving ----------------------------------------------------------------------------------

    @api.model
    def _edu_save(
        self, sheet, cells, origin, evidence, whole, acknowledgement=None, correction=None
    ):
        """Record and write cells of a sheet whose chain is held and that the user may write.

        :param bool whole: write all cells or none
        :param acknowledgement: see ``edu.gradesheet.save_cells``
        :param correction: the ``edu.correction`` behind the one cell
        :return: list of answers in the order of ``cells``, see ``edu.gradesheet.save_cells``
        :raises UserError: when ``whole`` and a cell is refused
        """
        page = {**self._edu_page(sheet), "correction": correction}
        answers, changes = self._edu_answer_cells(page, cells)
        refused = [answer for answer in answers if "version" not in answer]
        if whole and refused:
            raise UserError("\n".join(self._edu_say(page, answer) for answer in refused))
        Guard = self.env["edu.mark.guard"]
        admitted = Guard._edu_admit(page, changes, acknowledgement, whole)
        if admitted:
            findings, reason_digest = admitted
            self._edu_write(page, changes, origin, evidence, reason_digest)
            Guard._edu_record(page, findings, reason_digest)
        return answers

    @api.model
    def _edu_answer_cells(self, page, cells):
        """``(answers, {key: change})`` for the cells that a client sent; nothing is written."""
        answers, changes = [], {}
        for cell in cells:
            answer, change = self._edu_answer_cell(page, cell, changes)
            if change:
                changes[change["key"]] = {**change, "answer": answer}
            answers.append(answer)
        return answers, changes

    @api.model
    def _edu_answer_cell(self, page, cell, changes):
        """``(answer, change or None)`` for one cell that a client sent."""
        answer = {}
        try:
            key = self._edu_cell_key(page, cell)
            answer = dict(zip(("enrollment", "column", "attempt"), key, strict=True))
            if key in changes:
                raise CellRefused("DUPLICATE", self.env._("The cell was sent twice."))
            kind, token = self._edu_typed(page, cell)
        except CellRefused as refusal:
            return {**answer, **refusal.answer}, None
        stored = page["marks"].get(key)
        old = (stored["kind"], stored["token"]) if stored else ("empty", None)
        version = stored["entry_seq"] if stored else 0
        if (kind, token) == old:
            return {**answer, "version": version, "value": token or "", "kind": kind}, None
        if cell.get("version", 0) != version:
            return {**answer, **self._edu_conflict(stored)}, None
        recorded = f"{old[0]}|{old[1] or ''}" if stored else ""
        answer.update(version=None, value=token or "", kind=kind)
        change = {"key": key, "kind": kind, "token": token, "old": recorded}
        return answer, {**change, "name": cell.get("name")}

    @api.model
    def _edu_say(self, page, answer):
        row = page["enrollments"].get(answer.get("enrollment"), {})
        return f"{row.get('name', '-')}, {answer.get('column', '-')}: {answer['message']}"

    @api.model
    def _edu_conflict(self, stored):
        author = self.env["res.users"].sudo().browse(stored["author_id"]) if stored else None
        return {
            "message": self.env._("Somebody else changed this cell meanwhile."),
            "conflict": {
                "version": stored["entry_seq"] if stored else 0,
                "value": (stored["token"] or "") if stored else "",
                "kind": stored["kind"] if stored else "empty",
                "author": author.name if author else "",
            },
        }

    @api.model
    def _edu_cell_key(self, page, cell):
        """``(enrolment id, column code, attempt)`` of a cell that this sheet has and opens."""
        if not isinstance(cell, dict):
            raise CellRefused("BAD_CELL", self.env._("This is not a cell."))
        enrollment, code = cell.get("enrollment"), cell.get("column")
        attempt = cell.get("attempt", 1)
        numbers = (enrollment, attempt, cell.get("version", 0))
        if any(type(number) is not int for number in numbers) or not isinstance(code, str):
            raise CellRefused("BAD_CELL", self.env._("This is not a cell."))
        if cell.get("sheet", page["sheet"].id) != page["sheet"].id:
            raise CellRefused(
                "OTHER_SHEET",
                self.env._("The mark was typed for another gradesheet. Load the page again."),
            )
        if not 1 <= attempt <= MOST_ATTEMPTS:
            raise CellRefused("BAD_CELL", self.env._("This is not a cell."))
        row = page["enrollments"].get(enrollment)
        if not row:
            raise CellRefused("NOT_IN_CLASS", self.env._("The pupil is not in this class."))
        if enrollment in page["untaken"]:
            raise CellRefused("NOT_TAKEN", row["note"])
        if not row["active"]:
            left = self.env._("The pupil has left this class.")
            raise CellRefused("LEFT_CLASS", f"{left} {row['note']}".strip())
        column = page["columns"].get(code)
        if not column:
            raise CellRefused(
                "NO_COLUMN", self.env._("The subject does not have the column %s.", code)
            )
        if code in page["not_due"].get(enrollment, ()):
            raise CellRefused(
                "NOT_DUE", self.env._("This was reached at the end of the year: nothing is due.")
            )
        stored = page["marks"].get((enrollment, code, attempt))
        self._edu_check_attempt(page, column, attempt, (enrollment, code))
        lock = self.env["edu.mark.lock"]._edu_cell_lock(page, enrollment, column["id"], stored)
        if lock:
            raise CellRefused(*lock, enrollment=enrollment, column=code, attempt=attempt)
        return enrollment, code, attempt

    @api.model
    def _edu_check_attempt(self, page, column, attempt, place):
        """A second test of primary is one that the principal allowed (TT 27/2020 Điều 7.1.d): a
        grant of this very cell. A make-up of a test that was missed is the first one."""
        first = page["marks"].get((*place, 1))
        if attempt == 1 or column["scale"] != "whole" or (first and first["kind"] == "absent"):
            return
        if (place[0], column["id"]) not in page["grants"]:
            raise CellRefused(
                "SECOND_TEST",
                self.env._("A second test needs the principal's grant of this cell."),
            )

    @api.model
    def _edu_typed(self, page, cell):
        """``(kind, token)`` of a cell: of one of STATES, or of a typed text; "" clears the cell."""
        kind, typed, name = cell.get("kind") or "value", cell.get("value"), cell.get("name")
        scale = page["columns"][cell["column"]]["scale"]
        if not (name is None or isinstance(name, str)):
            raise CellRefused("BAD_CELL", self.env._("This is not a cell."))
        if isinstance(kind, str) and kind in STATES:
            if kind == "zero" and scale not in LOWEST:
                raise CellRefused("BAD_CELL", self.env._("There is no lowest result here."))
            return kind, LOWEST[scale] if kind == "zero" else None
        if kind not in ("value", "empty"):
            raise CellRefused("BAD_CELL", self.env._("This is not a cell."))
        if not isinstance(typed, str):
            raise CellRefused("BAD_CELL", self.env._("A mark is sent as text."))
        if not typed.strip():
            return "empty", None
        try:
            return "value", scale_token(scale, typed)
        except MarkError as error:
            raise self._edu_refused(error, scale) from error

    @api.model
    def _edu_refused(self, error, scale):
        """The refusal of a typed text; a number that lost its comma comes with what it may be."""
        lost = error.code == "OUT_OF_RANGE" and scale == "score"
        meant = lost_comma(error.typed) if lost else None
        if not meant:
            return CellRefused(error.code, self._edu_mark_error(error, scale))
        message = self.env._(
            "%(typed)s: a mark is from 0 to 10. Is %(meant)s meant?",
            typed=error.typed,
            meant=meant.replace(".", ","),
        )
        return CellRefused(error.code, message, suggestion=meant)

    @api.model
    def _edu_mark_error(self, error, scale):
        typed = error.typed[:20]
        if scale == "whole":
            return self.env._("%s: the score of a test is a whole number from 0 to 10.", typed)
        messages = {
            "NOT_A_MARK": self.env._("%s is not a mark: write a number from 0 to 10.", typed),
            "TWO_DECIMALS": self.env._("%s: a mark has at most one decimal.", typed),
            "OUT_OF_RANGE": self.env._("%s: a mark is from 0 to 10.", typed),
            "NOT_A_COMMENT": self.env._("%s: write Đ or CĐ.", typed),
            "NOT_A_LEVEL": self.env._("%s: write T, H or C.", typed),
            "NOT_A_TRAIT": self.env._("%s: write T, Đ or C.", typed),
        }
        return messages.get(error.code, str(error))

    @api.model
    def _edu_write(self, page, changes, origin, evidence, reason_digest=""):
        """One ledger append and one statement, however many cells there are."""
        if not changes:
            return
        sheet = page["sheet"]
        chain = sheet.chain_id
        acting_for = sheet.class_id._edu_acting_for(sheet.subject_id, self.env.user)
        entries = self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    chain,
                    {
                        "operation": self._edu_operation(change),
                        "acting_for": str(acting_for.id or ""),
                        "model": self._name,
                        "record": str(sheet.id),
                        "slot": "{}:{}:{}".format(*key),
                        "old": change["old"],
                        "new": f"{change['kind']}|{change['token'] or ''}",
                        "origin": origin,
                        "evidence_sha256": evidence,
                        "reason_digest": reason_digest,
                    },
                )
                for key, change in changes.items()
            ]
        )
        for change, (_chain, seq, _hash) in zip(changes.values(), entries, strict=True):
            change["answer"]["version"] = change["seq"] = seq
        self.env.cr.execute(
            """
            INSERT INTO edu_mark (gradesheet_id, enrollment_id, column_id, attempt, kind, token,
                entry_seq, author_id, entered_at, first_at)
            SELECT %s, cell.*, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[], %s::int[]) AS cell
            ON CONFLICT (gradesheet_id, enrollment_id, column_id, attempt) DO UPDATE SET
                kind = EXCLUDED.kind, token = EXCLUDED.token, entry_seq = EXCLUDED.entry_seq,
                author_id = EXCLUDED.author_id, entered_at = EXCLUDED.entered_at,
                first_at = CASE WHEN edu_mark.kind = 'absent' THEN EXCLUDED.first_at
                    ELSE coalesce(edu_mark.first_at, edu_mark.entered_at) END
            """,
            [
                sheet.id,
                self.env.uid,
                [key[0] for key in changes],
                [page["columns"][key[1]]["id"] for key in changes],
                [key[2] for key in changes],
                [change["kind"] for change in changes.values()],
                [change["token"] for change in changes.values()],
                [change["seq"] for change in changes.values()],
            ],
        )
        self.env["edu.mark"].invalidate_model(flush=False)
        sheet.invalidate_recordset(["mark_ids"], flush=False)

    @api.model
    def _edu_operation(self, change):
        if change["kind"] == "empty":
            return "clear"
        return "change" if change["old"] else "enter"

    # -- make-ups --------------------------------------------------------------------------------

    def _compute_makeup_due(self):
        due = self.search([("id", "in", self.ids), ("makeup_due", "=", True)])
        for mark in self:
            mark.makeup_due = mark in due

    @api.model
    def _search_makeup_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        return [("id", "in" if True in value else "not in", SQL("(%s)", SQL(DUE)))]

    @api.depends("gradesheet_id.period_id.date_end")
    def _compute_makeup_until(self):
        for mark in self:
            mark.makeup_until = mark.sudo().gradesheet_id.gradebook_period_id._edu_last_day()

    def action_open_grid(self):
        """Show the mark's sheet in the grid."""
        self.ensure_one()
        return self.gradesheet_id.action_open_grid()

    def _register_hook(self):
        super()._register_hook()
        install_mark_triggers(self.env.cr)
