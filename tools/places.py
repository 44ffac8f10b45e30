"""Where the parts of a checkout lie, and how the tools speak.

Everything that set-up makes is under ``.edu`` in the checkout, except PostgreSQL's data, which may
have to live in a runtime folder elsewhere (see ``postgres.py``). Standard library only: set-up
runs before any package is installed.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EDU = ROOT / ".edu"
VENV = EDU / "venv"
VENV_PYTHON = VENV / "bin" / "python"
CONF = EDU / "odoo.conf"
LOGS = EDU / "log"
ADDONS = ROOT / "addons"
LOCK_FILE = ROOT / "constraints.txt"


class Failure(Exception):
    """A failure told in one sentence that says what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def main(work) -> None:
    """Run ``work()`` as a command: it returns the exit code; a Failure is one sentence, code 1."""
    try:
        code = work()
    except Failure as failure:
        sys.stdout.flush()
        print(f"edu: {failure}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print(
            "\nedu: stopped; run the same command again, it goes on where it stopped.",
            file=sys.stderr,
        )
        code = 130
    sys.exit(code)


def our_addons() -> list[str]:
    """Technical names of the addons of this checkout, sorted."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def digest(*parts: str | bytes | Path) -> str:
    """SHA-256 (hex) over texts, bytes and the contents of files, each preceded by its length."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif isinstance(part, str):
            part = part.encode()
        total.update(b"%d:" % len(part) + part)
    return total.hexdigest()


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old text or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    part.replace(path)


def size_of(*folders: Path) -> int:
    """Bytes in all files below the folders; files that vanish meanwhile count nothing."""
    total = 0
    for folder in folders:
        for place, _names, files in os.walk(folder):
            for name in files:
                with suppress(OSError):
                    total += os.lstat(os.path.join(place, name)).st_size
    return total


class Progress:
    """One line that moves on a terminal, a line at every tenth elsewhere.

    ``whole`` is in the unit of ``done``.
    """

    def __init__(self, what: str, whole: int, unit: str = "MB", scale: int = 1_000_000):
        self.what, self.whole, self.unit, self.scale = what, max(whole, 1), unit, scale
        self.shown = -1

    def show(self, done: int) -> None:
        tenth = min(10, 10 * done // self.whole)
        text = f"  {self.what}: {done // self.scale} of {self.whole // self.scale}"
        text += f" {self.unit}".rstrip()
        if sys.stdout.isatty():
            print(f"\r{text}   ", end="", flush=True)
        elif tenth > self.shown:
            say(text)
        self.shown = tenth

    def end(self) -> None:
        if sys.stdout.isatty():
            print(flush=True)


def run_logged(command: list, log: Path, watch=None, **options) -> int:
    """Run a command with its output in ``log``; call ``watch()`` about twice a second.

    Ends the command on Ctrl-C.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        output.write(f"$ {shlex.join(map(str, command))}\n".encode())
        output.flush()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        try:
            while process.poll() is None:
                time.sleep(0.4)
                if watch:
                    watch()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.returncode


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, indented, for a failure's context."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join("    " + line for line in text)


def relative(path: Path) -> str:
    """A path as the user sees it from the checkout."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
