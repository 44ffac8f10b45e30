"""Which regulation a class is assessed under."""

import re

__all__ = ["scheme_for"]

_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")
_NEW_FROM = {6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024}
_SCHEMES = {"phothong": ("TT58", "TT22"), "gdtx": ("QD02", "TT43")}


def scheme_for(*, programme, year, grade):
    """Return ``TT22``, ``TT58``, ``TT43`` or ``QD02``, by the roll-out of TT 22 and TT 43.

    Keep the answer with the class: it never depends on today's date.

    :param str programme: ``phothong`` or ``gdtx`` (continuing education)
    :param str year: school year, ``2026-2027``
    :param int grade: 6 to 12
    :raises ValueError: for anything else
    """
    if programme not in _SCHEMES:
        raise ValueError(f"{programme!r} is not a programme")
    match = _YEAR.fullmatch(year)
    if not match or int(match[2]) != int(match[1]) + 1:
        raise ValueError(f"{year!r} is not a school year")
    if grade not in _NEW_FROM:
        raise ValueError(f"grade {grade!r} is not one of secondary education")
    old, new = _SCHEMES[programme]
    return new if int(match[1]) >= _NEW_FROM[grade] else old
