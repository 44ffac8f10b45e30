import hashlib

from odoo import http
from odoo.http import content_disposition, request


class DocumentController(http.Controller):
    # not readonly: whoever gets the file is logged before it leaves
    @http.route("/edu/document/<int:document_id>", type="http", auth="user", readonly=False)
    def document(self, document_id, **options):
        """The newest filed bytes of a document, for whoever may read the document; it is logged.

        :param str print: id of the ``edu.document.print`` in which the user said what for
        """
        document = request.env["edu.document"].browse(document_id).exists()
        if not document:
            raise request.not_found()
        document.check_access("read")
        pdf = document.sudo()._edu_bytes()
        request.env["edu.print.log"]._edu_record(
            company=document.company_id,
            form_code=document.form_code,
            sha256=hashlib.sha256(pdf).hexdigest(),
            document=document,
            **self._purpose(document, options.get("print", "")),
        )
        name = f"{document._edu_filename()}.pdf"
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", content_disposition(name, "inline")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _purpose(self, document, wizard_id):
        """What the user said in the dialog; the user's own, and of this document only."""
        Wizard = request.env["edu.document.print"].sudo()
        wizard = Wizard.browse(int(wizard_id) if wizard_id.isdigit() else []).exists()
        if wizard.create_uid != request.env.user or wizard.document_id != document:
            return {"kind": "view"}
        return {
            "kind": wizard.kind,
            "reason": wizard.reason or "",
            "requester": wizard.requester or "",
        }
