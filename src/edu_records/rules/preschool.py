"""Preschool: ages, groups, and when a child is measured.

Groups, and the ages at whose end a child is assessed, are those of the preschool programme (CT
GDMN, VBHN 01/2021); how often a child is weighed and measured, and what is checked at the start of
the year, is TTLT 13/2016/TTLT-BYT-BGDĐT Điều 9. What a measurement says is in :mod:`.growth`.
"""

import functools
from datetime import date, datetime

from .policy import check_choice
from .result import Result, Trace, pairs

VERSION = "preschool-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

_PROGRAMME = "VBHN 01/2021 (CT GDMN)"
_MEASURING = "TTLT 13/2016 Điều 9"
_MONTHLY_UNTIL = 24
_STAGES = (6, 12, 18, 24, 36, 48, 60, 72)
"""Ages in months at whose end a child's development is assessed."""
_CHECKED = ("weight", "height")
_CHECKED_FROM = 36
_CHECKED_OLDER = ("blood_pressure", "pulse", "eyesight")

_YOUNGEST = 3
_GROUPS = (  # code, and the age in months that ends it; each begins where the last one ended
    ("NT_3_12", 12),
    ("NT_12_24", 24),
    ("NT_24_36", 36),
    ("MG_3_4", 48),
    ("MG_4_5", 60),
    ("MG_5_6", 72),
)


def age_months(*, dob, on):
    """Completed calendar months, a plain integer; the day of the month counts.

    Born on the 31st, a month is full on the 31st, or on the first of the month after a shorter one.

    :param dob, on: ``date`` or ISO text
    :raises ValueError: before birth
    """
    born, day = _day(dob), _day(on)
    if day < born:
        raise ValueError(f"{day} is before the day of birth, {born}")
    months = 12 * (day.year - born.year) + day.month - born.month
    return months - (day.day < born.day)


def age_group(*, age_months):
    """Group of an age (expected outcomes go by it): ``NT_24_36``, ``MG_3_4`` and the like.

    :return: :class:`Result` of a code, ``None`` for an age without a group
    """
    _check_age(age_months)
    trace = _tracer("age_group", _PROGRAMME, pairs(age_months=age_months))
    first = _YOUNGEST
    for code, end in _GROUPS:
        if first <= age_months < end:
            return Result(code, trace(f"{first} <= {age_months} < {end}"))
        first = end
    return Result(None, trace("no group for this age"))


def class_group(*, dob, year, class_by="birth_year"):
    """Group of the class that a child joins in a school year: children born in one year together.

    :param dob: day of birth; ``year``: the calendar year in which the school year begins
    :param class_by: see :mod:`~edu_records.rules.policy`; with ``months`` the age on 1 September
        decides
    :return: :class:`Result` of a code, ``None`` for a child without a group
    """
    check_choice(class_by=class_by)
    born = _day(dob)
    named = pairs(dob=born.isoformat(), year=year, class_by=class_by)
    if class_by == "months":
        age = age_months(dob=born, on=date(year, 9, 1))
        found = age_group(age_months=age).value
        return Result(found, _tracer("class_group", _PROGRAMME, named)(f"{age} months"))
    trace = _tracer("class_group", _PROGRAMME, named)
    years = year - born.year
    if 0 <= years < len(_GROUPS):
        return Result(_GROUPS[years][0], trace(f"{year} - {born.year} = {years}"))
    return Result(None, trace("no group for this age"))


def measure_due(*, age_months):
    """How often a child is weighed and measured: ``MONTHLY`` below 24 months, else ``QUARTERLY``.

    :return: :class:`Result` of a code
    """
    _check_age(age_months)
    trace = _tracer("measure_due", _MEASURING, pairs(age_months=age_months))
    if age_months < _MONTHLY_UNTIL:
        return Result("MONTHLY", trace(f"{age_months} < {_MONTHLY_UNTIL}"))
    return Result("QUARTERLY", trace(f"{age_months} >= {_MONTHLY_UNTIL}"))


def health_check(*, age_months):
    """What is checked at the start of the school year (TTLT 13/2016 Điều 9).

    :return: :class:`Result` of a tuple of ``weight height``, from 36 months on
        ``blood_pressure pulse eyesight`` too
    """
    _check_age(age_months)
    trace = _tracer("health_check", _MEASURING, pairs(age_months=age_months))
    if age_months < _CHECKED_FROM:
        return Result(_CHECKED, trace(f"{age_months} < {_CHECKED_FROM}"))
    return Result((*_CHECKED, *_CHECKED_OLDER), trace(f"{age_months} >= {_CHECKED_FROM}"))


def stage_end(*, age_months):
    """Age in months at which the stage of a child ends, when its development is assessed.

    At the end of 6, 12, 18, 24 and 36 months (nhà trẻ), then of every year of age (mẫu giáo).

    :return: :class:`Result` of a number; of ``None`` for a child that is older than the programme
    """
    _check_age(age_months)
    trace = _tracer("stage_end", _PROGRAMME, pairs(age_months=age_months))
    for end in _STAGES:
        if age_months <= end:
            return Result(end, trace(f"{age_months} <= {end}"))
    return Result(None, trace("no group for this age"))


def _check_age(months):
    if isinstance(months, bool) or not isinstance(months, int) or months < 0:
        raise ValueError(f"age_months: {months!r} is not a number of completed months")


def _day(value):
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{value!r} is not a day")
    return value


def _tracer(rule, article, inputs):
    return functools.partial(Trace, rule, article, VERSION, inputs)
