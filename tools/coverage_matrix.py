#!/usr/bin/env python3
"""Say which rows of docs/requirements.csv are proven by which tests, and write docs/coverage.md.

Reads what ``seed_plugin`` left of the last ``make test``, or the file given as the only argument.
A row is proven when at least one test names it and all tests that name it passed. Rows that ask
people rather than the system (organisational) are listed but not counted. The last line printed is
"N of M rows proven".
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from places import EDU, ROOT, Failure, main, say, write_whole

REQUIREMENTS = ROOT / "docs" / "requirements.csv"
COVERAGE = ROOT / "docs" / "coverage.md"
RESULTS = EDU / "seed-results.jsonl"
WORST_FIRST = ("failed", "skipped", "passed")
HEADER = """\
# Requirements and the tests that prove them

Written by `make coverage-matrix` from the results of the last `make test`. A row is proven when at
least one test names it and all tests that name it passed.

| Id | Requirement | Addon | Tests | State |
|---|---|---|---|---|
"""


@dataclass
class Row:
    """A row of the requirements; ``tests`` maps "file::test" to its outcome."""

    id: str
    sentence: str
    addon: str
    organisational: bool
    tests: dict[str, str] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        return bool(self.tests) and set(self.tests.values()) == {"passed"}

    @property
    def state(self) -> str:
        """In one word, or two."""
        if self.organisational:
            return "organisational"
        if not self.tests:
            return "no test"
        return "proven" if self.proven else "not proven"

    def evidence(self) -> list[str]:
        """Its tests, sorted, each with the outcome."""
        return [f"{test} ({outcome})" for test, outcome in sorted(self.tests.items())]


def requirements() -> dict[str, Row]:
    """All rows by id, in the order of the file, which is the checklist's."""
    with REQUIREMENTS.open(encoding="utf-8", newline="") as file:
        return {
            line["id"]: Row(
                line["id"], line["sentence"], line["addon"], line["organisational"] == "yes"
            )
            for line in csv.DictReader(file)
        }


def results(path: Path) -> dict[str, dict]:
    """Last result of each test by its node id: {"nodeid", "ids", "outcome"}.

    :raises Failure: when there is no such file or it is not what the plugin writes
    """
    if not path.is_file():
        raise Failure("there are no test results yet; run make test first.")
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {line["nodeid"]: line for line in lines if line["ids"] and line["outcome"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(f"the test results in {path.name} are damaged; run make test again.") from (
            error
        )


def matched(rows: dict[str, Row], found: dict[str, dict]) -> list[Row]:
    """The rows with their tests; the cases of a parametrized test count as one, with the worst."""
    for nodeid, result in found.items():
        test = nodeid.partition("[")[0]
        for row_id in result["ids"]:
            if row_id not in rows:
                raise Failure(
                    f"the test results name {row_id}, which is no row; run make test again."
                )
            tests = rows[row_id].tests
            tests[test] = min(tests.get(test, "passed"), result["outcome"], key=WORST_FIRST.index)
    return list(rows.values())


def summary(rows: list[Row]) -> str:
    """How many of the rows that count are proven."""
    counted = [row for row in rows if not row.organisational]
    return f"{sum(row.proven for row in counted)} of {len(counted)} rows proven"


def table(rows: list[Row]) -> str:
    """The whole document, in Markdown."""
    lines = []
    for row in rows:
        tests = "<br>".join(f"`{test}`" for test in row.evidence())
        cells = [row.id, row.sentence, row.addon, tests, row.state]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return HEADER + "\n".join(lines) + f"\n\n{summary(rows)}\n"


def matrix() -> int:
    """Print the list and write the document."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    rows = matched(requirements(), results(path))
    for row in rows:
        say(f"{row.id:<9} {row.state:<14}  {row.sentence}")
        for test in row.evidence():
            say(f"{'':<26}{test}")
    write_whole(COVERAGE, table(rows))
    say(summary(rows))
    return 0


if __name__ == "__main__":
    main(matrix)
