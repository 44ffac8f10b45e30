"""Marks and comment results: what was typed, and the canonical tokens that are recorded."""

import re
import unicodedata
from decimal import Decimal

__all__ = [
    "FAILED",
    "PASSED",
    "MarkError",
    "check_comment",
    "comment_token",
    "in_tenths",
    "mark_token",
    "one_decimal",
]

PASSED, FAILED = "Đ", "CĐ"

_TYPED = re.compile(r"(-?)(0|[1-9][0-9]*)(?:[.,]([0-9]+))?")
_COMMENTS = {"Đ": PASSED, "D": PASSED, "CĐ": FAILED, "CD": FAILED}
_TENTHS = {f"{tenths // 10}.{tenths % 10}": tenths for tenths in range(101)}
_TENTHS |= {str(whole): 10 * whole for whole in range(11)}  # every score as it may be written
_ETH_TO_D_WITH_STROKE = str.maketrans("Ð", "Đ")  # U+00D0, which old fonts show the same


class MarkError(ValueError):
    """A typed mark is refused.

    ``code`` is ``NOT_A_MARK``, ``TWO_DECIMALS``, ``OUT_OF_RANGE``, ``NOT_A_COMMENT``,
    ``NOT_A_LEVEL`` or ``NOT_A_TRAIT``; ``typed`` is the text that was refused.
    """

    def __init__(self, code, typed, message):
        super().__init__(message)
        self.code = code
        self.typed = typed


def mark_token(text):
    """Return the canonical token of a typed mark: "8,5" -> "8.5", "8.0" -> "8", "10" -> "10".

    A mark is a number from 0 to 10 with at most one decimal (TT 22/2021 Điều 5.3.b).

    :raises MarkError: with the code ``NOT_A_MARK`` (abc, empty), ``TWO_DECIMALS`` (8.55) or
        ``OUT_OF_RANGE`` (85, -1)
    :raises TypeError: for anything but a string; a float has no one way to be written
    """
    if not isinstance(text, str):
        raise TypeError(f"a typed mark is a string, not a {type(text).__name__}")
    match = _TYPED.fullmatch(text.strip())
    if not match:
        raise MarkError("NOT_A_MARK", text, f"{text!r} is not a mark")
    sign, whole, decimals = match.groups()
    if sign or len(whole) > 2 or int(whole) > 10:
        raise MarkError("OUT_OF_RANGE", text, f"{text!r} is not between 0 and 10")
    if decimals and len(decimals) > 1:
        raise MarkError("TWO_DECIMALS", text, f"{text!r} has more than one decimal")
    if whole == "10" and decimals not in (None, "0"):
        raise MarkError("OUT_OF_RANGE", text, f"{text!r} is not between 0 and 10")
    return whole if decimals in (None, "0") else f"{whole}.{decimals}"


def comment_token(text):
    """Return "Đ" or "CĐ" for a typed comment result; "D", "đ", "CD" and the like are accepted.

    :raises MarkError: ``NOT_A_COMMENT``
    :raises TypeError: for anything but a string
    """
    if not isinstance(text, str):
        raise TypeError(f"a typed result is a string, not a {type(text).__name__}")
    typed = unicodedata.normalize("NFC", text).strip().upper().translate(_ETH_TO_D_WITH_STROKE)
    if typed not in _COMMENTS:
        raise MarkError("NOT_A_COMMENT", text, f"{text!r} is neither Đ nor CĐ")
    return _COMMENTS[typed]


def in_tenths(score):
    """Return a mark or average in tenths, an exact integer from 0 to 100; ``None`` stays ``None``.

    :param score: ``Decimal``, or its text with a decimal point
    :raises TypeError: for a float (it is not exact) or any other type
    :raises MarkError: as :func:`mark_token`
    """
    if score is None:
        return None
    if not isinstance(score, str | Decimal):
        raise TypeError(f"a score is a string or Decimal, not a {type(score).__name__}")
    if isinstance(score, Decimal) and score.is_finite():
        text = format(score, "f")
        score = text.rstrip("0").rstrip(".") if "." in text else text
    text = str(score)
    if text not in _TENTHS:
        mark_token(text)  # says what is wrong with it
        raise MarkError("NOT_A_MARK", text, f"{score!r} is not written as a score")
    return _TENTHS[text]


def one_decimal(tenths):
    """Return tenths with one decimal: 80 -> "8.0"."""
    return f"{tenths // 10}.{tenths % 10}"


def check_comment(result):
    """Return a comment result unchanged.

    :raises MarkError: ``NOT_A_COMMENT`` for anything but "Đ", "CĐ" and ``None``
    """
    if result not in (PASSED, FAILED, None):
        raise MarkError("NOT_A_COMMENT", str(result), f"{result!r} is neither Đ nor CĐ")
    return result
