"""Reads an export: one JSON file whose shape is checked before anything is believed."""

import json
from pathlib import Path

__all__ = ["SCHEMA", "ExportError", "is_number", "read_export"]

SCHEMA = "edu.ledger.export/1"
_LISTS = ("chains", "entries", "anchors")


class ExportError(Exception):
    """The export cannot be read at all; the message is one clear sentence."""


def is_number(value):
    """Whether ``value`` is a whole number that is not negative (``True`` is none)."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def read_export(source):
    """Return the export as a ``dict`` with the lists ``chains``, ``entries``, ``anchors`` of
    ``dict`` and the ``dict`` ``data``.

    :param source: a path, or an export that is parsed already
    :raises ExportError: for anything else, saying what
    """
    export = source if isinstance(source, dict) else _parsed(_bytes(source))
    if not isinstance(export, dict):
        raise ExportError("The file is JSON, but not the export of a ledger.")
    if export.get("schema") != SCHEMA:
        raise ExportError(f"The export has the schema {export.get('schema')!r}, not {SCHEMA!r}.")
    for name in _LISTS:
        rows = export.get(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ExportError(f"The export has no list of {name}.")
    data = export.get("data", {})
    marks = data.get("marks", []) if isinstance(data, dict) else None
    if not isinstance(marks, list) or not all(isinstance(row, dict) for row in marks):
        raise ExportError("The export's base data cannot be read.")
    return export


def _bytes(source):
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ExportError(f"The file cannot be opened: {error.strerror or error}.") from error


def _parsed(content):
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_unique_keys)
    except UnicodeDecodeError as error:
        raise ExportError("The file is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ExportError(f"The file is not JSON: {error}.") from error


def _unique_keys(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same key twice")
    return members
