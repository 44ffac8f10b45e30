from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

GIVEN = (
    "class_id",
    "subject_id",
    "delegator_id",
    "delegate_id",
    "date_from",
    "date_to",
    "reason",
    "decision_number",
)


class EduEntryDelegation(models.Model):
    """The assigned teacher, or the principal, lets another teacher enter marks for some days.

    Entering only: whoever is assigned confirms and signs. The ledger names both: the delegate as
    user, the assigned teacher as acted for. Never edited; it can be ended early.
    """

    _name = "edu.entry.delegation"
    _inherit = ["edu.guarded.mixin"]
    _description = "Delegation of Entry"
    _order = "date_from desc, id desc"

    _edu_guarded = frozenset({"*"})

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    subject_id = fields.Many2one("edu.subject", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="class_id.company_id", store=True, index=True, string="School"
    )
    delegator_id = fields.Many2one(
        "res.users",
        "Assigned Teacher",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    delegate_id = fields.Many2one(
        "res.users", "Enters Instead", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True)
    reason = fields.Text(required=True)
    decision_number = fields.Char("Decision")
    given_by_id = fields.Many2one("res.users", "Delegated by", ondelete="restrict")
    ended_at = fields.Datetime("Ended Early")
    is_open = fields.Boolean("In Force", compute="_compute_is_open")

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "The delegation ends before it starts."
    )
    _others = models.Constraint(
        "CHECK(delegate_id <> delegator_id)", "Choose another teacher to enter the marks."
    )

    @api.depends("class_id.name", "subject_id.name", "delegate_id.name")
    def _compute_display_name(self):
        for line in self:
            parts = (line.class_id.name, line.subject_id.name, line.delegate_id.name)
            line.display_name = " - ".join(part for part in parts if part)

    @api.depends("date_from", "date_to", "ended_at")
    def _compute_is_open(self):
        for line in self:
            line.is_open = bool(line.company_id) and line._edu_is_active(
                line.company_id._edu_today()
            )

    def _edu_is_active(self, day):
        """Whether the delegation lets the delegate enter marks on ``day``."""
        self.ensure_one()
        line = self.sudo()
        return bool(
            not line.ended_at
            and line.date_from
            and line.date_to
            and line.date_from <= day <= line.date_to
            and line.delegator_id in line.class_id._edu_assigned(line.subject_id)
        )

    @api.model
    def _edu_open_sql(self):
        """The rows in force on the school's date now: ``class_id, subject_id, delegate_id``."""
        self.flush_model()
        return SQL(
            "SELECT line.class_id, line.subject_id, line.delegate_id"
            " FROM edu_entry_delegation line JOIN res_company school ON school.id = line.company_id"
            " WHERE line.ended_at IS NULL AND (%s AT TIME ZONE 'UTC' AT TIME ZONE"
            " school.edu_timezone)::date BETWEEN line.date_from AND line.date_to",
            SQL("%s::timestamp", fields.Datetime.now()),
        )

    # -- delegating ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Delegate; see :meth:`_edu_check` for what is refused."""
        for vals in vals_list:
            self._edu_refuse_guarded(set(vals) - set(GIVEN))
        prepared = [
            {
                **{name: vals.get(name, False) for name in GIVEN},
                "delegator_id": vals.get("delegator_id") or self.env.uid,
                "given_by_id": self.env.uid,
                "ended_at": False,
            }
            for vals in vals_list
        ]
        opened = super(EduEntryDelegation, self._edu_unguarded()).create(prepared)
        opened = opened.with_env(self.env)
        for line in opened:
            line.sudo()._edu_check()
        opened.sudo()._edu_record("delegate", [line._edu_text() for line in opened.sudo()])
        return opened

    def write(self, vals):
        if self and vals:
            self._edu_refuse_guarded(vals)
        return super().write(vals)

    def _edu_may_delegate(self):
        principals = self.env["res.users"]._edu_holders("principal", self.company_id)
        return self.env.user in principals | self.delegator_id

    def _edu_check(self):
        """Refuse who may not delegate, whom the marks may not be entrusted to, and bad days."""
        self.ensure_one()
        if not self._edu_may_delegate():
            raise AccessError(
                self.env._("Only the assigned teacher or the principal delegates entering marks.")
            )
        if self.delegate_id == self.env.user:
            raise AccessError(self.env._("Nobody delegates to himself."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the marks are entered by somebody else."))
        if self.date_to < self.company_id._edu_today():
            raise UserError(self.env._("The last day of the delegation has passed already."))
        self._edu_check_teachers()

    def _edu_check_teachers(self):
        held = self.class_id.assignment_ids.filtered(
            lambda line: (
                line.subject_id == self.subject_id
                and line.user_id == self.delegator_id
                and line._edu_is_active(self.date_from)
                and line._edu_is_active(self.date_to)
            )
        )
        if not held:
            raise UserError(
                self.env._(
                    "%(teacher)s is not assigned to %(subject)s of %(class)s in all these days.",
                    teacher=self.delegator_id.name,
                    subject=self.subject_id.name,
                    **{"class": self.class_id.name},
                )
            )
        if self.delegate_id not in self.env["res.users"]._edu_holders("teacher", self.company_id):
            raise UserError(
                self.env._("%s is not a teacher of this school.", self.delegate_id.name)
            )

    def action_end(self):
        """The teacher or the principal ends the delegation at once."""
        for line in self:
            if not line.sudo()._edu_may_delegate():
                raise AccessError(
                    self.env._("Only the assigned teacher or the principal ends a delegation.")
                )
            if not line.ended_at:
                line.sudo()._edu_record("end_delegation", [line.sudo()._edu_text()])
                line.sudo()._edu_unguarded().write({"ended_at": fields.Datetime.now()})

    def _edu_text(self):
        """The delegation as the ledger keeps it."""
        parts = (self.delegate_id.id, self.date_from, self.date_to, self.decision_number)
        return "|".join(str(part or "") for part in parts)

    def _edu_record(self, operation, texts):
        digests = [self.env["edu.ledger.reason"]._edu_file(line.reason) for line in self]
        chains = {company: company._edu_chain() for company in self.company_id}
        self.env["edu.ledger.chain"]._edu_append(
            [
                (
                    chains[line.company_id],
                    {
                        "operation": operation,
                        "model": self._name,
                        "record": str(line.id),
                        "slot": f"{line.class_id.id}:{line.subject_id.code}",
                        "acting_for": str(line.delegator_id.id),
                        "new": text,
                        "reason_digest": digest,
                    },
                )
                for line, text, digest in zip(self, texts, digests, strict=True)
            ]
        )
