import io
from datetime import time

import openpyxl
import pytest
from exchange_kit import bad, book_of, bytes_of, demo

from edu_records.exchange import STATE_LETTERS, read_marks
from edu_records.exchange.headers import Header
from edu_records.testing import seed

HEADERS = ["STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh"]
MARKS = ["ĐĐGtx1", "ĐĐGtx2", "ĐĐGgk", "ĐĐGck"]
AN = [1, "6A", "3800000001", "Lê Thị Hòa", "05/03/2015"]
ROSTER = {"3800000001": ("Lê Thị Hòa", "6A"), "3800000002": ("Lê Văn Bình", "6A")}
CATALOGUE = {
    "TIN": {"names": ["Tin học", "Tin"], "assess": "score", "regular_count": 2},
    "NT": {"names": ["Nghệ thuật"], "assess": "comment", "regular_count": 2},
    "HDTN": {
        "names": ["Hoạt động trải nghiệm, hướng nghiệp", "HĐTN, HN"],
        "assess": "comment",
        "regular_count": 2,
    },
}
BAD = {name: case for name, case in bad.cases().items() if name.startswith("marks_")}
DEMO_ROSTER = {**demo.roster(), bad.OTHER_PUPIL[0]: bad.OTHER_PUPIL[1:]}


def read(rows, title="Tin học", class_code="6A"):
    return read_marks(bytes_of(rows, title), CATALOGUE, ROSTER, class_code)


def read_cells(*cells, headers=MARKS, title="Tin học"):
    return read([[*HEADERS, *headers], [*AN, *cells]], title)


def codes(table):
    return [error.code for error in table.errors]


@seed("P3.1.1.3", "P2.1.2")
def test_the_workbook_of_a_semester():
    table = read_marks(demo.as_bytes(demo.marks_book()), demo.catalogue(), demo.roster(), "6A")
    assert table.errors == [] and table.ignored == []
    assert len(table.rows) == 12 * 42 and len(table.conduct) == 42
    for row in table.rows:
        facts = demo.catalogue()[row["subject"]]
        assert len(row["marks"]) == facts["regular_count"] + 2
        assert all(row["marks"].values())
    assert {row["level"] for row in table.conduct} == {"TOT", "KHA", "DAT", "CHUA_DAT"}
    book = openpyxl.load_workbook(io.BytesIO(demo.as_bytes(demo.marks_book())))
    for row in table.rows[::37]:
        for name, token in row["marks"].items():
            value = book[row["_sheet"]][f"{row['_columns'][name]}{row['_row']}"].value
            assert str(value).replace(",", ".").removesuffix(".0") == token


@pytest.mark.parametrize("case", sorted(BAD))
def test_each_mistake_is_named(case):
    data, code = BAD[case]
    table = read_marks(data, demo.catalogue(), DEMO_ROSTER, "6A")
    assert code in codes(table)
    assert len(table.errors) <= 2
    assert all(error.sheet for error in table.errors)


@seed("P2.2.3b")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (8.55, "TWO_DECIMALS"),
        (85, "OUT_OF_RANGE"),
        (-1, "OUT_OF_RANGE"),
        ("abc", "NOT_A_MARK"),
        (time(8, 30), "MARK_IS_DATE"),
        (True, "NOT_A_MARK"),
        ("#REF!", "ERROR_VALUE"),
        ("=1+7", "NO_RESULT"),
    ],
)
def test_a_bad_mark_and_its_place(value, code):
    table = read_cells(8, 9, value, 7)
    assert [(error.row, error.column, error.code) for error in table.errors] == [(2, "H", code)]


def test_an_empty_cell_is_untouched_and_zero_is_zero():
    for empty in (None, "", "  ", "\u00a0"):
        assert read_cells(8, empty, 0, "8,5").rows[0]["marks"] == {
            "TX1": "8",
            "TX2": None,
            "GK": "0",
            "CK": "8.5",
        }


def test_states_are_read_by_their_letters():
    marks = read_cells("V", "k", " M ", "R").rows[0]["marks"]
    assert list(marks.values()) == ["V", "K", "M", "R"]
    assert set(marks.values()) == set(STATE_LETTERS)


def test_a_formulas_result_is_read():
    assert read_cells(8.0, 0.1 * 81, 10, "7").rows[0]["marks"]["TX2"] == "8.1"


def test_comment_subject():
    table = read_cells("Đ", "d", "CĐ", None, title="Nghệ thuật")
    assert table.errors == []
    assert table.rows[0]["marks"] == {"TX1": "Đ", "TX2": "Đ", "GK": "CĐ", "CK": None}
    assert codes(read_cells("Đ", 8, "x", None, title="Nghệ thuật")) == ["NOT_A_COMMENT"] * 2


@pytest.mark.parametrize(
    "title",
    ["TIN", "tin hoc", "6A - Tin học", "Tin học_6A", "Tin học (HK1)", "Lớp 6A1 Tin", "Tin học 6.2"],
)
def test_subject_by_the_sheets_title(title):
    rows = [[*HEADERS, *MARKS], [*AN, 8, 8, 8, 8]]
    assert [row["subject"] for row in read(rows, title).rows] == ["TIN"]


@pytest.mark.parametrize(
    "heading",
    [
        ["Môn: Tin học"],
        ["MÔN HỌC: TIN HỌC"],
        ["Lớp: 6A   Môn: Tin học   Học kì I"],
        ["Môn: Tin học - Lớp: 6A; Giáo viên: Lê Thị Tin"],
        ["Môn:", None, "Tin học"],
    ],
)
def test_subject_by_the_heading(heading):
    table = read([heading, [], [*HEADERS, *MARKS], [*AN, 8, 8, 8, 8]], "Bảng 1")
    assert [row["subject"] for row in table.rows] == ["TIN"], table.errors


def test_a_long_subject_is_cut_in_the_title():
    name = "Hoạt động trải nghiệm, hướng nghiệp"
    assert read_cells("Đ", "Đ", "Đ", "Đ", title=name[:31]).rows[0]["subject"] == "HDTN"


def test_part_of_a_name_is_not_the_subject():
    assert codes(read([["Môn: Tin học văn phòng"], [*HEADERS, *MARKS]], "A")) == ["UNKNOWN_SUBJECT"]


def test_sheets_without_marks_are_ignored_but_not_unknown_subjects():
    book = book_of([[*HEADERS, *MARKS], [*AN, 8, 8, 8, 8]], "Tin học")
    book.create_sheet("Hướng dẫn").append(["Đọc kĩ trước khi nhập"])
    table = read_marks(demo.as_bytes(book), CATALOGUE, ROSTER)
    assert (table.errors, table.ignored) == ([], ["Hướng dẫn"])
    unknown = book.create_sheet("Võ thuật")
    unknown.append([*HEADERS, *MARKS])
    table = read_marks(demo.as_bytes(book), CATALOGUE, ROSTER)
    assert [(error.sheet, error.code) for error in table.errors] == [
        ("Võ thuật", "UNKNOWN_SUBJECT")
    ]


def test_two_sheets_of_one_subject():
    book = book_of([[*HEADERS, *MARKS], [*AN, 8, 8, 8, 8]], "Tin học")
    second = book.create_sheet("Tin")
    for row in ([*HEADERS, *MARKS], [*AN, 3, 3, 3, 3]):
        second.append(row)
    assert codes(read_marks(demo.as_bytes(book), CATALOGUE, ROSTER)) == ["DUPLICATE_SUBJECT"]


def test_titles_over_several_columns():
    rows = [
        ["STT", "Mã học sinh", "Họ và tên", "Thường xuyên", None, "Giữa kì", "Cuối kỳ"],
        [None, None, None, 1, 2, None, None],
        [1, "3800000001", "Lê Thị Hòa", 8, 9, 7, 6],
    ]
    table = read(rows)
    assert table.errors == []
    assert table.rows[0]["marks"] == {"TX1": "8", "TX2": "9", "GK": "7", "CK": "6"}
    grouped = [
        ["STT", "Mã học sinh", "Họ và tên", "Điểm đánh giá", None, None, None],
        [None, None, None, "ĐĐGtx1", "ĐĐGtx2", "ĐĐGgk", "ĐĐGck"],
        rows[2],
    ]
    assert read(grouped).rows[0]["marks"] == table.rows[0]["marks"]


def test_who_the_marks_are_for():
    def of(**changes):
        values = dict(zip(HEADERS, AN, strict=True)) | changes
        return codes(read([[*HEADERS, *MARKS], [*values.values(), 8, 8, 8, 8]]))

    code = "Mã định danh Bộ GD&ĐT"
    assert of() == []
    assert of(**{code: 3800000001.0}) == []
    assert of(**{"Họ và tên": "lê thị  HOÀ"}) == []
    assert of(**{"Họ và tên": "Lê Thị Hoa"}) == ["NAME_MISMATCH"]
    assert of(**{code: "3800000003"}) == ["UNKNOWN_PUPIL"]
    assert of(Lớp="6B") == ["OTHER_CLASS"]
    assert of(Lớp="Lớp 6a") == []
    table = read([[*HEADERS, *MARKS], [*AN, 8, 8, 8, 8]], class_code="6B")
    assert [(error.column, error.code) for error in table.errors] == [("B", "OTHER_CLASS")]


def test_rows_below_the_list():
    rows = [[*HEADERS, *MARKS], [*AN, 8, 8, 8, 8], [2, "6A"], [], [None] * 7 + ["Giáo viên"]]
    assert read(rows).errors == []
    assert codes(read([*rows[:2], [None, None, None, "Lê Văn Bình", None, 9]])) == ["MISSING_CODE"]


def test_regular_marks_beyond_the_subjects_number():
    headers = ["ĐĐGtx1", "ĐĐGtx2", "ĐĐGtx3", "ĐĐGgk", "ĐĐGck"]
    assert read_cells(8, 8, None, 8, 8, headers=headers).errors == []
    table = read_cells(8, 8, 9, 8, 8, headers=headers)
    assert [(error.column, error.code) for error in table.errors] == [("H", "TOO_MANY_REGULAR")]


def test_unknown_column_among_the_marks():
    table = read_cells(8, 8, 9, 8, 8, headers=["ĐĐGtx1", "ĐĐGtx2", "Miệng", "ĐĐGgk", "ĐĐGck"])
    assert [(error.column, error.code) for error in table.errors] == [("H", "UNKNOWN_HEADER")]


def test_conduct():
    rows = [[*HEADERS, "Kết quả rèn luyện"], [*AN, "chưa ĐẠT"]]
    table = read(rows, "Rèn luyện")
    assert table.errors == []
    assert (table.conduct[0]["student"], table.conduct[0]["level"]) == ("3800000001", "CHUA_DAT")
    assert codes(read([rows[0], [*AN, "Yếu"]], "Kết quả rèn luyện 6A")) == ["BAD_CONDUCT"]
    assert read([rows[0], [*AN, None]], "Hạnh kiểm").conduct[0]["level"] is None


def test_header_without_a_column():
    assert Header("A", 1, 2).letter("GK") == ""
