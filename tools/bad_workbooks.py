"""Workbooks with one mistake each, made from the demo's (``demo_workbooks.make_bad``)."""

import io
import zipfile
from functools import cache

import demo_workbooks as demo
import msoffcrypto
from openpyxl import Workbook
from openpyxl.utils.cell import coordinate_to_tuple

OTHER_PUPIL = ("3899900001", "Lê Văn Khác", "6B")
"""A pupil of another class of the school: id, name, class."""

# case: (sheet, {cell: value}, expected code); row 6 is the first pupil of a sheet of marks
_MARKS = {
    "marks_unknown_subject": ("Toán", {"D3": "Môn: Chiêm tinh học"}, "UNKNOWN_SUBJECT"),
    "marks_subject_conflict": ("Toán", {"D3": "Môn: Tin học"}, "SUBJECT_CONFLICT"),
    "marks_missing_header": ("Toán", {"K5": None}, "MISSING_HEADER"),
    "marks_wrong_header": ("Toán", {"H5": "ĐĐGxyz"}, "MISSING_HEADER"),
    "marks_twice_header": ("Toán", {"L5": "ĐĐGgk"}, "DUPLICATE_HEADER"),
    "marks_two_decimals": ("Toán", {"F6": 8.55}, "TWO_DECIMALS"),
    "marks_85": ("Toán", {"G7": 85}, "OUT_OF_RANGE"),
    "marks_negative": ("Toán", {"K8": -1}, "OUT_OF_RANGE"),
    "marks_abc": ("Toán", {"L9": "abc"}, "NOT_A_MARK"),
    "marks_date": ("Toán", {"L9": demo.date(2026, 5, 8)}, "MARK_IS_DATE"),
    "marks_formula": ("Toán", {"L9": "=AVERAGE(F9:I9)"}, "NO_RESULT"),
    "marks_error_value": ("Toán", {"L9": "#N/A"}, "ERROR_VALUE"),
    "marks_comment": ("Nghệ thuật", {"F6": "8"}, "NOT_A_COMMENT"),
    "marks_conduct": ("Kết quả rèn luyện", {"F6": "Trung bình"}, "BAD_CONDUCT"),
    "marks_too_many_regular": ("Tin học", {"H6": 9}, "TOO_MANY_REGULAR"),
    "marks_no_id": ("Toán", {"C6": None}, "MISSING_CODE"),
    "marks_unknown_pupil": ("Toán", {"C6": "3800000000"}, "UNKNOWN_PUPIL"),
    "marks_other_class": (
        "Toán",
        {"C6": OTHER_PUPIL[0], "D6": OTHER_PUPIL[1]},
        "OTHER_CLASS",
    ),
    "marks_name_mismatch": ("Toán", {"D6": "Lê Thị Nhầm Tên"}, "NAME_MISMATCH"),
}
# row 5 is the first pupil
_PUPILS = {
    "pupils_missing_header": ({"E4": None}, "MISSING_HEADER"),
    "pupils_no_header": ({f"{letter}4": None for letter in "ABCDEFGHIJKLMNOPQR"}, "NO_HEADER"),
    "pupils_twice_header": ({"J4": "Họ tên"}, "DUPLICATE_HEADER"),
    "pupils_missing_name": ({"D6": None}, "MISSING_VALUE"),
    "pupils_bad_date": ({"E7": "31/02/2015"}, "BAD_DATE"),
    "pupils_bad_gender": ({"F8": "Trai"}, "BAD_GENDER"),
    "pupils_bad_ministry_id": ({"C9": "38126"}, "BAD_MINISTRY_ID"),
    "pupils_bad_personal_id": ({"K10": "03831500"}, "BAD_PERSONAL_ID"),
}


@cache
def cases():
    """Case -> (bytes of the workbook, code of the error that its reader must report)."""
    return {
        **_broken_files(),
        **{case: (_pupils(cells), code) for case, (cells, code) in _PUPILS.items()},
        "pupils_same_id": (_pupils_twice(C=5), "DUPLICATE_PUPIL"),
        "pupils_same_name_and_date": (_pupils_twice(D=5, E=5, C=None), "DUPLICATE_PUPIL"),
        **{case: (_marks(*given), given[-1]) for case, given in _MARKS.items()},
        "marks_pupil_twice": (_marks_twice(), "DUPLICATE_PUPIL"),
        "marks_missing_conduct_header": (
            _marks("Kết quả rèn luyện", {"F5": "Gì đó"}),
            "MISSING_HEADER",
        ),
        "marks_no_marks": (demo.as_bytes(demo.pupils_book()), "NO_MARK_SHEET"),
    }


def _broken_files():
    whole = demo.as_bytes(demo.pupils_book())
    return {
        "file_empty": (b"", "EMPTY"),
        "file_without_data": (demo.as_bytes(Workbook()), "EMPTY"),
        "file_text": (b"STT;Ho ten;Ngay sinh\n1;An;2015", "NOT_A_WORKBOOK"),
        "file_other_zip": (_zipped({"word/document.xml": b"<a/>"}), "NOT_A_WORKBOOK"),
        "file_entities": (_with_entities(whole), "NOT_A_WORKBOOK"),
        "file_truncated": (whole[: len(whole) // 2], "TRUNCATED"),
        "file_password": (_encrypted(whole), "ENCRYPTED"),
        "file_bomb": (_with_part(whole, "xl/media/bomb.xml", bytes(101_000_000)), "TOO_LARGE"),
    }


def _pupils(cells):
    book = demo.pupils_book()
    _write(book["Sheet1"], cells)
    return demo.as_bytes(book)


def _pupils_twice(**columns):
    """Row 12 gets the values that row 5 has in the columns; ``None`` empties the cell."""
    book = demo.pupils_book()
    sheet = book["Sheet1"]
    cells = {
        f"{letter}12": row and sheet[f"{letter}{row}"].value for letter, row in columns.items()
    }
    _write(sheet, cells)
    return demo.as_bytes(book)


def _marks(title, cells, _code=None):
    book = demo.marks_book()
    _write(book[title], cells)
    return demo.as_bytes(book)


def _marks_twice():
    book = demo.marks_book()
    sheet = book["Toán"]
    _write(sheet, {f"{letter}8": sheet[f"{letter}6"].value for letter in "CDE"})
    return demo.as_bytes(book)


def _write(sheet, cells):
    for coordinate, value in cells.items():
        sheet.cell(*coordinate_to_tuple(coordinate)).value = value


def _zipped(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def _with_part(workbook, name, data):
    target = io.BytesIO(workbook)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


def _with_entities(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet
    return _zipped(parts)


def _encrypted(workbook):
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt("hoasen", target)
    assert msoffcrypto.OfficeFile(target).is_encrypted()
    return target.getvalue()
