import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

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

    def action_erase(self):
        """Erase the texts, as the law on personal data may ask; the ledger stays whole.

        Without its salt a digest says nothing about the text that it was made of.
        """
        if not self.env.user.has_group("edu_core.group_edu_principal"):
            raise AccessError(self.env._("Only the principal erases a reason."))
        chain = self.env.company.sudo()._edu_chain()
        event = {"operation": "erase", "model": self._name, "slot": "text"}
        self.env["edu.ledger.chain"].sudo()._edu_append(
            [(chain, {**event, "record": reason.digest}) for reason in self]
        )
        self.sudo()._edu_unguarded().write({"text": False, "salt": "-"})

    @api.model
    def _edu_texts(self, digests):
        """``{digest: text}`` of the reasons that are still there."""
        found = self.search([("digest", "in", [digest for digest in digests if digest])])
        return {reason.digest: reason.text for reason in found}
