"""The check of a certificate before its owner may sign (TT 15/2025/TT-BKHCN)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

from .keys import Identity
from .trust import Trust

EXPIRED, UNTRUSTED = "expired", "untrusted"


def check_certificate(identity: Identity, trust_roots, *, allow_fetching: bool = False) -> str:
    """Say how a certificate stands now.

    "good", "revoked", "expired", "untrusted" (no path to a root), or "unknown": trusted, but
    whether it was revoked could not be learnt, of which the signer must be warned.
    """
    info, now = identity.info, datetime.now(timezone.utc)
    if not info.valid_from <= now <= info.valid_to:
        return EXPIRED
    return asyncio.run(_check(identity, Trust(trust_roots, allow_fetching=allow_fetching)))


async def _check(identity: Identity, trust: Trust) -> str:
    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import (
        PathBuildingError,
        PathValidationError,
        RevokedError,
    )

    certificate, chain = identity.as_asn1()
    context = trust.context(None)
    try:
        await CertificateValidator(certificate, chain, context).async_validate_usage(set())
    except RevokedError:
        return "revoked"
    except (PathBuildingError, PathValidationError):
        return UNTRUSTED
    finally:
        await context.aclose()
    if not _may_sign(certificate):
        return UNTRUSTED
    return await trust.revocation(certificate, chain, None)


def _may_sign(certificate) -> bool:
    """Whether the key usage, where it is limited, allows signatures on documents."""
    usage = certificate.key_usage_value
    return usage is None or bool({"digital_signature", "non_repudiation"} & usage.native)
