"""Replays base data from the ledger: what a cell holds has to be what was recorded last."""

from .export import is_number
from .findings import Finding

__all__ = ["mark_findings"]

_MODEL = "edu.mark"


def mark_findings(rows, events):
    """Compare the marks of an export with the last entry of each cell.

    :param rows: ``[{"chain", "slot", "token", "kind", "entry_seq"}]``
    :param events: ``{chain: [(seq, Event)]}`` in order
    :return: list of :class:`Finding`, all with the code ``DATA_MISMATCH``
    """
    recorded = _last_values(events)
    findings, seen = [], set()
    for row in rows:
        chain, slot, seq = (row.get(key) for key in ("chain", "slot", "entry_seq"))
        if not isinstance(chain, str) or not isinstance(slot, str) or not is_number(seq):
            findings.append(_mismatch(str(chain), 0, "a mark cannot be read"))
            continue
        message = _difference(row, recorded.get((chain, slot)))
        if (chain, slot) in seen:
            message = "the cell is there twice"
        seen.add((chain, slot))
        if message:
            findings.append(_mismatch(chain, seq, f"cell {slot}: {message}"))
    for (chain, slot), (seq, new) in recorded.items():
        if (chain, slot) not in seen:
            findings.append(_mismatch(chain, seq, f"cell {slot}: {new!r} is not in the data"))
    return findings


def _last_values(events):
    return {
        (chain, event.slot): (seq, event.new)
        for chain, entries in events.items()
        for seq, event in entries
        if event.model == _MODEL and event.slot
    }


def _difference(row, last):
    if last is None:
        return "no entry records the mark"
    seq, new = last
    value = f"{row.get('kind')}|{row.get('token') or ''}"
    if value != new:
        return f"the data has {value!r}, the ledger {new!r}"
    if row["entry_seq"] != seq:
        return f"the data names entry {row['entry_seq']}, the last one is {seq}"
    return ""


def _mismatch(chain, seq, message):
    return Finding("DATA_MISMATCH", chain, seq, message)
