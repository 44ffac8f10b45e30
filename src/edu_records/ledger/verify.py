"""Verifies an exported ledger, without Odoo and without trusting the export.

An export is one JSON file::

    {"schema": "edu.ledger.export/1", "school": ..., "made_at": ..., "scope": [names, if not all],
     "chains": [{"name", "kind", "head_seq", "head_hash"}],
     "entries": [{"chain", "seq", "payload", "prev", "hash", "model", "record", "slot"}],
     "anchors": [{"seq", "root", "heads": {name: [seq, hash]}, "time", "token"}],
     "data": {"marks": [{"chain", "slot", "token", "kind", "entry_seq"}],
              "values": [{"chain", "model", "record", "slot", "value"}],
              "replayed": [{"model", "slot", "initial", if there is one}]}}

The entries of a chain stand in order. A chain that was rewritten from some entry to its end, head
included, is consistent in itself: only an anchor kept elsewhere, or timestamped, or an earlier
export tells. The file is read row by row: a long ledger needs no more memory than its hashes and
the last values that it records.
"""

from .anchors import Anchors
from .chain import GENESIS, is_hash, next_hash
from .export import ExportError, export_rows, is_number
from .findings import Finding, Report
from .payload import PayloadError, decode
from .replay import Replay

__all__ = ["Finding", "Report", "verify_export", "verify_rows"]

_COLUMNS = ("model", "record", "slot")
_EPOCH = "edu.ledger.epoch"
_COUNTED = {
    "chains": "chains",
    "entries": "entries",
    "anchors": "anchors",
    "data.marks": "marks",
    "data.values": "values",
}


def verify_export(source, earlier=None):
    """Verify an export and return a :class:`Report`.

    Checks every hash and link, the sequence, the columns, the heads, the anchors with their
    timestamps, and replays the data. Nothing is raised for a bad export, however bad.

    :param source: a path, or the export as a ``dict``
    :param earlier: an export of the same ledger that was kept elsewhere: what it ends with has to
        be in this one still
    """
    try:
        return verify_rows(export_rows(source), earlier and list(_heads(earlier)))
    except ExportError as error:
        return Report((Finding("UNREADABLE", "", 0, str(error)),), readable=False)


def verify_rows(rows, earlier=None):
    """Verify the rows of an export as they come; see :func:`verify_export`.

    :param rows: iterable of ``(section, row)``, see :func:`.export.export_rows`
    :param earlier: ``[(chain, seq, hash)]``, the heads of an earlier export
    """
    verifier = _Verifier()
    for section, row in rows:
        verifier.read(section, row)
    return verifier.report(earlier)


def _heads(export):
    for section, row in export_rows(export):
        if section == "chains":
            name, seq, last = (row.get(key) for key in ("name", "head_seq", "head_hash"))
            if not isinstance(name, str) or not is_number(seq) or not is_hash(last):
                raise ExportError("The earlier export's chains cannot be read.")
            yield name, seq, last


class _Verifier:
    """Takes the rows in the order of the file. Anchors and data wait until all entries are read."""

    def __init__(self):
        self._counts = {**dict.fromkeys(("chains", "entries", "anchors", "timestamps"), 0)}
        self._counts.update(marks=0, values=0)
        self._scope = None
        self._replay = Replay()
        self._epochs = []
        self._ledger = _Ledger(self._record)
        self._anchors = Anchors(self._ledger.hashes)
        self._entries_read = False
        self._waiting = []

    def read(self, section, row):
        if section in _COUNTED:
            self._counts[_COUNTED[section]] += 1
        if section == "header":
            self._read_scope(row)
        elif section == "chains":
            self._ledger.read_chain(row)
        elif section == "entries":
            self._ledger.read_entry(row)
            self._entries_read = True
        elif self._entries_read and not self._waiting:
            self._compare(section, row)
        else:
            self._waiting.append((section, row))

    def report(self, earlier):
        for section, row in self._waiting:
            self._compare(section, row)
        self._ledger.check_heads()
        self._anchors.finish()
        for name, seq, last_hash in earlier or ():
            self._anchors.check_heads("the earlier export", {name: (seq, last_hash)})
        self._replay.finish()
        findings = (*self._ledger.findings, *self._anchors.findings, *self._replay.findings)
        return Report(findings, self._counts, notes=tuple(self._notes()))

    def _read_scope(self, header):
        scope = header.get("scope")
        if scope is None:
            return
        if not isinstance(scope, list) or not all(isinstance(name, str) for name in scope):
            raise ExportError("The export does not say which chains it has.")
        self._scope = frozenset(scope)
        self._ledger.scope = self._scope
        self._anchors = Anchors(self._ledger.hashes, self._scope)

    def _record(self, chain, seq, event):
        self._replay.record(chain, seq, event)
        self._anchors.record(chain, seq, event)
        if event.model == _EPOCH:
            self._epochs.append((event.new, event.time, event.old))

    def _compare(self, section, row):
        if section == "anchors":
            self._counts["timestamps"] += bool(row.get("token"))
            self._anchors.check(row)
        elif section == "data.marks":
            self._replay.mark(row)
        elif section == "data.values":
            self._replay.value(row)
        elif section == "data.replayed":
            self._replay.complete(row)

    def _notes(self):
        if self._scope is not None:
            yield f"the export has {len(self._scope)} chains only, not the school's whole ledger"
        for epoch, time, root in self._epochs:
            after = f"after the anchor {root}" if root else "with the first anchor"
            yield f"epoch {epoch} began at {time}, {after}"


class _Ledger:
    """What the export says, chain by chain.

    ``hashes``: {chain: {seq: stored hash}}; ``findings``: what did not fit. ``record`` is called
    with every entry that can be read: chain, seq, Event.
    """

    def __init__(self, record):
        self.hashes = {}
        self.findings = []
        self.scope = None
        self._record = record
        self._heads = {}
        self._last = {}

    def read_chain(self, row):
        name, seq, last_hash = (row.get(key) for key in ("name", "head_seq", "head_hash"))
        if not isinstance(name, str) or not is_number(seq) or not is_hash(last_hash):
            self._found("UNREADABLE", str(name), 0, "the chain's name or head cannot be read")
        elif name in self._heads:
            self._found("UNREADABLE", name, 0, "the chain is listed twice")
        elif self.scope is not None and name not in self.scope:
            self._found("UNREADABLE", name, 0, "the export does not say that it has this chain")
        else:
            self._heads[name] = (seq, last_hash)
            if name not in self.hashes:
                self._open(name)

    def read_entry(self, row):
        chain, seq, own_hash = row.get("chain"), row.get("seq"), row.get("hash")
        if not isinstance(chain, str) or not is_number(seq) or not is_hash(own_hash):
            at = seq if is_number(seq) else 0
            self._found("UNREADABLE", str(chain), at, "the entry cannot be read")
            return
        if chain not in self.hashes:
            self._open(chain)
        self._check_link(chain, seq, row)
        self._check_payload(chain, seq, row)
        self.hashes[chain].setdefault(seq, bytes.fromhex(own_hash))
        self._last[chain] = (seq, own_hash)

    def check_heads(self):
        for name in self.hashes:
            if name not in self._heads:
                first = min(self.hashes[name], default=0)
                self._found("MISSING_CHAIN", name, first, "the entry's chain is not listed")
        for name, head in self._heads.items():
            if self._last[name] != head:
                seq, _last_hash = self._last[name]
                message = f"the head names entry {head[0]}, the last entry is {seq}"
                if head[0] == seq:
                    message = "the head has another hash than the last entry"
                self._found("HEAD_MISMATCH", name, head[0], message)
        for name in (self.scope or frozenset()) - self._heads.keys():
            self._found("MISSING_CHAIN", name, 0, "the export says that it has this chain")

    def _open(self, chain):
        self.hashes[chain] = {}
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
        self._record(chain, seq, event)

    def _found(self, code, chain, seq, message):
        self.findings.append(Finding(code, chain, seq, message))
