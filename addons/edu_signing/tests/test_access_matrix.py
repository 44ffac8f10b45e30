from odoo.tests import tagged

from odoo.addons.edu_core.tests.access import AccessMatrix

from edu_records.testing import seed

from .local_ca import LocalCa


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrix):
    """The addon's section of docs/access.md."""

    addon = "edu_signing"

    @classmethod
    def _build(cls):
        root = {"kind": "public", "pem": LocalCa().pem}
        cls.keep("all", cls.env["edu.trust.anchor"].create(root))
        for place, user in (
            ("other", cls.others[cls.company]),
            ("foreign", cls.others[cls.foreign]),
            ("class", cls.users["Teacher"]),
        ):
            cls.keep(place, cls._certificate(user))
        cls.own["Teacher", "edu.certificate"] = cls.records["edu.certificate"]["class"]

    @classmethod
    def _certificate(cls, user):
        certificate = (
            cls.env["edu.certificate"]
            ._edu_unguarded()
            .create(
                {
                    "name": user.name,
                    "purpose": "person",
                    "user_id": user.id,
                    "company_id": user.company_id.id,
                    "valid_from": "2026-01-01",
                    "valid_to": "2030-01-01",
                    "pem": "-",
                    "fingerprint": f"{user.id:064}",
                }
            )
        )
        return certificate.with_context(edu_guard=None)

    @seed("P2.2.2")
    def test_every_model_is_in_the_table(self):
        self.check_complete()
        self.check_kept()

    @seed("P2.2.2", "P2.2.3a")
    def test_each_role_may_what_the_table_says(self):
        self.check_roles()
