"""Canonical JSON: one text for one value, so that a hash names a value."""

import json
import unicodedata

__all__ = ["canonical_json"]


def canonical_json(value):
    """Return the canonical JSON text of ``value``.

    Keys are sorted, text is NFC, there are no blanks and no floats: every number of a record is a
    string or an integer, because a float has no one way to be written.

    :param value: nested ``dict`` (string keys), ``list``, ``tuple``, ``str``, ``int``, ``bool``,
        ``None``
    :raises TypeError: for a float or any other type, naming where it stands
    """
    return json.dumps(
        _normalised(value, "$"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def _normalised(value, path):
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_normalised(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {_key(key, path): _normalised(item, f"{path}.{key}") for key, item in value.items()}
    raise TypeError(f"{path}: {type(value).__name__} has no canonical JSON text")


def _key(key, path):
    if not isinstance(key, str):
        raise TypeError(f"{path}: the key {key!r} is not a string")
    return unicodedata.normalize("NFC", key)
