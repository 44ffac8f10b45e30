"""From what a cell holds to what a record holds; every function raises :class:`Refused`."""

import re
from datetime import date, datetime, time

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from edu_records.names import match_key, normalise, search_key

from .workbook import Fault

__all__ = [
    "Refused",
    "as_birth",
    "as_choice",
    "as_date",
    "as_email",
    "as_gender",
    "as_id",
    "as_name",
    "as_number",
    "as_text",
    "as_whole",
    "as_year",
]

_DATE_PATTERNS = [
    re.compile(r"(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<day>\d{1,2})"),
]
_MIDNIGHT = re.compile(r"\s+0{1,2}:00(:00)?$")
_SERIAL = re.compile(r"\d{5}")
_FIRST_YEAR, _LAST_YEAR = 1920, 2100
_GENDERS = {"nam": "male", "1": "male", "nu": "female", "0": "female"}


class Refused(ValueError):
    """A cell's value is refused; ``code`` and ``params`` are those of a ``CellError``."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def as_text(value):
    """Return a value as normalised text, a number as Excel shows it (15 digits); "" for ``None``.

    :raises Refused: ``ERROR_VALUE``, ``NO_RESULT``
    """
    if value is None:
        return ""
    if isinstance(value, Fault):
        raise Refused(value.code, value=value.text)
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
    return normalise(str(value))


def as_id(value):
    """Return an identifier as text: the number 7912345678.0 -> "7912345678"; blanks are dropped."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return as_text(value).lstrip("'").replace(" ", "")


def as_date(value, epoch=WINDOWS_EPOCH):
    """Return a date as ISO text from a date cell, a serial number, "dd/mm/yyyy" or "yyyy-mm-dd".

    :param datetime epoch: day 0 of serial numbers, which differs in workbooks of old Macintoshes
    :raises Refused: ``BAD_DATE``
    """
    text = as_text(value)
    if not text:
        return ""
    found = _date(value, text, epoch)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Refused("BAD_DATE", value=text)
    return found.isoformat()


def _date(value, text, epoch):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | time):
        return None
    try:
        if isinstance(value, int | float) or _SERIAL.fullmatch(text):
            return _of_serial(float(text), epoch)
        return _of_text(_MIDNIGHT.sub("", text))
    except (ValueError, OverflowError):
        return None


def _of_serial(serial, epoch):
    if not serial.is_integer():
        return None
    found = from_excel(serial, epoch)
    return found.date() if isinstance(found, datetime) else None


def _of_text(text):
    for pattern in _DATE_PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
    return None


def as_birth(value, epoch=WINDOWS_EPOCH, today=None):
    """Return a date as :func:`as_date` does, unless it is still to come.

    :raises Refused: ``BAD_DATE``, ``FUTURE_DATE``
    """
    found = as_date(value, epoch)
    if found and found > (today or date.today()).isoformat():
        raise Refused("FUTURE_DATE", value=f"{found[8:]}/{found[5:7]}/{found[:4]}")
    return found


def as_name(value):
    """Return the name of a person as text: it begins with a letter.

    :raises Refused: ``BAD_NAME``
    """
    text = as_text(value).lstrip("'")
    if text and (not isinstance(value, str) or not text[0].isalpha()):
        raise Refused("BAD_NAME", value=text)
    return text


def as_choice(value, choices):
    """Return the code whose name is written; "" for nothing.

    :param dict choices: code -> names
    :raises Refused: ``BAD_CHOICE``
    """
    text = as_text(value)
    key = match_key(text)
    for code, names in choices.items():
        if text and any(key == match_key(name) for name in names):
            return code
    if text:
        allowed = ", ".join(names[0] for names in choices.values())
        raise Refused("BAD_CHOICE", value=text, allowed=allowed)
    return ""


def as_email(value):
    """Return one e-mail address as text; "" for nothing.

    :raises Refused: ``BAD_EMAIL``
    """
    text = as_text(value)
    if text and not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+", text):
        raise Refused("BAD_EMAIL", value=text)
    return text


def as_whole(value):
    """Return a whole number from 0 on as text; "" for nothing.

    :raises Refused: ``BAD_NUMBER``
    """
    text = as_text(value)
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        raise Refused("BAD_NUMBER", value=text)
    return str(int(text)) if text else ""


def as_number(value):
    """Return a number from 0 on with at most two decimals as text; "" for nothing.

    :raises Refused: ``BAD_NUMBER``
    """
    text = as_text(value).replace(",", ".")
    if text and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", text):
        raise Refused("BAD_NUMBER", value=text)
    whole, _point, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return f"{int(whole)}.{decimals}" if decimals else str(int(whole)) if text else ""


def as_gender(value):
    """Return "male" or "female" for Nam/Nữ, or 1/0 as in files of the ministry; "" for nothing.

    :raises Refused: ``BAD_GENDER``
    """
    text = as_text(value)
    if not text:
        return ""
    if search_key(text) not in _GENDERS:
        raise Refused("BAD_GENDER", value=text)
    return _GENDERS[search_key(text)]


def as_year(value):
    """Return a year of four digits as text, from a number, a text or a whole date; "" for nothing.

    :raises Refused: ``BAD_YEAR``
    """
    if isinstance(value, datetime):
        return str(value.year)
    text = as_text(value)
    found = re.fullmatch(r"(?:\d{1,2}[/.-]\d{1,2}[/.-])?(\d{4})", text)
    if text and not (found and _FIRST_YEAR - 40 <= int(found[1]) <= _LAST_YEAR):
        raise Refused("BAD_YEAR", value=text)
    return found[1] if found else ""
