import hashlib

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import inspect

PDF = b"%PDF-1.7 a filed document"


@tagged("post_install", "-at_install")
class TestPrints(HttpCase):
    """Nobody gets a filed document without leaving a line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.principal = cls._user("principal")
        cls.inspector = cls._user("inspector")
        cls.clerk = cls._user("clerk")
        cls.teacher = cls._user("teacher")
        year = cls.env["edu.school.year"].create(
            {"name": "2090-2091", "date_start": "2090-09-05", "date_end": "2091-05-31"}
        )
        (snapshot,) = cls.env["edu.record.snapshot"]._edu_freeze([(year, {"a": "1"})])
        chain = cls.env["edu.ledger.chain"]._edu_open([("document:p", "document", cls.company)])
        cls.document = (
            cls.env["edu.document"]
            ._edu_unguarded()
            .create(
                {
                    "name": "Sổ thử",
                    "code": cls.env["edu.document"]._edu_new_code(),
                    "form_code": "test_form",
                    "res_model": year._name,
                    "res_id": year.id,
                    "company_id": cls.company.id,
                    "chain_id": chain.id,
                    "snapshot_id": snapshot.id,
                }
            )
            .with_context(edu_guard=None)
        )
        cls.document._edu_store_revision(PDF, "issued")
        cls.digest = hashlib.sha256(PDF).hexdigest()

    @classmethod
    def _user(cls, role):
        login = f"print_{role}"
        groups = f"edu_core.group_edu_{role}"
        user = new_test_user(cls.env, login, groups=groups, password=login, name=role)
        if role == "inspector":
            inspect(user)
        return user

    def get(self, user, query=""):
        self.authenticate(user.login, user.login)
        with mute_logger("odoo.http"):
            return self.url_open(f"/edu/document/{self.document.id}{query}")

    def rows(self):
        return self.env["edu.print.log"].search([("document_id", "=", self.document.id)])

    @seed("R3.4", "P2.2.3f")
    def test_a_download_leaves_a_line_and_an_entry(self):
        answer = self.get(self.clerk)
        self.assertEqual(answer.content, PDF)
        row = self.rows()
        self.assertEqual((row.user_id, row.kind, row.sha256), (self.clerk, "view", self.digest))
        entry = self.document.chain_id.entry_ids.filtered(lambda e: e.seq == row.entry_seq)
        self.assertEqual((entry.operation, entry.user_id), ("print", self.clerk))

    def test_whoever_may_not_read_gets_nothing_and_is_not_logged(self):
        self.assertEqual(self.get(self.teacher).status_code, 403)
        self.assertFalse(self.rows())

    @seed("P2.2.3f")
    def test_a_print_says_what_for(self):
        wizard = self.env["edu.document.print"]
        vals = {"document_id": self.document.id, "reason": "Chuyển trường", "requester": "Bố em An"}
        mine = wizard.with_user(self.clerk).create({**vals, "kind": "periodic"})
        url = mine.action_print()["url"]
        self.assertNotIn("An", url)
        self.get(self.clerk, url[url.index("?") :])
        row = self.rows()
        self.assertEqual(
            (row.kind, row.reason, row.requester), ("periodic", *list(vals.values())[1:])
        )
        self.assertNotIn("trường", row.chain_id.entry_ids.sorted("seq")[-1].payload)
        self.get(self.principal, url[url.index("?") :])  # somebody else's dialog counts for nothing
        self.assertEqual(self.rows()[0].kind, "view")
        with self.assertRaises(AccessError):
            wizard.with_user(self.teacher).create(vals).action_print()

    @seed("P2.2.3d")
    def test_the_log_is_sealed(self):
        self.get(self.clerk)
        row = self.rows()
        Log = self.env["edu.print.log"].sudo()
        for attempt in (
            lambda: row.sudo().write({"kind": "view"}),
            lambda: row.sudo().unlink(),
            lambda: Log.create({"kind": "view"}),
        ):
            with self.assertRaises(UserError):
                attempt()
        for attack in (
            "UPDATE edu_print_log SET user_id = 1",
            "DELETE FROM edu_print_log",
            "TRUNCATE edu_print_log",
            "INSERT INTO edu_print_log (company_id, time, user_id, kind, form_code, sha256,"
            " chain_id, entry_seq) SELECT company_id, time, user_id, kind, form_code, 'x',"
            " chain_id, entry_seq + 1 FROM edu_print_log",
        ):
            with (
                self.subTest(attack),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(attack)

    @seed("P2.2.3f")
    def test_management_and_inspectors_read_the_log(self):
        self.get(self.clerk)
        for user in (self.principal, self.inspector):
            self.assertTrue(self.rows().with_user(user).mapped("sha256"))
        for user in (self.teacher, self.clerk):
            with self.assertRaises(AccessError):
                self.rows().with_user(user).mapped("sha256")

    @seed("P2.2.3a", "R3.4")
    def test_there_is_no_way_around_the_log(self):
        """Not through the field, the attachment or their addresses, for nobody."""
        revision = self.document.revision_ids
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", revision._name), ("res_field", "=", "content")]
        )
        for user in (self.principal, self.clerk, self.teacher):
            with self.assertRaises(AccessError):
                revision.with_user(user).read(["content"])
            own = self.env["ir.attachment"].with_user(user)
            self.assertFalse(own.search([("res_model", "=", revision._name)]))
            with self.assertRaises(AccessError):
                own.browse(attachment.ids).read(["datas"])
            self.authenticate(user.login, user.login)
            for url in (
                f"/web/content/{revision._name}/{revision.id}/content",
                f"/web/content/{attachment[0].id}",
            ):
                with mute_logger("odoo.http"):
                    self.assertNotEqual(self.url_open(url).content, PDF)
        self.assertFalse(self.rows())

    def test_a_superseded_file_says_so_in_its_name(self):
        self.document._edu_unguarded().write({"state": "superseded"})
        header = self.get(self.principal).headers["Content-Disposition"]
        self.assertIn("Superseded", header)
