import base64
import os
import tempfile
from io import BytesIO
from unittest.mock import patch

from reportlab.pdfgen.canvas import Canvas

from odoo.tools import config

from odoo.addons.edu_core.tests.common import EduCase

from .local_ca import PASSWORD, LocalCa

PIN = "246810"


def page():
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 700, "8,5")
    canvas.save()
    return out.getvalue()


class SigningCase(EduCase):
    """A school with a form that the principal signs and the clerk seals, and a local authority."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca = LocalCa()
        cls.env["edu.trust.anchor"].create({"pem": cls.ca.pem, "kind": "government"})
        cls.company.write({"edu_check_online": False})
        cls._server_key()
        cls._form()

    @classmethod
    def _server_key(cls):
        handle, path = tempfile.mkstemp()
        cls.addClassCleanup(os.unlink, path)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
        patcher = patch.dict(config.options, {"edu_key_file": path})
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    @classmethod
    def _form(cls):
        cls.env["edu.signing.step"].create(
            [
                {
                    "form_code": "test_form",
                    "role": role,
                    "sequence": sequence,
                    "field_name": role,
                    "ink_allowed": role != "school",
                }
                for sequence, role in enumerate(("principal", "school"))
            ]
        )
        Document, School = type(cls.env["edu.document"]), type(cls.env["edu.class"])
        groups = {"principal": cls.principal, "school": cls.clerk}
        boxes = [{"name": "principal", "page": 0, "rect": [60, 80, 220, 130]}]
        for target, name, value in (
            (Document, "_edu_render_pdf", lambda self: (page(), boxes)),
            (School, "_edu_role_users", lambda self, role: groups[role]),
            (School, "_edu_documents_completed", lambda self: None),
        ):
            patcher = patch.object(target, name, value, create=True)
            patcher.start()
            cls.addClassCleanup(patcher.stop)

    @classmethod
    def _document(cls, number=1, issue=True):
        Document = cls.env["edu.document"]
        record = (cls.school_class, {"mark": "8.5", "number": str(number)})
        snapshot = cls.env["edu.record.snapshot"]._edu_freeze([record])
        chains = cls.env["edu.ledger.chain"]
        chain = chains._edu_open([(f"document:t{number}", "document", cls.company)])
        document = Document._edu_unguarded().create(
            {
                "name": f"Sổ thử {number}",
                "code": Document._edu_new_code(),
                "form_code": "test_form",
                "res_model": "edu.class",
                "res_id": cls.school_class.id,
                "class_id": cls.school_class.id,
                "company_id": cls.company.id,
                "chain_id": chain.id,
                "snapshot_id": snapshot.id,
            }
        )
        document = document.with_context(edu_guard=None)
        if issue:
            document._edu_issue()
        return document

    @classmethod
    def _upload(cls, user, name, number, purpose="person", pin=PIN, **options):
        content = base64.b64encode(cls.ca.p12(name, number, **options)).decode()
        certificates = cls.env["edu.certificate"].with_user(user)
        certificates = certificates.with_company(cls.company)
        return certificates.browse(certificates.upload(content, PASSWORD, pin, purpose))

    @classmethod
    def _principal_certificate(cls):
        return cls._upload(cls.principal, "Lê Văn Hiệu", "CCCD:038000000001")

    @classmethod
    def _seal_certificate(cls):
        return cls._upload(cls.clerk, "Trường THCS Thử Nghiệm", "MST:2800000001", "seal")

    def _sign(self, documents, user, role, pin=PIN):
        return self.env["edu.signing.wizard"].with_user(user).sign(documents.ids, role, pin)
