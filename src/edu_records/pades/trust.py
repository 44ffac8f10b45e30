"""Certificate paths and revocation at the time that counts for a signature."""

from __future__ import annotations

from datetime import datetime

GOOD, REVOKED, UNKNOWN = "good", "revoked", "unknown"


class Trust:
    """Trusted roots, the revocation data embedded in the file, and whether to ask the network.

    roots: PEM texts or DER/PEM bytes. A revocation answer collected later counts for an earlier
    moment (that is what the archive's data are for).
    """

    def __init__(self, roots, *, allow_fetching: bool = False):
        self.roots = tuple(_certificates(roots))
        self.allow_fetching = allow_fetching
        self.ocsps: list = []
        self.crls: list = []
        self.certificates: list = []

    def use_embedded(self, reader) -> None:
        """Take the responses of the file's document security store, when it has one."""
        from pyhanko.sign.validation.dss import DocumentSecurityStore
        from pyhanko.sign.validation.errors import ValidationInfoReadingError

        try:
            store = DocumentSecurityStore.read_dss(reader)
        except ValidationInfoReadingError:
            return
        self.certificates = list(store.load_certs())
        context = store.as_validation_context({"trust_roots": self.roots})
        self.ocsps, self.crls = list(context.ocsps), list(context.crls)

    def context(self, moment: datetime | None, *, strict: bool = False):
        """A validation context at `moment` (None: now); strict: revocation must be known."""
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=self.roots,
            other_certs=self.certificates,
            moment=moment,
            allow_fetching=self.allow_fetching,
            ocsps=self.ocsps,
            crls=self.crls,
            revocation_mode="require" if strict else "soft-fail",
            retroactive_revinfo=moment is not None,
        )

    async def revocation(self, certificate, others, moment: datetime | None) -> str:
        """State of an (asn1crypto) certificate and its chain at `moment`."""
        from pyhanko_certvalidator import CertificateValidator
        from pyhanko_certvalidator.errors import (
            PathBuildingError,
            PathValidationError,
            RevokedError,
        )

        context = self.context(moment, strict=True)
        validator = CertificateValidator(certificate, list(others), context)
        try:
            await validator.async_validate_usage(set())
        except RevokedError:
            return REVOKED
        except (PathValidationError, PathBuildingError):
            return UNKNOWN
        finally:
            await context.aclose()
        return GOOD


def _certificates(roots):
    from asn1crypto import pem, x509

    for root in roots:
        data = root.encode() if isinstance(root, str) else root
        if pem.detect(data):
            for _kind, _headers, der in pem.unarmor(data, multiple=True):
                yield x509.Certificate.load(der)
        else:
            yield x509.Certificate.load(data)
