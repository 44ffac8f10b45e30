"""Scales of marks: what may be typed in a cell, and the canonical token that is recorded."""

import unicodedata

from .marks import MarkError, comment_token, mark_token
from .tt27 import whole_score

__all__ = ["scale_token"]

_ETH_TO_D_WITH_STROKE = str.maketrans("Ð", "Đ")  # U+00D0, which old fonts show the same


def scale_token(scale, text):
    """Return the canonical token of a typed text on a scale.

    ``score`` (8.5) and ``comment`` (Đ, CĐ) as of TT 22/2021 and TT 43/2021; of TT 27/2020 ``level``
    (T, H, C: subjects), ``whole`` (0 to 10 without decimals: tests) and ``trait`` (T, Đ, C:
    qualities and competencies); ``goal`` (Đ, CĐ) of preschool.

    :raises MarkError: with a code; ``NOT_A_LEVEL`` and ``NOT_A_TRAIT`` for letters of no level
    :raises TypeError: for anything but a string
    """
    if not isinstance(text, str):
        raise TypeError(f"a typed mark is a string, not a {type(text).__name__}")
    return _SCALES[scale](text)


def _whole_token(text):
    try:
        return str(whole_score(text.strip().replace(",", ".")))
    except MarkError as error:
        raise MarkError(error.code, text, str(error)) from error


def _letter_token(letters, code):
    def token(text):
        typed = unicodedata.normalize("NFC", text).strip().upper().translate(_ETH_TO_D_WITH_STROKE)
        if typed not in letters:
            raise MarkError(code, text, f"{text!r} is none of {', '.join(letters)}")
        return letters[typed]

    return token


_SCALES = {
    "score": mark_token,
    "comment": comment_token,
    "level": _letter_token({"T": "T", "H": "H", "C": "C"}, "NOT_A_LEVEL"),
    "whole": _whole_token,
    "trait": _letter_token({"T": "T", "Đ": "Đ", "D": "Đ", "C": "C"}, "NOT_A_TRAIT"),
    "goal": comment_token,
}
