"""Finding the header row of a sheet, and its columns, by name.

The names are data (``headers.json`` for marks, ``columns.json`` for lists): kind of sheet -> field
-> names, the preferred one first. A school may add names of its own (``synonyms``). Names are
compared without accents, case, blanks, line breaks and punctuation.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from openpyxl.utils import get_column_letter

from edu_records.names import normalise, search_key

from .columns import ENTITIES, columns_of
from .errors import CellError

__all__ = ["Header", "field_of", "find_header", "header_key", "title_of"]

_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_NUMBERED = re.compile(r"(.*?)(?:lan|so)?(\d{1,2})")
_FEWEST_KNOWN = 2
_OF_MARKS = ("marks", "conduct")


def header_key(text):
    """Return the form in which names are compared: "Họ và\\ntên (*)" -> "hovaten"."""
    return _NO_WORD.sub("", search_key(text))


@cache
def _names():
    text = files(__package__).joinpath("headers.json").read_text(encoding="utf-8")
    lists = {
        entity: {
            field_name: [*column.names, *column.guessed]
            for field_name, column in columns_of(entity).items()
        }
        for entity in ENTITIES
    }
    return {**json.loads(text), **lists}


@cache
def _ranks(kind):
    """Key of a name -> (field, rank of the name in that field; 0 is the preferred one)."""
    return {
        header_key(name): (field_name, rank)
        for field_name, names in _names()[kind].items()
        for rank, name in enumerate(names)
    }


def title_of(kind, field_name):
    """The preferred name of a field, for messages."""
    regular = re.fullmatch(r"TX(\d+)", field_name)
    if regular:
        return f"{_names()['regular']['TX'][0]}{regular[1]}"
    return _names()[kind][field_name][0]


@dataclass
class Header:
    """Where the header row is (``row``, from 1), where data begins, and what it names.

    ``columns`` is field -> column index (from 0), ``labels`` is index -> text as typed, ``twice``
    are (field, index) of columns that repeat a field under the same name. A title "Họ và tên" over
    two columns makes the field ``name_rest`` of the second one.
    """

    sheet: str
    row: int
    first_data_row: int
    columns: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)
    twice: list = field(default_factory=list)

    def letter(self, field_name):
        """The column's letter, "" where there is no such column."""
        index = self.columns.get(field_name)
        return "" if index is None else get_column_letter(index + 1)

    def missing(self, kind, required):
        """Errors for the fields of ``required`` that have no column."""
        return [
            CellError(
                self.sheet, self.row, "", "MISSING_HEADER", {"header": title_of(kind, field_name)}
            )
            for field_name in required
            if field_name not in self.columns
        ]

    def repeated(self, fields):
        """Errors for the columns that repeat one of ``fields``."""
        return [
            CellError(
                self.sheet,
                self.row,
                get_column_letter(index + 1),
                "DUPLICATE_HEADER",
                {"header": self.labels[index]},
            )
            for field_name, index in self.twice
            if field_name in fields
        ]


def field_of(kind, text):
    """The field that a heading names, ``None`` for an unknown one."""
    return _field(kind, text, {})[0]


def find_header(sheet, kind, synonyms=None):
    """Return the :class:`Header` of the row that names most fields, ``None`` if none names two.

    A second header row below merged titles is read too: its names fill what the first one leaves.

    :param dict synonyms: more names -> field
    """
    more = {header_key(name): field_name for name, field_name in (synonyms or {}).items()}
    best = None
    head = sheet.head
    for place, (number, cells) in enumerate(head):
        header = _match(sheet.title, kind, number, cells, more)
        below = head[place + 1] if place + 1 < len(head) else None
        if len(header.columns) >= _FEWEST_KNOWN and below and below[0] == number + 1:
            _match_below(header, kind, below[1], more)
        if len(header.columns) >= _FEWEST_KNOWN and (
            best is None or len(header.columns) > len(best.columns)
        ):
            best = header
    if best and "name" in best.columns and ("family_name" in _names()[kind] or kind in _OF_MARKS):
        _widen_name(best)
    return best


def _widen_name(header):
    beside = header.columns.get("name", -2) + 1
    if beside > 0 and beside not in header.labels and beside not in header.columns.values():
        header.columns["name_rest"] = beside


def _match(title, kind, number, cells, more):
    header = Header(title, number, number + 1)
    ranks = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        header.labels[index] = normalise(cell)
        found, rank = _field(kind, cell, more)
        if found is None:
            continue
        if found not in ranks or rank < ranks[found]:
            header.columns[found], ranks[found] = index, rank
        elif rank == ranks[found]:
            header.twice.append((found, index))
    if kind == "marks":
        _number_regular(header, cells)
    return header


def _match_below(header, kind, cells, more):
    """Take names of the row below for columns that the header row leaves open."""
    identifying = [header.columns.get(name) for name in ("code", "name", "number")]
    if any(index is not None and index < len(cells) and cells[index] for index in identifying):
        return
    second = _match(header.sheet, kind, header.row + 1, cells, more)
    taken = set(header.columns.values())
    fresh = {
        name: index
        for name, index in second.columns.items()
        if name not in header.columns and index not in taken
    }
    if fresh or kind == "marks":
        header.columns.update(fresh)
        for index, label in second.labels.items():
            header.labels.setdefault(index, label)
        header.first_data_row = header.row + 2


def _field(kind, text, more):
    """(field, rank) of a header text; the text without its remarks in parentheses is tried too."""
    for attempt in (text, _IN_PARENTHESES.sub(" ", text)):
        key = header_key(attempt)
        if key in _ranks(kind):
            return _ranks(kind)[key]
        if key in more:
            return more[key], len(_ranks(kind))
        regular = _NUMBERED.fullmatch(key)
        if kind == "marks" and regular and regular[1] in _ranks("regular"):
            return f"TX{int(regular[2])}", 0
    return None, None


def _number_regular(header, cells):
    """A title "Thường xuyên" over several columns, or repeated over each, makes TX1, TX2, …"""
    if any(name.startswith("TX") for name in header.columns):
        return
    indexes, inside = [], False
    for index, cell in enumerate(cells):
        if isinstance(cell, str):
            inside = header_key(_IN_PARENTHESES.sub(" ", cell)) in _ranks("regular")
        if inside:
            indexes.append(index)
    header.columns.update({f"TX{number}": index for number, index in enumerate(indexes, 1)})
