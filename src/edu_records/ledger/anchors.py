"""Verifies anchors: roots over all heads that were chained, and timestamped where possible."""

import base64
import binascii
import hashlib

from .chain import GENESIS, heads_root, is_hash
from .findings import Finding

__all__ = ["anchor_findings"]

_MODEL, _OPERATION = "edu.ledger.anchor", "anchor"


def anchor_findings(anchors, hashes, events):
    """Check every anchor against the chains as they are now.

    :param anchors: ``[{"seq", "root", "heads": {name: [seq, hash]}, "time", "token"}]``
    :param hashes: ``{chain: {seq: hash}}`` as stored
    :param events: ``{chain: [(seq, Event)]}``; the entries that chained the roots are among them
    :return: list of :class:`Finding`: MISSING_CHAIN, ANCHOR_MISMATCH, BAD_TIMESTAMP
    """
    findings = []
    for position, anchor in enumerate(anchors, start=1):
        findings += _checked(anchor, position, hashes)
    findings += _chained(anchors, events)
    return findings


def _checked(anchor, position, hashes):
    seq, root, heads = (anchor.get(key) for key in ("seq", "root", "heads"))
    if seq != position:
        message = f"anchor {seq} stands where anchor {position} is expected"
        yield Finding("ANCHOR_MISMATCH", "", 0, message)
    try:
        fits = isinstance(heads, dict) and heads_root(heads) == root
    except (TypeError, ValueError):
        heads = None
    if not isinstance(heads, dict):
        yield Finding("ANCHOR_MISMATCH", "", 0, f"anchor {seq}: the heads cannot be read")
        return
    if not fits:
        yield Finding("ANCHOR_MISMATCH", "", 0, f"anchor {seq}: the root does not fit the heads")
    for name, (head_seq, head_hash) in heads.items():
        yield from _head_findings(seq, name, head_seq, head_hash, hashes)
    message = _timestamp_fault(anchor.get("token"), root)
    if message:
        yield Finding("BAD_TIMESTAMP", "", 0, f"anchor {seq}: {message}")


def _head_findings(anchor, name, seq, head_hash, hashes):
    if name not in hashes:
        yield Finding("MISSING_CHAIN", name, seq, f"anchor {anchor} names this chain")
        return
    present = GENESIS if seq == 0 else hashes[name].get(seq)
    if present is None:
        message = f"anchor {anchor} names entry {seq}, which is not there"
        yield Finding("ANCHOR_MISMATCH", name, seq, message)
    elif present != head_hash:
        message = f"anchor {anchor} has another hash for entry {seq}"
        yield Finding("ANCHOR_MISMATCH", name, seq, message)


def _chained(anchors, events):
    """Roots recorded in the ledger and roots exported have to be the same ones, in order."""
    recorded = [
        (chain, seq, event.new)
        for chain, entries in events.items()
        for seq, event in entries
        if event.model == _MODEL and event.operation == _OPERATION
    ]
    if not recorded:
        return
    roots = [anchor.get("root") for anchor in anchors]
    for position, (chain, seq, root) in enumerate(recorded):
        if position >= len(roots) or roots[position] != root:
            message = f"the anchor that this entry records is not anchor {position + 1}"
            yield Finding("ANCHOR_MISMATCH", chain, seq, message)
    for position in range(len(recorded), len(roots)):
        message = f"anchor {position + 1} is not recorded in the ledger"
        yield Finding("ANCHOR_MISMATCH", "", 0, message)


def _timestamp_fault(token, root):
    """Say what is wrong with a timestamp token over ``root``; "" for nothing, or no token.

    Only the imprint is compared: the token's signature is a matter of the time stamping
    authority's certificate, which is not part of an export.
    """
    if token is None:
        return ""
    from asn1crypto import cms, tsp  # noqa: F401 - importing tsp is what makes tokens readable

    try:
        content = cms.ContentInfo.load(base64.b64decode(token, validate=True), strict=True)
        if content["content_type"].native != "signed_data":
            return "the timestamp is not a signed token"
        encapsulated = content["content"]["encap_content_info"]
        if encapsulated["content_type"].native != "tst_info":
            return "the token is not a timestamp"
        imprint = encapsulated["content"].parsed["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        stamped = imprint["hashed_message"].native
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        return "the timestamp cannot be read"
    expected = hashlib.sha256(root.encode()).digest() if is_hash(root) else None
    if algorithm != "sha256" or stamped != expected:
        return "the timestamp is not one of this root"
    return ""
