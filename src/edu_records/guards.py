"""Guards against mass errors in marks: what looks like a mistake before it is saved.

Pure functions over what a sheet says before and after some changes. They forbid nothing: they
answer findings, and whoever saves has to answer for them. A wrong column that is pasted for a whole
class (seen in January 2026: 1,299 marks of 29 classes) is found here and not by an inspection.
"""

import re
from dataclasses import dataclass

from .names import search_key

__all__ = ["Finding", "Limits", "changed_cells", "inspect", "is_stranger", "lost_comma"]

_LEAST_VARIETY = 3
"""So many different marks have to coincide: a class in which everybody has 8 proves nothing, and
neither do the letters of a scale of two or three."""
_CODE = re.compile(r"[0-9]{8,}")


@dataclass(frozen=True)
class Limits:
    """When coincidences are too many.

    :param int rows: pupils whose marks have to coincide before anything is found
    :param int share: of the compared pupils, in percent
    :param int changed_share: of a column's marks that may change at once, in percent
    :param int bulk: changes of marks that are there already
    """

    rows: int = 6
    share: int = 80
    changed_share: int = 30
    bulk: int = 10


@dataclass(frozen=True)
class Finding:
    """Something that looks like a mistake.

    :param str code: ``COLUMN_SWAP``, ``COLUMN_EQUAL``, ``ROW_SHIFT``, ``OTHER_CLASS``,
        ``OTHER_PUPIL``, ``MUCH_CHANGED`` or ``BULK_CHANGE``
    :param column: the column concerned, "" for the whole sheet
    :param str other: the other column or class, ``above`` or ``below`` for a shift
    :param int count: marks that coincide or change, out of ``of``
    :param tuple cells: ``((row, column), ...)`` concerned, in the order of the sheet
    """

    code: str
    column: str = ""
    other: str = ""
    count: int = 0
    of: int = 0
    cells: tuple = ()


def changed_cells(rows, columns, before, after):
    """Cells whose mark differs, ``[(row, column)]`` in the order of the sheet."""
    return [
        (row, column)
        for column in columns
        for row in rows
        if before.get((row, column)) != after.get((row, column))
    ]


def inspect(rows, columns, before, after, limits=Limits(), *, classes=None, strangers=()):
    """Return the findings about a change of a sheet, the gravest first.

    :param list rows: keys of the pupils in the order of the class list
    :param list columns: column codes in the order of the form
    :param dict before: ``{(row, column): token}`` as it was; ``None`` or absent for no mark
    :param dict after: as it would be
    :param classes: ``{class name: {(place in the list from 0, column): token}}`` of other classes
    :param strangers: rows next to which somebody else's name was pasted, see :func:`is_stranger`
    :return: list of :class:`Finding`
    """
    sheet = _Sheet(list(rows), list(columns), before, after, limits)
    return [
        *_strangers(sheet, strangers),
        *_columns(sheet),
        *_shifts(sheet),
        *_classes(sheet, classes or {}),
        *_much_changed(sheet),
        *_bulk(sheet),
    ]


def is_stranger(pasted, name, code=""):
    """Whether the name or ministry code pasted next to marks belongs to another pupil.

    Accents, case and blanks do not matter; nothing pasted fits everybody.
    """
    wanted = search_key(pasted)
    if not wanted:
        return False
    if _CODE.fullmatch(wanted):
        return bool(code) and wanted != search_key(code)
    return wanted != search_key(name)


def lost_comma(typed):
    """Return what a number without its decimal comma may have been: "85" -> "8.5", else ``None``.

    It is a suggestion for a person to take; nothing becomes 8.5 by itself.
    """
    text = typed.strip()
    if text == "100":
        return "10"
    if not re.fullmatch(r"[0-9]{2}", text, re.ASCII) or int(text) <= 10:
        return None
    whole, tenth = text
    return whole if tenth == "0" else f"{whole}.{tenth}"


class _Sheet:
    """The change, looked at column by column."""

    def __init__(self, rows, columns, before, after, limits):
        self.rows, self.columns, self.limits = rows, columns, limits
        self.before, self.after = before, after
        self.place = {row: place for place, row in enumerate(rows)}
        self.changed = {column: [] for column in columns}
        for row, column in changed_cells(rows, columns, before, after):
            self.changed[column].append(row)
        self.given = {
            column: [row for row in changed if after.get((row, column)) is not None]
            for column, changed in self.changed.items()
        }

    def replaced(self, column):
        """Rows whose mark in the column was there already and changes."""
        return [row for row in self.changed[column] if self.before.get((row, column)) is not None]

    def coincide(self, column, same, compared):
        """Whether so many of the compared rows are the same that it can hardly be chance."""
        variety = {mark for mark in (self.after[row, column] for row in same) if mark[0].isdigit()}
        return (
            len(same) >= self.limits.rows
            and 100 * len(same) >= self.limits.share * len(compared)
            and len(variety) >= _LEAST_VARIETY
        )

    def finding(self, code, column, other, same, compared):
        cells = tuple((row, column) for row in same)
        return Finding(code, column, other, len(same), len(compared), cells)


def _strangers(sheet, strangers):
    found = [row for row in sheet.rows if row in set(strangers)]
    if found:
        given = [row for row in sheet.rows if any(row in rows for rows in sheet.given.values())]
        cells = tuple((row, column) for row in found for column in sheet.columns)
        yield Finding("OTHER_PUPIL", "", "", len(found), max(len(given), len(found)), cells)


def _columns(sheet):
    """Columns that became equal to another one, or changed places with it."""
    swapped = set()
    for column in sheet.columns:
        for other in sheet.columns:
            if other == column or {column, other} <= swapped:
                continue
            same, compared, both = _compare_columns(sheet, column, other)
            if not sheet.coincide(column, same, compared):
                continue
            if sheet.coincide(column, both, compared):
                swapped |= {column, other}
                yield sheet.finding("COLUMN_SWAP", column, other, both, compared)
            elif not _is_mirrored(sheet, column, other):
                yield sheet.finding("COLUMN_EQUAL", column, other, same, compared)


def _compare_columns(sheet, column, other):
    """Rows that are what the other column says or said, those compared, those swapped."""
    same, compared, both = [], [], []
    for row in sheet.given[column]:
        mark = sheet.after[row, column]
        others = sheet.before.get((row, other)), sheet.after.get((row, other))
        if others == (None, None):
            continue
        compared.append(row)
        if mark in others:
            same.append(row)
        was = sheet.before.get((row, column))
        if was is not None and (mark, was) == others:
            both.append(row)
    return same, compared, both


def _is_mirrored(sheet, column, other):
    """Whether the same finding is told about the other column already: both were filled at once."""
    earlier = sheet.columns.index(other) < sheet.columns.index(column)
    return not earlier and len(sheet.given[other]) >= len(sheet.given[column])


def _shifts(sheet):
    """Columns in which everybody got the mark that the neighbour in the list had."""
    for column in sheet.columns:
        for step, other in ((-1, "above"), (1, "below")):
            same, compared = [], []
            for row in sheet.given[column]:
                place = sheet.place[row] + step
                if not 0 <= place < len(sheet.rows):
                    continue
                neighbour = sheet.before.get((sheet.rows[place], column))
                if neighbour is None:
                    continue
                compared.append(row)
                if sheet.after[row, column] == neighbour:
                    same.append(row)
            if sheet.coincide(column, same, compared):
                yield sheet.finding("ROW_SHIFT", column, other, same, compared)


def _classes(sheet, classes):
    """Columns that another class has in the same order."""
    for column in sheet.columns:
        for name, marks in classes.items():
            compared = [
                row
                for row in sheet.given[column]
                if marks.get((sheet.place[row], column)) is not None
            ]
            same = [
                row
                for row in compared
                if marks[sheet.place[row], column] == sheet.after[row, column]
            ]
            if sheet.coincide(column, same, compared):
                yield sheet.finding("OTHER_CLASS", column, name, same, compared)


def _much_changed(sheet):
    for column in sheet.columns:
        replaced = sheet.replaced(column)
        filled = [row for row in sheet.rows if sheet.before.get((row, column)) is not None]
        if len(replaced) >= sheet.limits.rows and 100 * len(
            replaced
        ) > sheet.limits.changed_share * len(filled):
            yield sheet.finding("MUCH_CHANGED", column, "", replaced, filled)


def _bulk(sheet):
    cells = tuple((row, column) for column in sheet.columns for row in sheet.replaced(column))
    if len(cells) >= sheet.limits.bulk:
        filled = sum(token is not None for token in sheet.before.values())
        yield Finding("BULK_CHANGE", "", "", len(cells), filled, cells)
