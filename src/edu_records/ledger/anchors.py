"""Verifies anchors: roots over all heads that were chained, and timestamped where possible."""

import base64
import binascii
import hashlib

from .chain import GENESIS, heads_root, is_hash
from .export import is_number
from .findings import Finding

__all__ = ["Anchors"]

_MODEL, _OPERATIONS = "edu.ledger.anchor", ("anchor", "stamp")


class Anchors:
    """Compares anchors with the chains, and with the entries that recorded them.

    ``findings`` have the codes MISSING_CHAIN, ANCHOR_MISMATCH and BAD_TIMESTAMP.

    :param hashes: ``{chain: {seq: hash as bytes}}`` as stored
    :param scope: names of the chains that were exported; None for all
    """

    def __init__(self, hashes, scope=None):
        self.findings = []
        self._hashes = hashes
        self._scope = scope
        self._recorded = []  # (chain, seq, root) of the entries that chained a root
        self._stamped = {}  # root: SHA-256 of the token that was recorded for it
        self._roots = []

    def record(self, chain, seq, event):
        """Take an entry, in the order of its chain."""
        if event.model != _MODEL or event.operation not in _OPERATIONS:
            return
        if event.operation == "anchor":
            self._recorded.append((chain, seq, event.new))
        if event.evidence_sha256:
            self._stamped[event.new] = event.evidence_sha256

    def check(self, anchor):
        """Compare the next anchor: ``{"seq", "root", "heads": {name: [seq, hash]}, "time",
        "token"}``."""
        position = len(self._roots) + 1
        seq, root, heads = (anchor.get(key) for key in ("seq", "root", "heads"))
        self._roots.append(root)
        if not is_number(seq) or seq != position:
            self._found(f"anchor {seq} stands where anchor {position} is expected")
        try:
            fits = isinstance(heads, dict) and heads_root(heads) == root
        except (TypeError, ValueError):
            heads = None
        if not isinstance(heads, dict):
            self._found(f"anchor {seq}: the heads cannot be read")
            return
        if not fits:
            self._found(f"anchor {seq}: the root does not fit the heads")
        self.check_heads(f"anchor {seq}", heads)
        recorded = self._stamped.get(root) if isinstance(root, str) else None
        message = _timestamp_fault(anchor.get("token"), root, recorded)
        if message:
            self.findings.append(Finding("BAD_TIMESTAMP", "", 0, f"anchor {seq}: {message}"))

    def check_heads(self, who, heads):
        """Find out whether the chains still have the heads that ``who`` names."""
        for name, (head_seq, head_hash) in heads.items():
            if self._scope is None or name in self._scope:
                self.findings += _head_findings(who, name, head_seq, head_hash, self._hashes)

    def finish(self):
        """Roots recorded in the ledger and anchors have to be the same ones, in order."""
        if not self._recorded:
            return
        for position, (chain, seq, root) in enumerate(self._recorded):
            if position >= len(self._roots) or self._roots[position] != root:
                message = f"the anchor that this entry records is not anchor {position + 1}"
                self.findings.append(Finding("ANCHOR_MISMATCH", chain, seq, message))
        for position in range(len(self._recorded), len(self._roots)):
            self._found(f"anchor {position + 1} is not recorded in the ledger")

    def _found(self, message):
        self.findings.append(Finding("ANCHOR_MISMATCH", "", 0, message))


def _head_findings(who, name, seq, head_hash, hashes):
    if name not in hashes:
        yield Finding("MISSING_CHAIN", name, seq, f"{who} names this chain")
        return
    present = GENESIS if seq == 0 else hashes[name].get(seq, b"").hex()
    if not present:
        message = f"{who} names entry {seq}, which is not there"
        yield Finding("ANCHOR_MISMATCH", name, seq, message)
    elif present != head_hash:
        message = f"{who} has another hash for entry {seq}"
        yield Finding("ANCHOR_MISMATCH", name, seq, message)


def _timestamp_fault(token, root, recorded):
    """Say what is wrong with a timestamp token over ``root``; "" for nothing.

    No token is fine where ``recorded``, its SHA-256 in the ledger, has none either.

    Only the imprint is compared: the token's signature is a matter of the time stamping
    authority's certificate, which is not part of an export.
    """
    if token is None:
        return "the timestamp that the ledger records is not there" if recorded else ""
    from asn1crypto import cms, tsp  # noqa: F401 - importing tsp is what makes tokens readable

    try:
        binary = base64.b64decode(token, validate=True)
        content = cms.ContentInfo.load(binary, strict=True)
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
    if recorded and hashlib.sha256(binary).hexdigest() != recorded:
        return "the timestamp is not the one that the ledger records"
    return ""
