"""Workbooks (.xlsx) of pupils and marks: read by header names, every error named by its cell.

Nothing here writes records: a reader returns what a workbook says and what is wrong with it.
"""

from .container import MOST_BYTES, MOST_UNPACKED
from .errors import CellError, WorkbookError
from .headers import title_of
from .marking import error_workbook
from .marks import CONDUCT_LEVELS, MarkTable, read_marks
from .messages import MESSAGES, render
from .students import Table, read_students
from .workbook import open_workbook

__all__ = [
    "CONDUCT_LEVELS",
    "MESSAGES",
    "MOST_BYTES",
    "MOST_UNPACKED",
    "CellError",
    "MarkTable",
    "Table",
    "WorkbookError",
    "error_workbook",
    "open_workbook",
    "read_marks",
    "read_students",
    "render",
    "title_of",
]
