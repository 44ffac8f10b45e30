from odoo import api, fields, models

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
    _inherit = ["edu.sealed.log.mixin"]
    _description = "Print Log"
    _order = "id desc"
    _rec_name = "time"

    _edu_chained = (
        "company_id",
        "time",
        "user_id",
        "kind",
        "document_id",
        "form_code",
        "sha256",
        "reason_digest",
        "requester_digest",
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
        vals = {
            "company_id": company.id,
            "kind": kind,
            "document_id": document.id if document else None,
            "form_code": form_code,
            "sha256": sha256,
            "reason_digest": digest or None,
            "requester_digest": requester_digest or None,
        }
        self._edu_log(chain, "print", vals, reason_digest=digest, evidence_sha256=sha256)
