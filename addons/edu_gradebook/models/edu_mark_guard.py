from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import hmac

from edu_records.canonical import canonical_json
from edu_records.guards import inspect, is_stranger

RECENT_ENTRIES = 2000
"""So far back in a sheet's chain recent changes are looked for."""


class EduMarkGuard(models.AbstractModel):
    """Guards against mass errors, whoever the client is.

    A save is looked at together with what the same user changed in the same sheet a short time ago,
    so that a mass change cut into small pieces is still one. Findings (``edu_records.guards``) do
    not forbid: the save needs an acknowledgement, which is a token of exactly these findings and
    these cells, and a reason. Both are recorded in the sheet's chain; the reason as its digest.
    """

    _name = "edu.mark.guard"
    _description = "Guard against Mass Errors"

    # -- finding ---------------------------------------------------------------------------------

    @api.model
    def _edu_findings(self, page, changes):
        """What looks like a mistake in a save.

        :param dict page: see ``edu.mark._edu_page``
        :param dict changes: ``{(enrolment id, code, attempt): {"token", "name", ...}}``
        :return: list of ``edu_records.guards.Finding``
        """
        if not changes:
            return []
        sheet = page["sheet"]
        after = self._edu_tokens({**page["marks"], **changes})
        before = self._edu_tokens({**page["marks"], **self._edu_before(page, changes)})
        return inspect(
            list(page["enrollments"]),
            list(page["columns"]),
            before,
            after,
            sheet.company_id._edu_guard_limits(),
            classes=self._edu_classes(sheet),
            strangers=self._edu_strangers(page, changes),
        )

    @api.model
    def _edu_tokens(self, cells):
        """``{(enrolment id, code): token}``; of several attempts the last one with a mark."""
        tokens = {}
        for (line, code, _attempt), cell in sorted(cells.items()):
            if cell["token"] is not None or (line, code) not in tokens:
                tokens[line, code] = cell["token"]
        return tokens

    @api.model
    def _edu_before(self, page, changes):
        """What the cells said that the user changes now or changed a short time ago.

        A cell that gets back what it said before all of it is unchanged. Of a cell that said
        several things it is the first mark: who enters, deletes and enters another mark has
        changed one.

        :return: ``{(enrolment id, code, attempt): {"token"}}``
        """
        recent = self._edu_recent(page["sheet"])
        before = {}
        for key in {**recent, **changes}:
            now = page["marks"].get(key, {}).get("token")
            after = changes[key]["token"] if key in changes else now
            start, first = recent.get(key, (now, None))
            if first is None and key in changes:
                first = now
            before[key] = {"token": start if after == start or first is None else first}
        return before

    @api.model
    def _edu_recent(self, sheet):
        """What the user changed a short time ago without having answered for it.

        :return: ``{(enrolment id, code, attempt): (token at the start or None, first mark that was
            changed or None)}``
        """
        since = self.env.cr.now() - timedelta(minutes=sheet.company_id.edu_guard_minutes)
        self.env.cr.execute(
            """
            SELECT slot, array_agg(payload::jsonb ->> 11 ORDER BY seq)
            FROM edu_ledger_entry
            WHERE chain_id = %(chain)s AND model = 'edu.mark' AND seq > greatest(%(oldest)s, (
                    SELECT coalesce(max(seq), 0) FROM edu_ledger_entry
                    WHERE model = 'edu.mark.guard' AND record = %(sheet)s AND slot = %(user)s
                        AND chain_id = %(chain)s))
                AND payload::jsonb ->> 4 = %(user)s AND payload::jsonb ->> 3 >= %(since)s
            GROUP BY slot
            """,
            {
                "chain": sheet.chain_id.id,
                "sheet": str(sheet.id),
                "user": str(self.env.uid),
                "oldest": sheet.chain_id.head_seq - RECENT_ENTRIES,
                "since": since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            },
        )
        recent = {}
        for slot, recorded in self.env.cr.fetchall():
            line, code, attempt = slot.split(":")
            tokens = [old.partition("|")[2] or None for old in recorded]
            recent[int(line), code, int(attempt)] = (tokens[0], next(filter(None, tokens), None))
        return recent

    @api.model
    def _edu_classes(self, sheet):
        """Marks of the user's other classes in the subject and period, by place in their lists."""
        self.env.cr.execute(
            """
            WITH sheets AS (
                SELECT DISTINCT sheet.id, sheet.class_id
                FROM edu_gradesheet sheet
                JOIN edu_teaching_assignment line
                    ON line.class_id = sheet.class_id AND line.subject_id = sheet.subject_id
                WHERE sheet.subject_id = %s AND sheet.period_id = %s AND sheet.id <> %s
                    AND line.user_id = %s),
            places AS (
                SELECT sheets.id AS sheet_id, line.id AS line_id, rank() OVER (
                    PARTITION BY sheets.id ORDER BY line.number, line.id) - 1 AS place
                FROM sheets JOIN edu_enrollment line ON line.class_id = sheets.class_id)
            SELECT class.name, places.place, col.code, mark.token
            FROM edu_mark mark
            JOIN places ON places.sheet_id = mark.gradesheet_id
                AND places.line_id = mark.enrollment_id
            JOIN edu_gradesheet sheet ON sheet.id = mark.gradesheet_id
            JOIN edu_class class ON class.id = sheet.class_id
            JOIN edu_mark_column col ON col.id = mark.column_id
            WHERE mark.token IS NOT NULL
            ORDER BY mark.attempt
            """,
            [sheet.subject_id.id, sheet.period_id.id, sheet.id, self.env.uid],
        )
        classes = {}
        for name, place, code, token in self.env.cr.fetchall():
            classes.setdefault(name, {})[place, code] = token
        return classes

    @api.model
    def _edu_strangers(self, page, changes):
        """Rows of changed cells next to which somebody else's name or code was pasted."""
        strangers = set()
        for (line, _code, _attempt), change in changes.items():
            row = page["enrollments"][line]
            if is_stranger(change.get("name") or "", row["name"], row["code"]):
                strangers.add(line)
        return strangers

    # -- acknowledging ---------------------------------------------------------------------------

    @api.model
    def _edu_token(self, page, changes, findings):
        """The token of these findings about these changes: nobody has it who was not shown them."""
        message = [
            str(page["sheet"].id),
            str(self.env.uid),
            [[f.code, f.column, f.other, str(f.count), str(f.of)] for f in findings],
            sorted(
                [*map(str, key), change["old"], change["kind"], change["token"] or ""]
                for key, change in changes.items()
            ),
        ]
        return hmac(self.env(su=True), "edu.mark.guard", canonical_json(message))

    @api.model
    def _edu_reason(self, page, changes, findings, acknowledgement):
        """The reason of an acknowledgement of exactly these findings; "" for anything else."""
        given = acknowledgement if isinstance(acknowledgement, dict) else {}
        token, reason = given.get("token"), given.get("reason")
        if not isinstance(reason, str) or not isinstance(token, str):
            return ""
        if token != self._edu_token(page, changes, findings):
            return ""
        return reason.strip()

    @api.model
    def _edu_admit(self, page, changes, acknowledgement, whole):
        """Findings under which changes are saved and the digest of their reason.

        :return: ``(findings, digest)``, ``([], "")`` when there is nothing to answer for; ``None``
            when the changes must not be saved: their answers say so then
        :raises UserError: when ``whole``, instead of answers
        """
        findings = self._edu_findings(page, changes)
        if not findings:
            return [], ""
        reason = self._edu_reason(page, changes, findings, acknowledgement)
        if reason:
            return findings, self.env["edu.ledger.reason"]._edu_file(reason)
        message = "\n".join(self._edu_message(page, finding) for finding in findings)
        if whole:
            raise UserError(message)
        for change in changes.values():
            answer = change["answer"]
            answer.pop("version")
            answer.update(error="UNACKNOWLEDGED", message=message)
        return None

    @api.model
    def _edu_record(self, page, findings, reason_digest):
        """Record in the sheet's chain that the user answered for the findings, if there are any."""
        if not findings:
            return
        told = ";".join(f"{f.code}:{f.column}:{f.other}:{f.count}/{f.of}" for f in findings)
        event = {
            "operation": "acknowledge",
            "model": self._name,
            "record": str(page["sheet"].id),
            "slot": str(self.env.uid),
            "new": told,
            "reason_digest": reason_digest,
        }
        self.env["edu.ledger.chain"]._edu_append([(page["sheet"].chain_id, event)])

    @api.model
    def _edu_told(self, page, changes):
        """Findings as clients show them, with the token to acknowledge them."""
        findings = self._edu_findings(page, changes)
        return {
            "findings": [
                {
                    "code": finding.code,
                    "message": self._edu_message(page, finding),
                    "cells": [list(cell) for cell in finding.cells],
                }
                for finding in findings
            ],
            "token": self._edu_token(page, changes, findings) if findings else None,
        }

    # -- telling ---------------------------------------------------------------------------------

    @api.model
    def _edu_message(self, page, finding):
        """The finding as a sentence for the teacher."""
        facts = {
            "column": self._edu_column(page, finding.column),
            "other": self._edu_column(page, finding.other),
            "count": finding.count,
            "of": finding.of,
            "minutes": page["sheet"].company_id.edu_guard_minutes,
        }
        return getattr(self, f"_edu_say_{finding.code.lower()}")(facts)

    @api.model
    def _edu_column(self, page, code):
        column = page["columns"].get(code)
        if not column:
            return code
        if column["kind"] == "regular":
            return f"{column['name']} {column['label']}"
        return column["name"]

    def _edu_say_column_swap(self, facts):
        return self.env._(
            "%(column)s and %(other)s change places for %(count)s pupils. Is that intended?",
            **facts,
        )

    def _edu_say_column_equal(self, facts):
        return self.env._(
            "%(column)s: %(count)s of %(of)s marks are the same as in %(other)s. Are they in the"
            " wrong column?",
            **facts,
        )

    def _edu_say_row_shift(self, facts):
        if facts["other"] == "above":
            return self.env._(
                "%(column)s: %(count)s of %(of)s pupils get the mark of the pupil above. Did the"
                " rows slip?",
                **facts,
            )
        return self.env._(
            "%(column)s: %(count)s of %(of)s pupils get the mark of the pupil below. Did the rows"
            " slip?",
            **facts,
        )

    def _edu_say_other_class(self, facts):
        return self.env._(
            "%(column)s: %(count)s of %(of)s marks are those of class %(other)s in the same order."
            " Are they another class's marks?",
            **facts,
        )

    def _edu_say_other_pupil(self, facts):
        return self.env._(
            "%(count)s names that were pasted are not those of the pupils in these rows. Do the"
            " marks belong to them?",
            **facts,
        )

    def _edu_say_much_changed(self, facts):
        return self.env._(
            "%(column)s: %(count)s of %(of)s marks that are there already change. Is that"
            " intended?",
            **facts,
        )

    def _edu_say_bulk_change(self, facts):
        return self.env._(
            "%(count)s marks that are there already change within %(minutes)s minutes. Why?",
            **facts,
        )
