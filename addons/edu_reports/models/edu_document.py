from odoo import models

TEST_COPY = "BẢN SAO THỬ NGHIỆM"


class EduDocument(models.Model):
    _inherit = "edu.document"

    def _edu_render_pdf(self):
        """Render the frozen snapshot on its form, with nothing but the document's code added."""
        self.ensure_one()
        rendered = (
            self.env["edu.form"]
            ._edu_get(self.form_code)
            ._edu_render(
                self.snapshot_id._edu_value(),
                self.snapshot_id.sha256,
                code=self._edu_grouped_code(),
                url=self._edu_verification_url(),
                watermark=self._edu_watermark(),
            )
        )
        boxes = [
            {"name": box.name, "page": box.page, "rect": list(box.rect)} for box in rendered.boxes
        ]
        return rendered.pdf, boxes

    def _edu_grouped_code(self):
        """The verification code in groups of four, as people read it out."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    def _edu_verification_url(self):
        """Address that the QR code leads to; "" to put the code itself. A hook."""
        return ""

    def _edu_watermark(self):
        """Marks every print of a neutralised copy of the database as a test copy."""
        neutralized = self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
        return TEST_COPY if neutralized else ""
