"""The columns of lists that are brought and handed out, as data.

``columns.json``: entity -> its Vietnamese title, which columns tell one row from another
(``unique``), and its columns in the order of the form. ``choices.json``: what may stand in a column
with a fixed choice. Names that were guessed, not seen in a file of the ministry or of a program,
are kept apart (``guessed``).
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["ENTITIES", "Column", "choices_of", "columns_of", "entity_title", "unique_columns"]

_CHOICE_OF_KIND = {"gender": "gender", "yes": "yes"}


@dataclass(frozen=True)
class Column:
    """One column of an entity.

    ``kind``: text, name (of a person), id, birth (a day that is over), date, year, email,
    whole, number,
    gender, yes, choice, list (one name of a list), lists (several names, separated by semicolons)
    or order (the row's number, which says nothing). ``names``: what it is called, the official
    name first; ``guessed``: names that no real file was seen to use. ``read_only`` columns are
    understood, but not part of a template.
    """

    field: str
    kind: str
    names: tuple
    guessed: tuple = ()
    required: bool = False
    read_only: bool = False
    choice: str = ""

    @property
    def title(self):
        """The official name."""
        return self.names[0]

    @property
    def choices(self):
        """Code -> its names, the official one first; empty where nothing is fixed."""
        name = self.choice or _CHOICE_OF_KIND.get(self.kind)
        return choices_of(name) if name else {}


@cache
def _read(name):
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


ENTITIES = tuple(_read("columns.json"))
"""Kinds of lists: students, guardians, staff, classes, assignments."""


def entity_title(entity):
    """The Vietnamese title of an entity's sheet."""
    return _read("columns.json")[entity]["title"]


def unique_columns(entity):
    """Lists of columns; two rows with the same values in all columns of one list are one thing."""
    return _read("columns.json")[entity]["unique"]


@cache
def columns_of(entity):
    """Field -> :class:`Column`, in the order of the form."""
    columns = _read("columns.json")[entity]["columns"]
    return {field: _column(field, facts) for field, facts in columns.items()}


def _column(field, facts):
    lists = {name: tuple(facts.get(name, ())) for name in ("names", "guessed")}
    return Column(field, **{**facts, **lists})


def choices_of(name):
    """Code -> list of its names, the official one first."""
    return _read("choices.json")[name]
