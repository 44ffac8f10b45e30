"""The canonical payload of a ledger entry.

A payload is a JSON array of fifteen strings without blanks, NFC, UTF-8, in this order::

    ["edu1", chain, seq, time, user, acting_for, origin, operation, model, record, slot,
     old, new, reason_digest, evidence_sha256]

Only the quotation mark, the backslash and the control characters U+0001-U+001F are escaped
(``\\b \\t \\n \\f \\r`` in short form, the others as ``\\u00xx`` in lower case); everything else is
written as it is. The text itself is what is hashed: nobody serialises it a second time. U+0000 and
lone surrogates are refused, because PostgreSQL can keep neither.
"""

import dataclasses
import json
import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Event", "PayloadError", "decode", "encode"]

_VERSION = "edu1"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
_SEQ = re.compile(r"[1-9][0-9]{0,17}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class PayloadError(ValueError):
    """The text or value cannot be (part of) a payload."""


@dataclass(frozen=True)
class Event:
    """What happened: members 4 to 15 of a payload, all strings, "" for none.

    Text is brought to NFC here, so that columns filled from an event equal its payload.

    :param time: UTC with microseconds, ``2026-11-23T08:30:00.123456Z``
    :param user: Odoo user id in decimal, or ``system``
    :param old: value before, "" when there was none; ``new``: value after
    :raises TypeError: for a member that is not a string
    :raises PayloadError: for U+0000, a lone surrogate or a time of another shape
    """

    time: str
    user: str
    acting_for: str = ""
    origin: str = ""
    operation: str = ""
    model: str = ""
    record: str = ""
    slot: str = ""
    old: str = ""
    new: str = ""
    reason_digest: str = ""
    evidence_sha256: str = ""

    def __post_init__(self):
        for field in _MEMBERS:
            object.__setattr__(self, field, _text(getattr(self, field), field))
        if not _TIME.fullmatch(self.time):
            raise PayloadError(f"time: {self.time!r} is not a UTC time with microseconds")


_MEMBERS = tuple(field.name for field in dataclasses.fields(Event))


def encode(chain, seq, event):
    """Return the canonical payload text of ``event`` as entry ``seq`` of ``chain``.

    :param str chain: stable name of the chain, already NFC, not empty
    :param int seq: 1 for a chain's first entry
    :param Event event:
    :raises TypeError: for a chain that is no string, a ``seq`` that is no integer, another event
    :raises PayloadError: for a value that no payload can have
    """
    if not isinstance(event, Event):
        raise TypeError(f"an Event is recorded, not a {type(event).__name__}")
    if not isinstance(seq, int) or isinstance(seq, bool):
        raise TypeError(f"seq: an integer is needed, not a {type(seq).__name__}")
    if not _SEQ.fullmatch(str(seq)):
        raise PayloadError(f"seq: {seq} is not the number of an entry")
    if not chain or _text(chain, "chain") != chain:
        raise PayloadError(f"chain: {chain!r} is not the name of a chain")
    return _serialised(
        [_VERSION, chain, str(seq), *(getattr(event, member) for member in _MEMBERS)]
    )


def decode(payload):
    """Return ``(chain, seq, Event)`` of a payload text; the opposite of :func:`encode`.

    :raises PayloadError: for a text that :func:`encode` would not have written, byte for byte
    """
    if not isinstance(payload, str):
        raise PayloadError(f"a payload is a text, not a {type(payload).__name__}")
    try:
        members = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise PayloadError("the payload is not JSON") from error
    if not isinstance(members, list) or len(members) != 3 + len(_MEMBERS):
        raise PayloadError(f"a payload has {3 + len(_MEMBERS)} members")
    if not all(isinstance(member, str) for member in members):
        raise PayloadError("the members of a payload are strings")
    version, chain, seq, *rest = members
    if version != _VERSION:
        raise PayloadError(f"version {version!r} of the payload is unknown")
    if not _SEQ.fullmatch(seq):
        raise PayloadError(f"seq: {seq!r} is not the number of an entry")
    event = Event(*rest)
    if encode(chain, int(seq), event) != payload:
        raise PayloadError("the payload is not written canonically")
    return chain, int(seq), event


def _serialised(members):
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _text(value, member):
    if not isinstance(value, str):
        raise TypeError(f"{member}: a string is needed, not a {type(value).__name__}")
    if _UNSTORABLE.search(value):
        raise PayloadError(f"{member}: U+0000 and lone surrogates cannot be recorded")
    return unicodedata.normalize("NFC", value)
