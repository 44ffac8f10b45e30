from odoo.tests import tagged

from odoo.addons.edu_core.tests.access import AccessMatrix

from edu_records.testing import seed


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrix):
    """The addon's section of docs/access.md."""

    addon = "edu_reports"

    @classmethod
    def _build(cls):
        cls.keep("all", cls.env["edu.form"].search([], limit=1))

    @seed("P2.2.2")
    def test_every_model_is_in_the_table(self):
        self.check_complete()
        self.check_kept()

    @seed("P2.2.2", "P2.2.3a")
    def test_each_role_may_what_the_table_says(self):
        self.check_roles()
