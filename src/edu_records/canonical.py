"""Canonical JSON: one text for one value, so that a hash names a value."""

import json
import unicodedata

__all__ = ["canonical_json"]

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(value):
    """Return the canonical JSON text of ``value``.

    Keys are sorted, text is NFC, there are no blanks and no floats: every number of a record is a
    string or an integer, because a float has no one way to be written. A lone surrogate stays as it
    is: the text has no UTF-8 then, and whoever encodes it is told so.

    :param value: nested ``dict`` (string keys), ``list``, ``tuple``, ``str``, ``int``, ``bool``,
        ``None``
    :raises TypeError: for a float or any other type, naming where it stands
    :raises ValueError: for two keys of a ``dict`` that are one text in NFC; one value would be lost
    """
    return _ENCODE(_normalised(value, ()))


def _normalised(value, path):
    """``value`` with its texts in NFC; ``path`` is ``(path before, key or place)``."""
    if isinstance(value, str):
        return _nfc(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return [_normalised(item, (path, place)) for place, item in enumerate(value)]
    if isinstance(value, dict):
        items = {_key(key, path): _normalised(item, (path, key)) for key, item in value.items()}
        if len(items) != len(value):
            raise ValueError(f"{_written(path)}: two keys are the same text in NFC")
        return items
    raise TypeError(f"{_written(path)}: {type(value).__name__} has no canonical JSON text")


def _key(key, path):
    if not isinstance(key, str):
        raise TypeError(f"{_written(path)}: the key {key!r} is not a string")
    return _nfc(key)


def _nfc(text):
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _written(path):
    """A path as ``$.marks[2]``."""
    if not path:
        return "$"
    before, place = path
    return _written(before) + (f"[{place}]" if isinstance(place, int) else f".{place}")
