from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# transition: (from, to)
TRANSITIONS = {
    "lock": ("draft", "locked"),
    "unlock": ("locked", "draft"),
    "approve": ("locked", "approved"),
    "return": ("approved", "locked"),
    "sign": ("approved", "signed"),
}
SHOWN_BLOCKERS = 20


class EduRecordMixin(models.AbstractModel):
    """The one lifecycle of official records: draft, locked, approved, signed.

    A record that uses it has ``company_id`` and overrides the hooks below the line. Buttons, API
    and batches all go through ``_edu_transition``: it takes the ledger's locks, asks who may do
    it and what stands in the way, writes the state and its ledger entry in one transaction.
    """

    _name = "edu.record.mixin"
    _inherit = ["edu.guarded.mixin", "mail.thread"]
    _description = "Official Record"

    _edu_guarded = frozenset(
        {
            "state",
            "version",
            "snapshot_id",
            "locked_at",
            "locked_by_id",
            "approved_at",
            "approved_by_id",
        }
    )

    state = fields.Selection(
        # a method, because labels listed here would be translated for the mixin alone
        lambda self: self._edu_states(),
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    version = fields.Integer(default=1, readonly=True, required=True, copy=False, aggregator=None)
    snapshot_id = fields.Many2one(
        "edu.record.snapshot", readonly=True, copy=False, ondelete="restrict", index=True
    )
    locked_at = fields.Datetime(readonly=True, copy=False)
    locked_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    document_ids = fields.One2many(
        "edu.document", "res_id", "Documents", domain=lambda self: [("res_model", "=", self._name)]
    )
    blocker_text = fields.Text("What Is Missing", compute="_compute_blocker_text")

    def _compute_blocker_text(self):
        ahead = {"draft": "lock", "locked": "approve"}
        for record in self:
            transition = ahead.get(record.state)
            blockers = record._edu_blockers(transition) if transition else []
            record.blocker_text = record._edu_blocker_lines(blockers)

    # -- buttons ---------------------------------------------------------------------------------

    def action_lock(self):
        self._edu_transition("lock")

    def action_unlock(self, reason=""):
        self._edu_transition("unlock", reason=reason)

    def action_approve(self):
        self._edu_transition("approve")

    def action_return(self, reason=""):
        self._edu_transition("return", reason=reason)

    def action_ask_unlock(self):
        return self._edu_ask_reason("unlock")

    def action_ask_return(self):
        return self._edu_ask_reason("return")

    def _edu_ask_reason(self, transition):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reason"),
            "res_model": "edu.transition.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ids": ",".join(str(record_id) for record_id in self.ids),
                "default_transition": transition,
            },
        }

    # -- the mechanism ---------------------------------------------------------------------------

    def _edu_transition(self, transition, reason=""):
        """Move the records along one arrow of the lifecycle.

        :raises AccessError: when the user may not do this
        :raises UserError: when the state, a blocker or a missing reason stands in the way
        """
        source, target = TRANSITIONS[transition]
        if transition in ("unlock", "return") and not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the record."))
        self._edu_lock_rows()
        for record in self:
            record._edu_check_transition(transition, source)
        events = []
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        snapshots = self.sudo()._edu_freeze() if transition == "approve" else {}
        for record in self.sudo():
            vals = record._edu_transition_vals(transition, target, snapshots.get(record))
            events += record._edu_transition_events(transition, vals, digest)
            record._edu_unguarded().write(vals)
            if reason:
                record.message_post(body=reason)
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
        self.sudo()._edu_after(transition)

    def _edu_lock_rows(self):
        """Hold the chains of the records, then the records, until the transaction ends."""
        self.check_access("read")
        self.sudo()._edu_chains()._edu_lock_heads()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(self._table),
                self.ids,
            )
        )
        self.invalidate_recordset(["state"])

    def _edu_check_transition(self, transition, source):
        self.ensure_one()
        if self.state != source:
            raise UserError(
                self.env._(
                    "%(name)s is not in the state this step starts from: it is %(state)s.",
                    name=self.display_name,
                    state=self._edu_state_label(),
                )
            )
        if transition != "sign" and not self._edu_may(transition):
            raise AccessError(
                self.env._(
                    "%(name)s: only the principal, or whom the principal appointed, may do this.",
                    name=self.display_name,
                )
            )
        blockers = self._edu_blockers(transition)
        if blockers:
            raise UserError(
                self.env._(
                    "%(name)s is not complete:\n%(lines)s",
                    name=self.display_name,
                    lines=self._edu_blocker_lines(blockers),
                )
            )

    def _edu_freeze(self):
        """Freeze what is approved; ``{record: snapshot}``."""
        values = [(record, record._edu_snapshot()) for record in self]
        return dict(zip(self, self.env["edu.record.snapshot"]._edu_freeze(values), strict=True))

    def _edu_transition_vals(self, transition, target, snapshot=None):
        now, user = fields.Datetime.now(), self.env.uid
        vals = {"state": target}
        if transition == "lock":
            vals.update(locked_at=now, locked_by_id=user)
        elif transition == "unlock":
            vals.update(locked_at=False, locked_by_id=False)
        elif transition == "approve":
            vals.update(approved_at=now, approved_by_id=user, snapshot_id=snapshot.id)
        elif transition == "return":
            vals.update(approved_at=False, approved_by_id=False, snapshot_id=False)
        return vals

    def _edu_transition_events(self, transition, vals, reason_digest):
        snapshot = self.env["edu.record.snapshot"].browse(vals.get("snapshot_id"))
        event = {
            "operation": transition,
            "model": self._name,
            "record": str(self.id),
            "slot": "state",
            "old": self.state,
            "new": vals["state"],
            "reason_digest": reason_digest,
            "evidence_sha256": snapshot.sha256 or "",
        }
        return [(chain, event) for chain in self._edu_chains()]

    def _edu_after(self, transition):
        if transition == "approve":
            documents = self.env["edu.document"]._edu_make(self)
            self.env["edu.outbox"]._edu_put("issue", documents)
        elif transition == "return":
            self.document_ids._edu_void()

    def _edu_documents_completed(self):
        """A document of the records is complete: a record whose documents all are is signed."""
        for record in self:
            valid = record.document_ids.filtered(lambda doc: doc.state != "void")
            if record.state == "approved" and all(
                doc.state in ("complete", "archived") for doc in valid
            ):
                record._edu_transition("sign")

    def _edu_blocker_lines(self, blockers):
        lines = [f"- {blocker['message']}" for blocker in blockers[:SHOWN_BLOCKERS]]
        if len(blockers) > SHOWN_BLOCKERS:
            lines.append(self.env._("… and %s more", len(blockers) - SHOWN_BLOCKERS))
        return "\n".join(lines)

    @api.model
    def _edu_states(self):
        draft, locked = self.env._("Draft"), self.env._("Locked")
        approved, signed = self.env._("Approved"), self.env._("Signed")
        return [("draft", draft), ("locked", locked), ("approved", approved), ("signed", signed)]

    def _edu_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    # -- hooks -----------------------------------------------------------------------------------

    def _edu_blockers(self, transition):
        """Facts that stand in the way of ``transition``.

        :return: list of dicts: ``code``, ``message``, ``records`` (what to mend) and ``resolver``
            (users who can)
        """
        if transition != "return":
            return []
        signed = self.document_ids.signature_ids.filtered(lambda line: line.state != "waiting")
        if not signed:
            return []
        return [
            {
                "code": "signed",
                "message": self.env._("It has been signed; it can only be superseded."),
                "records": signed,
                "resolver": self.env["res.users"],
            }
        ]

    def _edu_may(self, transition):
        """Whether the current user may do ``transition``; by default the principal alone."""
        return self.env.user in self._edu_role_users("principal")

    def _edu_role_users(self, role):
        """Users who hold ``role`` for this record on the school's date now.

        Roles are held through groups; duties count by their dates (``res.users._edu_holders``).
        """
        return self.env["res.users"]._edu_holders(role, self.company_id)

    def _edu_chains(self):
        """Chains that a transition locks and is recorded in."""
        return self._edu_own_chains()

    def _edu_own_chains(self):
        """The records' own chains, one each."""
        wanted = [(f"{rec._name}:{rec.id}", rec._name, rec.company_id) for rec in self]
        return self.env["edu.ledger.chain"]._edu_open(wanted)

    def _edu_snapshot(self):
        """What is approved, as a JSON value of strings (see ``edu_records.canonical``)."""
        raise NotImplementedError(f"{self._name} has no snapshot")

    def _edu_form_code(self):
        """The official form that the record is printed on; "" for none."""
        return ""

    def _edu_class(self):
        """The class whose teachers may read the record's documents; empty for none."""
        return self.env["edu.class"]
