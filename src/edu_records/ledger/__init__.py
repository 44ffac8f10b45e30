"""The ledger: canonical payloads, hash chains, anchors and their offline verification."""

from .chain import GENESIS, Entry, heads_root, link, next_hash, salted_digest
from .payload import Event, PayloadError, decode, encode
from .verify import Finding, Report, verify_export, verify_rows

__all__ = [
    "GENESIS",
    "Entry",
    "Event",
    "Finding",
    "PayloadError",
    "Report",
    "decode",
    "encode",
    "heads_root",
    "link",
    "next_hash",
    "salted_digest",
    "verify_export",
    "verify_rows",
]
