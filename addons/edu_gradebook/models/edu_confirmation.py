from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .edu_year_judge import SUMMER, YEAR

STAGES = (YEAR, SUMMER)


class EduConfirmation(models.Model):
    """Xác nhận của giáo viên chủ nhiệm: what the homeroom teacher follows, checks and confirms in
    the class's book, part by part (R6.7), in a semester, the year and after summer.

    A confirmation names the hash of what was seen. When that changes it has to be given again.
    """

    _name = "edu.confirmation"
    _description = "Homeroom Teacher's Confirmation"
    _inherit = ["edu.confirmation.facts", "edu.inspected.mixin", "edu.guarded.mixin"]
    _order = "class_id desc, period_sequence, id"

    _edu_guarded = frozenset({"*"})

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    period_id = fields.Many2one(
        "edu.period", "Stage", required=True, index=True, ondelete="restrict"
    )
    period_sequence = fields.Integer(related="period_id.sequence", store=True, aggregator=None)
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    company_id = fields.Many2one(
        related="class_id.company_id", store=True, index=True, string="School"
    )
    homeroom_user_id = fields.Many2one(related="class_id.homeroom_user_id")
    item_ids = fields.One2many("edu.confirmation.item", "confirmation_id", "Parts")
    state = fields.Selection(
        [("open", "To be confirmed"), ("stale", "Changed since"), ("complete", "Confirmed")],
        compute="_compute_state",
    )
    confirmed_count = fields.Integer("Parts Confirmed", compute="_compute_confirmed_count")
    record_state = fields.Char("Book", compute="_compute_record_state")
    is_homeroom = fields.Boolean(compute="_compute_is_homeroom")
    difference_count = fields.Integer("Differences", compute="_compute_check_table")
    check_table = fields.Html("Check", compute="_compute_check_table", sanitize=False)
    sheet_ids = fields.Many2many("edu.gradesheet", compute="_compute_sheet_ids", string="Subjects")

    _stage_uniq = models.Constraint(
        "UNIQUE(class_id, period_id)", "The class has this confirmation already."
    )

    @api.depends("class_id.name", "period_id.name", "school_year_id.name")
    def _compute_display_name(self):
        for one in self:
            names = (one.class_id.name, one.period_id.name, one.school_year_id.name)
            one.display_name = " - ".join(name or "" for name in names)

    @api.depends("item_ids.facts_sha256")
    def _compute_confirmed_count(self):
        """What was confirmed, whether or not it changed since: lists do not judge every class."""
        for one in self:
            one.confirmed_count = len(one.item_ids.filtered("facts_sha256"))

    def _compute_record_state(self):
        domain = [("class_id", "in", self.class_id.ids), ("period_id", "in", self.period_id.ids)]
        labels = {}
        for model in ("edu.year.review", "edu.gradebook.period"):
            for record in self.env[model].sudo().search(domain):
                labels[record.class_id.id, record.period_id.id] = record._edu_state_label()
        for one in self:
            one.record_state = labels.get((one.class_id.id, one.period_id.id))

    @api.depends("item_ids.facts_sha256")
    def _compute_state(self):
        for one in self:
            states = one.sudo()._edu_item_states().values()
            if "stale" in states:
                one.state = "stale"
            else:
                one.state = "open" if "open" in states else "complete"

    @api.depends_context("uid")
    @api.depends("class_id.homeroom_user_id")
    def _compute_is_homeroom(self):
        for one in self:
            one.is_homeroom = one.sudo().class_id.homeroom_user_id == self.env.user

    def _compute_check_table(self):
        for one in self:
            table = one.sudo()._edu_check_rows() if one.id else {"rows": [], "differing": 0}
            one.difference_count = table["differing"]
            one.check_table = self.env["ir.qweb"]._render(
                "edu_gradebook.edu_confirmation_check", table
            )

    @api.depends("class_id", "period_id")
    def _compute_sheet_ids(self):
        """The sheets of all subjects that the reader may see: of the semester, or both."""
        Sheet = self.env["edu.gradesheet"]
        for one in self:
            domain = [("class_id", "=", one.class_id.id)]
            if one.period_id.code not in STAGES:
                domain.append(("period_id", "=", one.period_id.id))
            one.sheet_ids = Sheet.search(domain, order="sequence, gradebook_period_id, id")

    # -- opening ---------------------------------------------------------------------------------

    @api.model
    def _edu_open(self, classes):
        """The confirmations of ``classes`` with their items, made where they are missing: one for
        each period of the book and each review of the year."""
        Confirmation = self.sudo()
        found = Confirmation.search([("class_id", "in", classes.ids)])
        there = {(one.class_id, one.period_id) for one in found}
        wanted = []
        for school_class in classes.sudo().filtered("gradebook_ids"):
            periods = school_class.gradebook_ids.period_ids.period_id
            periods |= school_class.review_ids.period_id
            wanted += [
                {"class_id": school_class.id, "period_id": period.id}
                for period in periods
                if (school_class, period) not in there
            ]
        fresh = Confirmation._edu_unguarded().create(wanted)
        self.env["edu.confirmation.item"]._edu_open(fresh)
        return (found | fresh).with_env(self.env)

    @api.model
    def action_mine(self):
        """The confirmations of the classes that the user is homeroom teacher of; whoever sees all
        classes sees all."""
        today = self.env.company._edu_today()
        year = self.env["edu.school.year"]._edu_on(self.env.company, today)
        classes = self.env["edu.class"].search(
            [("homeroom_user_id", "=", self.env.uid), ("school_year_id", "=", year.id)]
        )
        if classes:
            self.env["edu.year.review"].sudo()._edu_open(classes)
            self._edu_open(classes)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_confirmation_action"
        )
        if classes:
            action["context"] = {"search_default_mine": 1}
        return action

    # -- the records they are about --------------------------------------------------------------

    def _edu_record(self):
        """The period of the book, or the review of the year, whose lock waits for this."""
        self.ensure_one()
        place = [("class_id", "=", self.class_id.id), ("period_id", "=", self.period_id.id)]
        model = "edu.year.review" if self.period_id.code in STAGES else "edu.gradebook.period"
        return self.env[model].sudo().search(place)

    def _edu_chain(self):
        wanted = [(f"confirmation:{one.id}", "confirmation", one.company_id) for one in self]
        return self.env["edu.ledger.chain"].sudo()._edu_open(wanted)

    @api.model
    def _edu_of(self, record):
        """The confirmation of a book's period or a review; empty where none is opened yet."""
        return self.sudo().search(
            [("class_id", "=", record.class_id.id), ("period_id", "=", record.period_id.id)]
        )

    def _edu_item_states(self):
        """``{code: "open", "stale" or "confirmed"}`` of the items that the stage has."""
        self.ensure_one()
        facts = self._edu_confirmation_facts()
        items = {item.item: item for item in self.item_ids}
        return {code: self._edu_judged(items.get(code), seen) for code, seen in facts.items()}

    @api.model
    def _edu_judged(self, item, seen):
        if not item or not item.facts_sha256:
            return "open"
        return "confirmed" if item.facts_sha256 == self._edu_digest(seen) else "stale"

    @api.model
    def _edu_confirmation_blockers(self, record):
        """What the homeroom teacher has not confirmed, or confirmed otherwise, of ``record``."""
        needed = record.company_id.edu_confirmation_required
        of_year = record.period_id.code in STAGES
        if needed == "no" or (needed == "year" and not of_year):
            return []
        one = self._edu_of(record)
        if not one:
            place = {"class_id": record.class_id.id, "period_id": record.period_id.id}
            one = self.sudo().new(place)
        messages = {
            "open": self.env._("%s: not confirmed by the homeroom teacher."),
            "stale": self.env._("%s: changed since the homeroom teacher confirmed it."),
        }
        field = self.env["edu.confirmation.item"]._fields["item"]
        labels = dict(field._description_selection(self.env))
        return [
            {
                "code": f"confirmation_{state}",
                "message": messages[state] % labels[code],
                "records": one._origin or record,
                "resolver": record.class_id.homeroom_user_id,
            }
            for code, state in one._edu_item_states().items()
            if state != "confirmed"
        ]

    def _edu_hold(self):
        """Hold the chains of the confirmation and of the record that its lock goes through."""
        self.ensure_one()
        record = self._edu_record()
        chains = self._edu_chain() | record._edu_own_chains()
        chains._edu_lock_heads()
        if record:
            self.env.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE id = ANY(%s) FOR SHARE",
                    SQL.identifier(record._table),
                    record.ids,
                )
            )
        record.invalidate_recordset(["state", "unlock_until"])
        if not record or record._edu_effective_state() != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: what was confirmed stays.",
                    name=self.display_name,
                    state=record._edu_state_label() if record else "-",
                )
            )
