"""Two hundred teachers, many to a sheet and twenty sessions at a time, lose no mark.

Each signs in, opens the grid and types marks over what the grid showed. The principal tries to
lock meanwhile. What the teachers were told is compared with the marks and with the ledger.
"""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from heavy_clients import Client, Refused, Told, compare, served
from heavy_kit import LONG, Office, figure, own_database
from heavy_words import SUBJECTS

from edu_records.testing import seed

TEACHERS = 50 if LONG else 3
"""Of each sheet."""
PUPILS = 45 if LONG else 4
SESSIONS = 20
SAVES, CELLS = 4, 6
SEED = 2026


@pytest.fixture(scope="module")
def place():
    """The school, its office beside the server, and what reaches the server."""
    with own_database("teachers") as database, Office(database) as office:
        school = office.ask("school", pupils=PUPILS)
        school["teachers"] = office.ask("colleagues", number=TEACHERS, book=school["book"])
        with served(database) as (port, _log):
            yield office, school, (port, database)


def teach(told, server, school, sheet, login):
    """One teacher in a session of the own: marks typed over what the grid showed at first."""
    chance = random.Random(f"{SEED} {login}")
    client = Client(*server, login)
    grid = client.call("edu.gradesheet", "open_grid", sheet["id"])
    assert grid["sheet"]["id"] == sheet["id"] and not grid["closed"]
    seen = {key: cell["version"] for key, cell in grid["cells"].items()}
    places = list(product(school["lines"], school["columns"]))
    for _save in range(SAVES):
        cells = [
            {"enrollment": line, "column": code, "value": mark(chance)}
            for line, code in chance.sample(places, CELLS)
        ]
        for cell in cells:
            cell["version"] = seen.get(f"{cell['enrollment']}:{cell['column']}:1", 0)
        answers = told.save_grid(client, sheet, cells, again=chance.random() < 0.2)
        for answer in answers:
            there = answer.get("conflict", answer)
            seen[f"{answer['enrollment']}:{answer['column']}:1"] = there["version"]


def mark(chance):
    whole, tenth = divmod(chance.randrange(101), 10)
    return f"{whole}.{tenth}" if tenth else f"{whole}"


def keep_locking(client, school, over):
    """How often the principal's lock was refused: the sheets are not complete."""
    refused = 0
    while not over.wait(0.1):
        with pytest.raises(Refused, match="UserError"):
            client.call("edu.gradebook.period", "action_lock", [school["book"]])
        refused += 1
    return refused


@seed("P2.2.3d", "R7.1b")
def test_teachers_who_share_a_sheet_lose_no_mark(place):
    office, school, server = place
    told, over = Told(), threading.Event()
    jobs = [
        (school["sheets"][code], login)
        for code, logins in school["teachers"].items()
        for login in logins
    ]
    random.Random(SEED).shuffle(jobs)
    assert len(jobs) == len(SUBJECTS) * TEACHERS
    started = time.monotonic()
    with ThreadPoolExecutor(SESSIONS) as sessions, ThreadPoolExecutor(1) as office_hours:
        principal = office_hours.submit(
            keep_locking, Client(*server, "heavy.principal"), school, over
        )
        teachers = [
            sessions.submit(teach, told, server, school, sheet, login) for sheet, login in jobs
        ]
        try:
            for teacher in teachers:
                teacher.result()
        finally:
            over.set()
        refused = principal.result()
    seconds = time.monotonic() - started
    marks = compare(office, told)
    assert told.changes and told.conflicts and refused
    figure("teachers", "teachers who share four sheets", len(jobs), "teachers")
    figure("teachers", "sessions at a time", SESSIONS, "sessions")
    figure("teachers", "saves per second", round(len(told.saves) / seconds, 1), "saves/s")
    acknowledged = {change[:2] for change in told.changes}
    figure("teachers", "marks acknowledged = in the ledger", len(acknowledged), "marks")
    figure("teachers", "cells whose mark is the one acknowledged last", len(marks), "cells")
    figure("teachers", "stale versions answered as conflict", len(told.conflicts), "cells")
    figure("teachers", "locks of the principal refused meanwhile", refused, "requests")
    figure("teachers", "marks lost, doubled or overwritten unseen", 0, "marks")
