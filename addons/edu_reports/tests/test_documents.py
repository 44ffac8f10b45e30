import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.edu_core.tests.common import EduCase

from edu_records.testing import seed

from .. import samples
from .common import GRADEBOOK, texts_of


@tagged("post_install", "-at_install")
class TestDocuments(EduCase):
    """Issuing a document renders its frozen snapshot and hands on where signatures go."""

    def _document(self, form_code, value):
        snapshot = self.env["edu.record.snapshot"]._edu_freeze([(self.school_class, value)])
        chain = self.env["edu.ledger.chain"]._edu_open([("document:r", "document", self.company)])
        return (
            self.env["edu.document"]
            ._edu_unguarded()
            .create(
                {
                    "name": "Sổ thử",
                    "code": "0123456789ABCDEF",
                    "form_code": form_code,
                    "res_model": "edu.class",
                    "res_id": self.school_class.id,
                    "class_id": self.school_class.id,
                    "company_id": self.company.id,
                    "chain_id": chain.id,
                    "snapshot_id": snapshot.id,
                }
            )
            .with_context(edu_guard=None)
        )

    @seed("P2.2.3e", "P3.2.0.4")
    def test_issue_renders_the_snapshot_and_files_the_boxes(self):
        document = self._document(GRADEBOOK, samples.gradebook())
        with patch.object(
            type(self.env["edu.class"]), "_edu_documents_completed", lambda self: None, create=True
        ):
            document._edu_issue()
        boxes = json.loads(document.field_boxes)
        self.assertEqual([box["name"] for box in boxes], ["homeroom", "principal", "school"])
        self.assertEqual(set(boxes[0]), {"name", "page", "rect"})
        texts = texts_of(document.revision_ids[:1]._edu_bytes())
        self.assertIn("Mã tra cứu: 0123-4567-89AB-CDEF", texts[0])
        self.assertIn(document.snapshot_id.sha256[:16], texts[0])

    def test_rendering_reads_nothing_but_the_snapshot(self):
        document = self._document(GRADEBOOK, samples.gradebook())
        first = document._edu_render_pdf()
        self.school_class.name = "6Z"
        self.company.write({"edu_place": "Nơi khác", "edu_timezone": "America/Lima"})
        self.assertEqual(document.with_context(lang="en_US")._edu_render_pdf(), first)

    def test_unknown_form_is_a_clear_error(self):
        document = self._document("no_such_form", samples.gradebook())
        with self.assertRaisesRegex(UserError, "no_such_form"):
            document._edu_render_pdf()

    def test_neutralized_copies_are_marked(self):
        document = self._document(GRADEBOOK, samples.gradebook())
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", "True")
        pdf, _boxes = document._edu_render_pdf()
        self.assertTrue(all("BẢN SAO THỬ NGHIỆM" in text for text in texts_of(pdf)))
