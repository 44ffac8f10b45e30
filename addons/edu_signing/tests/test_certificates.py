import base64
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import config, file_open, mute_logger

from edu_records.testing import seed

from .common import PIN, SigningCase
from .local_ca import PASSWORD, LocalCa


@tagged("post_install", "-at_install")
class TestCertificates(SigningCase):
    @seed("P3.1.3.3")
    def test_an_uploaded_certificate_tells_its_owner(self):
        certificate = self._principal_certificate()
        self.assertEqual(certificate.name, "Lê Văn Hiệu")
        self.assertEqual(certificate.owner_number, "CCCD:038000000001")
        self.assertEqual(certificate.issuer, "Test Root")
        self.assertEqual(certificate.user_id, self.principal)
        self.assertEqual(certificate.company_id, self.company)
        self.assertTrue(certificate.has_key)
        self.assertEqual(certificate.state, "usable")
        entry = self.company._edu_chain().entry_ids.sorted("seq")[-1]
        self.assertEqual(entry.model, "edu.certificate")

    def test_a_wrong_password_is_said_in_vietnamese(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        certificates = self.env["edu.certificate"].with_user(self.principal)
        content = base64.b64encode(self.ca.p12("Lê Văn Hiệu", "CCCD:1")).decode()
        with self.assertRaisesRegex(UserError, "Mật khẩu của tệp chứng thư số không đúng"):
            certificates.with_context(lang="vi_VN").upload(content, "other", PIN)
        with self.assertRaisesRegex(UserError, "password"):
            certificates.with_context(lang="en_US").upload(content, "other", PIN)
        for bad in ("", "???", base64.b64encode(b"%PDF").decode()):
            with self.assertRaisesRegex(UserError, "readable certificate file"):
                certificates.with_context(lang="en_US").upload(bad, PASSWORD, PIN)

    def test_a_short_pin_and_an_unknown_authority_are_refused(self):
        with self.assertRaisesRegex(UserError, "at least 6"):
            self._upload(self.principal, "Lê Văn Hiệu", "CCCD:1", pin="123")
        content = base64.b64encode(LocalCa("Stranger").p12("Lê Văn Hiệu", "CCCD:1")).decode()
        with self.assertRaisesRegex(UserError, "trusted root"):
            self.env["edu.certificate"].with_user(self.principal).upload(content, PASSWORD, PIN)

    @seed("P3.1.3.3")
    def test_an_expired_certificate_is_refused(self):
        with self.assertRaisesRegex(UserError, "not valid today"):
            self._upload(self.principal, "Lê Văn Hiệu", "CCCD:1", days=-1)

    def test_a_certificate_in_another_name_waits_for_confirmation(self):
        certificate = self._upload(self.principal, "Ai Đó Khác", "CCCD:038000000009")
        self.assertEqual(certificate.state, "unconfirmed")
        with self.assertRaises(AccessError):  # the principal may confirm, but not for himself
            certificate.action_confirm()
        certificate.with_user(self.it_admin).action_confirm()
        self.assertEqual(certificate.state, "usable")

    def test_the_employees_number_decides_where_it_is_known(self):
        self.env["hr.employee"].create(
            {
                "name": "Lê Văn Hiệu",
                "user_id": self.principal.id,
                "company_id": self.company.id,
                "identification_id": "038000000001",
            }
        )
        self.assertEqual(self._principal_certificate().state, "usable")
        wrong = self._upload(self.principal, "Lê Văn Hiệu", "CCCD:038000000009")
        self.assertEqual(wrong.state, "unconfirmed")

    def test_uploading_again_sets_a_new_pin_and_only_for_its_owner(self):
        content = base64.b64encode(self.ca.p12("Lê Văn Hiệu", "CCCD:1")).decode()
        certificates = self.env["edu.certificate"].with_user(self.principal)
        certificates = certificates.with_company(self.company)
        first = certificates.upload(content, PASSWORD, PIN)
        self.assertEqual(certificates.upload(content, PASSWORD, "111111"), first)
        self.assertTrue(certificates.browse(first)._edu_open("111111"))
        with self.assertRaisesRegex(UserError, "somebody else"):
            certificates.with_user(self.teacher).upload(content, PASSWORD, PIN)

    def test_retiring_destroys_the_key(self):
        certificate = self._principal_certificate()
        with self.assertRaises(AccessError):
            certificate.with_user(self.teacher).action_retire()
        certificate.action_retire()
        self.assertEqual(certificate.state, "retired")
        self.assertFalse(certificate.sudo().sealed)

    def test_the_server_key_is_a_proper_file(self):
        for path, said in (
            ("", "No server key"),
            ("/nowhere/key", "cannot be read"),
            ("/dev/null", "open to other users"),
        ):
            option = patch.dict(config.options, {"edu_key_file": path})
            with option, self.assertRaisesRegex(UserError, said):
                self._principal_certificate()

    def test_a_test_copy_has_no_usable_key(self):
        certificate = self._principal_certificate()
        self.company.edu_tsa_url = "http://127.0.0.1:9"
        self.env.flush_all()
        with file_open("edu_signing/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(certificate.has_key)
        self.assertFalse(self.company.edu_tsa_url)

    @seed("P3.1.3.4")
    def test_roots_are_kept_unchanged(self):
        anchor = self.env["edu.trust.anchor"].search([("pem", "=", self.ca.pem)])
        self.assertEqual((anchor.name, anchor.kind), ("Test Root", "government"))
        with self.assertRaises(UserError):
            anchor.pem = LocalCa().pem
        with self.assertRaises(UserError):
            anchor.unlink()
        with self.assertRaises(ValidationError):
            self.env["edu.trust.anchor"].create({"pem": "hello"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["edu.trust.anchor"].create({"pem": self.ca.pem})
