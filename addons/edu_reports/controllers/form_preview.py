import hashlib

from odoo import http
from odoo.http import request


class FormPreviewController(http.Controller):
    # not readonly: the preview is logged
    @http.route("/edu/form/<int:form_id>/preview", type="http", auth="user", readonly=False)
    def preview(self, form_id):
        """The form filled with an invented class and marked as a draft; it is logged."""
        form = request.env["edu.form"].browse(form_id).exists()
        if not form:
            raise request.not_found()
        form.check_access("read")
        pdf = form._edu_preview()
        request.env["edu.print.log"]._edu_record(
            "preview", request.env.company, form.code, hashlib.sha256(pdf).hexdigest()
        )
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", "inline; filename=preview.pdf"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
