"""Copies of the sources, and environments that hold chosen packages only."""

import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]


def copy_of_sources(target: Path) -> Path:
    """A copy of what is or could be committed, as a repository of its own with one commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in sorted(set(filter(None, listed.split("\0")))):
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    person = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*person, "commit", "-q", "-m", "copy"]):
        subprocess.run(["git", *words], cwd=target, check=True)
    return target


def link(names: set[str], packages: Path) -> None:
    """Link the installed files of distributions into another environment's packages."""

    for name in names:
        for file in distribution(name).files or []:
            if file.parts[0] == ".." or "__pycache__" in file.parts:
                continue
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.symlink_to(Path(file.locate()).resolve())


def needs(name: str) -> set[str]:
    """The installed distributions that ``name`` needs, directly or not; itself left out."""

    found: set[str] = set()
    waiting = [(name, frozenset())]
    while waiting:
        current, extras = waiting.pop()
        try:
            requirements = distribution(current).requires or []
        except PackageNotFoundError:
            continue
        for text in requirements:
            one = Requirement(text)
            wanted = not one.marker or any(
                one.marker.evaluate({"extra": extra}) for extra in (extras or {""})
            )
            if wanted and one.name not in found:
                found.add(one.name)
                waiting.append((one.name, frozenset(one.extras)))
    return {one for one in found if _installed(one)}


def _installed(name: str) -> bool:

    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
