"""Steps of set-up that are done once and trusted only when they were finished.

A step has a key: a hash of everything it depends on. Its stamp (``.edu/stamps/NAME``) holds the
key of the last finished run and is written after the work; it is removed before the work starts,
so that a run that was killed in the middle leaves no stamp and the step is done again from the
start.
"""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from pathlib import Path

from places import Failure, say, write_whole


class Stamps:
    """The stamps in one folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def holds(self, name: str, key: str) -> bool:
        """Whether step ``name`` was finished with ``key``."""
        try:
            return (self.folder / name).read_text(encoding="utf-8") == key
        except FileNotFoundError:
            return False

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def finish(self, name: str, key: str) -> None:
        write_whole(self.folder / name, key)

    def step(self, name: str, key: str, work, product: Path | None = None) -> bool:
        """Do ``work()`` unless the step is done and its ``product`` is there.

        Returns whether it worked.
        """
        if self.holds(name, key) and (product is None or product.exists()):
            return False
        self.forget(name)
        started = time.monotonic()
        work()
        self.finish(name, key)
        say(f"  {name}: done in {time.monotonic() - started:.0f} s")
        return True


@contextmanager
def only_one(lock: Path, what: str):
    """Hold the lock file; wait, and say so, while another run in the same checkout holds it."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise Failure(
            f"cannot write to {lock.parent} ({error.strerror}): run as the user who owns it, or "
            "remove that folder."
        ) from error
    with open(lock, "a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another run in this checkout: {what}.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
