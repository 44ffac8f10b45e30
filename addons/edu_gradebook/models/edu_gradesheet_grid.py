from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.ledger import decode

from .edu_mark import LOWEST

OPEN_STATES = ("draft", "locked")


class EduGradesheet(models.Model):
    """What the web client's grid asks: load, save, explain an average, tell a cell's history."""

    _inherit = "edu.gradesheet"

    can_enter = fields.Boolean(compute="_compute_can_enter")

    @api.depends_context("uid")
    @api.depends("teacher_ids", "state")
    def _compute_can_enter(self):
        """For the name of a button only; whether a mark is taken is decided at the write."""
        for sheet in self:
            sheet.can_enter = sheet.state in OPEN_STATES and self.env.user in sheet.teacher_ids

    def action_open_grid(self):
        """Show the grid of this gradesheet."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "edu_gradebook.edu_gradesheet_grid_action"
        )
        return {**action, "context": {"active_id": self.id, "active_model": self._name}}

    # -- loading ---------------------------------------------------------------------------------

    @api.model
    def open_grid(self, sheet_id=None):
        """One call opens the grid: the sheet that was asked for, or the user's next one to fill.

        :return: what :meth:`load_grid` answers, and ``"sheets": [{"id", "class", "subject",
            "period", "confirmed"}]`` of the sheets that the user teaches; ``"sheet": None`` for a
            user without any
        """
        mine = self.search(
            [("teacher_ids", "=", self.env.uid), ("state", "in", OPEN_STATES)],
            order="class_id, subject_id, period_id, id",
        )
        sheets = [sheet._edu_place() for sheet in mine.sudo()]
        if sheet_id:
            sheet = self.browse(sheet_id).exists()
            if not sheet:
                raise UserError(self.env._("This gradesheet does not exist."))
        else:
            unfinished = mine.filtered(lambda one: one.state == "draft" and not one.confirmed)
            sheet = (unfinished or mine)[:1]
        grid = sheet.load_grid() if sheet else {"sheet": None}
        return {**grid, "sheets": sheets}

    def _edu_place(self):
        """What the sheet is of, for the head of the grid and the choice of another one."""
        self.ensure_one()
        return {
            "id": self.id,
            "class": self.class_id.name,
            "subject": self._edu_subject_name(),
            "period": self.period_id.name,
            "confirmed": self.confirmed,
        }

    def load_grid(self):
        """:meth:`load_cells` and what the grid shows around the cells.

        :return: also ``"sheet"`` with ``class``, ``subject``, ``period``, ``pupils`` (in the class
            today), ``teachers``; ``"kinds"`` a cell can have instead of a mark; ``"lock"``:
            ``open`` or ``closed``; ``"opened"``: ``None``, or where something is locked the cells
            that a grant opens, ``[[enrolment or None, column code or None]]``
        """
        self.ensure_one()
        page = self.load_cells()
        sheet = self.sudo()
        kinds = dict(self.env["edu.mark"]._fields["kind"]._description_selection(self.env))
        if not {column["scale"] for column in page["columns"]} & {*LOWEST}:
            kinds.pop("zero")
        page["sheet"].update(
            sheet._edu_place(),
            pupils=sum(row["active"] for row in page["rows"]),
            teachers=sheet.teacher_ids.mapped("name"),
            regular_count=sheet.regular_count,
            may_confirm=self.can_enter,
        )
        page.update(
            kinds=[{"kind": kind, "label": label} for kind, label in kinds.items()],
            lock="closed" if page["closed"] else "open",
            opened=sheet._edu_opened_cells() if sheet._edu_is_locked(page["locks"]) else None,
        )
        return page

    @api.model
    def _edu_is_locked(self, locks):
        return any(lock for steps in locks.values() for lock in steps.values())

    def _edu_opened_cells(self):
        codes = {column.id: column.code for column in self._edu_columns()}
        grants = self.env["edu.mark.lock"]._edu_grants(self)
        return [[line or None, codes.get(column)] for line, column in grants]

    # -- saving ----------------------------------------------------------------------------------

    def save_grid(self, cells, request, acknowledgement=None):
        """Save cells as :meth:`save_cells`, and say what becomes of the averages.

        :param list cells: each names its ``sheet``: what was typed for another one is refused
        :param str request: the client's own id of this save
        :return: ``{"cells": answers, "averages": {"<enrolment>": text or None}}``, averages of the
            pupils whose cells were sent
        """
        self.ensure_one()
        if not isinstance(cells, list) or not all(
            isinstance(cell, dict) and "sheet" in cell for cell in cells
        ):
            raise UserError(self.env._("Every cell names the gradesheet that it was typed for."))
        answers = self.save_cells(cells, request, acknowledgement)
        touched = {answer["enrollment"] for answer in answers if "enrollment" in answer}
        results = self.env["edu.subject.result"].sudo()._edu_judge_sheet(self.sudo())
        return {
            "cells": answers,
            "averages": {
                str(line): judged["value"] for line, judged in results.items() if line in touched
            },
        }

    # -- explaining ------------------------------------------------------------------------------

    def explain_average(self, enrollment_id):
        """Why a pupil's average or result is what it is, as the marks stand.

        :return: see ``edu.subject.result._edu_explain``, with ``name`` of the pupil
        """
        self.ensure_one()
        self.check_access("read")
        self._edu_log_read("read", ["averages"])
        sheet = self.sudo()
        line = sheet.class_id.enrollment_ids.filtered(lambda one: one.id == enrollment_id)
        if not line:
            raise UserError(self.env._("The pupil is not in this class."))
        explained = self.env["edu.subject.result"].sudo()._edu_explain(sheet, line)
        return {**explained, "name": line.student_id.name}

    # -- history ---------------------------------------------------------------------------------

    def cell_history(self, enrollment_id, column, attempt=1):
        """What the ledger says about a cell, for whoever may read the sheet.

        :return: ``{"events": [{"at" (UTC), "user", "acting_for", "operation", "old", "new",
            "origin", "reason", "seq"}], "first", "now", "difference"}``, oldest first; a mark that
            was deleted and typed again is two events; ``difference`` is between the first mark
            and the present one, ``None`` where one of them is no number
        """
        self.ensure_one()
        self.check_access("read")
        if type(enrollment_id) is not int or type(attempt) is not int:
            raise UserError(self.env._("This is not a cell."))
        self._edu_log_read("read", ["history"])
        slot = f"{enrollment_id}:{column}:{attempt}"
        entries = (
            self.env["edu.ledger.entry"]
            .sudo()
            .search(
                [
                    ("model", "=", "edu.mark"),
                    ("record", "=", str(self.id)),
                    ("slot", "=", slot),
                    ("chain_id", "=", self.sudo().chain_id.id),
                ],
                order="seq",
            )
        )
        recorded = [(entry.seq, decode(entry.payload)[2]) for entry in entries]
        events = self._edu_told_events(recorded)
        marks = [event["new"] for event in events if event["new"]]
        first, now = (marks[0], events[-1]["new"]) if marks else ("", "")
        return {
            "events": events,
            "first": first,
            "now": now,
            "difference": self._edu_difference(first, now),
        }

    @api.model
    def _edu_told_events(self, recorded):
        """Events with the names and words that a person reads, with two queries in all."""
        users = {int(e.user) for _seq, e in recorded if e.user.isdigit()}
        users |= {int(e.acting_for) for _seq, e in recorded if e.acting_for.isdigit()}
        people = self.env["res.users"].sudo().browse(users)
        names = {str(user.id): user.name for user in people}
        digests = [event.reason_digest for _seq, event in recorded if event.reason_digest]
        reasons = self.env["edu.ledger.reason"].sudo().search([("digest", "in", digests)])
        texts = {reason.digest: reason.text or "" for reason in reasons}
        origins = self._edu_told_origins({event.origin for _seq, event in recorded})
        return [
            {
                "seq": seq,
                "at": datetime.fromisoformat(event.time.replace("Z", "+00:00")).strftime(
                    "%Y-%m-%d %H:%M:%S"
                ),
                "user": names.get(event.user, event.user),
                "acting_for": names.get(event.acting_for, event.acting_for),
                "operation": self._edu_told_operation(event),
                "old": self._edu_shown(event.old),
                "new": self._edu_shown(event.new),
                "origin": origins.get(event.origin, event.origin),
                "reason": texts.get(event.reason_digest, ""),
            }
            for seq, event in recorded
        ]

    @api.model
    def _edu_told_origins(self, origins):
        """``{origin: what a person calls it}``; a copy names sheet and entry of the original."""
        told = {
            "grid": self.env._("typed"),
            "workbook": self.env._("from a workbook"),
            "old_school": self.env._("from the papers of the old school"),
        }
        copied = {}
        for origin in origins:
            kind, _colon, place = origin.partition(":")
            number = place.partition("#")[0]
            if kind == "gradesheet" and number.isdigit():
                copied[origin] = int(number)
        sheets = self.sudo().browse(copied.values()).exists()
        names = {sheet.id: sheet.class_id.name for sheet in sheets}
        return told | {
            origin: self.env._("followed from %s", names[number])
            for origin, number in copied.items()
            if number in names
        }

    @api.model
    def _edu_told_operation(self, event):
        """A mark that was cleared and typed again was entered again, not changed."""
        if event.operation in ("clear", "follow"):
            words = {"clear": self.env._("cleared"), "follow": self.env._("followed the pupil")}
            return words[event.operation]
        if event.old in ("", "empty|"):
            return self.env._("entered")
        return self.env._("changed")

    @api.model
    def _edu_shown(self, recorded):
        """A recorded "kind|token" as people write it: decimal comma, the kind by its name."""
        kind, _bar, token = recorded.partition("|")
        if kind in ("", "empty"):
            return ""
        kinds = dict(self.env["edu.mark"]._fields["kind"]._description_selection(self.env))
        shown = token.replace(".", ",")
        return shown if kind == "value" else " ".join(filter(None, (kinds.get(kind, kind), shown)))

    @api.model
    def _edu_difference(self, first, now):
        """The signed difference of two shown marks; ``None`` where one is no number."""
        tenths = []
        for shown in (first, now):
            whole, _comma, tenth = shown.partition(",")
            if not whole.isdigit():
                return None
            tenths.append(10 * int(whole) + int(tenth or 0))
        change = tenths[1] - tenths[0]
        if not change:
            return "0"
        sign = "+" if change > 0 else "−"
        return f"{sign}{abs(change) // 10},{abs(change) % 10}"
