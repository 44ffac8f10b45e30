"""Strict verification of a signed PDF.

"Every signature is valid" is not enough: an incremental update can draw other marks over the
signed ones, and weak verifiers still call each signature valid. A file is accepted when the first
signature certifies it, every signature is right and trusted at its proven time, and everything
that changed after a signature is a later signature in a field the issued document already had.
Any doubt and any exception refuses.
"""

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO

from .certificates import describe, same_person
from .trust import GOOD, REVOKED, UNKNOWN, Trust
from .verdict import AUTHENTIC, REFUSED, SUPERSEDED, VALID, Reason, SignerReport, Verdict


def verify(
    pdf: bytes,
    trust_roots,
    *,
    expected_roles: dict[str, str] | None = None,
    required: tuple[str, ...] = (),
    filed_hashes: list[str] | None = None,
    allow_fetching: bool = False,
) -> Verdict:
    """Judge a PDF.

    trust_roots: PEM texts or DER/PEM bytes of the roots that count. expected_roles: field name to
    the signer's number in the certificate's subject ("CCCD:…", "MST:…", or bare). required:
    fields that must be signed. filed_hashes: SHA-256 (hex) of the filed revisions, oldest first;
    only the last one is AUTHENTIC, an earlier one SUPERSEDED, any other file VALID at best.
    allow_fetching: ask OCSP and CRL services. Never raises for what is in the file.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    if not pdf[:1024].lstrip().startswith(b"%PDF-"):
        return Verdict(REFUSED, sha256, (Reason("NOT_A_PDF"),))
    try:
        trust = Trust(trust_roots, allow_fetching=allow_fetching)
        examination = _Examination(pdf, trust)
        asyncio.run(examination.run())
    except Exception as error:  # whatever a hostile file provokes is a refusal
        detail = f"{type(error).__name__}: {error}"
        return Verdict(REFUSED, sha256, (Reason("UNREADABLE", detail=detail),))
    examination.check_roles(expected_roles or {}, required)
    return examination.verdict(sha256, filed_hashes)


class _Examination:
    def __init__(self, pdf: bytes, trust: Trust):
        from pyhanko.pdf_utils.reader import PdfFileReader

        self.reader = PdfFileReader(BytesIO(pdf), strict=True)
        self.trust = trust
        self.reasons: list[Reason] = []
        self.warnings: list[Reason] = []
        self.signers: list[SignerReport] = []
        self.attachment: bytes | None = None

    async def run(self) -> None:
        embedded = list(self.reader.embedded_signatures)
        signatures = [one for one in embedded if one.sig_object_type == "/Sig"]
        stamps = [one for one in embedded if one.sig_object_type == "/DocTimeStamp"]
        if not signatures:
            self.reasons.append(Reason("NO_SIGNATURE"))
            return
        self.trust.use_embedded(self.reader)
        for one in embedded:  # a token may lack the issuing authority another signature names
            self.trust.certificates += one.other_embedded_certs
        self._check_structure(embedded, signatures)
        proofs = await self._check_document_stamps(stamps)
        for signature in signatures:
            await self._check_signature(signature, _covering(proofs, signature))
        self.attachment = _attachment(
            self.reader.get_historical_resolver(signatures[0].signed_revision)
        )

    def _check_structure(self, embedded, signatures) -> None:
        from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
        from pyhanko.sign.validation.pdf_embedded import read_certification_data

        certification = read_certification_data(self.reader)
        first = signatures[0]
        if (
            certification is None
            or certification.author_sig is not first.sig_object
            or certification.permission not in (MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS)
        ):
            self.reasons.append(Reason("NOT_CERTIFIED", first.field_name))
        filled = [name for name, *_rest in enumerate_sig_fields(self.reader, filled_status=True)]
        if sorted(filled) != sorted(one.field_name for one in embedded):
            self.reasons.append(Reason("UNSUPPORTED_SIGNATURE"))
        issued = self.reader.get_historical_resolver(first.signed_revision)
        known = {name for name, *_rest in enumerate_sig_fields(issued)}
        for signature in signatures:
            if signature.field_name not in known:
                self.reasons.append(Reason("UNKNOWN_FIELD", signature.field_name))
        if any(kind != "/Sig" for kind in _field_kinds(self.reader.root)):
            self.reasons.append(Reason("FORM_FIELDS"))

    async def _check_document_stamps(self, stamps) -> list[tuple[int, object]]:
        """Return (revision, time) of the good document time stamps, newest first.

        The newest is judged now, each older one at the time the next newer one proves.
        """
        from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_timestamp

        proofs = []
        for stamp in reversed(stamps):
            moment = proofs[-1][1] if proofs else None
            context = self.trust.context(moment)
            try:
                status = await async_validate_pdf_timestamp(stamp, context)
            finally:
                await context.aclose()
            whole = _is_whole(status)
            if not (status.valid and status.intact and status.trusted and whole):
                self.reasons.append(Reason("BAD_TIMESTAMP", stamp.field_name))
                continue
            proofs.append((stamp.signed_revision, status.timestamp))
        return proofs

    async def _check_signature(self, signature, proof) -> None:
        """Judge one signature; `proof` is the document time stamp's time that covers it."""
        from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
        from pyhanko.sign.validation.settings import KeyUsageConstraints

        token_time = _token_time(signature)
        moment = token_time or proof
        context, token_context = self.trust.context(moment), self.trust.context(proof)
        usage = KeyUsageConstraints(
            key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
        )
        try:
            status = await async_validate_pdf_signature(
                signature,
                context,
                ts_validation_context=token_context,
                key_usage_settings=usage,
            )
        finally:
            await context.aclose()
            await token_context.aclose()
        others = signature.other_embedded_certs
        revocation = await self._revocation(signature.signer_cert, others, moment, status)
        findings = list(_findings(status, signature.field_name, token_time))
        if revocation == REVOKED and not any(one.code == "REVOKED" for one in findings):
            findings.append(Reason("REVOKED", signature.field_name))
        self.reasons += findings
        if revocation == UNKNOWN:
            self.warnings.append(Reason("REVOCATION_UNKNOWN", signature.field_name))
        if token_time is None:
            self.warnings.append(Reason("NO_TIMESTAMP", signature.field_name))
        self.signers.append(_report(signature, status, token_time, revocation, not findings))

    async def _revocation(self, certificate, others, moment, status) -> str:
        if status.revoked:
            return REVOKED
        if not status.trusted:
            return UNKNOWN
        state = await self.trust.revocation(certificate, others, moment)
        return state if state in (GOOD, REVOKED) else UNKNOWN

    def check_roles(self, expected: dict[str, str], required) -> None:
        found = {one.field: one for one in self.signers}
        for name in required:
            if name not in found:
                self.reasons.append(Reason("MISSING_SIGNATURE", name))
        for name, number in expected.items():
            if name in found and not same_person(found[name].serial_number, number):
                self.reasons.append(Reason("WRONG_PERSON", name, found[name].serial_number))

    def verdict(self, sha256: str, filed: list[str] | None) -> Verdict:
        status, warnings = VALID, list(self.warnings)
        if self.reasons:
            status = REFUSED
        elif filed is not None and sha256 not in filed:
            warnings.append(Reason("NOT_FILED"))
        elif filed and sha256 == filed[-1]:
            status = AUTHENTIC
        elif filed:
            status = SUPERSEDED
            warnings.append(Reason("LATER_COPY"))
        return Verdict(
            status,
            sha256,
            tuple(self.reasons),
            tuple(warnings),
            tuple(self.signers),
            self.attachment,
        )


def _covering(proofs, signature):
    """The time of the earliest good document time stamp over this signature, or None."""
    times = [time for revision, time in proofs if revision > signature.signed_revision]
    return min(times) if times else None


def _token_time(signature):
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        return token["encap_content_info"]["content"].parsed["gen_time"].native
    return None


def _is_whole(status) -> bool:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    level = status.modification_level
    return (
        status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and level is not None
        and level <= ModificationLevel.FORM_FILLING
    )


def _findings(status, field: str, token_time):
    """Translate pyHanko's status of one signature; a good one yields nothing.

    The trusted token must be the one whose time was used: with two tokens a forged first one
    could otherwise choose the moment at which the certificate is judged.
    """
    if not status.intact:
        yield Reason("CHANGED_BYTES", field)
    elif not status.valid:
        yield Reason("BAD_SIGNATURE", field)
    elif not status.trusted:
        yield Reason(_trust_code(status), field)
    if not _is_whole(status) or not status.docmdp_ok:
        yield Reason("CHANGED_AFTER", field, _difference(status))
    stamp = status.timestamp_validity
    if stamp is not None and not (
        stamp.valid and stamp.intact and stamp.trusted and stamp.timestamp == token_time
    ):
        yield Reason("BAD_TIMESTAMP", field)
    elif not status.bottom_line and status.trusted and status.docmdp_ok:
        yield Reason("BAD_SIGNATURE", field, "constraint")


def _trust_code(status) -> str:
    from pyhanko.sign.ades.report import AdESIndeterminate

    problem = status.trust_problem_indic
    if status.revoked:
        return "REVOKED"
    if problem == AdESIndeterminate.OUT_OF_BOUNDS_NO_POE:
        return "EXPIRED"
    if problem in (
        AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE,
        AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    ):
        return "WEAK_ALGORITHM"
    return "UNTRUSTED"


def _difference(status) -> str:
    result = status.diff_result
    return str(result) if isinstance(result, Exception) else ""


def _report(signature, status, token_time, revocation: str, good: bool) -> SignerReport:
    info = describe(signature.signer_cert.dump())
    return SignerReport(
        field=signature.field_name,
        name=info.name,
        serial_number=info.serial_number,
        organisation=info.organisation,
        issuer=info.issuer,
        valid_from=info.valid_from,
        valid_to=info.valid_to,
        time=signature.self_reported_timestamp,
        timestamp=token_time,
        algorithm=f"{status.pkcs7_signature_mechanism}, {info.algorithm}, {status.md_algorithm}",
        revocation=revocation,
        intact=status.intact and status.valid,
        ok=good,
        fingerprint=info.fingerprint,
    )


def _field_kinds(root):
    """Types of all terminal form fields ("" where none is given)."""
    pending = [(one, "") for one in root["/AcroForm"]["/Fields"]]
    seen = 0
    while pending:
        node, inherited = pending.pop()
        seen += 1
        if seen > 10000:
            raise ValueError("too many form fields")
        node = node.get_object()
        kind = _entry(node, "/FT", inherited)
        children = [kid for kid in _entry(node, "/Kids", ()) if "/T" in kid.get_object()]
        if children:
            pending += [(kid, kind) for kid in children]
        else:
            yield kind


def _entry(dictionary, name: str, default):
    """A value with its reference followed; pyHanko's `get` does not follow it."""
    return dictionary[name] if name in dictionary else default  # noqa: SIM401


def _attachment(resolver) -> bytes | None:
    """The attached JSON as it stood in the certified revision, never as it stands now."""
    from .issuing import ATTACHMENT

    try:
        names = resolver.root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return None
    for index in range(0, len(names) - 1, 2):
        if str(names[index]) == ATTACHMENT:
            return names[index + 1]["/EF"]["/F"].data
    return None
