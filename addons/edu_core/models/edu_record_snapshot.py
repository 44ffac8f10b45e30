import hashlib
import json

from odoo import api, fields, models

from edu_records.canonical import canonical_json


class EduRecordSnapshot(models.Model):
    """What the principal approved: canonical JSON and its hash. Documents need no more."""

    _name = "edu.record.snapshot"
    _inherit = ["edu.guarded.mixin", "edu.kept.mixin"]
    _description = "Approved Snapshot"
    _order = "id desc"
    _rec_name = "sha256"

    _edu_guarded = frozenset({"*"})
    _edu_append_only = True

    res_model = fields.Char("Model", required=True, index=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", "School", required=True, index=True, ondelete="restrict"
    )
    content = fields.Text(required=True)
    sha256 = fields.Char("SHA-256", required=True, index=True)

    @api.model
    def _edu_freeze(self, values):
        """Freeze ``[(record, value)]``, each value a JSON value of strings; one snapshot each."""
        vals_list = []
        for record, value in values:
            content = canonical_json(value)
            vals_list.append(
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "company_id": record.company_id.id,
                    "content": content,
                    "sha256": hashlib.sha256(content.encode()).hexdigest(),
                }
            )
        return self._edu_unguarded().create(vals_list)

    def _edu_value(self):
        """The frozen value; refuses a snapshot whose text no longer has its hash."""
        self.ensure_one()
        if hashlib.sha256(self.content.encode()).hexdigest() != self.sha256:
            raise ValueError(f"snapshot {self.id}: its content does not have its hash")
        return json.loads(self.content)
