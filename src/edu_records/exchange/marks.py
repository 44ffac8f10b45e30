"""Reading the marks of a class for one semester: a sheet per subject, and one of conduct."""

import re
from dataclasses import dataclass, field
from datetime import date, time

from openpyxl.utils import get_column_letter

from edu_records.names import list_order_key, normalise
from edu_records.rules import MarkError, scale_token

from .errors import CellError
from .headers import find_header, header_key, title_of
from .subjects import Subjects, is_conduct
from .values import Refused, as_id, as_text
from .workbook import HEAD_ROWS, open_workbook

__all__ = ["CONDUCT_LEVELS", "STATE_LETTERS", "MarkTable", "read_marks"]

CONDUCT_LEVELS = {"Tốt": "TOT", "Khá": "KHA", "Đạt": "DAT", "Chưa đạt": "CHUA_DAT"}
"""Levels of conduct (TT 22/2021 Điều 8), as written and as recorded."""

STATE_LETTERS = {"V": "absent", "K": "zero", "M": "exempt", "R": "plan"}
"""What a cell may say instead of a mark, by the letter that teachers type, and as recorded."""

_LEVELS = {header_key(name): code for name, code in CONDUCT_LEVELS.items()}
_REGULAR = re.compile(r"TX(\d+)")
_MARK_COLUMN = re.compile(r"TX\d+|GK|CK")


@dataclass
class MarkTable:
    """What a workbook of marks says.

    ``rows``: one dict per subject and pupil: ``subject``, ``student`` (codes), ``name``, ``marks``
    {"TX1": "8.5", "GK": None, "CK": "V", …} of canonical tokens or letters of STATE_LETTERS,
    ``None`` for an empty cell, which leaves a recorded mark as it is; ``note``; ``_sheet``,
    ``_row`` and ``_columns`` (mark column -> letter).
    ``conduct``: dicts of ``student``, ``level`` ("TOT" …, ``None`` if empty), ``note``, ``_sheet``,
    ``_row``, ``_columns``. ``errors``: list of :class:`CellError`; with any, nothing of the file
    should be written. ``ignored``: titles of sheets that hold no marks.
    """

    rows: list = field(default_factory=list)
    conduct: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def read_marks(data, catalogue, roster, class_code=None):
    """Read a workbook of semester marks ("mẫu 1" and the like) and check it against the class.

    :param bytes data: the .xlsx file
    :param dict catalogue: subject code -> {"names": [every name of it], "assess": "score" or
        "comment", "regular_count": how many regular marks a semester has; optional "columns":
        {mark column: its scale, see ``edu_records.rules.scale_token``} where they are others}
    :param dict roster: ministry id of every pupil of the school -> (full name, class)
    :param str class_code: the class that the marks are for; ``None``: any class of the roster
    :rtype: MarkTable
    :raises WorkbookError: if the file as a whole cannot be read
    """
    workbook = open_workbook(data)
    table = MarkTable()
    subjects = Subjects(catalogue)
    sheets_of = {}
    for sheet in workbook.sheets:
        if is_conduct(sheet):
            _ConductReader(table, sheet, roster, class_code).read()
            sheets_of["conduct"] = sheet.title
            continue
        code, errors = subjects.of_sheet(sheet)
        table.errors += errors
        if code and code in sheets_of:
            params = {"subject": catalogue[code]["names"][0], "first": sheets_of[code]}
            table.errors.append(CellError(sheet.title, 0, "", "DUPLICATE_SUBJECT", params))
        elif code:
            sheets_of[code] = sheet.title
            _MarkReader(table, sheet, roster, class_code, code, catalogue[code]).read()
        elif not errors:
            table.ignored.append(sheet.title)
    if not sheets_of and not table.errors:
        table.errors.append(CellError(workbook.sheets[0].title, 0, "", "NO_MARK_SHEET"))
    return table


class _PupilReader:
    """What sheets of marks and of conduct have in common: their header and their pupils."""

    kind = ""
    values = ()  # fields that hold what is imported, as against who it is about

    def __init__(self, table, sheet, roster, class_code):
        self.table, self.sheet, self.roster = table, sheet, roster
        self.class_code = class_code
        self.header = find_header(sheet, self.kind)
        self.seen = {}

    def read(self):
        if self.header is None:
            self._error(0, "", "NO_HEADER", rows=str(HEAD_ROWS))
            return
        errors = self.header_errors()
        self.table.errors += errors
        if errors:
            return
        for number, cells in self.sheet.rows:
            if number >= self.header.first_data_row and self._concerns_a_pupil(cells):
                code = self._pupil(number, cells)
                self.take(number, cells, code)

    def header_errors(self):
        required = ("code", "name", *self.values)
        return self.header.missing(self.kind, required) + self.header.repeated(required)

    def take(self, number, cells, code):
        """Add what a row says about the pupil with the ministry id ``code`` ("" if unknown)."""
        raise NotImplementedError

    def parse(self, name, text):
        """The canonical form of a value's text; raises ``MarkError`` or ``Refused``."""
        raise NotImplementedError

    def _concerns_a_pupil(self, cells):
        """Whether a row is more than a remark or signature below the list."""
        if self._cell("code", cells) is not None or self._cell("number", cells) is not None:
            return any(self._cell(name, cells) is not None for name in self._telling())
        return any(self._is_value(name, self._cell(name, cells)) for name in self.values)

    def _telling(self):
        return [name for name in self.header.columns if name not in ("number", "class_code")]

    def _is_value(self, name, value):
        if value is None or not isinstance(value, str):
            return value is not None
        try:
            return bool(self.parse(name, normalise(value)))
        except (MarkError, Refused):
            return False

    # -- who -------------------------------------------------------------------------------------

    def _pupil(self, number, cells):
        code = self._text(number, "code", cells, as_id)
        if code is None:
            return ""
        if not code:
            self._error(number, "code", "MISSING_CODE")
            return ""
        if code not in self.roster:
            self._error(number, "code", "UNKNOWN_PUPIL", code=code)
            return ""
        name, actual = self.roster[code]
        self._check_name(number, cells, code, name)
        self._check_class(number, cells, name, actual)
        first = self.seen.setdefault(code, number)
        if first != number:
            self._error(number, "code", "DUPLICATE_PUPIL", pupil=name, first=str(first))
            return ""
        return code

    def _check_name(self, number, cells, code, name):
        typed = self._text(number, "name", cells, as_text)
        if typed is None:
            return
        rest = self._cell("name_rest", cells)
        if isinstance(rest, str):
            typed = normalise(f"{typed} {rest}")
        if not typed:
            self._error(number, "name", "MISSING_VALUE", header=title_of(self.kind, "name"))
        elif list_order_key(typed) != list_order_key(name):
            self._error(number, "name", "NAME_MISMATCH", code=code, expected=name, value=typed)

    def _check_class(self, number, cells, name, actual):
        typed = self._text(number, "class_code", cells, as_text)
        expected = self.class_code or typed
        for wanted in (expected, typed):
            if wanted and _class_key(wanted) != _class_key(actual):
                column = "class_code" if "class_code" in self.header.columns else "code"
                params = {"pupil": name, "actual": actual, "expected": wanted}
                self._error(number, column, "OTHER_CLASS", **params)
                return

    # -- cells -----------------------------------------------------------------------------------

    def _cell(self, name, cells):
        index = self.header.columns.get(name)
        return cells[index] if index is not None and index < len(cells) else None

    def _text(self, number, name, cells, convert):
        """The text of a cell, "" if it is empty, ``None`` if it is an error and was reported."""
        try:
            return convert(self._cell(name, cells))
        except Refused as refused:
            self._error(number, name, refused.code, **refused.params)
            return None

    def _value(self, number, name, cells):
        """The canonical form of a value, ``None`` if the cell is empty or was reported."""
        value = self._cell(name, cells)
        if isinstance(value, date | time):
            self._error(number, name, "MARK_IS_DATE", value=as_text(value))
            return None
        text = self._text(number, name, cells, as_text)
        if not text:
            return None
        try:
            return self.parse(name, text)
        except (MarkError, Refused) as refused:
            self._error(number, name, refused.code, value=text)
            return None

    def _columns(self):
        return {name: self.header.letter(name) for name in self.values}

    def _error(self, row, name, code, /, **params):
        column = self.header.letter(name) if self.header and name else ""
        self.table.errors.append(CellError(self.sheet.title, row, column, code, params))


class _MarkReader(_PupilReader):
    kind = "marks"

    def __init__(self, table, sheet, roster, class_code, subject, facts):
        super().__init__(table, sheet, roster, class_code)
        self.subject, self.facts = subject, facts
        regular = [f"TX{number}" for number in range(1, facts["regular_count"] + 1)]
        usual = dict.fromkeys([*regular, "GK", "CK"], facts["assess"])
        self.scales = facts.get("columns") or usual
        self.values = tuple(self.scales)

    def header_errors(self):
        return super().header_errors() + self._unknown_columns()

    def _unknown_columns(self):
        """Titles between the first and the last mark column that name nothing we know."""
        known = self.header.columns
        marks = [name for name in known if name in self.values or _MARK_COLUMN.fullmatch(name)]
        places = [known[name] for name in marks]
        return [
            CellError(
                self.sheet.title,
                self.header.row,
                get_column_letter(index + 1),
                "UNKNOWN_HEADER",
                {"header": label},
            )
            for index, label in self.header.labels.items()
            if places and min(places) < index < max(places) and index not in known.values()
        ]

    def take(self, number, cells, code):
        marks = {name: self._value(number, name, cells) for name in self.values}
        self._check_extra(number, cells)
        note = self._text(number, "note", cells, as_text) or ""
        if code:
            self.table.rows.append(
                {
                    "subject": self.subject,
                    "student": code,
                    "name": self.roster[code][0],
                    "marks": marks,
                    "note": note,
                    "_sheet": self.sheet.title,
                    "_row": number,
                    "_columns": self._columns(),
                }
            )

    def parse(self, name, text):
        letter = text.strip().upper()
        scale = self.scales[name]
        if letter in STATE_LETTERS and (letter != "K" or scale in ("score", "comment")):
            return letter
        return scale_token(scale, text)

    def _check_extra(self, number, cells):
        """Forms have five regular columns; those beyond the subject's number stay empty."""
        for name in self.header.columns:
            regular = _REGULAR.fullmatch(name)
            if regular and name not in self.values and self._cell(name, cells) is not None:
                params = {"count": str(self.facts["regular_count"]), "number": regular[1]}
                self._error(number, name, "TOO_MANY_REGULAR", **params)


class _ConductReader(_PupilReader):
    kind = "conduct"
    values = ("level",)

    def take(self, number, cells, code):
        level = self._value(number, "level", cells)
        note = self._text(number, "note", cells, as_text) or ""
        if code:
            self.table.conduct.append(
                {
                    "student": code,
                    "level": level,
                    "note": note,
                    "_sheet": self.sheet.title,
                    "_row": number,
                    "_columns": self._columns(),
                }
            )

    def parse(self, name, text):
        if header_key(text) not in _LEVELS:
            raise Refused("BAD_CONDUCT", value=text)
        return _LEVELS[header_key(text)]


def _class_key(text):
    return header_key(text).removeprefix("lop")
