"""The archive step: what a verifier needs decades later, under one more time stamp."""

from __future__ import annotations

import asyncio
from io import BytesIO

from .errors import PadesError, TimestampUnavailable
from .trust import Trust


def archive(pdf: bytes, trust_roots, timestamper) -> bytes:
    """Add the certificates and revocation answers of all signatures and a document time stamp.

    Asks the OCSP and CRL services of every certificate (PAdES B-LTA); works after the closing
    signature. Repeat it before the newest time stamp's certificate expires. Raises PadesError
    when a signer's state cannot be proven, TimestampUnavailable without an authority.
    """
    return asyncio.run(_archive(pdf, Trust(trust_roots, allow_fetching=True), timestamper))


async def _archive(pdf: bytes, trust: Trust, timestamper) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    trust.use_embedded(writer.prev)
    context = trust.context(None, strict=True)
    try:
        paths = await _paths(writer.prev, context)
        async for path in timestamper.validation_paths(context):
            paths.append(path)
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, paths=paths, validation_context=context
        )
        output = await PdfTimeStamper(timestamper).async_timestamp_pdf(
            writer, "sha256", validation_context=context, validation_paths=paths
        )
    except (TimestampRequestError, OSError, asyncio.TimeoutError) as error:
        raise TimestampUnavailable(str(error)) from error
    finally:
        await context.aclose()
    return output.getvalue()


async def _paths(reader, context) -> list:
    """Validation paths of every signer and time stamp; their answers collect in `context`."""
    from pyhanko.sign.validation.dss import collect_validation_info
    from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

    paths = []
    try:
        for signature in reader.embedded_signatures:
            paths += await collect_validation_info(signature, context)
    except (PathBuildingError, PathValidationError) as error:
        raise PadesError(str(error)) from error
    return paths
