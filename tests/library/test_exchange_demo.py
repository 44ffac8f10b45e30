import subprocess
import sys

from exchange_kit import TOOLS, demo
from openpyxl import load_workbook

from edu_records.rules import tt22


def test_same_bytes_every_time(tmp_path):
    first, second = demo.make(tmp_path / "a"), demo.make(tmp_path / "b")
    assert [path.name for path in first] == ["pupils.xlsx", "marks_hk1.xlsx"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_like_the_ministrys_file(tmp_path):
    book = load_workbook(demo.make(tmp_path)[0])
    assert book.sheetnames[0] == "Sheet1" and len(book.sheetnames) == 17
    headers = [cell.value for cell in book["Sheet1"][4]]
    assert any("\n" in text for text in headers)
    kinds = {type(book["Sheet1"].cell(row, 5).value).__name__ for row in range(5, 47)}
    assert kinds == {"str", "int", "datetime"}


def test_people_are_distinct_and_subjects_follow_the_circular():
    people = demo.pupils()
    for name in ("code", "name", "personal_id"):
        assert len({pupil[name] for pupil in people}) == demo.PUPILS
    assert len(demo.catalogue()) == 12
    for code, facts in demo.catalogue().items():
        periods = {"GDCD": 35, "CN": 35, "TIN": 35, "GDTC": 70, "NT": 70, "GDDP": 35}.get(code, 105)
        assert facts["regular_count"] == tt22.regular_count(periods=periods, assess=facts["assess"])


def test_every_bad_workbook_is_written(tmp_path):
    done = subprocess.run(
        [sys.executable, f"{TOOLS}/demo_workbooks.py", str(tmp_path), "--bad"],
        capture_output=True,
        text=True,
        check=True,
    )
    made = sorted((tmp_path / "bad").iterdir())
    assert len(made) >= 40
    assert len(done.stdout.splitlines()) == len(made) + 2
