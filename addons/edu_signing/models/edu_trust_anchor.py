from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from edu_records.pades import describe


class EduTrustAnchor(models.Model):
    """A root that all schools of the database trust, uploaded by the system's administrator.

    None is shipped.
    """

    _name = "edu.trust.anchor"
    _description = "Trusted Root"
    _order = "kind, name, id"

    name = fields.Char(compute="_compute_facts", store=True)
    kind = fields.Selection(
        [
            ("government", "Government (official-duty signatures)"),
            ("public", "Public certification authority"),
        ],
        required=True,
        default="public",
        help="Certificates of the Government Cipher Committee and of licensed enterprises have"
        " different roots.",
    )
    pem = fields.Text("Certificate (PEM)", required=True, copy=False)
    fingerprint = fields.Char("SHA-256", compute="_compute_facts", store=True, index=True)
    valid_from = fields.Datetime(compute="_compute_facts", store=True)
    valid_to = fields.Datetime(compute="_compute_facts", store=True)
    active = fields.Boolean(default=True)

    _fingerprint_uniq = models.Constraint("UNIQUE(fingerprint)", "This root is known already.")

    @api.depends("pem")
    def _compute_facts(self):
        for anchor in self:
            info = anchor._edu_info()
            anchor.name = info.name
            anchor.fingerprint = info.fingerprint
            anchor.valid_from = info.valid_from.replace(tzinfo=None)
            anchor.valid_to = info.valid_to.replace(tzinfo=None)

    def _edu_info(self):
        self.ensure_one()
        try:
            return describe(self.pem or "")
        except ValueError as error:
            raise ValidationError(self.env._("This is not a certificate in PEM form.")) from error

    @api.model_create_multi
    def create(self, vals_list):
        anchors = super().create(vals_list)
        for anchor in anchors:
            anchor._edu_log("trust", anchor.fingerprint)
        return anchors

    def write(self, vals):
        if set(vals) - {"active", "kind"}:
            raise UserError(
                self.env._("A trusted root is not changed: archive it and upload another one.")
            )
        result = super().write(vals)
        if "active" in vals:
            for anchor in self:
                anchor._edu_log("trust" if anchor.active else "distrust", anchor.fingerprint)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        raise UserError(
            self.env._("A trusted root is never deleted: earlier signatures depend on it.")
        )

    def _edu_log(self, operation, value):
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(self.id),
            "new": value,
        }
        chain = self.env.company.sudo()._edu_chain()
        self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])

    @api.model
    def _edu_roots(self):
        """PEM texts of all roots.

        :raises UserError: when none has been uploaded
        """
        anchors = self.sudo().search([("active", "=", True)])
        if not anchors:
            raise UserError(
                self.env._(
                    "No trusted root has been uploaded: without it no signature can be checked."
                    " Ask the IT administrator."
                )
            )
        return anchors.mapped("pem")
