import unicodedata
from datetime import date, datetime

import pytest
from exchange_kit import bad, book_of, bytes_of, demo
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH

from edu_records.exchange import read_students
from edu_records.exchange.headers import header_key
from edu_records.exchange.values import Refused, as_date, as_id, as_text, as_year
from edu_records.testing import seed

HEADERS = ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính"]
AN = [1, "6A", "3800000001", "Lê Văn An", "05/03/2015", "Nam"]
BINH = [2, "6A", "3800000002", "Lê Thị Bình", "17/11/2015", "Nữ"]
BAD = {name: case for name, case in bad.cases().items() if name.startswith("pupils_")}
VEMIS = (
    "STT|Lớp học|Mã học sinh|Mã MOET|Mã VEMIS|Sổ đăng bộ|Số định danh cá nhân|Họ tên|Ngày sinh|"
    "Giới tính|Chỗ ở hiện nay|Hộ khẩu thường trú|Nơi sinh|Quê quán|Chứng minh thư|Ngày cấp|Nơi cấp|"
    "Dân tộc|Tôn giáo|Diện chính sách|Diện khuyết tật|Tên cha|Tên mẹ|Điện thoại bố|Điện thoại mẹ"
)


def read(*rows, headers=HEADERS):
    return read_students(bytes_of([headers, *rows]))


def codes(table):
    return [error.code for error in table.errors]


@seed("P3.1.1.2", "P3.1.1.3", "R5.5.5a")
def test_the_ministrys_file_is_read_whole():
    table = read_students(demo.as_bytes(demo.pupils_book()))
    assert table.errors == [] and table.skipped == []
    genders = {"Nam": "male", "Nữ": "female"}
    for row, pupil in zip(table.rows, demo.pupils(), strict=True):
        assert row["gender"] == genders[pupil["gender"]]
        assert row["birth_date"] == pupil["birth_date"].isoformat()
        assert row["status_date"] == "2026-09-05"
        for name in ("code", "name", "class_code", "personal_id", "father", "phone", "address"):
            assert row[name] == pupil[name]
            assert unicodedata.is_normalized("NFC", row[name])
    assert [row["_row"] for row in table.rows] == list(range(5, 47))
    assert table.columns["birth_date"] == "E"


@pytest.mark.parametrize("case", sorted(BAD))
def test_each_mistake_is_named(case):
    data, code = BAD[case]
    table = read_students(data)
    assert codes(table) == [code]
    assert table.errors[0].sheet == "Sheet1"


def test_row_and_column_of_a_mistake():
    table = read(AN, [2, "6A", "12", "Lê Thị Bình", "31.02.2015", "x"])
    places = {(error.row, error.column, error.code) for error in table.errors}
    assert places == {(3, "C", "BAD_MINISTRY_ID"), (3, "E", "BAD_DATE"), (3, "F", "BAD_GENDER")}


def test_headers_in_any_order_case_spelling_and_row():
    headers = [
        unicodedata.normalize("NFD", "GIỚI  TÍNH"),
        "Ho va\nten (*)",
        "ngày sinh\r\n(dd/mm/yyyy)",
        "LỚP",
    ]
    rows = [[], ["DANH SÁCH"], [], headers, ["Nam", "Lê Văn An", "5/3/2015", "6A"]]
    table = read_students(bytes_of(rows))
    assert table.errors == []
    found = table.rows[0]
    assert (found["name"], found["birth_date"], found["_row"]) == ("Lê Văn An", "2015-03-05", 5)


def test_header_row_beyond_the_twelfth_is_not_taken():
    rows = [["tựa", number] for number in range(12)]
    assert codes(read_students(bytes_of([*rows, HEADERS, AN]))) == ["NO_HEADER"]
    assert codes(read_students(bytes_of([*rows[:11], HEADERS, AN]))) == []


@seed("P3.1.1.3")
def test_layout_with_two_ids_prefers_the_ministrys():
    headers = VEMIS.split("|")
    values = dict.fromkeys(headers, "")
    values |= {"STT": 1, "Lớp học": "6A", "Mã học sinh": "HS-7", "Mã MOET": 3800000001.0}
    values |= {"Họ tên": "Lê Văn An", "Ngày sinh": "05/03/2015", "Giới tính": "Nam"}
    values |= {"Điện thoại bố": "0900000001", "Sổ đăng bộ": 12}
    table = read([values[name] for name in headers], headers=headers)
    found = table.rows[0]
    assert table.errors == []
    assert (found["code"], found["father_phone"]) == ("3800000001", "0900000001")
    assert found["register_number"] == "12"


def test_two_header_rows():
    rows = [
        ["STT", "Lớp", "Họ và tên", "Ngày sinh", "Giới tính", "Cha", None],
        [None, None, None, None, None, "Tên cha", "Nghề nghiệp cha"],
        [1, "6A", "Lê Văn An", "05/03/2015", "Nam", "Lê Văn Ba", "Lái xe"],
    ]
    table = read_students(bytes_of(rows))
    assert table.errors == []
    assert (table.rows[0]["father"], table.rows[0]["father_job"]) == ("Lê Văn Ba", "Lái xe")


@pytest.mark.parametrize("titles", [["Họ và đệm", "Tên"], ["Họ và tên", None]])
def test_name_in_two_columns(titles):
    rows = [["Lớp", *titles, "Ngày sinh", "Giới tính"], ["6A", "Lê Văn", "An", "5/3/2015", "Nam"]]
    table = read_students(bytes_of(rows))
    assert table.errors == []
    assert table.rows[0]["name"] == "Lê Văn An"


def test_class_from_the_title():
    rows = [["DANH SÁCH HỌC SINH LỚP 6A"], ["Họ tên", "Ngày sinh", "Giới tính"], AN[3:]]
    table = read_students(bytes_of(rows))
    assert (table.errors, table.rows[0]["class_code"]) == ([], "6A")
    assert codes(read_students(bytes_of(rows[1:]))) == ["MISSING_HEADER"]


def test_blank_rows_and_signatures_are_no_pupils():
    book = book_of(
        [HEADERS, AN, [], [2, *[None] * 5], [3, *BINH[1:]], [], [None] * 3 + ["Hiệu trưởng"]]
    )
    book.active.merge_cells("A3:F3")
    table = read_students(demo.as_bytes(book))
    assert (table.errors, len(table.rows), table.skipped) == ([], 2, [7])


def test_a_nameless_pupil_between_others_is_not_lost():
    table = read(AN, [None, "6A", None, "Lê Vô Danh", None, None], [3, *BINH[1:]])
    assert codes(table) == ["MISSING_VALUE", "MISSING_VALUE"]


def test_namesakes_with_two_ids_are_two_pupils():
    same = ["Lê Văn An", "05/03/2015", "Nam"]
    assert codes(read(AN, [2, "6B", "3800000009", *same])) == []
    assert codes(read(AN, [2, "6B", None, *same])) == ["DUPLICATE_PUPIL"]
    assert codes(read(AN, AN)) == ["DUPLICATE_PUPIL"]


def test_temporary_id_is_no_ministry_id():
    table = read([1, "6A", "TAM-038215000001", *AN[3:]])
    assert table.errors == []
    assert (table.rows[0]["code"], table.rows[0]["personal_id"]) == ("", "038215000001")


def test_sheet1_first_then_the_first_that_fits():
    book = book_of([["Mã", "Tên"], [1, "Kinh"]], "DM_DanToc")
    list_sheet = book.create_sheet("Danh sách")
    for row in (HEADERS, AN):
        list_sheet.append(row)
    assert read_students(demo.as_bytes(book)).sheet == "Danh sách"
    first = book.create_sheet("Sheet1")
    for row in (HEADERS, BINH):
        first.append(row)
    assert read_students(demo.as_bytes(book)).rows[0]["name"] == "Lê Thị Bình"


def test_hidden_sheets_are_not_read():
    book = book_of([HEADERS, AN], "Danh sách")
    hidden = book.create_sheet("Sheet1")
    for row in (HEADERS, BINH):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    assert read_students(demo.as_bytes(book)).rows[0]["name"] == "Lê Văn An"


@seed("P2.2.3b")
def test_identifiers_stay_text():
    assert as_id(7912345678.0) == "7912345678"
    assert as_id(" 0382 15000001 ") == "038215000001"
    assert as_text(8.1 * 3 - 16.2) == "8.1"
    table = read([1, "6A", 3800000001, *AN[3:]])
    assert table.rows[0]["code"] == "3800000001"


@settings(deadline=None)
@given(st.dates(date(1930, 1, 1), date(2090, 12, 31)))
def test_every_way_to_write_a_date(day):
    serial = (day - date(1899, 12, 30)).days
    iso = day.isoformat()
    for value in (
        f"{day:%d/%m/%Y}",
        f" {day.day}-{day.month}-{day.year} ",
        f"{day:%d.%m.%Y}",
        f"{iso} 00:00:00",
        datetime(day.year, day.month, day.day),
        serial,
        float(serial),
    ):
        assert as_date(value) == iso
    assert as_date(serial - 1462, MAC_EPOCH) == iso


@pytest.mark.parametrize(
    "value",
    ["31/02/2015", "12/25/2015", "2015", 2015, "abc", "5/3/15", 42000.5, True, 10**9, "1/1/1800"],
)
def test_what_is_no_date(value):
    with pytest.raises(Refused, match="BAD_DATE"):
        as_date(value)


def test_header_key():
    assert header_key("Mã định danh\nBộ GD&ĐT (*)") == header_key("MA DINH DANH BO GDDT")


@seed("P3.1.1.2")
def test_a_personal_id_that_contradicts_the_row():
    headers = [*HEADERS, "Số định danh cá nhân"]
    table = read([*AN, "038215000001"], [*BINH, "038215000002"], headers=headers)
    (error,) = table.errors
    assert (error.row, error.column, error.code) == (3, "G", "PERSONAL_ID_GENDER")
    table = read([*AN, "038214000001"], headers=headers)
    assert codes(table) == ["PERSONAL_ID_YEAR"]


@pytest.mark.parametrize(
    ("value", "year"),
    [(1985, "1985"), (1985.0, "1985"), ("05/03/1985", "1985"), (datetime(1985, 3, 5), "1985")]
    + [(None, ""), ("", "")],
)
def test_years_of_birth(value, year):
    assert as_year(value) == year


@pytest.mark.parametrize("value", ["85", "abcd", 3000, "198"])
def test_what_is_no_year(value):
    with pytest.raises(Refused) as refused:
        as_year(value)
    assert refused.value.code == "BAD_YEAR"
