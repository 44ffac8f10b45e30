from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..inheritance import concrete_models

# transition: (from, to)
TRANSITIONS = {
    "lock": (("draft",), "locked"),
    "unlock": (("locked",), "draft"),
    "relock": (("draft",), "locked"),
    "approve": (("locked",), "approved"),
    "return": (("approved",), "locked"),
    "sign": (("approved",), "signed"),
    "supersede": (("signed", "approved"), "draft"),
}
REASONED = ("unlock", "return", "supersede")
UNASKED = ("sign", "relock")  # done by the record itself: nobody is asked for permission
SHOWN_BLOCKERS = 20
MOST_RELOCKED = 200  # of each model in one run; the others are locked already all the same


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
            "unlock_until",
            "signed_snapshot_id",
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
    unlock_until = fields.Datetime(
        "Reopened until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="From this moment the record is locked again, whoever tidies up its state.",
    )
    effective_state = fields.Selection(
        lambda self: self._edu_states(),
        "State Now",
        compute="_compute_effective_state",
        search="_search_effective_state",
    )
    signed_snapshot_id = fields.Many2one(
        "edu.record.snapshot",
        "Snapshot of the Last Signed Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    document_ids = fields.One2many(
        "edu.document", "res_id", "Documents", domain=lambda self: [("res_model", "=", self._name)]
    )
    blocker_text = fields.Text("What Is Missing", compute="_compute_blocker_text")

    @api.depends("state", "unlock_until")
    def _compute_effective_state(self):
        for record in self:
            record.effective_state = record._edu_effective_state()

    @api.model
    def _search_effective_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "draft") & Domain("unlock_until", "<=", self.env.cr.now())
        found = Domain("state", "in", list(value)) & ~overdue
        return found | overdue if "locked" in value else found

    def _compute_blocker_text(self):
        ahead = {"draft": "lock", "locked": "approve"}
        for record in self:
            kept = record._origin
            transition = ahead.get(kept._edu_effective_state()) if kept else None
            blockers = kept._edu_blockers(transition) if transition else []
            record.blocker_text = record._edu_blocker_lines(blockers)

    # -- buttons ---------------------------------------------------------------------------------

    def action_lock(self):
        self._edu_transition("lock")

    def action_unlock(self, reason="", until=None):
        """Reopen locked records; ``until`` (UTC), where given, is when they lock themselves."""
        self._edu_transition("unlock", reason=reason, until=until)

    def action_approve(self):
        self._edu_transition("approve")

    def action_return(self, reason=""):
        self._edu_transition("return", reason=reason)

    def action_supersede(self, reason="", until=None):
        """Begin the next version of signed records. The signed one stays valid, with its document,
        until the new one is signed."""
        self._edu_transition("supersede", reason=reason, until=until)

    def action_ask_unlock(self):
        return self._edu_ask_reason("unlock")

    def action_ask_return(self):
        return self._edu_ask_reason("return")

    def action_ask_supersede(self):
        return self._edu_ask_reason("supersede")

    def edu_blockers(self, transition):
        """What stands in the way of ``transition``, for clients.

        :param str transition: ``lock``, ``unlock``, ``approve``, ``return`` or ``supersede``
        :return: ``[{"id", "name", "blockers": [{"code", "message", "records": {"model", "ids"},
            "resolvers": [names]}]}]``; a wrong state and a missing permission are blockers too
        """
        if transition not in TRANSITIONS or transition in UNASKED:
            raise UserError(self.env._("There is no step called %s.", transition))
        self.check_access("read")
        return [
            {
                "id": record.id,
                "name": record.display_name,
                "blockers": [
                    {
                        "code": blocker["code"],
                        "message": blocker["message"],
                        "records": {
                            "model": blocker["records"]._name,
                            "ids": blocker["records"].ids,
                        },
                        "resolvers": blocker["resolver"].sudo().mapped("name"),
                    }
                    for blocker in record._edu_all_blockers(transition)
                ],
            }
            for record in self
        ]

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

    def _edu_transition(self, transition, reason="", until=None):
        """Move the records along one arrow of the lifecycle.

        :param until: UTC moment at which a reopened record locks itself
        :raises AccessError: when the user may not do this
        :raises UserError: when the state, a blocker or a missing reason stands in the way
        """
        _sources, target = TRANSITIONS[transition]
        if transition in REASONED and not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the record."))
        until = self._edu_check_until(until)
        if not self:
            return
        self._edu_lock_rows()
        overdue = self.filtered(lambda record: record._edu_is_overdue())
        if overdue and transition != "relock":
            overdue._edu_transition("relock")
        for record in self:
            record._edu_check_transition(transition)
        events, written = [], []
        digest = self.env["edu.ledger.reason"]._edu_file(reason)
        snapshots = self.sudo()._edu_freeze() if transition == "approve" else {}
        for record in self.sudo():
            vals = record._edu_transition_vals(transition, target, snapshots.get(record), until)
            events += record._edu_transition_events(transition, vals, digest)
            written.append((record, vals))
        # the entries come first: the trigger on the records asks for them
        self.env["edu.ledger.chain"].sudo()._edu_append(events)
        for record, vals in written:
            record._edu_unguarded().write(vals)
        for record in self.sudo():
            if reason:
                record.message_post(body=reason)
        self.sudo()._edu_after(transition)

    @api.model
    def _edu_check_until(self, until):
        if not until:
            return False
        moment = fields.Datetime.to_datetime(until).replace(microsecond=0)
        if moment <= self.env.cr.now():
            raise UserError(self.env._("The time until which it is open has passed already."))
        return moment

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
        self.invalidate_recordset(["state", "version", "unlock_until"])

    def _edu_is_overdue(self):
        """Whether the time until which the record was reopened is over."""
        self.ensure_one()
        until = self.unlock_until
        return self.state == "draft" and bool(until) and until <= self.env.cr.now()

    def _edu_effective_state(self):
        """The state that counts now, by the transaction's time: what was reopened until a moment
        that has passed is locked, even if nobody has tidied up its column yet."""
        self.ensure_one()
        return "locked" if self._edu_is_overdue() else self.state

    def _edu_check_transition(self, transition):
        self.ensure_one()
        sources, _target = TRANSITIONS[transition]
        state = self.state if transition == "relock" else self._edu_effective_state()
        if state not in sources:
            raise UserError(self._edu_state_message(transition))
        if transition not in UNASKED and not self._edu_may(transition):
            raise AccessError(self._edu_may_message(transition))
        blockers = self._edu_blockers(transition)
        if blockers:
            raise UserError(
                self.env._(
                    "%(name)s is not complete:\n%(lines)s",
                    name=self.display_name,
                    lines=self._edu_blocker_lines(blockers),
                )
            )

    def _edu_state_message(self, transition):
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(name)s is not in the state this step starts from: it is %(state)s, and has to be"
            " %(wanted)s.",
            name=self.display_name,
            state=self._edu_state_label(),
            wanted=states[TRANSITIONS[transition][0][0]],
        )

    def _edu_may_message(self, transition):
        return self.env._(
            "%(name)s: only the principal, or whom the principal appointed, may do this"
            " (%(people)s).",
            name=self.display_name,
            people=self._edu_names(self._edu_transition_users(transition)),
        )

    @api.model
    def _edu_names(self, users):
        """The users by name, for a message; "-" for nobody."""
        return ", ".join(users.sudo().mapped("name")) or "-"

    def _edu_all_blockers(self, transition):
        """State and permission as blockers, then those of the record."""
        self.ensure_one()
        blockers = []
        users = self._edu_transition_users(transition)
        facts = [
            (
                "state",
                self._edu_effective_state() not in TRANSITIONS[transition][0],
                self._edu_state_message,
            ),
            ("not_allowed", not self._edu_may(transition), self._edu_may_message),
        ]
        for code, applies, message in facts:
            if applies:
                blockers.append(
                    {
                        "code": code,
                        "message": message(transition),
                        "records": self,
                        "resolver": users,
                    }
                )
        return blockers + self._edu_blockers(transition)

    def _edu_freeze(self):
        """Freeze what is approved; ``{record: snapshot}``. A later version names the file that it
        will supersede."""
        superseded = self.env["edu.document"]._edu_predecessors(self)
        values = []
        for record in self:
            value = record._edu_snapshot()
            if record in superseded:
                value["supersedes"] = superseded[record]._edu_current_revision().sha256
            values.append((record, value))
        return dict(zip(self, self.env["edu.record.snapshot"]._edu_freeze(values), strict=True))

    def _edu_transition_vals(self, transition, target, snapshot=None, until=False):
        now, user = fields.Datetime.now(), self.env.uid
        vals = {"state": target}
        not_locked = {"locked_at": False, "locked_by_id": False, "unlock_until": until}
        not_approved = {
            "approved_at": False,
            "approved_by_id": False,
            "snapshot_id": self.signed_snapshot_id.id,
        }
        if transition in ("lock", "relock"):
            vals.update(locked_at=now, locked_by_id=user, unlock_until=False)
        elif transition == "unlock":
            vals.update(not_locked)
        elif transition == "approve":
            vals.update(approved_at=now, approved_by_id=user, snapshot_id=snapshot.id)
        elif transition == "return":
            vals.update(not_approved)
        elif transition == "sign":
            vals.update(signed_snapshot_id=self.snapshot_id.id)
        elif transition == "supersede":
            vals.update(not_locked, **not_approved, version=self.version + 1)
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
        own = self._edu_own_chains()
        events = [(chain, event) for chain in self._edu_chains()]
        for slot in ("version", "unlock_until"):
            old = self._edu_recorded(slot, self[slot])
            new = self._edu_recorded(slot, vals.get(slot, self[slot]))
            if old != new:
                events.append((own, {**event, "slot": slot, "old": old, "new": new}))
        return events

    @api.model
    def _edu_recorded(self, slot, value):
        """How the ledger writes a value of the lifecycle."""
        if slot == "unlock_until":
            return f"{value.isoformat()}Z" if value else ""
        return str(value)

    def _edu_after(self, transition):
        if transition == "approve":
            documents = self.env["edu.document"]._edu_make(self)
            self.env["edu.outbox"]._edu_put("issue", documents)
        elif transition in ("return", "supersede"):
            self.document_ids._edu_void()

    def _edu_documents_completed(self):
        """A document of the records is complete: a record whose documents all are is signed."""
        for record in self:
            valid = record._edu_version_documents()
            if record.state == "approved" and all(
                doc.state in ("complete", "archived") for doc in valid
            ):
                record._edu_transition("sign")

    def _edu_version_documents(self):
        """The valid documents of the record's present version."""
        self.ensure_one()
        return self.document_ids.filtered(
            lambda doc: doc.version == self.version and doc.state != "void"
        )

    @api.model
    def _edu_relock_due(self):
        """Cron: tidy up records whose reopening has ended. They count as locked already."""
        for name in self._edu_record_models():
            due = [("state", "=", "draft"), ("unlock_until", "<=", self.env.cr.now())]
            self.env[name].sudo().search(due, limit=MOST_RELOCKED)._edu_transition("relock")

    @api.model
    def _edu_record_models(self):
        """Names of the models that have this lifecycle."""
        return concrete_models(self.env, "edu.record.mixin")

    @api.model
    def _edu_lifecycle_values(self, company):
        """Yield what the verifier replays of the school's records of this model."""
        for record in self.search([("company_id", "=", company.id)], order="id"):
            for slot in ("state", "version", "unlock_until"):
                yield {
                    "chain": f"{self._name}:{record.id}",
                    "model": self._name,
                    "record": str(record.id),
                    "slot": slot,
                    "value": self._edu_recorded(slot, record[slot]),
                }

    def _edu_blocker_lines(self, blockers):
        lines = [self._edu_blocker_line(blocker) for blocker in blockers[:SHOWN_BLOCKERS]]
        if len(blockers) > SHOWN_BLOCKERS:
            lines.append(self.env._("… and %s more", len(blockers) - SHOWN_BLOCKERS))
        return "\n".join(lines)

    @api.model
    def _edu_blocker_line(self, blocker):
        """What is missing, and who can see to it."""
        if not blocker["resolver"]:
            return f"- {blocker['message']}"
        return self.env._(
            "- %(message)s → %(people)s",
            message=blocker["message"],
            people=self._edu_names(blocker["resolver"]),
        )

    @api.model
    def _edu_states(self):
        draft, locked = self.env._("Draft"), self.env._("Locked")
        approved, signed = self.env._("Approved"), self.env._("Signed")
        return [("draft", draft), ("locked", locked), ("approved", approved), ("signed", signed)]

    def _edu_state_label(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return states[self._edu_effective_state()]

    # -- hooks -----------------------------------------------------------------------------------

    def _edu_blockers(self, transition):
        """Facts that stand in the way of ``transition``.

        :return: list of dicts: ``code``, ``message``, ``records`` (what to mend) and ``resolver``
            (users who can)
        """
        if transition not in ("return", "supersede"):
            return []
        signed = self._edu_version_documents().signature_ids.filtered(
            lambda line: line.state != "waiting"
        )
        if transition == "return" and signed:
            message = self.env._("It has been signed; it can only be superseded.")
        elif transition == "supersede" and self.state == "approved" and not signed:
            message = self.env._("Nobody has signed it yet: return it instead.")
        else:
            return []
        return [
            {
                "code": "signed" if signed else "unsigned",
                "message": message,
                "records": signed or self,
                "resolver": self._edu_role_users("principal"),
            }
        ]

    def _edu_may(self, transition):
        """Whether the current user may do ``transition``."""
        return self.env.user in self._edu_transition_users(transition)

    def _edu_transition_users(self, transition):
        """Users who may do ``transition``; by default the principal alone."""
        return self._edu_role_users("principal")

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
