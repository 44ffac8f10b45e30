import json

from odoo import api, fields, models

from edu_records.ledger import heads_root, verify_export

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

    @api.model
    def _edu_anchor(self, company):
        Chain = self.env["edu.ledger.chain"]
        anchors = Chain._edu_open([(f"anchors:{company.id}", "anchors", company)])
        chains = Chain.search([("company_id", "=", company.id)])
        heads = {
            name: [seq, last_hash] for name, seq, last_hash in chains._edu_lock_heads().values()
        }
        root = heads_root(heads)
        last = self.search([("company_id", "=", company.id)], limit=1)
        anchor = self._edu_unguarded().create(
            {
                "company_id": company.id,
                "seq": last.seq + 1,
                "time": fields.Datetime.now(),
                "root": root,
                "heads": json.dumps(heads, sort_keys=True),
                "token": self._edu_timestamp(company, root) or False,
            }
        )
        Chain._edu_append(
            [
                (
                    anchors,
                    {
                        "operation": "anchor",
                        "model": self._name,
                        "record": str(anchor.id),
                        "new": root,
                    },
                )
            ]
        )
        return anchor

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
        """Verify the current school's whole ledger and say what was found."""
        export = json.loads(self.env["edu.ledger.entry"].sudo()._edu_export(self.env.company))
        report = verify_export(export)
        if report.findings:
            message = "\n".join(finding.message for finding in report.findings[:20])
            kind, title = "danger", self.env._("The ledger has been tampered with")
        else:
            message = self.env._(
                "%s entries verified: every hash, head and anchor fits.", len(export["entries"])
            )
            kind, title = "success", self.env._("The ledger is intact")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "title": title, "message": message, "sticky": True},
        }

    @api.model
    def action_export(self):
        """Download the current school's ledger for ``edu-ledger verify``."""
        export = self.env["edu.ledger.entry"].sudo()._edu_export(self.env.company)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"ledger-{self.env.company.edu_code or self.env.company.id}.json",
                "raw": export.encode(),
                "mimetype": "application/json",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }
