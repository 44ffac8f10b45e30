#!/usr/bin/env python3
"""Make everything this checkout needs below ``.edu``: packages, Odoo 19, PostgreSQL and a
configuration.

    tools/setup.py            for the demo and for work
    tools/setup.py --tests    also what only the tests need (a browser, poppler's tools)

Runs as root or as a plain user, any number of times, after a Ctrl-C too; what is done is not done
again.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
"""The Pythons that constraints.txt serves; the library itself also runs on 3.10."""


def another_python() -> str | None:
    """A Python on the PATH that serves when the one we run on does not."""
    for minor in (11, 12, 13):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return found
    return None


if not OLDEST <= sys.version_info[:2] <= NEWEST:
    other = another_python()
    if other is None:
        sys.exit(
            "edu: install Python 3.11, 3.12 or 3.13 (with its venv package) and run the same "
            "command again."
        )
    os.execv(other, [other, *sys.argv])

import debian  # noqa: E402
import odoo_source  # noqa: E402
import postgres  # noqa: E402
from places import (  # noqa: E402
    ADDONS,
    CONF,
    EDU,
    LOCK_FILE,
    LOGS,
    ROOT,
    VENV,
    VENV_PYTHON,
    Failure,
    Progress,
    digest,
    main,
    run_logged,
    say,
    tail,
    write_whole,
)
from stamps import Stamps, only_one  # noqa: E402

STAMPS = Stamps(EDU / "stamps")
PIP_LOG = LOGS / "pip.log"
INSTALLING = VENV / "edu-installing"
"""There while pip works: a virtual environment with this file is half-made and is made anew."""
BUILDERS = (
    "setuptools",
    "wheel",
    "packaging",
    "hatchling",
    "editables",
    "pathspec",
    "pluggy",
    "trove-classifiers",
)
ROOM = 3_000_000_000
"""Bytes that a first set-up and a demo need on the disk."""
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def check_machine() -> None:
    """What must hold before anything is made."""
    if re.search(r"[,:\n\"']", str(ROOT)):
        raise Failure(
            f"the folder {ROOT} has a comma, a colon or a quote in its path: move the checkout "
            "and run again."
        )
    free = shutil.disk_usage(ROOT).free
    if free < ROOM and not CONF.exists():
        raise Failure(
            f"only {free // 1_000_000} MB are free on the disk of {ROOT}: make room for "
            f"{ROOM // 10**9} GB."
        )


def make_venv() -> None:
    """A fresh virtual environment; on Debian root gets the missing package by itself."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    question = [sys.executable, "-c", "import venv, ensurepip"]
    if subprocess.call(question, stderr=subprocess.DEVNULL):
        debian.install([f"{version}-venv"], f"{version} without its venv package")
    say(f"Virtual environment on {version}.")
    shutil.rmtree(VENV, ignore_errors=True)
    log = LOGS / "venv.log"
    if run_logged([sys.executable, "-m", "venv", str(VENV)], log):
        say(tail(log))
        raise Failure(
            f"the virtual environment could not be made (see above): install {version}-venv and "
            "run again."
        )


def venv_key() -> str:
    return digest("venv 1", str(ROOT))


def venv_works() -> bool:
    """Whether the virtual environment's Python still runs: its base may have moved."""
    return (
        VENV_PYTHON.exists()
        and subprocess.call([VENV_PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    )


def venv_step() -> None:
    if INSTALLING.exists() or not venv_works():
        STAMPS.forget("venv")
    if STAMPS.step("venv", venv_key(), make_venv):
        STAMPS.forget("packages", "odoo", "library")


def pip_install(*words: str, watch=None, log=PIP_LOG) -> None:
    """Run pip install; relative paths are the checkout's."""
    command = [
        str(VENV_PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--no-deps",
        "--progress-bar",
        "off",
        *words,
    ]
    if run_logged(command, log, watch, cwd=ROOT, env={**os.environ, "PYTHONPATH": ""}) == 0:
        return
    say(tail(log))
    if "No space left" in tail(log, 40):
        raise Failure(
            "there is no space left on the disk: make room and run the same command again."
        )
    raise Failure(
        "pip could not install the packages (see above): check the network and pip's settings "
        "and run again."
    )


def install_packages() -> None:
    """The locked packages, exactly: first those that build others, then all."""
    locked = [
        line for line in LOCK_FILE.read_text(encoding="utf-8").splitlines() if re.match(r"\w", line)
    ]
    say(f"Python packages: {len(locked)}, in the versions of {LOCK_FILE.name}.")
    PIP_LOG.unlink(missing_ok=True)
    INSTALLING.touch()
    pip_install("-c", LOCK_FILE.name, *BUILDERS)
    PIP_LOG.unlink()
    progress = Progress("packages fetched", len(locked), "", 1)

    def watch() -> None:
        text = PIP_LOG.read_text(encoding="utf-8", errors="replace")
        progress.show(
            len(re.findall(r"^(?:Collecting|Requirement already satisfied)", text, re.MULTILINE))
        )
        if "Installing collected packages" in text and not announced:
            announced.append(True)
            progress.show(len(locked))
            progress.end()
            say("  installing them")

    announced: list[bool] = []
    pip_install("--no-build-isolation", "-r", LOCK_FILE.name, watch=watch)
    INSTALLING.unlink()


def place_odoo() -> None:
    """Put Odoo on the virtual environment's path."""
    place = odoo_source.find()
    packages = next(VENV.glob("lib/python3*/site-packages"))
    write_whole(packages / "edu-odoo.pth", f"{place}\n")
    question = "import odoo.init, odoo.release; print(odoo.release.version)"
    answer = subprocess.run([VENV_PYTHON, "-c", question], capture_output=True, text=True, cwd=EDU)
    if answer.returncode:
        say("    " + answer.stderr.strip().splitlines()[-1])
        raise Failure(
            f"Odoo in {place} does not start (see above): set ODOO_HOME to another tree and run "
            "again."
        )
    say(f"  Odoo {answer.stdout.strip()} from {place}")


def odoo_step() -> None:
    key = digest(odoo_source.wanted())
    if STAMPS.holds("odoo", key):
        pth = next(VENV.glob("lib/python3*/site-packages/edu-odoo.pth"), None)
        if pth is None or odoo_source.series(Path(pth.read_text(encoding="utf-8").strip())) is None:
            STAMPS.forget("odoo")
    STAMPS.step("odoo", key, place_odoo)


def install_library() -> None:
    """The library of this checkout, so that its source is what runs."""
    say("The library edu-records of this checkout.")
    pip_install("--no-build-isolation", "-e", ".", log=LOGS / "library.log")


def write_configuration() -> None:
    """.edu/odoo.conf, and once the key with which the server seals its own secrets."""
    key_file = EDU / "keys" / "server.key"
    if not key_file.exists():
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = key_file.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        part.rename(key_file)
    data = EDU / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    options = {
        "addons_path": ADDONS,
        "data_dir": data,
        "http_interface": "127.0.0.1",
        "server_wide_modules": "base,web,queue_job",
        "list_db": "False",
        "edu_key_file": key_file,
    }
    if postgres.external() is None:
        options |= {
            "db_host": postgres.runtime() / "socket",
            "db_port": "5432",
            "db_user": postgres.ROLE,
        }
    text = "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
    if not CONF.exists() or CONF.read_text(encoding="utf-8") != text:
        write_whole(CONF, text, 0o600)


def system_tools(for_tests: bool) -> None:
    """poppler's tools (the demo shows pdfsig's verdict) and, for tests, a browser."""
    if not shutil.which("pdfsig") or not shutil.which("pdftoppm"):
        debian.install(
            ["poppler-utils"], "reading PDFs with other people's tools", required=for_tests
        )
    if for_tests and not any(map(shutil.which, BROWSERS)):
        debian.install(["chromium", "fonts-dejavu-core"], "testing the web client")


def try_server() -> None:
    """Make the embedded server and see it start; who needs it starts it again."""
    if postgres.start():
        postgres.Embedded().stop()


def database_server() -> None:
    """The user's own server must answer; the embedded one must have run once in this checkout."""
    if postgres.external():
        postgres.start()
    else:
        folder = postgres.runtime()
        STAMPS.step("postgresql", digest(LOCK_FILE, str(folder)), try_server, folder / "data")


def set_up() -> int:
    """All steps in their order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--tests", action="store_true", help="also install what only the tests need"
    )
    arguments = parser.parse_args()
    check_machine()
    with only_one(EDU / "setup.lock", "set-up"):
        system_tools(arguments.tests)
        venv_step()
        STAMPS.step("packages", digest(LOCK_FILE), install_packages)
        odoo_step()
        STAMPS.step("library", digest(ROOT / "pyproject.toml"), install_library)
        write_configuration()
        database_server()
    say("Set-up is complete.")
    return 0


if __name__ == "__main__":
    main(set_up)
