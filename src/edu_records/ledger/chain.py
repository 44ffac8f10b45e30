"""Hash chains: how an entry continues its chain and how heads become one root."""

import hashlib
import hmac
import json
import re
import unicodedata
from dataclasses import dataclass

from .payload import encode

__all__ = ["GENESIS", "Entry", "heads_root", "is_hash", "link", "next_hash", "salted_digest"]

GENESIS = "0" * 64
"""What a chain's first entry follows: the head hash of a chain without entries."""

_HASH = re.compile(r"[0-9a-f]{64}")
_ROOT_VERSION = "edu-root1"


@dataclass(frozen=True)
class Entry:
    """An entry ready to be stored; ``seq`` is an integer, ``prev`` and ``hash`` lower case hex."""

    chain: str
    seq: int
    payload: str
    prev: str
    hash: str


def is_hash(value):
    """Whether ``value`` is the text of a SHA-256: 64 lower case hex digits."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def next_hash(prev, payload):
    """Return SHA-256(bytes of ``prev`` || UTF-8 of ``payload``), in lower case hex.

    :raises ValueError: when ``prev`` is not 64 lower case hex digits
    """
    if not is_hash(prev):
        raise ValueError(f"{prev!r} is not a SHA-256 in lower case hex")
    return hashlib.sha256(bytes.fromhex(prev) + payload.encode()).hexdigest()


def link(chain, head_seq, head_hash, events):
    """Return the :class:`Entry` list that continues ``chain`` behind its head.

    :param str chain: name of the chain
    :param int head_seq: entries so far, 0 for none
    :param str head_hash: hash of the last entry, :data:`GENESIS` for none
    :param events: iterable of :class:`~edu_records.ledger.payload.Event`
    :raises ValueError: for a head that cannot be, or see :func:`encode`
    """
    if (head_seq == 0) != (head_hash == GENESIS):
        raise ValueError(f"{chain}: entry {head_seq} cannot have the hash {head_hash}")
    entries, seq, prev = [], head_seq, head_hash
    for event in events:
        seq += 1
        payload = encode(chain, seq, event)
        entries.append(Entry(chain, seq, payload, prev, next_hash(prev, payload)))
        prev = entries[-1].hash
    return entries


def heads_root(heads):
    """Return one SHA-256 over all heads, independent of their order, in lower case hex.

    It is the hash of the JSON array ``["edu-root1",[name,"seq",hash],...]`` sorted by name, without
    blanks, in UTF-8.

    :param dict heads: ``{chain name: (seq, hash)}``
    :raises ValueError: for a hash or a number that no head can have
    """
    rows = []
    for name in sorted(heads):
        seq, last_hash = heads[name]
        if isinstance(seq, bool) or not isinstance(seq, int) or seq < 0 or not is_hash(last_hash):
            raise ValueError(f"{name}: {seq!r}, {last_hash!r} is not the head of a chain")
        rows.append([name, str(seq), last_hash])
    text = json.dumps([_ROOT_VERSION, *rows], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def salted_digest(text, salt):
    """Return the HMAC-SHA-256 of ``text`` (NFC) under ``salt``, in lower case hex.

    The ledger keeps this instead of free text that may have to be erased: without the salt, which
    is erased together with the text, a short text cannot be guessed from its digest.

    :param str salt: at least 16 characters of randomness, kept beside the text
    :raises ValueError: for a shorter salt
    """
    if len(salt) < 16:
        raise ValueError("the salt has fewer than 16 characters")
    message = unicodedata.normalize("NFC", text).encode()
    return hmac.new(salt.encode(), message, hashlib.sha256).hexdigest()
