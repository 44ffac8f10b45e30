import base64
import hashlib
from itertools import zip_longest

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

EVIDENCE_TYPES = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
MOST_BYTES = 10_000_000


class EduEvidenceMixin(models.AbstractModel):
    """A paper behind an official act: filed once, with its hash, and never replaced."""

    _name = "edu.evidence.mixin"
    _inherit = ["edu.guarded.mixin", "edu.kept.mixin"]
    _description = "Evidence"

    _edu_guarded = frozenset({"*"})
    _edu_append_only = True

    name = fields.Char("File", required=True)
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    data = fields.Binary("Content", attachment=True, required=True)
    sha256 = fields.Char("SHA-256", required=True, index=True)

    @api.model
    def _edu_check_files(self, files):
        """Whether ``[(name, bytes)]`` are papers.

        :raises UserError: for a file that is no PDF, image or Word document, or is too large
        """
        for name, data in files:
            if guess_mimetype(data) not in EVIDENCE_TYPES:
                raise UserError(
                    self.env._("%s: attach a PDF, JPEG, PNG or Word (.docx) file.", name)
                )
            if len(data) > MOST_BYTES:
                raise UserError(
                    self.env._(
                        "%(name)s is too large: attach files of at most %(most)s MB.",
                        name=name,
                        most=MOST_BYTES // 10**6,
                    )
                )

    @api.model
    def _edu_file(self, company, files, vals_list=()):
        """File ``[(name, bytes)]`` and return the records.

        :param vals_list: further values of each file; the rows never change afterwards
        :raises UserError: as ``_edu_check_files``
        """
        self._edu_check_files(files)
        return self._edu_unguarded().create(
            [
                {
                    "name": name,
                    "company_id": company.id,
                    "data": base64.b64encode(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                    **vals,
                }
                for (name, data), vals in zip_longest(files, vals_list, fillvalue={})
            ]
        )

    def _edu_check_stored(self):
        """SHA-256 of the filed paper.

        :raises UserError: when the stored bytes are not those that were filed
        """
        self.ensure_one()
        if self._edu_stored_sha256() != self.sha256:
            raise UserError(
                self.env._("The stored file of %s is not the one that was filed.", self.name)
            )
        return self.sha256

    def _edu_stored_sha256(self):
        """SHA-256 of the bytes as they are stored now."""
        self.ensure_one()
        data = self.with_context(bin_size=False).data or b""
        return hashlib.sha256(base64.b64decode(data)).hexdigest()
