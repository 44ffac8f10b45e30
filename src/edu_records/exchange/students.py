"""Reading a list of pupils, as the ministry's portal and school programs export it."""

import re
from dataclasses import dataclass, field

from edu_records.identity import personal_id_conflicts
from edu_records.names import list_order_key, normalise

from .errors import CellError
from .headers import find_header, title_of
from .values import Refused, as_date, as_gender, as_id, as_text, as_year
from .workbook import HEAD_ROWS, open_workbook

__all__ = ["Table", "read_students"]

_DATES = ("birth_date", "status_date", "entry_date")
_YEARS = ("father_birth_year", "mother_birth_year")
_IDS = ("code", "personal_id")
_MUST_BE_UNIQUE = ("code", "name", "birth_date", "gender", "class_code", "personal_id")
_REQUIRED = ("class_code", "name", "birth_date", "gender")
_OF_A_PUPIL = ("number", "code", "birth_date", "gender")
_TITLE_OF_CLASS = re.compile(r"(?:danh sách )?(?:học sinh )?lớp(?: học)?\s*:?\s*(\d\S*)", re.I)
_TEMPORARY_CODE = re.compile(r"TAM-?(\d{12})", re.I)


@dataclass
class Table:
    """What a list of pupils says.

    ``rows``: dicts of field -> text ("" where empty), dates in ISO form, gender "male"/"female",
    plus ``_row``, the row's number in the sheet. ``columns``: field -> column letter. ``errors``:
    list of :class:`CellError`; with any, nothing of the file should be written. ``skipped``: the
    numbers of rows below the list that were taken for remarks.
    """

    sheet: str = ""
    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)


def read_students(data):
    """Read the pupils of a workbook (layouts C1-HocSinh, class lists, VEMIS and the like).

    The list is in ``Sheet1``, else in the first sheet that has the columns; category sheets beside
    it are ignored. A temporary ministry id "TAM-<personal id>" is read as no ministry id.

    :param bytes data: the .xlsx file
    :rtype: Table
    :raises WorkbookError: if the file as a whole cannot be read
    """
    workbook = open_workbook(data)
    sheet, header = _choose(workbook)
    if header is None:
        error = CellError(sheet.title, 0, "", "NO_HEADER", {"rows": str(HEAD_ROWS)})
        return Table(sheet.title, errors=[error])
    table = Table(sheet.title, columns={name: header.letter(name) for name in header.columns})
    default_class = _class_in_title(sheet, header)
    table.errors += _header_errors(header, default_class)
    if table.errors:
        return table
    reader = _Reader(table, header, workbook.epoch, default_class)
    for number, cells in sheet.rows:
        if number >= header.first_data_row:
            reader.read(number, cells)
    reader.end()
    return table


def _choose(workbook):
    """The sheet to read and its header (``None`` if no sheet has one)."""
    sheets = sorted(workbook.sheets, key=lambda sheet: sheet.title.strip().lower() != "sheet1")
    found = [(sheet, find_header(sheet, "students")) for sheet in sheets]
    found = [(sheet, header) for sheet, header in found if header]
    for sheet, header in found:
        if not _header_errors(header, "any"):
            return sheet, header
    partial = [pair for pair in found if _is_near(pair[1])]
    if partial:
        return max(partial, key=lambda pair: len(pair[1].columns))
    return sheets[0], None


def _is_near(header):
    return len(header.columns) >= 3


def _header_errors(header, default_class):
    columns = header.columns
    in_two_parts = "family_name" in columns and "given_name" in columns
    required = [
        name
        for name in _REQUIRED
        if not (name == "name" and in_two_parts) and not (name == "class_code" and default_class)
    ]
    return header.missing("students", required) + header.repeated(_MUST_BE_UNIQUE)


def _class_in_title(sheet, header):
    """The class of a title such as "Lớp: 6A" above the list."""
    for number, cells in sheet.head:
        if number >= header.row:
            break
        for cell in cells:
            match = _TITLE_OF_CLASS.match(normalise(cell)) if isinstance(cell, str) else None
            if match:
                return match[1]
    return ""


class _Reader:
    """Reads row after row into a table and remembers who was there already."""

    def __init__(self, table, header, epoch, default_class):
        self.table, self.header, self.epoch = table, header, epoch
        self.default_class = default_class
        self.seen = {}
        self.doubtful = []

    def read(self, number, cells):
        found, faults = {"_row": number}, []
        for name in self.header.columns:
            found[name] = self._value(name, cells, number, faults)
        if not faults and not any(found[name] for name in self.header.columns if name != "number"):
            return
        _join_name(found)
        if not faults and self._is_remark(found):
            self.doubtful.append(found)
            return
        doubtful, self.doubtful = self.doubtful, []
        for earlier in doubtful:
            self._take(earlier, [])
        self._take(found, faults)

    def end(self):
        """Rows at the very end without number, id, date and gender are remarks and signatures."""
        self.table.skipped = [found["_row"] for found in self.doubtful]

    def _is_remark(self, found):
        is_pupil = any(found.get(name) for name in _OF_A_PUPIL)
        is_pupil = is_pupil or (found["name"] and found.get("class_code"))
        return "number" in self.header.columns and not is_pupil

    def _take(self, found, faults):
        row = found["_row"]
        refused = {fault.column for fault in faults}
        found["class_code"] = found.get("class_code") or self.default_class
        self.table.errors += faults
        for name in _REQUIRED:
            column = self._letter(name)
            if not found.get(name) and not (column and column in refused):
                header = {"header": title_of("students", name)}
                self.table.errors.append(self._error(row, name, "MISSING_VALUE", **header))
        self._check_ids(found)
        self._check_twice(found)
        found.pop("number", None)
        self.table.rows.append(found)

    def _value(self, name, cells, number, faults):
        """The value of a field; what is wrong with it is added to ``faults``."""
        index = self.header.columns[name]
        value = cells[index] if index < len(cells) else None
        try:
            return self._convert(name, value)
        except Refused as refused:
            faults.append(self._error(number, name, refused.code, **refused.params))
            return ""

    def _convert(self, name, value):
        if name in _DATES:
            return as_date(value, self.epoch)
        if name in _IDS:
            return as_id(value)
        if name in _YEARS:
            return as_year(value)
        if name == "name_rest":
            return as_text(value) if isinstance(value, str) else ""
        return as_gender(value) if name == "gender" else as_text(value)

    def _check_ids(self, found):
        temporary = _TEMPORARY_CODE.fullmatch(found.get("code", ""))
        if temporary:
            found["code"] = ""
            found["personal_id"] = found.get("personal_id") or temporary[1]
        value = found.get("code", "")
        if value and not (value.isascii() and value.isdigit() and len(value) == 10):
            self.table.errors.append(
                self._error(found["_row"], "code", "BAD_MINISTRY_ID", value=value)
            )
        number = found.get("personal_id", "")
        if number:
            known = (found.get("gender", ""), found.get("birth_date", ""))
            for code, params in personal_id_conflicts(number, *known):
                error = self._error(found["_row"], "personal_id", code, **params)
                self.table.errors.append(error)

    def _check_twice(self, found):
        """Same id, or same name and birth date unless two ids tell namesakes apart."""
        name, born = found.get("name"), found.get("birth_date")
        keys = [(field_name, found.get(field_name)) for field_name in ("code", "personal_id")]
        person = ("name", (list_order_key(name), born)) if name and born else None
        for field_name, value in [*keys, *([person] if person else [])]:
            if not value:
                continue
            first = self.seen.setdefault((field_name, value), found)
            if first is not found and not (field_name == "name" and _told_apart(first, found)):
                params = {
                    "pupil": name if field_name == "name" else value,
                    "first": str(first["_row"]),
                }
                error = self._error(found["_row"], field_name, "DUPLICATE_PUPIL", **params)
                self.table.errors.append(error)
                return

    def _letter(self, name):
        if name == "name" and "name" not in self.header.columns:
            return self.header.letter("given_name")
        return self.header.letter(name)

    def _error(self, row, name, code, /, **params):
        return CellError(self.table.sheet, row, self._letter(name), code, params)


def _join_name(found):
    """One name from two columns: "Họ và đệm" and "Tên", or a title "Họ và tên" over both."""
    family, given = found.pop("family_name", ""), found.pop("given_name", "")
    name = f"{found.get('name', '')} {found.pop('name_rest', '')}"
    found["name"] = normalise(name) or normalise(f"{family} {given}")


def _told_apart(first, second):
    return bool(first.get("code") and second.get("code") and first["code"] != second["code"])
