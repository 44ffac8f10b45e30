"""Reading the sheets of a workbook, cell by cell, without trusting it."""

import io
import warnings
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from .container import check_container, may_have_formulas, refusal, too_large
from .errors import WorkbookError

__all__ = ["Fault", "Sheet", "Workbook", "open_workbook"]

_MOST_ROWS = 10_000
_MOST_COLUMNS = 256
_LAST_ROW = 1_048_576
HEAD_ROWS = 12
"""Among how many first rows (blank ones not counted) the header row is looked for."""


@dataclass(frozen=True)
class Fault:
    """What stands in place of a value that the workbook does not have.

    ``code`` is ``ERROR_VALUE`` (the cell shows #N/A, #REF! …) or ``NO_RESULT`` (a formula that was
    never computed; read as empty it would silently lose a mark).
    """

    code: str
    text: str


class Workbook:
    """A workbook that was found safe to read: ``sheets`` are its visible sheets in their order."""

    def __init__(self, data):
        self._values = _load(data, data_only=True)
        # where there is no formula, the values tell all: nothing is parsed twice
        self._formulas = _load(data, data_only=False) if may_have_formulas(data) else None
        self.epoch = self._values.epoch
        self.sheets = [
            Sheet(sheet.title, sheet, self._formulas and self._formulas[sheet.title])
            for sheet in self._values.worksheets
            if sheet.sheet_state == "visible"
        ]


class Sheet:
    """One sheet: ``title``; ``head`` (at most 12 rows) and ``rows`` are lists of (number, cells).

    Rows without any value are left out. ``cells`` is a list of None, str, int, float, bool,
    datetime, time or :class:`Fault`; it may be shorter than the sheet is wide.
    """

    def __init__(self, title, values, formulas):
        self.title = title
        self._value_sheet, self._formula_sheet = values, formulas

    @cached_property
    def head(self):
        return _read(lambda: list(islice(self._numbered(), HEAD_ROWS)))

    @cached_property
    def rows(self):
        """:raises WorkbookError: ``TOO_LARGE``, ``NOT_A_WORKBOOK``"""
        return _read(lambda: list(self._numbered()))

    def _pairs(self):
        """(cells with values, cells with formulas) of every row."""
        if self._formula_sheet is None:
            return ((row, row) for row in _raw(self._value_sheet))
        return zip(_raw(self._value_sheet), _raw(self._formula_sheet), strict=False)

    def _numbered(self):
        pairs = self._pairs()
        filler = None  # the reader yields one and the same tuple for all rows that do not exist
        for number, (values, formulas) in enumerate(pairs, 1):
            if number > _LAST_ROW:
                raise too_large(f"> {_LAST_ROW} rows", str(_LAST_ROW))
            if values is filler:
                continue
            cells = _cells(values, formulas)
            if all(cell is None for cell in cells):
                filler = values
                continue
            if number > _MOST_ROWS:
                raise too_large(f"> {_MOST_ROWS} rows", str(_MOST_ROWS))
            yield number, cells


def open_workbook(data):
    """Open the bytes of an .xlsx file for reading.

    :raises WorkbookError: ``EMPTY``, ``NOT_A_WORKBOOK``, ``OLD_FORMAT``, ``TRUNCATED``,
        ``ENCRYPTED``, ``TOO_LARGE``
    """
    check_container(data)
    workbook = _read(lambda: Workbook(data))
    if not any(sheet.head for sheet in workbook.sheets):
        raise refusal("EMPTY")
    return workbook


def _read(work):
    """Do a piece of reading; whatever broken contents make the reader raise is one refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return work()
        except WorkbookError:
            raise
        except Exception as error:
            raise refusal("NOT_A_WORKBOOK") from error


def _load(data, data_only):
    reader = _Reader(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
    reader.read()
    return reader.wb


class _UnsizedSheet(ReadOnlyWorksheet):
    """A sheet whose size nobody asks for.

    A sheet that does not tell its size would be parsed to its end for it, and every row of it stay
    in memory until Python's collector comes (the parser of the standard library is a cycle).
    """

    def _get_size(self):
        pass


class _Reader(ExcelReader):
    """The library's reader, with sheets of ours."""

    def read_worksheets(self):
        for sheet, rel in self.parser.find_sheets():
            if rel.target not in self.valid_files:
                continue
            if "chartsheet" in rel.Type:
                self.read_chartsheet(sheet, rel)
                continue
            found = _UnsizedSheet(self.wb, sheet.name, rel.target, self.shared_strings)
            found.sheet_state = sheet.state
            self.wb._sheets.append(found)


def _raw(sheet):
    sheet.reset_dimensions()  # some programs write a wrong one, and rows would be missing
    return sheet.iter_rows(max_col=_MOST_COLUMNS)


def _cells(values, formulas):
    return [
        _value(value, formula) if formula.value is not None or value.value is not None else None
        for value, formula in zip(values, formulas, strict=False)
    ]


def _value(value, formula):
    if value.data_type == "e":
        return Fault("ERROR_VALUE", str(value.value))
    if value.value is None:
        # an empty text is a result too, and the only one that is written with its type
        empty_text = value.data_type in ("str", "s")
        return None if empty_text or formula.data_type != "f" else Fault("NO_RESULT", "")
    if isinstance(value.value, str) and not value.value.strip():
        return None
    return value.value
