import base64
import hashlib
import json

from odoo import api, fields, models

from edu_records.ledger import heads_root

MOST_LATE_STAMPS = 50


class EduLedgerAnchor(models.Model):
    """The nightly root over all heads of a school: chained, timestamped and exported."""

    _name = "edu.ledger.anchor"
    _inherit = ["edu.guarded.mixin"]
    _description = "Ledger Anchor"
    _order = "company_id, seq desc"
    _rec_name = "seq"

    _edu_guarded = frozenset({"*"})

    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    seq = fields.Integer("No.", required=True, aggregator=None)
    time = fields.Datetime(required=True)
    root = fields.Char(required=True)
    heads = fields.Text(required=True)
    token = fields.Binary("Timestamp (RFC 3161)", attachment=False)

    _seq_uniq = models.Constraint("UNIQUE(company_id, seq)", "This anchor exists already.")

    @api.model
    def _edu_anchor_all(self):
        """Anchor every school that has a ledger; run nightly.

        An anchor whose timestamp could not be had is stamped by a later run.
        """
        groups = self.env["edu.ledger.chain"]._read_group([], ["company_id"])
        for (company,) in groups:
            self._edu_anchor(company)
        for anchor in self.search([("token", "=", False)], limit=MOST_LATE_STAMPS):
            token = self._edu_timestamp(anchor.company_id, anchor.root)
            if token:
                anchor._edu_unguarded().write({"token": token})
                anchor._edu_record("stamp", token)

    @api.model
    def _edu_anchor(self, company):
        self.env["edu.ledger.epoch"]._edu_keep(company)
        Chain = self.env["edu.ledger.chain"]
        self._edu_chain(company)
        chains = Chain.search([("company_id", "=", company.id)])
        heads = {
            name: [seq, last_hash] for name, seq, last_hash in chains._edu_lock_heads().values()
        }
        root = heads_root(heads)
        last = self.search([("company_id", "=", company.id)], limit=1)
        token = self._edu_timestamp(company, root)
        anchor = self._edu_unguarded().create(
            {
                "company_id": company.id,
                "seq": last.seq + 1,
                "time": fields.Datetime.now(),
                "root": root,
                "heads": json.dumps(heads, sort_keys=True),
                "token": token or False,
            }
        )
        anchor._edu_record("anchor", token)
        return anchor

    @api.model
    def _edu_chain(self, company):
        """The chain that records the school's anchors and epochs."""
        return self.env["edu.ledger.chain"]._edu_open(
            [(f"anchors:{company.id}", "anchors", company)]
        )

    def _edu_record(self, operation, token):
        """Record the root and, where there is one, the SHA-256 of its timestamp."""
        self.ensure_one()
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(self.id),
            "new": self.root,
            "evidence_sha256": token and hashlib.sha256(base64.b64decode(token)).hexdigest() or "",
        }
        self.env["edu.ledger.chain"]._edu_append([(self._edu_chain(self.company_id), event)])

    @api.model
    def _edu_timestamp(self, company, root):
        """A timestamp token over ``root``, base64; "" where no timestamp service is set up."""
        return ""

    def _edu_export_vals(self):
        self.ensure_one()
        token = self.with_context(bin_size=False).token
        return {
            "seq": self.seq,
            "root": self.root,
            "heads": json.loads(self.heads),
            "time": fields.Datetime.to_string(self.time),
            "token": token.decode() if token else None,
        }

    @api.model
    def action_verify(self):
        """Verify the current school's whole ledger and show the report."""
        report = self.env["edu.ledger.verification"]._edu_run_here()
        return {
            "type": "ir.actions.act_window",
            "res_model": report._name,
            "res_id": report.id,
            "view_mode": "form",
        }

    @api.model
    def action_export(self):
        """Download the current school's ledger for ``edu-ledger verify``."""
        return {"type": "ir.actions.act_url", "url": "/edu/ledger/export", "target": "self"}
