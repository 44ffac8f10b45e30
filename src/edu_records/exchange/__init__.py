"""Workbooks (.xlsx) of lists and marks: read by header names, every error named by its cell.

Nothing here writes records: a reader returns what a workbook says and what is wrong with it, and
the writer makes a template, or a list that the reader understands.
"""

from .columns import ENTITIES, Column, columns_of, entity_title
from .container import MOST_BYTES, MOST_UNPACKED, check_container
from .errors import CellError, WorkbookError
from .headers import field_of, header_key, title_of
from .marking import error_workbook
from .marks import CONDUCT_LEVELS, STATE_LETTERS, MarkTable, read_marks
from .messages import MESSAGES, render
from .reading import read_students, read_table
from .tables import Table
from .workbook import open_workbook
from .writing import table_workbook

__all__ = [
    "CONDUCT_LEVELS",
    "ENTITIES",
    "MESSAGES",
    "MOST_BYTES",
    "MOST_UNPACKED",
    "STATE_LETTERS",
    "CellError",
    "Column",
    "MarkTable",
    "Table",
    "WorkbookError",
    "check_container",
    "columns_of",
    "entity_title",
    "error_workbook",
    "field_of",
    "header_key",
    "open_workbook",
    "read_marks",
    "read_students",
    "read_table",
    "render",
    "table_workbook",
    "title_of",
]
