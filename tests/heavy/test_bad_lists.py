"""Every importer is attacked in a process of bounded memory: nothing is written, and it says why.

The five lists and the marks each get fuzzed workbooks, bombs, programs, endless sheets and files
that are none. Every fuzzed input is made from the seed, its list and its number.
"""

import io
import sys
import time
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from heavy_kit import LONG, Office, figure, own_database
from heavy_words import COLUMNS, SUBJECTS
from openpyxl import Workbook, load_workbook

from edu_records.exchange import table_workbook
from edu_records.testing import seed

sys.path.append(str(Path(__file__).resolve().parents[1] / "library"))

from fuzz_kit import damaged, nasty_cells, repacked, seeded  # noqa: E402

SEED = 20261125
WORKBOOKS = 200 if LONG else 8
ROOM = 400_000_000
"""Bytes that the process may take beyond what Odoo has before the first workbook."""
LISTS = ("students", "guardians", "staff", "classes", "assignments")
IMPORTERS = (*LISTS, "marks")
WATCHED = (
    *("edu_student", "edu_guardian", "hr_employee", "edu_class", "edu_teaching_assignment"),
    *("edu_enrollment", "edu_movement", "edu_mark", "edu_mark_import_sheet", "edu_ledger_entry"),
)
PUPILS = 4
ROWS = {
    "students": {
        "code": "420000000{}",
        "name": "Trần Thị {}",
        "birth_date": "2014-03-0{}",
        "gender": "female",
        "class_code": "6A",
        "father": "Trần Văn {}",
    },
    "guardians": {
        "student_code": "390000000{}",
        "relation": "mother",
        "name": "Hà Thị {}",
        "email": "me{}@example.com",
    },
    "staff": {
        "code": "CB{}",
        "name": "Đỗ Thị {}",
        "birth_date": "1985-01-0{}",
        "gender": "female",
        "qualification": "university",
    },
    "classes": {"name": "7{}", "grade": "6", "max_students": "45"},
    "assignments": {
        "class_name": "6A",
        "subject": "Toán",
        "teacher": "heavy.{teacher}",
        "date_from": "2096-10-0{}",
    },
}


@pytest.fixture(scope="module")
def office():
    with own_database("badlists") as database, Office(database) as running:
        running.ask("school", pupils=PUPILS)
        for entity in IMPORTERS:  # each is fine as long as nobody damages it
            fate, said = bring(running, entity, whole(entity))
            assert fate == "checked", f"{entity}: {said}"
        running.before = running.ask("most_memory")
        running.ask("limit", room=ROOM)
        yield running


@pytest.fixture
def nothing_written(office):
    def counts():
        return [office.query(f"SELECT count(*) FROM {table}") for table in WATCHED]  # noqa: S608

    before = counts()
    yield
    assert counts() == before


@cache
def whole(entity):
    """A workbook of three rows that the school would take."""
    if entity == "marks":
        return marks_workbook()
    rows = [
        {name: text.format(number, teacher=teacher) for name, text in ROWS[entity].items()}
        for number, teacher in enumerate(("VAN", "NN1", "KHTN"), 1)
    ]
    return table_workbook(entity, rows)


def marks_workbook():
    names = {"VAN": "Ngữ văn", "TOAN": "Toán"}
    book = Workbook()
    book.remove(book.active)
    for code in SUBJECTS[:2]:
        sheet = book.create_sheet(names[code])
        heads = [{"GK": "ĐĐGgk", "CK": "ĐĐGck"}.get(column, column) for column in COLUMNS]
        sheet.append(["STT", "Mã định danh Bộ GD&ĐT", "Họ và tên", *heads])
        for number in range(PUPILS):
            who = [f"39000{number:05d}", f"Nguyễn Văn {number:03d}"]
            sheet.append([number + 1, *who, 8.5, "7,5", 6, None, 9, 10])
    return _bytes(book)


def _bytes(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def bring(office, entity, data, **more):
    """By a file: the pipe between the processes would need memory of its own."""
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return office.ask("bring", entity=entity, path=file.name, **more)


# -- fuzzed workbooks -----------------------------------------------------------------------------


@seed("R5.2c")
@pytest.mark.parametrize("entity", IMPORTERS)
def test_fuzzed_workbooks_write_nothing(office, nothing_written, entity):
    """Escapes: any answer but a refusal in words, or that the workbook would be fine."""
    fates, slowest = Counter(), 0
    for number in range(WORKBOOKS):
        chance = seeded(SEED, entity, number)
        change = chance.choice((damaged, repacked, nasty_cells, nasty_cells))
        started = time.monotonic()
        fate, said = bring(office, entity, change(chance, whole(entity)))
        slowest = max(slowest, time.monotonic() - started)
        assert fate in ("not kept", "refused", "checked"), f"{entity} {number}: {fate}"
        assert said, f"{entity} {number}: no word about it"
        fates[fate] += 1
    assert fates["not kept"] + fates["refused"] > WORKBOOKS / 4
    figure("bad input", f"{entity}: fuzzed workbooks", WORKBOOKS, "workbooks")
    for fate in ("not kept", "refused", "checked"):
        figure("bad input", f"{entity}: {fate}, nothing written", fates[fate], "workbooks")
    figure("bad input", f"{entity}: slowest answer", round(slowest, 1), "s")


# -- attacks --------------------------------------------------------------------------------------


def with_part(data, name, content):
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def with_rows(data, cell):
    """The workbook with a million more rows of one cell in its first sheet."""
    rows = b"".join(b'<row r="%d">%s</row>' % (n, cell) for n in range(9, 1_000_001))
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", rows + b"</sheetData>")
            archive.writestr(name, part)
    return target.getvalue()


def with_formulas(data):
    """The workbook with formulas that were never computed in place of the first cells of rows."""
    book = Workbook()
    book.remove(book.active)
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        copy = book.create_sheet(sheet.title)
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            copy.append([f"={value!r}" if number and value else value for value in row])
    return _bytes(book)


ATTACKS = {
    "a zip bomb": lambda data: with_part(data, "xl/media/bomb.xml", bytes(101_000_000)),
    "a bomb in the sheet": lambda data: with_part(data, "xl/worksheets/sheet9.xml", bytes(10**8)),
    "macros": lambda data: with_part(data, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    "a program": lambda data: with_part(data, "xl/embeddings/run.exe", b"MZ"),
    "formulas": with_formulas,
    "a text in another encoding": lambda _data: "STT\tHọ tên\n1\tBình".encode("utf-16"),
    "an old encoding": lambda _data: "STT;Hä tªn;Ngµy sinh".encode("latin-1"),
    "half a file": lambda data: data[: len(data) // 2],
    "more than 20 MB": lambda data: data + bytes(20_000_001),
    "a million rows": lambda data: with_rows(data, b"<c><v>1</v></c>"),
}


@seed("R5.2c")
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("entity", IMPORTERS if LONG else ("students", "marks"))
def test_an_attack_is_refused(office, nothing_written, entity, attack):
    fate, said = bring(office, entity, ATTACKS[attack](whole(entity)))
    assert fate in ("not kept", "refused"), said
    assert said and "Traceback" not in said


def test_a_file_of_another_kind_is_not_kept(office, nothing_written):
    for name in ("list.xlsm", "list.exe", "list.csv", "list.xlsx.js"):
        for entity in LISTS:
            fate, said = bring(office, entity, whole(entity), filename=name)
            assert (fate, name in said) == ("not kept", True)


def test_memory_stayed_bounded(office):
    """After everything above, in the one process that did it."""
    grown = office.ask("most_memory") - office.before
    figure("bad input", "memory that all bad workbooks took at most", grown // 10**6, "MB")
    assert grown < ROOM
