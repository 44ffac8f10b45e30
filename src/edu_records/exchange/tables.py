"""Reading a list: the rows of one sheet, as pupils, guardians, staff, classes or assignments."""

from dataclasses import dataclass, field
from datetime import date

from edu_records.names import match_key, normalise

from .columns import columns_of, unique_columns
from .errors import CellError
from .headers import find_header, title_of
from .values import (
    Refused,
    as_birth,
    as_choice,
    as_date,
    as_email,
    as_gender,
    as_id,
    as_name,
    as_number,
    as_text,
    as_whole,
    as_year,
)
from .workbook import HEAD_ROWS, open_workbook

__all__ = ["Reader", "Table", "read_rows"]

_PLAIN = {
    "id": as_id,
    "email": as_email,
    "name": as_name,
    "year": as_year,
    "whole": as_whole,
    "number": as_number,
    "gender": as_gender,
}
_NEAR = 3  # so many known headings make a sheet the one that was meant
_MOST_SHOWN = 40  # characters of a key in a message


@dataclass
class Table:
    """What a list says.

    ``rows``: dicts of field -> text ("" where empty), dates in ISO form, choices as their codes,
    plus ``_row``, the row's number in the sheet. ``columns``: field -> column letter. ``errors``:
    list of :class:`CellError`; with any, nothing of the file should be written. ``skipped``: the
    numbers of rows below the list that were taken for remarks.
    """

    sheet: str = ""
    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)


def read_rows(data, reader_class, entity, synonyms=None, today=None):
    """Read the list of ``entity`` in a workbook.

    The list is in ``Sheet1``, else in the first sheet that has the columns; sheets beside it are
    ignored.

    :param bytes data: the .xlsx file
    :param reader_class: :class:`Reader` or one that knows more of the entity
    :param dict synonyms: headings of the school's own -> field
    :param date today: what counts as to come
    :rtype: Table
    :raises WorkbookError: if the file as a whole cannot be read
    """
    workbook = open_workbook(data)
    sheets = sorted(workbook.sheets, key=lambda sheet: sheet.title.strip().lower() != "sheet1")
    found = [(sheet, find_header(sheet, entity, synonyms)) for sheet in sheets]
    sheet, header = _choose(found, reader_class, entity)
    if header is None:
        error = CellError(sheet.title, 0, "", "NO_HEADER", {"rows": str(HEAD_ROWS)})
        return Table(sheet.title, errors=[error])
    table = Table(sheet.title, columns={name: header.letter(name) for name in header.columns})
    reader = reader_class(entity, table, header, sheet, workbook.epoch, today or date.today())
    table.errors += reader.header_errors()
    if table.errors:
        return table
    for number, cells in sheet.rows:
        if number >= header.first_data_row:
            reader.read(number, cells)
    reader.end()
    return table


def _choose(found, reader_class, entity):
    """The sheet to read and its header (``None`` if no sheet has one)."""
    known = [(sheet, header) for sheet, header in found if header]
    for sheet, header in known:
        if not reader_class.missing(entity, header, "any"):
            return sheet, header
    near = [pair for pair in known if len(pair[1].columns) >= _NEAR]
    if near:
        return max(near, key=lambda pair: len(pair[1].columns))
    return found[0][0], None


class Reader:
    """Reads row after row into a table and remembers what was there already."""

    def __init__(self, entity, table, header, sheet, epoch, today):
        self.entity, self.table, self.header = entity, table, header
        self.sheet, self.epoch, self.today = sheet, epoch, today
        self.columns = columns_of(entity)
        self.required = [name for name, column in self.columns.items() if column.required]
        self.seen = {}
        self.doubtful = []

    # -- the header ------------------------------------------------------------------------------

    @classmethod
    def missing(cls, entity, header, _given=""):
        """Errors for columns that the list cannot do without, or has twice.

        :param _given: what is known from elsewhere, for readers that know such a thing
        """
        columns = columns_of(entity)
        in_two_parts = "family_name" in header.columns and "given_name" in header.columns
        required = [
            name
            for name, column in columns.items()
            if column.required and not (name == "name" and in_two_parts)
        ]
        unique = [name for names in unique_columns(entity) for name in names]
        return header.missing(entity, required) + header.repeated({*required, *unique})

    def header_errors(self):
        """What is wrong with the header of the chosen sheet."""
        return self.missing(self.entity, self.header)

    # -- rows ------------------------------------------------------------------------------------

    def read(self, number, cells):
        """Take one row of the sheet."""
        found, faults = {"_row": number}, []
        for name in self.header.columns:
            found[name] = self._value(name, cells, number, faults)
        if not faults and not any(found[name] for name in self.header.columns if name != "number"):
            return
        _join_name(found)
        if not faults and self.is_remark(found):
            self.doubtful.append(found)
            return
        doubtful, self.doubtful = self.doubtful, []
        for earlier in doubtful:
            self._take(earlier, [])
        self._take(found, faults)

    def end(self):
        """Rows at the very end that name nothing are remarks and signatures."""
        self.table.skipped = [found["_row"] for found in self.doubtful]
        if not self.table.rows:
            error = CellError(self.table.sheet, self.header.row, "", "NO_ROWS")
            self.table.errors.append(error)
        self._find_swapped()

    def is_remark(self, found):
        """Whether the row, should it be at the end, is no row of the list."""
        filled = [name for name in self.required if found.get(name)]
        return (
            "number" in self.header.columns
            and not found.get("number")
            and 2 * len(filled) < len(self.required)
        )

    def check(self, found):
        """Add what is wrong with a row to the table's errors; for readers that know more."""

    def must_have(self, found):
        """The fields that this row cannot leave empty."""
        return self.required

    def _take(self, found, faults):
        row = found["_row"]
        refused = {fault.column for fault in faults}
        self.complete(found)
        self.table.errors += faults
        for name in self.must_have(found):
            column = self.letter(name)
            if not found.get(name) and not (column and column in refused):
                header = {"header": title_of(self.entity, name)}
                self.table.errors.append(self.error(row, name, "MISSING_VALUE", **header))
        self.check(found)
        self._check_twice(found)
        found.pop("number", None)
        self.table.rows.append(found)

    def complete(self, found):
        """Fill what the sheet says elsewhere than in the row."""

    def _check_twice(self, found):
        for names in unique_columns(self.entity):
            values = tuple(match_key(found.get(name) or "") or found.get(name) for name in names)
            if not (all(values) if len(values) == 1 else any(values)):
                continue
            first = self.seen.setdefault((tuple(names), values), found)
            if first is not found:
                shown = ", ".join(found[name] for name in names if found.get(name))
                column = next(name for name in names if found.get(name))
                self.table.errors.append(self.twice(found, first, column, shown[:_MOST_SHOWN]))
                return

    def twice(self, found, first, column, shown):
        """The error of a row that is there already."""
        return self.error(
            found["_row"], column, "DUPLICATE_ROW", value=shown, first=str(first["_row"])
        )

    # -- cells -----------------------------------------------------------------------------------

    def _value(self, name, cells, number, faults):
        """The value of a field; what is wrong with it is added to ``faults``."""
        index = self.header.columns[name]
        value = cells[index] if index < len(cells) else None
        try:
            return self._convert(name, value)
        except Refused as refused:
            faults.append(self.error(number, name, refused.code, **refused.params))
            return ""

    def _convert(self, name, value):
        if name == "name_rest":
            return as_text(value) if isinstance(value, str) else ""
        column = self.columns[name]
        if column.kind == "date":
            return as_date(value, self.epoch)
        if column.kind == "birth":
            return as_birth(value, self.epoch, self.today)
        if column.kind in ("choice", "yes"):
            return as_choice(value, column.choices)
        return _PLAIN.get(column.kind, as_text)(value)

    def _find_swapped(self):
        """One error instead of two a row where names and dates stand under each other's heading."""
        names = {one.row for one in self.table.errors if one.code == "BAD_NAME"}
        dates = {one.row for one in self.table.errors if one.code == "BAD_DATE"}
        swapped = names & dates
        birth = next((name for name, one in self.columns.items() if one.kind == "birth"), None)
        if not birth or not swapped or 2 * len(swapped) < len(self.table.rows):
            return
        self.table.errors[:] = [one for one in self.table.errors if one.row not in swapped]
        words = {"header": title_of(self.entity, "name"), "other": title_of(self.entity, birth)}
        error = self.error(self.header.row, "name", "SWAPPED_COLUMNS", **words)
        self.table.errors.insert(0, error)

    def letter(self, name):
        """The letter of a field's column; of a name in two columns the second."""
        if name == "name" and "name" not in self.header.columns:
            return self.header.letter("given_name")
        return self.header.letter(name)

    def error(self, row, name, code, /, **params):
        """A :class:`CellError` of this sheet."""
        return CellError(self.table.sheet, row, self.letter(name), code, params)


def _join_name(found):
    """One name from two columns: "Họ và đệm" and "Tên", or a title "Họ và tên" over both."""
    if not {"family_name", "given_name", "name_rest"} & found.keys():
        return
    family, given = found.pop("family_name", ""), found.pop("given_name", "")
    name = f"{found.get('name', '')} {found.pop('name_rest', '')}"
    found["name"] = normalise(name) or normalise(f"{family} {given}")
