from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .edu_mark_column import OWN_SHEETS, TRAITS

# how subjects with marks are assessed; activities without a result have no gradesheet
ASSESSED = ("score", "comment", "outcome")


class EduGradesheet(models.Model):
    """Bảng điểm môn của lớp: class x subject x period, the subject teacher's part of the book.

    ``confirmed`` is the teacher's word that the sheet is complete; the period's lock asks for it.
    """

    _name = "edu.gradesheet"
    _inherit = [
        "edu.gradesheet.newcomer",
        "edu.gradesheet.summer",
        "edu.gradesheet.progress",
        "edu.inspected.mixin",
        "edu.guarded.mixin",
    ]
    _description = "Gradesheet"
    _order = "gradebook_period_id, sequence, id"

    _edu_guarded = frozenset({"*"})

    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradebook_period_id.class_id", store=True, index=True)
    period_id = fields.Many2one(related="gradebook_period_id.period_id", store=True, index=True)
    company_id = fields.Many2one(
        related="gradebook_period_id.company_id", store=True, index=True, string="School"
    )
    subject_id = fields.Many2one("edu.subject", required=True, index=True, ondelete="restrict")
    curriculum_line_id = fields.Many2one(
        "edu.curriculum.line",
        index=True,
        ondelete="restrict",
        help="Empty: qualities and competencies, which are of no subject.",
    )
    sequence = fields.Integer(required=True, aggregator=None)
    assess = fields.Selection(
        [
            ("score", "Comments and scores"),
            ("comment", "Comments only"),
            ("trait", "Qualities and competencies"),
            ("outcome", "Goals"),
        ],
        "Assessed by",
        required=True,
    )
    regular_count = fields.Integer("Regular Marks Due", required=True, aggregator=None)
    by_parts = fields.Boolean("Parts Assessed by Themselves")
    column_ids = fields.Many2many(
        "edu.mark.column", "edu_gradesheet_column_rel", string="Columns", ondelete="restrict"
    )
    chain_id = fields.Many2one("edu.ledger.chain", index=True, ondelete="restrict")
    confirmed = fields.Boolean(index=True)
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", ondelete="restrict")
    confirmed_at = fields.Datetime()
    confirmed_user_ids = fields.Many2many(
        "res.users",
        "edu_gradesheet_confirmed_rel",
        string="Confirmed So Far",
        help="Where several teachers share the subject, each of them confirms.",
    )
    confirmed_seq = fields.Integer("Confirmed in Entry", aggregator=None)
    confirmed_hash = fields.Char("Hash of That Entry")
    mark_ids = fields.One2many("edu.mark", "gradesheet_id", "Marks")
    grant_ids = fields.One2many("edu.unlock.grant", "gradesheet_id", "Grants")
    state = fields.Selection(related="gradebook_period_id.effective_state", string="Period's State")
    teacher_ids = fields.Many2many(
        "res.users",
        string="Teachers",
        compute="_compute_teacher_ids",
        search="_search_teacher_ids",
    )
    closed_reason = fields.Char("Why It Is Closed", compute="_compute_closed_reason")
    has_transfers = fields.Boolean(compute="_compute_has_transfers")
    marks_table = fields.Html(compute="_compute_marks_table", sanitize=False)

    _subject_uniq = models.Constraint(
        "UNIQUE(gradebook_period_id, subject_id)", "The period has this gradesheet already."
    )

    @api.depends("class_id.name", "curriculum_line_id.name", "subject_id.name", "period_id.name")
    def _compute_display_name(self):
        for sheet in self:
            names = (sheet.sudo()._edu_subject_name(), sheet.class_id.name, sheet.period_id.name)
            sheet.display_name = " - ".join(name or "" for name in names)

    @api.depends("class_id.assignment_ids", "subject_id")
    def _compute_teacher_ids(self):
        for sheet in self:
            sheet.teacher_ids = sheet.sudo().class_id._edu_teachers(sheet.subject_id)

    @api.model
    def _search_teacher_ids(self, operator, value):
        """Sheets of whoever is or was assigned, or enters marks instead of a teacher now: record
        rules follow the assignment and the delegation themselves."""
        if operator != "in":
            return NotImplemented
        self.env["edu.teaching.assignment"].flush_model(["class_id", "subject_id", "user_id"])
        taught = SQL(
            "(SELECT sheet.id FROM edu_gradesheet sheet JOIN edu_teaching_assignment line"
            " ON line.class_id = sheet.class_id AND line.subject_id = sheet.subject_id"
            " WHERE line.user_id = ANY(%s)"
            " UNION SELECT sheet.id FROM edu_gradesheet sheet JOIN (%s) open"
            " ON open.class_id = sheet.class_id AND open.subject_id = sheet.subject_id"
            " WHERE open.delegate_id = ANY(%s)"
            " UNION SELECT sheet.id FROM edu_gradesheet sheet JOIN edu_class own"
            " ON own.id = sheet.class_id AND own.homeroom_user_id = ANY(%s)"
            " WHERE sheet.assess = ANY(%s))",
            list(value),
            self.env["edu.entry.delegation"]._edu_open_sql(),
            list(value),
            list(value),
            list(OWN_SHEETS),
        )
        return [("id", "in", taught)]

    @api.depends_context("uid")
    @api.depends("confirmed", "state")
    def _compute_closed_reason(self):
        for sheet in self:
            reason = sheet._edu_closed()
            sheet.closed_reason = reason[1] if reason else False

    @api.depends("mark_ids.token", "mark_ids.kind")
    def _compute_marks_table(self):
        for sheet in self:
            sheet.marks_table = sheet._edu_table() if sheet.id else False

    @api.model
    def _edu_make(self, gradebook_periods):
        """Make the sheets of ``gradebook_periods``, one for each subject of the curriculum."""
        vals_list = []
        for book in gradebook_periods:
            lines = book.class_id._edu_curriculum().filtered(lambda line: line.assess in ASSESSED)
            traits = self.env.ref(TRAITS)
            subjects = book._edu_marked_subjects(lines.subject_id | traits)
            subjects -= book.gradesheet_ids.subject_id
            for position, line in enumerate(lines, 1):
                if line.subject_id not in subjects:
                    continue
                vals_list.append(
                    {
                        "gradebook_period_id": book.id,
                        "subject_id": line.subject_id.id,
                        "curriculum_line_id": line.id,
                        "sequence": position,
                        "assess": line.assess,
                        "regular_count": line.regular_count,
                        "by_parts": book._edu_marks_parts(line),
                    }
                )
            if traits in subjects and book._edu_has_traits():
                vals_list.append(
                    {
                        "gradebook_period_id": book.id,
                        "subject_id": traits.id,
                        "sequence": len(lines) + 1,
                        "assess": "trait",
                        "regular_count": 0,
                    }
                )
        sheets = self._edu_unguarded().create(vals_list)
        chains = self.env["edu.ledger.chain"]._edu_open(
            [(f"gradesheet:{sheet.id}", "gradesheet", sheet.company_id) for sheet in sheets]
        )
        for sheet, chain in zip(sheets, chains, strict=True):
            sheet.chain_id = chain
        sheets._edu_set_columns()
        return sheets.with_env(self.env)

    def _edu_set_columns(self):
        """Keep which columns each sheet has, as its curriculum and its regulation say now."""
        columns = self.env["edu.mark.column"].search(
            [("regulation_id", "in", self.class_id.regulation_id.ids)]
        )
        of = columns.grouped("regulation_id")
        by_columns = {}
        for sheet in self:
            found = of.get(sheet.class_id.regulation_id, columns.browse())._edu_of(sheet)
            by_columns.setdefault(found, self.browse())
            by_columns[found] |= sheet
        for found, sheets in by_columns.items():
            if sheets.column_ids != found:
                sheets._edu_unguarded().column_ids = found

    # -- reading ---------------------------------------------------------------------------------

    def _edu_columns(self):
        """The columns that the subject has, in the order of the form."""
        self.ensure_one()
        return self.column_ids.sorted("sequence")

    def _edu_subject_name(self):
        """The subject as the official forms of the grade name it."""
        return self.curriculum_line_id.name or self.subject_id.name

    def _edu_parts(self):
        """Parts of the subject that are assessed by themselves; none where it is one whole."""
        self.ensure_one()
        line = self.curriculum_line_id
        if not self.by_parts:
            return line.browse()
        return line.component_ids.filtered(lambda part: part.kind == "component").sorted("sequence")

    def _edu_closed(self):
        """Why the current user cannot write here now, ``(code, message)``; None when open."""
        self.ensure_one()
        sheet = self.sudo()
        teachers = sheet.class_id._edu_teachers(sheet.subject_id)
        names = ", ".join(teachers.mapped("name")) or "-"
        if self.env.user not in teachers:
            return "NOT_ASSIGNED", self.env._(
                "%(sheet)s: only the assigned teacher enters marks (%(teachers)s).",
                sheet=sheet.display_name,
                teachers=names,
            )
        lock = self.env["edu.mark.lock"]._edu_sheet_lock(sheet)
        if lock:
            return lock
        if sheet.confirmed or sheet.confirmed_user_ids:
            return "CONFIRMED", self.env._(
                "%(sheet)s is confirmed. Its teacher (%(teachers)s) withdraws the confirmation"
                " first.",
                sheet=sheet.display_name,
                teachers=names,
            )
        return None

    def _edu_due(self):
        """Enrolments and column codes that have to be there, ``(lines, [codes])``."""
        self.ensure_one()
        return self.gradebook_period_id._edu_due_lines(), self._edu_columns().mapped("code")

    def _edu_missing(self):
        """Due cells without a mark: ``{sheet: [(enrolment, column code)]}``, empty lists left out.

        "Absent, make-up due" is missing too: TT 22/2021 Điều 7 asks for the make-up or a 0.
        """
        missing = {}
        untaken = self.env["edu.subject.choice"]._edu_untaken(self)
        excused = self._edu_excused()
        cells = self.env["edu.mark"]._edu_cells(self)
        for sheet in self:
            lines, codes = sheet._edu_due()
            present = cells[sheet.id]
            absent = [
                (line, code)
                for line in lines
                if line.id not in untaken.get(sheet.id, ())
                for code in codes
                if present.get(line.id, {}).get(code, ("absent",))[0] == "absent"
                and (
                    code in present.get(line.id, {})
                    or code not in excused.get((sheet.id, line.id), ())
                )
            ]
            if absent:
                missing[sheet] = absent
        return missing

    # -- RPC -------------------------------------------------------------------------------------

    def load_cells(self):
        """One call gives the grid: columns, rows, cells with versions, averages, why it is closed.

        :return: ``{"sheet": {...}, "columns": [...], "rows": [...], "cells": {"<enrolment>:<code>
            :<attempt>": {"value", "kind", "version"}}, "averages": {"<enrolment>": text or None},
            "closed": None or {"code", "message"}}``
        """
        self.ensure_one()
        self.check_access("read")
        self._edu_log_read("read", ["cells"])
        closed = self._edu_closed()
        sheet = self.sudo()
        page = self.env["edu.mark"].sudo()._edu_page(sheet)
        cells = {
            "{}:{}:{}".format(*key): {
                "value": row["token"] or "",
                "kind": row["kind"],
                "version": row["entry_seq"],
            }
            for key, row in page["marks"].items()
        }
        results = self.env["edu.subject.result"]._edu_judge_sheet(sheet)
        return {
            "sheet": {
                "id": self.id,
                "name": self.display_name,
                "assess": sheet.assess,
                "averaged": {one["scale"] for one in page["columns"].values()} == {"score"},
                "has_result": sheet.assess not in OWN_SHEETS,
                "state": sheet.state,
                "confirmed": sheet.confirmed,
            },
            "columns": list(page["columns"].values()),
            "rows": list(page["enrollments"].values()),
            "cells": cells,
            "averages": {str(line): judged["value"] for line, judged in results.items()},
            "closed": {"code": closed[0], "message": closed[1]} if closed else None,
            "locks": {
                code: {step: lock and lock[1] for step, lock in page["locks"][column["id"]].items()}
                for code, column in page["columns"].items()
            },
        }

    def save_cells(self, cells, request=None, acknowledgement=None):
        """Save typed cells; one refused cell does not hold up the others.

        :param cells: ``[{"enrollment": id, "column": code, "attempt": 1, "value": typed text (comma
            or point, "" clears), "version": the version the client saw, 0 for none}]``; optional
            are ``kind`` (``absent``, ``zero``, ``exempt`` or ``plan`` instead of a value),
            ``sheet`` (id of the sheet it was typed for, compared with this one) and ``name`` (the
            name or code that was pasted next to the mark, compared with the pupil)
        :param str request: the client's own id of this save; repeating it writes nothing again
        :param dict acknowledgement: ``{"token", "reason"}`` for the findings of
            :meth:`check_cells`; without it cells with findings are answered ``UNACKNOWLEDGED``
        :return: an answer for each cell, with its place and ``version``, ``value`` and ``kind``, or
            ``error`` (a code) and ``message``, or ``conflict`` (what is there now) and ``message``
        """
        return self._edu_save_cells(cells, request=request, acknowledgement=acknowledgement)

    def check_cells(self, cells):
        """What the guards against mass errors say about a save; nothing is written.

        :param cells: as for :meth:`save_cells`
        :return: ``{"findings": [{"code", "message", "cells": [[enrolment id, column code]]}],
            "token": to be sent back with a reason, None without findings}``
        """
        self.ensure_one()
        self._edu_check_open()
        if not isinstance(cells, list):
            raise UserError(self.env._("Cells are sent as a list."))
        page = self.env["edu.mark"].sudo()._edu_page(self.sudo())
        _answers, changes = self.env["edu.mark"].sudo()._edu_answer_cells(page, cells)
        return self.env["edu.mark.guard"].sudo()._edu_told(page, changes)

    def _edu_save_cells(
        self,
        cells,
        origin="grid",
        evidence="",
        request=None,
        whole=False,
        acknowledgement=None,
        correction=None,
    ):
        """See :meth:`save_cells`.

        The ledger's head is locked before anything is read, so that a principal's lock that
        commits meanwhile is seen: the server retries and then refuses. Who may write is asked of
        the user who is logged in, whatever ``sudo`` or the context say.

        :param str origin: ``grid``, ``workbook``, ``correction`` or ``old_school``
        :param str evidence: SHA-256 of the workbook that the marks come from
        :param bool whole: write all cells or none
        :param correction: the ``edu.correction`` behind the one cell
        :raises AccessError: when the user is not the assigned teacher
        :raises UserError: when the sheet is locked or confirmed
        """
        self.ensure_one()
        sheet = self.sudo()
        sheet.chain_id._edu_lock_heads()
        sheet.class_id.school_year_id._edu_hold_windows()
        self._edu_check_open()
        Request = self.env["edu.mark.request"].sudo()
        if request:
            answered = Request._edu_answer(sheet, str(request))
            if answered is not None:
                return answered
        if not isinstance(cells, list):
            raise UserError(self.env._("Cells are sent as a list."))
        answers = (
            self.env["edu.mark"]
            .sudo()
            ._edu_save(sheet, cells, origin, evidence, whole, acknowledgement, correction)
        )
        if request:
            Request._edu_remember(sheet, str(request), answers)
        return answers

    def _edu_check_open(self):
        closed = self._edu_closed()
        if closed:
            error = AccessError if closed[0] == "NOT_ASSIGNED" else UserError
            raise error(closed[1])

    # -- confirmation ----------------------------------------------------------------------------

    def action_confirm(self):
        """The assigned teacher says that the sheet is complete; the entry's hash seals it.

        Where several teach the subject, each of them does; the last one's word makes it confirmed.
        """
        for sheet in self:
            sheet._edu_lock_for_teacher()
            sheet._edu_check_confirmable()
            sheet._edu_check_complete()
            sheet.sudo()._edu_set_confirmed(True)

    def action_unconfirm(self):
        """The assigned teacher withdraws the confirmation, to correct the sheet."""
        for sheet in self:
            sheet._edu_lock_for_teacher()
            closed = sheet._edu_closed()
            if closed and closed[0] != "CONFIRMED":
                raise UserError(closed[1])
            if sheet.confirmed or sheet.confirmed_user_ids:
                sheet.sudo()._edu_set_confirmed(False)

    def _edu_check_confirmable(self):
        self.ensure_one()
        if self.confirmed:
            raise UserError(self.env._("%s is confirmed already.", self.display_name))
        book = self.sudo().gradebook_period_id
        if book.state not in ("draft", "locked"):
            raise UserError(
                self.env._(
                    "%(sheet)s: the period is %(state)s. The principal (%(principals)s) can open"
                    " it.",
                    sheet=self.display_name,
                    state=book._edu_state_label(),
                    principals=book._edu_names(book._edu_role_users("principal")),
                )
            )
        missing = self.sudo()._edu_unconfirmed()
        if missing and self.env.user not in missing:
            raise UserError(
                self.env._(
                    "%(sheet)s: you confirmed it. It waits for %(teachers)s.",
                    sheet=self.display_name,
                    teachers=", ".join(missing.mapped("name")),
                )
            )

    def _edu_unconfirmed(self):
        """Teachers assigned today who have not confirmed the sheet."""
        return self.class_id._edu_assigned(self.subject_id) - self.confirmed_user_ids

    def _edu_lock_for_teacher(self):
        self.ensure_one()
        self.sudo().chain_id._edu_lock_heads()
        sheet = self.sudo()
        assigned = sheet.class_id._edu_assigned(sheet.subject_id)
        if self.env.user not in assigned:
            raise AccessError(
                self.env._(
                    "%(sheet)s: only the assigned teacher confirms the sheet (%(teachers)s).",
                    sheet=sheet.display_name,
                    teachers=", ".join(assigned.mapped("name")) or "-",
                )
            )

    def _edu_check_complete(self):
        missing = self.sudo()._edu_missing().get(self.sudo())
        if missing:
            raise UserError(
                self.env._(
                    "%(sheet)s: %(count)s marks are missing: %(first)s",
                    sheet=self.display_name,
                    count=len(missing),
                    first=self._edu_first_missing(missing),
                )
            )

    @api.model
    def _edu_first_missing(self, missing, shown=3):
        places = [f"{line.student_id.name} ({code})" for line, code in missing[:shown]]
        return ", ".join(places) + (", …" if len(missing) > shown else "")

    def _edu_set_confirmed(self, confirmed):
        """Add the user's word to the others', or withdraw them all."""
        users = self.confirmed_user_ids | self.env.user if confirmed else self.env["res.users"]
        old = self._edu_confirmation()
        self._edu_unguarded().confirmed_user_ids = users
        whole = confirmed and not self._edu_unconfirmed()
        event = {
            "operation": "confirm" if confirmed else "unconfirm",
            "model": self._name,
            "record": str(self.id),
            "slot": "confirmed",
            "old": old,
            "new": ("confirmed" if whole else "partly") if confirmed else "",
        }
        ((_chain, seq, entry_hash),) = self.env["edu.ledger.chain"]._edu_append(
            [(self.chain_id, event)]
        )
        self._edu_unguarded().write(
            {
                "confirmed": whole,
                "confirmed_by_id": whole and self.env.uid,
                "confirmed_at": whole and fields.Datetime.now(),
                "confirmed_seq": seq if whole else 0,
                "confirmed_hash": whole and entry_hash,
            }
        )

    def _edu_withdraw_confirmations(self):
        """Sheets that got marks of a newcomer are confirmed no more; their teachers look again."""
        sheets = self.filtered(lambda sheet: sheet.confirmed or sheet.confirmed_user_ids)
        event = {"operation": "unconfirm", "model": self._name, "slot": "confirmed", "new": ""}
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    sheet.chain_id,
                    {**event, "record": str(sheet.id), "old": sheet._edu_confirmation()},
                )
                for sheet in sheets
            ]
        )
        sheets._edu_unguarded().write(
            {
                "confirmed": False,
                "confirmed_by_id": False,
                "confirmed_at": False,
                "confirmed_user_ids": [(5, 0, 0)],
                "confirmed_seq": 0,
                "confirmed_hash": False,
            }
        )

    def _edu_confirmation(self):
        """How far the sheet is confirmed, as the ledger keeps it."""
        return "confirmed" if self.confirmed else "partly" if self.confirmed_user_ids else ""

    def action_grant(self):
        """Ask the principal which cells to open until when."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Cells"),
            "res_model": "edu.unlock.grant",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gradesheet_id": self.id},
        }

    def open_correction(self, enrollment_id, column, value="", attempt=1):
        """The dialog in which a mark is corrected with its evidence.

        :param str value: what was typed already
        :return: an action
        """
        self.ensure_one()
        self.check_access("read")
        if type(enrollment_id) is not int or type(attempt) is not int:
            raise UserError(self.env._("This is not a cell."))
        found = self._edu_columns().filtered(lambda one: one.code == column)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct a Mark"),
            "res_model": "edu.correction.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_gradesheet_id": self.id,
                "default_enrollment_id": enrollment_id,
                "default_column_id": found.id,
                "default_attempt": attempt,
                "default_new_value": str(value),
            },
        }

    # -- showing ---------------------------------------------------------------------------------

    def _edu_table(self):
        """The marks as a readable table, with the decimal comma of the school's forms."""
        self.ensure_one()
        data = self.load_cells()
        kinds = dict(self.env["edu.mark"]._fields["kind"]._description_selection(self.env))
        shown = {}
        for key, cell in data["cells"].items():
            place = tuple(key.split(":")[:2])
            if cell["kind"] != "empty":
                shown[place] = cell["value"].replace(".", ",") or kinds[cell["kind"]]
        rows = [
            {
                **row,
                "marks": [
                    shown.get((str(row["enrollment"]), column["code"]), "")
                    for column in data["columns"]
                ],
                "average": (data["averages"][str(row["enrollment"])] or "").replace(".", ","),
            }
            for row in data["rows"]
        ]
        return self.env["ir.qweb"]._render(
            "edu_gradebook.edu_gradesheet_table", {"data": data, "rows": rows}
        )
