"""RFC 3161 tokens over a digest, outside any document."""

import asyncio

from .errors import TimestampUnavailable
from .signing import timestamper

TIMEOUT = 30
"""Seconds to wait for the service."""


def timestamp_token(url: str, digest: bytes) -> bytes:
    """The token (DER, bare, not the response around it) over a SHA-256 `digest`.

    Raises TimestampUnavailable when the service at `url` gives none.
    """
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    try:
        client = timestamper(url, timeout=TIMEOUT)
        return asyncio.run(client.async_timestamp(digest, "sha256")).dump()
    except (TimestampRequestError, OSError, asyncio.TimeoutError) as error:
        raise TimestampUnavailable(str(error)) from error
