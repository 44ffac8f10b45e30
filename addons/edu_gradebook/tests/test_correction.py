import base64

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import decode
from edu_records.testing import seed

from .test_lock_window import WindowCase

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
BOOK = ("personal_book", "so-diem.pdf", PDF + b"book")
PAPER = ("paper", "bai-kiem-tra.pdf", PDF + b"paper")
CHECK = ("check_sheet", "bang-kiem-tra.pdf", PDF + b"check")


@tagged("post_install", "-at_install")
class TestCorrection(WindowCase):
    def setUp(self):
        super().setUp()
        self.save(self.cell(), self.cell(1), self.cell(column="GK"), self.cell(column="CK"))
        self.company.edu_correction_hours = 0

    def file(self, *files, column="TX1", value="9", user=None, line=0, **vals):
        given = {"kind": "entry_error", "reason": "Gõ nhầm phím", **vals}
        return (
            self.env["edu.correction"]
            .with_user(user or self.teacher)
            ._edu_file(
                self.sheet,
                self.cell(line, column, value, self.mark(line, column).entry_seq),
                files or (BOOK, PAPER),
                **given,
            )
        )

    def events(self, chain, model):
        """What happened, without the entries that say what a row is now."""
        entries = chain.entry_ids.filtered(
            lambda entry: entry.model == model and entry.slot != "facts"
        )
        return [decode(entry.payload)[2] for entry in entries.sorted("seq")]

    # -- evidence --------------------------------------------------------------------------------

    @seed("R8.1b", "R8.1c")
    def test_free_in_the_first_hours_then_with_evidence(self):
        change = self.cell(value="9", version=self.mark().entry_seq)
        (answer,) = self.save(change)
        self.assertEqual(answer["error"], "EVIDENCE")
        self.assertEqual(answer["enrollment"], self.lines[0].id)
        self.company.edu_correction_hours = 24
        self.assertIn("version", self.save(change)[0])
        self.company.edu_correction_hours = 0
        dossier = self.file(value="7,5")
        self.assertEqual(
            (dossier.state, dossier.old_value, dossier.new_value), ("applied", "9", "7.5")
        )
        self.assertEqual((self.mark().token, dossier.direction), ("7.5", "down"))
        self.assertEqual(set(dossier.evidence_ids.mapped("kind")), {"personal_book", "paper"})
        marks = [
            e for e in self.events(self.sheet.chain_id, "edu.mark") if e.slot.endswith("TX1:1")
        ]
        last = [event for event in marks if event.slot.startswith(f"{self.lines[0].id}:")][-1]
        self.assertEqual((last.old, last.new), ("value|9", "value|7.5"))
        self.assertEqual(
            (last.origin, last.evidence_sha256), ("correction", dossier.evidence_sha256)
        )
        self.assertIn("version", self.save(self.cell(column="TX2"))[0])

    @seed("R8.1b")
    def test_retyping_does_not_begin_the_hours_anew(self):
        first = self.mark().first_at
        self.company.edu_correction_hours = 24
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.save(self.cell(value="6", version=self.mark().entry_seq))
        self.assertEqual(self.mark().first_at, first)
        self.company.edu_correction_hours = 0
        answers = self.save(self.cell(value="", version=self.mark().entry_seq))
        self.assertEqual(answers[0]["error"], "EVIDENCE")

    @seed("R8.1c", "R8.2c", "R8.2d")
    def test_what_is_missing_is_named(self):
        for files, vals, missing in (
            ((PAPER,), {}, "page of the personal gradebook"),
            ((BOOK,), {}, "test paper"),
            ((CHECK,), {"book_page": "12"}, "test paper"),
            ((BOOK, PAPER), {"reason": " "}, "Write why"),
            ((BOOK, ("paper", "x.exe", b"MZ\x90")), {}, "attach a PDF"),
        ):
            with self.subTest(missing=missing), self.assertRaisesRegex(UserError, missing):
                self.file(*files, **vals)
        self.assertEqual(self.mark().token, "8.5")
        self.assertEqual(self.file(PAPER, book_page="trang 12").state, "applied")

    @seed("R8.2e")
    def test_oral_mark_needs_two_pupils_of_the_class(self):
        oral = {"oral": True, "witness_id": self.lines[1].id}
        with self.assertRaisesRegex(UserError, "check sheet signed by"):
            self.file(BOOK, **oral)
        with self.assertRaisesRegex(UserError, "check sheet signed by"):
            self.file(BOOK, CHECK, oral=True)
        with self.assertRaisesRegex(UserError, "another pupil of the class"):
            self.file(BOOK, CHECK, oral=True, witness_id=self.lines[0].id)
        stranger = self.add_pupils(self.make_class("6B"), 1, first=30)
        with self.assertRaisesRegex(UserError, "another pupil of the class"):
            self.file(BOOK, CHECK, oral=True, witness_id=stranger.id)
        dossier = self.file(BOOK, CHECK, **oral)
        self.assertEqual((dossier.state, dossier.witness_id), ("applied", self.lines[1]))

    @seed("R8.1c")
    def test_every_other_door_asks_for_the_evidence(self):
        version = self.mark().entry_seq
        change = self.cell(value="10", version=version)
        sheet = self.sheet.with_user(self.teacher)
        for door in (sheet, sheet.sudo(), sheet.with_context(correction=True)):
            self.assertEqual(door.save_cells([change])[0]["error"], "EVIDENCE")
        with self.assertRaisesRegex(UserError, "corrected with its evidence"):
            sheet._edu_save_cells([change], "workbook", "0" * 64, whole=True)
        with self.assertRaises(UserError):
            self.env["edu.correction"].sudo().create({"gradesheet_id": self.sheet.id})
        event = {
            "operation": "change",
            "model": "edu.mark",
            "record": str(self.sheet.id),
            "slot": f"{self.lines[0].id}:TX1:1",
            "old": "value|8.5",
            "new": "value|10",
            "evidence_sha256": "0" * 64,
        }
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "without its evidence"),
            self.env.cr.savepoint(flush=False),
        ):
            ((_chain, seq, _hash),) = self.sheet.chain_id._edu_append(
                [(self.sheet.chain_id, event)]
            )
            self.env.cr.execute(
                "UPDATE edu_mark SET token = '10', entry_seq = %s, author_id = %s WHERE id = %s",
                [seq, self.env.uid, self.mark().id],
            )
        self.assertEqual(self.mark().token, "8.5")

    @seed("R8.1c")
    def test_evidence_is_not_replaced(self):
        dossier = self.file()
        evidence = dossier.sudo().evidence_ids[0]
        for change in ({"data": base64.b64encode(b"x")}, {"kind": "paper"}, {"sha256": "0"}):
            with self.subTest(change=change), self.assertRaises(UserError):
                evidence.write(change)
        with self.assertRaises(UserError):
            evidence.unlink()
        with self.assertRaises(UserError):
            dossier.sudo().write({"evidence_ids": [(5,)], "reason": "x"})
        stored = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", evidence._name), ("res_field", "=", "data")], limit=1)
        )
        with self.assertRaisesRegex(UserError, "never replaced"):
            stored.write({"raw": b"another"})
        with self.assertRaises(AccessError):
            evidence.with_user(self.other_teacher).read(["data"])

    # -- after the deadline ----------------------------------------------------------------------

    @seed("R8.2f", "R4.5c")
    def test_late_correction_is_confirmed_approved_and_entered_once(self):
        self.exam(3)
        dossier = self.file()
        self.assertEqual((dossier.state, dossier.waits_for), ("submitted", self.homeroom.name))
        self.assertEqual(self.mark().token, "8.5")
        with self.assertRaisesRegex(UserError, "homeroom teacher .* confirms it first"):
            dossier.with_user(self.principal).action_approve()
        for user in (self.teacher, self.principal, self.other_teacher):
            with self.assertRaises(AccessError):
                dossier.with_user(user).sudo().action_confirm()
        dossier.with_user(self.homeroom).action_confirm()
        for user in (self.teacher, self.vice, self.it_admin):
            with self.assertRaises(AccessError):
                dossier.with_user(user).sudo().action_approve()
        with self.assertRaisesRegex(UserError, "no approval is in force"):
            dossier.action_apply()
        dossier.with_user(self.principal).action_approve()
        self.assertTrue(dossier.grant_id.is_open)
        other = self.cell(1, value="9", version=self.mark(1).entry_seq)
        self.assertEqual(self.refused(other), ["LATE"])
        dossier.action_apply()
        self.assertEqual((dossier.state, self.mark().token), ("applied", "9"))
        self.assertFalse(dossier.grant_id.is_open)
        with self.assertRaises(UserError):
            dossier.action_apply()
        operations = [event.operation for event in self.events(self.sheet.chain_id, dossier._name)]
        self.assertEqual(
            operations, ["correction_file", "correction_confirm", "correction_approved"]
        )

    @seed("R8.2f")
    def test_deadline_is_of_the_day(self):
        exam = self.exam(7)
        self.assertEqual(self.file().state, "applied")
        exam.exam_date = self.day(6)
        self.assertEqual(self.file(value="8").state, "submitted")

    @seed("R8.3")
    def test_exam_mark_always_needs_the_principal(self):
        self.exam(-5)
        dossier = self.file(column="CK")
        self.assertEqual(dossier.state, "submitted")
        dossier.with_user(self.homeroom).action_confirm()
        dossier.with_user(self.principal).action_approve()
        dossier.action_apply()
        self.assertEqual(self.mark(0, "CK").token, "9")
        with self.assertRaisesRegex(UserError, "test paper"):
            self.file(BOOK, column="CK")

    def test_refused_correction_changes_nothing(self):
        self.exam(3)
        dossier = self.file()
        dossier.with_user(self.homeroom).action_confirm()
        dossier.with_user(self.principal).action_refuse()
        self.assertEqual((dossier.state, self.mark().token), ("refused", "8.5"))
        with self.assertRaises(UserError):
            dossier.with_user(self.principal).action_approve()

    def test_only_the_assigned_teacher_files_and_only_before_approval(self):
        for user in (self.other_teacher, self.homeroom, self.principal, self.it_admin):
            with self.assertRaises(AccessError):
                self.file(user=user)
        with self.assertRaisesRegex(UserError, "no mark to correct"):
            self.file(column="TX2")

    # -- the month -------------------------------------------------------------------------------

    @seed("R8.2a", "R8.2b")
    def test_month_opens_by_itself_and_is_explained(self):
        self.file(value="9")
        self.file(value="7")
        self.file(value="10", line=1)
        month = self.env["edu.correction.month"].search([("teacher_id", "=", self.teacher.id)])
        self.assertEqual((month.up_count, month.down_count), (2, 1))
        self.assertEqual((month.state, month.unconfirmed_count), ("open", 3))
        self.assertEqual(month.month, self.company._edu_today().replace(day=1))
        mine = month.with_user(self.teacher)
        with self.assertRaises(UserError):
            month.with_user(self.vice).action_accept()
        with self.assertRaises(AccessError):
            month.with_user(self.principal).explain_corrections("x")
        wizard = (
            self.env["edu.correction.explain"]
            .with_user(self.teacher)
            .create({"month_id": month.id, "explanation": "Nhập nhầm hàng của hai em"})
        )
        wizard.action_explain()
        with self.assertRaises(AccessError):
            mine.action_accept()
        month.with_user(self.vice).action_accept()
        self.assertEqual((mine.state, mine.decided_by_id), ("accepted", self.vice))
        with self.assertRaises(UserError):
            month.sudo().write({"state": "open"})
        self.file(value="6")
        self.assertEqual(mine.state, "open")
        events = self.events(self.company._edu_chain(), month._name)
        self.assertEqual([event.new for event in events], ["explained", "accepted"])

    @seed("R8.2a")
    def test_meeting_reminds_the_teacher_then_the_management(self):
        self.file()
        Month = self.env["edu.correction.month"]
        month = Month.search([("teacher_id", "=", self.teacher.id)])

        def reminded():
            Month._edu_remind_meeting()
            return self.env["mail.activity"].search(
                [("res_model", "=", Month._name), ("res_id", "=", month.id)]
            )

        today = self.company._edu_today()
        self.company.edu_meeting_day = 0
        self.assertFalse(reminded())
        with freeze_time(today.replace(day=15)):
            self.company.edu_meeting_day = 25
            self.assertFalse(reminded(), "it is ten days to the meeting")
            self.company.edu_meeting_day = 20
            first = reminded()
            self.assertEqual(first.user_id, self.teacher)
            self.assertEqual(first.date_deadline, today.replace(day=20))
            self.assertEqual(reminded(), first, "nothing happens twice")
            month.with_user(self.teacher).explain_corrections("Gõ nhầm")
            self.assertEqual(reminded().user_id, self.principal | self.vice)
            month.with_user(self.vice).action_accept()
            self.assertFalse(reminded())
            self.company.edu_meeting_day = 10
            self.assertEqual(self.company._edu_next_meeting().day, 10)
            self.assertGreater(self.company._edu_next_meeting(), today.replace(day=20))

    @seed("R8.2a")
    def test_log_has_that_month_and_teacher_only(self):
        dossier = self.file(BOOK, CHECK, oral=True, witness_id=self.lines[1].id)
        dossier.with_user(self.homeroom).action_confirm()
        month = self.env["edu.correction.month"].search([("teacher_id", "=", self.teacher.id)])
        value = month.with_user(self.vice)._edu_log_value()
        (row,) = value["rows"]
        self.assertEqual((row["old"], row["new"], row["column"]), ("8.5", "9", "TX1"))
        self.assertEqual(row["witness"], self.lines[1].student_id.name)
        self.assertEqual(row["confirmed"]["by"], self.homeroom.name)
        self.assertEqual({one["kind"] for one in row["evidence"]}, {"personal_book", "check_sheet"})
        self.assertEqual(value["counts"]["up"], "1")
        self.assertEqual(value["meeting"], f"{month.month:%Y-%m}-25")

    # -- the ledger ------------------------------------------------------------------------------

    @seed("P2.2.3d", "R8.1b", "R8.2a")
    def test_dossiers_and_months_are_what_the_ledger_records(self):
        dossier = self.file()
        month = self.env["edu.correction.month"].search([("teacher_id", "=", self.teacher.id)])
        paper = dossier.evidence_ids[0]
        self.settle()
        changes = {
            dossier: ("state = 'submitted'", "witness_id = enrollment_id", "old_value = '1'"),
            month: ("state = 'accepted'", "month = month - 40"),
            paper: ("sha256 = 'x'", "correction_id = NULL"),
        }
        for record, values in changes.items():
            table = record._table
            for query in (
                *(f"UPDATE {table} SET {value} WHERE id = {record.id}" for value in values),
                f"DELETE FROM {table} WHERE id = {record.id}",
                f"TRUNCATE {table} CASCADE",
            ):
                with (
                    self.subTest(query),
                    self.assertRaises(psycopg2.Error),
                    mute_logger("odoo.sql_db"),
                    self.env.cr.savepoint(flush=False),
                ):
                    self.env.cr.execute(query)
                    self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        verify = self.env["edu.ledger.verification"]._edu_run
        self.assertEqual(verify(self.company).state, "intact")
        self.env.cr.execute("ALTER TABLE edu_correction DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE edu_correction SET decided_by_id = 1")
        self.env.cr.execute("ALTER TABLE edu_correction ENABLE TRIGGER USER")
        finding = verify(self.company).finding_ids
        self.assertEqual((finding.code, finding.chain), ("DATA_MISMATCH", self.sheet.chain_id.name))
        self.assertIn(f"edu.correction {dossier.id}", finding.message)
        self.env.cr.execute("ALTER TABLE edu_correction DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE edu_correction SET decided_by_id = NULL")
        self.env.cr.execute("ALTER TABLE edu_correction ENABLE TRIGGER USER")

    @seed("R8.2a")
    def test_effect_on_average_and_level_is_kept(self):
        self.fill_rest()
        dossier = self.file(value="2")
        self.assertEqual((dossier.average_before, dossier.average_after), ("8.5", "7.8"))
        self.assertEqual((dossier.level_before, dossier.level_after), (False, False))
        self.fill(self.comment_sheet)
        for column in ("TX1", "TX2", "TX3", "TX4", "GK"):
            self.file(value="0", column=column)
        mark = self.mark(0, "TX1", self.comment_sheet)
        low = (
            self.env["edu.correction"]
            .with_user(self.homeroom)
            ._edu_file(
                self.comment_sheet,
                self.cell(0, "TX1", "CĐ", mark.entry_seq),
                [BOOK, PAPER],
                reason="Nhầm hàng",
            )
        )
        expected = self.book._edu_expected_results()[1]
        (level,) = (row for row in expected if row["enrollment_id"] == self.lines[0].id)
        self.assertEqual((low.average_before, low.average_after), ("Đ", "CĐ"))
        self.assertNotIn(low.level_before, (False, low.level_after))
        self.assertEqual(low.level_after, level["study_final"])
        self.assertIn("→", low.effect)
        with self.assertRaises(UserError):
            low.sudo().write({"level_after": "TOT"})
        self.settle()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "does not record"),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(
                "UPDATE edu_correction SET level_after = 'TOT' WHERE id = %s", [low.id]
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @seed("R8.1b", "R8.2d")
    def test_bytes_of_the_evidence_are_hashed_again(self):
        dossier = self.file()
        verify = self.env["edu.ledger.verification"]._edu_run
        self.assertEqual(verify(self.company).state, "intact")
        paper = dossier.sudo().evidence_ids[0]
        stored = self.env["ir.attachment"].search(
            [("res_model", "=", paper._name), ("res_id", "=", paper.id), ("res_field", "=", "data")]
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'forged' WHERE id = %s",
            [stored.id],
        )
        self.env.invalidate_all()
        finding = verify(self.company).finding_ids
        self.assertEqual(finding.code, "DATA_MISMATCH")
        self.assertIn(f"edu.correction.evidence {paper.id}, content", finding.message)

    def fill_rest(self):
        cells = [self.cell(column=code) for code in ("TX2", "TX3", "TX4")]
        answers = self.save(*cells)
        self.assertTrue(all("version" in answer for answer in answers))

    # -- the screen ------------------------------------------------------------------------------

    def test_dialog_files_what_was_attached(self):
        sheet = self.sheet.with_user(self.teacher)
        action = sheet.open_correction(self.lines[0].id, "TX1", value="9")
        wizard = (
            self.env["edu.correction.wizard"]
            .with_user(self.teacher)
            .with_context(**action["context"])
            .create(
                {
                    "reason": "Gõ nhầm",
                    "book_page": "12",
                    "paper_file": base64.b64encode(PDF),
                    "paper_name": "bai.pdf",
                }
            )
        )
        self.assertEqual((wizard.old_value, wizard.new_value), ("8,5", "9"))
        self.assertIn("at once", wizard.way)
        dossier = self.env["edu.correction"].browse(wizard.action_file()["res_id"])
        self.assertEqual((dossier.evidence_ids.name, self.mark().token), ("bai.pdf", "9"))
        with self.assertRaises(UserError):
            wizard.action_print_check_sheet()
        wizard.witness_id = self.lines[1]
        self.assertTrue(wizard.action_print_check_sheet())
        html = self.env["ir.qweb"]._render(
            "edu_gradebook.edu_check_sheet", {"docs": wizard, "report_type": "html"}
        )
        self.assertIn(self.lines[1].student_id.name, str(html))
