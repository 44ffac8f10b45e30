import io
import re
import string
import zipfile

import msoffcrypto
import pytest
from exchange_kit import bad, book_of, demo
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from edu_records.exchange import (
    MESSAGES,
    CellError,
    WorkbookError,
    open_workbook,
    read_marks,
    read_students,
    render,
)
from edu_records.testing import seed

WHOLE = demo.as_bytes(demo.pupils_book())
FILES = {name: case for name, case in bad.cases().items() if name.startswith("file_")}


def refused(data):
    with pytest.raises(WorkbookError) as caught:
        open_workbook(data)
    assert render(caught.value) and render(caught.value, "vi") != render(caught.value)
    return caught.value.code


@pytest.mark.parametrize("case", sorted(FILES))
def test_a_file_that_is_no_readable_workbook(case):
    data, code = FILES[case]
    assert refused(data) == code


def test_old_format_is_told_apart_from_a_password():
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)) == "OLD_FORMAT"
    assert msoffcrypto.OfficeFile(io.BytesIO(FILES["file_password"][0])).is_encrypted()


def test_too_many_bytes_parts_and_rows():
    assert refused(b"PK" + bytes(20_000_000)) == "TOO_LARGE"
    target = io.BytesIO(WHOLE)
    with zipfile.ZipFile(target, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/media/{number}", b"")
    assert refused(target.getvalue()) == "TOO_LARGE"
    far = book_of([["Mã lớp", "Họ tên", "Ngày sinh", "Giới tính"]])
    far.active["B10001"] = "Lê An"
    with pytest.raises(WorkbookError, match="rows"):
        read_students(demo.as_bytes(far))


def test_formats_far_below_the_list_do_no_harm():
    book = demo.pupils_book()
    book["Sheet1"]["A900000"].number_format = "0.0"
    table = read_students(demo.as_bytes(book))
    assert (len(table.rows), table.errors) == (42, [])


def test_wrong_dimension_hides_no_rows():
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(
                name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', old.read(name))
            )
    assert len(read_students(target.getvalue()).rows) == 42


def test_a_sheet_that_only_begins_late_is_not_empty():
    book = Workbook()
    book.active["C40"] = "x"
    assert [sheet.title for sheet in open_workbook(demo.as_bytes(book)).sheets] == ["Sheet"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=40))
def test_damaged_files_are_refused_or_read_never_worse(place, damage):
    data = WHOLE[:place] + damage + WHOLE[place + len(damage) :]
    try:
        read_students(data)
        read_marks(data, {}, {})
    except WorkbookError as error:
        assert error.code in MESSAGES


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK", b"PK\3\4", WHOLE[:90], b"\xd0\xcf\x11"])
)
def test_any_bytes_are_refused(data, start):
    assert refused(start + data) in MESSAGES


def test_messages_have_the_same_parameters_in_both_languages():
    for english, vietnamese in MESSAGES.values():
        names = [set(_parameters(text)) for text in (english, vietnamese)]
        assert names[0] == names[1]


def _parameters(text):
    return [name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name]


@seed("P3.1.1.2")
def test_render_names_the_place():
    error = CellError("Sheet1", 7, "E", "BAD_DATE", {"value": "31/02/2015"})
    assert render(error).startswith("Sheet Sheet1, row 7, column E: “31/02/2015”")
    assert render(error, "vi").startswith("Trang Sheet1, dòng 7, cột E: “31/02/2015”")
    assert render(CellError("A", 0, "", "NO_MARK_SHEET"), "vi").startswith("Trang A: ")
