"""Clients of an Odoo that serves a database, and what they were told beside what is recorded."""

import http.client
import itertools
import json
import os
import random
import socket
import subprocess
import time
from contextlib import contextmanager, suppress

from heavy_kit import PATIENCE, mark_events
from heavy_words import PASSWORD
from places import CONF, LOGS, VENV_PYTHON

AT_ONCE = "32"
"""Requests that the server works on at once; the others wait at its door."""
BUSY = ("SerializationFailure", "LockNotAvailable", "DeadlockDetected", "ConcurrencyError")
"""What the server says after five tries of its own; a client asks again."""


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
        words = {"request": _request()}
        answers = client.call("edu.gradesheet", "save_cells", [sheet["id"]], cells, **words)
        return self.keep(sheet, cells, answers)

    def save_grid(self, client, sheet, cells, again=False):
        """Save cells as the grid does: whatever the guards ask about was meant.

        :param bool again: the answer gets lost on its way, so the grid asks once more
        """
        cells = [{**cell, "sheet": sheet["id"]} for cell in cells]
        words = {"request": _request()}
        while True:
            answer = client.call("edu.gradesheet", "save_grid", [sheet["id"]], cells, **words)
            if all(one.get("error") != "UNACKNOWLEDGED" for one in answer["cells"]):
                break
            self.keep(sheet, cells, answer["cells"])
            held = [one.get("error") == "UNACKNOWLEDGED" for one in answer["cells"]]
            cells = list(itertools.compress(cells, held))
            findings = client.call("edu.gradesheet", "check_cells", [sheet["id"]], cells)
            meant = {"token": findings["token"], "reason": "meant"}
            words = {"request": _request(), "acknowledgement": meant}
        if again:
            repeated = client.call("edu.gradesheet", "save_grid", [sheet["id"]], cells, **words)
            assert repeated["cells"] == answer["cells"]
        return self.keep(sheet, cells, answer["cells"])

    def keep(self, sheet, cells, answers):
        """Keep what the answers say was saved, and what was there instead."""
        self.saves.append(len(cells))
        for cell, answer in zip(cells, answers, strict=True):
            if "conflict" in answer:
                self.conflicts.append(answer)
            elif answer.get("error") != "UNACKNOWLEDGED":
                assert "version" in answer, answer
                if answer["version"] == cell["version"]:  # it was there already
                    continue
                slot = f"{cell['enrollment']}:{cell['column']}:1"
                value = f"value|{cell['value']}"
                self.changes.append(
                    (sheet["chain"], answer["version"], slot, value, cell["version"])
                )
        return answers


def _request():
    return f"heavy-{random.getrandbits(64):x}"


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


def compare(office, told):
    """Marks and ledger hold exactly what the clients were told.

    :return: ``{(chain, slot): (version, value)}`` of the marks
    """
    export = office.ledger()
    recorded = mark_events(export)
    # who types what is there already is told its version: that is one mark with several witnesses
    acknowledged = {}
    for chain, seq, slot, value, seen in told.changes:
        acknowledged.setdefault((chain, seq), (slot, value, set()))[2].add(seen)
        assert acknowledged[chain, seq][:2] == (slot, value)
    assert {key: (slot, new) for key, (slot, _old, new) in recorded.items()} == {
        key: (slot, value) for key, (slot, value, _seen) in acknowledged.items()
    }
    last = {}
    for (chain, seq), (slot, value, seen) in sorted(acknowledged.items()):
        before, old = last.get((chain, slot), (0, ""))
        assert before in seen and recorded[chain, seq][1] == old, "overwritten unseen"
        last[chain, slot] = seq, value
    marks = {
        (mark["chain"], mark["slot"]): (mark["entry_seq"], f"{mark['kind']}|{mark['token']}")
        for mark in export["data"]["marks"]
    }
    assert marks == last
    return marks
