import logging
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records import pades
from edu_records.testing import seed

from .common import PIN, SigningCase
from .local_ca import PASSWORD


@tagged("post_install", "-at_install")
class TestSigning(SigningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls._principal_certificate()
        cls.seal = cls._seal_certificate()
        cls.issuer = cls._upload(cls.it_admin, "Trường - phát hành", "MST:2800000001", "issuer", "")
        service = cls.ca.timestamper()
        Company = type(cls.env["res.company"])
        patcher = patch.object(Company, "_edu_timestamper", lambda self: service)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def _assert_signed(self, answer, number=1):
        self.assertFalse(answer["error"], answer)
        self.assertEqual([one["ok"] for one in answer["results"]], [True] * number, answer)

    def test_an_issued_document_is_certified_by_the_school(self):
        document = self._document()
        verdict = document._edu_verify()
        self.assertEqual(verdict.status, pades.AUTHENTIC, verdict.reasons)
        self.assertEqual([one.field for one in verdict.signers], ["issuer"])
        self.assertEqual(verdict.attachment.decode(), document.snapshot_id.content)

    @seed("P3.2.6.3", "P3.2.6.6", "R9.1")
    def test_the_principal_signs_and_the_school_seals(self):
        document = self._document()
        self._assert_signed(self._sign(document, self.principal, "principal"))
        self.assertEqual(document.state, "signing")
        self._assert_signed(self._sign(document, self.clerk, "school"))
        self.assertEqual(document.state, "complete")
        first, second = document.signature_ids.sorted("sequence")
        self.assertEqual(first.certificate_id, self.certificate)
        self.assertEqual(second.certificate_id, self.seal)
        self.assertTrue(first.stamped_at)
        self.assertEqual(first.revocation, "unknown")
        verdict = document._edu_verify()
        self.assertEqual(verdict.status, pades.AUTHENTIC, verdict.reasons)
        self.assertEqual(
            [(one.field, one.serial_number) for one in verdict.signers],
            [
                ("issuer", "MST:2800000001"),
                ("principal", "CCCD:038000000001"),
                ("school", "MST:2800000001"),
            ],
        )
        self.assertEqual(
            document.revision_ids.sorted("seq").mapped("kind"), ["issued"] + ["signed"] * 2
        )
        older = document.revision_ids.sorted("seq")[1]._edu_bytes()
        self.assertEqual(document._edu_verify(older).status, pades.SUPERSEDED)
        self.assertEqual(self.env["edu.document"]._edu_find_by_bytes(older), document)

    @seed("P2.2.3c")
    def test_a_forged_copy_is_refused(self):
        document = self._document()
        self._sign(document, self.principal, "principal")
        forged = document._edu_bytes().replace(b"/F1", b"/F2", 1)
        self.assertFalse(document._edu_verify(forged).accepted)
        told = document.with_user(self.principal).action_verify()
        self.assertEqual(told["params"]["type"], "success")

    def test_one_pin_signs_many_and_each_document_answers_for_itself(self):
        documents = self._document(1) + self._document(2) + self._document(3)
        self._sign(documents[1], self.principal, "principal")
        answer = self._sign(documents, self.principal, "principal")
        self.assertFalse(answer["error"])
        told = {one["document_id"]: one["ok"] for one in answer["results"]}
        self.assertEqual(
            told, {documents[0].id: True, documents[1].id: False, documents[2].id: True}
        )
        again = self._sign(documents, self.principal, "principal")
        self.assertFalse(any(one["ok"] for one in again["results"]))
        self.assertEqual(len(documents[0].revision_ids), 2)

    def test_the_plan_says_who_may_sign_what(self):
        document = self._document()
        (mine,) = self.env["edu.signing.wizard"].with_user(self.principal).plan(document.ids)
        self.assertEqual((mine["role"], mine["certificate"]), ("principal", "Lê Văn Hiệu"))
        self.assertFalse(mine["documents"][0]["problem"])
        (other,) = self.env["edu.signing.wizard"].with_user(self.clerk).plan(document.ids)
        self.assertTrue(other["documents"][0]["problem"])
        due = self.env["edu.signature"].with_user(self.principal)._edu_due()
        self.assertEqual(due.document_id, document)
        self.assertFalse(self.env["edu.signature"].with_user(self.clerk)._edu_due())

    def test_the_seal_does_not_come_before_the_person(self):
        document = self._document()
        answer = self._sign(document, self.clerk, "school")
        self.assertFalse(answer["results"][0]["ok"])
        self.assertEqual(document.state, "issued")

    def test_a_wrong_pin_is_counted_and_blocks(self):
        document = self._document()
        for left in (4, 3, 2, 1):
            answer = self._sign(document, self.principal, "principal", "000000")
            self.assertEqual(answer["error"]["code"], "WRONG_PIN")
            self.assertIn(str(left), answer["error"]["message"])
        self._sign(document, self.principal, "principal", "000000")
        self.assertEqual(self.certificate.state, "blocked")
        answer = self._sign(document, self.principal, "principal")
        self.assertEqual(answer["error"]["code"], "NO_CERTIFICATE")
        self.assertEqual(document.state, "issued")

    def test_a_right_pin_forgets_the_wrong_ones(self):
        document = self._document()
        self._sign(document, self.principal, "principal", "000000")
        self.assertEqual(self.certificate.wrong_pins, 1)
        self._assert_signed(self._sign(document, self.principal, "principal"))
        self.assertEqual(self.certificate.wrong_pins, 0)

    @seed("P3.2.7.3", "P3.2.6.2")
    def test_without_a_certificate_one_signs_in_ink_and_the_seal_still_signs(self):
        self.certificate.action_retire()
        document = self._document()
        answer = self._sign(document, self.principal, "principal")
        self.assertEqual(answer["error"]["code"], "NO_CERTIFICATE")
        document.signature_ids.sorted("sequence")[0].with_user(self.principal).action_sign_ink()
        self._assert_signed(self._sign(document, self.clerk, "school"))
        self.assertEqual(document._edu_verify().status, pades.AUTHENTIC)

    def test_without_an_issuer_the_first_signer_certifies(self):
        self.issuer.with_user(self.it_admin).action_retire()
        document = self._document()
        self._assert_signed(self._sign(document, self.principal, "principal"))
        verdict = document._edu_verify()
        self.assertEqual([one.field for one in verdict.signers], ["principal"])
        self.assertEqual(verdict.status, pades.AUTHENTIC, verdict.reasons)

    def test_an_ill_founded_signature_is_not_filed(self):
        """What the check before filing refuses leaves no trace, whatever made the signature."""
        documents = self._document(1) + self._document(2)
        honest = pades.sign_all

        def swapped(*arguments, **options):
            return honest(*arguments, **options)[::-1]

        with patch.object(pades, "sign_all", swapped):
            answer = self._sign(documents, self.principal, "principal")
        self.assertEqual([one["ok"] for one in answer["results"]], [False, False])
        self.assertEqual(documents.mapped("state"), ["issued", "issued"])
        self.assertEqual(len(documents.revision_ids), 2)

    def test_without_the_time_stamping_service_nothing_is_signed(self):
        document = self._document()
        away = pades.timestamper("http://127.0.0.1:9/none", timeout=1)
        with patch.object(type(self.company), "_edu_timestamper", lambda company: away):
            answer = self._sign(document, self.principal, "principal")
            self.assertIn("time stamping", answer["results"][0]["message"])
            with self.assertRaisesRegex(UserError, "time stamping"):
                self._document(2)
        self.assertEqual(document.state, "issued")

    def test_the_head_does_not_sign_while_the_state_of_the_certificate_is_unknown(self):
        self.company.edu_check_online = True
        answer = self._sign(self._document(), self.principal, "principal")
        self.assertEqual(answer["error"]["code"], "UNKNOWN")

    def test_no_pin_and_no_password_is_written_anywhere(self):
        pin, handler = "pin-8642-secret", _Collector()
        root = logging.getLogger()
        root.addHandler(handler)
        self.addCleanup(root.removeHandler, handler)
        self._upload(self.principal, "Lê Văn Hiệu", "CCCD:038000000002", pin=pin)
        document = self._document()
        self._assert_signed(self._sign(document, self.principal, "principal", pin))
        self.env.flush_all()
        self.assertNotIn(pin, handler.text())
        self.assertNotIn(PASSWORD, handler.text())
        self.assertTrue(self._columns_with("Lê Văn Hiệu"))  # the search does find things
        self.assertFalse(self._columns_with(pin, PASSWORD, PIN))

    def _columns_with(self, *secrets):
        """Columns of our tables, of messages, attachments and jobs that hold one of the secrets."""
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')"
            " AND (table_name LIKE 'edu\\_%%' OR table_name IN ('mail_message', 'ir_attachment',"
            " 'queue_job', 'ir_logging', 'mail_tracking_value'))"
        )
        found = []
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}" LIKE ANY(%s) LIMIT 1',  # noqa: S608
                [[f"%{secret}%" for secret in secrets]],
            )
            if self.env.cr.fetchone():
                found.append((table, column))
        return found

    def test_a_complete_document_is_archived(self):
        document = self._document()
        self._sign(document, self.principal, "principal")
        self._sign(document, self.clerk, "school")
        honest = pades.archive

        def without_network(pdf, roots, timestamper):
            return pdf + b"\n"

        with patch.object(pades, "archive", without_network):
            document._edu_archive()
        self.assertEqual(document.state, "archived")
        self.assertEqual(document.revision_ids.sorted("seq")[-1].kind, "archived")
        self.assertIs(pades.archive, honest)


class _Collector(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def text(self):
        return "\n".join(self.lines)
