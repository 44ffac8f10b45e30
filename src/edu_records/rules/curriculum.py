"""What TT 27/2020 and the curriculum (TT 32/2018) say of each primary grade: tables, read once.

``data/tt27_subjects.csv``: a row per subject and grade in which it is taught.
``data/tt27_traits.csv``: qualities and competencies, and the grades in which each is assessed.
"""

import csv
from dataclasses import dataclass
from importlib import resources

__all__ = [
    "GRADES",
    "PERIODS",
    "TRAITS",
    "Subject",
    "Trait",
    "check_subject",
    "subject_names",
    "subjects_of",
    "traits_of",
]

GRADES = (1, 2, 3, 4, 5)
PERIODS = ("GK1", "CK1", "GK2", "CN")


@dataclass(frozen=True)
class Subject:
    """A subject or educational activity in one grade; ``tests``: periods with a test."""

    code: str
    name: str
    compulsory: bool
    periods: int
    tests: tuple


@dataclass(frozen=True)
class Trait:
    """A quality (``kind`` ``quality``) or competency (``general``, ``specific``)."""

    code: str
    name: str
    kind: str
    required_in: tuple


def _table(name):
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


_SUBJECTS = {grade: {} for grade in GRADES}
for _row in _table("tt27_subjects.csv"):
    _SUBJECTS[int(_row["grade"])][_row["code"]] = Subject(
        _row["code"],
        _row["name"],
        _row["status"] == "compulsory",
        int(_row["periods"]),
        tuple(_row["tests"].split()),
    )

TRAITS = {
    row["code"]: Trait(
        row["code"], row["name"], row["kind"], tuple(map(int, row["required_in"].split()))
    )
    for row in _table("tt27_traits.csv")
}
"""All qualities and competencies by code."""

_KNOWN = frozenset(code for subjects in _SUBJECTS.values() for code in subjects)


def subjects_of(grade):
    """Return ``{code: Subject}`` of what is taught in a grade.

    :raises ValueError: for a grade that is not primary
    """
    if isinstance(grade, bool) or grade not in _SUBJECTS:
        raise ValueError(f"grade {grade!r} is not one of primary education")
    return _SUBJECTS[grade]


def traits_of(grade):
    """Return the codes of the traits that have to be assessed in a grade."""
    subjects_of(grade)
    return tuple(code for code, trait in TRAITS.items() if grade in trait.required_in)


def check_subject(code):
    """Refuse a code that no grade knows.

    :raises ValueError: naming it
    """
    if code not in _KNOWN:
        raise ValueError(f"{code!r} is no subject of primary education")


def subject_names():
    """Return ``{code: name}`` of all subjects and activities of primary education."""
    return {
        code: subject.name for subjects in _SUBJECTS.values() for code, subject in subjects.items()
    }
