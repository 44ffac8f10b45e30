#!/usr/bin/env python3
"""Run all tests, or with --long also the heavy suites whole; other words go to pytest.

Four groups: the library (no Odoo), the addons (pytest-odoo on the database edu_test, with a web
server and a browser), Odoo's own tests of the registry with our addons in it, and the black-box
tests of ``tests/``. Odoo's log of the installation and of the tests in it must be free of warnings.
The last line is "N passed, M failed".
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import database
import figures
import odoo_log
import postgres
from places import ADDONS, CONF, EDU, LOGS, ROOT, VENV, VENV_PYTHON, Failure, main, relative, say
from stamps import only_one

TESTS = ROOT / "tests"
LIBRARY = TESTS / "library"
SEED_PLUGIN = ROOT / "tools" / "seed_plugin.py"
SEED_RESULTS = EDU / "seed-results.jsonl"
PYTEST = shlex.split("-m pytest -c pyproject.toml -q --tb=short -o pythonpath=tools")
CACHE = EDU / "pytest-cache"
REGISTRY_TESTS = (
    "test_acl.py",
    "test_overrides.py",
    "test_display_name.py::TestEveryModel",
    "test_views.py::TestAllViews",
    "test_views.py::TestInvisibleField",
)
"""Odoo's tests of whatever is installed: every model, override, view and hidden field."""
SKIP_ALLOWED = "only "
"""A skipped test proves nothing:

it fails unless its reason says where it runs ("only with EDU_LONG=1").
"""


@dataclass
class Group:
    """Tests that run in one pytest process."""

    name: str
    paths: list[Path | str]
    options: list[str]
    log: Path | None = None


@dataclass
class Total:
    """What all runs together came to."""

    passed: int = 0
    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, name: str, tally: dict, code: int, seconds: float) -> None:
        """Add a pytest run.

        A code that no failed test explains, but for 5 (nothing collected), is a failure too.
        """
        wrong = [
            f"{test}: {reason}"
            for test, reason in tally["skipped"]
            if not reason.startswith(SKIP_ALLOWED)
        ]
        failed = tally["failed"] + len(wrong)
        failed += not failed and code not in (0, 5)
        self.passed += tally["passed"]
        self.failed += failed
        fine = len(tally["skipped"]) - len(wrong)
        skipped = f", {fine} run elsewhere" if fine else ""
        self.lines.append(
            f"  {name}: {tally['passed']} passed, {failed} failed{skipped}, {seconds:.0f} s"
        )
        self.lines += [f"    skipped without a good reason: {line}" for line in wrong]

    def add_log(self, name: str, log: Path) -> int:
        """Add what Odoo's log complains about, each complaint a failure; returns how many."""
        found = odoo_log.findings(log, odoo_log.allowed()) if log.exists() else []
        self.failed += len(found)
        if found:
            self.lines.append(f"  {name}: {len(found)} warnings or errors in {relative(log)}")
            self.lines += [f"    {text}" for text in found]
        return len(found)


def groups() -> list[Group]:
    """All groups that have tests, in their order."""
    addon_log, registry_log = LOGS / "addon-tests.log", LOGS / "registry-tests.log"
    boxes = sorted(
        path
        for path in TESTS.iterdir()
        if path.is_dir() and path not in (LIBRARY, TESTS / "__pycache__")
    )
    found = [
        Group("library", [LIBRARY], ["-p", "no:odoo"]),
        Group("addons", sorted(ADDONS.glob("edu_*/tests")), _odoo_options(addon_log), addon_log),
        Group("registry", registry_tests(), _odoo_options(registry_log), registry_log),
        Group("black box", [*boxes, *sorted(TESTS.glob("test_*.py"))], ["-p", "no:odoo"]),
    ]
    for group in found:
        group.paths = [
            path
            for path in group.paths
            if _place(path).is_file() or any(_place(path).rglob("test_*.py"))
        ]
    return [group for group in found if group.paths]


def _odoo_options(log: Path) -> list[str]:
    """How pytest-odoo runs on our database, with a web server, its log in ``log``."""
    return [
        f"--odoo-config={CONF}",
        f"--odoo-database={database.NAME}",
        "--odoo-http",
        "--odoo-log-level=warn",
        f"--odoo-extra=logfile={log}",
        "--odoo-extra=max-cron-threads=0",
        f"--odoo-extra=db-filter=^{database.NAME}$",
    ]


def registry_tests() -> list[str]:
    """Odoo's tests of the registry in the module base of the environment's Odoo, for pytest."""
    where = "import odoo.addons.base as base; print(base.__path__[0])"
    found = subprocess.run([VENV_PYTHON, "-c", where], capture_output=True, text=True, check=True)
    return [f"{found.stdout.strip()}/tests/{name}" for name in REGISTRY_TESTS]


def narrowed(found: list[Group], words: list[str]) -> tuple[list[Group], list[str]]:
    """Words that name files or folders choose what runs; the others are options for every group."""
    chosen = [w for w in words if not w.startswith("-") and _place(w).exists()]
    if not chosen:
        return found, words
    for group in found:
        pairs = [(word, area) for word in chosen for area in group.paths]
        group.paths = [area for word, area in pairs if _place(area).is_relative_to(_place(word))]
        group.paths += [
            ROOT / word
            for word, area in pairs
            if _place(word) != _place(area) and _place(word).is_relative_to(_place(area))
        ]
    rest = [word for word in words if word not in chosen]
    return [group for group in found if group.paths], rest


def _place(word: Path | str) -> Path:
    """The file or folder that a word for pytest ("path::test") names."""
    return (ROOT / str(word).partition("::")[0]).resolve()


def run(group: Group, words: list[str], total: Total, long: bool) -> None:
    """One pytest process; its output is the user's."""
    say(f"\n== {group.name}")
    tally_file = EDU / "tally.json"
    tally_file.unlink(missing_ok=True)
    if group.log:
        group.log.unlink(missing_ok=True)
    plugins = [
        "-p",
        "tools.tally_plugin",
        *(["-p", "tools.seed_plugin"] if SEED_PLUGIN.exists() else []),
    ]
    command = [str(VENV_PYTHON), *PYTEST, f"--rootdir={ROOT}", "-o", f"cache_dir={CACHE}"]
    command += [*plugins, *group.options, *map(str, group.paths), *words]
    environment = {
        **os.environ,
        **postgres.environment(),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "EDU_TALLY": str(tally_file),
        "EDU_SEED_RESULTS": str(SEED_RESULTS),
        "EDU_FIGURES": str(figures.COLLECTED),
        "EDU_TEST_DATABASE": database.NAME,
        **({"EDU_LONG": "1"} if long else {}),
    }
    started = time.monotonic()
    code = subprocess.call(command, cwd=ROOT, env=environment)
    empty = {"passed": 0, "failed": 0, "skipped": []}
    tally = json.loads(tally_file.read_text(encoding="utf-8")) if tally_file.exists() else empty
    if not tally_file.exists():
        code = code or 3
    total.add(group.name, tally, code, time.monotonic() - started)
    if group.log:
        total.add_log("log of the addons' tests", group.log)


def run_all(words: list[str], long: bool, total: Total) -> None:
    """Every group; a library that fails does not keep the others from running."""
    chosen, words = narrowed(groups(), words)
    for collected in (SEED_RESULTS, figures.COLLECTED):
        collected.unlink(missing_ok=True)
    for group in chosen:
        if group.name != "library" and not any("edu_test" in line for line in total.lines):
            _have_database(total)
        run(group, words, total, long)


def _have_database(total: Total) -> None:
    """The database once, before the first group that needs it."""
    started = time.monotonic()
    worked = database.ready(fresh=bool(os.environ.get("FRESH")))
    total.lines.append(
        f"  database edu_test: {'made or updated' if worked else 'kept'}, "
        f"{time.monotonic() - started:.0f} s"
    )
    if worked and total.add_log("log of the installation", database.LOG):
        database.STATE.unlink()  # so that the next run makes it anew and finds the same


def test() -> int:
    """All of it."""
    long = "--long" in sys.argv[1:]
    words = [word for word in sys.argv[1:] if word != "--long"]
    LOGS.mkdir(parents=True, exist_ok=True)
    total = Total()
    with only_one(EDU / "test.lock", "tests"):
        started_server = postgres.start()
        try:
            run_all(words, long, total)
        except Failure as failure:
            say(f"edu: {failure}")
            total.failed += 1
        finally:
            if started_server:
                postgres.Embedded().stop()
        if long and not words and not total.failed:
            figures.write()
    say("\n" + "\n".join(total.lines))
    if not total.passed and not total.failed:
        say(
            f"edu: no test ran{' for ' + shlex.join(words) if words else ''}: check the words "
            "given to pytest."
        )
    say(f"{total.passed} passed, {total.failed} failed")
    return 0 if total.passed and not total.failed else 1


if __name__ == "__main__":
    main(test)
