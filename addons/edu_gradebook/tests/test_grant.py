from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestGrant(GradebookCase):
    def setUp(self):
        super().setUp()
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.sheet.invalidate_recordset()

    def grant(self, user=None, **vals):
        return (
            self.env["edu.unlock.grant"]
            .with_user(user or self.principal)
            .create(
                {
                    "gradesheet_id": self.sheet.id,
                    "enrollment_id": self.lines[0].id,
                    "column_id": self.sheet._edu_columns()[0].id,
                    "valid_until": fields.Datetime.now() + timedelta(days=1),
                    "reason": "Cộng nhầm điểm",
                    **vals,
                }
            )
        )

    @seed("R8.1b")
    def test_grant_opens_one_cell_and_ends(self):
        version = self.mark().entry_seq
        change = self.cell(value="9", version=version)
        with self.assertRaisesRegex(UserError, "principal"):
            self.save(change)
        grant = self.grant()
        with self.assertRaisesRegex(UserError, "confirm"):
            self.save(change)
        teacher_sheet = self.sheet.with_user(self.teacher)
        teacher_sheet.action_unconfirm()
        other = self.cell(1, value="9", version=self.mark(1).entry_seq)
        answers = self.save(change, other, self.cell(0, "TX2", "9", self.mark(0, "TX2").entry_seq))
        self.assertEqual([a.get("error") for a in answers], [None, "LOCKED", "LOCKED"])
        self.assertEqual(self.mark().token, "9")
        self.assertEqual(self.book.state, "locked")
        grant.action_end()
        with self.assertRaisesRegex(UserError, "principal"):
            self.save(self.cell(value="10", version=self.mark().entry_seq))
        codes = [b["code"] for b in self.book._edu_blockers("approve")]
        self.assertEqual(codes, ["unconfirmed", "stale_results"])
        teacher_sheet.action_confirm()
        self.book.with_user(self.principal).action_compute_results()
        self.assertFalse(self.book._edu_blockers("approve"))

    def test_only_the_principal_grants(self):
        for user in (self.teacher, self.homeroom, self.vice, self.it_admin):
            with self.assertRaises(AccessError):
                self.grant(user)
            with self.assertRaises(AccessError):
                self.grant(user).sudo()
        with self.assertRaises(AccessError):
            self.env["edu.unlock.grant"].with_user(self.it_admin).sudo().create(
                {
                    "gradesheet_id": self.sheet.id,
                    "valid_until": fields.Datetime.now() + timedelta(days=1),
                    "reason": "x",
                }
            )

    def test_grant_is_complete_and_is_not_changed(self):
        for wrong in (
            {"reason": " "},
            {"valid_until": False},
            {"valid_until": fields.Datetime.now() - timedelta(days=1)},
            {"entry_seq": 1},
        ):
            with self.assertRaises(UserError):
                self.grant(**wrong)
        grant = self.grant()
        with self.assertRaises(UserError):
            grant.sudo().write({"valid_until": fields.Datetime.now() + timedelta(days=9)})
        with self.assertRaises(UserError):
            grant.sudo().unlink()
        entry = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id), ("seq", "=", grant.entry_seq)]
        )
        self.assertEqual(entry.operation, "grant")

    def test_grant_does_not_open_an_approved_period(self):
        self.grant()
        self.book.with_user(self.principal).action_approve()
        with self.assertRaises(UserError):
            self.save(self.cell(value="9", version=self.mark().entry_seq))
        with self.assertRaises(UserError):
            self.sheet.with_user(self.teacher).action_unconfirm()

    @seed("P2.2.3d", "R8.1b")
    def test_a_grant_is_what_the_ledger_records(self):
        """SQL neither shortens nor moves nor removes one; the verification names what it did."""
        grant = self.grant()
        self.settle()
        later = self.env["edu.mark.column"].search([("id", "!=", grant.column_id.id)], limit=1)
        for query, *args in (
            ("UPDATE edu_unlock_grant SET valid_until = now() WHERE id = %s", grant.id),
            ("UPDATE edu_unlock_grant SET decision = '1' WHERE id = %s", grant.id),
            ("DELETE FROM edu_unlock_grant WHERE id = %s", grant.id),
        ):
            with (
                self.subTest(query),
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(query, args)
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        grant.action_end()
        self.settle()
        verify = self.env["edu.ledger.verification"]._edu_run
        self.assertEqual(verify(self.company).state, "intact")
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute("ALTER TABLE edu_unlock_grant DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE edu_unlock_grant SET valid_until = now() + interval '9 days', column_id = %s"
            " WHERE id = %s",
            [later.id, grant.id],
        )
        self.env.cr.execute("ALTER TABLE edu_unlock_grant ENABLE TRIGGER USER")
        finding = verify(self.company).finding_ids
        self.assertEqual((finding.code, finding.chain), ("DATA_MISMATCH", self.sheet.chain_id.name))
        self.assertIn(f"edu.unlock.grant {grant.id}", finding.message)
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
