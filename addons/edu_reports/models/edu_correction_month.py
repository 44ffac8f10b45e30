import hashlib

from odoo import models

from edu_records.canonical import canonical_json

LOG, DOSSIER = "correction_log", "correction_dossier"


class EduCorrectionMonth(models.Model):
    """The printed log of a teacher's month, and the dossier with the explanation."""

    _inherit = "edu.correction.month"

    def action_print_log(self):
        return self._edu_print_action(LOG)

    def action_print_dossier(self):
        return self._edu_print_action(DOSSIER)

    def _edu_print_action(self, form_code):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/edu/correction-month/{self.id}/{form_code}",
            "target": "new",
        }

    def _edu_pdf(self, form_code):
        """PDF bytes of one of the two forms, as the month stands now."""
        value = {**self._edu_log_value(), "form": form_code}
        digest = hashlib.sha256(canonical_json(value).encode()).hexdigest()
        form = self.env["edu.form"]._edu_get(form_code)
        watermark = self.env["edu.document"]._edu_watermark()
        return form._edu_render(value, digest, watermark=watermark).pdf
