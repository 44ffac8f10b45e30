import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.canonical import canonical_json
from edu_records.ledger import verify_export
from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestLifecycle(GradebookCase):
    def codes(self, transition):
        return [blocker["code"] for blocker in self.book._edu_blockers(transition)]

    @seed("R4.7b")
    def test_lock_says_what_is_missing_and_who_can_mend_it(self):
        blockers = self.book._edu_blockers("lock")
        self.assertEqual(
            [blocker["code"] for blocker in blockers],
            ["missing_marks"] * 2 + ["missing_conduct"] + ["unconfirmed"] * 2,
        )
        self.assertEqual(blockers[0]["resolver"], self.teacher)
        self.assertEqual(blockers[0]["records"], self.sheet)
        self.assertEqual(blockers[2]["resolver"], self.homeroom)
        self.assertIn(self.lines[0].student_id.name, blockers[0]["message"])
        self.assertIn("24", blockers[0]["message"])
        with self.assertRaisesRegex(UserError, self.subject("TOAN").name):
            self.book.with_user(self.principal).action_lock()
        self.assertIn(self.teacher.name, self.book.with_user(self.principal).blocker_text)

    @seed("R4.7b")
    def test_one_missing_mark_blocks(self):
        self.complete()
        self.sheet.with_user(self.teacher).action_unconfirm()
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.assertEqual(self.codes("lock"), ["missing_marks", "unconfirmed"])

    def test_who_may_do_what(self):
        self.complete()
        for user in (self.teacher, self.homeroom, self.it_admin, self.clerk, self.inspector):
            with self.assertRaises(AccessError):
                self.book.with_user(user).action_lock()
        self.book.with_user(self.vice).action_lock()
        with self.assertRaises(AccessError):
            self.book.with_user(self.vice).action_approve()
        with self.assertRaises(AccessError):
            self.book.with_user(self.vice).action_unlock("x")
        self.book.with_user(self.principal).action_approve()
        self.assertEqual(self.book.state, "approved")

    def test_locked_period_is_closed(self):
        self.complete()
        self.book.with_user(self.vice).action_lock()
        self.assertTrue(self.book.result_ids.filtered("study_final"))
        with self.assertRaisesRegex(UserError, self.principal.name):
            self.save(self.cell(value="9", version=self.mark().entry_seq))
        with self.assertRaises(UserError):
            self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "DAT"})
        with self.assertRaises(UserError):
            self.sheet.with_user(self.teacher).action_unconfirm()
        with self.assertRaises(UserError):
            self.book.with_user(self.principal).action_unlock(" ")
        self.book.with_user(self.principal).action_unlock("Nhập nhầm")
        self.sheet.with_user(self.teacher).action_unconfirm()
        (answer,) = self.save(self.cell(value="9", version=self.mark().entry_seq))
        self.assertIn("version", answer)

    def test_steps_follow_each_other_in_one_transaction(self):
        self.complete()
        book = self.book.with_user(self.principal)
        book.action_lock()
        book.action_unlock("Nhập nhầm")
        book.action_lock()
        book.action_approve()
        book.action_return("Xem lại")
        self.assertEqual((book.state, book.snapshot_id.id), ("locked", False))
        book.action_approve()
        self.assertEqual(book.state, "approved")

    def test_class_list_has_to_be_numbered(self):
        self.complete()
        self.lines[1].number = self.lines[0].number
        self.assertEqual(self.codes("lock"), ["class_list"])

    def test_snapshot_is_complete_and_canonical(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        snapshot = self.book.snapshot_id
        value = snapshot._edu_value()
        self.assertEqual(snapshot.content, canonical_json(value))
        self.assertEqual(value["schema"], "edu.gradebook.period/1")
        self.assertEqual(
            value["class"], {"name": "6A", "grade": "6", "homeroom": self.homeroom.name}
        )
        self.assertEqual(value["period"], {"code": "HK1", "name": "Học kì I"})
        self.assertEqual(len(value["students"]), self.pupils)
        scored, comment = value["subjects"]
        self.assertEqual(scored["code"], "TOAN")
        self.assertEqual(scored["rows"][0]["marks"]["TX1"], "8.5")
        self.assertEqual(scored["rows"][0]["result"], "8.5")
        self.assertEqual(scored["confirmed"]["by"], self.teacher.name)
        self.assertEqual(scored["confirmed"]["hash"], self.sheet.confirmed_hash)
        self.assertEqual(comment["rows"][0]["result"], "Đ")
        self.assertEqual([c["code"] for c in comment["columns"]], ["TX1", "TX2", "GK", "CK"])
        self.assertEqual(
            value["summary"][0],
            {
                "no": "1",
                "results": {"TOAN": "8.5", "GDTC": "Đ"},
                "study": "DAT",
                "conduct": "TOT",
            },
        )
        self.assertEqual(len(value["heads"]), 3)
        self.assertEqual(value["rules"], {"engine": "edu_records.rules.tt22", "version": "tt22-1"})
        self.assertEqual(value["decision"]["by"], self.principal.name)
        self.assert_strings(value)

    def assert_strings(self, value):
        if isinstance(value, dict):
            for item in value.values():
                self.assert_strings(item)
        elif isinstance(value, list):
            for item in value:
                self.assert_strings(item)
        else:
            self.assertIsInstance(value, str | None)

    def test_approval_promises_the_document_and_its_steps(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        document = self.book.document_ids
        self.assertEqual(document.form_code, "class_gradebook_tt22_thcs")
        self.assertEqual(document.class_id, self.school_class)
        steps = self.env["edu.signing.step"].search([("form_code", "=", document.form_code)])
        self.assertEqual(steps.mapped("role"), ["homeroom", "principal", "school"])
        self.assertEqual(self.book._edu_role_users("homeroom"), self.homeroom)

    def test_results_tampered_before_approval_are_found(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE edu_subject_result SET value = '10' WHERE gradesheet_id = %s", [self.sheet.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.codes("approve"), ["stale_results"])

    @seed("P2.2.3d")
    def test_exported_ledger_replays_clean(self):
        self.complete()
        self.sheet.with_user(self.teacher).action_unconfirm()
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.save(self.cell(value="3", version=self.mark().entry_seq))
        self.env["edu.ledger.anchor"].sudo()._edu_anchor(self.company)
        export = json.loads(self.env["edu.ledger.entry"].sudo()._edu_export(self.company))
        self.assertEqual(len(export["data"]["marks"]), self.pupils * (6 + 4))
        report = verify_export(export)
        self.assertFalse(report.findings)
        export["data"]["marks"][0]["token"] = "10"
        self.assertEqual([f.code for f in verify_export(export).findings], ["DATA_MISMATCH"])
