"""Where Odoo 19 comes from: $ODOO_HOME, an importable odoo 19, Debian's package, or a clone of the
upstream project.

``find`` answers the folder to put on the virtual environment's path: the one that holds the
package ``odoo``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import debian
from places import EDU, Failure, Progress, run_logged, say, size_of, tail

SERIES = "19.0"
UNPACKED = EDU / "odoo"
WHOLE = UNPACKED / "edu-whole"
"""There when all of the tree was fetched by this program."""
GIT_URL = "https://github.com/odoo/odoo.git"
INSIDE = ("", "usr/lib/python3/dist-packages", "usr/lib/python3.*/site-packages")
"""Where the package ``odoo`` may lie in a checkout or in an unpacked package."""


def series(folder: Path) -> str | None:
    """The series ("19.0") of the Odoo whose package lies in ``folder``; None when there is none."""
    try:
        text = (folder / "odoo" / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", text)
    return ".".join(found.groups()) if found else None


def in_tree(tree: Path) -> Path | None:
    """The folder below ``tree`` that holds an Odoo of our series."""
    places = [
        place
        for inside in INSIDE
        for place in ([tree] if not inside else sorted(tree.glob(inside)))
    ]
    return next((place for place in places if series(place) == SERIES), None)


def wanted() -> str:
    """What the choice depends on: part of the key of the step."""
    return f"{SERIES} {os.environ.get('ODOO_HOME', '')} {os.environ.get('ODOO_GIT_URL', '')}"


def find() -> Path:
    """The first source that works; says which."""
    home = os.environ.get("ODOO_HOME")
    if home:
        place = in_tree(Path(home).expanduser().resolve())
        if place is None:
            raise Failure(
                f"ODOO_HOME={home} holds no Odoo {SERIES}: name a checkout or an unpacked tree, "
                "or unset it."
            )
        say(f"Odoo {SERIES}: from ODOO_HOME.")
        return place
    place = _importable()
    if place:
        say(f"Odoo {SERIES}: the one installed on this machine.")
        return place
    place = in_tree(UNPACKED)
    if place and WHOLE.exists():
        say(f"Odoo {SERIES}: unpacked earlier.")
        return place
    if not debian.unpack_odoo(EDU / "apt-odoo", UNPACKED):
        _clone()
    place = in_tree(UNPACKED)
    WHOLE.touch()
    if place is None:
        raise Failure(
            f"what was fetched is no Odoo {SERIES}: set ODOO_HOME to a tree that is, and run again."
        )
    return place


def _importable() -> Path | None:
    """The folder of an Odoo of our series that this machine's own Python imports."""
    question = (
        "import odoo.release as r, pathlib; print(pathlib.Path(r.__file__).resolve().parents[1])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, cwd="/"
    )
    place = Path(answer.stdout.strip() or "/nowhere")
    return place if answer.returncode == 0 and series(place) == SERIES else None


def _clone() -> None:
    """Clone the upstream project, one commit deep."""
    url = os.environ.get("ODOO_GIT_URL") or GIT_URL
    if not shutil.which("git"):
        raise Failure(
            "Odoo 19 must be cloned here: install git (or set ODOO_HOME) and run make setup again."
        )
    say(f"Odoo {SERIES}: a clone of the upstream project (about 300 MB).")
    part = UNPACKED.with_name(UNPACKED.name + ".part")
    log = EDU / "log" / "clone.log"
    shutil.rmtree(part, ignore_errors=True)
    progress = Progress("clone", 1_100_000_000)
    command = ["git", "clone", "--quiet", "--depth", "1", "--branch", SERIES, url, str(part)]
    if run_logged(command, log, lambda: progress.show(size_of(part))):
        say(tail(log))
        raise Failure(
            "Odoo could not be cloned (see above): check the network, or set ODOO_HOME or "
            "ODOO_GIT_URL."
        )
    progress.end()
    shutil.rmtree(UNPACKED, ignore_errors=True)
    part.rename(UNPACKED)
