"""What must not stand in a tracked file, because nothing else complains about it.

Two kinds: constructs that Odoo 19 ignores without an error (or that fail only in the browser), in
the addons; names of package registries and paths of one machine, in every file.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from places import ADDONS, ROOT

IGNORED_BY_ODOO = {
    r"\b_sql_constraints\b": "the constraint is not created: use models.Constraint",
    r"<tree\b|</tree>": "use <list>",
    r"kanban-box": 'fails when the view is opened: use t-name="card"',
    r"\battrs\s*=\s*[\"']": "use invisible=, readonly=, required= with Python expressions",
    r"\bgroups_id\b": "use group_ids",
    r"\bself\._(cr|uid|context)\b": "use self.env.cr, self.env.uid, self.env.context",
    r"\btype\s*=\s*[\"']json[\"']": 'use type="jsonrpc"',
    r"\bname_get\b": "never called: use _compute_display_name",
    r"\b(numbercall|doall)\b": "fields of ir.cron that are gone",
    r"<group[^>]*\bexpand=": "use a plain <group> in search views",
    r"\bgroup_operator\s*=": "use aggregator=",
    r"\boe_chatter\b": "use <chatter/>",
    r"\bodoo\.osv\b|\bosv\.expression\b": "use odoo.fields.Domain",
    r"\bread_group\((?!.*_read_group)": "use _read_group or formatted_read_group",
    r"\btarget=[\"']inline[\"']|>inline</field>": "gone: current, new, fullscreen or main",
}
"""Expression -> what to do instead; searched in the addons' Python, XML and CSV files."""

HOSTS = re.compile(
    r"\b(pypi|pythonhosted|npmjs|yarnpkg|unpkg|jsdelivr|debian|ubuntu|rubygems)\.(org|com|io|net)\b"
)
MACHINE = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/|/var/tmp/(?!edu-records-)\w")
TEXT_LIMIT = 2_000_000
"""Bytes; a tracked file beyond that is data, not text that somebody wrote."""


def tracked() -> list[Path]:
    """Files that are or could be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in sorted(set(listed.split("\0"))) if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def _lines(path: Path):
    """(number, line) of a text file; nothing for one that is not text."""
    if path.stat().st_size > TEXT_LIMIT:
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    yield from enumerate(text.splitlines(), 1)


def silently_ignored(paths: list[Path]) -> list[str]:
    """Complaints about constructs that Odoo 19 ignores."""
    rules = [(re.compile(expression), advice) for expression, advice in IGNORED_BY_ODOO.items()]
    files = [p for p in paths if p.is_relative_to(ADDONS) and p.suffix in (".py", ".xml", ".csv")]
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]!r}: {advice}"
        for path in files
        for number, line in _lines(path)
        for rule, advice in rules
        if (match := rule.search(line))
    ]


def other_places(paths: list[Path]) -> list[str]:
    """Complaints about registries' names and machines' paths."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]!r} is a registry's name or a machine's path"
        for path in paths
        for number, line in _lines(path)
        if (match := HOSTS.search(line) or MACHINE.search(line))
    ]
