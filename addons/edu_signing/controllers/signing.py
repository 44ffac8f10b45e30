from odoo import http
from odoo.http import request


class SigningController(http.Controller):
    """Where the dialogs send secrets: route arguments are logged at no level, method calls are."""

    @http.route("/edu/signing/sign", type="jsonrpc", auth="user")
    def sign(self, document_ids, role, pin):
        return request.env["edu.signing.wizard"].sign(document_ids, role, pin)

    @http.route("/edu/signing/upload", type="jsonrpc", auth="user")
    def upload(self, content, password, pin, purpose="person"):
        return request.env["edu.certificate"].upload(content, password, pin, purpose)
