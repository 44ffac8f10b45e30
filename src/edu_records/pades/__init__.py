"""Signatures on PDF bytes: issue, prepare, complete, archive and verify (PAdES).

Signing is always two steps, so that a key in a file, a token, a local agent and a remote service
are one code path: `prepare` gives the bytes to sign, somebody signs them, `complete` puts the
signature in. Importing this package is cheap; pyHanko is loaded by the first call that needs it.
"""

from .archiving import archive
from .certificates import CertificateInfo, describe, load_pem, national_id, same_person
from .checking import check_certificate
from .errors import (
    DocumentLocked,
    FieldUnavailable,
    PadesError,
    SignatureMismatch,
    TimestampUnavailable,
    UnreadableKey,
    UnreadablePdf,
    UnusableKey,
    WrongPassword,
    WrongPin,
    WrongServerKey,
)
from .issuing import ISSUER, SCHOOL, SignatureBox, issue
from .keys import Identity, Pkcs12Key
from .revision import check_new_revision
from .signing import Prepared, complete, prepare, sign_all, timestamper
from .superseding import judge_versions
from .timestamping import timestamp_token
from .vault import seal_p12, unseal_p12
from .verdict import AUTHENTIC, REFUSED, SUPERSEDED, VALID, Reason, SignerReport, Verdict
from .verifying import verify

__all__ = [
    "AUTHENTIC",
    "ISSUER",
    "REFUSED",
    "SCHOOL",
    "SUPERSEDED",
    "VALID",
    "CertificateInfo",
    "DocumentLocked",
    "FieldUnavailable",
    "Identity",
    "PadesError",
    "Pkcs12Key",
    "Prepared",
    "Reason",
    "SignatureBox",
    "SignatureMismatch",
    "SignerReport",
    "TimestampUnavailable",
    "UnreadableKey",
    "UnreadablePdf",
    "UnusableKey",
    "Verdict",
    "WrongPassword",
    "WrongPin",
    "WrongServerKey",
    "archive",
    "check_certificate",
    "check_new_revision",
    "complete",
    "describe",
    "issue",
    "judge_versions",
    "load_pem",
    "national_id",
    "prepare",
    "same_person",
    "seal_p12",
    "sign_all",
    "timestamp_token",
    "timestamper",
    "unseal_p12",
    "verify",
]
