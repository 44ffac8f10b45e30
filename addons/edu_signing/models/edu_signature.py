from odoo import api, fields, models


class EduSignature(models.Model):
    _inherit = "edu.signature"

    certificate_id = fields.Many2one("edu.certificate", ondelete="restrict", index=True)
    algorithm = fields.Char()
    stamped_at = fields.Datetime("Proven Time", help="Time of the time stamping service.")
    revocation = fields.Selection(
        [("good", "Not revoked"), ("unknown", "Could not be checked")], "Certificate at Signing"
    )
    verification = fields.Text(help="The check made before the signature was filed, JSON.")

    def action_sign(self):
        return self.document_id.action_sign()

    @api.model
    def action_my_signatures(self):
        """The signatures that wait for the current user."""
        action = self.env["ir.actions.act_window"]._for_xml_id("edu_signing.edu_signature_action")
        domain = [("id", "in", self._edu_due().ids), ("state", "=", "waiting")]
        return {**action, "domain": domain}

    @api.model
    def _edu_due(self):
        """Signatures whose turn it is and whose role the current user holds."""
        waiting = self.search(
            [("state", "=", "waiting"), ("document_id.state", "in", ("issued", "signing"))]
        )
        holders = {}
        for signature in waiting.filtered("is_next"):
            document = signature.document_id.sudo()
            key = (document.res_model, document.res_id, signature.role)
            if key not in holders:
                users = document._edu_record()._edu_role_users(signature.role)
                holders[key] = self.env.user in users
        return waiting.filtered(
            lambda line: (
                line.is_next
                and holders[(line.document_id.res_model, line.document_id.res_id, line.role)]
            )
        )
