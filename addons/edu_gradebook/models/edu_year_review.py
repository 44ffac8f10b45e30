import hashlib
import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from edu_records.canonical import canonical_json
from edu_records.rules import LEVELS, Result, Trace, explain

from ..hooks import install_result_triggers
from .edu_gradebook_snapshot import ISO
from .edu_year_judge import SEMESTERS, SUMMER, YEAR
from .edu_year_result import HOMEROOM_COLUMNS, OUTCOMES, PRINCIPAL_COLUMNS

OPEN_OUTCOMES = ("KIEM_TRA_LAI", "REN_LUYEN_HE")
SHOWN_NAMES = 5
LONGEST = 200
# columns of the entered values that the results are computed from
INPUTS = {"absent", "conduct_after"}


class EduYearReview(models.Model):
    """Xét duyệt kết quả: a class's results of the year, or of those re-assessed after summer.

    The homeroom teacher completes and proposes it (locked), the principal decides (approved).
    """

    _name = "edu.year.review"
    _description = "Review of a Class's Year"
    _inherit = ["edu.record.mixin"]
    _order = "class_id desc, period_sequence, id"

    class_id = fields.Many2one(
        "edu.class", required=True, readonly=True, index=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        "edu.period", "Stage", required=True, readonly=True, index=True, ondelete="restrict"
    )
    period_sequence = fields.Integer(related="period_id.sequence", store=True, aggregator=None)
    stage = fields.Char(related="period_id.code", string="Stage's Code")
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    homeroom_user_id = fields.Many2one(related="class_id.homeroom_user_id")
    company_id = fields.Many2one(
        related="class_id.company_id", store=True, index=True, string="School"
    )
    decision_number = fields.Char(help="Of the principal's written decision.")
    decision_date = fields.Date("Decided on")
    result_ids = fields.One2many("edu.year.result", "review_id", "Pupils")
    subject_ids = fields.One2many("edu.year.subject", "review_id", "Subjects")
    pupil_count = fields.Integer("Pupils in All", compute="_compute_counts")
    promoted_count = fields.Integer("Promoted", compute="_compute_counts")
    retest_count = fields.Integer("To Be Re-assessed", compute="_compute_counts")
    training_count = fields.Integer("Summer Training", compute="_compute_counts")
    retained_count = fields.Integer("Retained", compute="_compute_counts")
    titled_count = fields.Integer("With a Title", compute="_compute_counts")
    is_homeroom = fields.Boolean(compute="_compute_is_homeroom")

    _stage_uniq = models.Constraint(
        "UNIQUE(class_id, period_id)", "The class has this review already."
    )

    @api.depends("class_id.name", "period_id.name", "school_year_id.name")
    def _compute_display_name(self):
        for review in self:
            names = (review.class_id.name, review.period_id.name, review.school_year_id.name)
            review.display_name = " - ".join(name or "" for name in names)

    @api.depends("result_ids")
    def _compute_counts(self):
        counts = {}
        if self.ids:
            self.env.flush_all()
            self.env.cr.execute(
                "SELECT review_id, coalesce(decision, proposal, outcome), count(*), count(title)"
                " FROM edu_year_result WHERE review_id = ANY(%s) GROUP BY 1, 2",
                [self.ids],
            )
            for review_id, outcome, count, titled in self.env.cr.fetchall():
                counts.setdefault(review_id, {})[outcome] = (count, titled)
        for review in self:
            of = counts.get(review.id, {})
            review.pupil_count = sum(count for count, _titled in of.values())
            review.titled_count = sum(titled for _count, titled in of.values())
            review.promoted_count = of.get("LEN_LOP", (0, 0))[0]
            review.retest_count = of.get("KIEM_TRA_LAI", (0, 0))[0]
            review.training_count = of.get("REN_LUYEN_HE", (0, 0))[0]
            review.retained_count = of.get("O_LAI_LOP", (0, 0))[0]

    @api.depends_context("uid")
    @api.depends("class_id.homeroom_user_id")
    def _compute_is_homeroom(self):
        for review in self:
            review.is_homeroom = review.sudo().class_id.homeroom_user_id == self.env.user

    @api.model
    def _edu_states(self):
        names = {"draft": self.env._("In preparation"), "locked": self.env._("Proposed")}
        return [(code, names.get(code, label)) for code, label in super()._edu_states()]

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self._edu_is_unguarded():
            raise UserError(self.env._("A review is opened from its class."))
        return super().create(vals_list)

    def write(self, vals):
        if self and {"class_id", "period_id"} & set(vals):
            raise UserError(self.env._("A review cannot become another one."))
        if self and {"decision_number", "decision_date"} & set(vals):
            self._edu_check_decision()
        return super().write(vals)

    def _edu_check_decision(self):
        for review in self.sudo():
            if review.state not in ("draft", "locked"):
                raise UserError(self.env._("%s is approved: return it first.", review.display_name))
            if self.env.user not in review._edu_role_users("principal"):
                raise AccessError(review._edu_may_message("approve"))

    # -- opening ---------------------------------------------------------------------------------

    @api.model
    def _edu_open(self, classes, code=YEAR):
        """The reviews of ``classes`` at a stage of the year, made where they are missing."""
        found = self.search([("class_id", "in", classes.ids), ("period_id.code", "=", code)])
        vals_list = []
        for school_class in classes - found.class_id:
            periods = school_class.school_year_id._edu_periods(school_class.regulation_id)
            period = periods.filtered(lambda period: period.code == code)
            if period and school_class.gradebook_ids:
                vals_list.append({"class_id": school_class.id, "period_id": period.id})
        return found | self._edu_unguarded().create(vals_list).with_env(self.env)

    def _edu_lines(self):
        """``{review: [enrolment id]}`` of the pupils a review is about.

        Of the year: who is in the class when semester 2 ends. After summer: whom the approved
        review of the year sent to re-assessment or training, and who is in it already.
        """
        lines = {}
        years = self.filtered(lambda review: review.period_id.code == YEAR)
        for review in years:
            books = review._edu_books()
            due = books[SEMESTERS[-1]]._edu_due_lines() if SEMESTERS[-1] in books else None
            lines[review] = due.ids if due else []
        return lines | self._edu_summer_lines(self - years)

    @api.model
    def _edu_summer_lines(self, reviews):
        self.env.cr.execute(
            """
            SELECT summer.id, result.enrollment_id
            FROM edu_year_review summer
            JOIN edu_year_review review ON review.class_id = summer.class_id
                AND review.id <> summer.id AND review.state IN ('approved', 'signed')
            JOIN edu_year_result result ON result.review_id = review.id
            WHERE summer.id = ANY(%(reviews)s) AND result.decision = ANY(%(open)s)
            UNION
            SELECT review_id, enrollment_id FROM edu_year_result
            WHERE review_id = ANY(%(reviews)s)
            ORDER BY 1, 2
            """,
            {"reviews": reviews.ids, "open": list(OPEN_OUTCOMES)},
        )
        lines = {review: [] for review in reviews}
        for review_id, line in self.env.cr.fetchall():
            lines[self.browse(review_id)].append(line)
        return lines

    def _edu_rows(self):
        """Rows of the pupils whom the review is about; who left before the end has none."""
        self.ensure_one()
        lines = set(self._edu_lines()[self])
        return self.result_ids.filtered(lambda row: row.enrollment_id.id in lines)

    def _edu_books(self):
        """``{period code: gradebook period}`` of the class's semesters."""
        books = self.class_id.gradebook_ids.period_ids
        return {book.period_id.code: book for book in books if book.period_id.code in SEMESTERS}

    # -- computing -------------------------------------------------------------------------------

    def action_compute(self):
        """Compute the results again, until the principal approves them."""
        for review in self:
            review._edu_check_computer()
            if review.state not in ("draft", "locked"):
                raise UserError(
                    self.env._("%s: results can be computed until approval.", review.display_name)
                )
        self._edu_lock_rows()
        self.sudo()._edu_compute()

    def _edu_check_computer(self):
        review = self.sudo()
        users = review._edu_role_users("homeroom") | review._edu_role_users("principal")
        users |= review._edu_role_users("vice_principal")
        if self.env.user not in users:
            raise AccessError(
                self.env._(
                    "%(name)s: the homeroom teacher or the management computes it (%(people)s).",
                    name=review.display_name,
                    people=self._edu_names(users),
                )
            )

    def _edu_expected(self):
        """What the regulation makes of the inputs as they stand: ``(subject rows, pupil rows)``."""
        self.env.flush_all()
        return self.env["edu.year.judge"]._edu_judge(self, self._edu_lines(), self._edu_entered())

    def _edu_entered(self):
        """What people entered and the results rest on; see ``edu.year.judge._edu_judge``."""
        self.env.cr.execute(
            "SELECT review_id, enrollment_id, absent, conduct_after FROM edu_year_result"
            " WHERE review_id = ANY(%s)",
            [self.ids],
        )
        entered = {
            row[:2]: {"absent": row[2], "conduct_after": row[3], "retests": {}}
            for row in self.env.cr.fetchall()
        }
        self.env.cr.execute(
            "SELECT review_id, enrollment_id, subject_id, retest FROM edu_year_subject"
            " WHERE review_id = ANY(%s) AND retest IS NOT NULL",
            [self.ids],
        )
        for review_id, line, subject_id, token in self.env.cr.fetchall():
            given = entered.setdefault((review_id, line), {"retests": {}})
            given["retests"][subject_id] = token
        return entered

    def _edu_compute(self):
        """Read once, apply the rules, write what changed once; the chains record that.

        The number of queries does not depend on pupils.
        """
        subject_rows, pupil_rows = self._edu_expected()
        changed = self.env["edu.year.subject"]._edu_store(subject_rows)
        changed |= self.env["edu.year.result"]._edu_store(pupil_rows)
        self.invalidate_recordset(["result_ids", "subject_ids"], flush=False)
        hashes = {}
        for row in pupil_rows:
            pair = [row["enrollment_id"], row["input_hash"]]
            hashes.setdefault(row["review_id"], []).append(pair)
        reviews = self.filtered(lambda review: review.id in changed)
        events = [
            {
                "operation": "compute",
                "model": "edu.year.result",
                "record": str(review.id),
                "slot": "results",
                "new": _digest(sorted(hashes.get(review.id, []))),
            }
            for review in reviews
        ]
        chains = reviews._edu_own_chains()
        self.env["edu.ledger.chain"]._edu_append(list(zip(chains, events, strict=True)))

    @api.model
    def _edu_upsert(self, table, key, columns, rows):
        """Write those of ``rows`` that differ from what ``table`` has.

        :param key: columns that name a row; ``columns``: ``{computed column: SQL type}``
        :return: ids of the reviews in which something changed
        """
        reviews = {row["review_id"] for row in rows}
        compared = ("input_hash", "rule_version", *(["due"] if "due" in columns else []))
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE review_id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, (*key, *compared))),
                SQL.identifier(table),
                list(reviews),
            )
        )
        width = len(key)
        stored = {row[:width]: row[width:] for row in self.env.cr.fetchall()}
        fresh = [
            row
            for row in rows
            if stored.get(tuple(row[name] for name in key)) != tuple(row[name] for name in compared)
        ]
        if fresh:
            self._edu_write_rows(table, key, columns, fresh)
        return {row["review_id"] for row in fresh}

    @api.model
    def _edu_write_rows(self, table, key, columns, rows):
        types = {**dict.fromkeys(key, "int4"), **columns}
        names = [SQL.identifier(name) for name in types]
        arrays = [
            SQL("%s::%s[]", [row[name] for row in rows], SQL.identifier(kind))
            for name, kind in types.items()
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT * FROM unnest(%s) ON CONFLICT (%s) DO UPDATE SET %s",
                SQL.identifier(table),
                SQL(", ").join(names),
                SQL(", ").join(arrays),
                SQL(", ").join(map(SQL.identifier, key)),
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in columns
                ),
            )
        )
        self.env[table.replace("_", ".")].invalidate_model(flush=False)

    def _edu_explain(self, trace):
        """The traces of a row in the words of the circular; "" for none."""
        names = {sheet.subject_id.code: sheet.subject_id.name for sheet in self._edu_sheets()}
        sentences = []
        for item in json.loads(trace or "[]"):
            result = Result(item["value"], Trace(**item["trace"]))
            sentences += [*explain(result, names), ""]
        return "\n".join(sentences).strip()

    def _edu_sheets(self):
        return self.sudo().class_id.gradebook_ids.period_ids._edu_sheets()

    # -- entering --------------------------------------------------------------------------------

    def _edu_save(self, values):
        """Save what people enter for pupils; the review's chain is held before anything is read.

        :param dict values: ``{column: {result id: value}}``
        :raises AccessError: for whoever it is not up to, ``sudo`` or not
        :raises UserError: for a wrong value, or when the review is not in the state for it
        """
        self.ensure_one()
        review = self.sudo()
        review._edu_own_chains()._edu_lock_heads()
        for column in values:
            review._edu_check_entry(column)
        rows = {row.id: row for row in review.result_ids}
        for column, by_row in values.items():
            changes = {}
            for row_id, value in by_row.items():
                row = rows[row_id]
                new = review._edu_checked(column, value, row.student_name)
                if new != (row[column] or ""):
                    changes[row] = new
            review._edu_record_entries(column, changes)
        if INPUTS & set(values):
            review._edu_compute()

    def _edu_check_entry(self, column):
        """Whether the current user may enter ``column`` now."""
        role, state = (
            ("homeroom", "draft") if column in HOMEROOM_COLUMNS else ("principal", "locked")
        )
        users = self._edu_role_users(role)
        field = self.env["edu.year.result"]._fields[column]
        label = field.get_description(self.env, ["string"])["string"]
        if self.env.user not in users:
            raise AccessError(
                self.env._(
                    "%(name)s: %(field)s is entered by %(people)s.",
                    name=self.display_name,
                    field=label,
                    people=self._edu_names(users),
                )
            )
        if self.effective_state != state:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: %(field)s is entered while it is %(wanted)s.",
                    name=self.display_name,
                    state=self._edu_state_label(),
                    field=label,
                    wanted=states[state],
                )
            )
        if (column, self.stage) in (("absent", SUMMER), ("conduct_after", YEAR)):
            raise UserError(
                self.env._(
                    "%(name)s: %(field)s does not belong to this stage.",
                    name=self.display_name,
                    field=label,
                )
            )

    def _edu_checked(self, column, value, name):
        """The value as it is recorded; "" for none."""
        text = value.strip() if isinstance(value, str) else "" if not value else None
        allowed = {
            "conduct_after": LEVELS,
            "proposal": [code for code, _label in OUTCOMES],
            "decision": [code for code, _label in OUTCOMES],
        }
        if text is None or len(text) > LONGEST:
            wrong = True
        elif column == "absent":
            wrong = text and not re.fullmatch("0|[1-9][0-9]{0,2}", text)
        else:
            wrong = text and column in allowed and text not in allowed[column]
        if wrong:
            raise UserError(
                self.env._("%(pupil)s: %(value)s is not possible here.", pupil=name, value=value)
            )
        return text

    def _edu_record_entries(self, column, changes):
        """Entries in the chain, then the column.

        :param dict changes: ``{result: new value}``
        """
        if not changes:
            return
        chain = self._edu_own_chains()
        events = [
            {
                "operation": "decide" if column in PRINCIPAL_COLUMNS else "enter_result",
                "model": "edu.year.result",
                "record": str(self.id),
                "slot": f"{row.enrollment_id.id}:{column}",
                "old": row[column] or "",
                "new": value,
            }
            for row, value in changes.items()
        ]
        entries = self.env["edu.ledger.chain"]._edu_append([(chain, event) for event in events])
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE edu_year_result SET %s = nullif(given.value, ''), entry_seq = given.seq"
                " FROM unnest(%s::int[], %s::text[], %s::int[]) AS given (id, value, seq)"
                " WHERE edu_year_result.id = given.id",
                SQL.identifier(column),
                [row.id for row in changes],
                list(changes.values()),
                [seq for _chain, seq, _hash in entries],
            )
        )
        self.env["edu.year.result"].invalidate_model(flush=False)

    def _edu_save_retests(self, typed):
        """Save re-assessments, by the subjects' teachers; only what they touch is computed anew.

        :param dict typed: ``{id of edu.year.subject: text}``
        """
        self.ensure_one()
        review = self.sudo()
        chain = review._edu_own_chains()
        chain._edu_lock_heads()
        Subject = self.env["edu.year.subject"].sudo()
        rows = Subject.browse(typed)
        rows._edu_check_retests()
        if review.effective_state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: re-assessments are entered before it is proposed.",
                    name=review.display_name,
                    state=review._edu_state_label(),
                )
            )
        changes = {}
        for row in rows:
            token = Subject._edu_token(row.assess, typed[row.id], row.student_name)
            if token != (row.retest or ""):
                changes[row] = token
        events = [
            {
                "operation": "retest",
                "model": Subject._name,
                "record": str(review.id),
                "slot": f"{row.enrollment_id.id}:{row.subject_id.id}:retest",
                "old": row.retest or "",
                "new": token,
            }
            for row, token in changes.items()
        ]
        entries = (
            self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event) for event in events])
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE edu_year_subject SET retest = nullif(given.token, ''), entry_seq = given.seq,"
            " author_id = %s FROM unnest(%s::int[], %s::text[], %s::int[])"
            " AS given (id, token, seq) WHERE edu_year_subject.id = given.id",
            [
                self.env.uid,
                [row.id for row in changes],
                list(changes.values()),
                [seq for _chain, seq, _hash in entries],
            ],
        )
        Subject.invalidate_model(flush=False)
        review._edu_compute()

    # -- lifecycle -------------------------------------------------------------------------------

    def action_lock(self):
        """The homeroom teacher proposes: computed from what is there now."""
        for review in self:
            if review.state == "draft" and review._edu_may("lock"):
                review.action_compute()
        return super().action_lock()

    def _edu_transition_users(self, transition):
        if transition == "lock":
            return self._edu_role_users("homeroom")
        return super()._edu_transition_users(transition)

    def _edu_may_message(self, transition):
        if transition != "lock":
            return super()._edu_may_message(transition)
        return self.env._(
            "%(name)s: the homeroom teacher proposes it (%(people)s).",
            name=self.display_name,
            people=self._edu_names(self._edu_transition_users(transition)),
        )

    def _edu_role_users(self, role):
        if role == "homeroom":
            return self.class_id.homeroom_user_id
        return super()._edu_role_users(role)

    def _edu_class(self):
        return self.class_id

    def _edu_freeze(self):
        """Decide as proposed where the principal did not decide otherwise, then freeze."""
        for review in self:
            rows = review._edu_rows().filtered(lambda row: not row.decision)
            review._edu_record_entries(
                "decision", {row: row.proposal or row.outcome for row in rows}
            )
        return super()._edu_freeze()

    def _edu_after(self, transition):
        result = super()._edu_after(transition)
        if transition in ("approve", "return"):
            if transition == "approve":
                self._edu_begin_summer()
            self.env["edu.rollover"]._edu_results_changed(self.result_ids.enrollment_id)
        return result

    def _edu_begin_summer(self):
        """Open the review after summer of classes with pupils who get a second chance."""
        waiting = self.filtered(
            lambda review: (
                review.stage == YEAR
                and any(row.decision in OPEN_OUTCOMES for row in review._edu_rows())
            )
        )
        if waiting:
            self._edu_open(waiting.class_id, SUMMER)._edu_compute()

    # -- blockers --------------------------------------------------------------------------------

    def _edu_blockers(self, transition):
        blockers = super()._edu_blockers(transition)
        review = self.sudo()
        if transition in ("lock", "approve"):
            blockers += review._edu_source_blockers() + review._edu_entry_blockers()
            blockers += review._edu_retest_blockers()
            stale = review._edu_stale_blockers()
            blockers += stale or review._edu_outcome_blockers()
        if transition == "approve":
            blockers += review._edu_departure_blockers(
                "decision", "decision_note", review._edu_role_users("principal")
            )
        if transition in ("return", "unlock", "supersede"):
            blockers += review._edu_summer_blockers()
        return blockers

    def _edu_source_blockers(self):
        """Semesters that are not approved, each with what it waits for itself; after summer, the
        year."""
        blockers = []
        if self.stage == SUMMER:
            years = self.search([("class_id", "=", self.class_id.id), ("id", "!=", self.id)])
            sources = {YEAR: years} if years else {}
        else:
            sources = self._edu_books()
        for code in (YEAR,) if self.stage == SUMMER else SEMESTERS:
            source = sources.get(code)
            if source and source.state in ("approved", "signed"):
                continue
            name = source.display_name if source else f"{self.class_id.name} - {code}"
            message = self.env._("%s is not approved.", name)
            blockers.append(
                {
                    "code": "not_approved",
                    "message": message,
                    "records": source or self,
                    "resolver": self._edu_role_users("principal"),
                }
            )
            if source:
                ahead = "lock" if source._edu_effective_state() == "draft" else "approve"
                blockers += source._edu_blockers(ahead)
        return blockers

    def _edu_pupil_blocker(self, code, message, rows, resolver):
        """One blocker about pupils, who are named; nothing without any."""
        if not rows:
            return []
        names = ", ".join(rows[:SHOWN_NAMES].mapped("student_name"))
        names += ", …" if len(rows) > SHOWN_NAMES else ""
        return [
            {
                "code": code,
                "message": f"{message} ({len(rows)}): {names}",
                "records": rows,
                "resolver": resolver,
            }
        ]

    def _edu_entry_blockers(self):
        homeroom, rows = self._edu_role_users("homeroom"), self._edu_rows()
        if self.stage == YEAR:
            return self._edu_pupil_blocker(
                "missing_absences",
                self.env._("Sessions absent are not entered"),
                rows.filtered(lambda row: not row.absent),
                homeroom,
            )
        return self._edu_pupil_blocker(
            "missing_conduct",
            self.env._("Conduct after summer training is not entered"),
            rows.filtered(lambda row: row.conduct == "CHUA_DAT" and not row.conduct_after),
            homeroom,
        )

    def _edu_retest_blockers(self):
        if self.stage != SUMMER:
            return []
        missing = self.subject_ids.filtered(lambda row: row.due and not row.retest)
        blockers = []
        for sheet, rows in missing.grouped("gradesheet_id").items():
            message = self.env._("%s: re-assessments are missing", sheet.subject_id.name)
            teachers = sheet.class_id._edu_teachers(sheet.subject_id)
            blockers += self._edu_pupil_blocker("missing_retests", message, rows, teachers)
        return blockers

    def _edu_stale_blockers(self):
        """Results that are missing or no longer fit their inputs."""
        subject_rows, pupil_rows = self._edu_expected()
        stored = {row.enrollment_id.id: row.input_hash for row in self.result_ids}
        subjects = {
            (row.enrollment_id.id, row.subject_id.id): row.input_hash for row in self.subject_ids
        }
        stale = sum(stored.get(row["enrollment_id"]) != row["input_hash"] for row in pupil_rows)
        stale += sum(
            subjects.get((row["enrollment_id"], row["subject_id"])) != row["input_hash"]
            for row in subject_rows
        )
        if not stale and pupil_rows:
            return []
        return [
            {
                "code": "stale_results",
                "message": self.env._(
                    "%s results are missing or do not fit the marks. Compute the results again.",
                    stale,
                ),
                "records": self,
                "resolver": self._edu_role_users("homeroom"),
            }
        ]

    def _edu_outcome_blockers(self):
        """Pupils of whom the rules and the homeroom teacher say nothing yet; proposals that differ
        from the rules without a word why."""
        homeroom = self._edu_role_users("homeroom")
        undecided = self._edu_pupil_blocker(
            "undecided",
            self.env._(
                "A result is missing, so the rules decide nothing; propose a result with the"
                " reason, or complete it"
            ),
            self._edu_rows().filtered(lambda row: not row.outcome and not row.proposal),
            homeroom,
        )
        return undecided + self._edu_departure_blockers("proposal", "note", homeroom)

    def _edu_departure_blockers(self, column, note, resolver):
        """Values of ``column`` that differ from what came before, without a reason."""
        departing = self._edu_rows().filtered(
            lambda row: (
                row[column]
                and not row[note]
                and row[column]
                != (row.outcome if column == "proposal" else row.proposal or row.outcome)
            )
        )
        return self._edu_pupil_blocker(
            "unexplained",
            self.env._("Decided otherwise without a reason")
            if column == "decision"
            else self.env._("Proposed otherwise than by the rules without a reason"),
            departing,
            resolver,
        )

    def _edu_summer_blockers(self):
        """The review after summer rests on that of the year."""
        if self.stage != YEAR or self.state not in ("approved", "signed"):
            return []
        later = self.search([("class_id", "=", self.class_id.id), ("id", "!=", self.id)])
        later = later.filtered(lambda review: review.state != "draft")
        return [
            {
                "code": "later_review",
                "message": self.env._("%s rests on it: send it back first.", review.display_name),
                "records": review,
                "resolver": self._edu_role_users("principal"),
            }
            for review in later
        ]

    # -- evidence --------------------------------------------------------------------------------

    def _edu_snapshot(self):
        """``edu.year.review/1``: every value is a string, list, dict or null."""
        regulation = self.class_id.regulation_id
        module = self.env["edu.year.judge"]._edu_module(self)
        subjects = self.subject_ids.grouped("enrollment_id")
        return {
            "schema": "edu.year.review/1",
            "version": str(self.version),
            "school": self.company_id._edu_snapshot_header(self.period_id._edu_day()),
            "class": {
                "name": self.class_id.name,
                "grade": str(self.class_id.grade_number),
                "homeroom": self.class_id.homeroom_user_id.name or "",
            },
            "year": {"name": self.school_year_id.name},
            "period": {"code": self.period_id.code, "name": self.period_id.name},
            "regulation": {"code": regulation.code, "title": regulation.title},
            "students": [self._edu_pupil_value(row, subjects) for row in self._edu_rows()],
            "heads": self._edu_chains()._edu_heads(),
            "rules": {"engine": module.__name__, "version": module.VERSION},
            "decision": {
                "by": self.env.user.name,
                "at": fields.Datetime.now().strftime(ISO),
                "number": self.decision_number or "",
                "date": self.decision_date.isoformat() if self.decision_date else "",
            },
        }

    @api.model
    def _edu_pupil_value(self, row, subjects):
        names = ("conduct", "conduct_after", "study_base", "study_final", "study_after", "absent")
        names += ("outcome", "proposal", "note", "title", "award", "decision", "decision_note")
        return {
            "no": str(row.number),
            "code": row.student_id.code,
            "name": row.student_id.name,
            **{name: row[name] or None for name in names},
            "adjusted": row.adjusted_subject_id.code or None,
            "inputs": row.input_hash,
            "subjects": {
                subject.subject_id.code: {
                    "value": subject.value or None,
                    "due": "yes" if subject.due else "",
                    "retest": subject.retest or None,
                }
                for subject in subjects.get(row.enrollment_id, ())
            },
        }

    # -- screens ---------------------------------------------------------------------------------

    def action_results(self):
        """The pupils of these reviews."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_year_result_action"
        )
        action["domain"] = [("review_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_retests(self):
        """The subjects that are due, for their teachers to enter."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_year_subject_action"
        )
        action["domain"] = [("review_id", "in", self.ids), ("due", "=", True)]
        action["context"] = {}
        return action

    def _register_hook(self):
        super()._register_hook()
        install_result_triggers(self.env.cr)


def _digest(value):
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
