from odoo import http
from odoo.http import content_disposition, request


class DocumentController(http.Controller):
    @http.route("/edu/document/<int:document_id>", type="http", auth="user", readonly=True)
    def document(self, document_id):
        """The newest filed bytes of a document, for whoever may read the document."""
        document = request.env["edu.document"].browse(document_id).exists()
        if not document:
            raise request.not_found()
        document.check_access("read")
        pdf = document.sudo()._edu_bytes()
        name = f"{document.name} {document.code}.pdf".replace("/", "-")
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", content_disposition(name, "inline")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
