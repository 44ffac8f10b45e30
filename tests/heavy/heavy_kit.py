"""A copy of the tests' database, Odoo in a process beside it, and what the ledger of it says."""

import json
import os
import secrets
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from places import CONF, EDU, LOGS, VENV_PYTHON
from psycopg2 import sql

from edu_records.ledger import decode, verify_export

LONG = os.environ.get("EDU_LONG") == "1"
PATIENCE = 120  # seconds
JOB = Path(__file__).with_name("heavy_job.py")


def figure(suite, name, value, unit):
    """Tell a figure of the whole suite; a sample's figures are worth nothing."""
    print(f"{suite}: {name} {value} {unit}")
    if LONG and os.environ.get("EDU_FIGURES"):
        line = {"suite": suite, "figure": name, "value": value, "unit": unit}
        with open(os.environ["EDU_FIGURES"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


@contextmanager
def own_database(what):
    """The name of a copy of the tests' database, dropped at the end."""
    name = f"edu_test_{what}_{secrets.token_hex(3)}"
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(os.environ["EDU_TEST_DATABASE"])
    )
    _execute(copied)
    try:
        yield name
    finally:
        _execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        shutil.rmtree(EDU / "data" / "filestore" / name, ignore_errors=True)


def _execute(statement):
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


class Office:
    """Odoo on a database, in a process of its own that does what it is asked; see heavy_job.py."""

    def __init__(self, database):
        self.database = database
        self.log = LOGS / f"heavy-{database.rpartition('_')[0]}.log"
        self.log.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [str(VENV_PYTHON), str(JOB), str(CONF), database, str(self.log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    def ask(self, do, **words):
        """What the method ``do`` of the job returns, after it committed."""
        self._write({"do": do, "words": words})
        return self._read()["result"]

    def start(self, do, **words):
        """Have a child process do it: the child's id, told when the child begins."""
        self._write({"do": do, "words": words, "child": True})
        return self._read()["begun"]

    def outcome(self):
        """How the child ended: 0, or the signal that killed it as a negative number."""
        code = self._read()["code"]
        deadline = time.monotonic() + PATIENCE
        while others := self.query(
            "SELECT state, wait_event_type, wait_event, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ):
            assert time.monotonic() < deadline, f"the killed process's work never ended: {others}"
            time.sleep(0.02)
        return code

    def query(self, statement, *values):
        """Rows of a query on the database, from a connection of its own."""
        connection = psycopg2.connect(dbname=self.database)
        try:
            cursor = connection.cursor()
            cursor.execute(statement, values)
            return cursor.fetchall()
        finally:
            connection.close()

    def ledger(self):
        """The school's ledger as exported, after the verifier found nothing wrong with it."""
        export = json.loads(self.ask("export"))
        report = verify_export(export)
        assert not report.findings, report.findings[:5]
        return export

    def _write(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def _read(self):
        line = self.process.stdout.readline()
        assert line, f"Odoo's process ended: {self.log}"
        return json.loads(line)


def mark_events(export):
    """Every recorded change of a mark: ``{(chain, seq): (slot, old, new)}``, no number twice."""
    found = {}
    for entry in export["entries"]:
        chain, seq, event = decode(entry["payload"])
        assert (chain, seq) == (entry["chain"], entry["seq"])
        if event.model == "edu.mark":
            assert (chain, seq) not in found
            found[chain, seq] = (event.slot, event.old, event.new)
    return found
