import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

from edu_records.ledger import salted_digest


class EduLedgerReason(models.Model):
    """Free text behind a ledger entry. The ledger has only its salted digest, so that the text can
    be erased when the law on personal data asks for it, and the chain stays whole.

    A text belongs to the schools whose entries name its digest. Nobody reads the table: whoever may
    read an entry and its reasons reads the text there (``edu.ledger.entry.reason``).
    """

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
        return self._edu_file_all([text])[0]

    @api.model
    def _edu_file_all(self, texts):
        """File texts at once and return their salted digests, "" for no text."""
        vals_list, digests = [], []
        for text in texts:
            salt = secrets.token_hex(16)
            digests.append(salted_digest(text, salt) if text else "")
            if text:
                vals_list.append({"digest": digests[-1], "salt": salt, "text": text})
        self.sudo()._edu_unguarded().create(vals_list)
        return digests

    def action_erase(self):
        """Erase the texts, as the law on personal data may ask; the ledger stays whole.

        Without its salt a digest says nothing about the text that it was made of.
        """
        for company in self._edu_schools():
            if self.env.user not in self.env["res.users"]._edu_holders("principal", company):
                raise AccessError(
                    self.env._("Only the principal of %s erases a reason.", company.name)
                )
        chain = self.env.company.sudo()._edu_chain()
        event = {"operation": "erase", "model": self._name, "slot": "text"}
        self.env["edu.ledger.chain"].sudo()._edu_append(
            [(chain, {**event, "record": reason.digest}) for reason in self.sudo()]
        )
        self.sudo()._edu_unguarded().write({"text": False, "salt": "-"})

    def _edu_schools(self):
        """Schools with entries that name the texts; the user's own where none does yet."""
        self.env.cr.execute(
            "SELECT DISTINCT chain.company_id FROM edu_ledger_entry entry"
            " JOIN edu_ledger_chain chain ON chain.id = entry.chain_id"
            " WHERE entry.payload::jsonb ->> 13 = ANY(%(digests)s)"
            " UNION SELECT company_id FROM edu_print_log WHERE requester_digest = ANY(%(digests)s)",
            {"digests": self.sudo().mapped("digest")},
        )
        found = self.env["res.company"].browse(company for (company,) in self.env.cr.fetchall())
        return found or self.env.company

    @api.model
    def _edu_texts(self, digests):
        """``{digest: text}`` of the reasons that are still there."""
        found = self.search([("digest", "in", [digest for digest in digests if digest])])
        return {reason.digest: reason.text for reason in found}
