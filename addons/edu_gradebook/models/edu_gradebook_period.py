import hashlib
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records.canonical import canonical_json

from .edu_period_result import COMPARED_LEVEL
from .edu_subject_result import COMPARED_RESULT

FORM_GRADES = range(6, 10)


class EduGradebookPeriod(models.Model):
    """One period of a class's gradebook: the record that is locked, approved and signed."""

    _name = "edu.gradebook.period"
    _description = "Gradebook Period"
    _inherit = ["edu.gradebook.traits", "edu.class.record.mixin"]
    _order = "class_id desc, period_sequence, id"

    gradebook_id = fields.Many2one(
        "edu.gradebook", required=True, readonly=True, index=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        "edu.period", required=True, readonly=True, index=True, ondelete="restrict"
    )
    period_sequence = fields.Integer(related="period_id.sequence", store=True, aggregator=None)
    class_id = fields.Many2one(related="gradebook_id.class_id", store=True, index=True)
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    homeroom_user_id = fields.Many2one(related="class_id.homeroom_user_id")
    company_id = fields.Many2one(
        related="gradebook_id.company_id", store=True, index=True, string="School"
    )
    gradesheet_ids = fields.One2many("edu.gradesheet", "gradebook_period_id", "Gradesheets")
    result_ids = fields.One2many("edu.period.result", "gradebook_period_id", "Results")
    import_ids = fields.One2many("edu.mark.import", "gradebook_period_id", "Imports")
    confirmed_text = fields.Char("Confirmed Sheets", compute="_compute_confirmed_text")
    has_conduct = fields.Boolean(compute="_compute_has_conduct")
    regulation_code = fields.Char(related="class_id.regulation_id.code")

    _period_uniq = models.Constraint(
        "UNIQUE(gradebook_id, period_id)", "The gradebook has this period already."
    )

    @api.depends("gradesheet_ids.confirmed")
    def _compute_confirmed_text(self):
        for book in self:
            sheets = book.sudo()._edu_sheets()
            book.confirmed_text = f"{len(sheets.filtered('confirmed'))}/{len(sheets)}"

    @api.depends("class_id.regulation_id")
    def _compute_has_conduct(self):
        for book in self:
            book.has_conduct = book.sudo()._edu_has_conduct()

    @api.model_create_multi
    def create(self, vals_list):
        books = super().create(vals_list)
        self.env["edu.gradesheet"].sudo()._edu_make(books.sudo())
        return books

    def write(self, vals):
        if self and {"gradebook_id", "period_id"} & set(vals):
            raise UserError(self.env._("A gradebook period cannot become another one."))
        return super().write(vals)

    def _edu_sheets(self):
        """The sheets, searched: a one2many read as ``sudo`` would show them to every reader."""
        return self.env["edu.gradesheet"].search([("gradebook_period_id", "in", self.ids)])

    def _edu_reference_day(self):
        """The day that decides who belongs to the period: its last one, the day of its lock, or
        today, whichever came first."""
        self.ensure_one()
        today = self.company_id._edu_today()
        days = [today, self.period_id.date_end or today]
        if self.locked_at:
            zone = ZoneInfo(self.company_id.edu_timezone)
            days.append(self.locked_at.replace(tzinfo=timezone.utc).astimezone(zone).date())
        return min(days)

    def _edu_active_lines(self):
        """Enrolments of pupils who had not left by the period's end, in the order of the list.

        Who left before it ended has no result in it; what was recorded stays.
        """
        self.ensure_one()
        day = self._edu_reference_day()
        lines = self.class_id.enrollment_ids.filtered(
            lambda line: not line.date_end or line.date_end >= day
        )
        return self._edu_summer_only(lines.sorted(lambda line: (line.number, line.id)))

    def _edu_due_lines(self):
        """Enrolments that must be complete: active ones who came before the period was over, and
        have not finished it in the class that they came from."""
        end = self.period_id.date_end
        lines = self._edu_active_lines().filtered(
            lambda line: not end or not line.date_start or line.date_start <= end
        )
        before = {line: line.entry_movement_id.marks_from_id.class_id for line in lines}
        classes = lines.entry_movement_id.marks_from_id.class_id
        finished = classes and self.search(
            [
                ("class_id", "in", classes.ids),
                ("period_id", "=", self.period_id.id),
                ("state", "!=", "draft"),
            ]
        )
        return lines.filtered(lambda line: not finished or before[line] not in finished.class_id)

    # -- conduct ---------------------------------------------------------------------------------

    def save_conduct(self, levels):
        """Save conduct of pupils, by the homeroom teacher.

        :param dict levels: ``{enrolment id: "TOT", "KHA", "DAT", "CHUA_DAT" or ""}``
        :return: ``{enrolment id: ledger entry}`` of what changed
        """
        try:
            by_line = {int(line): level for line, level in dict(levels).items()}
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("Conduct is sent as a level for each pupil.")) from error
        return {str(line): seq for line, seq in self._edu_save_conduct(by_line).items()}

    def _edu_save_conduct(self, levels, origin="grid", evidence=""):
        """See :meth:`save_conduct`; the period's chain is held before anything is read.

        :raises AccessError: when the user is not the homeroom teacher, ``sudo`` or not
        :raises UserError: when the period is locked
        """
        self.ensure_one()
        book = self.sudo()
        book._edu_own_chains()._edu_lock_heads()
        Result = self.env["edu.period.result"].sudo()
        Result._edu_check_homeroom(book)
        if not book._edu_has_conduct():
            raise UserError(
                self.env._(
                    "%(name)s: %(regulation)s has no levels of conduct.",
                    name=book.display_name,
                    regulation=book.class_id.regulation_id.name,
                )
            )
        if book.effective_state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: conduct can be changed after the principal"
                    " (%(principals)s) opened it again.",
                    name=book.display_name,
                    state=book._edu_state_label(),
                    principals=book._edu_names(book._edu_role_users("principal")),
                )
            )
        self._edu_check_close()
        return Result._edu_save_conduct(book, levels, origin, evidence)

    def action_enter_conduct(self):
        """Show the pupils with their conduct, for the homeroom teacher to enter."""
        self.ensure_one()
        self.check_access("read")
        if self.state in ("draft", "locked"):
            self.env["edu.period.result"].sudo()._edu_open_rows(self.sudo())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Conduct and Results: %s", self.display_name),
            "res_model": "edu.period.result",
            "view_mode": "list",
            "domain": [("gradebook_period_id", "=", self.id)],
        }

    def action_year_results(self):
        """The reviews of the year of this class."""
        self.check_access("read")
        return self.class_id.action_year_results()

    def action_import_marks(self):
        """Bring a workbook of marks for this period."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Marks"),
            "res_model": "edu.mark.import",
            "view_mode": "form",
            "context": {"default_gradebook_period_id": self.id},
        }

    # -- results ---------------------------------------------------------------------------------

    def action_compute_results(self):
        """Compute the results again, while the period is not approved."""
        for book in self:
            if not book._edu_may("lock"):
                raise AccessError(book._edu_may_message("lock"))
            if book.state not in ("draft", "locked"):
                raise UserError(
                    self.env._("%s: results can be computed until approval.", book.display_name)
                )
        self._edu_lock_rows()
        self.sudo()._edu_compute_results()

    def _edu_expected_results(self):
        """What the regulation makes of the marks as they stand: ``(subject rows, level rows)``."""
        self.ensure_one()
        Subject, Period = self.env["edu.subject.result"], self.env["edu.period.result"]
        sheets = self._edu_sheets()
        cells = self.env["edu.mark"]._edu_cells(sheets)
        judged = {sheet: Subject._edu_judge(sheet, cells[sheet.id]) for sheet in sheets}
        subject_rows = [
            {
                **result,
                "gradebook_period_id": self.id,
                "gradesheet_id": sheet.id,
                "enrollment_id": line_id,
            }
            for sheet, results in judged.items()
            for line_id, result in results.items()
        ]
        level_rows = [
            {**level, "gradebook_period_id": self.id, "enrollment_id": line_id}
            for line_id, level in Period._edu_judge(self, judged).items()
        ]
        return subject_rows, level_rows

    def _edu_compute_results(self):
        """Read once, apply the rules, write once; the chain records what was computed from."""
        for book in self:
            subject_rows, level_rows = book._edu_expected_results()
            self.env["edu.subject.result"]._edu_store(subject_rows)
            self.env["edu.period.result"]._edu_store(level_rows)
            book.invalidate_recordset(["result_ids"], flush=False)
            event = {
                "operation": "compute",
                "model": "edu.period.result",
                "record": str(book.id),
                "slot": "results",
                "new": book._edu_results_digest(level_rows),
            }
            self.env["edu.ledger.chain"]._edu_append([(book._edu_own_chains(), event)])

    @api.model
    def _edu_results_digest(self, level_rows):
        """One hash over the inputs of all levels, in the order of the enrolments."""
        hashes = sorted((row["enrollment_id"], row["input_hash"]) for row in level_rows)
        return hashlib.sha256(canonical_json(hashes).encode()).hexdigest()

    def _edu_stale_results(self):
        """How many stored results are missing or differ from what the marks give now."""
        self.ensure_one()
        subject_rows, level_rows = self._edu_expected_results()
        subjects = self.env["edu.subject.result"]._edu_stored(self)
        levels = self.env["edu.period.result"]._edu_stored(self)
        stale = sum(
            subjects.get((row["gradesheet_id"], row["enrollment_id"]))
            != tuple(row[name] for name in COMPARED_RESULT)
            for row in subject_rows
        )
        return stale + sum(
            levels.get(row["enrollment_id"]) != tuple(row[name] for name in COMPARED_LEVEL)
            for row in level_rows
        )

    # -- lifecycle -------------------------------------------------------------------------------

    def _edu_chains(self):
        return super()._edu_chains() + self._edu_sheets().chain_id

    def _edu_transition_users(self, transition):
        users = super()._edu_transition_users(transition)
        return users | self._edu_role_users("vice_principal") if transition == "lock" else users

    def _edu_form_code(self):
        """The form exists for lower secondary under TT 22/2021; other books are kept without."""
        lower = self.class_id.grade_number in FORM_GRADES
        is_tt22 = self.class_id.regulation_id.code == "TT22"
        return "class_gradebook_tt22_thcs" if lower and is_tt22 else ""

    def _edu_after(self, transition):
        if transition in ("lock", "relock"):
            self._edu_compute_results()
        return super()._edu_after(transition)

    def _edu_blockers(self, transition):
        blockers = super()._edu_blockers(transition)
        book = self.sudo()
        if transition in ("lock", "approve"):
            # a reopened period locks itself as it is: approval asks for everything again
            blockers += book._edu_number_blockers() + book._edu_mark_blockers()
            blockers += book._edu_conduct_blockers() + book._edu_confirm_blockers()
            blockers += self.env["edu.confirmation"]._edu_confirmation_blockers(book)
        if transition == "approve":
            blockers += book._edu_result_blockers()
        if transition in ("return", "supersede"):
            blockers += book._edu_review_blockers()
        return blockers

    def _edu_review_blockers(self):
        """Reviews of the year that were proposed or decided with this period's results."""
        reviews = self.env["edu.year.review"].search(
            [("class_id", "=", self.class_id.id), ("state", "!=", "draft")]
        )
        if self._edu_is_summer():
            reviews = reviews.filtered(lambda review: review.period_id == self.period_id)
        return [
            {
                "code": "year_review",
                "message": self.env._("%s rests on it: send it back first.", review.display_name),
                "records": review,
                "resolver": self._edu_role_users("principal"),
            }
            for review in reviews
        ]

    def _edu_number_blockers(self):
        lines = self.class_id.enrollment_ids
        numbers = lines.mapped("number")
        if lines and all(numbers) and len(set(numbers)) == len(numbers):
            return []
        return [
            {
                "code": "class_list",
                "message": self.env._("The class list is empty or not numbered one by one."),
                "records": lines,
                "resolver": self._edu_role_users("school"),
            }
        ]

    def _edu_mark_blockers(self):
        return [
            {
                "code": "missing_marks",
                "message": self.env._(
                    "%(subject)s: %(count)s marks are missing: %(first)s",
                    subject=sheet.subject_id.name,
                    count=len(missing),
                    first=sheet._edu_first_missing(missing),
                ),
                "records": sheet,
                "resolver": sheet.teacher_ids,
            }
            for sheet, missing in self._edu_sheets()._edu_missing().items()
        ]

    def _edu_confirm_blockers(self):
        return [
            {
                "code": "unconfirmed",
                "message": self.env._("%s: not confirmed by its teacher.", sheet.subject_id.name)
                if sheet.teacher_ids
                else self.env._("%s: not confirmed; nobody is assigned.", sheet.subject_id.name),
                "records": sheet,
                "resolver": sheet._edu_unconfirmed() or self._edu_role_users("vice_principal"),
            }
            for sheet in self._edu_sheets()
            if not sheet.confirmed
        ]

    def _edu_has_conduct(self):
        """Whether the regulation has levels of conduct in a period."""
        regulation = self.class_id.regulation_id
        return hasattr(self.env["edu.subject.result"]._edu_rules(regulation), "conduct_year")

    def _edu_conduct_blockers(self):
        if not self._edu_has_conduct():
            return []
        conduct = self.env["edu.period.result"]._edu_conduct(self)
        missing = self._edu_due_lines().filtered(lambda line: line.id not in conduct)
        if not missing:
            return []
        names = ", ".join(missing[:3].student_id.mapped("name"))
        return [
            {
                "code": "missing_conduct",
                "message": self.env._(
                    "Conduct of %(count)s pupils is missing: %(first)s.",
                    count=len(missing),
                    first=names + (", …" if len(missing) > 3 else ""),
                ),
                "records": missing,
                "resolver": self._edu_role_users("homeroom"),
            }
        ]

    def _edu_result_blockers(self):
        stale = self._edu_stale_results()
        if not stale:
            return []
        return [
            {
                "code": "stale_results",
                "message": self.env._(
                    "%s results are missing or do not fit the marks. Compute the results again.",
                    stale,
                ),
                "records": self,
                "resolver": self._edu_role_users("principal")
                + self._edu_role_users("vice_principal"),
            }
        ]

    def _edu_snapshot(self):
        return self.env["edu.gradebook.snapshot"]._edu_value(self)
