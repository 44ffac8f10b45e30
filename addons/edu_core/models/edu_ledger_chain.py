from datetime import datetime, timezone

from psycopg2.extras import execute_values

from odoo import api, fields, models

from edu_records.ledger import GENESIS, Event, link

from ..hooks import install_guards, install_ledger_triggers, install_record_trigger


class EduLedgerChain(models.Model):
    """One append-only chain of entries; its head is the sequence and hash of its last entry."""

    _name = "edu.ledger.chain"
    _inherit = ["edu.sealed.mixin"]
    _description = "Ledger Chain"
    _order = "id"
    _log_access = False
    _rec_name = "name"

    name = fields.Char(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    head_seq = fields.Integer("Entries", required=True, readonly=True, aggregator=None)
    head_hash = fields.Char("Hash of the Last Entry", required=True, readonly=True)
    entry_ids = fields.One2many("edu.ledger.entry", "chain_id", "Journal", readonly=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This chain exists already.")

    @api.model
    def _edu_refusal(self):
        return self.env._("The records write the ledger themselves; nobody changes it.")

    @api.model
    def _edu_open(self, wanted):
        """Return the chains called so, opening those that do not exist.

        :param wanted: ``[(name, kind, company)]``
        :return: the chains, in the order of ``wanted``
        """
        names = [name for name, _kind, _company in wanted]
        if not names:
            return self.browse()
        execute_values(
            self.env.cr._obj,
            "INSERT INTO edu_ledger_chain (name, kind, company_id, head_seq, head_hash)"
            " VALUES %s ON CONFLICT (name) DO NOTHING",
            [(name, kind, company.id, 0, GENESIS) for name, kind, company in wanted],
        )
        self.env.cr.execute("SELECT name, id FROM edu_ledger_chain WHERE name = ANY(%s)", [names])
        ids = dict(self.env.cr.fetchall())
        return self.browse([ids[name] for name in names])

    def _edu_lock_heads(self):
        """Lock the heads in id order and return ``{id: (name, seq, hash)}`` as they stand now.

        Whoever appends to a chain, or relies on what is recorded in it, holds this lock until the
        transaction ends. With REPEATABLE READ a head that moved meanwhile raises a serialization
        failure, which the server retries: no save is lost and none overtakes a lock.
        """
        if not self:
            return {}
        self.env.cr.execute(
            "SELECT id, name, head_seq, head_hash FROM edu_ledger_chain WHERE id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(set(self.ids))],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    @api.model
    def _edu_append(self, events):
        """Append events to their chains with one INSERT.

        :param events: ``[(chain, vals)]`` where ``vals`` has the members of
            :class:`edu_records.ledger.Event` that differ from "" (``operation``, ``model``,
            ``record``, ``slot``, ``old``, ``new``, ``reason_digest``, ``evidence_sha256``,
            ``acting_for``, ``origin``)
        :return: ``[(chain id, seq, hash)]`` in the order of ``events``
        """
        if not events:
            return []
        chains = self.union(*[chain for chain, _vals in events])
        heads = chains._edu_lock_heads()
        by_chain = {}
        for position, (chain, vals) in enumerate(events):
            by_chain.setdefault(chain.id, []).append((position, self._edu_event(vals)))
        rows, appended = [], {}
        for chain_id, numbered in sorted(by_chain.items()):
            name, seq, last_hash = heads[chain_id]
            entries = link(name, seq, last_hash, [event for _position, event in numbered])
            for (position, event), entry in zip(numbered, entries, strict=True):
                rows.append(
                    (
                        chain_id,
                        entry.seq,
                        entry.payload,
                        entry.prev,
                        entry.hash,
                        event.model,
                        event.record,
                        event.slot,
                    )
                )
                appended[position] = (chain_id, entry.seq, entry.hash)
        self._edu_insert(rows)
        return [appended[position] for position in range(len(events))]

    @api.model
    def _edu_event(self, vals):
        members = dict.fromkeys(Event.__dataclass_fields__, "")
        members.update(vals, time=self._edu_now(), user=str(self.env.uid))
        return Event(**members)

    @api.model
    def _edu_now(self):
        return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @api.model
    def _edu_insert(self, rows):
        cr = self.env.cr
        execute_values(
            cr._obj,
            "INSERT INTO edu_ledger_entry (chain_id, seq, payload, prev, hash, model, record, slot)"
            " VALUES %s",
            rows,
            page_size=len(rows),
        )
        heads = {row[0]: (row[0], row[1], row[4]) for row in rows}
        execute_values(
            cr._obj,
            "UPDATE edu_ledger_chain SET head_seq = head.seq, head_hash = head.hash"
            " FROM (VALUES %s) AS head (id, seq, hash) WHERE edu_ledger_chain.id = head.id",
            list(heads.values()),
            page_size=len(heads),
        )
        self.env["edu.ledger.chain"].invalidate_model(flush=False)
        self.env["edu.ledger.entry"].invalidate_model(flush=False)

    def _edu_heads(self):
        """The chains' heads as snapshots and documents carry them."""
        heads = self._edu_lock_heads()
        return [
            {"chain": name, "seq": str(seq), "hash": last_hash}
            for name, seq, last_hash in (heads[chain_id] for chain_id in sorted(heads))
        ]

    def _register_hook(self):
        super()._register_hook()
        install_ledger_triggers(self.env.cr)
        for name in self.env["edu.record.mixin"]._edu_record_models():
            install_record_trigger(self.env.cr, name, self.env[name]._table)
        for name in self.env["edu.kept.mixin"]._edu_kept_models():
            model = self.env[name]
            install_guards(self.env.cr, model._table, model._edu_table_guards())

    def action_export(self):
        """Download these chains for ``edu-ledger verify``."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/edu/ledger/export?chains={','.join(map(str, self.ids))}",
            "target": "self",
        }
