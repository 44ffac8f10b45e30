from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ITEMS = [
    ("attendance", "Attendance"),
    ("results", "Results of study and training"),
    ("promotion", "Promotion and titles"),
    ("remarks", "Weekly remarks"),
]


class EduConfirmationItem(models.Model):
    """One part of the class's book that the homeroom teacher confirms: who, when, and the hash of
    what was seen. Its chain has every confirmation and withdrawal."""

    _name = "edu.confirmation.item"
    _description = "Part That Is Confirmed"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _order = "confirmation_id, sequence, id"
    _rec_name = "item"

    _edu_guarded = frozenset({"*"})
    _edu_chained = ("item", "facts_sha256", "confirmed_by_id", "confirmed_at")
    _edu_chain_key = ("confirmation:", "confirmation_id")

    confirmation_id = fields.Many2one(
        "edu.confirmation", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="confirmation_id.class_id")
    period_id = fields.Many2one(related="confirmation_id.period_id")
    company_id = fields.Many2one(
        related="confirmation_id.company_id", store=True, index=True, string="School"
    )
    sequence = fields.Integer(required=True, aggregator=None)
    item = fields.Selection(ITEMS, "Part", required=True)
    facts_sha256 = fields.Char("Hash of What Was Seen")
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", ondelete="restrict")
    confirmed_at = fields.Datetime("Confirmed on")
    state = fields.Selection(
        [
            ("absent", "Not of this stage"),
            ("open", "To be confirmed"),
            ("stale", "Changed since"),
            ("confirmed", "Confirmed"),
        ],
        compute="_compute_state",
    )
    seen = fields.Text("What Is Confirmed", compute="_compute_state")
    gaps = fields.Text("What Is Missing", compute="_compute_state")
    can_confirm = fields.Boolean(compute="_compute_state")
    can_withdraw = fields.Boolean(compute="_compute_state")

    _item_uniq = models.Constraint(
        "UNIQUE(confirmation_id, item)", "The confirmation has this part already."
    )
    _whole = models.Constraint(
        "CHECK((facts_sha256 IS NULL) = (confirmed_by_id IS NULL)"
        " AND (facts_sha256 IS NULL) = (confirmed_at IS NULL))",
        "A confirmation has its time, its user and the hash of what was seen.",
    )

    @api.depends_context("uid")
    @api.depends("facts_sha256")
    def _compute_state(self):
        for confirmation, items in self.grouped("confirmation_id").items():
            known = confirmation.sudo()
            facts = known._edu_confirmation_facts()
            gaps, seen = known._edu_confirmation_gaps(facts), known._edu_confirmation_seen(facts)
            record = known._edu_record()
            mine = known.class_id.homeroom_user_id == self.env.user
            mine = mine and bool(record) and record._edu_effective_state() == "draft"
            for item in items:
                code = item.item
                state = "absent"
                if code in facts:
                    state = known._edu_judged(item.sudo(), facts[code])
                item.state = state
                item.seen = seen.get(code)
                item.gaps = "\n".join(gaps.get(code, [])) if state != "confirmed" else False
                waits = state in ("open", "stale")
                item.can_confirm = mine and waits and not gaps.get(code)
                item.can_withdraw = mine and bool(item.facts_sha256)

    @api.model
    def _edu_open(self, confirmations):
        """The four items of new confirmations, with their first entries."""
        items = (
            self.sudo()
            ._edu_unguarded()
            .create(
                [
                    {"confirmation_id": one.id, "item": code, "sequence": place}
                    for one in confirmations
                    for place, (code, _label) in enumerate(ITEMS, 1)
                ]
            )
        )
        items._edu_append_facts("open")
        return items

    def _edu_chain_of(self):
        confirmations = self.confirmation_id
        chains = dict(zip(confirmations, confirmations._edu_chain(), strict=True))
        return {item: chains[item.confirmation_id] for item in self}

    def action_confirm(self):
        """The homeroom teacher confirms what is there now.

        :raises AccessError: for everybody else, whatever ``sudo`` says
        :raises UserError: where something is missing, or the record is locked already
        """
        for item in self:
            confirmation = item._edu_check_homeroom()
            confirmation._edu_hold()
            facts = confirmation._edu_confirmation_facts()
            if item.item not in facts:
                raise UserError(self.env._("%s is not part of this stage.", item._edu_label()))
            gaps = confirmation._edu_confirmation_gaps(facts).get(item.item)
            if gaps:
                raise UserError(
                    self.env._(
                        "%(part)s cannot be confirmed yet:\n%(gaps)s",
                        part=item._edu_label(),
                        gaps="\n".join(gaps),
                    )
                )
            item._edu_put(
                "confirm",
                {
                    "facts_sha256": confirmation._edu_digest(facts[item.item]),
                    "confirmed_by_id": self.env.uid,
                    "confirmed_at": fields.Datetime.now(),
                },
            )

    def action_withdraw(self):
        """The homeroom teacher takes the confirmation back, while the record is open."""
        for item in self:
            item._edu_check_homeroom()._edu_hold()
            if item.sudo().facts_sha256:
                empty = dict.fromkeys(("facts_sha256", "confirmed_by_id", "confirmed_at"), False)
                item._edu_put("unconfirm", empty)

    def _edu_check_homeroom(self):
        self.ensure_one()
        self.check_access("read")
        confirmation = self.sudo().confirmation_id
        teacher = confirmation.class_id.homeroom_user_id
        if self.env.user != teacher:
            raise AccessError(
                self.env._(
                    "%(name)s: only the homeroom teacher (%(teacher)s) confirms it.",
                    name=confirmation.display_name,
                    teacher=teacher.name or "-",
                )
            )
        return confirmation

    def _edu_label(self):
        return dict(self._fields["item"]._description_selection(self.env))[self.item]

    def _edu_put(self, operation, vals):
        """Write what was decided, with its entry."""
        known = self.sudo()
        before = known._edu_facts()
        known._edu_unguarded().write(vals)
        events = known._edu_chained_events(known._edu_chain_of(), operation, before)
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
        known.confirmation_id.invalidate_recordset(["state"])
