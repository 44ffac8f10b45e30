import secrets

from odoo import api, fields, models

from edu_records.ledger import salted_digest


class EduLedgerReason(models.Model):
    """Free text behind a ledger entry. The ledger has only its salted digest, so that the text can
    be erased when the law on personal data asks for it, and the chain stays whole."""

    _name = "edu.ledger.reason"
    _inherit = ["edu.guarded.mixin"]
    _description = "Reason in the Ledger"
    _rec_name = "digest"

    _edu_guarded = frozenset({"*"})

    digest = fields.Char(required=True, index=True)
    salt = fields.Char(required=True)
    text = fields.Text()

    @api.model
    def _edu_file(self, text):
        """File ``text`` and return its salted digest; "" for no text."""
        if not text:
            return ""
        salt = secrets.token_hex(16)
        digest = salted_digest(text, salt)
        self.sudo()._edu_unguarded().create({"digest": digest, "salt": salt, "text": text})
        return digest

    @api.model
    def _edu_texts(self, digests):
        """``{digest: text}`` of the reasons that are still there."""
        found = self.search([("digest", "in", [digest for digest in digests if digest])])
        return {reason.digest: reason.text for reason in found}
