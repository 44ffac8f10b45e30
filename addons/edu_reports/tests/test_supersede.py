import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.edu_gradebook.tests.common import GradebookCase
from odoo.addons.edu_signing.tests.common import PIN, SigningCase
from odoo.addons.edu_signing.tests.local_ca import PASSWORD, LocalCa

from edu_records import pades
from edu_records.testing import seed

from .common import texts_of

SIGNERS = (
    ("homeroom", "homeroom", "CCCD:038000000002", "person"),
    ("principal", "principal", "CCCD:038000000001", "person"),
    ("clerk", "school", "MST:2800000001", "seal"),
)


@tagged("post_install", "-at_install")
class TestSupersede(GradebookCase):
    """A signed gradebook and its transcript pages get a second version: really rendered, really
    signed, from the first mark to the verification of both files."""

    pupils = 2
    _server_key = classmethod(SigningCase._server_key.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca = LocalCa()
        cls.env["edu.trust.anchor"].create({"pem": cls.ca.pem, "kind": "government"})
        cls.company.write({"edu_check_online": False})
        cls._server_key()
        for user, _role, number, purpose in SIGNERS:
            cls._upload(getattr(cls, user), number, purpose, PIN)
        cls._upload(cls.it_admin, "MST:2800000001", "issuer", "")
        service = cls.ca.timestamper()
        patcher = patch.object(
            type(cls.env["res.company"]), "_edu_timestamper", lambda self: service
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    @classmethod
    def _upload(cls, user, number, purpose, pin):
        content = base64.b64encode(cls.ca.p12(user.name, number)).decode()
        Certificate = cls.env["edu.certificate"].with_user(user).with_company(cls.company)
        Certificate.browse(Certificate.upload(content, PASSWORD, pin, purpose))

    def approve(self, records):
        records.with_user(self.principal).action_lock()
        records.with_user(self.principal).action_approve()
        documents = records.document_ids.filtered(lambda doc: doc.state == "rendering")
        self.env["edu.outbox"].sudo().search(
            [("res_model", "=", "edu.document"), ("res_id", "in", documents.ids)]
        ).with_context(edu_guard=None)._edu_process()
        self.assertEqual(set(documents.mapped("state")), {"issued"})
        return documents

    def sign(self, documents, count=None):
        for user, role, _number, _purpose in SIGNERS[:count]:
            wizard = self.env["edu.signing.wizard"].with_user(getattr(self, user))
            answer = wizard.sign(documents.ids, role, PIN)
            self.assertTrue(all(one["ok"] for one in answer["results"]), answer)

    def correct(self):
        """The teacher puts right a mark of the reopened period and confirms again."""
        self.sheet.with_user(self.teacher).action_unconfirm()
        (answer,) = self.save(self.cell(value="3", version=self.mark().entry_seq))
        self.assertIn("version", answer)
        self.sheet.with_user(self.teacher).action_confirm()

    @seed("P2.2.3d", "P2.2.3c")
    def test_a_second_version_supersedes_the_first_when_it_is_signed(self):
        self.complete()
        first = self.approve(self.book)
        self.sign(first)
        self.assertEqual((self.book.state, first.state), ("signed", "complete"))
        first_bytes, first_hash = first._edu_bytes(), first._edu_current_revision().sha256
        first_snapshot = self.book.snapshot_id

        with self.assertRaises(AccessError):
            self.book.with_user(self.vice).action_supersede("Cộng nhầm")
        with self.assertRaises(UserError):
            self.book.with_user(self.principal).action_supersede(" ")
        self.book.with_user(self.principal).action_supersede("Cộng nhầm điểm của một em")
        self.assertEqual((self.book.state, self.book.version), ("draft", 2))
        self.assertEqual(self.book.snapshot_id, first_snapshot, "valid until the new one is signed")
        self.assertEqual(first.state, "complete")
        self.assertEqual(first._edu_verify().status, pades.AUTHENTIC)

        self.correct()
        second = self.approve(self.book) - first
        self.assertEqual((second.version, second.supersedes_id), (2, first))
        value = self.book.snapshot_id._edu_value()
        self.assertEqual((value["version"], value["supersedes"]), ("2", first_hash))
        printed = "".join(texts_of(second._edu_bytes())).replace(" ", "")
        self.assertIn(first_hash, printed)

        self.book.with_user(self.principal).action_return("Xem lại một lần nữa")
        self.assertEqual(self.book.snapshot_id, first_snapshot)
        self.assertEqual((first.state, second.state), ("complete", "void"))
        self.book.with_user(self.principal).action_approve()
        third = self.book.document_ids - first - second
        third._edu_issue()
        self.sign(third)

        self.assertEqual((self.book.state, third.state), ("signed", "complete"))
        self.assertEqual(first.state, "superseded")
        self.assertEqual(first.with_user(self.principal)._edu_bytes(), first_bytes)
        self.assertEqual(first._edu_verify().status, pades.SUPERSEDED)
        self.assertEqual(third._edu_verify().status, pades.AUTHENTIC)
        told = first.with_user(self.principal).action_verify()["params"]["message"]
        self.assertIn(third.code, told)
        last = first.chain_id.entry_ids.sorted("seq")[-1]
        self.assertEqual((last.operation, last.new_value), ("supersede", "superseded"))

    def test_partly_signed_is_superseded_and_never_returned(self):
        self.complete()
        first = self.approve(self.book)
        with self.assertRaisesRegex(UserError, "return it"):
            self.book.with_user(self.principal).action_supersede("Nhầm")
        self.sign(first, 1)
        with self.assertRaisesRegex(UserError, "superseded"):
            self.book.with_user(self.principal).action_return("Nhầm")
        self.book.with_user(self.principal).action_supersede("Nhầm")
        self.assertEqual((first.state, self.book.version), ("void", 2))
        self.assertFalse(self.book.snapshot_id)
        second = self.approve(self.book) - first
        self.assertEqual(second.supersedes_id, first)
        self.sign(second)
        self.assertEqual((self.book.state, first.state), ("signed", "void"))

    @seed("P2.2.3d")
    def test_pages_on_superseded_results_are_found_and_superseded(self):
        self.complete()
        self.sign(self.approve(self.book))
        pages = self.book._edu_make_transcripts()
        pages.with_user(self.homeroom).write({"homeroom_comment": "Em chăm học."})
        first = self.approve(pages)
        self.sign(first)
        self.assertEqual(set(pages.mapped("state")), {"signed"})
        self.assertFalse(any(pages.mapped("is_outdated")))

        self.book.with_user(self.principal).action_supersede("Cộng nhầm")
        self.correct()
        self.sign(self.approve(self.book).filtered(lambda doc: doc.state == "issued"))
        pages.invalidate_recordset()
        self.assertTrue(all(pages.mapped("is_outdated")))
        action = self.book.with_user(self.principal).action_outdated_transcripts()
        self.assertEqual(self.env["edu.transcript.year"].search(action["domain"]), pages)

        pages.with_user(self.principal).action_supersede("Điểm học kì đã sửa")
        second = self.approve(pages).filtered(lambda doc: doc.version == 2)
        self.sign(second)
        pages.invalidate_recordset()
        self.assertFalse(any(pages.mapped("is_outdated")))
        self.assertEqual(set(first.mapped("state")), {"superseded"})
        for page, document in zip(pages, second, strict=True):
            before = first.filtered(lambda doc, page=page: doc.res_id == page.id)
            value = page.snapshot_id._edu_value()
            self.assertEqual(value["supersedes"], before._edu_current_revision().sha256)
            self.assertEqual(document.supersedes_id, before)
