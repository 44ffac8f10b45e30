import json

from odoo import api, fields, models

from edu_records.ledger import decode


class EduLedgerEntry(models.Model):
    """An entry of the ledger: written once, by ``edu.ledger.chain._edu_append`` only."""

    _name = "edu.ledger.entry"
    _inherit = ["edu.sealed.mixin"]
    _description = "Ledger Entry"
    _order = "id desc"
    _log_access = False
    _rec_name = "seq"

    chain_id = fields.Many2one(
        "edu.ledger.chain", required=True, readonly=True, index=True, ondelete="restrict"
    )
    seq = fields.Integer("No.", required=True, readonly=True, aggregator=None)
    payload = fields.Text(required=True, readonly=True)
    prev = fields.Char("Hash of the Entry Before", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    model = fields.Char(readonly=True)
    record = fields.Char(readonly=True)
    slot = fields.Char(readonly=True)
    time = fields.Datetime(compute="_compute_members")
    user_id = fields.Many2one("res.users", compute="_compute_members")
    operation = fields.Char(compute="_compute_members")
    old = fields.Char("Before", compute="_compute_members")
    new = fields.Char("After", compute="_compute_members")

    _seq_uniq = models.Constraint("UNIQUE(chain_id, seq)", "The chain has this entry already.")
    _slot_idx = models.Index("(model, record, slot)")

    @api.depends("payload")
    def _compute_members(self):
        for entry in self:
            _chain, _seq, event = decode(entry.payload)
            entry.time = fields.Datetime.to_datetime(event.time[:19].replace("T", " "))
            entry.user_id = int(event.user) if event.user.isdigit() else False
            entry.operation = event.operation
            entry.old = event.old
            entry.new = event.new

    @api.model
    def _edu_refusal(self):
        return self.env._("The records write the ledger themselves; nobody changes it.")

    @api.model
    def _edu_export(self, company):
        """The school's ledger as ``edu-ledger verify`` reads it, as JSON text."""
        chains = self.env["edu.ledger.chain"].search([("company_id", "=", company.id)])
        entries = self.search([("chain_id", "in", chains.ids)], order="chain_id, seq")
        anchors = self.env["edu.ledger.anchor"].search(
            [("company_id", "=", company.id)], order="seq"
        )
        export = {
            "schema": "edu.ledger.export/1",
            "school": company.edu_code or company.name,
            "made_at": self.env["edu.ledger.chain"]._edu_now(),
            "chains": chains.read(["name", "kind", "head_seq", "head_hash"]),
            "entries": [
                {
                    "chain": entry.chain_id.name,
                    "seq": entry.seq,
                    "payload": entry.payload,
                    "prev": entry.prev,
                    "hash": entry.hash,
                    "model": entry.model or "",
                    "record": entry.record or "",
                    "slot": entry.slot or "",
                }
                for entry in entries
            ],
            "anchors": [anchor._edu_export_vals() for anchor in anchors],
            "data": self._edu_export_data(company),
        }
        return json.dumps(export, ensure_ascii=False)

    @api.model
    def _edu_export_data(self, company):
        """Base data that the verifier replays; addons add their tables."""
        return {}
