import hashlib

from odoo import fields, models
from odoo.exceptions import UserError


class EduDocumentRevision(models.Model):
    """The bytes of a document as issued, or after a signature; filed once, never replaced."""

    _name = "edu.document.revision"
    _inherit = ["edu.guarded.mixin", "edu.kept.mixin"]
    _description = "Document Revision"
    _order = "document_id, seq"

    _edu_guarded = frozenset({"*"})
    _edu_append_only = True

    document_id = fields.Many2one("edu.document", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="document_id.company_id", store=True, precompute=True, index=True
    )
    seq = fields.Integer("No.", required=True, aggregator=None)
    kind = fields.Selection(
        [("issued", "Issued"), ("signed", "Signed"), ("archived", "Archived")], required=True
    )
    # handed out by the controller alone, which logs whoever gets it
    content = fields.Binary("File", attachment=True, required=True, groups=fields.NO_ACCESS)
    sha256 = fields.Char("SHA-256", required=True, index=True)
    size = fields.Integer(required=True, aggregator=None)

    _seq_uniq = models.Constraint(
        "UNIQUE(document_id, seq)", "The document has this revision already."
    )

    def _compute_display_name(self):
        for revision in self:
            revision.display_name = f"{revision.document_id.name} #{revision.seq}"

    def _edu_stored(self):
        """The bytes as the file store has them, whatever they are."""
        self.ensure_one()
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "content"),
                    ("res_id", "=", self.id),
                ]
            )
            .raw
            or b""
        )

    def _edu_bytes(self):
        """The filed bytes; refuses a file that no longer has the hash it was filed under."""
        content = self._edu_stored()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise UserError(
                self.env._(
                    "The stored file of %s is not the one that was filed. Restore it from the"
                    " backup and inform the principal.",
                    self.display_name,
                )
            )
        return content
