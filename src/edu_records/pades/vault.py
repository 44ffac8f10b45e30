"""Keys at rest: PKCS#12 bytes sealed under a PIN and a key the database never sees.

    "edu1$argon2id$<t>$<m KiB>$<p>$<key check>$<salt>$<nonce>$<ciphertext>"
    "edu1$server$0$0$0$…" when there is no PIN (the school's issuer key)

The AES-256-GCM key is HKDF-SHA256(server key || argon2id(PIN)); the header and the caller's
`aad` (whose key, which school) are authenticated with it, so a sealed text moved to another
record or given cheaper parameters does not open.
"""

from __future__ import annotations

import base64
import os

from .errors import PadesError, WrongPin, WrongServerKey

_TIME, _MEMORY, _LANES = 3, 65536, 1
_MAX_TIME, _MAX_MEMORY, _MAX_LANES = 16, 1 << 20, 16


def seal_p12(p12: bytes, pin: str | None, server_key: bytes, aad: bytes) -> str:
    """Seal the bytes. `pin` None means: the server key alone opens it.

    server_key: at least 32 random bytes kept outside the database.
    """
    _check_server_key(server_key)
    kind, costs = ("argon2id", (_TIME, _MEMORY, _LANES)) if pin else ("server", (0, 0, 0))
    salt, nonce = os.urandom(16), os.urandom(12)
    header = "$".join(["edu1", kind, *map(str, costs), _key_check(server_key), _text(salt)])
    key = _derive(kind, costs, pin, server_key, salt)
    ciphertext = _cipher(key).encrypt(nonce, p12, header.encode() + b"\0" + aad)
    return f"{header}${_text(nonce)}${_text(ciphertext)}"


def unseal_p12(sealed: str, pin: str | None, server_key: bytes, aad: bytes) -> bytes:
    """Return the sealed bytes. Raises WrongServerKey, or WrongPin when anything else is off."""
    from cryptography.exceptions import InvalidTag

    _check_server_key(server_key)
    header, kind, costs, check, salt, nonce, ciphertext = _parse(sealed)
    if check != _key_check(server_key):
        raise WrongServerKey()
    if kind == "argon2id" and not pin:
        raise WrongPin()
    key = _derive(kind, costs, pin, server_key, salt)
    try:
        return _cipher(key).decrypt(nonce, ciphertext, header.encode() + b"\0" + aad)
    except InvalidTag as error:
        raise WrongPin() from error


def _parse(sealed: str):
    parts = sealed.split("$")
    try:
        version, kind, *costs, check, salt, nonce, ciphertext = parts
        costs = tuple(map(int, costs))
        if version != "edu1" or kind not in ("argon2id", "server") or len(costs) != 3:
            raise ValueError("unknown format")
        if not (costs[0] <= _MAX_TIME and costs[1] <= _MAX_MEMORY and costs[2] <= _MAX_LANES):
            raise ValueError("unreasonable cost")
        header = "$".join(parts[:-2])
        return header, kind, costs, check, *map(base64.b64decode, (salt, nonce, ciphertext))
    except ValueError as error:
        raise PadesError(f"not a sealed key: {error}") from error


def _check_server_key(server_key: bytes) -> None:
    if len(server_key) < 32:
        raise ValueError("the server key has fewer than 32 bytes")


def _derive(kind: str, costs, pin: str | None, server_key: bytes, salt: bytes) -> bytes:
    secret = server_key
    if kind == "argon2id":
        secret += _stretch(pin, salt, *costs)
    return _hkdf(secret, salt, b"edu-records sealed key")


def _stretch(pin: str, salt: bytes, rounds: int, memory: int, lanes: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(pin.encode(), salt, rounds, memory, lanes, 32, Type.ID)


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, info).derive(secret)


def _key_check(server_key: bytes) -> str:
    """Four bytes that tell one server key from another and say nothing about either."""
    return _hkdf(server_key, b"", b"edu-records key check")[:4].hex()


def _cipher(key: bytes):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
