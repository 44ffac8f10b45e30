from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestReopened(GradebookCase):
    """A locked period that the principal opened until a moment, before and after that moment."""

    def setUp(self):
        super().setUp()
        self.complete()
        self.book.with_user(self.principal).action_lock()

    @contextmanager
    def hours_ago(self, hours):
        """The principal's decision happens earlier; the database's own clock goes on."""
        cr = self.env.cr
        cr._now = cr.now() - timedelta(hours=hours)
        try:
            yield cr._now
        finally:
            cr._now = None

    def reopen(self, since=2, hours=1):
        with self.hours_ago(since) as then:
            self.book.with_user(self.principal).action_unlock(
                "Nhập nhầm", until=then + timedelta(hours=hours)
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def attack(self, query, params=()):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error) as caught,
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query, params)
        return str(caught.exception)

    def test_open_until_then(self):
        until = fields.Datetime.now() + timedelta(hours=1)
        self.book.with_user(self.principal).action_unlock("Nhập nhầm", until=until)
        self.assertEqual(self.book.effective_state, "draft")
        self.sheet.with_user(self.teacher).action_unconfirm()
        (answer,) = self.save(self.cell(value="9", version=self.mark().entry_seq))
        self.assertIn("version", answer)
        self.sheet.with_user(self.teacher).action_confirm()
        self.book.with_user(self.principal).action_lock()
        self.assertFalse(self.book.unlock_until)

    @seed("P2.2.3b", "R8.1b")
    def test_afterwards_it_is_locked_whatever_its_column_says(self):
        self.reopen()
        self.assertEqual((self.book.state, self.book.effective_state), ("draft", "locked"))
        self.assertEqual(self.sheet.with_user(self.teacher)._edu_closed()[0], "LOCKED")
        with self.assertRaisesRegex(UserError, self.principal.name):
            self.save(self.cell(value="9", version=self.mark().entry_seq))
        with self.assertRaisesRegex(UserError, self.principal.name):
            self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "DAT"})

    @seed("P2.2.3b")
    def test_the_database_refuses_it_too(self):
        self.reopen()
        chain, mark = self.sheet.chain_id, self.mark()
        event = {
            "operation": "change",
            "model": "edu.mark",
            "record": str(self.sheet.id),
            "slot": f"{self.lines[0].id}:TX1:1",
            "old": "value|8.5",
            "new": "value|9",
        }
        ((_chain, seq, _hash),) = chain.with_user(self.teacher).sudo()._edu_append([(chain, event)])
        change = (
            "UPDATE edu_mark SET token = '9', entry_seq = %s WHERE id = %s",
            [seq, mark.id],
        )
        self.assertIn("locked period", self.attack(*change))
        self.assertIn(
            "does not record this step",
            self.attack("UPDATE edu_gradebook_period SET unlock_until = NULL"),
        )
        self.book.with_user(self.principal).action_unlock("Nhập nhầm")
        self.env.flush_all()
        self.env.cr.execute(*change)  # the same statement, while the period is open

    @seed("P2.2.3d")
    def test_the_lifecycle_is_not_changed_by_sql(self):
        self.env.flush_all()
        for query in (
            "UPDATE edu_gradebook_period SET state = 'draft' WHERE id = %s",
            "UPDATE edu_gradebook_period SET state = 'signed' WHERE id = %s",
            "UPDATE edu_gradebook_period SET version = 2 WHERE id = %s",
            "UPDATE edu_gradebook_period SET state = 'draft', version = 2 WHERE id = %s",
            "UPDATE edu_gradebook_period SET unlock_until = now() + interval '1 day' WHERE id = %s",
            "UPDATE edu_gradebook_period SET snapshot_id = (SELECT min(id) FROM"
            " edu_record_snapshot) WHERE id = %s",
            "DELETE FROM edu_gradebook_period WHERE id = %s",
        ):
            with self.subTest(query):
                self.env["edu.record.snapshot"]._edu_freeze([(self.book, {"forged": "10"})])
                self.env.flush_all()
                self.assertIn("edu records", self.attack(query, [self.book.id]))

    def test_the_next_step_and_the_cron_tidy_up(self):
        self.reopen()
        self.book.with_user(self.principal).action_approve()
        operations = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.gradebook.period"), ("record", "=", str(self.book.id))],
        )
        own = operations.filtered(
            lambda entry: entry.chain_id.kind == "edu.gradebook.period" and entry.slot == "state"
        )
        self.assertEqual(
            own.sorted("seq").mapped("operation"), ["lock", "unlock", "relock", "approve"]
        )
        self.book.with_user(self.principal).action_return("Xem lại")
        self.reopen()
        self.env["edu.record.mixin"]._edu_relock_due()
        self.assertEqual((self.book.state, self.book.unlock_until), ("locked", False))

    def test_an_incomplete_period_locks_itself_but_is_not_approved(self):
        self.book.with_user(self.principal).action_unlock("Nhập nhầm")
        self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): ""})
        self.book.sudo()._edu_transition("relock")
        self.assertEqual(self.book.state, "locked")
        with self.assertRaisesRegex(UserError, self.homeroom.name):
            self.book.with_user(self.principal).action_approve()

    def test_the_time_has_to_come(self):
        with self.assertRaises(UserError):
            self.book.with_user(self.principal).action_unlock(
                "Nhập nhầm", until=fields.Datetime.now() - timedelta(minutes=1)
            )

    @seed("R4.7b")
    def test_clients_get_blockers_as_data(self):
        self.reopen(since=0)
        self.sheet.with_user(self.teacher).action_unconfirm()
        (told,) = self.book.with_user(self.teacher).edu_blockers("lock")
        self.assertEqual(told["id"], self.book.id)
        self.assertEqual(
            [(fact["code"], fact["records"]["model"]) for fact in told["blockers"]],
            [("not_allowed", "edu.gradebook.period"), ("unconfirmed", "edu.gradesheet")],
        )
        allowed, unconfirmed = told["blockers"]
        self.assertEqual(unconfirmed["resolvers"], [self.teacher.name])
        self.assertEqual(unconfirmed["records"]["ids"], self.sheet.ids)
        self.assertIn(self.principal.name, allowed["resolvers"])
        (told,) = self.book.with_user(self.principal).edu_blockers("approve")
        self.assertIn("state", [fact["code"] for fact in told["blockers"]])
        with self.assertRaises(UserError):
            self.book.edu_blockers("sign")
