"""The list of requirements, and the plugin that ties tests to its rows."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ["-p", "tools.seed_plugin", "-p", "no:odoo", "-p", "no:cacheprovider", "-q"]
TESTS = """
import unittest
from edu_records.testing import seed

@seed("R1.1", "R2.3")
def test_two(): pass

@seed("R1.2")
def test_fails(): assert False

@seed("R3.1")
class TestAll(unittest.TestCase):
    def test_one(self):
        for number in range(2):
            with self.subTest(number=number):
                pass

    @seed("R3.3")
    def test_other(self): self.skipTest("only sometimes")

def test_without(): pass
"""


def run(tmp_path, text):
    """Run the text as tests; return (process, lines of results)."""
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    results = tmp_path / "results.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}", "EDU_SEED_RESULTS": str(results)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return done, [json.loads(line) for line in lines]


def test_results_of_tests_that_prove_rows(tmp_path):
    done, lines = run(tmp_path, TESTS)
    assert done.returncode == 1, done.stdout
    outcomes = {(tuple(line["ids"]), line["outcome"]) for line in lines}
    assert outcomes == {
        (("R1.1", "R2.3"), "passed"),
        (("R1.2",), "failed"),
        (("R3.1",), "passed"),
        (("R3.3",), "skipped"),
    }
    assert all(line["nodeid"].startswith("test_it.py::") for line in lines)


@pytest.mark.parametrize("row", ["R99.1", "r1.1"])
def test_an_unknown_row_ends_the_run(tmp_path, row):
    text = f'from edu_records.testing import seed\n@seed("{row}")\ndef test_it(): pass\n'
    done, lines = run(tmp_path, text)
    assert done.returncode not in (0, 1) and row in done.stdout + done.stderr
    assert lines == []


def test_more_than_three_rows_end_the_run(tmp_path):
    text = 'def test_it(): pass\ntest_it._seed_ids = ("R1.1", "R1.2", "R2.1", "R2.2")\n'
    done, _lines = run(tmp_path, text)
    assert done.returncode not in (0, 1) and "at most 3" in done.stdout + done.stderr


def test_the_list_of_requirements_is_sound():
    with (ROOT / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) == 187
    assert {f"R2.{number}" for number in range(1, 7)} <= set(ids)
    addons = ("core", "gradebook", "registers", "signing", "reports")
    allowed = {"docs", *(f"edu_{name}" for name in addons)}
    for row in rows:
        assert row["addon"] and set(row["addon"].split()) <= allowed
        assert row["organisational"] in ("yes", "no")
        assert row["sentence"].endswith(".")
