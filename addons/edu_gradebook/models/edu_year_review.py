from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..hooks import install_result_triggers
from .edu_gradebook_snapshot import ISO
from .edu_mark_column import SUMMER
from .edu_year_judge import YEAR
from .edu_year_result import COUNTED, OPEN_OUTCOMES


class EduYearReview(models.Model):
    """Xét duyệt kết quả: a class's results of the year, or of those re-assessed after summer.

    The homeroom teacher completes and proposes it (locked), the principal decides (approved).
    """

    _name = "edu.year.review"
    _description = "Review of a Class's Year"
    _inherit = [
        "edu.year.review.attendance",
        "edu.year.review.blockers",
        "edu.year.review.compute",
        "edu.year.review.entry",
        "edu.class.record.mixin",
    ]
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
    is_primary = fields.Boolean(compute="_compute_is_primary")

    _stage_uniq = models.Constraint(
        "UNIQUE(class_id, period_id)", "The class has this review already."
    )

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
            for name, codes in COUNTED.items():
                review[name] = sum(of.get(code, (0, 0))[0] for code in codes)

    @api.depends("class_id.regulation_id")
    def _compute_is_primary(self):
        for review in self:
            review.is_primary = review.sudo().class_id.regulation_id._edu_is_primary()

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
            has_year = school_class.regulation_id._edu_has_year()
            if period and has_year and school_class.gradebook_ids:
                vals_list.append({"class_id": school_class.id, "period_id": period.id})
        return found | self._edu_unguarded().create(vals_list).with_env(self.env)

    def _edu_lines(self):
        """``{review: [enrolment id]}`` of the pupils a review is about.

        Of the year: who is in the class when its last period ends. After summer: whom the approved
        review of the year sent to re-assessment or training, and who is in it already.
        """
        lines = {}
        years = self.filtered(lambda review: review.period_id.code == YEAR)
        for review in years:
            last = review._edu_books().get(review._edu_source_codes()[-1])
            lines[review] = last._edu_due_lines().ids if last else []
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

    def _edu_source_codes(self):
        """Codes of the periods that the year is made of, in their order."""
        return self.class_id.regulation_id._edu_marked_codes()

    def _edu_books(self):
        """``{period code: gradebook period}`` of the class's periods with marks."""
        books = self.class_id.gradebook_ids.period_ids
        return {book.period_id.code: book for book in books}

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
            reviews = self._edu_open(waiting.class_id, SUMMER)
            reviews._edu_compute()
            reviews.sudo()._edu_open_summer_books()

    def _edu_open_summer_books(self):
        """In primary what was not reached is assessed again in a book of its own; one that is open
        already gets the sheets that it lacks."""
        primary = self.filtered(lambda review: review.is_primary)
        missing = primary.filtered(lambda review: SUMMER not in review._edu_books())
        for review in primary - missing:
            self.env["edu.gradesheet"]._edu_make(review._edu_books()[SUMMER])
        self.env["edu.gradebook.period"].create(
            [
                {"gradebook_id": review.class_id.gradebook_ids.id, "period_id": review.period_id.id}
                for review in missing
            ]
        )

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
        names += ("year_level", "level_after", "merit", "outcome", "proposal", "note", "title")
        names += ("award", "decision", "decision_note")
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
                    "score": subject.score or None,
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
        primary = set(self.mapped("is_primary"))
        scheme = {"edu_scheme": "primary" if primary == {True} else "secondary"}
        action["context"] = scheme if len(primary) == 1 else {}
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
