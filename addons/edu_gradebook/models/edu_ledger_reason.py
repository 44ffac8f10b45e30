from odoo import models


class EduLedgerReason(models.Model):
    _inherit = "edu.ledger.reason"

    def action_erase(self):
        """A remark whose text is erased loses it where it stands too."""
        digests = self.sudo().mapped("digest")
        result = super().action_erase()
        self.env.flush_all()
        remarks = self.env["edu.remark"].sudo().search([("text_digest", "in", digests)])
        remarks._edu_unguarded().write({"text": False})
        return result
