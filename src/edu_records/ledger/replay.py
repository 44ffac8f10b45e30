"""Replays base data from the ledger: what the data holds has to be what was recorded last."""

from .export import is_number
from .findings import Finding

__all__ = ["Replay"]

_MARK = "edu.mark"
# what the lifecycle of every official record writes, and what a record has before its first entry
_INITIAL = {"state": "draft", "version": "1"}
_LIFECYCLE = frozenset({"state", "version", "unlock_until"})
_DOCUMENT = "edu.document"


class Replay:
    """The last entry of everything that has a slot, and how the data differs from it.

    ``findings`` are all of the code ``DATA_MISMATCH``.
    """

    def __init__(self):
        self.findings = []
        self._marks = {}
        self._values = {}
        self._seen = set()
        self._replayed = set()
        self._initial = {}  # (model, slot): the value of what no entry is about yet
        self._unrecorded = []

    def record(self, chain, seq, event):
        """Take an entry, in the order of its chain."""
        if not event.slot:
            return
        if event.model == _MARK:
            self._marks[chain, event.slot] = (seq, event.new)
        else:
            self._values[chain, event.model, event.record, event.slot] = (seq, event.new)

    def mark(self, row):
        """Compare a mark: ``{"chain", "slot", "token", "kind", "entry_seq"}``."""
        chain, slot, seq = (row.get(key) for key in ("chain", "slot", "entry_seq"))
        if not isinstance(chain, str) or not isinstance(slot, str) or not is_number(seq):
            self._found(str(chain), 0, "a mark cannot be read")
            return
        message = _mark_difference(row, self._marks.get((chain, slot)))
        if self._twice((chain, slot)):
            message = "the cell is there twice"
        if message:
            self._found(chain, seq, f"cell {slot}: {message}")

    def value(self, row):
        """Compare any other value: ``{"chain", "model", "record", "slot", "value"}``, strings."""
        key = tuple(row.get(name) for name in ("chain", "model", "record", "slot"))
        value = row.get("value")
        if not all(isinstance(part, str) for part in (*key, value)):
            self._found(str(key[0]), 0, "a value cannot be read")
            return
        chain, model, record, slot = key
        seq, recorded = self._values.get(key, (0, None))
        message = ""
        if self._twice(key):
            message = "it is there twice"
        elif recorded is None and value not in ("", _INITIAL.get(slot)):
            self._unrecorded.append((key, value))
        elif recorded is not None and value != recorded:
            message = f"the data has {value!r}, the ledger {recorded!r}"
        if message:
            self._found(chain, seq, f"{model} {record}, {slot}: {message}")

    def complete(self, row):
        """The data has every value of ``{"model", "slot", "initial"}``; "*:conduct" is any slot
        with that end, "*" any slot at all; ``initial``, if given, needs no entry."""
        model, slot, initial = (row.get(name) for name in ("model", "slot", "initial"))
        if isinstance(model, str) and isinstance(slot, str):
            self._replayed.add((model, slot))
            if isinstance(initial, str):
                self._initial[model, slot] = initial

    def finish(self):
        """Find what no entry records, and what the ledger records and the data does not have."""
        for (chain, model, record, slot), value in self._unrecorded:
            if value != self._initial.get((model, slot)):
                self._found(chain, 0, f"{model} {record}, {slot}: no entry records {value!r}")
        for (chain, slot), (seq, new) in self._marks.items():
            if (chain, slot) not in self._seen:
                self._found(chain, seq, f"cell {slot}: {new!r} is not in the data")
        for key, (seq, new) in self._values.items():
            chain, model, record, slot = key
            if key not in self._seen and self._has_to_be_there(*key):
                self._found(chain, seq, f"{model} {record}, {slot}: {new!r} is not in the data")

    def _has_to_be_there(self, chain, model, record, slot):
        """Whether the data is known to have this value, unless somebody removed it."""
        if model == _DOCUMENT:
            return slot == "state" or slot.isdigit()
        if slot in _LIFECYCLE:  # other chains have copies of a record's own entries
            return chain == f"{model}:{record}"
        return any(
            model == of_model and (slot.endswith(end[1:]) if end[:1] == "*" else slot == end)
            for of_model, end in self._replayed
        )

    def _twice(self, key):
        known = key in self._seen
        self._seen.add(key)
        return known

    def _found(self, chain, seq, message):
        self.findings.append(Finding("DATA_MISMATCH", chain, seq, message))


def _mark_difference(row, last):
    if last is None:
        return "no entry records the mark"
    seq, new = last
    value = f"{row.get('kind')}|{row.get('token') or ''}"
    if value != new:
        return f"the data has {value!r}, the ledger {new!r}"
    if row["entry_seq"] != seq:
        return f"the data names entry {row['entry_seq']}, the last one is {seq}"
    return ""
