from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .scheme_kit import SchemeCase

CHOSEN = ("VL", "HH", "SH", "TIN")
CLUSTERS = (("TOAN", "cluster"), ("VL", "cluster"), ("HH", "cluster"))


class UpperCase(SchemeCase):
    """10A under TT 22/2021: four chosen subjects, topic clusters of three."""

    grade_ref = "10"
    choices = (*CHOSEN, *CLUSTERS)


@tagged("post_install", "-at_install")
class TestUpper(UpperCase):
    def columns(self, period, subject):
        sheet = self.sheet_of(subject, self.period(period))
        grid = sheet.with_user(self.teacher).load_grid()
        return [(column["code"], column["scale"]) for column in grid["columns"]]

    @seed("P4.1.4", "P3.1.2.1c")
    def test_columns_follow_subject_and_cluster(self):
        subjects = set(self.period("HK1")._edu_sheets().subject_id.mapped("code"))
        self.assertLess({*CHOSEN, "VAN", "LS", "QPAN", "HDTN", "GDDP"}, subjects)
        self.assertFalse({"DL", "AN", "NN2"} & subjects)
        usual = ["TX1", "TX2", "TX3", "TX4", "GK", "CK"]
        self.assertEqual(self.columns("HK1", "TOAN"), [(code, "score") for code in usual])
        # the cluster's mark is one more regular mark, in semester 2
        self.assertEqual(
            [code for code, _scale in self.columns("HK2", "TOAN")],
            ["TX1", "TX2", "TX3", "TX4", "CD", "GK", "CK"],
        )
        self.assertEqual(
            [code for code, _scale in self.columns("HK2", "LS")], ["TX1", "TX2", "TX3", "GK", "CK"]
        )
        self.assertEqual(
            self.columns("HK2", "GDTC"),
            [(code, "comment") for code in ("TX1", "TX2", "GK", "CK")],
        )

    @seed("R8.1a", "R2.3")
    def test_cluster_mark_counts_as_regular(self):
        """Case SA13: 4 regular marks and a cluster of 8.5."""
        sheet = self.sheet_of("TOAN", self.period("HK2"))
        marks = {"TX1": "8", "TX2": "8", "TX3": "8", "TX4": "8", "GK": "8", "CK": "8"}
        for column, value in marks.items():
            self.typed(sheet, column, value)
        averages = sheet.with_user(self.teacher).load_cells()["averages"]
        self.assertIsNone(averages[str(self.lines[0].id)])
        self.typed(sheet, "CD", "8,5")
        averages = sheet.with_user(self.teacher).load_cells()["averages"]
        # (4 x 8 + 8.5 + 16 + 24) / 10 = 8.05, half up
        self.assertEqual(averages[str(self.lines[0].id)], "8.1")
        told = sheet.with_user(self.teacher).explain_average(self.lines[0].id)
        self.assertIn("/ 10", " ".join(told["sentences"]))

    @seed("P3.1.2.1")
    def test_year_of_upper_secondary(self):
        """Marks, semesters, year: by TT 22/2021, six subjects have to reach a mark."""
        low = {(1, code): "3" for code in ("TX1", "TX2", "TX3", "TX4", "CD", "GK", "CK")}
        high = {(2, code): "10" for code in ("TX1", "TX2", "TX3", "TX4", "CD", "GK", "CK")}
        scored = ("VAN", "TOAN", "NN1", "LS", "QPAN", *CHOSEN)
        marks = {code: {**high} for code in scored}
        marks["VAN"].update(low)
        marks["TOAN"].update(low)
        for period in ("HK1", "HK2"):
            book = self.finish_period(period, marks, {3: "KHA"})
            self.assertEqual(book.state, "approved")
            self.assertFalse(book.document_ids)
            snapshot = book.snapshot_id._edu_value()
            self.assertEqual((snapshot["form"], snapshot["class"]["grade"]), ("", "10"))
        levels = {line.enrollment_id: line.study_final for line in self.period("HK2").result_ids}
        self.assertEqual([levels[line] for line in self.lines], ["TOT", "CHUA_DAT", "TOT", "TOT"])
        review = self.open_review()
        review.result_ids.with_user(self.homeroom).write({"absent": "0"})
        rows = [self.row(review, place) for place in range(4)]
        self.assertEqual(
            [row.outcome for row in rows], ["LEN_LOP", "KIEM_TRA_LAI", *["LEN_LOP"] * 2]
        )
        self.assertEqual([row.title for row in rows], ["HS_GIOI", False, "HS_XUAT_SAC", False])
        self.assertEqual(rows[0].rule_version, "tt22-1")
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()
        self.assertEqual(review.state, "approved")

    @seed("P4.1.6")
    def test_tokens_of_other_scales_are_refused(self):
        sheet, comment = self.sheet_of("TOAN"), self.sheet_of("GDTC")
        for typed in ("T", "H", "C", "Đ", "8,55", "11", "<b>8</b>"):
            self.assertIn("error", self.typed(sheet, "TX1", typed))
        for typed in ("T", "8", "H"):
            self.assertEqual(self.typed(comment, "TX1", typed)["error"], "NOT_A_COMMENT")
        self.assertEqual(self.typed(sheet, "CD", "8")["error"], "NO_COLUMN")
        self.assertFalse(sheet.mark_ids | comment.mark_ids)

    @seed("P4.1.4")
    def test_a_pupil_who_does_not_take_a_chosen_subject(self):
        """No cells, nothing missing, and eight subjects count instead of nine."""
        Choice, line = self.env["edu.subject.choice"], self.lines[0]
        said = {"enrollment_id": line.id, "subject_id": self.subject("TIN").id, "taken": False}
        for user in (self.teacher, self.homeroom):
            with self.assertRaises(AccessError):
                Choice.with_user(user).sudo().create(said)
        with self.assertRaises(UserError):
            Choice.with_user(self.vice).create({**said, "subject_id": self.subject("VAN").id})
        choice = Choice.with_user(self.vice).create(said)
        sheet = self.sheet_of("TIN")
        self.assertEqual(self.typed(sheet, "TX1", "8")["error"], "NOT_TAKEN")
        grid = sheet.with_user(self.teacher).load_grid()
        row = next(row for row in grid["rows"] if row["enrollment"] == line.id)
        self.assertEqual((row["active"], row["note"]), (False, "Does not take this subject."))
        self.assertEqual(grid["sheet"]["pupils"], self.pupils - 1)
        self.fill_sheet(sheet)
        self.assertTrue(sheet.confirmed)
        with self.assertRaises(UserError):
            Choice.with_user(self.vice).create({**said, "enrollment_id": self.lines[1].id})
        for period in ("HK1", "HK2"):
            book = self.period(period)
            for other in book._edu_sheets() - sheet:
                self.fill_sheet(other)
            conduct = {str(one.id): "TOT" for one in self.lines}
            book.with_user(self.homeroom).save_conduct(conduct)
            book.with_user(self.principal).action_lock()
            book.with_user(self.principal).action_approve()
        review = self.open_review()
        subjects = review.subject_ids.filtered(lambda one: one.enrollment_id == line)
        left_out = subjects.filtered("left_out").subject_id.mapped("code")
        self.assertEqual(left_out, ["TIN"])
        self.assertEqual(self.row(review).study_final, "TOT")
        with self.assertRaises(UserError):
            choice.with_user(self.vice).write({"taken": True})
        with self.assertRaises(UserError):
            choice.sudo().unlink()

    @seed("R2.4")
    def test_the_ledger_knows_who_takes_what(self):
        line = self.lines[0]
        said = {"enrollment_id": line.id, "subject_id": self.subject("TIN").id, "taken": False}
        choice = self.env["edu.subject.choice"].with_user(self.vice).create(said)
        choice.write({"taken": True})
        self.assertEqual(self.typed(self.sheet_of("TIN"), "TX1", "8")["value"], "8")
        self.env.flush_all()
        with (
            self.assertRaisesRegex(Exception, "ledger"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE edu_subject_choice SET taken = false WHERE id = %s", [choice.id]
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_choice_comes_before_the_book(self):
        other = self.env["edu.class"].create(
            {
                "name": "10B",
                "school_year_id": self.school_class.school_year_id.id,
                "grade_id": self.school_class.grade_id.id,
            }
        )
        with self.assertRaisesRegex(UserError, "choose its subjects first"):
            other.with_user(self.it_admin).action_open_gradebook()

    @seed("R2.4")
    def test_the_database_knows_the_scale(self):
        """A letter with a true ledger entry is still no mark of a number column."""
        sheet = self.sheet_of("TOAN")
        self.typed(sheet, "TX1", "8")
        mark = sheet.mark_ids
        self.env.flush_all()
        for kind, token in (("value", "T"), ("value", "Đ"), ("zero", "CĐ"), ("exempt", "8")):
            with (
                self.subTest(token=token),
                self.assertRaisesRegex(Exception, "not of the scale"),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "UPDATE edu_mark SET kind = %s, token = %s, entry_seq = entry_seq + 1"
                    " WHERE id = %s",
                    [kind, token, mark.id],
                )
