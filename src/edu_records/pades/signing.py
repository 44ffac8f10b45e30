"""Two-step signing of many documents with one key: `prepare`, sign elsewhere, `complete`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

from .appearance import DEFAULT_FONT, iso_time, stamp_style
from .errors import (
    DocumentLocked,
    FieldUnavailable,
    PadesError,
    SignatureMismatch,
    TimestampUnavailable,
    UnreadablePdf,
)
from .keys import Identity

_DIGEST = "sha256"
_PARALLEL = 8
_TOKEN_BYTES = 7168  # a time stamp token with its authority's chain
_BASE_BYTES = 2048  # attributes, signer info and the signature value


@dataclass(frozen=True)
class Prepared:
    """A document waiting for its signature.

    document: the PDF with an empty place for the signature. to_sign: the DER of the CMS signed
    attributes; `digest` is its SHA-256, for tokens and services that take a hash. `state()` and
    `restore()` carry everything but the document through a store as JSON.
    """

    document: bytes
    field: str
    to_sign: bytes
    document_digest: bytes
    place: tuple[int, int]
    identity: Identity

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.to_sign).digest()

    def state(self) -> dict:
        info = self.identity.info
        return {
            "field": self.field,
            "to_sign": base64.b64encode(self.to_sign).decode(),
            "document_digest": self.document_digest.hex(),
            "place": list(self.place),
            "certificate": info.pem,
            "chain": self.identity.chain_pem,
            "pss": self.identity.pss,
        }

    @classmethod
    def restore(cls, document: bytes, state: dict) -> Prepared:
        return cls(
            document=document,
            field=state["field"],
            to_sign=base64.b64decode(state["to_sign"]),
            document_digest=bytes.fromhex(state["document_digest"]),
            place=tuple(state["place"]),
            identity=Identity.from_pem(state["certificate"], state["chain"], pss=state["pss"]),
        )


def timestamper(url: str, *, timeout: int = 30):
    """An RFC 3161 client for `issue`, `complete` and `archive`."""
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=timeout)


def prepare(
    pdfs: list[bytes],
    field: str,
    identity: Identity,
    *,
    reason: str | None = None,
    location: str | None = None,
    font: str | Path = DEFAULT_FONT,
    moment: datetime | None = None,
) -> list[Prepared | PadesError]:
    """Make each document ready to be signed in `field`; one result per document, in order.

    A document without any signature is certified by this one (only signatures may follow). A
    document that cannot take it gives an error instead: UnreadablePdf, FieldUnavailable,
    DocumentLocked.
    """
    moment = moment or datetime.now(timezone.utc)
    job = _Job(field, identity, reason, location, str(font), moment)
    return [_attempt(job.prepare, pdf) for pdf in pdfs]


def complete(
    prepared: list[Prepared], signatures: list[bytes], timestamper=None
) -> list[bytes | PadesError]:
    """Put each signature value into its document, with a time stamp (B-T) when there is a client.

    One result per document, in order; SignatureMismatch when a value does not belong to its
    document and certificate, TimestampUnavailable when the time cannot be had.
    """
    if len(prepared) != len(signatures):
        raise ValueError("one signature per document is needed")
    return asyncio.run(_complete_all(list(zip(prepared, signatures, strict=True)), timestamper))


def sign_all(
    pdfs: list[bytes], field: str, signer, *, timestamper=None, **options
) -> list[bytes | PadesError]:
    """Both steps with a signer at hand (`identity`, `sign(messages)`); options as in `prepare`."""
    prepared = prepare(pdfs, field, signer.identity, **options)
    ready = [one for one in prepared if isinstance(one, Prepared)]
    done = iter(complete(ready, signer.sign([one.to_sign for one in ready]), timestamper))
    return [next(done) if isinstance(one, Prepared) else one for one in prepared]


def _attempt(function, *arguments):
    try:
        return function(*arguments)
    except PadesError as error:
        return error


@dataclass(frozen=True)
class _Job:
    """What is the same for all documents of one `prepare`."""

    field: str
    identity: Identity
    reason: str | None
    location: str | None
    font: str
    moment: datetime

    def prepare(self, pdf: bytes) -> Prepared:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.sign.general import SigningError

        try:
            writer = IncrementalPdfFileWriter(BytesIO(pdf))
            first, visible = _examine(writer.prev, self.field)
            return self._digest(writer, first, visible)
        except (PdfError, SigningError, ValueError) as error:
            raise UnreadablePdf(str(error)) from error

    def _digest(self, writer, first: bool, visible: bool) -> Prepared:
        from pyhanko.sign import PdfSigner

        signer = _external_signer(self.identity)
        session = PdfSigner(
            self._metadata(first),
            signer=signer,
            stamp_style=stamp_style(self.font) if visible else None,
        ).init_signing_session(writer, existing_fields_only=True)
        session.system_time = self.moment
        text = {"who": self.identity.info.name, "when": iso_time(self.moment)}
        document = session.prepare_tbs_document(
            validation_info=None,
            bytes_reserved=2 * self._size(),
            appearance_text_params=text if visible else None,
        )
        digest, output = document.digest_tbs_document()
        attributes = asyncio.run(
            signer.signed_attrs(digest.document_digest, _DIGEST, use_pades=True)
        )
        return Prepared(
            document=output.getvalue(),
            field=self.field,
            to_sign=attributes.dump(),
            document_digest=digest.document_digest,
            place=(digest.reserved_region_start, digest.reserved_region_end),
            identity=self.identity,
        )

    def _metadata(self, first: bool):
        from pyhanko.sign import PdfSignatureMetadata
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

        return PdfSignatureMetadata(
            field_name=self.field,
            md_algorithm=_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            name=self.identity.info.name,
            reason=self.reason,
            location=self.location,
            certify=first,
            docmdp_permissions=MDPPerm.FILL_FORMS if first else None,
        )

    def _size(self) -> int:
        """Room for the CMS container; self-signed certificates are not embedded."""
        chain = [one for one in self.identity.chain if one.subject != one.issuer]
        certificates = sum(len(_der(one)) for one in (self.identity.certificate, *chain))
        return _BASE_BYTES + _TOKEN_BYTES + certificates


def _examine(reader, field: str) -> tuple[bool, bool]:
    """Whether this would be the first signature, and whether its field is visible."""
    from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields

    found = list(enumerate_sig_fields(reader, with_name=field))
    if len(found) != 1 or found[0][1] is not None:
        raise FieldUnavailable(field)
    earlier = reader.embedded_regular_signatures
    for signature in earlier:
        lock = signature.fieldmdp
        if signature.docmdp_level == MDPPerm.NO_CHANGES or (lock and lock.is_locked(field)):
            raise DocumentLocked(signature.field_name)
    left, bottom, right, top = (float(one) for one in found[0][2].get_object()["/Rect"])
    return not earlier, right > left and top > bottom


def _external_signer(identity: Identity, value: bytes = b""):
    """pyHanko's signer around a signature value that was made elsewhere."""
    from pyhanko.sign.signers import ExternalSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate, chain = identity.as_asn1()
    store = SimpleCertificateStore()
    store.register_multiple(chain)
    return ExternalSigner(
        signing_cert=certificate,
        cert_registry=store,
        signature_value=value or 512,
        signature_mechanism=_mechanism(identity.scheme),
        embed_roots=False,
    )


def _mechanism(scheme: str):
    from asn1crypto import algos

    if scheme != "rsassa_pss":
        return algos.SignedDigestAlgorithm({"algorithm": scheme})
    digest = {"algorithm": _DIGEST}
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": algos.DigestAlgorithm(digest),
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": digest},
            "salt_length": 32,
        }
    )
    return algos.SignedDigestAlgorithm({"algorithm": scheme, "parameters": parameters})


def _der(certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


async def _complete_all(pairs, client) -> list[bytes | PadesError]:
    gate = asyncio.Semaphore(_PARALLEL)

    async def one(prepared, value):
        async with gate:
            try:
                return await _complete_one(prepared, value, client)
            except PadesError as error:
                return error

    return list(await asyncio.gather(*(one(*pair) for pair in pairs)))


async def _complete_one(prepared: Prepared, value: bytes, client) -> bytes:
    from asn1crypto import cms
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    if not prepared.identity.matches(prepared.to_sign, value):
        raise SignatureMismatch(prepared.field)
    try:
        container = await _external_signer(
            prepared.identity, value
        ).async_sign_prescribed_attributes(
            _DIGEST, cms.CMSAttributes.load(prepared.to_sign), timestamper=client
        )
        return embed(prepared, container.dump())
    except (TimestampRequestError, OSError, asyncio.TimeoutError) as error:
        raise TimestampUnavailable(str(error)) from error
    except SigningError as error:
        raise PadesError(str(error)) from error


def embed(prepared: Prepared, container: bytes) -> bytes:
    """Write a CMS container (DER) into the empty place of a prepared document."""
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

    output = BytesIO(prepared.document)
    PreparedByteRangeDigest(prepared.document_digest, *prepared.place).fill_with_cms(
        output, container
    )
    return output.getvalue()


__all__ = ["Prepared", "complete", "embed", "prepare", "sign_all", "timestamper"]
