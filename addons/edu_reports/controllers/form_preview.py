from odoo import http
from odoo.http import request


class FormPreviewController(http.Controller):
    @http.route("/edu/form/<int:form_id>/preview", type="http", auth="user", readonly=True)
    def preview(self, form_id):
        """The form filled with an invented class and marked as a draft."""
        form = request.env["edu.form"].browse(form_id).exists()
        if not form:
            raise request.not_found()
        form.check_access("read")
        pdf = form._edu_preview()
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", "inline; filename=preview.pdf"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
