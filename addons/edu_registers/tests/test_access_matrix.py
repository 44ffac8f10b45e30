from odoo.tests import tagged

from odoo.addons.edu_gradebook.tests.test_access_matrix import GradebookMatrix

from edu_records.testing import seed


@tagged("post_install", "-at_install")
class TestAccessMatrix(GradebookMatrix):
    """The addon's section of docs/access.md."""

    addon = "edu_registers"

    @classmethod
    def _build_book(cls, case, place, *people):
        book = super()._build_book(case, place, *people)
        pages = book.sudo()._edu_make_transcripts().with_user(cls.env.user)
        cls.keep(place, pages, pages.transcript_id)
        return book

    @seed("P2.2.2")
    def test_every_model_is_in_the_table(self):
        self.check_complete()
        self.check_kept()

    @seed("P2.2.2", "P2.2.3a")
    def test_each_role_may_what_the_table_says(self):
        self.check_roles()
