"""Weeks of a school year, numbered as schools count them: tuần 1, tuần 2, … without breaks."""

from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Week", "first_monday", "school_weeks"]

_WEEK = timedelta(days=7)
_TO_THURSDAY = timedelta(days=3)


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday.

    :param int place: counted from 1, breaks included
    :param int number: as the school counts it; 0 for a break
    """

    monday: date
    place: int
    number: int

    @property
    def sunday(self):
        return self.monday + _WEEK - timedelta(days=1)


def first_monday(day):
    """Return the Monday of the first week of a year that begins on ``day``.

    As ISO 8601 counts: a week belongs to where its Thursday is. A year that begins on a Friday or
    at the weekend has its first week from the Monday after it.
    """
    monday = day - timedelta(days=day.weekday())
    return monday if monday + _TO_THURSDAY >= day else monday + _WEEK


def school_weeks(first, last, breaks=(), start=None):
    """Return the weeks of a school year, in order.

    :param date first: first day of the year; ``last`` its last one
    :param breaks: any days, of weeks that are not counted (Tết)
    :param date start: any day of week 1, where the school decided otherwise
    :return: list of :class:`Week`
    """
    monday = start - timedelta(days=start.weekday()) if start else first_monday(first)
    away = {day - timedelta(days=day.weekday()) for day in breaks}
    weeks, number = [], 0
    while monday + _TO_THURSDAY <= last:
        number += monday not in away
        weeks.append(Week(monday, len(weeks) + 1, 0 if monday in away else number))
        monday += _WEEK
    return weeks
