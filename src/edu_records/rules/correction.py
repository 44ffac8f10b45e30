"""Corrections of marks: Điều 8 of the model regulation on electronic records."""

import functools
from datetime import date, datetime, timedelta

from .result import Result, Trace, pairs

VERSION = "dieu8-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

_DAYS_BEFORE_EXAM = 7
_PAPER = frozenset({"personal_book", "paper"})
_NEEDED = {
    "TX": _PAPER,
    "TX_ORAL": frozenset({"personal_book", "sign_student", "sign_classmate"}),
    "GK": _PAPER,
    "CK": _PAPER,
}
_KINDS = frozenset().union(*_NEEDED.values())


def seed_correction(*, exam_date, on, mark, evidence=None):
    """Whether a mark may be corrected on a day.

    The last day is one week before the semester test (Điều 8.2); marks of that test itself are
    corrected afterwards, with the same evidence (Điều 8.3).

    :param exam_date, on: ``date`` or ISO text; the semester test, the day of the correction
    :param str mark: ``TX``, ``TX_ORAL``, ``GK`` or ``CK``
    :param evidence: kinds at hand, of ``personal_book paper sign_student sign_classmate``;
        ``None`` leaves evidence unexamined
    :return: :class:`Result` of ``ALLOWED``, ``NEEDS_EVIDENCE`` or ``LATE``
    """
    if mark not in _NEEDED:
        raise ValueError(f"{mark!r} is not a kind of mark")
    unknown = set(evidence or ()) - _KINDS
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such evidence")
    day, last = _day(on), _day(exam_date) - timedelta(days=_DAYS_BEFORE_EXAM)
    named = pairs(exam_date=exam_date, on=on, mark=mark)
    if evidence is not None:
        named += pairs(evidence=sorted(evidence))
    trace = functools.partial(Trace, "seed_correction", "Quy định Điều 8", VERSION, named)
    steps = (("last day", last.isoformat()),)
    missing = sorted(_NEEDED[mark] - set(evidence)) if evidence is not None else []
    if missing:
        return Result("NEEDS_EVIDENCE", trace(f"missing: {', '.join(missing)}", steps))
    if mark != "CK" and day > last:
        return Result("LATE", trace(f"{day} > {last}", steps))
    return Result("ALLOWED", trace(f"{mark}, {day}", steps))


def _day(value):
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{value!r} is not a day")
    return value
