from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestGrid(GradebookCase):
    def typed(self, *args, **more):
        return {**self.cell(*args), "sheet": self.sheet.id, **more}

    def save_grid(self, *cells, request="r", user=None):
        return self.sheet.with_user(user or self.teacher).save_grid(list(cells), request)

    @seed("P2.1.2", "R7.1a")
    def test_open_gives_everything_in_one_call(self):
        data = self.env["edu.gradesheet"].with_user(self.teacher).open_grid(self.sheet.id)
        place = {key: data["sheet"][key] for key in ("id", "class", "subject", "period", "pupils")}
        self.assertEqual(
            place,
            {
                "id": self.sheet.id,
                "class": "6A",
                "subject": self.sheet.subject_id.name,
                "period": self.book.period_id.name,
                "pupils": 4,
            },
        )
        self.assertEqual((data["lock"], data["opened"]), ("open", None))
        self.assertEqual(data["sheet"]["regular_count"], 4)
        self.assertIn(self.sheet.id, [sheet["id"] for sheet in data["sheets"]])
        self.assertEqual({kind["kind"] for kind in data["kinds"]} >= {"absent", "plan"}, True)

    def test_open_without_a_sheet_chooses_one_that_is_open(self):
        grids = self.env["edu.gradesheet"].with_user(self.teacher)
        first = grids.open_grid()["sheet"]["id"]
        self.assertIn(first, [sheet["id"] for sheet in grids.open_grid()["sheets"]])
        self.fill(self.sheet)
        self.sheet.with_user(self.teacher).action_confirm()
        self.assertNotEqual(grids.open_grid()["sheet"]["id"], self.sheet.id)

    def test_open_for_somebody_without_sheets(self):
        data = self.env["edu.gradesheet"].with_user(self.other_teacher).open_grid()
        self.assertEqual(data, {"sheet": None, "sheets": []})
        with self.assertRaises(UserError):
            self.env["edu.gradesheet"].with_user(self.teacher).open_grid(10**8)

    @seed("R7.1b")
    def test_others_read_with_the_reason_or_not_at_all(self):
        grids = self.env["edu.gradesheet"]
        for user in (self.homeroom, self.principal, self.inspector):
            data = grids.with_user(user).open_grid(self.sheet.id)
            self.assertEqual(data["lock"], "closed")
            self.assertIn(self.teacher.name, data["closed"]["message"])
            with self.assertRaises(AccessError):
                self.save_grid(self.typed(), user=user)
        with self.assertRaises(AccessError):
            grids.with_user(self.other_teacher).open_grid(self.sheet.id)

    def test_locked_period_names_who_opens_it(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        data = self.env["edu.gradesheet"].with_user(self.teacher).open_grid(self.sheet.id)
        self.assertEqual((data["lock"], data["opened"]), ("closed", []))
        self.assertIn(self.principal.name, data["closed"]["message"])

    def test_grant_opens_its_cells_in_the_grid(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.env["edu.unlock.grant"].with_user(self.principal).create(
            {
                "gradesheet_id": self.sheet.id,
                "enrollment_id": self.lines[0].id,
                "column_id": self.sheet._edu_columns()[0].id,
                "valid_until": fields.Datetime.now() + timedelta(days=1),
                "reason": "Cộng nhầm điểm",
            }
        )
        self.sheet.with_user(self.teacher).action_unconfirm()
        data = self.env["edu.gradesheet"].with_user(self.teacher).open_grid(self.sheet.id)
        self.assertEqual(data["lock"], "open")
        self.assertEqual(data["opened"], [[self.lines[0].id, "TX1"]])

    @seed("P2.1.2", "R7.2")
    def test_save_answers_the_averages_of_the_rules(self):
        self.fill(self.sheet, "8")
        version = self.mark(0, "CK").entry_seq
        answer = self.save_grid(self.typed(0, "CK", "9,5", version))
        self.assertEqual(answer["averages"], {str(self.lines[0].id): "8.5"})
        self.assertEqual(answer["cells"][0]["value"], "9.5")

    def test_save_names_its_sheet(self):
        with self.assertRaises(UserError):
            self.save_grid(self.cell())
        answer = self.save_grid({**self.typed(), "sheet": self.comment_sheet.id}, self.typed(1))
        self.assertEqual(answer["cells"][0]["error"], "OTHER_SHEET")
        self.assertIn("version", answer["cells"][1])
        self.assertFalse(self.mark())

    def test_repeated_request_after_a_lost_answer(self):
        first = self.save_grid(self.typed(), request="lost")
        head = self.sheet.chain_id.head_seq
        self.assertEqual(self.save_grid(self.typed(), request="lost"), first)
        self.assertEqual(self.sheet.chain_id.head_seq, head)

    def test_states_instead_of_a_mark(self):
        kinds = ("absent", "zero", "exempt", "plan")
        cells = [self.typed(line, "TX1", "", kind=kind) for line, kind in enumerate(kinds)]
        answers = self.save_grid(*cells)["cells"]
        self.assertEqual([answer["kind"] for answer in answers], list(kinds))
        self.assertEqual([self.mark(line).kind for line in range(4)], list(kinds))
        self.assertEqual([self.mark(line).token for line in range(4)], [False, "0", False, False])
        (made_up,) = self.save_grid(
            self.typed(0, "TX1", "7", answers[0]["version"]), request="made up"
        )["cells"]
        self.assertEqual((made_up["kind"], self.mark(0).token), ("value", "7"))
        for kind in ("", "wrong", 5, ["absent"]):
            (refused,) = self.save_grid(self.typed(0, "TX2", "x", kind=kind), request=f"{kind}")[
                "cells"
            ]
            self.assertIn(refused["error"], ("BAD_CELL", "NOT_A_MARK"))

    def test_not_made_up_in_a_comment_subject(self):
        cell = {**self.typed(0, "TX1", "", kind="zero"), "sheet": self.comment_sheet.id}
        self.comment_sheet.with_user(self.homeroom).save_grid([cell], "r")
        mark = self.mark(0, "TX1", self.comment_sheet)
        self.assertEqual((mark.kind, mark.token), ("zero", "CĐ"))

    # -- explanation -----------------------------------------------------------------------------

    @seed("R7.2")
    def test_why_is_the_average_what_it_is(self):
        marks = {"TX1": "8", "TX2": "7", "TX3": "6,5", "TX4": "9", "GK": "6", "CK": "5,5"}
        self.save(*(self.cell(0, column, value) for column, value in marks.items()))
        told = self.sheet.with_user(self.teacher).explain_average(self.lines[0].id)
        self.assertEqual(told["value"], "6,6")
        self.assertEqual(
            told["sentences"][1:],
            [
                "Cách tính: (30,5 + 2 × 6,0 + 3 × 5,5) / (4 + 5) = 59,0 / 9 ≈ 6,5555.",
                "Làm tròn đến chữ số thập phân thứ nhất: 6,6.",
                "Căn cứ: điểm b khoản 1 Điều 9 Thông tư 22/2021/TT-BGDĐT.",
            ],
        )
        self.assertEqual(told["name"], self.lines[0].student_id.name)
        missing = self.sheet.with_user(self.principal).explain_average(self.lines[1].id)
        self.assertIsNone(missing["value"])
        self.assertEqual(missing["sentences"][0], "Chưa xác định được.")

    @seed("R7.2")
    def test_why_a_comment_result_is_what_it_is(self):
        def decided(value="Đ", column="TX1"):
            cell = {**self.cell(0, column, value), "version": versions.get(column, 0)}
            (answer,) = self.save(cell, user=self.homeroom, sheet=self.comment_sheet)
            versions[column] = answer["version"]
            sheet = self.comment_sheet.with_user(self.homeroom)
            return sheet.explain_average(self.lines[0].id)["sentences"][1]

        versions = {}
        self.assertEqual(decided(), "Chưa đủ số lần đánh giá theo quy định.")
        for column in ("TX2", "GK"):
            decided(column=column)
        self.assertEqual(decided(column="CK"), "Tất cả các lần được đánh giá mức Đạt.")
        self.assertEqual(decided("CĐ"), "Có 1 lần được đánh giá mức Chưa đạt.")

    def test_explanation_and_history_are_for_readers_of_the_sheet(self):
        stranger = self.add_pupils(self.make_class("6B"), 1)
        with self.assertRaises(UserError):
            self.sheet.with_user(self.teacher).explain_average(stranger.id)
        for user in (self.other_teacher, self.clerk):
            with self.assertRaises(AccessError):
                self.sheet.with_user(user).explain_average(self.lines[0].id)
            with self.assertRaises(AccessError):
                self.sheet.with_user(user).cell_history(self.lines[0].id, "TX1")
        with self.assertRaises(UserError):
            self.sheet.with_user(self.teacher).cell_history("1", "TX1")

    # -- history ---------------------------------------------------------------------------------

    @seed("R8.1b", "P2.2.3d")
    def test_history_tells_who_when_and_what(self):
        (first,) = self.save(self.cell(value="7"))
        (cleared,) = self.save(self.cell(value="", version=first["version"]))
        self.save(self.cell(value="8,5", version=cleared["version"]))
        self.save(self.cell(1))
        for user in (self.teacher, self.homeroom, self.principal, self.inspector):
            told = self.sheet.with_user(user).cell_history(self.lines[0].id, "TX1")
            self.assertEqual(
                [(e["operation"], e["old"], e["new"]) for e in told["events"]],
                [("entered", "", "7"), ("cleared", "7", ""), ("entered", "", "8,5")],
            )
        self.assertEqual({e["user"] for e in told["events"]}, {self.teacher.name})
        self.assertEqual((told["first"], told["now"], told["difference"]), ("7", "8,5", "+1,5"))
        self.assertRegex(told["events"][0]["at"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")

    def test_history_shows_states_and_the_fall(self):
        (first,) = self.save(self.cell(value="7"))
        cell = self.typed(0, "TX1", "", first["version"], kind="zero")
        self.save_grid(cell)
        told = self.sheet.with_user(self.teacher).cell_history(self.lines[0].id, "TX1")
        self.assertEqual(told["events"][-1]["new"], "Not made up 0")
        self.assertIsNone(told["difference"])
        untouched = self.sheet.with_user(self.teacher).cell_history(self.lines[1].id, "TX1")
        self.assertEqual(untouched["events"], [])

    # -- speed -----------------------------------------------------------------------------------

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 45)):
            school_class = self.make_class(name)
            lines = self.add_pupils(school_class, pupils)
            sheet = self.sheet_of("TOAN", self.open_book(school_class)).with_user(self.teacher)
            cells = [
                {
                    "sheet": sheet.id,
                    "enrollment": line.id,
                    "column": "TX1",
                    "value": str(place % 11),
                    "version": 0,
                }
                for place, line in enumerate(lines)
            ]
            calls = [
                ("save_grid", cells, "r"),
                ("explain_average", lines[0].id),
                ("cell_history", lines[0].id, "TX1"),
                ("open_grid", sheet.id),
            ]
            counts.append([self.queries(sheet, *call) for call in calls])
        self.assertEqual(counts[1], counts[2])

    def queries(self, sheet, method, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(sheet.browse() if method == "open_grid" else sheet, method)(*args)
        return self.env.cr.sql_log_count - before
