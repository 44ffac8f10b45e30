import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EduCase


@tagged("post_install", "-at_install")
class TestRecord(EduCase):
    """What every record with a lifecycle shares; the walk itself is tested by those records."""

    def test_guarded_models_refuse_every_door(self):
        Snapshot = self.env["edu.record.snapshot"].sudo()
        vals = {
            "res_model": "edu.class",
            "res_id": self.school_class.id,
            "company_id": self.company.id,
            "content": "{}",
            "sha256": "0" * 64,
        }
        for context in ({}, {"edu_guard": True}, {"edu_guard": "open"}, {"install_mode": True}):
            with self.assertRaises(UserError):
                Snapshot.with_context(**context).create(vals)
        (snapshot,) = Snapshot._edu_freeze([(self.school_class, {"a": "1"})])
        snapshot = snapshot.with_context(edu_guard=None)
        with self.assertRaises(UserError):
            snapshot.write({"content": "{}"})
        with self.assertRaises(UserError):
            snapshot.unlink()

    def test_snapshot_has_one_text_and_one_hash(self):
        Snapshot = self.env["edu.record.snapshot"]
        one, two = Snapshot._edu_freeze(
            [(self.school_class, {"b": "é", "a": None}), (self.school_class, {"a": None, "b": "é"})]
        )
        self.assertEqual(one.content, '{"a":null,"b":"é"}')
        self.assertEqual(one.sha256, two.sha256)
        with self.assertRaises(TypeError):
            Snapshot._edu_freeze([(self.school_class, {"mark": 8.5})])

    def test_changed_snapshot_is_noticed(self):
        snapshot = self.env["edu.record.snapshot"]._edu_freeze([(self.school_class, {"a": "1"})])
        query = "UPDATE edu_record_snapshot SET content = '{}' WHERE id = %s"
        with (
            self.assertRaises(psycopg2.Error),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, [snapshot.id])
        self.env.cr.execute("ALTER TABLE edu_record_snapshot DISABLE TRIGGER USER")
        self.env.cr.execute(query, [snapshot.id])
        self.env.cr.execute("ALTER TABLE edu_record_snapshot ENABLE TRIGGER USER")
        snapshot.invalidate_recordset()
        with self.assertRaises(ValueError):
            snapshot._edu_value()

    def test_modules_with_records_stay(self):
        chain = self.env["edu.ledger.chain"]._edu_open([("test:9", "test", self.company)])
        self.env["edu.ledger.chain"]._edu_append([(chain, {"operation": "set"})])
        # a module that ours rest on takes them along
        for name in ("edu_core", "hr", "mail", "queue_job"):
            module = self.env["ir.module.module"].search([("name", "=", name)])
            with self.subTest(module=name), self.assertRaisesRegex(UserError, "Edu Core"):
                module.button_uninstall()
            self.assertEqual(module.state, "installed")
