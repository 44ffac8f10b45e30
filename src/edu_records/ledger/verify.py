"""Verifies an exported ledger, without Odoo and without trusting the export.

An export is one JSON file::

    {"schema": "edu.ledger.export/1", "school": ..., "made_at": ...,
     "chains": [{"name", "kind", "head_seq", "head_hash"}],
     "entries": [{"chain", "seq", "payload", "prev", "hash", "model", "record", "slot"}],
     "anchors": [{"seq", "root", "heads": {name: [seq, hash]}, "time", "token"}],
     "data": {"marks": [{"chain", "slot", "token", "kind", "entry_seq"}]}}

The entries of a chain stand in order. A chain that was rewritten from some entry to its end, head
included, is consistent in itself: only an anchor kept elsewhere, or timestamped, tells.
"""

from .anchors import anchor_findings
from .chain import GENESIS, is_hash, next_hash
from .export import ExportError, is_number, read_export
from .findings import Finding, Report
from .payload import PayloadError, decode
from .replay import mark_findings

__all__ = ["Finding", "Report", "verify_export"]

_COLUMNS = ("model", "record", "slot")


def verify_export(source):
    """Verify an export and return a :class:`Report`.

    Checks every hash and link, the sequence, the columns, the heads, the anchors with their
    timestamps, and replays the marks. Nothing is raised for a bad export, however bad.

    :param source: a path, or the export as a ``dict``
    """
    try:
        export = read_export(source)
    except ExportError as error:
        return Report((Finding("UNREADABLE", "", 0, str(error)),), readable=False)
    ledger = _Ledger()
    ledger.read_chains(export["chains"])
    ledger.read_entries(export["entries"])
    ledger.check_heads()
    marks = export.get("data", {}).get("marks", [])
    findings = [
        *ledger.findings,
        *anchor_findings(export["anchors"], ledger.hashes, ledger.events),
        *mark_findings(marks, ledger.events),
    ]
    counts = {
        "chains": len(export["chains"]),
        "entries": len(export["entries"]),
        "anchors": len(export["anchors"]),
        "timestamps": sum(bool(anchor.get("token")) for anchor in export["anchors"]),
        "marks": len(marks),
    }
    return Report(tuple(findings), counts)


class _Ledger:
    """What the export says, chain by chain.

    ``hashes``: {chain: {seq: stored hash}}; ``events``: {chain: [(seq, Event)]} in the order of the
    file; ``findings``: what did not fit.
    """

    def __init__(self):
        self.hashes = {}
        self.events = {}
        self.findings = []
        self._heads = {}
        self._last = {}

    def read_chains(self, rows):
        for row in rows:
            name, seq, last_hash = (row.get(key) for key in ("name", "head_seq", "head_hash"))
            if not isinstance(name, str) or not is_number(seq) or not is_hash(last_hash):
                self._found("UNREADABLE", str(name), 0, "the chain's name or head cannot be read")
            elif name in self._heads:
                self._found("UNREADABLE", name, 0, "the chain is listed twice")
            else:
                self._heads[name] = (seq, last_hash)
                self._open(name)

    def read_entries(self, rows):
        for row in rows:
            chain, seq, own_hash = row.get("chain"), row.get("seq"), row.get("hash")
            if not isinstance(chain, str) or not is_number(seq) or not is_hash(own_hash):
                at = seq if is_number(seq) else 0
                self._found("UNREADABLE", str(chain), at, "the entry cannot be read")
                continue
            if chain not in self.hashes:
                self._open(chain)
                self._found("MISSING_CHAIN", chain, seq, "the entry's chain is not listed")
            self._check_link(chain, seq, row)
            self._check_payload(chain, seq, row)
            self.hashes[chain].setdefault(seq, own_hash)
            self._last[chain] = (seq, own_hash)

    def check_heads(self):
        for name, head in self._heads.items():
            if self._last[name] != head:
                seq, _last_hash = self._last[name]
                message = f"the head names entry {head[0]}, the last entry is {seq}"
                if head[0] == seq:
                    message = "the head has another hash than the last entry"
                self._found("HEAD_MISMATCH", name, head[0], message)

    def _open(self, chain):
        self.hashes[chain] = {}
        self.events[chain] = []
        self._last[chain] = (0, GENESIS)

    def _check_link(self, chain, seq, row):
        last_seq, last_hash = self._last[chain]
        if seq != last_seq + 1:
            self._found("GAP", chain, seq, f"the entry follows entry {last_seq}")
        elif row.get("prev") != last_hash:
            self._found("BROKEN_HASH", chain, seq, "the entry does not continue the one before")

    def _check_payload(self, chain, seq, row):
        payload, prev = row.get("payload"), row.get("prev")
        try:
            named_chain, named_seq, event = decode(payload)
        except (PayloadError, UnicodeError) as error:
            self._found("UNREADABLE", chain, seq, f"the payload cannot be read: {error}")
            return
        if not is_hash(prev) or next_hash(prev, payload) != row["hash"]:
            self._found("BROKEN_HASH", chain, seq, "the hash does not fit the payload")
        stored = {"chain": chain, "seq": seq, **{name: row.get(name) for name in _COLUMNS}}
        recorded = {
            "chain": named_chain,
            "seq": named_seq,
            **{name: getattr(event, name) for name in _COLUMNS},
        }
        wrong = [name for name in stored if stored[name] != recorded[name]]
        if wrong:
            message = f"{', '.join(wrong)} of the entry and of its payload differ"
            self._found("COLUMN_MISMATCH", chain, seq, message)
        self.events[chain].append((seq, event))

    def _found(self, code, chain, seq, message):
        self.findings.append(Finding(code, chain, seq, message))
