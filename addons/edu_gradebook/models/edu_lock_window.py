from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, format_datetime

from edu_records.rules import seed_correction

PLACES = {"class_id": 32, "grade_id": 16, "level_id": 8, "subject_id": 4, "column_id": 2}
"""How much narrower a window is for each part of its scope; a column of a kind counts 1."""
MOST_LOCKED = 200  # books in one run; the others are closed already all the same


class EduLockWindow(models.Model):
    """When marks of a scope are entered: what the school set, never what a cron did.

    ``edu_mark_lock`` (``sql/marks.sql``) reads the windows at every write. The narrowest window
    that covers a column of a sheet decides; of equally narrow ones an open one suffices. An *exam*
    is the window of the term exam's marks; its day is also what the deadline of corrections is
    counted from (Điều 8.2, 8.3). A *close* closes everything in its scope from its first day on,
    whatever narrower windows say.
    """

    _name = "edu.lock.window"
    _inherit = ["edu.guarded.mixin", "edu.logged.mixin", "edu.kept.mixin"]
    _description = "Lock Window"
    _order = "school_year_id desc, date_from, narrowness, id"
    _check_company_auto = True

    _edu_logged = frozenset(
        {"kind", "school_year_id", "period_id", "level_id", "grade_id", "class_id", "subject_id"}
        | {"column_kind", "column_id", "date_from", "date_to", "hour_to", "exam_date"}
        | {"in_force", "active", "decision"}
    )

    kind = fields.Selection(
        [("entry", "Entering marks"), ("exam", "Term exam"), ("close", "Closing of the books")],
        required=True,
        default="entry",
        index=True,
    )
    school_year_id = fields.Many2one(
        "edu.school.year", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="school_year_id.company_id", store=True, index=True, string="School"
    )
    period_id = fields.Many2one(
        "edu.period",
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('school_year_id', '=', school_year_id)]",
        help="Empty: all periods of the year.",
    )
    level_id = fields.Many2one("edu.level", ondelete="restrict", help="Empty: all levels.")
    grade_id = fields.Many2one("edu.grade", ondelete="restrict", help="Empty: all grades.")
    class_id = fields.Many2one(
        "edu.class",
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('school_year_id', '=', school_year_id)]",
        help="Empty: all classes.",
    )
    subject_id = fields.Many2one(
        "edu.subject", ondelete="restrict", check_company=True, help="Empty: all subjects."
    )
    column_kind = fields.Selection(
        [("regular", "Regular"), ("midterm", "Midterm"), ("final", "Final")],
        "Columns",
        help="Empty: all columns.",
    )
    column_id = fields.Many2one(
        "edu.mark.column", "Single Column", ondelete="restrict", help="Empty: all of these columns."
    )
    date_from = fields.Date("From", required=True, help="The first day, from midnight.")
    date_to = fields.Date("Until", help="The last day. Empty: until the period is locked.")
    hour_to = fields.Float(
        "At", default=24.0, aggregator=None, help="Time of the last day, in the school's time zone."
    )
    exam_date = fields.Date(
        "Day of the Exam", help="Other marks are corrected until a week before this day."
    )
    opens_at = fields.Datetime(compute="_compute_moments", store=True, index=True)
    closes_at = fields.Datetime(compute="_compute_moments", store=True)
    correct_until = fields.Datetime("Corrections until", compute="_compute_moments", store=True)
    last_correction_day = fields.Date(
        "Last Day of Corrections", compute="_compute_last_correction_day", help="Điều 8.2."
    )
    narrowness = fields.Integer(compute="_compute_narrowness", store=True, aggregator=None)
    decision = fields.Char(help="Number and date of the written decision.")
    in_force = fields.Boolean(
        default=True, index=True, help="A proposal closes and opens nothing until it is in force."
    )
    active = fields.Boolean(default=True, help="Archived: withdrawn.")
    scope = fields.Char(compute="_compute_scope")
    moments = fields.Char("In the School's Time Zone", compute="_compute_told_moments")
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("upcoming", "Upcoming"),
            ("open", "Open"),
            ("over", "Over"),
            ("closed", "Closed"),
        ],
        compute="_compute_state",
    )

    _days = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The window ends before it begins."
    )
    _hour = models.Constraint(
        "CHECK(hour_to > 0 AND hour_to <= 24)", "The time is between 0:00 and 24:00."
    )
    _exam_day = models.Constraint(
        "CHECK((kind = 'exam') = (exam_date IS NOT NULL))",
        "The window of a term exam names the day of the exam, and no other window does.",
    )
    _exam_columns = models.Constraint(
        "CHECK(kind <> 'exam' OR (column_kind IS NULL AND column_id IS NULL))",
        "The window of a term exam is for the final marks: name no columns.",
    )
    _close_end = models.Constraint(
        "CHECK(kind <> 'close' OR date_to IS NULL)",
        "A close has a first day only. Archive it to open again.",
    )
    _year_idx = models.Index("(school_year_id, kind) WHERE active AND in_force")

    @api.model
    def _edu_logs(self):
        """Always: the database asks for the entry, also of what comes with the demo."""
        return True

    # -- what follows from the days --------------------------------------------------------------

    @api.depends("kind", "date_from", "date_to", "hour_to", "exam_date", "company_id.edu_timezone")
    def _compute_moments(self):
        for window in self:
            last = window._edu_last_correction_day()
            day_after = last + timedelta(days=1) if last else False
            window.opens_at = window._edu_moment(window.date_from)
            window.closes_at = window._edu_moment(window.date_to, window.hour_to)
            window.correct_until = window._edu_moment(day_after)

    @api.depends("opens_at", "closes_at", "correct_until")
    def _compute_told_moments(self):
        for window in self:
            moments = (window.opens_at, window.closes_at)
            told = " – ".join(window._edu_told_moment(one) if one else "…" for one in moments)
            window.moments = told if window.opens_at else False

    def _edu_told_moment(self, moment):
        zone = self.company_id.edu_timezone
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    @api.depends("exam_date")
    def _compute_last_correction_day(self):
        for window in self:
            window.last_correction_day = window._edu_last_correction_day() or False

    def _edu_moment(self, day, hour=0.0):
        """The UTC moment of an hour of the school's day; False without a day.

        :raises ValidationError: for what is no moment, as at the end of all calendars
        """
        if not day:
            return False
        zone = ZoneInfo(self.company_id.edu_timezone or "Asia/Ho_Chi_Minh")
        try:
            days, minutes = divmod(round(hour * 60), 24 * 60)
            clock = time(minutes // 60, minutes % 60, tzinfo=zone)
            local = datetime.combine(day + timedelta(days=days), clock)
            moment = local.astimezone(timezone.utc)
        except (OverflowError, ValueError) as error:
            raise ValidationError(self.env._("%s is no possible day.", day)) from error
        return moment.replace(tzinfo=None)

    def _edu_last_correction_day(self):
        """The last day on which marks are corrected before the exam, as the library says."""
        if not self.exam_date:
            return None
        try:
            trace = seed_correction(exam_date=self.exam_date, on=self.exam_date, mark="TX").trace
        except OverflowError as error:
            raise ValidationError(self.env._("%s is no possible day.", self.exam_date)) from error
        return date.fromisoformat(dict(trace.steps)["last day"])

    @api.depends("kind", "column_kind", *PLACES)
    def _compute_narrowness(self):
        for window in self:
            columns = bool(window.column_kind or window.kind == "exam")
            window.narrowness = columns + sum(
                weight for name, weight in PLACES.items() if window[name]
            )

    @api.depends("opens_at", "closes_at", "in_force", "kind")
    def _compute_state(self):
        now = self.env.cr.now()
        for window in self:
            if not window.in_force:
                window.state = "proposed"
            elif not window.opens_at or window.opens_at > now:
                window.state = "upcoming"
            elif window.kind == "close":
                window.state = "closed"
            else:
                over = window.closes_at and window.closes_at <= now
                window.state = "over" if over else "open"

    @api.depends("period_id", "column_kind", *PLACES)
    def _compute_scope(self):
        kinds = dict(self._fields["column_kind"]._description_selection(self.env))
        for window in self:
            place = window.class_id or window.grade_id or window.level_id
            parts = (
                window.period_id.name,
                place.display_name or self.env._("whole school"),
                window.subject_id.name,
                window.column_id.code or kinds.get(window.column_kind),
            )
            window.scope = ", ".join(part for part in parts if part)

    @api.depends("kind", "scope", "school_year_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for window in self:
            window.display_name = f"{labels.get(window.kind, '')}: {window.scope}"

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "exam":
            self.column_kind = self.column_id = False
        else:
            self.exam_date = False
        if self.kind == "close":
            self.date_to = False

    # -- who sets windows ------------------------------------------------------------------------

    @api.constrains("school_year_id", "period_id", "class_id", "grade_id", "level_id", "column_id")
    def _check_scope(self):
        for window in self:
            years = window.period_id.school_year_id | window.class_id.school_year_id
            grade = window.class_id.grade_id or window.grade_id
            agree = (
                years <= window.school_year_id
                and window.grade_id in (grade, window.grade_id.browse())
                and window.level_id in (grade.level_id or window.level_id, window.level_id.browse())
                and (not window.column_kind or window.column_id.kind in (False, window.column_kind))
            )
            if not agree:
                raise ValidationError(
                    self.env._(
                        "%s: year, period, level, grade, class and column do not fit together.",
                        window.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        windows = super().create(vals_list)
        years = windows.sudo().school_year_id.with_env(self.env)
        self._edu_check_setter(years)  # of what was made: defaults of a context count too
        self._edu_touch(years)
        return windows

    def write(self, vals):
        if not self or not vals:
            return super().write(vals)
        new = self.env["edu.school.year"].browse(vals.get("school_year_id") or [])
        years = self.sudo().school_year_id.with_env(self.env) | new
        self._edu_check_setter(years)
        result = super().write(vals)
        self._edu_touch(years)
        return result

    @api.model
    def _edu_setters(self, company):
        """Who sets the school's windows: the management, and whom the principal entrusted with
        the set-up of the year."""
        Users = self.env["res.users"]
        managers = Users._edu_holders("principal", company)
        managers |= Users._edu_holders("vice_principal", company)
        return managers | self.env["edu.school.year"]._edu_keepers(company)

    @api.model
    def _edu_check_setter(self, years):
        """Refuse unless the user who is logged in sets the windows, whatever ``sudo`` says.

        :raises AccessError: with the names of those who do
        """
        for company in years.sudo().company_id:
            setters = self._edu_setters(company)
            if self.env.user not in setters:
                raise AccessError(
                    self.env._(
                        "When marks are open is decided by the principal and whom the principal"
                        " entrusted (%s).",
                        ", ".join(setters.sudo().mapped("name")) or "-",
                    )
                )

    @api.model
    def _edu_touch(self, years):
        """Change the row that every save of a mark holds: a save that began before this is tried
        again by the server and then judged by the new windows."""
        self.flush_model()
        self.env.cr.execute(
            "UPDATE edu_school_year SET window_changes = coalesce(window_changes, 0) + 1"
            " WHERE id = ANY(%s)",
            [sorted(years.ids)],
        )
        years.invalidate_recordset(["window_changes"], flush=False)
        self.env["edu.gradesheet"].invalidate_model(["closed_reason"], flush=False)

    def action_put_in_force(self):
        """Let proposals count from now on."""
        self.write({"in_force": True})

    # -- telling ---------------------------------------------------------------------------------

    def _edu_told(self, code):
        """What the window says about a cell, with the moment in the school's time zone."""
        self.ensure_one()
        if code == "LATE":
            return self.env._(
                "Marks are corrected until %(last)s, one week before the term exam of %(exam)s.",
                last=format_date(self.env, self._edu_last_correction_day()),
                exam=format_date(self.env, self.exam_date),
            )
        texts = {
            "CLOSED": self.env._("This is closed since %(moment)s (%(window)s)."),
            "NOT_YET": self.env._("This is entered from %(moment)s on (%(window)s)."),
            "OVER": self.env._("The time for entering this ended at %(moment)s (%(window)s)."),
        }
        moment = self.closes_at if code == "OVER" else self.opens_at
        return texts[code] % {
            "moment": self._edu_told_moment(moment),
            "window": self.display_name,
        }

    # -- tidying up ------------------------------------------------------------------------------

    @api.model
    def _edu_tidy(self):
        """Cron: lock the periods of books that a close has closed. They are closed already, by
        ``edu_mark_lock``, whatever this does and when."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id FROM edu_gradebook_period WHERE state = 'draft'"
            " AND edu_book_close(id) IS NOT NULL ORDER BY id LIMIT %s",
            [MOST_LOCKED],
        )
        books = self.env["edu.gradebook.period"].browse(
            book_id for (book_id,) in self.env.cr.fetchall()
        )
        books.sudo()._edu_transition("relock")

    # -- proposing -------------------------------------------------------------------------------

    @api.model
    def _edu_propose(self, year):
        """Propose the windows of a year that are not there yet, from the days of its periods.

        :return: the new windows, not in force
        :raises UserError: when no period has its days yet, naming them
        """
        known = self.with_context(active_test=False).search([("school_year_id", "=", year.id)])
        marked = year._edu_marked_periods()
        periods = marked.filtered(lambda one: one.date_start and one.date_end)
        if not periods and not known:
            raise UserError(
                self.env._(
                    "%(year)s: write the first and last day of its periods first: %(periods)s.",
                    year=year.name,
                    periods=", ".join(marked.mapped("name")) or "-",
                )
            )
        have = {(window.kind, window.period_id) for window in known}
        proposals = [vals for one in periods for vals in self._edu_proposals(one)]
        closing = year._edu_last_day() + timedelta(days=1)
        proposals.append({"kind": "close", "period_id": False, "date_from": closing})
        return self.create(
            [
                {**vals, "school_year_id": year.id, "in_force": False}
                for vals in proposals
                if (vals["kind"], self.env["edu.period"].browse(vals["period_id"] or []))
                not in have
            ]
        )

    @api.model
    def _edu_proposals(self, period):
        """Entering until a week before the exam, the exam two weeks before the period's end, the
        close a week after it."""
        exam = max(period.date_end - timedelta(days=14), period.date_start)
        entry = {"kind": "entry", "period_id": period.id, "date_from": period.date_start}
        window = {**entry, "kind": "exam", "exam_date": exam, "date_from": exam}
        last = max(self.new(window)._edu_last_correction_day(), period.date_start)
        end = period.date_end + timedelta(days=7)
        return [
            {**entry, "date_to": last},
            {**window, "date_to": end},
            {"kind": "close", "period_id": period.id, "date_from": end + timedelta(days=1)},
        ]
