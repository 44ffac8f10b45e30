#!/usr/bin/env python3
"""All static checks: style, pylint for Odoo, Odoo's own, what Odoo ignores, and translations.

Each check prints its complaints; the last line counts the checks that complain.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import banned
from places import ADDONS, ROOT, VENV, VENV_PYTHON, main, our_addons, say

BIN = VENV / "bin"
PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[sdrfi]|\{\w*\}")
CORE_CHECKERS = ("sql_injection", "gettext", "unlink_override")
CORE_MESSAGES = (
    "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,"
    "raise-unlink-override"
)
OUTSIDE_TESTS = r"(^|.*/)tests/.*"


def _run(*command, environment: dict | None = None) -> list[str]:
    """A program's output as complaints when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    text = (done.stdout + done.stderr).strip()
    return [text or f"{command[0]} failed"] if done.returncode else []


def style() -> list[str]:
    return _run(BIN / "ruff", "check", "--quiet", "--output-format=concise", ".", "tools/odoo")


def form() -> list[str]:
    return _run(BIN / "ruff", "format", "--check", "--quiet", "--diff", ".", "tools/odoo")


def pylint_odoo() -> list[str]:
    folders = [ADDONS / name for name in our_addons()]
    return _run(VENV_PYTHON, "-m", "pylint", "--rcfile=.pylintrc", *folders)


def pylint_core() -> list[str]:
    """The checkers for pylint that Odoo itself is written under."""
    question = "import odoo.addons.test_lint as t; print(t.__path__[0])"
    found = subprocess.run(
        [VENV_PYTHON, "-c", f"import odoo.init; {question}"], capture_output=True, text=True
    )
    return _run(
        VENV_PYTHON,
        "-m",
        "pylint",
        f"--rcfile={os.devnull}",
        "--score=no",
        "--disable=all",
        f"--enable={CORE_MESSAGES}",
        f"--ignore-paths={OUTSIDE_TESTS}",
        f"--load-plugins={','.join(f'_odoo_checker_{name}' for name in CORE_CHECKERS)}",
        *[ADDONS / name for name in our_addons()],
        environment={"PYTHONPATH": str(Path(found.stdout.strip()) / "tests")},
    )


def odoo_own() -> list[str]:
    return _run(VENV_PYTHON, "tools/odoo_lint.py")


def silently_ignored() -> list[str]:
    return banned.silently_ignored(banned.tracked())


def other_places() -> list[str]:
    return banned.other_places(banned.tracked())


def translations() -> list[str]:
    """Each addon's vi.po: whole, nothing fuzzy, the same placeholders, all terms of its .pot."""
    complaints: list[str] = []
    for name in our_addons():
        folder = ADDONS / name / "i18n"
        if not (folder / "vi.po").exists():
            complaints.append(f"addons/{name}/i18n/vi.po is missing")
            continue
        complaints += [f"addons/{name}/i18n/vi.po: {text}" for text in _catalogue(folder)]
    return complaints


def _catalogue(folder: Path) -> list[str]:
    """What is wrong with one catalogue."""
    import polib

    entries = [entry for entry in polib.pofile(str(folder / "vi.po")) if not entry.obsolete]
    wrong = [f"not translated: {e.msgid!r}" for e in entries if not e.msgstr.strip()]
    wrong += [f"fuzzy: {e.msgid!r}" for e in entries if e.fuzzy]
    wrong += [
        f"other placeholders than in {e.msgid!r}: {e.msgstr!r}"
        for e in entries
        if e.msgstr
        and sorted(PLACEHOLDER.findall(e.msgid)) != sorted(PLACEHOLDER.findall(e.msgstr))
    ]
    template = folder / f"{folder.parent.name}.pot"
    if template.exists():
        known = {entry.msgid for entry in entries}
        wrong += [f"lacks {e.msgid!r}" for e in polib.pofile(str(template)) if e.msgid not in known]
    return wrong


CHECKS = {
    "ruff": style,
    "format (ruff format)": form,
    "pylint-odoo": pylint_odoo,
    "Odoo's checkers for pylint": pylint_core,
    "Odoo's static checks": odoo_own,
    "what Odoo 19 ignores": silently_ignored,
    "registries and machines named": other_places,
    "translations": translations,
}


def lint() -> int:
    """Run every check, also after one complained."""
    failed = []
    for name, check in CHECKS.items():
        complaints = check()
        say(f"{'FAIL' if complaints else 'ok  '} {name}")
        if complaints:
            failed.append(name)
            say("\n".join("     " + line for text in complaints for line in text.splitlines()))
    say(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    main(lint)
