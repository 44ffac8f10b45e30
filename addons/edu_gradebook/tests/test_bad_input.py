from typing import NamedTuple

from odoo.tests import tagged

from edu_records.testing import seed

from .bad_input_kit import Attempt, BadInput, unlink, write
from .common import GradebookCase

TABLES = (
    "edu_mark",
    "edu_gradesheet",
    "edu_gradebook_period",
    "edu_period_result",
    "edu_subject_result",
    "edu_unlock_grant",
    "edu_enrollment",
    "edu_ledger_entry",
)


class Cell(NamedTuple):
    """What is sent instead of a good cell of an open sheet, and the code that answers it."""

    name: str
    change: object
    code: str


def save(**context):
    """A good mark for a cell of the locked sheet, with a crafted context."""
    return lambda t: ("edu.gradesheet", "save_cells", [t.sheet.id], [t.good()]), context


def on_sheet(vals):
    return lambda t: ("edu.gradesheet", "write", [t.sheet.id], vals(t))


# the sheet, its period and all their marks are locked; each of these has to be refused
REFUSED = [
    Attempt("save a mark", "teacher", save()[0]),
    Attempt("save with tracking_disable", "teacher", *save(tracking_disable=True)),
    Attempt("save with bypass", "teacher", *save(bypass=True, edu_bypass=True, force=True)),
    Attempt("save with the guards' key", "teacher", *save(edu_guard=True)),
    Attempt("save with a guard of lists", "teacher", *save(edu_guard=[1], edu_unguarded={"a": 1})),
    Attempt("save in install mode", "teacher", *save(install_mode=True, module="edu_gradebook")),
    Attempt("save as superuser by context", "teacher", *save(su=True, uid=1, user_id=1)),
    Attempt("save as import", "teacher", *save(import_file=True, import_compat=True)),
    Attempt("save without checks", "teacher", *save(mail_notrack=True, no_check=True)),
    Attempt("save with another school allowed", "teacher", *save(allowed_company_ids=[1])),
    Attempt(
        "save with a request id",
        "teacher",
        lambda t: ("edu.gradesheet", "save_cells", [t.sheet.id], [t.good()], "r1"),
    ),
    Attempt(
        "save through the grid",
        "teacher",
        lambda t: ("edu.gradesheet", "save_grid", [t.sheet.id], [t.good(sheet=t.sheet.id)], "r2"),
    ),
    Attempt(
        "save with an invented acknowledgement",
        "teacher",
        lambda t: (
            *("edu.gradesheet", "save_cells", [t.sheet.id], [t.good()], None),
            {"token": "x", "reason": "vì"},
        ),
    ),
    Attempt("save as principal", "principal", save()[0]),
    Attempt("save as vice principal", "vice", save()[0]),
    Attempt("save as IT administrator", "it_admin", save()[0]),
    Attempt("save as office clerk", "clerk", save()[0]),
    Attempt("save as inspector", "inspector", save()[0]),
    Attempt("save as teacher of other classes", "other_teacher", save()[0]),
    Attempt("save as administrator of Odoo", "admin", save()[0]),
    Attempt(
        "call the inner save",
        "teacher",
        lambda t: ("edu.gradesheet", "_edu_save_cells", [t.sheet.id], [t.good()]),
    ),
    Attempt(
        "call the mark's inner write",
        "admin",
        lambda t: ("edu.mark", "_edu_write", {}, {}, "grid", ""),
    ),
    Attempt(
        "take the guard off by its method",
        "admin",
        lambda t: ("edu.gradesheet", "_edu_unguarded", [t.sheet.id]),
    ),
    Attempt("unlock as teacher", "teacher", lambda t: t.unlock()),
    Attempt("unlock as IT administrator", "it_admin", lambda t: t.unlock()),
    Attempt("unlock without a reason", "principal", lambda t: t.unlock("")),
    Attempt(
        "withdraw the confirmation",
        "teacher",
        lambda t: ("edu.gradesheet", "action_unconfirm", [t.sheet.id]),
    ),
    Attempt("write a mark", "admin", write("edu.mark", "one", token="10")),
    Attempt("write a mark as its teacher", "teacher", write("edu.mark", "one", token="10")),
    Attempt("write a mark's version", "admin", write("edu.mark", "one", entry_seq=99)),
    Attempt(
        "save a mark by its form",
        "admin",
        lambda t: ("edu.mark", "web_save", [t.one.id], {"token": "10"}, {"token": {}}),
    ),
    Attempt("delete a mark", "admin", unlink("edu.mark", "one")),
    Attempt("copy a mark", "admin", lambda t: ("edu.mark", "copy", [t.one.id])),
    Attempt("create a mark", "admin", lambda t: ("edu.mark", "create", [t.vals()])),
    Attempt("create a mark as teacher", "teacher", lambda t: ("edu.mark", "create", [t.vals()])),
    Attempt("create a mark by its name", "admin", lambda t: ("edu.mark", "name_create", "10")),
    Attempt(
        "add a mark to the sheet", "admin", on_sheet(lambda t: {"mark_ids": [(0, 0, t.vals())]})
    ),
    Attempt(
        "change a mark in the sheet",
        "admin",
        on_sheet(lambda t: {"mark_ids": [(1, t.one.id, {"token": "10"})]}),
    ),
    Attempt(
        "delete a mark in the sheet", "admin", on_sheet(lambda t: {"mark_ids": [(2, t.one.id)]})
    ),
    Attempt(
        "unlink a mark from the sheet", "admin", on_sheet(lambda t: {"mark_ids": [(3, t.one.id)]})
    ),
    Attempt("empty the sheet", "admin", on_sheet(lambda t: {"mark_ids": [(5,)]})),
    Attempt("set the sheet's marks", "admin", on_sheet(lambda t: {"mark_ids": [(6, 0, [])]})),
    Attempt(
        "take another class's mark over",
        "admin",
        on_sheet(lambda t: {"mark_ids": [(4, t.open_mark.id)]}),
    ),
    Attempt("unconfirm by writing", "admin", on_sheet(lambda t: {"confirmed": False})),
    Attempt(
        "empty those who confirmed", "admin", on_sheet(lambda t: {"confirmed_user_ids": [(5,)]})
    ),
    Attempt(
        "give the sheet another chain",
        "admin",
        on_sheet(lambda t: {"chain_id": t.other_sheet.chain_id.id}),
    ),
    Attempt(
        "move the sheet into an open period",
        "admin",
        on_sheet(lambda t: {"gradebook_period_id": t.other_book.id}),
    ),
    Attempt(
        "change a mark through the period",
        "admin",
        lambda t: (
            *("edu.gradebook.period", "write", [t.book.id]),
            {"gradesheet_ids": [(1, t.sheet.id, {"mark_ids": [(1, t.one.id, {"token": "9"})]})]},
        ),
    ),
    Attempt(
        "delete a sheet through the period",
        "admin",
        lambda t: (
            *("edu.gradebook.period", "write", [t.book.id]),
            {"gradesheet_ids": [(2, t.sheet.id)]},
        ),
    ),
    Attempt(
        "set the period's state", "admin", write("edu.gradebook.period", "book", state="draft")
    ),
    Attempt(
        "set the moment of the lock",
        "principal",
        write("edu.gradebook.period", "book", locked_at=False),
    ),
    Attempt(
        "reopen by its time limit",
        "admin",
        write("edu.gradebook.period", "book", unlock_until="2099-01-01 00:00:00"),
    ),
    Attempt(
        "create a sheet in a locked period",
        "admin",
        lambda t: (
            *("edu.gradesheet", "create"),
            [{"gradebook_period_id": t.book.id, "subject_id": t.sheet.subject_id.id}],
        ),
    ),
    Attempt(
        "a second book of the period",
        "admin",
        lambda t: (
            *("edu.gradebook.period", "create"),
            [{"gradebook_id": t.book.gradebook_id.id, "period_id": t.book.period_id.id}],
        ),
    ),
    Attempt("delete the sheet", "admin", unlink("edu.gradesheet", "sheet")),
    Attempt("delete the period's book", "admin", unlink("edu.gradebook.period", "book")),
    Attempt(
        "delete the gradebook",
        "admin",
        lambda t: ("edu.gradebook", "unlink", [t.book.gradebook_id.id]),
    ),
    Attempt("delete the class", "admin", unlink("edu.class", "school_class")),
    Attempt("delete the pupil", "admin", unlink("edu.student", "student")),
    Attempt("delete the row of the class list", "admin", unlink("edu.enrollment", "line")),
    Attempt(
        "delete the column", "admin", lambda t: ("edu.mark.column", "unlink", [t.one.column_id.id])
    ),
    Attempt(
        "delete the subject", "admin", lambda t: ("edu.subject", "unlink", [t.sheet.subject_id.id])
    ),
    Attempt(
        "delete the period", "admin", lambda t: ("edu.period", "unlink", [t.book.period_id.id])
    ),
    Attempt(
        "delete the year",
        "admin",
        lambda t: ("edu.school.year", "unlink", [t.school_class.school_year_id.id]),
    ),
    Attempt("delete the teacher", "admin", unlink("res.users", "teacher")),
    Attempt(
        "delete the row through the class",
        "admin",
        lambda t: ("edu.class", "write", [t.school_class.id], {"enrollment_ids": [(2, t.line.id)]}),
    ),
    Attempt(
        "empty the pupil's rows",
        "admin",
        lambda t: ("edu.student", "write", [t.student.id], {"enrollment_ids": [(5,)]}),
    ),
    Attempt("archive the row", "admin", write("edu.enrollment", "line", active=False)),
    Attempt(
        "archive the row by its button",
        "admin",
        lambda t: ("edu.enrollment", "action_archive", [t.line.id]),
    ),
    Attempt(
        "put the row into another class",
        "admin",
        lambda t: ("edu.enrollment", "write", [t.line.id], {"class_id": t.other_class.id}),
    ),
    Attempt(
        "give the row another pupil",
        "admin",
        lambda t: (
            "edu.enrollment",
            "write",
            [t.line.id],
            {"student_id": t.stranger.student_id.id},
        ),
    ),
    Attempt("end the row", "admin", write("edu.enrollment", "line", date_end="2024-10-01")),
    Attempt(
        "import a mark",
        "admin",
        lambda t: ("edu.mark", "load", [".id", "token"], [[str(t.one.id), "10"]]),
    ),
    Attempt(
        "import a mark through the sheet",
        "admin",
        lambda t: (
            *("edu.gradesheet", "load", [".id", "mark_ids/.id", "mark_ids/token"]),
            [[str(t.sheet.id), str(t.one.id), "10"]],
        ),
    ),
    Attempt(
        "import the period's state",
        "admin",
        lambda t: ("edu.gradebook.period", "load", [".id", "state"], [[str(t.book.id), "draft"]]),
    ),
    Attempt(
        "a server action as IT administrator",
        "it_admin",
        lambda t: ("ir.actions.server", "create", [t.action()]),
    ),
    Attempt(
        "a server action in Python", "admin", lambda t: ("ir.actions.server", "run", [t.python.id])
    ),
    Attempt(
        "a server action that writes",
        "admin",
        lambda t: ("ir.actions.server", "run", [t.writer.id]),
    ),
    Attempt(
        "conduct of a locked period",
        "homeroom",
        lambda t: ("edu.gradebook.period", "save_conduct", [t.book.id], {str(t.line.id): "DAT"}),
    ),
    Attempt("conduct by its list", "homeroom", write("edu.period.result", "result", conduct="DAT")),
    Attempt(
        "a result by writing", "admin", write("edu.period.result", "result", study_final="DAT")
    ),
    Attempt("delete a result", "admin", unlink("edu.period.result", "result")),
    Attempt(
        "a subject's result by writing", "admin", write("edu.subject.result", "average", value="10")
    ),
    Attempt(
        "a grant by the teacher", "teacher", lambda t: ("edu.unlock.grant", "create", [t.grant()])
    ),
    Attempt(
        "a grant that is over",
        "principal",
        lambda t: ("edu.unlock.grant", "create", [t.grant(valid_until="2020-01-01 00:00:00")]),
    ),
    Attempt(
        "a grant without a reason",
        "principal",
        lambda t: ("edu.unlock.grant", "create", [t.grant(reason="")]),
    ),
    Attempt(
        "an entry of the ledger",
        "admin",
        lambda t: ("edu.ledger.entry", "create", [{"chain_id": t.sheet.chain_id.id, "seq": 999}]),
    ),
    Attempt(
        "change an entry",
        "admin",
        lambda t: (
            "edu.ledger.entry",
            "write",
            t.sheet.chain_id.entry_ids[:1].ids,
            {"payload": "[]"},
        ),
    ),
    Attempt(
        "delete an entry",
        "admin",
        lambda t: ("edu.ledger.entry", "unlink", t.sheet.chain_id.entry_ids[:1].ids),
    ),
    Attempt(
        "an answered request",
        "admin",
        lambda t: ("edu.mark.request", "create", [{"gradesheet_id": t.sheet.id}]),
    ),
    Attempt(
        "a staged sheet by hand",
        "admin",
        lambda t: (
            "edu.mark.import.sheet",
            "create",
            [{"gradesheet_id": t.sheet.id, "cells": "[]"}],
        ),
    ),
    Attempt("the sheet of another school", "stranger_teacher", save()[0]),
]

# the sheet is open: each is answered with a code, and the good cell beside it is saved
CELLS = [
    Cell("a float", {"value": 8.5}, "BAD_CELL"),
    Cell("a whole number", {"value": 8}, "BAD_CELL"),
    Cell("a number that is none", {"value": float("nan")}, "BAD_CELL"),
    Cell("infinity", {"value": float("inf")}, "BAD_CELL"),
    Cell("true", {"value": True}, "BAD_CELL"),
    Cell("nothing", {"value": None}, "BAD_CELL"),
    Cell("a list", {"value": ["8"]}, "BAD_CELL"),
    Cell("NaN", {"value": "NaN"}, "NOT_A_MARK"),
    Cell("Infinity", {"value": "Infinity"}, "NOT_A_MARK"),
    Cell("1e1", {"value": "1e1"}, "NOT_A_MARK"),
    Cell("0x8", {"value": "0x8"}, "NOT_A_MARK"),
    Cell("a sign", {"value": "+8"}, "NOT_A_MARK"),
    Cell("minus", {"value": "-1"}, "OUT_OF_RANGE"),
    Cell("full-width digits", {"value": "８"}, "NOT_A_MARK"),
    Cell("Arabic digits", {"value": "٨"}, "NOT_A_MARK"),
    Cell("superscript", {"value": "8²"}, "NOT_A_MARK"),
    Cell("a fraction", {"value": "½"}, "NOT_A_MARK"),
    Cell("a zero-width space", {"value": "8\u200b"}, "NOT_A_MARK"),
    Cell("a thousands separator", {"value": "1.0.0"}, "NOT_A_MARK"),
    Cell("two marks", {"value": "8 9"}, "NOT_A_MARK"),
    Cell("a comment", {"value": "Đ"}, "NOT_A_MARK"),
    Cell("a formula", {"value": "=10"}, "NOT_A_MARK"),
    Cell("a long text", {"value": "9" * 5000}, "OUT_OF_RANGE"),
    Cell("more than ten", {"value": "10,1"}, "OUT_OF_RANGE"),
    Cell("a lost comma", {"value": "85"}, "OUT_OF_RANGE"),
    Cell("two decimals", {"value": "8,55"}, "TWO_DECIMALS"),
    Cell("an unknown state", {"kind": "passed"}, "BAD_CELL"),
    Cell("a state that is a list", {"kind": ["exempt"]}, "BAD_CELL"),
    Cell("a version that is a text", {"version": "1"}, "BAD_CELL"),
    Cell("a version that is true", {"version": True}, "BAD_CELL"),
    Cell("attempt zero", {"attempt": 0}, "BAD_CELL"),
    Cell("attempt ten", {"attempt": 10}, "BAD_CELL"),
    Cell("half an attempt", {"attempt": 1.5}, "BAD_CELL"),
    Cell("a pupil by name", {"enrollment": "Nguyễn"}, "BAD_CELL"),
    Cell("a pupil that is none", {"enrollment": -1}, "NOT_IN_CLASS"),
    Cell("a pupil of another class", lambda t: {"enrollment": t.line.id}, "NOT_IN_CLASS"),
    Cell("a pupil of another school", lambda t: {"enrollment": t.foreigner.id}, "NOT_IN_CLASS"),
    Cell("an archived row", lambda t: {"enrollment": t.archived.id}, "NOT_IN_CLASS"),
    Cell("a column that the subject lacks", {"column": "TX9"}, "NO_COLUMN"),
    Cell("a column with SQL in it", {"column": "TX1' OR '1'='1"}, "NO_COLUMN"),
    Cell("a column by number", {"column": 1}, "BAD_CELL"),
    Cell("a name that is a number", {"name": 7}, "BAD_CELL"),
    Cell("typed in a tab of another class", lambda t: {"sheet": t.sheet.id}, "OTHER_SHEET"),
]


@tagged("post_install", "-at_install")
class TestBadInput(BadInput, GradebookCase):
    """Whatever clients send, no locked cell changes and no mark is lost.

    ``REFUSED`` is tried on a locked sheet through the function that the routes of RPC call;
    ``CELLS`` are sent to an open one.
    """

    tables = TABLES
    pupils = 2
    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_every_attempt_is_refused")
        case.complete()
        cls.book.with_user(cls.principal).action_lock()
        cls.line = cls.lines[0]
        cls.student = cls.line.student_id
        cls.one = case.mark()
        cls.result = cls.env["edu.period.result"].search([("enrollment_id", "=", cls.line.id)])
        cls.average = cls.env["edu.subject.result"].search(
            [("enrollment_id", "=", cls.line.id), ("gradesheet_id", "=", cls.sheet.id)]
        )
        cls.set_up_open_class()
        cls.set_up_actions()
        cls.env.flush_all()

    @classmethod
    def set_up_open_class(cls):
        """Class 6B with an open sheet, a mark in it and an archived row; a pupil elsewhere."""
        cls.other_class = cls.make_class("6B")
        lines = cls.add_pupils(cls.other_class, 3, first=11)
        cls.stranger, cls.neighbour = lines[0], lines[1]
        cls.other_book = cls.open_book(cls.other_class)
        cls.other_sheet = cls.sheet_of("TOAN", cls.other_book)
        cls.archived = lines[2]
        cls.archived.entry_movement_id._edu_cancel("Nhầm")
        cell = {"enrollment": cls.stranger.id, "column": "TX1", "value": "5", "version": 0}
        cls.other_sheet.with_user(cls.teacher).save_cells([cell])
        cls.open_mark = cls.env["edu.mark"].search([("gradesheet_id", "=", cls.other_sheet.id)])
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids |= cls.company
        school, cls.company = (
            cls.company,
            cls.env["res.company"].create({"name": "Trường khác", "edu_code": "99000002"}),
        )
        cls.stranger_teacher = cls.new_user("t.xa", "teacher")
        pupil = cls.env["edu.student"].create({"name": "Lê Xa", "company_id": cls.company.id})
        grade = cls.school_class.grade_id
        year = cls.env["edu.school.year"].create(
            {
                "name": cls.year_name,
                "date_start": "2024-09-05",
                "date_end": "2025-05-31",
                "company_id": cls.company.id,
            }
        )
        far = cls.env["edu.class"].create(
            {"name": "6A", "school_year_id": year.id, "grade_id": grade.id}
        )
        cls.foreigner = cls.env["edu.movement"]._edu_admit(pupil, far).to_enrollment_id
        cls.company = school

    @classmethod
    def set_up_actions(cls):
        vals = cls.action()
        cls.python = cls.env["ir.actions.server"].create(vals)
        cls.writer = cls.env["ir.actions.server"].create(
            {**vals, "code": f"env['edu.mark'].sudo().search([('id', '=', {cls.one.id})]).unlink()"}
        )

    # -- what attempts are made of ---------------------------------------------------------------

    def good(self, **more):
        cell = {"enrollment": self.line.id, "column": "TX1", "value": "3"}
        return {**cell, "version": self.one.entry_seq, **more}

    def vals(self):
        return {
            "gradesheet_id": self.sheet.id,
            "enrollment_id": self.line.id,
            "column_id": self.one.column_id.id,
            "attempt": 2,
            "kind": "value",
            "token": "10",
            "entry_seq": self.one.entry_seq,
            "author_id": self.teacher.id,
            "entered_at": "2024-10-01 00:00:00",
        }

    @classmethod
    def action(cls):
        return {
            "name": "Helpful",
            "model_id": cls.env["ir.model"]._get("edu.mark").id,
            "state": "code",
            "code": f"env['edu.mark'].browse({cls.one.id}).sudo().write({{'token': '10'}})",
        }

    def unlock(self, reason="Sai điểm"):
        return "edu.gradebook.period", "action_unlock", [self.book.id], reason

    def grant(self, **more):
        vals = {"gradesheet_id": self.sheet.id, "valid_until": "2099-01-01 00:00:00"}
        return {**vals, "reason": "Sai điểm", **more}

    # -- trying ----------------------------------------------------------------------------------

    @seed("P2.2.3b", "P2.2.3d")
    def test_every_attempt_is_refused(self):
        self.refuse_all(REFUSED)

    def test_every_bad_cell_is_answered_and_holds_up_no_other(self):
        version = self.open_mark.entry_seq
        cell = {"enrollment": self.stranger.id, "column": "TX1", "value": "9", "version": version}
        good = {"enrollment": self.neighbour.id, "column": "TX1"}
        stored = 0
        for number, one in enumerate(CELLS):
            with self.subTest(one.name):
                change = one.change(self) if callable(one.change) else one.change
                beside = {**good, "value": str(number % 9 + 1), "version": stored}
                answers = self.save({**cell, **change}, beside, sheet=self.other_sheet)
                self.assertEqual(answers[0].get("error"), one.code, answers[0])
                self.assertIn("version", answers[1])
                stored = answers[1]["version"]
                self.open_mark.invalidate_recordset()
                self.assertEqual((self.open_mark.token, self.open_mark.entry_seq), ("5", version))

    def test_a_stale_version_loses_no_mark(self):
        """Two tabs, one cell: the second is told what is there."""
        cell = {"enrollment": self.stranger.id, "column": "TX1"}
        first = self.open_mark.entry_seq
        self.save({**cell, "value": "6", "version": first}, sheet=self.other_sheet)
        for version in (first, 0, 10**6, -1):
            (answer,) = self.save(
                {**cell, "value": "7", "version": version}, sheet=self.other_sheet
            )
            self.assertEqual(answer["conflict"]["value"], "6", version)
        self.open_mark.invalidate_recordset()
        self.assertEqual(self.open_mark.token, "6")

    @seed("P2.2.3b")
    def test_the_list_is_long_and_names_every_attempt_once(self):
        names = [one.name for one in (*REFUSED, *CELLS)]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(REFUSED), 60)
