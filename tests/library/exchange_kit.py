"""Workbooks for the tests of ``edu_records.exchange``."""

import sys
from pathlib import Path

from openpyxl import Workbook

TOOLS = str(Path(__file__).parents[2] / "tools")
if TOOLS not in sys.path:
    sys.path.insert(0, TOOLS)

import bad_workbooks as bad  # noqa: E402
import demo_workbooks as demo  # noqa: E402

__all__ = ["bad", "book_of", "bytes_of", "demo"]


def book_of(rows, title="Sheet1"):
    """A workbook of one sheet with the rows."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def bytes_of(rows, title="Sheet1"):
    """The bytes of :func:`book_of`."""
    return demo.as_bytes(book_of(rows, title))
