"""Many writers at once on one class, through Odoo's server, and a principal who tries to lock.

What the clients were told is compared with what the marks and the ledger say afterwards: every
acknowledged change is there once and in its order, and nothing is there that nobody was told of.
"""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from heavy_clients import Client, Refused, Told, compare, served
from heavy_kit import LONG, PATIENCE, Office, figure, own_database
from heavy_words import SUBJECTS

from edu_records.ledger import decode
from edu_records.testing import seed

PUPILS = 50 if LONG else 3
WRITERS = len(SUBJECTS) * PUPILS
ROUNDS = 20 if LONG else 4
SEED = 22


@pytest.fixture(scope="module")
def place():
    """The school, its office beside the server, and a client for each of its people."""
    with own_database("writers") as database, Office(database) as office:
        school = office.ask("school", pupils=PUPILS)
        with served(database) as (port, log):
            logins = [*SUBJECTS, "principal"]
            clients = {who: Client(port, database, f"heavy.{who}") for who in logins}
            yield office, school, clients, log


def score(number):
    """The mark of a writer: different numbers below 101 are different marks."""
    whole, tenth = divmod(number, 10)
    return f"{whole}.{tenth}" if tenth else f"{whole}"


def unlike(row, columns):
    """A mark for each column, so that no column looks like a copy of another one."""
    return {code: score((row + 7 * place) % 101) for place, code in enumerate(columns)}


def write(told, client, school, sheet, row):
    """One writer: the marks of one pupil, and twice a mark of the first pupil that all want."""
    lines, columns = school["lines"], school["columns"]
    own = columns if row else columns[1:]
    cells = [
        {"enrollment": lines[row], "column": code, "value": value, "version": 0}
        for code, value in unlike(row, columns).items()
        if code in own
    ]
    wanted = {"enrollment": lines[0], "column": columns[0], "value": score(row), "version": 0}
    answers = told.save(client, sheet, [*cells[:3], wanted])
    assert all("version" in answer for answer in answers[:3])
    seen = answers[3].get("conflict", answers[3])["version"]
    changed = {**wanted, "value": score(PUPILS + row), "version": seen}
    told.save(client, sheet, [*cells[3:], changed])


def disturb(told, school, clients, over):
    """The principal tries to lock, a teacher writes in a colleague's sheet: both are refused."""
    sheet = school["sheets"]["TOAN"]
    cell = {"enrollment": school["lines"][1], "column": "CK", "value": "10", "version": 0}
    while not over.wait(0.05):
        for who, model, method, words in (
            ("principal", "edu.gradebook.period", "action_lock", ([school["book"]],)),
            ("KHTN", "edu.gradesheet", "save_cells", ([sheet["id"]], [cell])),
        ):
            with pytest.raises(Refused) as refusal:
                clients[who].call(model, method, *words)
            told.refused.append((who, refusal.value.args[0].rpartition(".")[2]))


@seed("P2.2.3d", "R7.1b")
def test_no_save_is_lost_and_none_overwrites_another(place):
    office, school, clients, log = place
    told, over = Told(), threading.Event()
    jobs = [(code, row) for row in range(PUPILS) for code in SUBJECTS]
    random.Random(SEED).shuffle(jobs)
    started = time.monotonic()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        disturber = pool.submit(disturb, told, school, clients, over)
        writers = [
            pool.submit(write, told, clients[code], school, school["sheets"][code], row)
            for code, row in jobs
        ]
        try:
            for writer in writers:
                writer.result()
        finally:
            over.set()
        disturber.result()
    seconds = time.monotonic() - started
    assert len({change[:2] for change in told.changes}) == len(told.changes)
    marks = compare(office, told)
    assert len(marks) == len(SUBJECTS) * PUPILS * len(school["columns"])
    # of the writers who found the mark empty only one wrote it
    assert len(told.conflicts) >= len(SUBJECTS) * (PUPILS - 1)
    assert set(told.refused) == {("principal", "UserError"), ("KHTN", "AccessError")}
    assert len(told.saves) == 2 * WRITERS
    retries = log.read_text(encoding="utf-8").count("tries left, try again in")
    figure("writers", "simultaneous writers on one class", WRITERS, "writers")
    figure("writers", "saves acknowledged", len(told.saves), "saves")
    figure("writers", "marks recorded", len(told.changes), "marks")
    figure("writers", "saves per second", round(len(told.saves) / seconds, 1), "saves/s")
    figure("writers", "stale versions answered as conflict", len(told.conflicts), "cells")
    figure("writers", "tries repeated by the server", retries, "tries")
    again = sum(next(client.again) for client in clients.values())
    figure("writers", "requests repeated by clients of a busy server", again, "requests")
    figure("writers", "locks and foreign saves refused meanwhile", len(told.refused), "requests")
    figure("writers", "saves lost, doubled or overwritten", 0, "saves")


@seed("P2.2.3b")
def test_nothing_is_written_between_lock_and_unlock(place):
    """The principal locks while a teacher corrects a mark: whoever is first, wins whole."""
    office, school, clients, _log = place
    clients["VAN"].call(
        "edu.gradebook.period",
        "save_conduct",
        [school["book"]],
        {str(line): "TOT" for line in school["lines"]},
    )
    for code, sheet in school["sheets"].items():
        clients[code].call("edu.gradesheet", "action_confirm", [sheet["id"]])
    outcomes, chance = Counter(), random.Random(SEED)
    with ThreadPoolExecutor(2) as pool:
        for _round in range(ROUNDS):
            start = threading.Barrier(2)
            late = chance.uniform(-0.1, 0.1)
            teacher = pool.submit(correct, clients["TOAN"], school, start, max(late, 0))
            principal = pool.submit(lock, clients["principal"], school, start, max(-late, 0))
            outcomes[teacher.result(), principal.result()] += 1
            if book_state(office, school) == "locked":
                clients["principal"].call(
                    "edu.gradebook.period", "action_unlock", [school["book"]], reason="Round over"
                )
    assert all(saved or locked for saved, locked in outcomes), outcomes
    locked, locks = set(), 0
    for entry in office.ledger()["entries"]:
        chain, seq, event = decode(entry["payload"])
        if event.operation == "lock":
            locked.add(chain)
            locks += 1
        elif event.operation == "unlock":
            locked.discard(chain)
        elif event.model in ("edu.mark", "edu.gradesheet"):
            assert chain not in locked, (chain, seq, event)
    assert locks and not locked
    print(f"writers: (corrected, locked) {dict(outcomes)}")
    figure("writers", "races of a lock and a correction", ROUNDS, "rounds")
    figure("writers", "marks written between lock and unlock", 0, "marks")


def book_state(office, school):
    ((state,),) = office.query(
        "SELECT state FROM edu_gradebook_period WHERE id = %s", school["book"]
    )
    return state


def lock(client, school, start, late):
    """Whether the principal could lock."""
    start.wait(PATIENCE)
    time.sleep(late)
    try:
        client.call("edu.gradebook.period", "action_lock", [school["book"]])
    except Refused:
        return False
    return True


def correct(client, school, start, late):
    """Whether the teacher of Toán could open the sheet, change a mark and confirm again."""
    sheet, line = school["sheets"]["TOAN"]["id"], school["lines"][-1]
    start.wait(PATIENCE)
    time.sleep(late)
    try:
        client.call("edu.gradesheet", "action_unconfirm", [sheet])
    except Refused:
        return False
    cell = client.call("edu.gradesheet", "load_cells", [sheet])["cells"][f"{line}:CK:1"]
    value = "8.5" if cell["value"] != "8.5" else "9.5"
    changed = {"enrollment": line, "column": "CK", "value": value, "version": cell["version"]}
    (answer,) = client.call("edu.gradesheet", "save_cells", [sheet], [changed])
    assert answer.get("value") == value, answer
    client.call("edu.gradesheet", "action_confirm", [sheet])
    return True
