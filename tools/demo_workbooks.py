#!/usr/bin/env python3
"""Workbooks of an invented class 6A: its pupils as the ministry's portal exports them, its marks.

    demo_workbooks.py FOLDER [--bad]

The same bytes every time. ``make_bad`` adds one workbook per kind of mistake, for tests.
"""

import io
import random
import re
import sys
import unicodedata
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from edu_records.names import list_order_key

SCHOOL, CLASS, YEAR = "Trường THCS Hoa Sen", "6A", "2026-2027"
PUPILS = 42

SUBJECTS = [
    # code, name, how it is assessed, regular marks per semester (TT 22/2021 Điều 6.2, 35 weeks)
    ("VAN", "Ngữ văn", "score", 4),
    ("TOAN", "Toán", "score", 4),
    ("NN1", "Ngoại ngữ 1", "score", 4),
    ("GDCD", "Giáo dục công dân", "score", 2),
    ("LSDL", "Lịch sử và Địa lí", "score", 4),
    ("KHTN", "Khoa học tự nhiên", "score", 4),
    ("CN", "Công nghệ", "score", 2),
    ("TIN", "Tin học", "score", 2),
    ("GDTC", "Giáo dục thể chất", "comment", 2),
    ("NT", "Nghệ thuật", "comment", 2),
    ("GDDP", "Nội dung giáo dục của địa phương", "comment", 2),
    ("HDTN", "Hoạt động trải nghiệm, hướng nghiệp", "comment", 2),
]

FAMILIES = ["Nguyễn"] * 9 + ["Lê"] * 6 + ["Trần"] * 4 + ["Phạm"] * 4 + ["Hoàng"] * 3
FAMILIES += ["Bùi", "Đỗ", "Đặng", "Hà", "Lương", "Mai", "Ngô", "Trịnh", "Trương", "Vũ", "Quách"]
MIDDLES = {
    "Nam": ["Văn", "Đức", "Hữu", "Gia", "Quốc", "Anh", "Thành", "Tuấn", "Bảo", "Duy"],
    "Nữ": ["Thị", "Thị Thu", "Ngọc", "Phương", "Thị Kim", "Khánh", "Thùy", "Hà", "Bảo", "Mai"],
}
GIVEN = {
    "Nam": "An Ân Bách Bình Cường Dũng Đạt Đăng Giang Hải Hiếu Huy Khang Khôi Long Nam Phong Sơn",
    "Nữ": "Anh Ánh Ân Châu Chi Diệp Dung Giang Hà Hân Hòa Huyền Lan Linh My Ngân Nhi Thảo Vy Yến",
}
JOBS = ["Nông dân", "Công nhân", "Giáo viên", "Buôn bán", "Lái xe", "Thợ may", "Kĩ sư"]
WARDS = [
    "phường Hạc Thành",
    "phường Đông Quang",
    "xã Hoằng Hóa",
    "xã Thiệu Hóa",
    "phường Hàm Rồng",
]

# header text, field; some with line breaks, remarks, or spelled with separate accents (see _header)
_PUPIL_COLUMNS = [
    ("STT", "number"),
    ("Mã\nlớp", "class_code"),
    ("Mã định danh\nBộ GD&ĐT", "code"),
    ("Họ tên", "name"),
    ("Ngày sinh\n(dd/mm/yyyy)", "birth_date"),
    ("Giới tính", "gender"),
    ("Trạng thái HS", "status"),
    ("Ngày nhập\ntrạng thái", "status_date"),
    ("Dân tộc", "ethnic"),
    ("Loại khuyết tật", "disability"),
    ("Số định danh\ncá nhân", "personal_id"),
    ("SĐT liên hệ", "phone"),
    ("Nơi sinh chi tiết", "birth_place"),
    ("Chỗ ở hiện nay", "address"),
    ("Tên cha", "father"),
    ("Nghề nghiệp cha", "father_job"),
    ("Tên mẹ", "mother"),
    ("Nghề nghiệp mẹ", "mother_job"),
]
_CATEGORIES = {
    "DM_GioiTinh": ["Nữ", "Nam"],
    "DM_TrangThai": ["Đang học", "Chuyển đến từ HK I", "Chuyển đi trong HK I", "Thôi học"],
    "DM_DanToc": ["Kinh", "Tày", "Thái", "Hoa", "Khơ-me", "Mường", "Nùng", "HMông", "Dao"],
    "DM_TonGiao": ["Không", "Phật giáo", "Công giáo", "Tin Lành", "Cao Đài"],
    "DM_KhuyetTat": ["Vận động", "Nghe, nói", "Nhìn", "Trí tuệ", "Khác"],
    "DM_Khoi": ["Khối 6", "Khối 7", "Khối 8", "Khối 9"],
    "DM_Lop": ["6A", "6B", "7A", "7B", "8A", "9A"],
    "DM_ChinhSach": ["Con liệt sĩ", "Con thương binh, bệnh binh", "Hộ nghèo", "Hộ cận nghèo"],
    "DM_QuocTich": ["Việt Nam", "Lào", "Khác"],
    "DM_Tinh": ["Thanh Hóa", "Nghệ An", "Ninh Bình", "Hà Nội"],
    "DM_Xa": ["Phường Hạc Thành", "Phường Hàm Rồng", "Xã Hoằng Hóa", "Xã Thiệu Hóa"],
    "DM_KhuVuc": ["Biên giới", "Miền núi", "Đồng bằng"],
    "DM_NgheNghiep": JOBS,
    "DM_LyDoThoiHoc": ["Hoàn cảnh gia đình", "Học lực", "Khác"],
    "DM_NgoaiNgu": ["Tiếng Anh", "Tiếng Pháp", "Tiếng Trung"],
    "HuongDan": ["Nhập dữ liệu vào Sheet1", "Không sửa dòng tiêu đề"],
}
_LEVELS = ["Tốt"] * 30 + ["Khá"] * 8 + ["Đạt"] * 3 + ["Chưa đạt"]


def pupils():
    """The invented pupils, in no order: dicts with the fields of the list, dates as ``date``."""
    chance = random.Random(6)
    people, names = [], set()
    while len(people) < PUPILS:
        gender = "Nam" if len(people) % 2 else "Nữ"
        parts = (chance.choice(FAMILIES), chance.choice(MIDDLES[gender]))
        name = " ".join((*parts, chance.choice(GIVEN[gender].split())))
        if name not in names:
            names.add(name)
            people.append(_pupil(chance, name, gender, len(people)))
    return people


def _pupil(chance, name, gender, index):
    family = name.split(" ")[0]
    return {
        "class_code": CLASS,
        "code": str(3812600101 + 7 * index),
        "name": name,
        "birth_date": date(2015, 1, 1) + timedelta(chance.randrange(365)),
        "gender": gender,
        "status": "Đang học",
        "status_date": date(2026, 9, 5),
        "ethnic": chance.choice(["Kinh"] * 12 + ["Mường", "Thái"]),
        "disability": "",
        "personal_id": f"038{2 if gender == 'Nam' else 3}15{chance.randrange(10**6):06d}",
        "phone": f"0900{chance.randrange(10**6):06d}",
        "birth_place": chance.choice(["Thanh Hóa"] * 9 + ["Nghệ An", "Hà Nội"]),
        "address": f"Tổ {chance.randrange(1, 12)}, {chance.choice(WARDS)}, tỉnh Thanh Hóa",
        "father": f"{family} Văn {chance.choice(GIVEN['Nam'].split())}",
        "father_job": chance.choice(JOBS),
        "mother": f"{chance.choice(FAMILIES)} Thị {chance.choice(GIVEN['Nữ'].split())}",
        "mother_job": chance.choice(JOBS),
    }


def class_list():
    """The pupils in the order of the class list."""
    return sorted(pupils(), key=lambda pupil: list_order_key(pupil["name"]))


def roster():
    """Ministry id -> (name, class), as :func:`edu_records.exchange.read_marks` wants it."""
    return {pupil["code"]: (pupil["name"], CLASS) for pupil in pupils()}


def catalogue():
    """Subject code -> its facts, as :func:`edu_records.exchange.read_marks` wants it."""
    return {
        code: {"names": [name], "assess": assess, "regular_count": count}
        for code, name, assess, count in SUBJECTS
    }


# -- the pupils' workbook -------------------------------------------------------------------------


def pupils_book():
    """The ministry's layout: titles, a header row, the pupils in Sheet1, category sheets."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet["A1"] = f"{SCHOOL} - Năm học {YEAR}"
    sheet["A2"] = "DANH SÁCH HỌC SINH"
    sheet.merge_cells("A2:J2")
    for column, (text, _name) in enumerate(_PUPIL_COLUMNS, 1):
        cell = sheet.cell(4, column, _header(text, column))
        cell.font = Font(bold=True)
    for index, pupil in enumerate(pupils()):
        for column, (_text, name) in enumerate(_PUPIL_COLUMNS, 1):
            value = index + 1 if name == "number" else _as_typed(name, pupil[name], index)
            sheet.cell(index + 5, column, value or None)
    for title, names in _CATEGORIES.items():
        side = book.create_sheet(title)
        side.append(["Mã", "Tên"])
        for code, name in enumerate(names):
            side.append([code, name])
    return book


def _header(text, column):
    """Every other header with its accents apart, as files from other systems have them."""
    return unicodedata.normalize("NFD" if column % 2 else "NFC", text)


def _as_typed(name, value, index):
    """Dates as text, serial number or date; some ids as numbers; some names with accents apart."""
    if isinstance(value, date):
        day = datetime(value.year, value.month, value.day)
        return [value.strftime("%d/%m/%Y"), (day - datetime(1899, 12, 30)).days, day][index % 3]
    if name == "code" and index % 4 == 3:
        return float(value)
    if name == "name" and index % 5 == 4:
        return unicodedata.normalize("NFD", value)
    return value


# -- the marks' workbook --------------------------------------------------------------------------


def marks_book():
    """A sheet per subject in the ministry's layout "mẫu 1", and one of conduct."""
    book = Workbook()
    book.remove(book.active)
    people, chance = class_list(), random.Random(22)
    able = {pupil["code"]: _ability(chance, index) for index, pupil in enumerate(people)}
    for code, name, assess, count in SUBJECTS:
        sheet = book.create_sheet(name[:31])
        _titles(sheet, f"Môn: {name}")
        regular = [f"ĐĐGtx{number}" for number in range(1, 6)]
        _heads(sheet, [*regular, "ĐĐGgk", "ĐĐGck", "Nhận xét"])
        shift = chance.uniform(-0.8, 0.6)
        for index, pupil in enumerate(people):
            marks = [
                _mark(chance, code, assess, able[pupil["code"]] + shift, part, index)
                for part in range(count + 2)
            ]
            cells = [*marks[:count], *[None] * (5 - count), *marks[count:], None]
            sheet.append([*_who(index, pupil), *cells])
    sheet = book.create_sheet("Kết quả rèn luyện")
    _titles(sheet, "Kết quả rèn luyện")
    _heads(sheet, ["Kết quả rèn luyện", "Nhận xét"])
    order = sorted(range(PUPILS), key=lambda index: -able[people[index]["code"]])
    for index, pupil in enumerate(people):
        sheet.append([*_who(index, pupil), _LEVELS[order.index(index)], None])
    return book


def _titles(sheet, subject):
    sheet["A1"] = SCHOOL
    sheet["A2"] = f"BẢNG ĐIỂM HỌC KÌ I - NĂM HỌC {YEAR}"
    sheet["A3"] = f"Lớp: {CLASS}"
    sheet["D3"] = subject


def _heads(sheet, values):
    sheet.append([])
    sheet.append(["STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh", *values])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)


def _who(index, pupil):
    born = pupil["birth_date"].strftime("%d/%m/%Y")
    return [index + 1, CLASS, pupil["code"], pupil["name"], born]


def _ability(chance, index):
    """Most pupils are good, some very good, a few weak, so that all levels occur."""
    if index % 14 == 5:
        return chance.uniform(3.4, 4.6)
    if index % 4 == 1:
        return chance.uniform(8.9, 9.6)
    return chance.uniform(5.8, 8.6)


def _mark(chance, code, assess, mean, part, index):
    if assess == "comment":
        return "CĐ" if code == "GDTC" and index == 5 else "Đ"
    score = min(10.0, max(1.5, chance.gauss(mean, 0.7)))
    score = round(score * 2) / 2 if part < 2 else round(score, 1)
    if index % 10 == 7 and part == 1:
        return f"{score:g}".replace(".", ",")  # typed as text
    return score


# -- files ----------------------------------------------------------------------------------------


def as_bytes(book):
    """The workbook's bytes without anything that changes from run to run."""
    raw, target = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]{8}Z", b"2026-09-05T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, (2026, 9, 5, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def make(folder):
    """Write ``pupils.xlsx`` and ``marks_hk1.xlsx``; return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "pupils.xlsx", folder / "marks_hk1.xlsx"
    for path, book in zip(paths, (pupils_book(), marks_book()), strict=True):
        path.write_bytes(as_bytes(book))
    return paths


def make_bad(folder):
    """Write one workbook per kind of mistake; return {case: (path, expected error code)}."""
    from bad_workbooks import cases

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for case, (data, code) in cases().items():
        path = folder / f"{case}.xlsx"
        path.write_bytes(data)
        made[case] = path, code
    return made


def main(arguments):
    """Write the workbooks into the folder that is named."""
    folders = [word for word in arguments if not word.startswith("-")]
    if len(folders) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    for path in make(folders[0]):
        print(path)
    if "--bad" in arguments:
        for path, code in make_bad(Path(folders[0]) / "bad").values():
            print(f"{path}  {code}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
