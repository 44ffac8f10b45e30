import json

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import verify_export
from edu_records.testing import seed

from .common import EduCase

# a trigger refuses; in a hardened database (tools/harden.py) the privilege is missing already
REFUSALS = psycopg2.DatabaseError


@tagged("post_install", "-at_install")
class TestLedger(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Chain = cls.env["edu.ledger.chain"]
        cls.chain = cls.Chain._edu_open([("test:1", "test", cls.company)])
        cls.Chain._edu_append([(cls.chain, cls._event(new=str(n))) for n in range(3)])

    @classmethod
    def _event(cls, **members):
        return {"operation": "set", "model": "edu.class", "record": "1", "slot": "x", **members}

    def _export(self):
        return json.loads(self.env["edu.ledger.entry"]._edu_export(self.company))

    def test_open_twice_is_one_chain(self):
        self.assertEqual(self.Chain._edu_open([("test:1", "test", self.company)]), self.chain)

    def test_append_continues_the_chain(self):
        before = (self.chain.head_seq, self.chain.head_hash)
        (appended,) = self.Chain._edu_append([(self.chain, self._event(new="9,5"))])
        entry = self.chain.entry_ids.filtered(lambda line: line.seq == before[0] + 1)
        self.assertEqual((entry.prev, entry.new_value), (before[1], "9,5"))
        self.assertEqual(appended, (self.chain.id, entry.seq, entry.hash))
        self.assertEqual(self.chain.head_hash, entry.hash)

    def test_two_chains_in_one_save(self):
        other = self.Chain._edu_open([("test:2", "test", self.company)])
        done = self.Chain._edu_append(
            [(other, self._event()), (self.chain, self._event()), (other, self._event())]
        )
        self.assertEqual([row[0] for row in done], [other.id, self.chain.id, other.id])
        self.assertEqual([row[1] for row in done], [1, 4, 2])

    @seed("P2.2.3d")
    def test_orm_writes_nothing(self):
        entry = self.chain.entry_ids[0]
        for attempt in (
            lambda: entry.write({"payload": "[]"}),
            lambda: entry.sudo().unlink(),
            lambda: self.env["edu.ledger.entry"].sudo().create({"chain_id": self.chain.id}),
            lambda: self.chain.write({"head_seq": 0}),
            lambda: self.chain.unlink(),
            lambda: self.Chain.create({"name": "x", "kind": "x", "company_id": self.company.id}),
        ):
            with self.assertRaises(UserError):
                attempt()

    @seed("P2.2.3d", "P2.2.3b")
    def test_sql_is_refused(self):
        chain = self.chain.id
        attacks = [
            f"UPDATE edu_ledger_entry SET payload = '[]' WHERE chain_id = {chain}",
            f"DELETE FROM edu_ledger_entry WHERE chain_id = {chain}",
            "TRUNCATE edu_ledger_entry CASCADE",
            f"DELETE FROM edu_ledger_chain WHERE id = {chain}",
            f"UPDATE edu_ledger_chain SET head_seq = 1 WHERE id = {chain}",
            f"UPDATE edu_ledger_chain SET name = 'other' WHERE id = {chain}",
            f"UPDATE edu_ledger_chain SET head_seq = 9, head_hash = 'x' WHERE id = {chain}",
            # the copied entry has a hash that fits, but a sequence that is not its own
            "INSERT INTO edu_ledger_entry (chain_id, seq, payload, prev, hash, model, record, slot)"
            " SELECT chain_id, seq + 3, payload, prev, hash, model, record, slot"
            f" FROM edu_ledger_entry WHERE chain_id = {chain}",
            "INSERT INTO edu_ledger_entry (chain_id, seq, payload, prev, hash, model, record, slot)"
            " SELECT chain_id, 4, replace(payload, '\"3\"', '\"4\"'), hash, hash, model, record,"
            f" slot FROM edu_ledger_entry WHERE chain_id = {chain} AND seq = 3",
        ]
        for attack in attacks:
            with (
                self.subTest(attack[:60]),
                mute_logger("odoo.sql_db"),
                self.assertRaises(REFUSALS),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(attack)

    @seed("P2.2.3f")
    def test_export_verifies_and_finds_a_change(self):
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        export = self._export()
        self.assertFalse(verify_export(export).findings)
        export["entries"][1]["payload"] = export["entries"][1]["payload"].replace('"1"', '"7"')
        self.assertTrue(verify_export(export).findings)

    def test_truncation_is_found_through_the_anchor(self):
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        export = self._export()
        export["entries"] = [
            entry
            for entry in export["entries"]
            if not (entry["chain"] == "test:1" and entry["seq"] == 3)
        ]
        chain = next(chain for chain in export["chains"] if chain["name"] == "test:1")
        second = next(e for e in export["entries"] if e["chain"] == "test:1" and e["seq"] == 2)
        chain.update(head_seq=2, head_hash=second["hash"])
        codes = {finding.code for finding in verify_export(export).findings}
        self.assertIn("ANCHOR_MISMATCH", codes)

    @seed("R5.5.10")
    def test_who_may_read(self):
        for user in (self.principal, self.it_admin):
            self.assertTrue(self.chain.with_user(user).entry_ids.mapped("new_value"))
        with self.assertRaises(AccessError):
            self.chain.with_user(self.teacher).entry_ids.mapped("new_value")

    @seed("R1.1")
    def test_other_school_reads_nothing(self):
        stranger = self.env["res.company"].create({"name": "Trường khác"})
        user = self._user("principal", "Hiệu trưởng khác", login="edu_stranger")
        user.write({"company_ids": [(6, 0, stranger.ids)], "company_id": stranger.id})
        self.assertFalse(
            self.env["edu.ledger.entry"].with_user(user).search([("chain_id", "=", self.chain.id)])
        )

    def test_append_queries_do_not_grow(self):
        def queries(count):
            before = self.env.cr.sql_log_count
            self.Chain._edu_append([(self.chain, self._event()) for _ in range(count)])
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(4), queries(40))
