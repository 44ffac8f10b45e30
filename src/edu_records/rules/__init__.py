"""The circulars as pure functions.

A function that decides something about a pupil answers a :class:`Result`: a value and the trace
that explains it. What merely describes a regulation or subject (``scheme_for``, ``regular_count``,
``exam_minutes``, ``subjects``) is answered plainly. Marks are strings or ``Decimal``; floats are
refused. :func:`explain` says in Vietnamese how a result came about; :data:`SETTINGS` are the open
questions of the circulars and how they are decided.
"""

from . import growth, preschool, tt22, tt27, tt43, tt58
from .correction import seed_correction
from .explain import explain
from .levels import LEVELS, StudyLevel
from .marks import FAILED, PASSED, MarkError, comment_token, mark_token
from .policy import SETTINGS, Setting
from .result import Result, Trace
from .scales import scale_token
from .scheme import scheme_for
from .signing_order import can_sign
from .tt22 import exam_minutes, regular_count

__all__ = [
    "FAILED",
    "LEVELS",
    "PASSED",
    "SETTINGS",
    "MarkError",
    "Result",
    "Setting",
    "StudyLevel",
    "Trace",
    "can_sign",
    "comment_token",
    "exam_minutes",
    "explain",
    "growth",
    "mark_token",
    "preschool",
    "regular_count",
    "scale_token",
    "scheme_for",
    "seed_correction",
    "tt22",
    "tt27",
    "tt43",
    "tt58",
]
