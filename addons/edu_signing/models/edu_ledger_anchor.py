import base64
import hashlib

from odoo import api, models
from odoo.exceptions import UserError

from edu_records import pades


class EduLedgerAnchor(models.Model):
    _inherit = "edu.ledger.anchor"

    @api.model
    def _edu_timestamp(self, company, root):
        """An RFC 3161 token over the root's hexadecimal text, where the school has a service."""
        if not company.edu_tsa_url:
            return super()._edu_timestamp(company, root)
        digest = hashlib.sha256(root.encode()).digest()
        try:
            return base64.b64encode(pades.timestamp_token(company.edu_tsa_url, digest))
        except pades.PadesError as error:
            raise UserError(self.env["edu.certificate"]._edu_say(error)) from error
