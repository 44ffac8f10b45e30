import base64
import binascii
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from edu_records import pades

from .server_key import server_key

MOST_FILE_BYTES = 100_000
LEAST_PIN = 6
MOST_WRONG_PINS = 5


class EduCertificate(models.Model):
    """A certificate of a person or of the school, with its key sealed under a PIN.

    The key is sealed under the server's key file and the owner's PIN (the issuer's key: under the
    file alone), is readable by no group and never leaves the server. Neither the PIN nor the
    password of an uploaded file is a field.
    """

    _name = "edu.certificate"
    _inherit = ["edu.guarded.mixin"]
    _description = "Certificate"
    _order = "valid_to desc, id desc"

    _edu_guarded = frozenset({"*"})

    name = fields.Char("Owner", required=True)
    purpose = fields.Selection(
        [
            ("person", "Person"),
            ("seal", "School seal"),
            ("issuer", "Issue of documents"),
        ],
        required=True,
        default="person",
        index=True,
    )
    user_id = fields.Many2one("res.users", index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    owner_number = fields.Char(
        "National or Tax Number", help="As in the certificate, for example CCCD:0… or MST:…"
    )
    organisation = fields.Char()
    subject = fields.Char()
    issuer = fields.Char()
    serial = fields.Char("Serial Number")
    algorithm = fields.Char()
    valid_from = fields.Datetime(required=True)
    valid_to = fields.Datetime(required=True)
    pem = fields.Text("Certificate (PEM)", required=True)
    chain_pem = fields.Text()
    fingerprint = fields.Char("SHA-256", required=True, index=True)
    sealed = fields.Text(groups=fields.NO_ACCESS, copy=False)
    has_key = fields.Boolean(compute="_compute_has_key", compute_sudo=True)
    wrong_pins = fields.Integer("Wrong PINs", aggregator=None)
    confirmed = fields.Boolean(help="The certificate is the user's own.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("usable", "Usable"),
            ("unconfirmed", "To be confirmed"),
            ("blocked", "Blocked: wrong PINs"),
            ("future", "Not valid yet"),
            ("expired", "Expired"),
            ("retired", "Retired"),
        ],
        compute="_compute_state",
    )

    _fingerprint_uniq = models.Constraint(
        "UNIQUE(fingerprint)", "This certificate has been uploaded already."
    )
    _owner = models.Constraint(
        "CHECK((purpose = 'person') = (user_id IS NOT NULL))",
        "A personal certificate belongs to a user, the school's belong to none.",
    )

    @api.depends("sealed")
    def _compute_has_key(self):
        for certificate in self:
            certificate.has_key = bool(certificate.sealed)

    @api.depends("valid_from", "valid_to", "wrong_pins", "confirmed", "active")
    def _compute_state(self):
        now = fields.Datetime.now()
        for certificate in self:
            certificate.state = certificate._edu_state(now)

    def _edu_state(self, now):
        if not self.active:
            return "retired"
        if self.valid_to < now:
            return "expired"
        if self.valid_from > now:
            return "future"
        if self.wrong_pins >= MOST_WRONG_PINS:
            return "blocked"
        return "usable" if self.confirmed else "unconfirmed"

    # -- upload ----------------------------------------------------------------------------------

    @api.model
    def upload(self, content, password, pin, purpose="person"):
        """Take a PKCS#12 file: open it once with its password and seal it under the PIN.

        Uploading the same certificate again sets a new PIN.

        :param str content: the file in base64
        :param str password: the file's own password, forgotten at once
        :param str pin: at least six characters; unused for the issuer's key
        :param str purpose: ``person`` (the current user), ``seal`` or ``issuer``
        :return: the id of the certificate
        :raises UserError: wrong password, unreadable file, short PIN, untrusted certificate
        """
        self._edu_check_upload(purpose, pin)
        try:
            key = pades.Pkcs12Key.load(self._edu_decode(content), password)
        except pades.PadesError as error:
            raise UserError(self._edu_say(error)) from error
        self._edu_check_identity(key.identity)
        return self._edu_keep(key, pin, purpose).id

    def _edu_check_upload(self, purpose, pin):
        groups = {
            "person": "edu_core.group_edu_user",
            "seal": "edu_core.group_edu_clerk,edu_core.group_edu_principal",
            "issuer": "edu_core.group_edu_it_admin,edu_core.group_edu_principal",
        }
        if purpose not in groups or not self.env.user.has_groups(groups[purpose]):
            raise AccessError(self.env._("You may not upload a certificate for this purpose."))
        if purpose != "issuer" and len(pin or "") < LEAST_PIN:
            raise UserError(self.env._("The PIN needs at least %s characters.", LEAST_PIN))

    def _edu_decode(self, content):
        try:
            data = base64.b64decode(content or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self._edu_say(pades.UnreadableKey())) from error
        if len(data) > MOST_FILE_BYTES:
            raise UserError(self._edu_say(pades.UnreadableKey()))
        return data

    def _edu_check_identity(self, identity):
        roots = self.env["edu.trust.anchor"]._edu_roots()
        state = pades.check_certificate(identity, roots)
        if state not in ("good", "unknown"):
            raise UserError(self._edu_state_text(state))

    def _edu_keep(self, key, pin, purpose):
        info = key.identity.info
        person = purpose == "person"
        known = self.sudo().with_context(active_test=False)
        known = known.search([("fingerprint", "=", info.fingerprint)])
        owner = self.env.user if person else self.env["res.users"]
        if known and (known.user_id, known.purpose) != (owner, purpose):
            raise UserError(self.env._("This certificate belongs to somebody else."))
        vals = self._edu_vals(key.identity, owner, purpose)
        if known:
            vals = {"active": True}
        vals["sealed"] = pades.seal_p12(
            key.to_p12(),
            pin if purpose != "issuer" else None,
            server_key(self.env),
            self._edu_binding(info.fingerprint, owner, known.company_id or self.env.company),
        )
        vals["wrong_pins"] = 0
        known = known._edu_unguarded()
        if known:
            known.write(vals)
        else:
            known = known.create(vals)
        known = known.with_context(edu_guard=None)
        known._edu_log("certificate")
        return known

    def _edu_vals(self, identity, owner, purpose):
        info = identity.info
        return {
            "name": info.name,
            "purpose": purpose,
            "user_id": owner.id,
            "company_id": self.env.company.id,
            "owner_number": info.serial_number,
            "organisation": info.organisation,
            "subject": info.subject,
            "issuer": info.issuer,
            "serial": info.serial,
            "algorithm": info.algorithm,
            "valid_from": info.valid_from.replace(tzinfo=None),
            "valid_to": info.valid_to.replace(tzinfo=None),
            "pem": info.pem,
            "chain_pem": identity.chain_pem,
            "fingerprint": info.fingerprint,
            "confirmed": purpose != "person" or self._edu_is_own(info, owner),
        }

    @api.model
    def _edu_is_own(self, info, user):
        """Whether the certificate names the user: by the employee's national id, or the name."""
        employee = user.sudo().employee_ids[:1]
        if employee.identification_id:
            return pades.same_person(employee.identification_id, info.serial_number)
        return _plain(info.name) == _plain(user.name)

    def _edu_binding(self, fingerprint, owner, company):
        """What a sealed key is bound to: it opens for this owner only."""
        return f"{fingerprint}|user:{owner.id or 0}|company:{company.id}".encode()

    # -- use -------------------------------------------------------------------------------------

    @api.model
    def _edu_for(self, role, company):
        """The usable certificate with which the current user signs as ``role``, or none."""
        if role == "school":
            domain = [("purpose", "=", "seal"), ("company_id", "=", company.id)]
        else:
            domain = [("purpose", "=", "person"), ("user_id", "=", self.env.uid)]
        return self.sudo().search(domain).filtered(lambda one: one.state == "usable")[:1]

    def _edu_identity(self):
        self.ensure_one()
        return pades.Identity.from_pem(self.pem, self.chain_pem or "")

    def _edu_open(self, pin):
        """The live key, for the current request only.

        :raises edu_records.pades.WrongPin: also counted; five of them block the certificate
        """
        self.ensure_one()
        if self.user_id and self.user_id != self.env.user:
            raise AccessError(self.env._("This certificate belongs to somebody else."))
        sealed = self.sudo().sealed
        binding = self._edu_binding(self.fingerprint, self.user_id, self.company_id)
        try:
            p12 = pades.unseal_p12(sealed or "", pin, server_key(self.env), binding)
        except pades.WrongPin:
            self._edu_count(self.wrong_pins + 1)
            raise
        if self.wrong_pins:
            self._edu_count(0)
        return pades.Pkcs12Key.load(p12, None)

    def _edu_count(self, number):
        self.sudo()._edu_unguarded().write({"wrong_pins": number})

    # -- buttons ---------------------------------------------------------------------------------

    def action_confirm(self):
        """Confirm that the certificate is the user's own; nobody confirms one's own."""
        for certificate in self:
            certificate._edu_check_manager()
            if certificate.user_id == self.env.user:
                raise AccessError(self.env._("Nobody confirms his or her own certificate."))
            certificate.sudo()._edu_unguarded().write({"confirmed": True})
            certificate.sudo()._edu_log("confirm")

    def action_retire(self):
        """Stop using a certificate; its sealed key is destroyed."""
        for certificate in self:
            if certificate.user_id != self.env.user:
                certificate._edu_check_manager()
            certificate.sudo()._edu_unguarded().write({"active": False, "sealed": False})
            certificate.sudo()._edu_log("retire")

    def _edu_check_manager(self):
        managers = "edu_core.group_edu_principal,edu_core.group_edu_it_admin"
        if not self.env.user.has_groups(managers):
            raise AccessError(self.env._("Only the principal or the IT administrator may do this."))

    def _edu_log(self, operation):
        event = {
            "operation": operation,
            "model": self._name,
            "record": str(self.id),
            "slot": self.purpose,
            "new": self.fingerprint,
        }
        self.env["edu.ledger.chain"]._edu_append([(self.company_id._edu_chain(), event)])

    # -- words -----------------------------------------------------------------------------------

    @api.model
    def _edu_say(self, error):
        """A library error in the user's language."""
        return error.vi if (self.env.lang or "").startswith("vi") else str(error)

    @api.model
    def _edu_state_text(self, state):
        return {
            "revoked": self.env._("The certificate has been revoked."),
            "expired": self.env._("The certificate is not valid today."),
            "untrusted": self.env._("The certificate does not lead to a trusted root."),
            "unknown": self.env._("Whether the certificate was revoked could not be checked."),
        }[state]


def _plain(name):
    return " ".join(unicodedata.normalize("NFC", name or "").casefold().split())
