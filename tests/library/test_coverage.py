"""The list of requirements, the plugin that ties tests to it, and the matrix made of both."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import coverage_matrix  # noqa: E402

ADDONS = {"edu_core", "edu_gradebook", "edu_registers", "edu_reports", "edu_signing", "docs"}
OUTCOMES = """
import unittest

import pytest
from hypothesis import given, settings, strategies
from edu_records.testing import seed

@seed("R1.1", "R1.2")
@pytest.mark.parametrize("number", [1, 2])
def test_cases(number):
    assert number == 1

@seed("R2.1")
@given(number=strategies.integers())
@settings(max_examples=2, database=None)
def test_property(number):
    pass

@pytest.fixture
def late():
    yield
    raise RuntimeError

@seed("R2.2")
def test_tear_down(late):
    pass

@seed("R2.3")
@pytest.mark.skip("only by day")
def test_skipped():
    pass

def test_of_no_row():
    pass

@seed("R2.4")
class TestAll(unittest.TestCase):
    def test_class(self):
        with self.subTest("one"):
            pass

    @seed("R2.5")
    def test_subtests(self):
        for number in (1, 2):
            with self.subTest(number=number):
                self.assertEqual(number, 2)
"""


def run(folder, text, plugin="tools.seed_plugin", write=True):
    """Run the text as a test file: (process, results by test name)."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    results = folder / "results.jsonl"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("EDU_", "PYTEST_"))}
    places = (ROOT, ROOT / "src", ROOT / "tools")
    environment["PYTHONPATH"] = os.pathsep.join(map(str, places))
    if write:
        environment["EDU_SEED_RESULTS"] = str(results)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:odoo", f"--rootdir={folder}"]
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", plugin, *options, "test_it.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    found = [json.loads(line) for line in lines]
    return process, {line["nodeid"].removeprefix("test_it.py::"): line for line in found}


def rows():
    with coverage_matrix.REQUIREMENTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(folder, *results):
    """A file of results: (nodeid, ids, outcome) each."""
    path = folder / "results.jsonl"
    lines = [
        json.dumps({"nodeid": nodeid, "ids": ids, "outcome": outcome})
        for nodeid, ids, outcome in results
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def matrix(tmp_path, monkeypatch, capsys):
    """Run the command on results, away from the checkout: (printed lines, document)."""

    def command(*results):
        document = tmp_path / "coverage.md"
        monkeypatch.setattr(coverage_matrix, "COVERAGE", document)
        path = written(tmp_path, *results)
        monkeypatch.setattr(sys, "argv", ["coverage_matrix.py", str(path)])
        assert coverage_matrix.matrix() == 0
        return capsys.readouterr().out.splitlines(), document.read_text(encoding="utf-8")

    return command


def test_rows_are_whole():
    ids = [row["id"] for row in rows()]
    assert len(ids) == len(set(ids)) == 187
    for row in rows():
        assert row["sentence"].endswith("."), row
        assert row["addon"] and set(row["addon"].split()) <= ADDONS, row
        assert row["organisational"] in ("yes", "no"), row


def test_outcomes_of_whole_tests(tmp_path):
    process, results = run(tmp_path, OUTCOMES)
    assert process.returncode == 1, process.stdout + process.stderr
    assert {name: line["outcome"] for name, line in results.items()} == {
        "test_cases[1]": "passed",
        "test_cases[2]": "failed",
        "test_property": "passed",
        "test_tear_down": "failed",
        "test_skipped": "skipped",
        "TestAll::test_class": "passed",
        "TestAll::test_subtests": "failed",
    }
    assert results["test_cases[1]"]["ids"] == ["R1.1", "R1.2"]
    assert results["TestAll::test_class"]["ids"] == ["R2.4"]
    assert results["TestAll::test_subtests"]["ids"] == ["R2.5"]


@pytest.mark.parametrize(
    ("ids", "complaint"),
    [
        (("R8.9",), "test_it.py::test_one: seed names 'R8.9', which is no row"),
        (("R1.1", "R1.2", "R2.1", "R2.2"), "test_it.py::test_one: seed names 4 rows, at most 3"),
    ],
)
def test_wrong_rows_stop_the_run(tmp_path, ids, complaint):
    process, results = run(tmp_path, f"def test_one(): pass\ntest_one._seed_ids = {ids}\n")
    assert process.returncode == pytest.ExitCode.USAGE_ERROR
    assert complaint in process.stderr
    assert not results


@pytest.mark.parametrize("write", [True, False])
def test_other_ways_to_load_the_plugin(tmp_path, write):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tools.seed_plugin"]\n')
    text = 'def test_one(): pass\ntest_one._seed_ids = ("R1.1",)\n'
    process, results = run(tmp_path, text, plugin="seed_plugin", write=write)
    assert process.returncode == 0, process.stdout + process.stderr
    lines = (tmp_path / "results.jsonl").read_text().splitlines() if write else []
    assert len(lines) == len(results) == write


def test_a_failed_or_skipped_test_unproves_its_row(matrix):
    printed, document = matrix(
        ("a.py::test_good", ["R1.1", "R1.2"], "passed"),
        ("a.py::test_bad", ["R1.2"], "failed"),
        ("a.py::test_cases[1]", ["R2.1"], "passed"),
        ("a.py::test_cases[2]", ["R2.1"], "failed"),
        ("a.py::test_skipped", ["R2.2"], "skipped"),
        ("a.py::test_duty", ["R4.1"], "passed"),
        ("a.py::test_again", ["R2.3"], "failed"),
        ("a.py::test_again", ["R2.3"], "passed"),
    )
    counted = sum(row["organisational"] == "no" for row in rows())
    assert printed[-1] == f"2 of {counted} rows proven"
    assert document.endswith(f"\n{printed[-1]}\n")
    table = {line.split(" | ")[0][2:]: line for line in document.splitlines() if " | " in line}
    assert [row["id"] for row in rows()] == list(table)[1:]
    assert table["R1.1"].endswith("| `a.py::test_good (passed)` | proven |")
    assert table["R1.2"].endswith(
        "| `a.py::test_bad (failed)`<br>`a.py::test_good (passed)` | not proven |"
    )
    assert table["R2.1"].endswith("| `a.py::test_cases (failed)` | not proven |")
    assert table["R2.2"].endswith("| `a.py::test_skipped (skipped)` | not proven |")
    assert table["R2.3"].endswith("| proven |")
    assert table["R4.1"].endswith("| organisational |")
    assert table["R9.3"].endswith("|  | no test |")


def test_same_results_in_another_order_give_the_same_document(matrix):
    results = [(f"a.py::test_{n}", ["R1.1"], "passed") for n in range(4)]
    assert matrix(*results) == matrix(*reversed(results))


def test_results_that_cannot_be_used(tmp_path):
    path = written(tmp_path, ("a.py::test_one", ["R8.9"], "passed"))
    with pytest.raises(coverage_matrix.Failure, match="R8.9, which is no row"):
        coverage_matrix.matched(coverage_matrix.requirements(), coverage_matrix.results(path))
    path.write_text('{"nodeid": "a.py::te', encoding="utf-8")
    with pytest.raises(coverage_matrix.Failure, match="damaged"):
        coverage_matrix.results(path)


def test_without_results_one_sentence_says_what_to_do(tmp_path):
    command = [sys.executable, str(ROOT / "tools/coverage_matrix.py"), str(tmp_path / "none")]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 1
    assert process.stdout == ""
    assert process.stderr == "edu: there are no test results yet; run make test first.\n"
