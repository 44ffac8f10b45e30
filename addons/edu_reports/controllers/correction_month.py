import hashlib

from odoo import http
from odoo.http import request

from ..models.edu_correction_month import DOSSIER, LOG


class CorrectionMonthController(http.Controller):
    # not readonly: the print is logged
    @http.route(
        "/edu/correction-month/<int:month_id>/<string:form_code>",
        type="http",
        auth="user",
        readonly=False,
    )
    def log(self, month_id, form_code):
        """The log of a teacher's month, or the dossier, for whoever may read it; it is logged."""
        month = request.env["edu.correction.month"].browse(month_id).exists()
        if not month or form_code not in (LOG, DOSSIER):
            raise request.not_found()
        month.check_access("read")
        pdf = month._edu_pdf(form_code)
        request.env["edu.print.log"]._edu_record(
            "regular", month.company_id, form_code, hashlib.sha256(pdf).hexdigest()
        )
        return request.make_response(
            pdf,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", f"inline; filename={form_code}.pdf"),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
