"""The circulars as pure functions.

A function that decides something about a pupil answers a :class:`Result`: a value and the trace
that explains it. What merely describes a regulation or subject (``scheme_for``, ``regular_count``,
``exam_minutes``) is answered plainly. Numbers are strings or ``Decimal``; floats are refused.
"""

from . import tt22, tt43, tt58
from .correction import seed_correction
from .levels import LEVELS, StudyLevel
from .marks import FAILED, PASSED, MarkError, comment_token, mark_token
from .result import Result, Trace
from .scheme import scheme_for
from .tt22 import exam_minutes, regular_count

__all__ = [
    "FAILED",
    "LEVELS",
    "PASSED",
    "MarkError",
    "Result",
    "StudyLevel",
    "Trace",
    "comment_token",
    "exam_minutes",
    "mark_token",
    "regular_count",
    "scheme_for",
    "seed_correction",
    "tt22",
    "tt43",
    "tt58",
]
