from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .edu_signing_step import ROLES


class EduSignature(models.Model):
    """One signature that a document needs or has."""

    _name = "edu.signature"
    _inherit = ["edu.guarded.mixin"]
    _description = "Signature"
    _order = "document_id, sequence, id"

    _edu_guarded = frozenset({"*"})

    document_id = fields.Many2one("edu.document", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    role = fields.Selection(ROLES, required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    required = fields.Boolean(default=True)
    ink_allowed = fields.Boolean("May Be in Ink")
    field_name = fields.Char("Signature Field", required=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("signed", "Signed electronically"), ("ink", "Signed in ink")],
        required=True,
        default="waiting",
        index=True,
    )
    user_id = fields.Many2one("res.users", "Signed by", ondelete="restrict", index=True)
    signer_name = fields.Char()
    signed_at = fields.Datetime()
    revision_id = fields.Many2one("edu.document.revision", ondelete="restrict", index=True)
    note = fields.Char()
    is_next = fields.Boolean("Is Due", compute="_compute_is_next")

    @api.depends("state", "document_id.state", "document_id.signature_ids.state")
    def _compute_is_next(self):
        for signature in self:
            signature.is_next = signature == signature.document_id._edu_next_signature()

    @api.depends("role", "document_id.name")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for signature in self:
            role = roles.get(signature.role, "")
            signature.display_name = f"{signature.document_id.name} - {role}"

    def _edu_check_turn(self, user):
        """Refuse unless it is this signature's turn and ``user`` holds its role.

        :raises UserError: when the document does not wait for this signature
        :raises AccessError: when the user does not hold the role
        """
        self.ensure_one()
        document = self.document_id
        if document.state not in ("issued", "signing"):
            raise UserError(
                self.env._("%(name)s cannot be signed: it is %(state)s.", **document._edu_said())
            )
        if self != document._edu_next_signature():
            raise UserError(
                self.env._(
                    "%(name)s waits for: %(who)s.",
                    name=document.name,
                    who=document._edu_next_signature().display_name or "-",
                )
            )
        if user not in document.sudo()._edu_record()._edu_role_users(self.role):
            raise AccessError(
                self.env._(
                    "%(name)s: you do not hold the role that signs here (%(role)s).",
                    name=document.name,
                    role=self.display_name,
                )
            )

    def action_sign_ink(self):
        """Record that the signature was given in ink on the printed copy."""
        for signature in self:
            signature._edu_check_turn(self.env.user)
            if not signature.ink_allowed:
                raise UserError(
                    self.env._("%s has to be signed electronically.", signature.display_name)
                )
            signature.document_id.sudo()._edu_record_signature(signature.sudo(), "ink")
