from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestLaws(GradebookCase):
    """The laws of docs/architecture.md, tried on marks and what is approved of them."""

    pupils = 2

    @seed("R5.2a")
    def test_the_it_administrator_writes_no_mark(self):
        for user in (self.it_admin, self.env.ref("base.user_admin")):
            for sheet in (self.sheet.with_user(user), self.sheet.with_user(user).sudo()):
                with self.assertRaises(AccessError):
                    sheet.save_cells([self.cell()])
        for attempt in (
            lambda: self.env["edu.mark"].with_user(self.it_admin).create({}),
            lambda: self.env["edu.mark"].sudo().create({"token": "9"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    @seed("P2.2.3a")
    def test_2_who_does_not_teach_the_class_reads_nothing_of_it(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        env = self.env(user=self.other_teacher)
        for model in (
            *("edu.mark", "edu.subject.result", "edu.period.result", "edu.gradesheet"),
            *("edu.document", "edu.signature", "edu.document.revision"),
        ):
            self.assertFalse(env[model].search([]), model)
        for model in ("edu.ledger.entry", "edu.ledger.chain", "edu.record.snapshot"):
            with self.assertRaises(AccessError):
                env[model].search([])

    def test_4_an_upgrade_changes_nothing_that_was_approved(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        self.env.flush_all()
        tables = ("edu_mark", "edu_subject_result", "edu_period_result", "edu_record_snapshot")

        def state():
            found = []
            for table in tables:
                self.env.cr.execute(
                    f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t"
                )
                found.append(self.env.cr.fetchone())
            return found

        before = state()
        self.assertTrue(all(value for (value,) in before))
        for name in self.env.registry:
            model = self.env[name]
            if name.startswith(("edu.gradebook", "edu.gradesheet", "edu.period", "edu.subject")):
                for field in model._fields.values():
                    if not model._abstract and field.store and field.compute:
                        self.env.add_to_compute(field, model.search([]))
        self.env.flush_all()
        self.assertEqual(state(), before)
