import json
from contextlib import contextmanager

from odoo.exceptions import AccessError
from odoo.tests import tagged

from edu_records.ledger import next_hash, verify_export
from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestAttacks(GradebookCase):
    """What somebody with full power over the database does, triggers off, is found afterwards.

    Everything is really done in SQL. Each finding has to name the chain and the entry.
    """

    pupils = 2

    def setUp(self):
        super().setUp()
        self.save(self.cell(value="5"), self.cell(1, value="6"))
        self.save(self.cell(value="7", version=self.mark().entry_seq))
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        self.save(self.cell(0, "TX2", "8"))
        self.env.flush_all()
        self.name = self.sheet.chain_id.name
        self.assertEqual(self.found(), [])

    @contextmanager
    def power(self, *tables):
        """The tables' triggers are off, as the owner of the tables can do."""
        for table in tables:
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield self.env.cr
        for table in tables:
            self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    @contextmanager
    def undone(self):
        """Whatever happens inside is rolled back."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
            self.env.flush_all()
        finally:
            savepoint.close(rollback=True)

    def found(self):
        verification = self.env["edu.ledger.verification"]._edu_run(self.company)
        self.assertEqual(verification.finding_count, len(verification.finding_ids))
        return [(one.code, one.chain or "", one.seq) for one in verification.finding_ids]

    def entry_id(self, seq, chain=None):
        entries = (chain or self.sheet.chain_id).entry_ids
        return entries.filtered(lambda entry: entry.seq == seq).id

    @seed("P2.2.3d")
    def test_an_edited_entry(self):
        with self.power("edu_ledger_entry") as cr:
            cr.execute(
                "UPDATE edu_ledger_entry SET payload = replace(payload, 'value|7', 'value|9')"
                " WHERE id = %s",
                [self.entry_id(3)],
            )
        self.assertEqual(
            self.found(), [("BROKEN_HASH", self.name, 3), ("DATA_MISMATCH", self.name, 3)]
        )

    def test_an_edited_entry_with_its_mark_and_its_hash(self):
        with self.power("edu_ledger_entry", "edu_mark") as cr:
            cr.execute(
                "UPDATE edu_ledger_entry SET payload = replace(payload, 'value|7', 'value|9')"
                " WHERE id = %s RETURNING prev, payload",
                [self.entry_id(3)],
            )
            cr.execute(
                "UPDATE edu_ledger_entry SET hash = %s WHERE id = %s",
                [next_hash(*cr.fetchone()), self.entry_id(3)],
            )
            cr.execute("UPDATE edu_mark SET token = '9' WHERE id = %s", [self.mark().id])
        self.assertEqual(
            self.found(), [("BROKEN_HASH", self.name, 4), ("ANCHOR_MISMATCH", self.name, 3)]
        )

    def test_a_deleted_entry(self):
        with self.power("edu_ledger_entry") as cr:
            cr.execute("DELETE FROM edu_ledger_entry WHERE id = %s", [self.entry_id(2)])
        self.assertIn(("GAP", self.name, 3), self.found())

    def test_an_inserted_entry(self):
        with self.power("edu_ledger_entry") as cr:
            cr.execute(
                "INSERT INTO edu_ledger_entry (chain_id, seq, payload, prev, hash, model, record,"
                " slot) SELECT chain_id, 5, payload, hash, hash, model, record, slot"
                " FROM edu_ledger_entry WHERE id = %s",
                [self.entry_id(4)],
            )
        codes = self.found()
        for code in ("BROKEN_HASH", "COLUMN_MISMATCH"):
            self.assertIn((code, self.name, 5), codes)
        self.assertIn(("HEAD_MISMATCH", self.name, 4), codes)

    def test_exchanged_entries(self):
        with self.power("edu_ledger_entry") as cr:
            for before, after in ((1, 9999), (2, 1), (9999, 2)):
                cr.execute(
                    "UPDATE edu_ledger_entry SET seq = %s WHERE chain_id = %s AND seq = %s",
                    [after, self.sheet.chain_id.id, before],
                )
        codes = self.found()
        self.assertIn(("BROKEN_HASH", self.name, 1), codes)
        self.assertIn(("COLUMN_MISMATCH", self.name, 2), codes)

    @seed("P2.2.3d")
    def test_a_tail_cut_off_with_its_head(self):
        with self.power("edu_ledger_entry", "edu_ledger_chain", "edu_mark") as cr:
            cr.execute("DELETE FROM edu_ledger_entry WHERE id = %s", [self.entry_id(3)])
            cr.execute("DELETE FROM edu_ledger_entry WHERE id = %s", [self.entry_id(4)])
            cr.execute(
                "UPDATE edu_ledger_chain c SET head_seq = 2, head_hash = e.hash"
                " FROM edu_ledger_entry e WHERE e.chain_id = c.id AND e.seq = 2 AND c.id = %s",
                [self.sheet.chain_id.id],
            )
            cr.execute("DELETE FROM edu_mark WHERE id = %s", [self.mark(0, "TX2").id])
            cr.execute(
                "UPDATE edu_mark SET token = '5', entry_seq = 1 WHERE id = %s", [self.mark().id]
            )
        self.assertEqual(self.found(), [("ANCHOR_MISMATCH", self.name, 3)])

    def test_a_rewritten_tail(self):
        with self.power("edu_ledger_entry", "edu_ledger_chain", "edu_mark") as cr:
            prev = None
            for seq in (3, 4):
                cr.execute(
                    "UPDATE edu_ledger_entry SET payload = replace(payload, 'value|7', 'value|9'),"
                    " prev = coalesce(%s, prev) WHERE id = %s RETURNING prev, payload",
                    [prev, self.entry_id(seq)],
                )
                prev = next_hash(*cr.fetchone())
                cr.execute(
                    "UPDATE edu_ledger_entry SET hash = %s WHERE id = %s",
                    [prev, self.entry_id(seq)],
                )
            cr.execute(
                "UPDATE edu_ledger_chain SET head_hash = %s WHERE id = %s",
                [prev, self.sheet.chain_id.id],
            )
            cr.execute("UPDATE edu_mark SET token = '9' WHERE id = %s", [self.mark().id])
        self.assertEqual(self.found(), [("ANCHOR_MISMATCH", self.name, 3)])

    def test_a_whole_chain_gone(self):
        chain = self.book._edu_own_chains()
        self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "TOT"})
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        name = chain.name
        with self.power("edu_ledger_entry", "edu_ledger_chain", "edu_period_result") as cr:
            cr.execute("DELETE FROM edu_period_result")
            cr.execute("DELETE FROM edu_ledger_entry WHERE chain_id = %s", [chain.id])
            cr.execute("DELETE FROM edu_ledger_chain WHERE id = %s", [chain.id])
        self.assertIn(("MISSING_CHAIN", name, 1), self.found())

    @seed("R5.2a", "P2.2.3b")
    def test_a_server_action_that_switches_a_trigger_off_and_on(self):
        vals = {
            "name": "Helpful",
            "model_id": self.env["ir.model"]._get("edu.mark").id,
            "state": "code",
            "code": f"""
env.cr.execute("ALTER TABLE edu_mark DISABLE TRIGGER USER")
env.cr.execute("UPDATE edu_mark SET token = '10' WHERE id = {self.mark().id}")
env.cr.execute("ALTER TABLE edu_mark ENABLE TRIGGER USER")
""",
        }
        Action = self.env["ir.actions.server"]
        for user in (self.teacher, self.principal, self.it_admin):
            with self.assertRaises(AccessError):
                Action.with_user(user).create(vals)
        Action.create(vals).run()
        self.env.invalidate_all()
        self.assertEqual(self.found(), [("DATA_MISMATCH", self.name, 3)])

    @seed("P2.2.3b")
    def test_data_behind_the_ledger(self):
        self.complete_and_lock()
        book_chain = self.book._edu_own_chains().name
        tables = ("edu_mark", "edu_period_result", "edu_gradebook_period", "edu_gradesheet")
        with self.power(*tables) as cr:
            cr.execute("DELETE FROM edu_mark WHERE id = %s", [self.mark(1, "TX3").id])
            cr.execute(
                "UPDATE edu_gradebook_period SET state = 'draft' WHERE id = %s", self.book.ids
            )
            cr.execute(
                "UPDATE edu_period_result SET conduct = 'CHUA_DAT' WHERE enrollment_id = %s",
                [self.lines[0].id],
            )
            cr.execute("UPDATE edu_gradesheet SET confirmed = false WHERE id = %s", self.sheet.ids)
        found = self.found()
        self.assertEqual({code for code, _chain, _seq in found}, {"DATA_MISMATCH"})
        self.assertEqual(
            sorted(chain for _code, chain, _seq in found),
            sorted([book_chain, book_chain, self.name, self.name]),
        )

    def complete_and_lock(self):
        for line, column, version in (
            (0, "TX1", self.mark().entry_seq),
            (1, "TX1", self.mark(1).entry_seq),
            (0, "TX2", self.mark(0, "TX2").entry_seq),
        ):
            self.save(self.cell(line, column, "", version))
        cells = [
            self.cell(line, column.code, "8", self.mark(line, column.code).entry_seq)
            for line in range(self.pupils)
            for column in self.sheet._edu_columns()
        ]
        self.save(*cells)
        self.sheet.with_user(self.teacher).action_confirm()
        self.fill(self.comment_sheet)
        self.comment_sheet.with_user(self.homeroom).action_confirm()
        conduct = {str(line.id): "TOT" for line in self.lines}
        self.book.with_user(self.homeroom).save_conduct(conduct)
        self.book.with_user(self.principal).action_lock()
        self.env.flush_all()

    @seed("R5.2a")
    def test_guards_that_are_off_changed_or_gone(self):
        cr = self.env.cr
        function = "CREATE OR REPLACE FUNCTION edu_mark_check() RETURNS trigger LANGUAGE plpgsql"
        noop = "AS $$ BEGIN RETURN NEW; END $$"
        attacks = {
            "ALTER TABLE edu_mark DISABLE TRIGGER edu_mark_check": "edu_mark_check on edu_mark is"
            " switched off",
            "DROP TRIGGER edu_ledger_entry_keep ON edu_ledger_entry": "edu_ledger_entry_keep on"
            " edu_ledger_entry is missing",
            f"{function} {noop}": "function edu_mark_check has been changed",
            "DROP TRIGGER edu_record_check ON edu_gradebook_period": "edu_record_check on"
            " edu_gradebook_period is missing",
            "CREATE TRIGGER edu_helper BEFORE INSERT ON edu_mark FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()": "edu_helper on edu_mark is"
            " none of ours",
            "CREATE RULE edu_quiet AS ON DELETE TO edu_mark DO INSTEAD NOTHING": "rule edu_quiet",
            "ALTER TABLE edu_mark DROP CONSTRAINT edu_mark_token_valid": "edu_mark_token_valid",
            "ALTER TABLE edu_mark DROP CONSTRAINT edu_mark_gradesheet_id_fkey": "foreign key of"
            " edu_mark.gradesheet_id",
        }
        for attack, message in attacks.items():
            with self.subTest(attack):
                with self.undone():
                    cr.execute(attack)
                    verification = self.env["edu.ledger.verification"]._edu_run(self.company)
                    found = verification.finding_ids.mapped(lambda one: (one.code, one.message))
                self.assertEqual([code for code, _message in found], ["UNGUARDED"])
                self.assertIn(message, found[0][1])
        self.assertEqual(self.found(), [])

    @seed("P2.2.3f", "P2.2.3d")
    def test_one_chain_exports_alone_and_says_so(self):
        Entry = self.env["edu.ledger.entry"]
        export = json.loads(Entry._edu_export(self.company, self.sheet.chain_id))
        self.assertEqual(export["scope"], [self.name])
        self.assertEqual({row["chain"] for row in export["entries"]}, {self.name})
        report = verify_export(export)
        self.assertEqual(report.findings, ())
        self.assertIn("1 chains only", report.notes[0])
        export["data"]["marks"][0]["token"] = "10"
        self.assertEqual([one.code for one in verify_export(export).findings], ["DATA_MISMATCH"])
