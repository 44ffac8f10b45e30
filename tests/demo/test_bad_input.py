"""Bad input over the web client's own calls: a Vietnamese sentence with its place, nothing written.

A workbook that a person brings for a second semester is refused as a whole: where a cell is wrong,
the sentence names sheet, row, column and reason.
"""

import base64
import itertools
import os
import re
import subprocess
import sys
from functools import cache
from types import SimpleNamespace

import bad_workbooks
import pytest
import requests

from .conftest import TOOLS

LONG = pytest.mark.skipif(not os.environ.get("EDU_LONG"), reason="only with EDU_LONG=1")
VIETNAMESE = {"lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh"}
WATCHED = (
    "edu.student",
    "edu.enrollment",
    "edu.mark",
    "edu.mark.import.sheet",
    "edu.period.result",
    "edu.ledger.entry",
)
PUPILS = {
    "pupils_no_header": "Trang Sheet1: Không tìm thấy dòng tiêu đề",
    "pupils_missing_header": "Trang Sheet1, dòng 4: Thiếu cột “Ngày sinh”.",
    "pupils_twice_header": "Trang Sheet1, dòng 4, cột J: Cột “Họ tên” xuất hiện hai lần.",
    "pupils_missing_name": "Trang Sheet1, dòng 6, cột D: Chưa ghi “Họ và tên”.",
    "pupils_bad_date": "Trang Sheet1, dòng 7, cột E: “31/02/2015” không phải là ngày hợp lệ",
    "pupils_bad_gender": "Trang Sheet1, dòng 8, cột F: “Trai” không phải là giới tính",
    "pupils_same_id": "Trang Sheet1, dòng 12, cột C: Học sinh 3812600101 đã có ở dòng 5.",
    "pupils_same_name_and_date": "Trang Sheet1, dòng 12, cột D: Học sinh Quách Thị Thu Ngân đã",
}
MARKS = {
    "marks_missing_header": "Trang Toán, dòng 5: Thiếu cột “ĐĐGgk”.",
    "marks_wrong_header": "Trang Toán, dòng 5, cột H: Không nhận ra cột “ĐĐGxyz”",
    "marks_twice_header": "Trang Toán, dòng 5, cột L: Cột “ĐĐGgk” xuất hiện hai lần.",
    "marks_unknown_subject": "Trang Toán, dòng 3, cột D: Lớp không học môn “Chiêm tinh học”.",
    "marks_two_decimals": "Trang Toán, dòng 6, cột F: “8.55” có nhiều hơn một chữ số thập phân.",
    "marks_85": "Trang Toán, dòng 7, cột G: “85” không nằm trong khoảng từ 0 đến 10.",
    "marks_negative": "Trang Toán, dòng 8, cột K: “-1” không nằm trong khoảng từ 0 đến 10.",
    "marks_abc": "Trang Toán, dòng 9, cột L: “abc” không phải là điểm",
    "marks_conduct": "Trang Kết quả rèn luyện, dòng 6, cột F: “Trung bình” không phải là mức",
    "marks_pupil_twice": "Trang Toán, dòng 8, cột C: Học sinh Lê Hữu An đã có ở dòng 6.",
    "marks_unknown_pupil": "Trang Toán, dòng 6, cột C: Trường không có học sinh mang mã",
    "marks_other_class": "Trang Toán, dòng 6, cột B: Lê Văn Khác học lớp 6B, không phải lớp 6A.",
    "marks_name_mismatch": "Trang Toán, dòng 6, cột D: Mã định danh 3812600136 là của Lê Hữu An",
    "marks_no_marks": "Bảng tính không có trang điểm nào.",
}
FILES = {
    "file_empty": "Tệp không có dữ liệu.",
    "file_text": "Tệp không phải là bảng tính Excel (.xlsx).",
    "file_truncated": "Tệp bị hỏng hoặc chưa đầy đủ: hãy sao chép hoặc tải lại tệp.",
    "file_password": "Bảng tính được bảo vệ bằng mật khẩu: hãy bỏ mật khẩu rồi thử lại.",
}


class Client:
    """What a signed-in browser sends, without the browser."""

    def __init__(self, server, login):
        self.server, self.session, self.numbers = server, requests.Session(), itertools.count()
        params = {"db": "edu_test_demo", "login": login, "password": "demo"}
        assert "result" in self.post("/web/session/authenticate", params)

    def post(self, path, params):
        message = {"jsonrpc": "2.0", "id": next(self.numbers), "params": params}
        answer = self.session.post(self.server + path, json=message, timeout=60)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()

    def try_(self, model, method, *args, **kwargs):
        """The answer, with ``result`` or ``error``."""
        kwargs.setdefault("context", VIETNAMESE)
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", params)

    def call(self, model, method, *args, **kwargs):
        answer = self.try_(model, method, *args, **kwargs)
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer.get("result")

    def refused(self, model, method, *args, **kwargs):
        """The sentence of a refusal that was meant (no trace of a program's error)."""
        return refusal(self.try_(model, method, *args, **kwargs))


def refusal(answer):
    assert "error" in answer, answer
    data = answer["error"]["data"]
    assert data["name"] == "odoo.exceptions.UserError", data
    return data["message"]


@pytest.fixture(scope="module")
def client(server):
    """A function: the one client of the user ``login``."""
    return cache(lambda login: Client(server, login))


@pytest.fixture(scope="module")
def clerk(client):
    return client("clerk")


@pytest.fixture(scope="module")
def school(client, clerk):
    """Class 6A's open semester, and a pupil of a second class, 6B."""
    classes = clerk.call("edu.class", "search_read", [["name", "=", "6A"]])
    year, grade = (classes[0][name][0] for name in ("school_year_id", "grade_id"))
    code, name, other = bad_workbooks.OTHER_PUPIL
    if not clerk.call("edu.student", "search_count", [["code", "=", code]]):
        vals = {"name": other, "school_year_id": year, "grade_id": grade}
        (other_class,) = client("itadmin").call("edu.class", "create", [vals])
        vals = {"name": name, "code": code, "birth_date": "2015-02-03", "gender": "male"}
        (pupil,) = clerk.call("edu.student", "create", [vals])
        (first,) = clerk.call("edu.school.year", "read", [year], ["date_start"])
        vals = {"kind": "admission", "date": first["date_start"], "to_class_id": other_class}
        vals["student_ids"] = [[6, 0, [pupil]]]
        clerk.call(
            "edu.movement.wizard",
            "action_confirm",
            clerk.call("edu.movement.wizard", "create", [vals]),
        )
    domain = [["class_id.name", "=", "6A"], ["period_id.code", "=", "HK2"]]
    (period,) = clerk.call("edu.gradebook.period", "search", domain)
    return SimpleNamespace(year=year, period=period)


@pytest.fixture
def nothing_written(client, school):
    """Counts what a bad workbook could have touched, before and after the test."""
    watch = client("principal")

    def counts():
        return {model: watch.call(model, "search_count", []) for model in WATCHED}

    before = counts()
    assert before["edu.student"] > 42 and before["edu.mark"] > 42
    yield
    assert counts() == before


def upload(case):
    data, _code = bad_workbooks.cases()[case]
    return {"file": base64.b64encode(data).decode(), "filename": f"{case}.xlsx"}


def bring_pupils(user, school, vals):
    vals = {"entity": "students", "school_year_id": school.year, **vals}
    return user.call("edu.import", "create", [vals])


def bring_marks(user, school, vals):
    vals = {"gradebook_period_id": school.period, **vals}
    return user.call("edu.mark.import", "create", [vals])


def report(user, model, ids):
    (row,) = user.call(model, "read", ids, ["state", "report", "error_file"])
    return row


@pytest.mark.parametrize("case", PUPILS)
def test_list_of_pupils(clerk, school, nothing_written, case):
    ids = bring_pupils(clerk, school, upload(case))
    clerk.call("edu.import", "action_check", ids)
    row = report(clerk, "edu.import", ids)
    assert row["state"] == "refused"
    assert clerk.refused("edu.import", "action_import", ids)
    assert PUPILS[case] in row["report"]
    assert row["error_file"]


@pytest.mark.parametrize("login", ["clerk", pytest.param("gv.toan", marks=LONG)])
@pytest.mark.parametrize("case", MARKS)
def test_marks(client, school, nothing_written, case, login):
    user = client(login)
    ids = bring_marks(user, school, upload(case))
    for button in ("action_check", "action_stage"):
        user.call("edu.mark.import", button, ids)
        row = report(user, "edu.mark.import", ids)
        assert row["state"] == "refused"
        assert MARKS[case] in row["report"]
        assert row["error_file"]


@pytest.mark.parametrize("case", FILES)
def test_file_that_is_no_workbook(clerk, school, nothing_written, case):
    brought = upload(case)
    if not brought["file"]:
        brought["file"] = base64.b64encode(b" ").decode()
    vals = {"entity": "students", "school_year_id": school.year, **brought}
    assert clerk.refused("edu.import", "create", [vals]) == FILES[case]
    marks = bring_marks(clerk, school, brought)
    for button in ("action_check", "action_stage"):
        assert clerk.refused("edu.mark.import", button, marks) == FILES[case]


@pytest.mark.parametrize("password", ["", "wrong", "mật khẩu sai"])
def test_wrong_password_of_a_certificate(client, demo, password):
    teacher = client("gv.van")
    key = next(demo.ca.rglob("homeroom*.p12"))
    before = teacher.call("edu.certificate", "search_read", [], ["fingerprint", "write_date"])
    content = base64.b64encode(key.read_bytes()).decode()
    secrets = {"content": content, "password": password, "pin": "135791"}
    answer = teacher.post("/edu/signing/upload", secrets)
    assert refusal(answer) == "Mật khẩu của tệp chứng thư số không đúng."
    after = teacher.call("edu.certificate", "search_read", [], ["fingerprint", "write_date"])
    assert after == before


def test_file_that_is_no_certificate(client):
    teacher = client("gv.van")
    secrets = {"content": "aGVsbG8=", "password": "x", "pin": "135791"}
    said = refusal(teacher.post("/edu/signing/upload", secrets))
    assert said == "Tệp này không phải tệp chứng thư số (.p12, .pfx) đọc được."


@pytest.mark.parametrize(("room", "refused"), [(10**18, 1), (1, 0)])
def test_no_room_on_the_disk_is_one_sentence(tmp_path, room, refused):
    program = (
        f"import pathlib, demo, places; demo.ROOM = {room};"
        f" demo.OUT = pathlib.Path({str(tmp_path)!r});"
        " places.main(lambda: demo._room() or 0)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True)
    assert done.returncode == refused
    sentence = r"edu: only \d+ MB are free where .* so free some room and run it again\.\n"
    assert re.fullmatch(sentence if refused else "", done.stderr), done.stderr
