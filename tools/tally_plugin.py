"""pytest plugin: leave the counts of a run, as JSON, in the file that $EDU_TALLY names.

Loaded with ``-p tools.tally_plugin``. Members: passed, failed (with errors), skipped (a list of
[test, reason]).
"""

import json
import os
from pathlib import Path


def pytest_terminal_summary(terminalreporter):
    """Write what the terminal's own summary is made of."""
    target = os.environ.get("EDU_TALLY")
    if not target:
        return
    stats = terminalreporter.stats
    skipped = [[report.nodeid, _reason(report)] for report in stats.get("skipped", [])]
    counts = {
        "passed": len(stats.get("passed", [])),
        "failed": sum(len(stats.get(kind, [])) for kind in ("failed", "error", "subtests failed")),
        "skipped": skipped,
    }
    Path(target).write_text(json.dumps(counts), encoding="utf-8")


def _reason(report) -> str:
    """Why a test was skipped, as its author wrote it."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
