from odoo import fields, models

from edu_records import pades


class ResCompany(models.Model):
    _inherit = "res.company"

    edu_tsa_url = fields.Char(
        "Time Stamping Service",
        help="Address of an RFC 3161 service. Signatures then carry a proof of their time; when"
        " the service does not answer, nothing is signed.",
    )
    edu_check_online = fields.Boolean(
        "Ask Revocation Services",
        default=True,
        help="Before signing, ask the services named in the certificate whether it was revoked."
        " The principal and the seal cannot sign while they do not answer.",
    )

    def _edu_timestamper(self):
        self.ensure_one()
        return pades.timestamper(self.edu_tsa_url) if self.edu_tsa_url else None
