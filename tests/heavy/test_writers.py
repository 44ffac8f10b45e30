"""Many writers at once on one class, through Odoo's server, and a principal who tries to lock.

What the clients were told is compared with what the marks and the ledger say afterwards: every
acknowledged change is there once and in its order, and nothing is there that nobody was told of.
"""

import http.client
import itertools
import json
import os
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from heavy_kit import LONG, PATIENCE, Office, figure, mark_events, own_database
from heavy_words import PASSWORD, SUBJECTS
from places import CONF, LOGS, VENV_PYTHON

from edu_records.ledger import decode
from edu_records.testing import seed

PUPILS = 50 if LONG else 3
WRITERS = len(SUBJECTS) * PUPILS
ROUNDS = 20 if LONG else 4
AT_ONCE = "32"
"""Requests that the server works on at once; the others wait at its door."""
BUSY = ("SerializationFailure", "LockNotAvailable", "DeadlockDetected", "ConcurrencyError")
"""What the server says after five tries of its own; a client asks again."""
SEED = 22


class Refused(Exception):
    """The server's answer is an error; ``args`` are its class and its message."""


class Client:
    """One user at a server; every call is a connection of its own, from any thread."""

    def __init__(self, port, database, login):
        self.port, self.cookie, self.again = port, "", itertools.count()
        words = {"db": database, "login": login, "password": PASSWORD}
        assert self._post("/web/session/authenticate", words)["result"]["uid"]

    def call(self, model, method, *args, **kwargs):
        """Call as the web client does; a server that is busy is asked again.

        :raises Refused: for what the server refuses
        """
        words = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        while True:
            answer = self._post(f"/web/dataset/call_kw/{model}/{method}", words)
            if "error" not in answer:
                return answer.get("result")
            error = answer["error"]["data"]
            if not error["name"].endswith(BUSY):
                raise Refused(error["name"], error["message"])
            next(self.again)

    def _post(self, path, params):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if not self.cookie:
            self.cookie = response.getheader("Set-Cookie").split(";")[0]
        return answer


class Told:
    """What the clients were told: acknowledged changes, conflicts, refusals."""

    def __init__(self):
        self.changes, self.saves, self.conflicts, self.refused = [], [], [], []

    def save(self, client, sheet, cells):
        """Save cells; the answers are kept and returned."""
        request = f"heavy-{random.getrandbits(64):x}"
        answers = client.call("edu.gradesheet", "save_cells", [sheet["id"]], cells, request=request)
        self.saves.append(len(cells))
        for cell, answer in zip(cells, answers, strict=True):
            if "conflict" in answer:
                self.conflicts.append(answer)
                continue
            assert "version" in answer, answer
            slot = f"{cell['enrollment']}:{cell['column']}:1"
            value = f"value|{cell['value']}"
            self.changes.append((sheet["chain"], answer["version"], slot, value, cell["version"]))
        return answers


@contextmanager
def served(database):
    """The port of an Odoo that serves the database, and the file of its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = LOGS / "heavy-server.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            *(str(VENV_PYTHON), "-m", "odoo", "-c", str(CONF), "-d", database),
            *("--http-port", str(port), "--logfile", str(log), "--max-cron-threads", "0"),
        ],
        env={**os.environ, "ODOO_MAX_HTTP_THREADS": AT_ONCE},
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, log
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


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


def compare(office, school, told):
    """Marks and ledger hold exactly what the clients were told; the ledger's export."""
    export = office.ledger()
    recorded = mark_events(export)
    assert len({change[:2] for change in told.changes}) == len(told.changes)
    assert {key: (slot, new) for key, (slot, _old, new) in recorded.items()} == {
        (chain, seq): (slot, value) for chain, seq, slot, value, _seen in told.changes
    }
    last = {}
    for chain, seq, slot, value, seen in sorted(told.changes):
        before, old = last.get((chain, slot), (0, ""))
        assert (seen, recorded[chain, seq][1]) == (before, old), "overwritten unseen"
        last[chain, slot] = seq, value
    marks = {
        (mark["chain"], mark["slot"]): (mark["entry_seq"], f"{mark['kind']}|{mark['token']}")
        for mark in export["data"]["marks"]
    }
    assert marks == last
    assert len(marks) == len(SUBJECTS) * PUPILS * len(school["columns"])
    return export


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
    compare(office, school, told)
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
