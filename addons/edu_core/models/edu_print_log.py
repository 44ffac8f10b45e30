from odoo import api, fields, models

from ..hooks import install_script

KINDS = [
    ("view", "Opened or downloaded"),
    ("regular", "Printed as needed"),
    ("periodic", "Printed at the end of a period"),
    ("preview", "Form with sample data"),
    ("export", "List handed out as a workbook"),
]


class EduPrintLog(models.Model):
    """Who printed, opened or downloaded which file, when and what for. The file is named by its
    SHA-256; reason and requester are texts that can be erased, so only their digests are here."""

    _name = "edu.print.log"
    _inherit = ["edu.sealed.mixin"]
    _description = "Print Log"
    _order = "id desc"
    _log_access = False
    _rec_name = "time"

    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    time = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", "By", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    document_id = fields.Many2one("edu.document", readonly=True, index=True, ondelete="restrict")
    class_id = fields.Many2one(related="document_id.class_id")
    form_code = fields.Char("Form", readonly=True, required=True)
    sha256 = fields.Char("SHA-256 of the File", required=True, readonly=True)
    reason_digest = fields.Char(readonly=True)
    requester_digest = fields.Char(readonly=True)
    reason = fields.Text(compute="_compute_texts")
    requester = fields.Char("For", compute="_compute_texts")
    chain_id = fields.Many2one(
        "edu.ledger.chain", required=True, readonly=True, index=True, ondelete="restrict"
    )
    entry_seq = fields.Integer("Ledger Entry", required=True, readonly=True, aggregator=None)

    _entry_uniq = models.Constraint("UNIQUE(chain_id, entry_seq)", "This is logged already.")

    @api.depends("reason_digest", "requester_digest")
    def _compute_texts(self):
        digests = self.mapped("reason_digest") + self.mapped("requester_digest")
        texts = self.env["edu.ledger.reason"].sudo()._edu_texts(digests)
        for row in self:
            row.reason = texts.get(row.reason_digest, False)
            row.requester = texts.get(row.requester_digest, False)

    @api.model
    def _edu_refusal(self):
        return self.env._("The log of prints is written when something is printed, never directly.")

    @api.model
    def _edu_record(self, kind, company, form_code, sha256, document=None, reason="", requester=""):
        """Record what the current user gets, in the document's chain or else the school's.

        :param str kind: of :data:`KINDS`
        :param str sha256: of the bytes that are handed out
        :param document: ``edu.document`` that they belong to
        """
        Reason = self.env["edu.ledger.reason"].sudo()
        digest, requester_digest = Reason._edu_file(reason), Reason._edu_file(requester)
        chain = document.sudo().chain_id if document else company.sudo()._edu_chain()
        event = {
            "operation": "print",
            "model": self._name,
            "record": str(document.id) if document else form_code,
            "slot": kind,
            "new": requester_digest,
            "reason_digest": digest,
            "evidence_sha256": sha256,
        }
        ((chain_id, seq, _hash),) = (
            self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])
        )
        self.env.cr.execute(
            "INSERT INTO edu_print_log (company_id, time, user_id, kind, document_id, form_code,"
            " sha256, reason_digest, requester_digest, chain_id, entry_seq)"
            " VALUES (%s, now() AT TIME ZONE 'UTC', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                company.id,
                self.env.uid,
                kind,
                document.id if document else None,
                form_code,
                sha256,
                digest or None,
                requester_digest or None,
                chain_id,
                seq,
            ],
        )
        self.invalidate_model(flush=False)

    def _register_hook(self):
        super()._register_hook()
        install_script(self.env.cr, "edu_core/sql/prints.sql", "edu_print_log")
