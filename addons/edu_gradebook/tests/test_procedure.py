from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .test_lock_window import WindowCase


@tagged("post_install", "-at_install")
class TestProcedure(WindowCase):
    """The head decides how data is entered, and what is printed of it when."""

    @seed("R4.5b")
    def test_the_head_sets_how_marks_are_put_right(self):
        self.save(self.cell())
        retyped = self.cell(value="9", version=self.mark().entry_seq)
        school = self.company.with_user(self.principal)
        school.edu_correction_hours = 0
        (answer,) = self.save(retyped)
        self.assertEqual(answer["error"], "EVIDENCE")
        school.edu_correction_hours = 1
        self.assertIn("version", self.save(retyped)[0])
        last = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.slot == "edu_correction_hours"
        )
        self.assertEqual(
            [(e.old_value, e.new_value, e.user_id) for e in last.sorted("seq")],
            [("24", "0", self.principal), ("0", "1", self.principal)],
        )
        for user in (self.teacher, self.homeroom):
            with self.assertRaises(AccessError):
                self.company.with_user(user).edu_correction_hours = 240

    @seed("P3.2.1.5")
    def test_what_is_not_approved_is_not_printed(self):
        self.complete()
        with self.assertRaisesRegex(UserError, "approved"):
            self.env["edu.document"]._edu_make(self.book)
        self.book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "approved"):
            self.env["edu.document"]._edu_make(self.book)
        self.assertFalse(self.book.document_ids)
        self.book.with_user(self.principal).action_approve()
        self.assertEqual(len(self.book.document_ids), bool(self.book._edu_form_code()))
