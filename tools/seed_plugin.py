"""pytest plugin: which rows of docs/requirements.csv the tests of a run prove, and how they ended.

Loaded with ``-p tools.seed_plugin``. Reads what the decorator ``edu_records.testing.seed`` left on
test functions, unittest methods and test classes. A test that names an unknown row, or more than
three, stops the run. To the file that $EDU_SEED_RESULTS names it appends a JSON line per test that
names a row: {"nodeid": str, "ids": [str], "outcome": "passed" | "failed" | "skipped"}. The outcome
is of the whole test: set-up, call, tear-down and subtests.
"""

import csv
import json
import os
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parent.parent / "docs" / "requirements.csv"
MOST_IDS = 3
COLLECTOR = "seed-results"


def pytest_configure(config):
    """Watch this run, once, under whatever names this file was loaded."""
    if config.pluginmanager.has_plugin(COLLECTOR):
        return
    with REQUIREMENTS.open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    collector = SeedResults(known, os.environ.get("EDU_SEED_RESULTS"))
    config.pluginmanager.register(collector, COLLECTOR)


class SeedResults:
    """The tests of one run that name rows.

    :param known: ids of all rows
    :param target: name of the file to append to; None or "" to write nothing
    """

    def __init__(self, known: set[str], target: str | None):
        self.known = known
        self.target = target
        self.ids: dict[str, tuple[str, ...]] = {}
        self.outcomes: dict[str, set[str]] = {}

    def pytest_collection_modifyitems(self, items):
        """Find the named rows.

        :raises pytest.UsageError: with a line for each test that names them wrongly
        """
        wrong = []
        for item in items:
            if ids := _ids_of(item):
                wrong += [f"{item.nodeid}: {complaint}" for complaint in self._complaints(ids)]
                self.ids[item.nodeid] = ids
        if wrong:
            raise pytest.UsageError(*wrong)

    def _complaints(self, ids: tuple[str, ...]) -> list[str]:
        """What is wrong with the rows that one test names."""
        found = [
            f"seed names {row!r}, which is no row of docs/requirements.csv"
            for row in ids
            if row not in self.known
        ]
        if len(ids) > MOST_IDS:
            found.append(f"seed names {len(ids)} rows, at most {MOST_IDS} are allowed")
        return found

    def pytest_runtest_logreport(self, report):
        """Note how one part of a test ended: a phase, or a subtest."""
        if report.nodeid in self.ids:
            self.outcomes.setdefault(report.nodeid, set()).add(report.outcome)

    def pytest_runtest_logfinish(self, nodeid):
        """File the outcome of a test that is over."""
        outcomes = self.outcomes.pop(nodeid, set())
        if not self.target or not outcomes:
            return
        outcome = next((kind for kind in ("failed", "skipped") if kind in outcomes), "passed")
        line = {"nodeid": nodeid, "ids": self.ids[nodeid], "outcome": outcome}
        with open(self.target, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _ids_of(item) -> tuple[str, ...]:
    """The rows a collected test names itself, or else its class; () for none."""
    function = getattr(item, "function", None) or getattr(item, "obj", None)
    own = getattr(function, "_seed_ids", ())
    return tuple(own or getattr(getattr(item, "cls", None), "_seed_ids", ()))
