from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExchangeController(http.Controller):
    # not readonly: whoever gets a list is logged before it leaves
    @http.route("/edu/exchange/<int:wizard_id>", type="http", auth="user", readonly=False)
    def workbook(self, wizard_id):
        """The workbook that the user asked for in the dialog; the user's own dialog only."""
        wizard = request.env["edu.exchange.export"].sudo().browse(wizard_id).exists()
        if wizard.create_uid != request.env.user:
            raise request.not_found()
        data, name = wizard.sudo(False)._edu_file()
        return request.make_response(
            data,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(data)),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
