"""Snapshots of an invented class, for previews of forms, tests and benchmarks. No real person."""

import random
from decimal import ROUND_HALF_UP, Decimal

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Trịnh", "Mai"]
MIDDLE = {
    "Nam": ["Văn", "Đức", "Minh", "Quốc", "Gia", "Hữu", "Tuấn", "Nhật"],
    "Nữ": ["Thị", "Ngọc", "Thuỳ", "Khánh", "Phương", "Bảo", "Thanh", "Hoàng"],
}
GIVEN = {
    "Nam": ["An", "Bình", "Cường", "Dũng", "Đạt", "Huy", "Khoa", "Long", "Nghĩa", "Phúc", "Tùng"],
    "Nữ": ["Ánh", "Chi", "Dung", "Giang", "Hằng", "Linh", "My", "Nhung", "Quỳnh", "Trang", "Yến"],
}
# longer and rarer names, each printed somewhere in the class
SPECIAL = {
    4: ("Công Tằng Tôn Nữ Hoàng Phương Quỳnh Như", "Nữ", "Kinh"),
    17: ("H'Yươl Niê Kđăm", "Nữ", "Ê-đê"),
    29: ("Nguyễn Phước Vĩnh Khang", "Nam", "Kinh"),
}
WARDS = ["phường Hạc Thành", "phường Hàm Rồng", "xã Hoằng Lộc", "phường Đông Quang"]
SUBJECTS = [
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
SCHOOL = {
    "code": "38000000",
    "name": "Trường THCS Hoa Sen",
    "superior": "UBND PHƯỜNG HẠC THÀNH",
    "ward": "Phường Hạc Thành",
    "province": "Tỉnh Thanh Hóa",
    "place": "Thanh Hóa",
    "head_title": "Hiệu trưởng",
    "learner_word": "học sinh",
}
REGULATION = {
    "code": "TT22",
    "title": "Thông tư số 22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021",
}
COMMON = {
    "version": "1",
    "school": SCHOOL,
    "year": {"name": "2026-2027"},
    "regulation": REGULATION,
    "rules": {"engine": "edu_records.rules.tt22", "version": "1"},
    "decision": {"by": "Lê Thị Hoa Sen", "at": "2027-01-16T02:05:00Z"},
    "timezone": "Asia/Ho_Chi_Minh",
    "language": "vi_VN",
}
HOMEROOM = "Phạm Thị Mẫu Đơn"


def gradebook(pupils=42):
    """A snapshot ``edu.gradebook.period/1`` of an invented class 6A, first semester."""
    source = random.Random(2021)
    students = [_student(source, number) for number in range(1, pupils + 1)]
    subjects = [_subject(source, index, students) for index in range(len(SUBJECTS))]
    return {
        **COMMON,
        "schema": "edu.gradebook.period/1",
        "form": "class_gradebook_tt22_thcs",
        "class": {"name": "6A", "grade": "6", "homeroom": HOMEROOM},
        "period": {"code": "HK1", "name": "Học kì I"},
        "students": students,
        "subjects": subjects,
        "summary": [_summary(source, row, subjects) for row in range(pupils)],
        "heads": [
            {"chain": f"gradesheet:{17 + index}", "seq": str(300 + index), "hash": _hash(source)}
            for index in range(len(SUBJECTS))
        ],
    }


def transcript(number=1):
    """A snapshot ``edu.transcript.year/1`` of pupil ``number`` of the class, first semester."""
    book = gradebook()
    row = number - 1
    student = book["students"][row]
    summary = book["summary"][row]
    fields = ("code", "name", "birth_date", "gender", "ethnic", "birth_place", "address")
    return {
        **COMMON,
        "schema": "edu.transcript.year/1",
        "form": "transcript_year_tt22_thcs",
        "class": book["class"],
        "through": {"code": "HK1", "name": "Học kì I"},
        "student": {
            **{name: student[name] for name in fields},
            "father": student["father"],
            "mother": student["mother"],
            "register_number": f"2026-{number:04d}",
        },
        "subjects": [_transcript_line(line, row) for line in book["subjects"]],
        "results": {
            "hk1": {"study": summary["study"], "conduct": summary["conduct"]},
            "hk2": None,
            "year": None,
        },
        "absences": None,
        "corrections": "0",
        "homeroom": HOMEROOM,
        "homeroom_comment": "Chăm ngoan, có ý thức giúp đỡ bạn; cần rèn thêm chữ viết.",
        "sheets": [{"subject": line["code"], **_sheet(line)} for line in book["subjects"]],
        "heads": book["heads"],
    }


def corrections(count=3):
    """A snapshot ``edu.correction.month/1`` of a teacher who corrected ``count`` marks."""
    pupils = gradebook(max(count, 6))["students"]
    return {
        **COMMON,
        "schema": "edu.correction.month/1",
        "form": "correction_log",
        "month": "2026-11",
        "meeting": "2026-11-25",
        "teacher": {"name": HOMEROOM, "department": "Tổ Toán - Tin"},
        "state": "explained",
        "explanation": "Khi vào điểm tôi gõ nhầm hàng của hai em.\nĐã đối chiếu với bài kiểm tra.",
        "explained_at": "2026-11-24T02:10:00Z",
        "decided": None,
        "counts": {"up": str(count), "down": "0", "same": "0", "unconfirmed": "0", "retyped": "4"},
        "rows": [_correction(number, pupils) for number in range(1, count + 1)],
    }


def _correction(number, pupils):
    oral = number % 2 == 0
    papers = [("personal_book", "so-diem.pdf")]
    papers.append(("check_sheet", "bang.pdf") if oral else ("paper", "bai-kiem-tra.pdf"))
    return {
        "no": str(number),
        "at": f"2026-11-{number % 20 + 1:02d}T03:15:00Z",
        "filed_at": f"2026-11-{number % 20 + 1:02d}T03:15:00Z",
        "class": "6A",
        "subject": "Toán",
        "period": "Học kì I",
        "pupil": pupils[number - 1]["name"],
        "column": "TX1",
        "old": "6.5",
        "new": "8",
        "kind": "entry_error",
        "reason": "Gõ nhầm điểm của học sinh ngồi cùng bàn.",
        "evidence": [
            {"kind": kind, "name": name, "sha256": f"{number:064x}"} for kind, name in papers
        ],
        "book_page": "trang 12",
        "oral": "1" if oral else "",
        "witness": pupils[-1]["name"] if oral else "",
        "confirmed": {"by": "Trần Thị Lan", "at": "2026-11-22T07:00:00Z"},
        "approved": None,
        "average": {"before": "7.2", "after": "7.5"},
        "level": {"before": "KHA", "after": "KHA"},
    }


def _student(source, number):
    gender = source.choice(["Nam", "Nữ"])
    parts = [source.choice(FAMILY), source.choice(MIDDLE[gender]), source.choice(GIVEN[gender])]
    name, gender, ethnic = SPECIAL.get(number, (" ".join(parts), gender, "Kinh"))
    month, birthday = source.randint(1, 12), source.randint(1, 28)
    father = f"{parts[0]} {source.choice(MIDDLE['Nam'])} {source.choice(GIVEN['Nam'])}"
    return {
        "no": str(number),
        "code": f"38{number:08d}",
        "name": name,
        "birth_date": f"2015-{month:02d}-{birthday:02d}",
        "gender": gender,
        "ethnic": ethnic,
        "birth_place": "Thanh Hóa",
        "address": f"Số {source.randint(1, 300)}, tổ {source.randint(1, 20)},"
        f" {source.choice(WARDS)}, tỉnh Thanh Hóa",
        "policy": "Hộ cận nghèo" if number % 13 == 0 else "",
        "father": f"{father}, công nhân",
        "mother": f"{source.choice(FAMILY)} Thị {source.choice(GIVEN['Nữ'])}, giáo viên",
        "note": "",
    }


def _subject(source, index, students):
    code, name, assess, count = SUBJECTS[index]
    columns = [{"code": f"TX{n}", "label": str(n), "kind": "regular"} for n in range(1, count + 1)]
    columns.append({"code": "GK", "label": "GK", "kind": "midterm"})
    columns.append({"code": "CK", "label": "CK", "kind": "final"})
    teacher = f"{FAMILY[index]} {MIDDLE['Nữ'][index % 8]} {GIVEN['Nữ'][index % 11]}"
    return {
        "code": code,
        "name": name,
        "assess": assess,
        "teachers": [teacher, HOMEROOM] if code in ("LSDL", "KHTN") else [teacher],
        "columns": columns,
        "confirmed": {
            "by": teacher,
            "at": f"2027-01-14T{1 + index % 9:02d}:20:30Z",
            "chain": f"gradesheet:{17 + index}",
            "seq": str(300 + index),
            "hash": _hash(source),
        },
        "rows": [_row(source, line, columns, assess) for line in students],
    }


def _row(source, student, columns, assess):
    if assess == "comment":
        marks = {column["code"]: "Đ" for column in columns}
        return {"no": student["no"], "marks": marks, "result": "Đ", "note": ""}
    base = source.randint(50, 92)
    tenths = {}
    for column in columns:
        drawn = min(100, max(20, base + source.randint(-15, 10)))
        tenths[column["code"]] = drawn - drawn % 5 if column["kind"] != "regular" else drawn
    weights = {"regular": 1, "midterm": 2, "final": 3}
    total = sum(tenths[column["code"]] * weights[column["kind"]] for column in columns)
    weight = sum(weights[column["kind"]] for column in columns)
    marks = {code: _tenths(value) for code, value in tenths.items()}
    if student["no"] == "23" and columns[0]["code"] in marks:
        marks["GK"] = None
        return {"no": "23", "marks": marks, "result": None, "note": "Chưa kiểm tra giữa kì"}
    average = (Decimal(total) / weight / 10).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return {"no": student["no"], "marks": marks, "result": str(average), "note": ""}


def _tenths(value):
    return str(Decimal(value) / 10).removesuffix(".0")


def _summary(source, row, subjects):
    results = {line["code"]: line["rows"][row]["result"] for line in subjects}
    averages = [Decimal(value) for value in results.values() if value not in (None, "Đ", "CĐ")]
    complete = len(averages) == 8
    study = _study_level(averages) if complete else None
    conduct = source.choice(["TOT", "TOT", "TOT", "KHA", "DAT"])
    return {"no": str(row + 1), "results": results, "study": study, "conduct": conduct}


def _study_level(averages):
    """Thông tư 22/2021, Điều 9.2, for a pupil whose comment subjects are all Đạt."""
    steps = [("TOT", "8.0", "6.5"), ("KHA", "6.5", "5.0"), ("DAT", "5.0", "3.5")]
    for code, six_at_least, all_at_least in steps:
        high = [value for value in averages if value >= Decimal(six_at_least)]
        if len(high) >= 6 and min(averages) >= Decimal(all_at_least):
            return code
    return "CHUA_DAT"


def _transcript_line(subject, row):
    comment = "Tiếp thu bài tốt, tích cực phát biểu." if subject["code"] == "VAN" else ""
    return {
        "code": subject["code"],
        "name": subject["name"],
        "assess": subject["assess"],
        "teacher": subject["teachers"][0],
        "hk1": subject["rows"][row]["result"],
        "hk2": None,
        "year": None,
        "retest": None,
        "comment": comment,
    }


def _sheet(subject):
    fact = subject["confirmed"]
    return {"chain": fact["chain"], "seq": fact["seq"], "hash": fact["hash"]}


def _hash(source):
    return f"{source.getrandbits(256):064x}"
