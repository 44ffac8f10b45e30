import hashlib
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestDocuments(EduCase):
    """Documents as edu_core knows them: bytes, revisions and steps, without any cryptography."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.snapshot = cls.env["edu.record.snapshot"]._edu_freeze([(cls.school_class, {"a": "1"})])
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
        chain = cls.env["edu.ledger.chain"]._edu_open([("document:t", "document", cls.company)])
        cls.document = (
            cls.env["edu.document"]
            ._edu_unguarded()
            .create(
                {
                    "name": "Sổ thử",
                    "code": cls.env["edu.document"]._edu_new_code(),
                    "form_code": "test_form",
                    "res_model": "edu.class",
                    "res_id": cls.school_class.id,
                    "class_id": cls.school_class.id,
                    "company_id": cls.company.id,
                    "chain_id": chain.id,
                    "snapshot_id": cls.snapshot.id,
                }
            )
            .with_context(edu_guard=None)
        )
        Document, School = type(cls.env["edu.document"]), type(cls.env["edu.class"])
        groups = {"principal": cls.principal, "school": cls.clerk}
        for target, name, value in (
            (Document, "_edu_render_pdf", lambda self: (b"%PDF-1.7 test", [])),
            (Document, "_edu_certify", lambda self, pdf: pdf),
            (School, "_edu_role_users", lambda self, role: groups[role]),
            (School, "_edu_documents_completed", lambda self: None),
        ):
            patcher = patch.object(target, name, value, create=True)
            patcher.start()
            cls.addClassCleanup(patcher.stop)

    def test_issue_files_the_bytes_once(self):
        self.document._edu_issue()
        self.document._edu_issue()
        self.assertEqual(self.document.state, "issued")
        self.assertEqual(len(self.document.revision_ids), 1)
        self.assertEqual(self.document._edu_bytes(), b"%PDF-1.7 test")
        digest = hashlib.sha256(b"%PDF-1.7 test").hexdigest()
        self.assertEqual(self.document.chain_id.entry_ids[0].new_value, digest)

    def test_a_revision_continues_the_one_before(self):
        self.document._edu_issue()
        with self.assertRaises(UserError):
            self.document._edu_store_revision(b"%PDF-1.7 other", "signed")
        self.document._edu_store_revision(b"%PDF-1.7 test and more", "signed")
        self.assertEqual(self.document._edu_bytes(), b"%PDF-1.7 test and more")

    def test_exchanged_file_is_noticed(self):
        self.document._edu_issue()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "edu.document.revision"),
                ("res_id", "=", self.document.revision_ids.id),
                ("res_field", "=", "content"),
            ]
        )
        for attempt in (
            lambda: attachment.write({"raw": b"%PDF-1.7 forged"}),
            lambda: attachment.sudo().write({"datas": b""}),
            lambda: attachment.write({"res_id": 0}),
            lambda: attachment.unlink(),
            lambda: attachment.copy(),
        ):
            with self.assertRaises(UserError):
                attempt()
        attachment.write({"raw": b"%PDF-1.7 test"})  # the same bytes may move to another storage
        with self.assertRaises(UserError), self.env.cr.savepoint():
            # the guards of the file store are passed by whoever reaches the disk or the table
            self.env.cr.execute(
                "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'forged' WHERE id = %s",
                [attachment.id],
            )
            self.env.invalidate_all()
            found = self.env["ir.attachment"].browse(attachment.id)
            self.assertEqual(found.raw, b"forged")
            codes = self.env["edu.ledger.verification"]._edu_run(self.company).finding_ids
            self.assertIn(("DATA_MISMATCH", 1), codes.mapped(lambda one: (one.code, one.seq)))
            self.document._edu_bytes()

    @seed("P3.2.6.2", "P3.2.6.6")
    def test_steps_in_order_by_their_role(self):
        self.document._edu_issue()
        first, second = self.document.signature_ids.sorted("sequence")
        with self.assertRaises(UserError):
            second.with_user(self.clerk).action_sign_ink()
        with self.assertRaises(AccessError):
            first.with_user(self.clerk).action_sign_ink()
        first.with_user(self.principal).action_sign_ink()
        self.assertEqual((first.state, first.user_id), ("ink", self.principal))
        with self.assertRaises(UserError):  # the seal may not be in ink here
            second.with_user(self.clerk).action_sign_ink()
        self.assertEqual(self.document.state, "signing")

    @seed("P2.2.3a")
    def test_who_may_read(self):
        self.document._edu_issue()
        revision = self.document.revision_ids
        for user in (self.principal, self.clerk, self.homeroom):
            self.assertTrue(revision.with_user(user).sha256)
        for user in (self.teacher, self.other_teacher):
            with self.assertRaises(AccessError):
                self.document.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                revision.with_user(user).read(["content"])

    def test_a_failed_job_says_why_and_can_be_tried_again(self):
        Document = type(self.env["edu.document"])
        with patch.object(Document, "_edu_render_pdf", side_effect=UserError("no paper")):
            outbox = self.env["edu.outbox"]._edu_put("issue", self.document)
            outbox.with_context(edu_guard=None)._edu_process()
        self.assertEqual((outbox.state, outbox.error), ("failed", "no paper"))
        self.assertEqual(self.document.state, "rendering")
        with (
            patch.object(Document, "_edu_render_pdf", side_effect=OperationalError("conflict")),
            self.assertRaises(OperationalError),
        ):
            outbox.action_retry()
        self.assertEqual((outbox.state, outbox.attempts), ("failed", 1))
        outbox.action_retry()
        self.assertEqual((outbox.state, outbox.attempts), ("done", 2))
        self.assertEqual(self.document.state, "issued")
