"""Figures of the heavy suites: docs/figures.md, with the commit they were measured on.

A suite appends JSON lines to the file that $EDU_FIGURES names:
{"suite": "ledger", "figure": "marks written by 200 writers", "value": 12345, "unit": "marks"}
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time

from places import EDU, ROOT, say, write_whole

COLLECTED = EDU / "figures.jsonl"
PAGE = ROOT / "docs" / "figures.md"


def commit() -> str:
    """The commit of the checkout, with "+ changes" when files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()

    changed = git(
        "status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PAGE.relative_to(ROOT)}"
    )
    return (git("rev-parse", "--short=12", "HEAD") or "none") + (" + changes" if changed else "")


def write() -> None:
    """Write the page from what the suites left; without figures nothing is written."""
    if not COLLECTED.exists():
        return
    rows = [
        json.loads(line)
        for line in COLLECTED.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    table = "".join(
        f"| {r['suite']} | {r['figure']} | {r['value']} | {r.get('unit', '')} |\n" for r in rows
    )
    write_whole(
        PAGE,
        "# Figures\n\nWritten by `make test-long`; do not edit.\n\n"
        f"Commit {commit()}, {time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}.\n\n"
        f"| Suite | Figure | Value | Unit |\n|---|---|---:|---|\n{table}",
    )
    say(f"Figures: {PAGE.relative_to(ROOT)}")
