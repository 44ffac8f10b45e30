import io
import zipfile

import openpyxl
import pytest
from exchange_kit import book_of, demo

from edu_records.exchange import CellError, error_workbook, read_marks, read_students
from edu_records.testing import seed

ERRORS = [
    CellError("Sheet1", 7, "E", "BAD_DATE", {"value": "=31/02"}),
    CellError("Sheet1", 7, "E", "MISSING_VALUE", {"header": "Ngày sinh"}),
    CellError("Sheet1", 4, "", "MISSING_HEADER", {"header": "Giới tính"}),
    CellError("Sheet1", 0, "", "NO_HEADER", {"rows": "12"}),
]


def marked(data, errors=ERRORS, lang="vi"):
    return openpyxl.load_workbook(io.BytesIO(error_workbook(data, errors, lang)))


@seed("P2.1.2")
def test_list_in_front_and_marks_in_place():
    book = marked(demo.as_bytes(demo.pupils_book()))
    assert book.sheetnames[:2] == ["Lỗi", "Sheet1"]
    lines = list(book["Lỗi"].iter_rows(values_only=True))
    assert lines[0] == ("Trang", "Dòng", "Cột", "Lý do")
    assert lines[1][:3] == ("Sheet1", 7, "E") and "=31/02" in lines[1][3]
    assert len(lines) == 5
    bad, fine = book["Sheet1"]["E7"], book["Sheet1"]["E8"]
    assert bad.fill.start_color.rgb == "FFFFC7CE" and fine.fill.fill_type is None
    assert "không phải là ngày" in bad.comment.text and "Chưa ghi" in bad.comment.text
    assert book["Sheet1"]["A4"].comment


def test_values_and_formats_of_the_user_stay():
    original = demo.pupils_book()
    original["Sheet1"]["Z1"] = "=1+1"
    original["Sheet1"].column_dimensions["D"].width = 33
    book = marked(demo.as_bytes(original))
    assert book["Sheet1"]["Z1"].value == "=1+1"
    assert book["Sheet1"].column_dimensions["D"].width == 33
    assert book["Sheet1"]["D5"].value == original["Sheet1"]["D5"].value
    assert book["Sheet1"]["A4"].font.b


def test_reasons_in_english():
    lines = list(marked(demo.as_bytes(demo.pupils_book()), lang="en")["Lỗi"].iter_rows())
    assert "is not a date" in lines[1][3].value


def test_a_text_like_a_formula_stays_text():
    error = CellError("=cmd", 1, "A", "UNKNOWN_SUBJECT", {"subject": "x"})
    cell = marked(demo.as_bytes(demo.pupils_book()), [error])["Lỗi"]["A2"]
    assert (cell.value, cell.data_type) == ("=cmd", "s")


def test_marked_workbook_can_be_mended_and_read_again():
    data = error_workbook(demo.as_bytes(demo.pupils_book()), ERRORS)
    assert len(read_students(data).rows) == 42
    again = marked(data, ERRORS[:1])
    assert again.sheetnames.count("Lỗi") == 1 and "Lỗi1" not in again.sheetnames
    assert again["Sheet1"]["A4"].comment is None
    assert again["Sheet1"]["A4"].fill.fill_type is None
    marks = error_workbook(demo.as_bytes(demo.marks_book()), [])
    table = read_marks(marks, demo.catalogue(), demo.roster(), "6A")
    assert (table.errors, table.ignored) == ([], ["Lỗi"])


def test_an_error_in_a_merged_range_is_at_its_first_cell():
    book = book_of([["a", "b", "c"]])
    book.active.merge_cells("A1:C1")
    result = marked(demo.as_bytes(book), [CellError("Sheet1", 1, "C", "MISSING_CODE")])
    assert result["Sheet1"]["A1"].comment


@pytest.mark.parametrize("tag", ["mergeCell", "hyperlink"])
def test_huge_ranges_are_answered_by_the_list_alone(tag):
    plain, target = demo.as_bytes(demo.pupils_book()), io.BytesIO()
    inserted = f'<{tag}s><{tag} ref="A1:XFD1048576"/></{tag}s></worksheet>'.encode()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</worksheet>", inserted))
    assert len(read_students(target.getvalue()).rows) == 42
    assert marked(target.getvalue()).sheetnames == ["Lỗi"]
