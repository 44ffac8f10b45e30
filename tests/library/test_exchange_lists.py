"""Lists of every kind: written, read back, and what is wrong with them named by its cell."""

import io
import os
import tracemalloc
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from exchange_kit import bytes_of

from edu_records.exchange import (
    ENTITIES,
    MESSAGES,
    WorkbookError,
    columns_of,
    header_key,
    read_students,
    read_table,
    render,
    table_workbook,
)
from edu_records.exchange.columns import unique_columns
from edu_records.names import is_near
from edu_records.testing import seed

TODAY = date(2026, 11, 24)
ROWS = {
    "students": {
        "code": "0800000001",
        "name": "Lê Văn An",
        "birth_date": "2015-03-05",
        "gender": "male",
        "class_code": "6A",
        "policy": "Hộ nghèo; Mồ côi",
        "student_phone": "0912345678",
        "father": "Lê Văn Cha",
        "father_birth_year": "1985",
    },
    "guardians": {
        "student_code": "0800000001",
        "relation": "mother",
        "name": "Hà Thị Mẹ",
        "is_contact": "yes",
        "email": "me@example.com",
    },
    "staff": {
        "code": "00012",
        "name": "Đỗ Thị Lan",
        "birth_date": "1985-01-02",
        "gender": "female",
        "qualification": "university",
    },
    "classes": {"name": "6A", "grade": "Khối 6", "programme": "phothong", "max_students": "45"},
    "assignments": {
        "class_name": "6A",
        "subject": "Toán",
        "teacher": "Đỗ Thị Lan",
        "periods_per_week": "4.5",
        "date_from": "2026-09-05",
        "role": "main",
    },
}
PUPILS = ["Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính"]
AN = ["6A", "3800000001", "Lê Văn An", "05/03/2015", "Nam"]
BINH = ["6A", "3800000002", "Lê Thị Bình", "17/11/2015", "Nữ"]
LONG_RUN = pytest.mark.skipif(not os.environ.get("EDU_LONG"), reason="only with EDU_LONG=1")


def faults(table):
    return [(error.row, error.column, error.code) for error in table.errors]


@pytest.mark.parametrize("entity", ENTITIES)
def test_columns_are_whole(entity):
    columns, seen = columns_of(entity), {}
    assert [one for one in columns.values() if one.required]
    assert {name for names in unique_columns(entity) for name in names} <= set(columns)
    for name, column in columns.items():
        for heading in column.names + column.guessed:
            key = header_key(heading)
            assert seen.setdefault(key, name) == name, f"{heading}: {seen[key]} and {name}"
        assert (column.kind == "choice") == bool(column.choice)


@seed("P3.1.1.2", "P3.1.1.3", "P4.2.1")
@pytest.mark.parametrize("entity", ENTITIES)
def test_what_is_written_is_read_back(entity):
    data = table_workbook(entity, [ROWS[entity]])
    table = read_table(data, entity, today=TODAY)
    assert table.errors == []
    (row,) = table.rows
    assert {name: value for name, value in row.items() if value and name != "_row"} == ROWS[entity]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_template_names_every_column_and_has_no_rows(entity):
    data = table_workbook(entity, allowed={"class_code": ["6A", "6B"]})
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    titles = [column.title for column in columns_of(entity).values() if not column.read_only]
    assert [cell.value for cell in sheet[1]] == ["STT", *titles]
    assert "Hướng dẫn" in book.sheetnames
    choices = [one for one in columns_of(entity).values() if one.choices and not one.read_only]
    assert len(sheet.data_validations.dataValidation) == len(choices) + (entity == "students")
    assert [error.code for error in read_table(data, entity).errors] == ["NO_ROWS"]


@seed("R3.4")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "=cmd|' /C calc'!A"])
def test_no_cell_is_a_formula(start):
    row = {**ROWS["students"], "name": "Lê", "address": f"{start}1+1"}
    data = table_workbook("students", [row])
    cells = [cell for line in openpyxl.load_workbook(io.BytesIO(data)).active for cell in line]
    (cell,) = [cell for cell in cells if cell.value == f"{start}1+1"]
    assert (cell.data_type, cell.quotePrefix, cell.number_format) == ("s", True, "@")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "sheet" in name]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_ids_stay_text():
    data = table_workbook("students", [ROWS["students"]])
    cells = [cell for line in openpyxl.load_workbook(io.BytesIO(data)).active for cell in line]
    (cell,) = [cell for cell in cells if cell.value == "0800000001"]
    assert (cell.data_type, cell.number_format) == ("s", "@")


def test_names_in_other_spellings():
    decomposed = [unicodedata.normalize("NFD", text) for text in ("HỌ VÀ\nTÊN", "Lê Thị Hoà")]
    headers = ["Mã cán bộ", decomposed[0], "Ngày sinh", "Giới tính"]
    table = read_table(bytes_of([headers, ["GV1", decomposed[1], "1/2/1980", "nữ"]]), "staff")
    assert table.errors == []
    assert table.rows[0]["name"] == "Lê Thị Hoà"
    assert unicodedata.is_normalized("NFC", table.rows[0]["name"])


def test_headings_of_a_school():
    rows = [["Phòng", *PUPILS[1:]], AN]
    assert [error.code for error in read_table(bytes_of(rows), "students").errors] == [
        "MISSING_HEADER"
    ]
    table = read_table(bytes_of(rows), "students", {"phòng": "class_code"})
    assert (table.errors, table.rows[0]["class_code"]) == ([], "6A")


# -- bad input ------------------------------------------------------------------------------------


def test_swapped_columns_are_one_error():
    swapped = [[*row[:2], row[3], row[2], row[4]] for row in (AN, BINH)]
    table = read_students(bytes_of([PUPILS, *swapped]))
    assert faults(table) == [(1, "C", "SWAPPED_COLUMNS")]
    dates = [[*row[:2], datetime(2015, 3, 5), row[2], row[4]] for row in (AN, BINH)]
    assert faults(read_students(bytes_of([PUPILS, *dates]))) == [(1, "C", "SWAPPED_COLUMNS")]
    once = read_students(bytes_of([PUPILS, AN, swapped[1], [*AN[:1], "", "Lê Hà", *AN[3:]]]))
    assert faults(once) == [(3, "C", "BAD_NAME"), (3, "D", "BAD_DATE")]


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (3, "25/11/2026", "FUTURE_DATE"),
        (3, "31/02/2015", "BAD_DATE"),
        (2, "=1+1", "NO_RESULT"),
        (2, "@SUM(A1)", "BAD_NAME"),
        (2, 12345, "BAD_NAME"),
        (1, "3,8E+09", "BAD_MINISTRY_ID"),
        (4, "Trai", "BAD_GENDER"),
    ],
)
def test_one_bad_cell(place, value, code):
    bad = [*AN[:place], value, *AN[place + 1 :]]
    table = read_table(bytes_of([PUPILS, BINH, bad]), "students", today=TODAY)
    assert (3, "ABCDE"[place], code) in faults(table)
    assert len(table.errors) <= 2


@pytest.mark.parametrize(
    ("entity", "field", "value", "code"),
    [
        ("guardians", "student_code", "", "MISSING_PUPIL"),
        ("guardians", "relation", "Hàng xóm", "BAD_CHOICE"),
        ("guardians", "email", "a@b", "BAD_EMAIL"),
        ("staff", "code", None, ""),
        ("staff", "birth_date", "1/1/2030", "FUTURE_DATE"),
        ("classes", "max_students", "nhiều", "BAD_NUMBER"),
        ("assignments", "periods_per_week", "4,555", "BAD_NUMBER"),
        ("assignments", "date_to", "1/9/2026", "BAD_DATES"),
    ],
)
def test_bad_cells_of_the_other_lists(entity, field, value, code):
    columns = columns_of(entity)
    shown = {name: columns[name].title for name in {**ROWS[entity], field: ""}}
    row = {**ROWS[entity], field: value}
    choices = {name: columns[name].choices for name in shown}
    cells = [
        choices[name][row[name]][0] if row[name] in choices[name] else row[name] for name in shown
    ]
    table = read_table(bytes_of([list(shown.values()), cells]), entity, today=TODAY)
    assert [error.code for error in table.errors] == ([code] if code else [])


@pytest.mark.parametrize("entity", ["guardians", "staff", "classes", "assignments"])
def test_a_row_twice(entity):
    data = table_workbook(entity, [ROWS[entity], ROWS[entity]])
    (error,) = read_table(data, entity, today=TODAY).errors
    assert (error.row, error.code, error.params["first"]) == (3, "DUPLICATE_ROW", "2")


@seed("R5.2c")
@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/embeddings/x.bin", "xl/run.exe"])
def test_programs_in_a_workbook_are_refused(part):
    target = io.BytesIO(bytes_of([PUPILS, AN]))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(part, b"MZ")
    with pytest.raises(WorkbookError) as refused:
        read_students(target.getvalue())
    assert refused.value.code == "MACROS"
    assert "macro" in render(refused.value, "vi")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("STT;Họ tên;Ngày sinh\n1;An;5/3/2015".encode(), "NOT_A_WORKBOOK"),
        ("STT\tHọ tên".encode("utf-16"), "NOT_A_WORKBOOK"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "NOT_A_WORKBOOK"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "OLD_FORMAT"),
        (b"", "EMPTY"),
    ],
)
def test_what_is_no_workbook(data, code):
    with pytest.raises(WorkbookError) as refused:
        read_students(data)
    assert refused.value.code == code


def sheet_of(rows):
    """A workbook whose sheet has the XML of ``rows`` below the header."""
    whole = bytes_of([PUPILS, AN])
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", rows + b"</sheetData>")
            archive.writestr(name, data)
    return target.getvalue()


def long_sheet(cell, count):
    return sheet_of(b"".join(b'<row r="%d">%s</row>' % (n, cell) for n in range(3, count + 1)))


def test_a_million_rows_are_refused_in_little_memory():
    data = long_sheet(b"<c><v>1</v></c>", 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(WorkbookError) as refused:
            read_students(data)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code == "TOO_LARGE"
    assert "10000" in render(refused.value, "vi")
    assert most < 60_000_000, f"{most / 1e6:.0f} MB"


@pytest.mark.parametrize("count", [100_000, pytest.param(1_000_000, marks=LONG_RUN)])
def test_rows_without_values_are_no_rows(count):
    table = read_students(long_sheet(b"", count))
    assert (table.errors, len(table.rows)) == ([], 1)


def test_messages_are_in_both_languages():
    for code, (english, vietnamese) in MESSAGES.items():
        assert english and vietnamese, code
        assert set(fields_in(english)) == set(fields_in(vietnamese)), code


def fields_in(text):
    return [part.split("}")[0] for part in text.split("{")[1:]]


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Nguyễn Thị Thuỷ", "Nguyễn Thị Thúy", True),
        ("Nguyễn Văn Bình", "Nguyễn Văng Bình", True),
        ("Nguyễn Văn Bình", "Bình Nguyễn Văn", True),
        ("Nguyễn Văn Bình", "Nguyễn Văn Hoàng", False),
        ("Vi An", "Vi Ánh", True),
        ("Vi An", "Vi Hà", False),
        ("Lê An", "Hà Bo", False),
    ],
)
def test_near_names(one, other, near):
    assert is_near(one, other) is near
    assert is_near(other, one) is near
