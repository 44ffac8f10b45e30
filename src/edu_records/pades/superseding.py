"""Which of several files is superseded by another one of them."""

import hashlib
import json
import re
from dataclasses import replace

from .verdict import SUPERSEDED, Reason, Verdict

__all__ = ["judge_versions"]

_END = re.compile(rb"%%EOF[\r\n]{0,2}")


def judge_versions(judged: list[tuple[bytes, Verdict]]) -> list[Verdict]:
    """Return the verdicts of files that were given together.

    A file is SUPERSEDED when another one, accepted, certified by the same signer and signed in all
    its places, has data that names it, or an earlier revision of it, as the one it supersedes.
    """
    newer = [(_superseded_hash(verdict), verdict) for _data, verdict in judged]
    return [_judged(data, verdict, newer) for data, verdict in judged]


def _judged(data, verdict, newer):
    named = [
        later
        for sha256, later in newer
        if sha256 and later is not verdict and _replaces(later, verdict)
        if sha256 in _revisions(data)
    ]
    if not verdict.accepted or not named:
        return verdict
    reason = Reason("LATER_VERSION", detail=named[0].sha256)
    return replace(verdict, status=SUPERSEDED, warnings=(*verdict.warnings, reason))


def _superseded_hash(verdict):
    """What the data of an accepted file says that it supersedes; None for nothing."""
    if not verdict.accepted or not verdict.attachment:
        return None
    try:
        data = json.loads(verdict.attachment)
    except (ValueError, RecursionError):
        return None
    named = data.get("supersedes") if isinstance(data, dict) else None
    return named if isinstance(named, str) else None


def _replaces(later, verdict):
    """Whether ``later`` has the same certifier and lacks no signature that ``verdict`` has."""
    if not verdict.signers or not later.signers:
        return False
    certifiers = {one.signers[0].serial_number for one in (later, verdict)}
    signed = {one.field for one in verdict.signers} <= {one.field for one in later.signers}
    return len(certifiers) == 1 and certifiers != {""} and signed


def _revisions(data):
    """SHA-256 of the file and of every revision that it begins with."""
    ends = {match.end() for match in _END.finditer(data)} | {len(data)}
    ends |= {match.start() + len(b"%%EOF") for match in _END.finditer(data)}
    return {hashlib.sha256(data[:end]).hexdigest() for end in ends}
