"""Warnings and errors in Odoo's log: each is a finding unless tools/log_allow.txt allows it and
says why.

The allow-list: a comment with the reason, below it one regular expression a line, searched in
"LEVEL logger: text".
"""

from __future__ import annotations

import re
from pathlib import Path

from places import ROOT, Failure

ALLOWED = ROOT / "tools" / "log_allow.txt"
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<rest>[^\s:]+: .*)$"
)
CONTEXT = 12
"""Lines shown of a finding's traceback."""


def allowed(path: Path = ALLOWED) -> list[re.Pattern]:
    """The expressions of the allow-list; one without a reason above it is refused."""
    found, reasoned = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            reasoned = True
        elif not line.strip():
            reasoned = False
        elif not reasoned:
            raise Failure(
                f"{path.name} line {number} has no reason: write it in a comment above the "
                "expression."
            )
        else:
            found.append(re.compile(line))
    return found


def findings(log: Path, allow: list[re.Pattern]) -> list[str]:
    """Warnings and worse that nothing allows, each once, with the start of its traceback."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            if lines is not None and len(lines) < CONTEXT:
                lines.append("      " + line)
            continue
        lines = None
        text = f"{match['level']} {match['rest']}"
        if match["level"] in ("WARNING", "ERROR", "CRITICAL") and not any(
            e.search(text) for e in allow
        ):
            lines = [] if text in found else found.setdefault(text, [])
    return ["\n".join([text, *context]) for text, context in found.items()]
