import hashlib
import tempfile

from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from odoo import http
from odoo.http import content_disposition, request

IN_MEMORY = 1 << 20


class LedgerController(http.Controller):
    @http.route("/edu/ledger/export", type="http", auth="user", readonly=False)
    def export(self, chains=""):
        """Download the ledger, or some chains of it, for whoever may read it; this is recorded.

        :param str chains: ids of chains by commas; "" for the school's whole ledger
        """
        Entry = request.env["edu.ledger.entry"]
        Entry.check_access("read")
        company = request.env.company
        chosen = None
        if chains:
            ids = [int(part) for part in chains.split(",") if part.isdigit()]
            chosen = request.env["edu.ledger.chain"].browse(ids).exists()
            chosen.check_access("read")
            company = chosen.company_id[:1] or company
        file, size, digest = self._written(Entry.sudo()._edu_export_text(company, chosen))
        event = {
            "operation": "export",
            "model": Entry._name,
            "record": ",".join(map(str, chosen.ids)) if chosen else "*",
            "evidence_sha256": digest,
        }
        request.env["edu.ledger.chain"].sudo()._edu_append([(company.sudo()._edu_chain(), event)])
        name = f"ledger-{company.edu_code or company.id}.json"
        return Response(
            FileWrapper(file, IN_MEMORY),
            headers=[
                ("Content-Type", "application/json"),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
            direct_passthrough=True,
        )

    def _written(self, pieces):
        """Write the export to a file that is gone when it is closed: (file, size, SHA-256)."""
        digest = hashlib.sha256()
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        for piece in pieces:
            content = piece.encode()
            digest.update(content)
            file.write(content)
        size = file.tell()
        file.seek(0)
        return file, size, digest.hexdigest()
