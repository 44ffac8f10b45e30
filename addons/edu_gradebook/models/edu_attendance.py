import re
from calendar import monthrange
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..hooks import install_attendance_triggers, install_mark_triggers
from .edu_mark import CellRefused

TOKENS = [("P", "Excused"), ("K", "Unexcused")]
SESSIONS = [("am", "Morning"), ("pm", "Afternoon")]
CLEARABLE = ("DAY_OFF", "NO_SESSION")
"""What was recorded before such a day or session was none can be cleared."""
MONTH = re.compile("[0-9]{4}-(0[1-9]|1[0-2])")


class EduAttendance(models.Model):
    """A session of a pupil that was ever touched: absent with leave (P), without (K), or present
    again (cleared, the row stays).

    ``entry_seq`` names the entry of the chain of class and month that recorded it; it is the
    version that clients send back. A trigger (``sql/attendance.sql``) refuses everything else.
    Saving is idempotent: a cell that says already what is sent answers its version, so that a
    request whose answer got lost is simply sent again.
    """

    _name = "edu.attendance"
    _inherit = [
        "edu.inspected.mixin",
        "edu.kept.mixin",
        "edu.sealed.mixin",
        "edu.exchanged.mixin",
    ]
    _description = "Attendance"
    _order = "day desc, session desc, class_id, enrollment_id"
    _log_access = False
    _rec_name = "enrollment_id"

    class_id = fields.Many2one("edu.class", required=True, readonly=True, ondelete="restrict")
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, ondelete="restrict"
    )
    day = fields.Date(required=True, readonly=True)
    session = fields.Selection(SESSIONS, required=True, readonly=True)
    token = fields.Selection(TOKENS, "Absence", readonly=True, help="Empty: present after all.")
    entry_seq = fields.Integer("Version", required=True, readonly=True, aggregator=None)
    chain_id = fields.Many2one(
        "edu.ledger.chain", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, ondelete="restrict"
    )
    author_id = fields.Many2one(
        "res.users", "Entered by", required=True, readonly=True, ondelete="restrict"
    )
    entered_at = fields.Datetime(required=True, readonly=True)
    student_id = fields.Many2one(related="enrollment_id.student_id")
    school_year_id = fields.Many2one(related="class_id.school_year_id")

    _cell_uniq = models.Constraint(
        "UNIQUE(enrollment_id, day, session)", "The session is recorded already."
    )
    _cell_valid = models.Constraint(
        "CHECK(session IN ('am', 'pm') AND (token IS NULL OR token IN ('P', 'K')))",
        "An absence is P (excused) or K (unexcused), of a morning or an afternoon.",
    )
    _class_day_idx = models.Index("(class_id, day)")

    @api.model
    def _edu_refusal(self):
        return self.env._(
            "Attendance is entered in the class's month by the homeroom teacher and is never"
            " deleted."
        )

    @api.depends("enrollment_id", "day")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.enrollment_id.display_name} {row.day}"

    # -- the month of a class --------------------------------------------------------------------

    @api.model
    def _edu_month(self, class_id, month):
        """``(class, first day)`` of what a client asked for; None for the month of today, or the
        one of the school year that is nearest to it."""
        bad = UserError(self.env._("This is not a class and a month of its school year."))
        if type(class_id) is not int or not self.env["edu.class"].browse(class_id).exists():
            raise bad
        school_class = self.env["edu.class"].browse(class_id)
        months = school_class.sudo()._edu_months()
        if month is None:
            today = school_class.sudo().company_id._edu_today()
            return school_class, max([one for one in months if one <= today] or months[:1])
        if not isinstance(month, str) or not MONTH.fullmatch(month):
            raise bad
        first = date.fromisoformat(f"{month}-01")
        if first not in months:
            raise bad
        return school_class, first

    @api.model
    def _edu_rows(self, school_class, first):
        """Rows of the class's month."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, enrollment_id, day, session, token, entry_seq, author_id"
            " FROM edu_attendance WHERE class_id = %s AND day BETWEEN %s AND %s ORDER BY id",
            [school_class.id, first, _last(first)],
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _edu_page(self, school_class, first):
        """Everything that saving and loading a month read, in a constant number of queries.

        :return: dict with ``class``, ``columns`` {code: {code, day, session, closed: None or (code,
            message)}}, ``enrollments`` {id: {enrollment, no, name, code, from, to, active, note}}
            and ``cells`` {(enrolment id, column code): row}
        """
        rows = self._edu_rows(school_class, first)
        cells = {(row["enrollment_id"], _code(row["day"], row["session"])): row for row in rows}
        lines = school_class.enrollment_ids.sorted(lambda line: (line.number, line.id))
        today = school_class.company_id._edu_today()
        year = school_class.school_year_id
        return {
            "class": school_class,
            "first": first,
            "columns": self._edu_columns(school_class, first, rows),
            "enrollments": {
                line.id: {
                    "enrollment": line.id,
                    "no": line.number,
                    "name": line.student_id.name,
                    "code": line.student_id.code or "",
                    "from": line.date_start or year.date_start,
                    "to": line.date_end or year.date_end,
                    "active": not line.date_end or line.date_end >= today,
                    "note": line._edu_left_note(),
                }
                for line in lines
            },
            "cells": cells,
        }

    @api.model
    def _edu_columns(self, school_class, first, rows):
        """Sessions of the month; what was recorded is never hidden, whatever the settings say."""
        sessions = school_class._edu_sessions()
        recorded = {(row["day"], row["session"]) for row in rows}
        days = [first + timedelta(days=place) for place in range(_last(first).day)]
        closed = self._edu_closed_days(school_class, days)
        gone = "NO_SESSION", self.env._("The class does not have this session.")
        return {
            _code(day, session): {
                "code": _code(day, session),
                "day": day,
                "session": session,
                "closed": closed[day] or (None if session in sessions else gone),
            }
            for day in days
            for session, _label in SESSIONS
            if session in sessions or (day, session) in recorded
        }

    @api.model
    def _edu_closed_days(self, school_class, days):
        """Why nothing is recorded on a day: ``{day: None or (code, message)}``."""
        year, today = school_class.school_year_id, school_class.company_id._edu_today()
        off = self.env["edu.day.off"].sudo()._edu_off(school_class.company_id, days)
        locked = self._edu_locks(school_class, days)
        closed = {}
        for day in days:
            if not year.date_start <= day <= year.date_end:
                closed[day] = "OUTSIDE", self.env._("The day is outside the school year.")
            elif locked[day]:
                closed[day] = "LOCKED", locked[day]
            elif off[day]:
                closed[day] = "DAY_OFF", off[day]
            elif day > today:
                closed[day] = "FUTURE", self.env._("The day is yet to come.")
            else:
                closed[day] = None
        return closed

    @api.model
    def _edu_locks(self, school_class, days):
        """What locks days, for people: ``{day: "" or reason}``."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT day, lock.book_id, lock.review_id FROM unnest(%s::date[]) AS day,"
            " LATERAL edu_attendance_lock(%s, day) AS lock",
            [days, school_class.id],
        )
        locks, told = {}, {(None, None): ""}
        for day, book_id, review_id in self.env.cr.fetchall():
            key = book_id, review_id
            if key not in told:
                model = "edu.gradebook.period" if book_id else "edu.year.review"
                record = self.env[model].sudo().browse(book_id or review_id)
                told[key] = self._edu_lock_message(record)
            locks[day] = told[key]
        return locks

    @api.model
    def _edu_lock_message(self, record):
        return self.env._(
            "%(name)s is %(state)s: the attendance of its days is closed. The principal"
            " (%(principals)s) can open it.",
            name=record.display_name,
            state=record._edu_state_label()
            if record.effective_state != "draft"
            else self.env._("closed for all"),
            principals=record._edu_names(record._edu_role_users("principal")),
        )

    # -- saving ----------------------------------------------------------------------------------

    @api.model
    def save_month(self, class_id, month, cells):
        """Save what was entered into the month of a class, one refused cell does not hold up the
        others. Who writes is asked of the user who is logged in, whatever ``sudo`` says.

        :param str month: such as ``2026-11``
        :param cells: ``[{"enrollment": id, "column": "2026-11-05:am", "value": "P", "K" or "" for
            present, "version": the version the client saw, 0 for none}]``
        :return: ``{"cells": answers, "counts": {"<enrolment>": absences of the year}}``; an answer
            has its place, ``version``, ``value`` and ``kind``, or ``error`` (a code) and
            ``message``, or ``conflict`` (what is there now) and ``message``
        :raises AccessError: when the user does not keep the attendance of the class
        """
        school_class, first = self._edu_month(class_id, month)
        self._edu_check_open(school_class)
        school_class = school_class.sudo()
        chain = self._edu_chain(school_class, first)
        books, reviews = school_class.gradebook_ids.period_ids, school_class.review_ids
        (chain | books._edu_own_chains() | reviews._edu_own_chains())._edu_lock_heads()
        school_class.school_year_id._edu_hold_windows()
        if not isinstance(cells, list):
            raise UserError(self.env._("Cells are sent as a list."))
        page = self.sudo()._edu_page(school_class, first)
        answers, changes = [], {}
        for cell in cells:
            answer, change = self._edu_answer_cell(page, cell, changes)
            if change:
                changes[change["key"]] = {**change, "answer": answer}
            answers.append(answer)
        self.sudo()._edu_write(page, chain, changes)
        touched = {answer["enrollment"] for answer in answers if "enrollment" in answer}
        counts = self._edu_counts(school_class.enrollment_ids.browse(sorted(touched)))
        return {
            "cells": answers,
            "counts": {str(line): str(result.value) for line, result in counts.items()},
        }

    @api.model
    def _edu_chain(self, school_class, first):
        """The chain of a class's month."""
        name = f"attendance:{school_class.id}:{first:%Y-%m}"
        wanted = [(name, "attendance", school_class.company_id)]
        return self.env["edu.ledger.chain"].sudo()._edu_open(wanted)

    @api.model
    def _edu_closed(self, school_class):
        """Why the user cannot write here at all, ``(code, message)``; None when he can."""
        school_class = school_class.sudo()
        users = school_class._edu_attendance_users()
        if self.env.user not in users:
            return "NOT_ASSIGNED", self.env._(
                "%(class)s: attendance is kept by the homeroom teacher, or whom the principal"
                " entrusted with it (%(users)s).",
                users=", ".join(users.mapped("name")) or "-",
                **{"class": school_class.name},
            )
        if not school_class.keeps_attendance:
            return "NOT_KEPT", self.env._(
                "The attendance of %s is not kept here yet.", school_class.name
            )
        return None

    @api.model
    def _edu_check_open(self, school_class):
        school_class.check_access("read")  # names nobody of another school
        closed = self._edu_closed(school_class)
        if closed:
            raise (AccessError if closed[0] == "NOT_ASSIGNED" else UserError)(closed[1])

    @api.model
    def _edu_answer_cell(self, page, cell, changes):
        """``(answer, change or None)`` for one cell that a client sent; nothing is written."""
        answer = {}
        try:
            key, value = self._edu_cell(page, cell)
            answer = dict(zip(("enrollment", "column"), key, strict=True))
            if key in changes:
                raise CellRefused("DUPLICATE", self.env._("The cell was sent twice."))
            self._edu_check_cell(page, key, value)
        except CellRefused as refusal:
            return {**answer, **refusal.answer}, None
        stored = page["cells"].get(key)
        old = (stored["token"] or "") if stored else ""
        version = stored["entry_seq"] if stored else 0
        now = {"version": version, "value": value, "kind": "value" if value else "empty"}
        if value == old:
            return {**answer, **now}, None
        if cell.get("version", 0) != version:
            return {**answer, **self._edu_conflict(stored)}, None
        return {**answer, **now}, {"key": key, "old": old, "new": value}

    @api.model
    def _edu_cell(self, page, cell):
        """``((enrolment id, column code), value)`` of a well-formed cell of this page."""
        bad = CellRefused("BAD_CELL", self.env._("This is not a cell of this class and month."))
        if not isinstance(cell, dict):
            raise bad
        line, code, value = cell.get("enrollment"), cell.get("column"), cell.get("value")
        if any(type(one) is not int for one in (line, cell.get("version", 0))):
            raise bad
        if not isinstance(code, str) or code not in page["columns"]:
            raise bad
        if line not in page["enrollments"]:
            raise CellRefused("NOT_IN_CLASS", self.env._("The pupil is not in this class."))
        if not isinstance(value, str) or value not in ("P", "K", ""):
            raise CellRefused(
                "BAD_VALUE",
                self._edu_said(page, (line, code), self.env._("Write P, K or nothing.")),
                enrollment=line,
                column=code,
            )
        return (line, code), value

    @api.model
    def _edu_check_cell(self, page, key, value):
        """Refuse days on which nothing is recorded, and pupils who are not there."""
        row, column = page["enrollments"][key[0]], page["columns"][key[1]]
        closed = column["closed"]
        if closed and not (closed[0] in CLEARABLE and not value and key in page["cells"]):
            raise CellRefused(closed[0], self._edu_said(page, key, closed[1]))
        if not row["active"]:
            left = f"{self.env._('The pupil has left this class.')} {row['note']}".strip()
            raise CellRefused("LEFT_CLASS", self._edu_said(page, key, left))
        if not row["from"] <= column["day"] <= row["to"]:
            away = self.env._("The pupil is not in this class on that day.")
            raise CellRefused("NOT_THERE", self._edu_said(page, key, away))

    @api.model
    def _edu_said(self, page, key, message):
        """A message that names pupil and session."""
        column = page["columns"][key[1]]
        sessions = dict(self._fields["session"]._description_selection(self.env))
        return self.env._(
            "%(pupil)s, %(day)s, %(session)s: %(message)s",
            pupil=page["enrollments"][key[0]]["name"],
            day=format_date(self.env, column["day"]),
            session=sessions[column["session"]].lower(),
            message=message,
        )

    @api.model
    def _edu_conflict(self, stored):
        author = self.env["res.users"].sudo().browse(stored["author_id"]) if stored else None
        value = (stored["token"] or "") if stored else ""
        return {
            "message": self.env._("Somebody else changed this cell meanwhile."),
            "conflict": {
                "version": stored["entry_seq"] if stored else 0,
                "value": value,
                "kind": "value" if value else "empty",
                "author": author.name if author else "",
            },
        }

    @api.model
    def _edu_write(self, page, chain, changes):
        """One ledger append and one statement, however many cells there are."""
        if not changes:
            return
        school_class = page["class"]
        homeroom = school_class.homeroom_user_id
        entries = chain._edu_append(
            [
                (
                    chain,
                    {
                        "operation": "attend" if change["new"] == "" else "absent",
                        "acting_for": "" if homeroom == self.env.user else str(homeroom.id or ""),
                        "model": self._name,
                        "record": str(school_class.id),
                        "slot": f"{line}:{code}",
                        "old": change["old"],
                        "new": change["new"],
                        "origin": "grid",
                    },
                )
                for (line, code), change in changes.items()
            ]
        )
        for change, (_chain, seq, _hash) in zip(changes.values(), entries, strict=True):
            change["answer"]["version"] = seq
        columns = [page["columns"][code] for _line, code in changes]
        self.env.cr.execute(
            """
            INSERT INTO edu_attendance (class_id, company_id, chain_id, author_id, entered_at,
                enrollment_id, day, session, token, entry_seq)
            SELECT %s, %s, %s, %s, now() AT TIME ZONE 'UTC',
                cell.line, cell.day, cell.session, nullif(cell.token, ''), cell.seq
            FROM unnest(%s::int[], %s::date[], %s::text[], %s::text[], %s::int[])
                AS cell (line, day, session, token, seq)
            ON CONFLICT (enrollment_id, day, session) DO UPDATE SET
                token = EXCLUDED.token, entry_seq = EXCLUDED.entry_seq,
                author_id = EXCLUDED.author_id, entered_at = EXCLUDED.entered_at
            """,
            [
                school_class.id,
                school_class.company_id.id,
                chain.id,
                self.env.uid,
                [line for line, _code in changes],
                [column["day"] for column in columns],
                [column["session"] for column in columns],
                [change["new"] for change in changes.values()],
                [seq for _chain, seq, _hash in entries],
            ],
        )
        self.env["edu.attendance"].invalidate_model(flush=False)

    # -- counting --------------------------------------------------------------------------------

    @api.model
    def _edu_missed(self, lines):
        """Sessions that the pupils of ``lines`` missed in the school year, wherever they were.

        :return: ``{enrolment id: {(day, session): "P" or "K"}}``; of two classes that recorded the
            same session the later record counts
        """
        missed = {line: {} for line in lines.ids}
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT line.id, cell.day, cell.session, cell.token
            FROM edu_enrollment line
            JOIN edu_enrollment place
                ON place.student_id = line.student_id AND place.school_year_id = line.school_year_id
            JOIN edu_attendance cell ON cell.enrollment_id = place.id AND cell.token IS NOT NULL
            WHERE line.id = ANY(%s) ORDER BY cell.entered_at, cell.id
            """,
            [lines.ids],
        )
        for line, day, session, token in self.env.cr.fetchall():
            missed[line][day, session] = token
        return missed

    @api.model
    def _edu_counts(self, lines):
        """Absences of the year as the regulation and the school's setting count them.

        :return: ``{enrolment id: edu_records.rules.Result}``
        """
        counts = {}
        missed = self._edu_missed(lines)
        for school_class, of_class in lines.sudo().grouped("class_id").items():
            count = school_class._edu_absence_rule()
            unit = school_class.company_id.edu_absence_unit
            for line in of_class:
                counts[line.id] = count(missed=missed[line.id], absence_unit=unit)
        return counts

    @api.model
    def _edu_snapshot(self, book):
        """Attendance of a gradebook period for its snapshot: what each month's page prints.

        :return: ``[{"month", "rows": [{"no", "days": {"05:am": "P"}, "P", "K", "TS"}]}]``, None for
            a class that does not keep its attendance here
        """
        school_class = book.class_id
        if not school_class.keeps_attendance:
            return None
        start = book.period_id.date_start or school_class.school_year_id.date_start
        end = book._edu_reference_day()
        self.env.cr.execute(
            "SELECT to_char(day, 'YYYY-MM'), enrollment_id, to_char(day, 'DD') || ':' || session,"
            " token FROM edu_attendance"
            " WHERE class_id = %s AND token IS NOT NULL AND day BETWEEN %s AND %s ORDER BY 1, 2, 3",
            [school_class.id, start, end],
        )
        found = {}
        for month, line, code, token in self.env.cr.fetchall():
            found.setdefault((month, line), {})[code] = token
        lines = school_class.enrollment_ids.sorted(lambda line: (line.number, line.id))
        return [
            {
                "month": f"{first:%Y-%m}",
                "rows": [
                    _snapshot_row(line, found.get((f"{first:%Y-%m}", line.id), {}))
                    for line in lines
                ],
            }
            for first in school_class._edu_months()
            if first <= end and _last(first) >= start
        ]

    # -- guards ----------------------------------------------------------------------------------

    @api.model
    def _edu_install_guards(self):
        """What the data of the addon calls, so that demo data is judged by the triggers too."""
        install_mark_triggers(self.env.cr)
        install_attendance_triggers(self.env.cr)

    def _register_hook(self):
        super()._register_hook()
        install_attendance_triggers(self.env.cr)


def _last(first):
    """The last day of the month that begins with ``first``."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def _code(day, session):
    return f"{day}:{session}"


def _snapshot_row(line, days):
    excused = sum(token == "P" for token in days.values())
    return {
        "no": str(line.number),
        "days": days,
        "P": str(excused),
        "K": str(len(days) - excused),
        "TS": str(len(days)),
    }
