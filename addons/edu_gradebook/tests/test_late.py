import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import GradebookCase

PAPER = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


@tagged("post_install", "-at_install")
class TestLate(GradebookCase):
    """Who comes from another school in the middle of the semester."""

    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.book.period_id.date_end = "2025-01-15"

    def enter_before(self, *columns, lines=None):
        """Marks of the class, as the ledger has them of 1 October."""
        ledger = self.env.registry["edu.ledger.chain"]
        with patch.object(ledger, "_edu_now", lambda _self: "2024-10-01T01:00:00.000000Z"):
            for line in range(self.pupils) if lines is None else lines:
                self.save(*[self.cell(line, column, "7") for column in columns])

    def come(self, date="2024-11-04", **facts):
        late = self.env["edu.student"].create({"name": "Lê Vào Sau", "company_id": self.company.id})
        movement = (
            self.env["edu.movement"]
            .with_user(self.clerk)
            ._edu_move(
                *("transfer_in", late, date, self.school_class),
                from_school="Trường THCS Kim Liên",
                **facts,
            )
        )
        return movement.to_enrollment_id

    def missing(self, line):
        missing = self.sheet._edu_missing().get(self.sheet, [])
        return [code for one, code in missing if one == line]

    def former(self, line, marks, paper=("hoc_ba.pdf", PAPER), user=None):
        sheet = self.sheet.with_user(user or self.teacher)
        return sheet.save_former_marks(line.id, marks, paper)

    def marks_of(self, line):
        marks = self.env["edu.mark"].search(
            [("enrollment_id", "=", line.id), ("gradesheet_id", "=", self.sheet.id)]
        )
        return {mark.column_id.code: mark.token for mark in marks}

    @seed("R5.5.5b")
    def test_columns_before_the_day_are_not_demanded(self):
        self.enter_before("TX1", "GK")
        self.enter_before("TX2", lines=[0, 1])
        line = self.come()
        self.assertEqual(self.missing(line), ["TX2", "TX3", "TX4", "CK"])
        self.assertEqual(self.missing(self.lines[2]), ["TX2", "TX3", "TX4", "CK"])
        version = self.mark(0, "TX1").entry_seq
        self.save(
            self.cell(0, "TX1", "9", version), self.cell(1, "TX1", "", self.mark(1).entry_seq)
        )
        self.assertNotIn("TX1", self.missing(line), "a correction of later changes nothing")

    @seed("R5.5.9", "R7.1a")
    def test_the_board_counts_what_is_demanded(self):
        self.enter_before("TX1", "GK")
        self.enter_before("TX2", lines=[0, 1])
        self.come()
        self.env.flush_all()
        rows = self.env["edu.entry.progress"].search([("gradesheet_id", "=", self.sheet.id)])
        missing = {row.column_id.code: (row.required, row.missing) for row in rows}
        self.assertEqual(missing["TX1"], (4, 0))
        self.assertEqual(missing["TX2"], (5, 3))
        owed = self.sheet._edu_missing()[self.sheet]
        self.assertEqual(sum(rows.mapped("missing")), len(owed))

    def test_who_is_there_from_the_start_owes_all(self):
        self.enter_before("TX1")
        line = self.come("2024-09-05")
        self.assertIn("TX1", self.missing(line))

    def test_who_is_absent_owes_the_make_up(self):
        self.enter_before("TX1")
        line = self.come()
        cell = {"enrollment": line.id, "column": "TX1", "kind": "absent", "version": 0}
        self.save(cell)
        self.assertIn("TX1", self.missing(line))

    @seed("R5.5.5b")
    def test_the_average_needs_the_regular_marks_that_were_due(self):
        self.enter_before("TX1", "TX2")
        line = self.come()
        given = {"TX3": "8", "TX4": "8", "GK": "8", "CK": "8"}
        cells = [
            {"enrollment": line.id, "column": code, "value": mark, "version": 0}
            for code, mark in given.items()
        ]
        self.save(*cells[1:])
        judge = self.env["edu.subject.result"]._edu_judge_sheet
        self.assertIsNone(judge(self.sheet)[line.id]["value"])
        self.save(cells[0])
        self.assertEqual(judge(self.sheet)[line.id]["value"], "8.0")
        self.assertEqual(self.sheet.explain_average(line.id)["value"], "8,0")

    # -- marks of the old school -----------------------------------------------------------------

    @seed("R5.5.5b", "R8.1c")
    def test_marks_of_the_old_school_come_with_a_paper(self):
        line = self.come()
        self.former(line, {"TX1": "8,5", "GK": "7"})
        self.assertEqual(self.marks_of(line), {"TX1": "8.5", "GK": "7"})
        (paper,) = line.entry_movement_id.evidence_ids
        self.assertEqual(base64.b64decode(paper.data), PAPER)
        entries = self.sheet.chain_id.entry_ids.sorted("seq")
        events = [decode(entry.payload)[2] for entry in entries]
        self.assertEqual({one.origin for one in events}, {"old_school"})
        self.assertEqual({one.evidence_sha256 for one in events}, {paper.sha256})
        chain = line.student_id._edu_chains()
        filed = {decode(entry.payload)[2].evidence_sha256 for entry in chain.entry_ids}
        self.assertIn(paper.sha256, filed)
        told = self.sheet.with_user(self.teacher).cell_history(line.id, "TX1")["events"]
        self.assertEqual(told[0]["origin"], "from the papers of the old school")
        self.assertFalse(self.env["edu.ledger.verification"]._edu_run(self.company).finding_ids)

    def test_the_paper_is_not_replaced(self):
        line = self.come()
        self.former(line, {"TX1": "8"})
        paper = line.entry_movement_id.evidence_ids
        other = base64.b64encode(b"%PDF-1.4 other")
        for user in (self.teacher, self.clerk, self.it_admin, self.principal):
            with self.assertRaises(UserError):
                paper.with_user(user).write({"data": other})
        with self.assertRaises(UserError):
            paper.sudo().write({"data": other})
        file = self.env["ir.attachment"].search(
            [("res_model", "=", paper._name), ("res_id", "=", paper.id), ("res_field", "=", "data")]
        )
        with self.assertRaises(UserError):
            file.sudo().datas = other
        with self.assertRaises(UserError):
            line.entry_movement_id.sudo().write({"evidence_ids": [(5,)]})

    def test_who_may(self):
        line = self.come()
        for user in (self.clerk, self.it_admin, self.principal, self.homeroom, self.other_teacher):
            with self.assertRaises(AccessError):
                self.former(line, {"TX1": "8"}, user=user)
        self.assertFalse(self.marks_of(line))
        self.assertFalse(line.entry_movement_id.evidence_ids)

    def test_what_is_refused(self):
        line = self.come()
        with self.assertRaisesRegex(UserError, "Attach the paper"):
            self.former(line, {"TX1": "8"}, paper=None)
        with self.assertRaisesRegex(UserError, "from another school"):
            self.former(self.lines[0], {"TX1": "8"})
        with self.assertRaisesRegex(UserError, "PDF, JPEG"):
            self.former(line, {"TX1": "8"}, paper=("x.exe", b"MZ"))
        with self.assertRaisesRegex(UserError, "11: a mark is from 0 to 10"):
            self.former(line, {"TX1": "8", "TX2": "11"})
        with self.assertRaisesRegex(UserError, "at least one"):
            self.former(line, {})
        self.former(line, {"TX1": "8"})
        with self.assertRaisesRegex(UserError, "changed this cell"):
            self.former(line, {"TX1": "9"}, paper=None)
        self.assertEqual(self.marks_of(line), {"TX1": "8"})

    def test_nothing_comes_into_a_locked_period(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        line = self.come()
        with self.assertRaisesRegex(UserError, "can open it"):
            self.former(line, {"TX1": "8"})

    def test_the_office_files_the_paper_and_the_teacher_the_marks(self):
        line = self.come(evidence=[("giay_chuyen_truong.pdf", PAPER)])
        sheet = self.sheet.with_user(self.teacher)
        self.assertTrue(sheet.has_transfers)
        action = sheet.action_former_marks()
        Former = self.env["edu.mark.former"].with_user(self.teacher)
        with Form(Former.with_context(**action["context"])) as form:
            form.enrollment_id = line.with_user(self.teacher)
            self.assertEqual(form.papers, "giay_chuyen_truong.pdf")
            self.assertEqual(len(form.line_ids), 6)
            with form.line_ids.edit(1) as mark:
                mark.value = "6,5"
        form.save().action_confirm()
        self.assertEqual(self.marks_of(line), {"TX2": "6.5"})

    @seed("R5.5.5c")
    def test_a_leaver_is_struck_through_with_day_and_reason(self):
        self.enter_before("TX1")
        Movement = self.env["edu.movement"].with_user(self.clerk)
        Movement._edu_move("drop_out", self.lines[0].student_id, "2024-12-02")
        row = self.sheet.with_user(self.teacher).load_cells()["rows"][0]
        self.assertEqual((row["active"], row["note"]), (False, "Thôi học từ ngày 02/12/2024"))
        self.assertFalse(self.missing(self.lines[0]))
        judged = self.env["edu.subject.result"]._edu_judge_sheet(self.sheet)
        self.assertIsNone(judged[self.lines[0].id]["value"])

    def test_queries_do_not_grow_with_late_joiners(self):
        self.enter_before("TX1")
        self.come()
        costs = []
        for _more in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.sheet._edu_missing()
            costs.append(self.env.cr.sql_log_count - before)
            for _late in range(5):
                self.come()
        self.assertEqual(costs[0], costs[1])
