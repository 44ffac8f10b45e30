"""Work that is killed in the middle leaves all of it or none, and can be done again.

The moments are seeded fractions of the time that the same work took undisturbed.
"""

import base64
import io
import os
import random
import signal
import time
from contextlib import suppress

import pytest
from heavy_kit import LONG, Office, figure, mark_events, own_database
from openpyxl import Workbook

KILLS = 12 if LONG else 2
PUPILS = 300 if LONG else 150
CLASS_SIZE = 40
SEED = 20260905
HEADERS = ["STT", "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc"]


@pytest.fixture(scope="module")
def office():
    with own_database("kills") as database, Office(database) as running:
        yield running


@pytest.fixture(scope="module")
def school(office):
    return office.ask("school", pupils=CLASS_SIZE)


def workbook(series):
    """A workbook of pupils whose numbers begin with 41 and the series, base64."""
    book = Workbook()
    book.active.title = "Sheet1"
    book.active.append(HEADERS)
    for number in range(PUPILS):
        who = [f"41{series:03d}{number:05d}", f"Trần Thị {number:03d}", "05/03/2014", "Nữ", "Kinh"]
        book.active.append([number + 1, "6A", *who])
    data = io.BytesIO()
    book.save(data)
    return base64.b64encode(data.getvalue()).decode()


def undisturbed(office, do, **words):
    """Seconds that the work takes when nobody kills it."""
    started = time.monotonic()
    office.start(do, **words)
    assert office.outcome() == 0
    return time.monotonic() - started


def killed(office, after, do, **words):
    """Start the work and kill its process; whether it was in the middle."""
    process = office.start(do, **words)
    time.sleep(after)
    with suppress(ProcessLookupError):  # it was over already
        os.kill(process, signal.SIGKILL)
    return office.outcome() == -signal.SIGKILL


def moments(seconds):
    """Seeded moments, one in each equal part of the time, so that no part is left out."""
    chance = random.Random(SEED)
    return [(part + chance.random()) / KILLS * seconds * 0.95 for part in range(KILLS)]


def imported(office, series):
    """Pupils of a series, their places in the class, places without a number."""
    ((students, places, unnumbered),) = office.query(
        "SELECT count(DISTINCT student.id), count(place.id),"
        " count(place.id) FILTER (WHERE coalesce(place.number, 0) = 0)"
        " FROM edu_student student LEFT JOIN edu_enrollment place ON place.student_id = student.id"
        " WHERE student.code LIKE %s",
        f"41{series:03d}%",
    )
    return students, places, unnumbered


def log_entries(office):
    """How many imports the ledger tells of."""
    entries = office.ledger()["entries"]
    return sum('"import"' in entry["payload"] for entry in entries)


def test_a_killed_import_leaves_all_pupils_or_none(office, school):
    nothing, whole = (0, 0, 0), (PUPILS, PUPILS, 0)
    seconds = undisturbed(office, "import_pupils", workbook=workbook(0))
    assert imported(office, 0) == whole
    kills = halves = done = 0
    for series, moment in enumerate(moments(seconds), 1):
        kills += killed(office, moment, "import_pupils", workbook=workbook(series))
        state = imported(office, series)
        halves += state not in (nothing, whole)
        done += state == whole
        halves += log_entries(office) != 1 + done
    assert not halves
    assert kills, "every import was over before it was killed"
    for series in range(1, KILLS + 1):
        office.ask("import_pupils", workbook=workbook(series))
        assert imported(office, series) == whole
    office.ledger()
    figure("kills", "imports killed in the middle", kills, "kills")
    figure("kills", "imports found half written", halves, "states")


def test_a_killed_save_leaves_all_marks_or_none(office, school):
    sheet = school["sheets"]["TOAN"]
    ((places,),) = office.query(
        "SELECT count(*) FROM edu_enrollment WHERE class_id = %s", school["class"]
    )
    cells = places * len(school["columns"])
    seconds = undisturbed(office, "save_all", sheet=sheet["id"], value="1")
    before, kills, halves = "1", 0, 0
    for number, moment in enumerate(moments(seconds), 1):
        value = f"2.{number}" if number < 10 else f"3.{number - 9}"
        kills += killed(office, moment, "save_all", sheet=sheet["id"], value=value)
        tokens = office.query(
            "SELECT token, count(*), count(DISTINCT entry_seq) FROM edu_mark"
            " WHERE gradesheet_id = %s GROUP BY token",
            sheet["id"],
        )
        halves += tokens not in ([(before, cells, cells)], [(value, cells, cells)])
        halves += len(mark_events(office.ledger())) % cells != 0
        before = tokens[0][0]
    assert not halves
    assert kills, "every save was over before it was killed"
    office.ask("save_all", sheet=sheet["id"], value="10")
    assert {new for _slot, _old, new in mark_events(office.ledger()).values()} >= {"value|10"}
    figure("kills", "saves killed in the middle", kills, "kills")
    figure("kills", "saves found half written", halves, "states")
