"""The check before a new revision is stored."""

from __future__ import annotations

from .certificates import CertificateInfo, describe
from .errors import SignatureMismatch
from .keys import Identity
from .verdict import Verdict
from .verifying import verify


def check_new_revision(
    old: bytes, new: bytes, field: str, certificate, trust, *, allow_fetching: bool = False
) -> Verdict:
    """Return the verdict on `new`, or raise SignatureMismatch with the first reason.

    `new` must begin with `old` and add exactly one signature: in `field`, by the key of
    `certificate` (an `Identity`, certificate object or PEM), good in every respect, leaving the
    earlier signatures good. trust: root certificates as for `verify`.
    """
    if not (new.startswith(old) and len(new) > len(old)):
        raise SignatureMismatch("the new file does not continue the old one")
    verdict = verify(new, trust, allow_fetching=allow_fetching)
    if not verdict.accepted:
        first = verdict.reasons[0]
        raise SignatureMismatch(f"{first.code} {first.field}: {first.detail or first.en}")
    _check_signer(verdict, old, field, _info(certificate))
    return verdict


def _info(certificate) -> CertificateInfo:
    return certificate.info if isinstance(certificate, Identity) else describe(certificate)


def _check_signer(verdict: Verdict, old: bytes, field: str, info: CertificateInfo) -> None:
    newest = verdict.signers[-1]
    if newest.field != field:
        raise SignatureMismatch(f"signed in {newest.field} instead of {field}")
    if newest.fingerprint != info.fingerprint:
        raise SignatureMismatch(f"signed by {newest.name} instead of {info.name}")
    if len(verdict.signers) != _count(old) + 1:
        raise SignatureMismatch("more than one signature was added")


def _count(pdf: bytes) -> int:
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader

    return len(PdfFileReader(BytesIO(pdf)).embedded_regular_signatures)
