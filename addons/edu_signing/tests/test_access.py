from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import PIN, SigningCase


@tagged("post_install", "-at_install")
class TestAccess(SigningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls._principal_certificate()
        cls.admin = cls._user("it_admin", "Quản Trị", login="edu_admin_full")
        cls.admin.group_ids += cls.env.ref("base.group_system")

    def test_the_sealed_key_is_read_by_nobody(self):
        for user in (self.principal, self.it_admin, self.admin):
            certificate = self.certificate.with_user(user)
            self.assertTrue(certificate.name)
            self.assertNotIn("sealed", certificate.fields_get())
            self.assertNotIn("sealed", certificate.read()[0])
            with self.assertRaises(AccessError):
                certificate.read(["sealed"])
            with self.assertRaises(AccessError):
                certificate.search([("sealed", "like", "edu1")])
            with self.assertRaises(AccessError):
                certificate._read_group([], ["sealed"])
            with self.assertRaises(UserError):
                certificate.export_data(["sealed"])

    def test_nobody_makes_changes_or_deletes_a_certificate_by_hand(self):
        for user in (self.principal, self.it_admin, self.admin):
            certificate = self.certificate.with_user(user)
            with self.assertRaises(UserError):
                certificate.write({"wrong_pins": 0})
            with self.assertRaises(UserError):
                certificate.copy()
            with self.assertRaises(UserError):
                certificate.unlink()
        with self.assertRaises(UserError):
            self.certificate.sudo().write({"user_id": self.teacher.id})

    @seed("P3.2.5.2")
    def test_another_user_cannot_use_a_certificate(self):
        with self.assertRaises(AccessError):
            self.certificate.with_user(self.teacher).read(["name"])
        for user in (self.teacher, self.it_admin):
            with self.assertRaises(AccessError):
                self.certificate.sudo(False).with_user(user)._edu_open(PIN)
        answer = self._sign(self._document(), self.clerk, "principal")
        self.assertFalse(answer["results"][0]["ok"])
        self.assertEqual(self.certificate.wrong_pins, 0)

    def test_who_cannot_read_a_document_cannot_sign_or_plan_it(self):
        document = self._document()
        for user in (self.teacher, self.other_teacher):
            with self.assertRaises(AccessError):
                self._sign(document, user, "principal")
            with self.assertRaises(AccessError):
                self.env["edu.signing.wizard"].with_user(user).plan(document.ids)

    def test_who_may_upload_for_the_school(self):
        for user, purpose in (
            (self.teacher, "seal"),
            (self.teacher, "issuer"),
            (self.clerk, "issuer"),
            (self.it_admin, "seal"),
            (self.principal, "anything"),
        ):
            with self.assertRaises(AccessError):
                self._upload(user, "Trường", "MST:1", purpose)

    def test_only_the_administrator_uploads_roots(self):
        for user in (self.teacher, self.clerk, self.principal):
            with self.assertRaises(AccessError):
                self.env["edu.trust.anchor"].with_user(user).create({"pem": self.ca.pem})

    def test_certificates_of_another_school_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Trường Khác"})
        self.it_admin.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.certificate.with_user(self.it_admin).read(["name"])
