"""Which regulation a class is assessed under."""

import re
from typing import NamedTuple

__all__ = ["scheme_for"]

_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")


class _Part(NamedTuple):
    """A part of a programme whose grades pass from one regulation to the next.

    ``new_from`` has for each grade the first year (its autumn) under ``new``; before it ``old``
    holds, or nothing that is supported when ``old`` is empty.
    """

    old: str
    new: str
    new_from: dict


_SECONDARY_FROM = {6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024}
_PRIMARY_FROM = {1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024}
# age groups as the sector database numbers them; one programme for all school years
_PRESCHOOL_FROM = dict.fromkeys(range(1, 7), 0)

_PROGRAMMES = {
    "phothong": (_Part("", "TT27", _PRIMARY_FROM), _Part("TT58", "TT22", _SECONDARY_FROM)),
    "gdtx": (_Part("QD02", "TT43", _SECONDARY_FROM),),
    "mamnon": (_Part("", "MN", _PRESCHOOL_FROM),),
}


def scheme_for(*, programme, year, grade):
    """Return the code of the regulation, by the roll-out of TT 22, TT 43 and TT 27.

    ``phothong``: ``TT27`` (grades 1 to 5), ``TT22`` or ``TT58`` (6 to 12); ``gdtx``: ``TT43`` or
    ``QD02`` (6 to 12); ``mamnon``: ``MN`` (age groups 1 to 6). Keep the answer with the class: it
    never depends on today's date.

    :param str programme: ``phothong``, ``gdtx`` (continuing education) or ``mamnon`` (preschool)
    :param str year: school year, ``2026-2027``
    :param int grade: 1 to 12, or the number of the age group
    :raises ValueError: for anything else, and for primary grades before TT 27/2020 reached them
    """
    if programme not in _PROGRAMMES:
        raise ValueError(f"{programme!r} is not a programme")
    match = _YEAR.fullmatch(year)
    if not match or int(match[2]) != int(match[1]) + 1:
        raise ValueError(f"{year!r} is not a school year")
    for part in _PROGRAMMES[programme]:
        if grade in part.new_from:
            code = part.new if int(match[1]) >= part.new_from[grade] else part.old
            if not code:
                raise ValueError(f"grade {grade!r} in {year}: {part.new} did not apply yet")
            return code
    raise ValueError(f"grade {grade!r} is not one of programme {programme!r}")
