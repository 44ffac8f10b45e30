"""What the verifier reports."""

from dataclasses import dataclass, field

__all__ = ["CODES", "Finding", "Report"]

CODES = frozenset(
    {
        "ANCHOR_MISMATCH",  # an anchor does not fit the chains or the anchors around it
        "BAD_TIMESTAMP",  # a timestamp token is unreadable or stamps something else
        "BROKEN_HASH",  # the hash, or the link to the entry before, is not what it has to be
        "COLUMN_MISMATCH",  # a column says something else than the payload
        "DATA_MISMATCH",  # base data is not what its last entry recorded
        "GAP",  # an entry is missing, doubled or out of order
        "HEAD_MISMATCH",  # a chain's head is not its last entry
        "MISSING_CHAIN",  # an anchor or an entry names a chain that is not there
        "UNGUARDED",  # a trigger, function or constraint that guards is missing, off or changed
        "UNREADABLE",  # a part (or, without chain, all) of the export cannot be read
    }
)


@dataclass(frozen=True)
class Finding:
    """Something wrong: ``code`` of :data:`CODES`, the chain and entry it concerns, a sentence.

    ``chain`` is "" and ``seq`` is 0 where a finding concerns none.
    """

    code: str
    chain: str
    seq: int
    message: str

    def __post_init__(self):
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is not the code of a finding")


@dataclass(frozen=True)
class Report:
    """The outcome: ``findings`` in order, ``counts`` of what was looked at.

    :param bool readable: False when nothing could be verified; then the only finding says why
    :param notes: sentences about what is no fault but has to be known, such as a new epoch
    """

    findings: tuple = ()
    counts: dict = field(default_factory=dict)
    readable: bool = True
    notes: tuple = ()

    @property
    def codes(self):
        """The codes found, each once, sorted."""
        return sorted({finding.code for finding in self.findings})
