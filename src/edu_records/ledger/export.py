"""Reads an export row by row: one JSON file whose shape is checked before anything is believed.

However long the ledger is, one row of it is in memory at a time.
"""

import json
import re

__all__ = ["SCHEMA", "ExportError", "export_rows", "is_number"]

SCHEMA = "edu.ledger.export/1"
_LISTS = ("chains", "entries", "anchors")
_CHUNK = 1 << 18
_LONGEST_VALUE = 1 << 26
_BLANKS = re.compile(r"[ \t\n\r]*")
_NOT_A_LEDGER = "The file is JSON, but not the export of a ledger."


class ExportError(Exception):
    """The export cannot be read at all; the message is one clear sentence."""


def is_number(value):
    """Whether ``value`` is a whole number that is not negative (``True`` is none)."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def export_rows(source):
    """Yield ``(section, row)``: ``chains``, ``entries``, ``anchors``, the lists of the base
    data as ``data.marks``, and ``header`` for every other member, as ``{name: value}``.

    :param source: a path, or an export that is parsed already
    :raises ExportError: for anything that is no export, saying what
    """
    header, seen = {}, set()
    for section, row in _rows(source):
        if section == "header":
            header.update(row)
        elif row is None:
            seen.add(section)
            continue
        yield section, row
    if header.get("schema") != SCHEMA:
        raise ExportError(f"The export has the schema {header.get('schema')!r}, not {SCHEMA!r}.")
    for name in _LISTS:
        if name not in seen:
            raise ExportError(f"The export has no list of {name}.")


def _rows(source):
    if isinstance(source, dict):
        yield from _given(source)
        return
    try:
        with open(source, encoding="utf-8") as file:
            yield from _Stream(file).rows()
    except OSError as error:
        raise ExportError(f"The file cannot be opened: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ExportError("The file is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ExportError(f"The file is not JSON: {error}.") from error


def _given(export):
    yield "header", {name: export[name] for name in export if name not in (*_LISTS, "data")}
    for name in _LISTS:
        if not isinstance(export.get(name), list):
            raise ExportError(f"The export has no list of {name}.")
        yield name, None
        yield from ((name, _row(row, name)) for row in export[name])
    data = export.get("data", {})
    if not isinstance(data, dict):
        raise ExportError("The export's base data cannot be read.")
    for name, rows in data.items():
        if not isinstance(rows, list):
            raise ExportError("The export's base data cannot be read.")
        yield from ((f"data.{name}", _row(row, "data")) for row in rows)


def _row(row, section):
    if isinstance(row, dict):
        return row
    if section == "data":
        raise ExportError("The export's base data cannot be read.")
    raise ExportError(f"The export has no list of {section}.")


def _unique_keys(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same key twice")
    return members


class _Stream:
    """The members of one JSON object, without ever holding the whole of it."""

    def __init__(self, file):
        self._file = file
        self._text, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder(object_pairs_hook=_unique_keys)

    def rows(self):
        if self._peek() != "{":
            self._value()  # says what is wrong with JSON that is none
            raise ExportError(_NOT_A_LEDGER)
        for name in self._members():
            if name == "data":
                yield from self._data()
            elif name in _LISTS:
                yield name, None
                yield from self._items(name, name)
            else:
                yield "header", {name: self._value()}
        if self._peek():
            raise ValueError("something follows the export")

    def _data(self):
        if self._peek() != "{":
            raise ExportError("The export's base data cannot be read.")
        for name in self._members():
            yield from self._items(f"data.{name}", "data")

    def _members(self):
        """The names of an object's members; the caller takes each value before the next one."""
        self._take("{")
        names = set()
        while self._peek() != "}":
            if names:
                self._take(",")
            name = self._value()
            if not isinstance(name, str):
                raise ValueError("the name of a member is no string")
            if name in names:
                raise ValueError("an object has the same key twice")
            names.add(name)
            self._take(":")
            yield name
        self._take("}")

    def _items(self, section, what):
        if self._peek() != "[":
            self._value()
            _row(None, what)
        self._take("[")
        first = True
        while self._peek() != "]":
            if not first:
                self._take(",")
            first = False
            yield section, _row(self._value(), what)
        self._take("]")

    def _take(self, expected):
        if self._peek() != expected:
            raise ValueError(f"{expected!r} is missing")
        self._at += 1

    def _peek(self):
        """The next character that is no blank; "" at the end."""
        while True:
            self._at = _BLANKS.match(self._text, self._at).end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read()

    def _value(self):
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._ended:
                    raise
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > _LONGEST_VALUE:
                raise ValueError("a part of it is too long or not JSON")
            self._read()

    def _read(self):
        rest = self._text[self._at :]
        more = self._file.read(max(_CHUNK, len(rest)))
        self._text, self._at, self._ended = rest + more, 0, not more
