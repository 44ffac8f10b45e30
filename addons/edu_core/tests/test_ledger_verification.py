import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from edu_records.ledger import verify_export
from edu_records.testing import seed

from .common import EduCase, inspect


@tagged("post_install", "-at_install")
class TestLedgerVerification(EduCase):
    """The ledger verified inside Odoo, its epochs, and its guards as they are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Chain = cls.env["edu.ledger.chain"]
        cls.Verification = cls.env["edu.ledger.verification"]
        cls.Epoch = cls.env["edu.ledger.epoch"]
        cls.chain = cls.Chain._edu_open([("test:1", "test", cls.company)])
        cls.append(3)

    @classmethod
    def append(cls, count):
        event = {"operation": "set", "model": "edu.class", "record": "1", "slot": "x"}
        cls.Chain._edu_append([(cls.chain, {**event, "new": str(n)}) for n in range(count)])

    def run_now(self, user=None):
        return (
            self.Verification.with_user(user or self.principal)
            .with_company(self.company)
            ._edu_run_here()
        )

    def count(self):
        mine = [("chain_id.company_id", "=", self.company.id)]
        return self.env["edu.ledger.entry"].search_count(mine)

    @seed("P2.2.3f")
    def test_whoever_reads_the_ledger_verifies_it(self):
        inspector = self._user("inspector", "Thanh tra")
        for user in (self.principal, self.it_admin, inspector):
            report = self.run_now(user)
            self.assertEqual((report.state, report.user_id), ("intact", user))
        self.assertEqual(report.entries, self.count())
        for user in (self.teacher, self.homeroom, self.clerk):
            with self.assertRaises(AccessError):
                self.run_now(user)

    @seed("P2.2.3d")
    def test_findings_are_filed_and_the_principal_is_told(self):
        self.env.cr.execute("ALTER TABLE edu_ledger_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE edu_ledger_entry SET payload = replace(payload, '\"2\"', '\"7\"')"
            " WHERE chain_id = %s AND seq = 3",
            [self.chain.id],
        )
        self.env.cr.execute("ALTER TABLE edu_ledger_entry ENABLE TRIGGER USER")
        report = self.run_now()
        self.assertEqual(report.state, "findings")
        finding = report.finding_ids[0]
        self.assertEqual((finding.code, finding.chain, finding.seq), ("BROKEN_HASH", "test:1", 3))
        self.assertIn(self.principal, report.sudo().activity_ids.user_id)
        self.assertNotIn(self.it_admin, report.sudo().activity_ids.user_id)
        with self.assertRaises(UserError):
            report.sudo().write({"state": "intact"})
        with self.assertRaises(UserError):
            report.sudo().finding_ids.unlink()

    def test_a_report_reads_the_ledger_in_pieces(self):
        """Twice the entries of a chunk are read completely, in order, each once."""
        from ..models import edu_ledger_entry

        count = 2 * edu_ledger_entry.CHUNK
        self.append(count)
        rows = list(self.env["edu.ledger.entry"]._edu_entry_rows(self.chain))
        self.assertEqual([row["seq"] for row in rows], list(range(1, count + 4)))
        before = self.env.cr.sql_log_count
        self.assertEqual(self.Verification._edu_run(self.company).entries, self.count())
        self.assertLess(self.env.cr.sql_log_count - before, 60)

    # -- epochs ----------------------------------------------------------------------------------

    def test_the_first_anchor_begins_the_first_epoch(self):
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        epoch = self.Epoch.search([("company_id", "=", self.company.id)])
        self.assertEqual((epoch.seq, epoch.root), (1, False))

    def test_a_database_found_elsewhere_gets_a_new_epoch(self):
        anchor = self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        self.Epoch._edu_current(self.company)._edu_unguarded().write({"place": "elsewhere/1"})
        report = self.run_now()
        self.assertEqual(report.finding_ids.mapped("code"), ["MOVED"])
        self.env["edu.ledger.anchor"]._edu_anchor(self.company)
        epoch = self.Epoch._edu_current(self.company)
        self.assertEqual((epoch.seq, epoch.anchor_id, epoch.root), (2, anchor, anchor.root))
        self.assertEqual(self.run_now().state, "intact")
        export = json.loads(self.env["edu.ledger.entry"]._edu_export(self.company))
        notes = verify_export(export).notes
        self.assertIn(anchor.root, notes[1])

    def test_who_begins_an_epoch_and_says_why(self):
        Epoch = self.Epoch.with_context(allowed_company_ids=self.company.ids)
        for user in (self.teacher, self.clerk):
            with self.assertRaises(AccessError):
                Epoch.with_user(user).action_begin("x")
        with self.assertRaises(UserError):
            Epoch.with_user(self.it_admin).action_begin(" ")
        begun = Epoch.browse(
            Epoch.with_user(self.it_admin).action_begin("Khôi phục từ bản sao lưu ngày 12/10")
        )
        self.assertEqual((begun.seq, begun.user_id), (1, self.it_admin))
        self.assertIn("12/10", begun.reason)

    # -- reading ---------------------------------------------------------------------------------

    @seed("P2.2.3d")
    def test_entries_are_found_by_what_people_ask_for(self):
        Entry = self.env["edu.ledger.entry"]
        mine = [("chain_id", "=", self.chain.id)]
        self.assertEqual(len(Entry.search([*mine, ("user_id", "=", self.env.uid)])), 3)
        self.assertFalse(Entry.search([*mine, ("user_id", "=", self.teacher.id)]))
        self.assertEqual(len(Entry.search([*mine, ("operation", "in", ("set", "x"))])), 3)
        self.assertEqual(len(Entry.search([*mine, ("time", ">=", "-1d")])), 3)
        self.assertFalse(Entry.search([*mine, ("time", "<", "-1d")]))
        entry = self.chain.entry_ids[0].with_user(self.principal)
        self.assertEqual(entry.model_label, self.env["ir.model"]._get("edu.class").name)


@tagged("post_install", "-at_install")
class TestLedgerExport(HttpCase):
    @seed("R3.4", "P2.2.3f")
    def test_download_is_for_readers_and_leaves_an_entry(self):
        self.env.company.edu_timezone = "Asia/Ho_Chi_Minh"
        company = self.env.company
        for role in ("inspector", "teacher"):
            user = self.env["res.users"].create(
                {
                    "name": role,
                    "login": f"export_{role}",
                    "password": f"export_{role}",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, self.env.ref(f"edu_core.group_edu_{role}").ids)],
                }
            )
            if role == "inspector":
                inspect(user)
        chain = self.env["edu.ledger.chain"]._edu_open([("test:http", "test", company)])
        self.env["edu.ledger.chain"]._edu_append([(chain, {"operation": "set", "new": "8,5"})])
        self.authenticate("export_teacher", "export_teacher")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/edu/ledger/export").status_code, 403)
        self.authenticate("export_inspector", "export_inspector")
        answer = self.url_open("/edu/ledger/export")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(verify_export(answer.json()).findings, ())
        last = company._edu_chain().entry_ids.sorted("seq")[-1]
        self.assertEqual((last.operation, last.record), ("export", "*"))
        self.assertEqual(last.user_id.login, "export_inspector")
        one = self.url_open(f"/edu/ledger/export?chains={chain.id}").json()
        self.assertEqual(one["scope"], ["test:http"])
