import base64
from typing import NamedTuple

from odoo.tests import tagged

from edu_records.testing import seed

from .bad_input_kit import Attempt, BadInput, unlink, write
from .test_preschool import PreschoolCase
from .test_primary import PrimaryCase
from .test_upper import UpperCase
from .test_year_results import LOW, YearCase

TABLES = (
    "edu_year_review",
    "edu_year_result",
    "edu_year_subject",
    "edu_lock_window",
    "edu_correction",
    "edu_correction_evidence",
    "edu_correction_month",
    "edu_gradebook_inspection",
    "edu_assessment_day",
    "edu_attendance",
    "edu_day_off",
    "edu_remark",
    "edu_school_week",
    "edu_comment_phrase",
    "edu_confirmation",
    "edu_confirmation_item",
    "edu_subject_choice",
    "edu_growth_measure",
    "edu_mark",
    "edu_ledger_entry",
)
MEASURE, CHOICE = "edu.growth.measure", "edu.subject.choice"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
CRAFTED = {
    "tracking_disable": True,
    "edu_guard": True,
    "install_mode": True,
    "import_file": True,
    "force": True,
    "su": True,
    "uid": 1,
}


class Cell(NamedTuple):
    """A mark of another scheme, and the code that answers it."""

    sheet: str
    column: str
    value: object
    code: str


def create(model, **vals):
    """A record whose values may be functions of the test."""
    return lambda t: (model, "create", [{name: t.value(one) for name, one in vals.items()}])


def call(model, method, *args):
    return lambda t: (model, method, *(t.value(one) for one in args))


def on(record, method, *args):
    """A button of a record, with further arguments."""
    return lambda t: (getattr(t, record)._name, method, [getattr(t, record).id], *args)


def load(model, record, field, value):
    return lambda t: (model, "load", [".id", field], [[str(getattr(t, record).id), value]])


def through(model, record, field, child, command, **vals):
    """A command of a parent's field: ``command`` is 1 (change), 2 (delete), 3 (take out), 5, 0."""

    def made(t):
        place = (command, 0) if command == 5 else (command, getattr(t, child).id, vals)
        return model, "write", [getattr(t, record).id], {field: [place]}

    return made


def remark(**change):
    """One remark of a pupil of the open class in its week."""

    def made(t):
        sent = {"enrollment": t.stranger.id, "text": "Học tốt.", "version": 0}
        place = {"class_id": t.open_class.id, "week_id": t.week.id, "subject_id": t.maths.id}
        given = {name: t.value(one) for name, one in change.items()}
        place.update({name: one for name, one in given.items() if name in place})
        sent.update({name: one for name, one in given.items() if name not in place})
        return "edu.remark", "save_remarks", *place.values(), [sent]

    return made


def attend(school_class="kept_class", month="2024-10", **change):
    """One cell of a month's attendance."""

    def made(t):
        cell = {"enrollment": t.kept_line.id, "column": "2024-10-08:am", "value": "K", "version": 0}
        cell.update({name: t.value(one) for name, one in change.items()})
        place = t.value(school_class) if callable(school_class) else getattr(t, school_class).id
        return "edu.attendance", "save_month", place, month, [cell]

    return made


def measure(**change):
    """A child's measure in the open stage; what is None is left out."""

    def made(t):
        vals = {"gradebook_period_id": t.open_stage, "enrollment_id": t.lines[1]}
        vals.update({"measured_on": "2026-10-02", "weight": "18,5", "height": "108"}, **change)
        given = {name: t.value(one) for name, one in vals.items() if one is not None}
        return MEASURE, "create", [given]

    return made


def choose(**change):
    """A pupil who does not take a chosen subject; what is None is left out."""

    def made(t):
        vals = {"enrollment_id": t.lines[1], "subject_id": t.chosen, "taken": False, **change}
        given = {name: t.value(one) for name, one in vals.items() if one is not None}
        return CHOICE, "create", [given]

    return made


def correct(**change):
    """The wizard of a correction, filled in by its teacher, and its button."""

    def made(t):
        vals = {
            "gradesheet_id": t.open_sheet.id,
            "enrollment_id": t.stranger.id,
            "column_id": t.columns[0].id,
            "new_value": "9",
            "reason": "Gõ nhầm",
            "book_page": "12",
            "paper_file": base64.b64encode(PDF),
        }
        vals.update({name: t.value(one) for name, one in change.items()})
        wizard = t.env["edu.correction.wizard"].with_user(t.teacher).create(vals)
        return "edu.correction.wizard", "action_file", [wizard.id]

    return made


def run(code):
    """A server action that runs ``code`` with ``sudo``, for the IT administrator."""
    return lambda t: ("ir.actions.server", "run", [t.action(code).id])


REVIEWS = [
    Attempt("create a review", "admin", create("edu.year.review", class_id=lambda t: t.open_class)),
    Attempt("copy a review", "admin", on("review", "copy")),
    Attempt("delete a review", "admin", unlink("edu.year.review", "review")),
    Attempt(
        "reopen a review by its state", "admin", write("edu.year.review", "review", state="draft")
    ),
    Attempt(
        "a review's snapshot", "principal", write("edu.year.review", "review", snapshot_id=False)
    ),
    Attempt(
        "give a review another class",
        "admin",
        lambda t: ("edu.year.review", "write", [t.review.id], {"class_id": t.open_class.id}),
    ),
    Attempt(
        "number of the decision after the approval",
        "principal",
        write("edu.year.review", "review", decision_number="99/QĐ"),
    ),
    Attempt(
        "number of the decision by the homeroom teacher",
        "homeroom",
        write("edu.year.review", "draft_review", decision_number="1/QĐ"),
    ),
    Attempt("approve a draft", "principal", on("draft_review", "action_approve")),
    Attempt("propose what is incomplete", "homeroom", on("draft_review", "action_lock")),
    Attempt("return by the homeroom teacher", "homeroom", on("review", "action_return", "vì")),
    Attempt("return by the IT administrator", "it_admin", on("review", "action_return", "vì")),
    Attempt("return without a reason", "principal", on("review", "action_return", "")),
    Attempt(
        "import a review's state", "admin", load("edu.year.review", "review", "state", "draft")
    ),
    Attempt("a review of another school", "foreign_principal", on("review", "action_return", "vì")),
    Attempt(
        "a result by its column", "admin", write("edu.year.result", "result", outcome="LEN_LOP")
    ),
    Attempt(
        "a decision after the approval",
        "principal",
        write("edu.year.result", "result", decision="LEN_LOP"),
    ),
    Attempt(
        "a proposal after the approval",
        "homeroom",
        write("edu.year.result", "result", proposal="LEN_LOP"),
    ),
    Attempt(
        "a proposal with a crafted context",
        "homeroom",
        write("edu.year.result", "result", proposal="LEN_LOP"),
        CRAFTED,
    ),
    Attempt(
        "a decision by the homeroom teacher",
        "homeroom",
        write("edu.year.result", "draft_result", decision="LEN_LOP"),
    ),
    Attempt(
        "a decision while it is in preparation",
        "principal",
        write("edu.year.result", "draft_result", decision="LEN_LOP"),
    ),
    Attempt(
        "a decision of primary",
        "homeroom",
        write("edu.year.result", "draft_result", proposal="HOAN_THANH_CT_LOP"),
    ),
    Attempt(
        "merit of primary", "homeroom", write("edu.year.result", "draft_result", merit="subject")
    ),
    *(
        Attempt(
            f"absences: {name}", "homeroom", write("edu.year.result", "draft_result", absent=value)
        )
        for name, value in (
            ("a float", 1.5),
            ("the float zero", 0.0),
            ("the number zero", 0),
            ("NaN", "NaN"),
            ("a number that is none", float("nan")),
            ("1e1", "1e1"),
            ("full-width digits", "１２"),
            ("minus", "-1"),
            ("half a session", "1,5"),
            ("a thousand", "1000"),
            ("true", True),
            ("a list", ["1"]),
            ("an empty list", []),
        )
    ),
    Attempt(
        "a note of a book's length",
        "homeroom",
        write("edu.year.result", "draft_result", note="x" * 5000),
    ),
    Attempt(
        "a proposal by its teacher elsewhere",
        "other_teacher",
        write("edu.year.result", "draft_result", proposal="LEN_LOP"),
    ),
    Attempt(
        "a proposal in another school",
        "foreign_homeroom",
        write("edu.year.result", "draft_result", proposal="LEN_LOP"),
    ),
    Attempt("delete a result of the year", "admin", unlink("edu.year.result", "result")),
    Attempt("copy a result of the year", "admin", on("result", "copy")),
    Attempt(
        "create a result of the year",
        "admin",
        create("edu.year.result", review_id=lambda t: t.review, enrollment_id=lambda t: t.stranger),
    ),
    Attempt(
        "import a decision", "admin", load("edu.year.result", "result", "decision", "Promoted")
    ),
    *(
        Attempt(
            f"a result through its review: command {command}",
            "principal",
            through(
                "edu.year.review", "review", "result_ids", "result", command, decision="LEN_LOP"
            ),
        )
        for command in (1, 2, 3, 5)
    ),
    Attempt(
        "another class's result into the review",
        "principal",
        through("edu.year.review", "review", "result_ids", "draft_result", 4),
    ),
    Attempt(
        "a review through its class",
        "it_admin",
        through("edu.class", "school_class", "review_ids", "review", 2),
    ),
    Attempt(
        "a result through its class",
        "it_admin",
        lambda t: (
            *("edu.class", "write", [t.school_class.id]),
            {"review_ids": [(1, t.review.id, {"result_ids": [(2, t.result.id)]})]},
        ),
    ),
    Attempt(
        "a decision by a server action",
        "it_admin",
        run("env['edu.year.result'].sudo().browse({t.result.id}).write({{'decision': 'LEN_LOP'}})"),
    ),
    Attempt(
        "a result deleted by a server action",
        "it_admin",
        run("env['edu.year.result'].sudo().browse({t.result.id}).unlink()"),
    ),
    Attempt(
        "a subject's year by its column",
        "admin",
        write("edu.year.subject", "year_subject", value="10"),
    ),
    Attempt(
        "a re-assessment that is not due",
        "teacher",
        write("edu.year.subject", "year_subject", retest="8"),
    ),
    Attempt(
        "a re-assessment by another teacher",
        "other_teacher",
        write("edu.year.subject", "due", retest="8"),
    ),
    Attempt(
        "a re-assessment by the principal",
        "principal",
        write("edu.year.subject", "due", retest="8"),
    ),
    Attempt(
        "a re-assessment with its average",
        "teacher",
        write("edu.year.subject", "due", retest="8", value="8"),
    ),
    Attempt("import a re-assessment", "it_admin", load("edu.year.subject", "due", "retest", "8")),
    Attempt(
        "a re-assessment by a server action",
        "it_admin",
        run("env['edu.year.subject'].sudo().browse({t.due.id}).write({{'retest': '8'}})"),
    ),
    *(
        Attempt(f"re-assessed: {name}", "teacher", write("edu.year.subject", "due", retest=value))
        for name, value in (
            ("a float", 8.5),
            ("zero as a float", 0.0),
            ("zero as a number", 0),
            ("a number that is none", float("nan")),
            ("NaN", "NaN"),
            ("1e1", "1e1"),
            ("full-width digits", "８"),
            ("more than ten", "10,5"),
            ("two decimals", "8,55"),
            ("a letter", "Đ"),
            ("an empty list", []),
        )
    ),
]

WINDOWS = [
    Attempt(
        "a window by a teacher",
        "teacher",
        create("edu.lock.window", school_year_id=lambda t: t.year, date_from="2024-09-05"),
    ),
    Attempt(
        "a window by an IT administrator who is not entrusted",
        "it_admin",
        create("edu.lock.window", school_year_id=lambda t: t.year, date_from="2024-09-05"),
    ),
    Attempt(
        "a window whose year is in the context",
        "it_admin",
        lambda t: ("edu.lock.window", "create", [{"date_from": "2024-09-05"}]),
        lambda t: {"default_school_year_id": t.year.id},
    ),
    Attempt("a window taken back", "it_admin", write("edu.lock.window", "window", active=False)),
    Attempt("archive a window", "it_admin", on("window", "action_archive")),
    Attempt("put a window in force", "it_admin", on("window", "action_put_in_force")),
    Attempt("delete a window", "admin", unlink("edu.lock.window", "window")),
    Attempt("copy a window", "it_admin", on("window", "copy")),
    Attempt(
        "a window's moment", "admin", write("edu.lock.window", "window", closes_at="2099-01-01")
    ),
    Attempt(
        "import a window", "it_admin", load("edu.lock.window", "window", "date_to", "2099-01-01")
    ),
    *(
        Attempt(
            f"a window through its year: command {command}",
            "it_admin",
            through("edu.school.year", "year", "window_ids", "window", command, active=False),
        )
        for command in (1, 2, 3, 5)
    ),
    *(
        Attempt(
            f"a window's hour: {name}",
            "principal",
            write("edu.lock.window", "window", hour_to=value),
        )
        for name, value in (
            ("NaN", float("nan")),
            ("infinity", float("inf")),
            ("25", 25.0),
            ("minus", -1.0),
            ("zero", 0.0),
        )
    ),
    Attempt(
        "a window that ends at no hour",
        "principal",
        write("edu.lock.window", "window", date_to="2024-10-01", hour_to=float("nan")),
    ),
    Attempt(
        "an exam in the year 1",
        "principal",
        write("edu.lock.window", "window", kind="exam", exam_date="0001-01-01"),
    ),
    Attempt(
        "a window that ends before it begins",
        "principal",
        write("edu.lock.window", "window", date_to="2024-01-01"),
    ),
    Attempt(
        "a window until the end of time",
        "principal",
        write("edu.lock.window", "window", date_to="9999-12-31"),
    ),
    Attempt(
        "a window from the year 1",
        "principal",
        write("edu.lock.window", "window", date_from="0001-01-01"),
    ),
    Attempt(
        "a window of another school",
        "principal",
        create("edu.lock.window", school_year_id=lambda t: t.foreign_year, date_from="2024-09-05"),
    ),
    Attempt(
        "a window of another school's class",
        "principal",
        create(
            "edu.lock.window",
            school_year_id=lambda t: t.year,
            class_id=lambda t: t.foreign_class,
            date_from="2024-09-05",
        ),
    ),
    Attempt(
        "give a window to another school",
        "principal",
        lambda t: (
            "edu.lock.window",
            "write",
            [t.window.id],
            {"school_year_id": t.foreign_year.id},
        ),
    ),
    Attempt(
        "a window by a server action",
        "it_admin",
        run("env['edu.lock.window'].sudo().browse({t.window.id}).write({{'active': False}})"),
    ),
]

CORRECTIONS = [
    *(
        Attempt(
            f"write a dossier's {name}",
            "admin",
            write("edu.correction", "dossier", **{name: value}),
        )
        for name, value in (("state", "refused"), ("new_value", "10"), ("reason", "khác"))
    ),
    Attempt("delete a dossier", "admin", unlink("edu.correction", "dossier")),
    Attempt("copy a dossier", "admin", on("dossier", "copy")),
    Attempt(
        "create a dossier",
        "teacher",
        create("edu.correction", gradesheet_id=lambda t: t.open_sheet),
    ),
    Attempt("import a dossier", "admin", load("edu.correction", "dossier", "new_value", "10")),
    Attempt("confirm a dossier as its teacher", "teacher", on("waiting", "action_confirm")),
    Attempt("confirm a dossier as principal", "principal", on("waiting", "action_confirm")),
    Attempt("approve a dossier as its teacher", "teacher", on("waiting", "action_approve")),
    Attempt("approve what nobody confirmed", "principal", on("waiting", "action_approve")),
    Attempt("enter what nobody approved", "teacher", on("waiting", "action_apply")),
    Attempt("enter another value", "teacher", write("edu.correction", "waiting", new_value="10")),
    Attempt("approve what was entered already", "principal", on("dossier", "action_approve")),
    Attempt("refuse what was entered already", "principal", on("dossier", "action_refuse")),
    Attempt("enter it twice", "teacher", on("dossier", "action_apply")),
    Attempt("file by the inner method", "teacher", call("edu.correction", "_edu_file", 1, {}, [])),
    Attempt(
        "a dossier by a server action",
        "it_admin",
        run("env['edu.correction'].sudo().browse({t.dossier.id}).write({{'new_value': '10'}})"),
    ),
    Attempt(
        "confirm by a server action",
        "it_admin",
        run("env['edu.correction'].sudo().browse({t.waiting.id}).action_confirm()"),
    ),
    *(
        Attempt(f"correct: {name}", "teacher", correct(**vals))
        for name, vals in (
            ("without a reason", {"reason": " "}),
            ("without the book's page", {"book_page": False}),
            ("without the paper", {"paper_file": False}),
            ("with a program for a paper", {"paper_file": base64.b64encode(b"MZ\x90")}),
            ("with a paper that cannot be read", {"paper_file": "%%%"}),
            ("NaN", {"new_value": "NaN"}),
            ("1e1", {"new_value": "1e1"}),
            ("full-width digits", {"new_value": "９"}),
            ("more than ten", {"new_value": "11"}),
            ("a letter", {"new_value": "Đ"}),
            ("a cell without a mark", {"column_id": lambda t: t.columns[2]}),
            ("a third attempt", {"attempt": 3}),
            ("a pupil of another class", {"enrollment_id": lambda t: t.line}),
            (
                "a witness of another class",
                {"oral": True, "witness_id": lambda t: t.line},
            ),
            ("a sheet that is approved", {"gradesheet_id": lambda t: t.sheet}),
        )
    ),
    Attempt("correct as another teacher", "other_teacher", correct()),
    Attempt("correct as principal", "principal", correct()),
    *(
        Attempt(
            f"evidence through its dossier: command {command}",
            "admin",
            through("edu.correction", "dossier", "evidence_ids", "paper", command, name="khác.pdf"),
        )
        for command in (1, 2, 3, 5)
    ),
    Attempt(
        "replace evidence", "admin", write("edu.correction.evidence", "paper", data="JVBERg==")
    ),
    Attempt("delete evidence", "admin", unlink("edu.correction.evidence", "paper")),
    Attempt(
        "evidence's bytes by their attachment",
        "admin",
        lambda t: ("ir.attachment", "write", t.files().ids, {"raw": "khác"}),
    ),
    Attempt(
        "delete evidence's bytes", "admin", lambda t: ("ir.attachment", "unlink", t.files().ids)
    ),
    Attempt(
        "bytes of one's own for evidence",
        "teacher",
        lambda t: (
            *("ir.attachment", "create"),
            [
                {
                    "name": "x",
                    "res_model": "edu.correction.evidence",
                    "res_field": "data",
                    "res_id": t.paper.id,
                    "raw": "x",
                }
            ],
        ),
    ),
    Attempt("a month's state", "admin", write("edu.correction.month", "month", state="accepted")),
    Attempt("delete a month", "admin", unlink("edu.correction.month", "month")),
    Attempt("create a month", "teacher", create("edu.correction.month", month="2024-10-01")),
    Attempt(
        "take dossiers out of a month",
        "admin",
        write("edu.correction.month", "month", correction_ids=[(5,)]),
    ),
    Attempt("accept what is not explained", "principal", on("month", "action_accept")),
    Attempt("accept one's own month", "teacher", on("month", "action_accept")),
    Attempt(
        "explain somebody else's month", "other_teacher", on("month", "explain_corrections", "vì")
    ),
    Attempt("explain a month as principal", "principal", on("month", "explain_corrections", "vì")),
    Attempt("explain with nothing", "teacher", on("month", "explain_corrections", "  ")),
    Attempt("explain with a number", "teacher", on("month", "explain_corrections", 5)),
    Attempt("explain with a list", "teacher", on("month", "explain_corrections", ["vì"])),
]

INSPECTIONS = [
    Attempt(
        "remark on a book as vice principal",
        "vice",
        create(
            "edu.gradebook.inspection",
            gradebook_id=lambda t: t.gradebook,
            month="2024-11-01",
            remark="Tốt",
        ),
    ),
    Attempt(
        "remark on a book as IT administrator",
        "it_admin",
        create(
            "edu.gradebook.inspection",
            gradebook_id=lambda t: t.gradebook,
            month="2024-11-01",
            remark="Tốt",
        ),
    ),
    *(
        Attempt(
            f"remark on a book {name}",
            "principal",
            create(
                "edu.gradebook.inspection",
                **{
                    "gradebook_id": lambda t: t.gradebook,
                    "month": "2024-11-01",
                    "remark": "Tốt",
                    **vals,
                },
            ),
        )
        for name, vals in (
            ("twice in a month", {"month": "2024-10-20"}),
            ("before the year", {"month": "2024-07-01"}),
            ("after the year", {"month": "2025-08-01"}),
            ("in the year 9999", {"month": "9999-12-01"}),
            ("without a word", {"remark": False}),
            ("with blanks", {"remark": "  \n "}),
            ("for somebody else", {"author_id": lambda t: t.vice}),
            ("of another school", {"gradebook_id": lambda t: t.foreign_book}),
            ("of another school by its company", {"company_id": lambda t: t.foreign_school}),
        )
    ),
    Attempt(
        "change a remark on a book as teacher",
        "teacher",
        write("edu.gradebook.inspection", "inspection", remark="khác"),
    ),
    Attempt(
        "give it another book",
        "principal",
        lambda t: (
            "edu.gradebook.inspection",
            "write",
            [t.inspection.id],
            {"gradebook_id": t.open_class.gradebook_ids.id},
        ),
    ),
    Attempt(
        "delete a remark on a book", "principal", unlink("edu.gradebook.inspection", "inspection")
    ),
    Attempt("copy a remark on a book", "principal", on("inspection", "copy")),
    Attempt(
        "import a remark on a book",
        "it_admin",
        load("edu.gradebook.inspection", "inspection", "remark", "khác"),
    ),
    Attempt(
        "a remark on a book by a server action",
        "it_admin",
        run(
            "env['edu.gradebook.inspection'].sudo().browse({t.inspection.id})"
            ".write({{'remark': 'x'}})"
        ),
    ),
]

DAYS = [
    Attempt(
        "a day of a locked sheet", "teacher", write("edu.assessment.day", "day", day="2024-10-02")
    ),
    Attempt(
        "a new day of a locked sheet",
        "teacher",
        create(
            "edu.assessment.day",
            gradesheet_id=lambda t: t.sheet,
            column_id=lambda t: t.columns[1],
            day="2024-10-02",
        ),
    ),
    Attempt(
        "a locked sheet in the context",
        "teacher",
        lambda t: (
            "edu.assessment.day",
            "create",
            [{"column_id": t.columns[1].id, "day": "2024-10-02"}],
        ),
        lambda t: {"default_gradesheet_id": t.sheet.id},
    ),
    Attempt(
        "somebody else's sheet in the context",
        "homeroom",
        lambda t: (
            "edu.assessment.day",
            "create",
            [{"column_id": t.columns[1].id, "day": "2024-10-02"}],
        ),
        lambda t: {"default_gradesheet_id": t.open_sheet.id},
    ),
    Attempt(
        "a day by the principal",
        "principal",
        create(
            "edu.assessment.day",
            gradesheet_id=lambda t: t.open_sheet,
            column_id=lambda t: t.columns[1],
            day="2024-10-02",
        ),
    ),
    Attempt(
        "a day by another teacher",
        "other_teacher",
        create(
            "edu.assessment.day",
            gradesheet_id=lambda t: t.open_sheet,
            column_id=lambda t: t.columns[1],
            day="2024-10-02",
        ),
    ),
    *(
        Attempt(
            f"a day {name}",
            "teacher",
            create(
                "edu.assessment.day",
                **{
                    "gradesheet_id": lambda t: t.open_sheet,
                    "column_id": lambda t: t.columns[1],
                    "day": "2024-10-02",
                    **vals,
                },
            ),
        )
        for name, vals in (
            ("before the year", {"day": "2024-07-01"}),
            ("after the year", {"day": "2025-08-01"}),
            ("that is none", {"day": False}),
            ("without its sheet", {"gradesheet_id": False}),
            ("of a column that the subject lacks", {"column_id": lambda t: t.other_column}),
            ("by somebody else", {"author_id": lambda t: t.vice}),
            ("of another school's sheet", {"gradesheet_id": lambda t: t.foreign_sheet}),
        )
    ),
    Attempt(
        "give a day another sheet",
        "teacher",
        lambda t: ("edu.assessment.day", "write", [t.day.id], {"gradesheet_id": t.open_sheet.id}),
    ),
    Attempt("delete a day", "teacher", unlink("edu.assessment.day", "day")),
    Attempt("copy a day", "teacher", on("day", "copy")),
    Attempt("import a day", "teacher", load("edu.assessment.day", "day", "day", "2024-10-02")),
    Attempt(
        "a day by a server action",
        "it_admin",
        run("env['edu.assessment.day'].sudo().browse({t.day.id}).write({{'day': '2024-10-02'}})"),
    ),
    Attempt(
        "a day off by a teacher",
        "teacher",
        create("edu.day.off", name="Nghỉ", date_from="2024-10-21", date_to="2024-10-21"),
    ),
    Attempt(
        "a day off that ends before it begins",
        "principal",
        create("edu.day.off", name="Nghỉ", date_from="2024-10-21", date_to="2024-10-20"),
    ),
    Attempt(
        "a day off on which pupils were absent",
        "principal",
        create("edu.day.off", name="Nghỉ", date_from="2024-10-07", date_to="2024-10-07"),
    ),
    Attempt(
        "absences under a day off that moves",
        "vice",
        write("edu.day.off", "off", date_from="2024-10-01"),
    ),
    Attempt(
        "a day off of all time",
        "principal",
        create("edu.day.off", name="Nghỉ", date_from="0001-01-01", date_to="9999-12-31"),
    ),
    Attempt(
        "a day off in no school year",
        "principal",
        create("edu.day.off", name="Nghỉ", date_from="1999-10-21", date_to="1999-10-21"),
    ),
    Attempt(
        "a day off of another school",
        "principal",
        create(
            "edu.day.off",
            name="Nghỉ",
            date_from="2024-10-21",
            date_to="2024-10-21",
            company_id=lambda t: t.foreign_school,
        ),
    ),
    Attempt(
        "a day off given to another school",
        "principal",
        lambda t: ("edu.day.off", "write", [t.off.id], {"company_id": t.foreign_school.id}),
    ),
    Attempt("delete a day off", "principal", unlink("edu.day.off", "off")),
    Attempt("import a day off", "clerk", load("edu.day.off", "off", "date_from", "2024-10-21")),
]

ATTENDANCE = [
    Attempt("write an absence", "admin", write("edu.attendance", "absence", token="P")),
    Attempt("delete an absence", "admin", unlink("edu.attendance", "absence")),
    Attempt("copy an absence", "admin", on("absence", "copy")),
    Attempt("create an absence", "homeroom", create("edu.attendance", day="2024-10-08", token="P")),
    Attempt("import an absence", "admin", load("edu.attendance", "absence", "token", "Excused")),
    Attempt(
        "an absence by a server action",
        "it_admin",
        run("env['edu.attendance'].sudo().browse({t.absence.id}).write({{'token': 'P'}})"),
    ),
    Attempt(
        "keep attendance by a server action",
        "it_admin",
        run("env['edu.attendance'].sudo().save_month({t.kept_class.id}, '2024-10', [])"),
    ),
    Attempt("keep attendance as principal", "principal", attend()),
    Attempt("keep attendance as subject teacher", "teacher", attend()),
    Attempt("keep attendance from another school", "foreign_homeroom", attend()),
    Attempt("keep attendance of another school", "homeroom", attend("foreign_class")),
    Attempt("keep attendance of a class that does not", "homeroom", attend("open_class")),
    Attempt(
        "keep attendance of a locked period",
        "homeroom",
        attend("school_class", enrollment=lambda t: t.line),
    ),
    Attempt(
        "attendance with a crafted context",
        "homeroom",
        attend("school_class", enrollment=lambda t: t.line),
        CRAFTED,
    ),
    *(
        Attempt(f"attendance of a month: {name}", "homeroom", attend(month=month))
        for name, month in (
            ("full-width digits", "２０２４-10"),
            ("before the year", "2024-05"),
            ("after the year", "2025-09"),
            ("a thirteenth", "2024-13"),
            ("a number", 202410),
            ("with a line's end", "2024-10\n"),
        )
    ),
    *(
        Attempt(f"attendance of a class: {name}", "homeroom", attend(lambda t, place=place: place))
        for name, place in (
            ("a text", "1"),
            ("true", True),
            ("a float", 1.0),
            ("none of this database", 10**9),
            ("too large for the database", 10**20),
        )
    ),
    *(
        Attempt(f"an absence's {field}: {name}", "homeroom", attend(**{field: value}))
        for field, name, value in (
            ("value", "a float", 1.0),
            ("value", "true", True),
            ("value", "a letter", "X"),
            ("value", "small", "p"),
            ("value", "nothing", None),
            ("value", "full-width", "Ｋ"),
            ("version", "a text", "0"),
            ("version", "NaN", float("nan")),
            ("version", "one that is not there", 7),
            ("enrollment", "a text", "1"),
            ("enrollment", "none", -1),
            ("enrollment", "another class's", lambda t: t.stranger),
            ("enrollment", "another school's", lambda t: t.foreigner),
            ("column", "a Sunday", "2024-10-06:am"),
            ("column", "a session that is none", "2024-10-08:pm"),
            ("column", "another month", "2024-11-08:am"),
            ("column", "a number", 8),
            ("column", "a list", ["2024-10-08:am"]),
        )
    ),
]

REMARKS = [
    Attempt("write a remark", "admin", write("edu.remark", "remark", text="khác")),
    Attempt("delete a remark", "admin", unlink("edu.remark", "remark")),
    Attempt("copy a remark", "admin", on("remark", "copy")),
    Attempt("create a remark", "teacher", create("edu.remark", text="Tốt")),
    Attempt("import a remark", "admin", load("edu.remark", "remark", "text", "khác")),
    Attempt(
        "a remark by a server action",
        "it_admin",
        run("env['edu.remark'].sudo().browse({t.remark.id}).write({{'text': 'x'}})"),
    ),
    Attempt(
        "save remarks by a server action",
        "it_admin",
        run(
            "env['edu.remark'].sudo().save_remarks("
            "{t.open_class.id}, {t.week.id}, {t.maths.id}, [{{'text': 'x'}}])"
        ),
    ),
    Attempt("remark as another teacher", "other_teacher", remark()),
    Attempt("remark as principal", "principal", remark()),
    Attempt("remark as the homeroom teacher for the subject", "homeroom", remark()),
    Attempt("remark for the homeroom teacher", "teacher", remark(subject_id=False)),
    Attempt("remark in a locked period", "teacher", remark(class_id=lambda t: t.school_class)),
    Attempt(
        "remark with a crafted context",
        "teacher",
        remark(class_id=lambda t: t.school_class),
        CRAFTED,
    ),
    Attempt("remark in another school", "teacher", remark(class_id=lambda t: t.foreign_class)),
    Attempt("remark in a week of another year", "teacher", remark(week_id=lambda t: t.other_week)),
    Attempt("remark in another school's week", "teacher", remark(week_id=lambda t: t.foreign_week)),
    Attempt("remark from another school", "foreign_principal", remark()),
    *(
        Attempt(f"a remark's {field}: {name}", "teacher", remark(**{field: value}))
        for field, name, value in (
            ("class_id", "a text", "6A"),
            ("class_id", "half a number", lambda t: t.open_class.id + 0.5),
            ("class_id", "full-width digits", "１"),
            ("class_id", "infinity", float("inf")),
            ("class_id", "NaN", float("nan")),
            ("class_id", "too large", 10**20),
            ("class_id", "nothing", None),
            ("week_id", "a list", [1]),
            ("week_id", "half a number", lambda t: t.week.id + 0.5),
            ("week_id", "none of this database", 10**9),
            ("subject_id", "half a number", lambda t: t.maths.id + 0.5),
            ("subject_id", "a text", "TOAN"),
            ("subject_id", "none of this database", 10**9),
            ("enrollment", "half a number", lambda t: t.stranger.id + 0.5),
            ("enrollment", "infinity", float("inf")),
            ("enrollment", "true", True),
            ("enrollment", "another class's", lambda t: t.line),
            ("enrollment", "another school's", lambda t: t.foreigner),
            ("text", "a number", 8),
            ("text", "a list", ["Tốt"]),
            ("text", "too long", "Tốt " * 5000),
            ("text", "a byte that no text has", "Tốt\x00"),
            ("text", "half a character", "Tốt\ud800"),
            ("version", "half a number", 0.5),
            ("version", "infinity", float("inf")),
            ("version", "one that is not there", 7),
        )
    ),
    Attempt(
        "remarks that are no list",
        "teacher",
        lambda t: ("edu.remark", "save_remarks", t.open_class.id, t.week.id, t.maths.id, 5),
    ),
    Attempt(
        "remarks without an end",
        "teacher",
        lambda t: ("edu.remark", "save_remarks", t.open_class.id, t.week.id, t.maths.id, ["x"]),
    ),
    Attempt(
        "create a week",
        "principal",
        create("edu.school.week", school_year_id=lambda t: t.year, date_start="2024-09-02"),
    ),
    Attempt("a week's number", "principal", write("edu.school.week", "week", number=1)),
    Attempt("a week's Monday", "admin", write("edu.school.week", "week", date_start="2024-09-02")),
    Attempt(
        "a week as break by a teacher", "teacher", write("edu.school.week", "week", is_break=True)
    ),
    Attempt(
        "a week as break by the vice principal",
        "vice",
        write("edu.school.week", "week", is_break=True),
    ),
    Attempt(
        "a week with remarks as a break",
        "principal",
        write("edu.school.week", "week", is_break=True),
    ),
    Attempt("delete a week", "admin", unlink("edu.school.week", "week")),
    Attempt("copy a week", "admin", on("week", "copy")),
    Attempt("import a week", "admin", load("edu.school.week", "week", "number", "1")),
    *(
        Attempt(
            f"a week through its year: command {command}",
            "it_admin",
            through("edu.school.year", "year", "week_ids", "week", command, is_break=True),
        )
        for command in (1, 2, 3, 5)
    ),
    Attempt(
        "a week by a server action",
        "it_admin",
        run("env['edu.school.week'].sudo().browse({t.week.id}).write({{'is_break': True}})"),
    ),
    Attempt(
        "a phrase of the school by a teacher",
        "teacher",
        create("edu.comment.phrase", name="x", text="x", user_id=False),
    ),
    Attempt(
        "a phrase for somebody else",
        "teacher",
        create("edu.comment.phrase", name="x", text="x", user_id=lambda t: t.other_teacher),
    ),
    Attempt(
        "somebody else's phrase",
        "other_teacher",
        write("edu.comment.phrase", "phrase", text="khác"),
    ),
    Attempt(
        "somebody else's phrase by the principal",
        "principal",
        write("edu.comment.phrase", "phrase", text="khác"),
    ),
    Attempt("delete somebody else's phrase", "it_admin", unlink("edu.comment.phrase", "phrase")),
    Attempt(
        "make one's phrase the school's",
        "teacher",
        write("edu.comment.phrase", "phrase", user_id=False),
    ),
    Attempt(
        "give one's phrase away",
        "teacher",
        lambda t: ("edu.comment.phrase", "write", [t.phrase.id], {"user_id": t.other_teacher.id}),
    ),
    Attempt(
        "give one's phrase to another school",
        "teacher",
        lambda t: (
            "edu.comment.phrase",
            "write",
            [t.phrase.id],
            {"company_id": t.foreign_school.id},
        ),
    ),
    Attempt(
        "a phrase in another school",
        "teacher",
        create("edu.comment.phrase", name="x", text="x", company_id=lambda t: t.foreign_school),
    ),
    Attempt(
        "a shortcut with a blank", "teacher", create("edu.comment.phrase", name="a b", text="x")
    ),
    Attempt("a shortcut twice", "teacher", create("edu.comment.phrase", name="NGOAN", text="x")),
    Attempt(
        "a phrase by a server action",
        "it_admin",
        run("env['edu.comment.phrase'].sudo().browse({t.phrase.id}).write({{'text': 'x'}})"),
    ),
]

CONFIRMATIONS = [
    Attempt(
        "create a confirmation",
        "homeroom",
        create("edu.confirmation", class_id=lambda t: t.open_class),
    ),
    Attempt("copy a confirmation", "admin", on("confirmation", "copy")),
    Attempt("delete a confirmation", "admin", unlink("edu.confirmation", "confirmation")),
    Attempt(
        "write a part", "homeroom", write("edu.confirmation.item", "item", facts_sha256="0" * 64)
    ),
    Attempt(
        "write a part as administrator",
        "admin",
        write("edu.confirmation.item", "item", facts_sha256="0" * 64),
    ),
    Attempt("delete a part", "admin", unlink("edu.confirmation.item", "item")),
    Attempt("import a part", "admin", load("edu.confirmation.item", "item", "facts_sha256", "0")),
    Attempt("confirm as principal", "principal", on("item", "action_confirm")),
    Attempt("confirm as subject teacher", "teacher", on("item", "action_confirm")),
    Attempt("confirm from another school", "foreign_homeroom", on("item", "action_confirm")),
    Attempt("confirm what is locked", "homeroom", on("item", "action_confirm")),
    Attempt("withdraw what is locked", "homeroom", on("item", "action_withdraw")),
    Attempt("confirm what is incomplete", "homeroom", on("open_item", "action_confirm")),
    Attempt(
        "confirm the server's part by a server action",
        "it_admin",
        run("env['edu.confirmation.item'].sudo().browse({t.item.id}).action_confirm()"),
    ),
    *(
        Attempt(
            f"a part through its confirmation: command {command}",
            "admin",
            through(
                "edu.confirmation", "confirmation", "item_ids", "item", command, facts_sha256="0"
            ),
        )
        for command in (1, 2, 3, 5)
    ),
]

MEASURES = [
    *(
        Attempt(f"measured: {name}", "homeroom", measure(**vals))
        for name, vals in (
            ("a float", {"weight": 18.5}),
            ("a whole number", {"weight": 18}),
            ("true", {"weight": True}),
            ("a number that is none", {"weight": float("nan")}),
            ("NaN", {"weight": "NaN"}),
            ("1e1", {"weight": "1e1"}),
            ("full-width digits", {"weight": "１８"}),
            ("nothing", {"weight": False}),
            ("minus", {"height": "-108"}),
            ("metres", {"height": "1,08"}),
            ("three decimals", {"height": "108,555"}),
            ("a formula", {"height": "=108"}),
            ("tomorrow's century", {"measured_on": "2099-01-01"}),
            ("before the year", {"measured_on": "2025-08-01"}),
            ("without a stage", {"gradebook_period_id": False}),
            ("without a child", {"enrollment_id": False}),
            ("a child of another class", {"enrollment_id": lambda t: t.stranger}),
            ("in a locked stage", {"gradebook_period_id": lambda t: t.locked}),
            ("its mass index", {"bmi": "15"}),
        )
    ),
    Attempt("measure as principal", "principal", measure()),
    Attempt("measure as vice principal", "vice", measure()),
    Attempt("measure as teacher elsewhere", "other_teacher", measure()),
    Attempt(
        "a locked stage in the context",
        "homeroom",
        measure(gradebook_period_id=None),
        lambda t: {"default_gradebook_period_id": t.locked.id, **CRAFTED},
    ),
    Attempt("a measure of a locked stage", "homeroom", write(MEASURE, "measured", weight="19")),
    Attempt("another child", "homeroom", write(MEASURE, "measured", enrollment_id=1)),
    Attempt(
        "a measure into the open stage",
        "homeroom",
        lambda t: (MEASURE, "write", [t.measured.id], {"gradebook_period_id": t.open_stage.id}),
    ),
    Attempt("delete a measure", "homeroom", unlink(MEASURE, "measured")),
    Attempt("delete a measure as administrator", "admin", unlink(MEASURE, "measured")),
    Attempt("copy a measure", "homeroom", on("measured", "copy")),
    Attempt("import a measure", "homeroom", load(MEASURE, "measured", "weight", "19")),
    Attempt(
        "a measure by a server action",
        "it_admin",
        run("env['edu.growth.measure'].sudo().browse({t.measured.id}).write({{'weight': '9'}})"),
    ),
]

CHOICES = [
    *(
        Attempt(f"chosen: {name}", "vice", choose(**vals))
        for name, vals in (
            ("a subject of all", {"subject_id": lambda t: t.maths}),
            ("a subject that the class did not choose", {"subject_id": lambda t: t.unchosen}),
            ("twice", {"enrollment_id": lambda t: t.lines[0]}),
            ("without a pupil", {"enrollment_id": False}),
            ("without a subject", {"subject_id": False}),
            ("for another pupil", {"student_id": lambda t: t.lines[0].student_id}),
            ("in a class with marks", {"enrollment_id": lambda t: t.marked}),
        )
    ),
    Attempt("choose as teacher", "teacher", choose()),
    Attempt("choose as homeroom teacher", "homeroom", choose()),
    Attempt("choose as clerk", "clerk", choose()),
    Attempt(
        "choose for a pupil with marks by the context",
        "vice",
        choose(enrollment_id=None),
        lambda t: {"default_enrollment_id": t.marked.id, **CRAFTED},
    ),
    Attempt("another pupil's choice", "vice", write(CHOICE, "choice", enrollment_id=1)),
    Attempt("another class by the choice", "vice", write(CHOICE, "choice", class_id=1)),
    Attempt("choose as teacher by its list", "teacher", write(CHOICE, "choice", taken=True)),
    Attempt("delete a choice", "vice", unlink(CHOICE, "choice")),
    Attempt("delete a choice as administrator", "admin", unlink(CHOICE, "choice")),
    Attempt("copy a choice", "vice", on("choice", "copy")),
    Attempt("import a choice", "homeroom", load(CHOICE, "choice", "taken", "True")),
]

# an open sheet of the scheme: each is answered with its code, and nothing is saved
PRIMARY_CELLS = [
    Cell("TOAN", "KT", "T", "NOT_A_MARK"),
    Cell("TOAN", "KT", "7,5", "TWO_DECIMALS"),
    Cell("TOAN", "KT", "7.5", "TWO_DECIMALS"),
    Cell("TOAN", "KT", 7.5, "BAD_CELL"),
    Cell("TOAN", "KT", 7, "BAD_CELL"),
    Cell("TOAN", "KT", float("nan"), "BAD_CELL"),
    Cell("TOAN", "KT", "NaN", "NOT_A_MARK"),
    Cell("TOAN", "KT", "1e1", "NOT_A_MARK"),
    Cell("TOAN", "KT", "７", "NOT_A_MARK"),
    Cell("TOAN", "KT", "11", "OUT_OF_RANGE"),
    Cell("TOAN", "KT", "Đ", "NOT_A_MARK"),
    Cell("TOAN", "MD", "9", "NOT_A_LEVEL"),
    Cell("TOAN", "MD", "Đ", "NOT_A_LEVEL"),
    Cell("TOAN", "MD", "Ｔ", "NOT_A_LEVEL"),
    Cell("TOAN", "MD", True, "BAD_CELL"),
    Cell("TOAN", "TX1", "8", "NO_COLUMN"),
    Cell("TOAN", "YEU_NUOC", "T", "NO_COLUMN"),
    Cell("PCNL", "YEU_NUOC", "H", "NOT_A_TRAIT"),
    Cell("PCNL", "YEU_NUOC", "HTT", "NOT_A_TRAIT"),
    Cell("PCNL", "YEU_NUOC", "CĐ", "NOT_A_TRAIT"),
    Cell("PCNL", "YEU_NUOC", "9", "NOT_A_TRAIT"),
    Cell("PCNL", "YEU_NUOC", ["T"], "BAD_CELL"),
    Cell("PCNL", "KT", "9", "NO_COLUMN"),
]
PRESCHOOL_CELLS = [
    Cell("MN_TC", "", "8", "NOT_A_COMMENT"),
    Cell("MN_TC", "", "T", "NOT_A_COMMENT"),
    Cell("MN_TC", "", "C", "NOT_A_COMMENT"),
    Cell("MN_TC", "", "HTT", "NOT_A_COMMENT"),
    Cell("MN_TC", "", 1, "BAD_CELL"),
    Cell("MN_TC", "", 0.0, "BAD_CELL"),
    Cell("MN_TC", "KT", "9", "NO_COLUMN"),
    Cell("MN_TC", "TX1", "8", "NO_COLUMN"),
]

RECORDS = [
    *REVIEWS,
    *WINDOWS,
    *CORRECTIONS,
    *INSPECTIONS,
    *DAYS,
    *ATTENDANCE,
    *REMARKS,
    *CONFIRMATIONS,
]


@tagged("post_install", "-at_install")
class TestBadInputRecords(BadInput, YearCase):
    """The tables that stand around the marks: whatever clients send, no row of them changes.

    6A is locked, approved and reviewed; 6B is open, with a review in preparation; 6C is open and
    keeps its attendance; 6X is of another school.
    """

    tables = TABLES
    pupils = 2
    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_every_attempt_is_refused")
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids |= cls.company
        cls.year = cls.school_class.school_year_id
        cls.maths, cls.line = cls.subject("TOAN"), cls.lines[0]
        cls.open_class, cls.kept_class = cls.make_class("6B"), cls.make_class("6C")
        cls.stranger = cls.add_pupils(cls.open_class, 2, first=11)[0]
        cls.kept_line = cls.add_pupils(cls.kept_class, 2, first=21)[0]
        cls.open_sheet = cls.sheet_of("TOAN", cls.open_book(cls.open_class))
        cls.open_book(cls.kept_class)
        cls.set_up_records()
        case.finish(marks={(0, code): (LOW, LOW) for code in ("TOAN", "VAN")})
        cls.set_up_dossier(case)
        cls.set_up_reviews(case)
        cls.set_up_foreign_school()
        names = ("remark", "day", "absence", "off", "phrase", "window", "inspection", "dossier")
        names += ("paper", "month", "review", "draft_review", "result", "draft_result", "due")
        names += ("year_subject", "confirmation", "item", "open_item")
        case.assertFalse([name for name in names if len(getattr(cls, name)) != 1])
        cls.env.flush_all()

    @classmethod
    def set_up_records(cls):
        """One of each table, while 6A is open."""
        env = cls.env
        week = env["edu.school.week"]._edu_of(cls.year)[4]
        cls.week, cls.columns = week, cls.sheet._edu_columns()
        cls.other_column = env["edu.mark.column"].search([("id", "not in", cls.columns.ids)])[0]
        for school_class in (cls.school_class, cls.open_class):
            env["edu.remark"].with_user(cls.teacher).save_remarks(
                school_class.id, week.id, cls.maths.id, [{"enrollment": 0, "text": "Lớp ngoan."}]
            )
        cls.remark = env["edu.remark"].search([("class_id", "=", cls.school_class.id)])
        cls.day = (
            env["edu.assessment.day"]
            .with_user(cls.teacher)
            .create(
                {
                    "gradesheet_id": cls.sheet.id,
                    "column_id": cls.columns[0].id,
                    "day": "2024-10-01",
                }
            )
        )
        for school_class, line in ((cls.school_class, cls.line), (cls.kept_class, cls.kept_line)):
            school_class.with_user(cls.homeroom).action_keep_attendance()
            cell = {"enrollment": line.id, "column": "2024-10-07:am", "value": "K", "version": 0}
            answer = (
                env["edu.attendance"]
                .with_user(cls.homeroom)
                .save_month(school_class.id, "2024-10", [cell])
            )
            assert answer["cells"][0]["version"], answer
        cls.absence = env["edu.attendance"].search([("class_id", "=", cls.school_class.id)])
        cls.off = (
            env["edu.day.off"]
            .with_user(cls.principal)
            .create({"name": "Tết", "date_from": "2025-01-27", "date_to": "2025-02-01"})
        )
        cls.phrase = (
            env["edu.comment.phrase"]
            .with_user(cls.teacher)
            .create({"name": "ngoan", "text": "{tên} ngoan."})
        )
        cls.window = (
            env["edu.lock.window"]
            .with_user(cls.principal)
            .create({"school_year_id": cls.year.id, "date_from": "2024-09-05", "in_force": False})
        )
        cls.gradebook = cls.school_class.gradebook_ids
        cls.inspection = (
            env["edu.gradebook.inspection"]
            .with_user(cls.principal)
            .create({"gradebook_id": cls.gradebook.id, "month": "2024-10-01", "remark": "Tốt"})
        )

    @classmethod
    def set_up_reviews(cls, case):
        cls.review = case.open_review()
        cls.draft_review = case.open_review(cls.open_class)
        cls.review.with_user(cls.homeroom).action_lock()
        cls.review.with_user(cls.principal).action_approve()
        cls.result = case.row(cls.review)
        cls.draft_result = cls.draft_review.result_ids[0]
        cls.year_subject = case.subject_row(cls.review, "TOAN")
        cls.due = case.subject_row(case.summer(), "TOAN")
        confirmations = cls.env["edu.confirmation"]._edu_open(cls.school_class | cls.open_class)
        of = {(one.class_id, one.period_id.code): one for one in confirmations}
        cls.confirmation = of[cls.school_class, "HK1"]
        cls.item = cls.confirmation.item_ids[0]
        cls.open_item = of[cls.open_class, "HK1"].item_ids[1]

    @classmethod
    def set_up_dossier(cls, case):
        """A correction of the open class that its homeroom teacher did not confirm yet."""
        cell = {"enrollment": cls.stranger.id, "value": "5", "version": 0}
        case.save({**cell, "column": "TX1"}, {**cell, "column": "TX2"}, sheet=cls.open_sheet)
        cls.company.edu_correction_hours = 0
        wizards = cls.env["edu.correction.wizard"].with_user(cls.teacher)
        for column in cls.columns[:2]:
            wizards.browse(correct(new_value="6", column_id=column.id)(case)[2]).action_file()
        cls.waiting, cls.dossier = cls.env["edu.correction"].search(
            [("gradesheet_id", "=", cls.open_sheet.id)]
        )
        cls.dossier.with_user(cls.homeroom).action_confirm()
        cls.dossier.with_user(cls.principal).action_approve()
        cls.dossier.with_user(cls.teacher).action_apply()
        cls.paper = cls.dossier.evidence_ids
        cls.month = cls.env["edu.correction.month"].search([("teacher_id", "=", cls.teacher.id)])

    @classmethod
    def set_up_foreign_school(cls):
        school = cls.company
        cls.foreign_school = cls.env["res.company"].create(
            {"name": "Trường khác", "edu_code": "99000002"}
        )
        cls.company = cls.foreign_school
        cls.foreign_principal = cls.new_user("t.xa", "principal")
        cls.foreign_homeroom = cls.new_user("t.xahr", "teacher", "homeroom")
        cls.foreign_year = cls.env["edu.school.year"].create(
            {
                "name": cls.year_name,
                "date_start": "2024-09-05",
                "date_end": "2025-05-31",
                "company_id": cls.company.id,
            }
        )
        cls.foreign_class = cls.env["edu.class"].create(
            {
                "name": "6X",
                "school_year_id": cls.foreign_year.id,
                "grade_id": cls.grade.id,
                "homeroom_user_id": cls.foreign_homeroom.id,
            }
        )
        cls.foreigner = cls.add_pupils(cls.foreign_class, 1, first=31)
        it_admin = cls.new_user("t.xait", "it_admin")
        cls.foreign_class.with_user(it_admin).action_open_gradebook()
        cls.foreign_book = cls.foreign_class.gradebook_ids
        cls.foreign_sheet = cls.foreign_book.period_ids[0]._edu_sheets()[0]
        cls.foreign_week = cls.env["edu.school.week"]._edu_of(cls.foreign_year)[4]
        cls.company = school
        other = cls.env["edu.school.year"].create(
            {
                "name": "2023-2024",
                "date_start": "2023-09-05",
                "date_end": "2024-05-31",
                "company_id": school.id,
            }
        )
        cls.other_week = cls.env["edu.school.week"]._edu_of(other)[4]

    def files(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "edu.correction.evidence"),
                ("res_field", "=", "data"),
                ("res_id", "=", self.paper.id),
            ]
        )

    @seed("P2.2.3b", "P2.2.3d")
    def test_every_attempt_is_refused(self):
        self.refuse_all(RECORDS)

    @seed("P2.2.3b")
    def test_the_lists_are_long_and_name_every_attempt_once(self):
        for attempts in (RECORDS, MEASURES, CHOICES):
            names = [one.name for one in attempts]
            self.assertEqual(sorted(names), sorted(set(names)))
        self.assertGreaterEqual(len(RECORDS), 60)


class SchemeBadInput(BadInput):
    """Marks of the scheme's columns, sent to open sheets by whoever enters them."""

    tables = TABLES

    def refuse_cells(self, cells, book):
        before = self.state()
        for one in cells:
            sheet = self.sheet_of(one.sheet, book)
            column = one.column or sheet._edu_columns()[0].code
            with self.subTest(sheet=one.sheet, column=column, value=one.value):
                answer = self.typed(sheet, column, one.value)
                self.assertEqual(answer.get("error"), one.code, answer)
                self.assertTrue(answer["message"])
                self.assertEqual(self.state(), before)


@tagged("post_install", "-at_install")
class TestBadInputPrimary(SchemeBadInput, PrimaryCase):
    """TT 27/2020: levels, whole tests and traits, each with its own letters."""

    @seed("P2.2.3b", "P4.1.3")
    def test_no_cell_takes_another_scale(self):
        self.refuse_cells(PRIMARY_CELLS, self.book)


@tagged("post_install", "-at_install")
class TestBadInputPreschool(SchemeBadInput, PreschoolCase):
    """Goals of children, and their weight and height in a locked and an open stage."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids |= cls.company
        case = cls("test_every_measure_is_refused")
        cls.locked, cls.open_stage = case.period("GD1"), case.period("GD2")
        cls.stranger = cls.add_pupils(cls.make_class("Lá 2"), 1, first=21)
        cls.measured = (
            cls.env[MEASURE]
            .with_user(cls.homeroom)
            .create(
                {
                    "gradebook_period_id": cls.locked.id,
                    "enrollment_id": cls.lines[0].id,
                    "measured_on": "2026-10-01",
                    "weight": "18",
                    "height": "108",
                }
            )
        )
        case.finish_period("GD1")

    @seed("P2.2.3b", "P4.1.2")
    def test_no_goal_takes_another_scale(self):
        self.refuse_cells(PRESCHOOL_CELLS, self.open_stage)

    @seed("P2.2.3b", "P2.2.3d", "P3.1.2.1a")
    def test_every_measure_is_refused(self):
        self.refuse_all(MEASURES)


@tagged("post_install", "-at_install")
class TestBadInputUpper(BadInput, UpperCase):
    """Who takes which chosen subject: 10A has no marks yet, 10B has."""

    tables = TABLES
    pupils = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids |= cls.company
        cls.maths, cls.chosen, cls.unchosen = map(cls.subject, ("TOAN", "TIN", "DL"))
        marked_class = cls.make_class("10B")
        cls.marked = cls.add_pupils(marked_class, 1, first=21)
        sheet = cls.sheet_of("TIN", cls.open_book(marked_class))
        cell = {"enrollment": cls.marked.id, "column": "TX1", "value": "8", "version": 0}
        sheet.with_user(cls.teacher).save_cells([cell])
        said = {"enrollment_id": cls.lines[0].id, "subject_id": cls.chosen.id, "taken": False}
        cls.choice = cls.env[CHOICE].with_user(cls.vice).create(said)

    @seed("P2.2.3b", "P2.2.3d")
    def test_every_choice_is_refused(self):
        self.refuse_all(CHOICES)
