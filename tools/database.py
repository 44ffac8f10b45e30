"""The tests' database ``edu_test``:

made with our addons, kept, and updated only when something that needs it changed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import postgres
import psycopg2
from places import (
    ADDONS,
    CONF,
    EDU,
    LOCK_FILE,
    LOGS,
    ROOT,
    VENV_PYTHON,
    Failure,
    Progress,
    digest,
    our_addons,
    run_logged,
    say,
    tail,
    write_whole,
)

NAME = "edu_test"
STATE = EDU / "test-database.json"
LOG = LOGS / "install.log"
NEEDS_NO_UPDATE = {"tests", "static", "__pycache__", "readme"}
"""Folders of an addon that Odoo reads at run time or never."""


def content(folder: Path) -> str:
    """Hash over the files below a folder that end up in a database."""
    parts: list[str | Path] = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            path.is_file()
            and not NEEDS_NO_UPDATE.intersection(inside.parts)
            and path.suffix not in (".md", ".pyc")
        ):
            parts += [str(inside), path]
    return digest(*parts)


def wanted() -> dict:
    """What the database must have been made from: {"base": hash, "addons": {name: hash}}."""
    library = content(ROOT / "src")
    place = next((EDU / "venv").glob("lib/python3*/site-packages/edu-odoo.pth"))
    return {
        "base": digest(LOCK_FILE, place, postgres.environment()["PGHOST"]),
        "addons": {name: digest(library, content(ADDONS / name)) for name in our_addons()},
    }


def _execute(statement: str) -> list:
    """Run one statement on the server's database ``postgres``."""
    given = postgres.environment()
    connection = psycopg2.connect(
        dbname="postgres",
        host=given["PGHOST"],
        port=given["PGPORT"],
        user=given["PGUSER"],
        password=given.get("PGPASSWORD"),
    )
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def exists() -> bool:
    return bool(_execute(f"select 1 from pg_database where datname = '{NAME}'"))


def drop() -> None:
    """Remove the database, its files and what we know of it."""
    STATE.unlink(missing_ok=True)
    _execute(f"drop database if exists {NAME} with (force)")
    shutil.rmtree(EDU / "data" / "filestore" / NAME, ignore_errors=True)


def ready(fresh: bool) -> bool:
    """Have the database as the checkout is now.

    Returns whether Odoo had to work (its log is ``LOG``).
    """
    new = wanted()
    try:
        old = json.loads(STATE.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        old = {"base": "", "addons": {}}
    usable = (
        not fresh
        and exists()
        and old["base"] == new["base"]
        and not set(old["addons"]) - set(new["addons"])
    )
    changed = sorted(
        name for name in old["addons"] if old["addons"][name] != new["addons"].get(name)
    )
    missing = sorted(set(new["addons"]) - set(old["addons"]))
    if usable and not changed and not missing:
        say(f"Database {NAME}: as it was, nothing changed that needs an update.")
        return False
    STATE.unlink(missing_ok=True)
    if not (usable and _odoo(f"updating {', '.join(changed + missing)}", changed, missing)):
        drop()
        if not _odoo("a new one with all addons", [], sorted(new["addons"])):
            say(tail(LOG, 30))
            raise Failure(
                f"the addons do not install (see above and {LOG.relative_to(ROOT)}): mend them, "
                "run again."
            )
    write_whole(STATE, json.dumps(new))
    return True


def _odoo(what: str, update: list[str], install: list[str]) -> bool:
    """Update and install addons; whether that went well."""
    say(f"Database {NAME}: {what}.")
    LOG.unlink(missing_ok=True)
    progress = Progress("modules loaded", 100, "%", 1)

    def watch() -> None:
        steps = re.findall(
            r"odoo\.modules\.loading: Loading module \S+ \((\d+)/(\d+)\)", _text(LOG)
        )
        if steps:
            done, whole = map(int, steps[-1])
            progress.show(100 * done // whole)

    words = [f"--update={','.join(update)}"] if update else []
    words += [f"--init={','.join(install)}"] if install else []
    command = [
        str(VENV_PYTHON),
        "-m",
        "odoo",
        "-c",
        str(CONF),
        "-d",
        NAME,
        *words,
        "--stop-after-init",
        "--no-http",
        "--max-cron-threads=0",
    ]
    code = run_logged(command, LOG, watch, cwd=ROOT, env={**os.environ, **postgres.environment()})
    progress.end()
    return code == 0 and "Failed to load registry" not in _text(LOG)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
