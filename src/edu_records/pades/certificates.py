"""What a certificate says about its owner, in the words the rest of the project uses."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_PREFIXES = ("CCCD", "CMND", "HC", "MST", "MNS", "VATVN", "PNOVN", "NTRVN")

_SHORT_NAMES = {
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
}


@dataclass(frozen=True)
class CertificateInfo:
    """Facts of one certificate; times are aware (UTC), texts are as written in it.

    `serial_number` is the owner's number in the subject ("CCCD:001…" for a person,
    "MST:010…" for an organisation), `serial` the certificate's own number in hex.
    """

    name: str
    serial_number: str
    organisation: str
    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_to: datetime
    fingerprint: str
    algorithm: str
    pem: str


def load_pem(text: str | bytes) -> x509.Certificate:
    """Read one certificate, PEM or DER. Raises ValueError."""
    data = text.encode() if isinstance(text, str) else text
    if b"-----BEGIN" in data:
        return x509.load_pem_x509_certificate(data)
    return x509.load_der_x509_certificate(data)


def describe(certificate: x509.Certificate | str | bytes) -> CertificateInfo:
    """Return the facts of a certificate (an object, PEM or DER). Raises ValueError."""
    if not isinstance(certificate, x509.Certificate):
        certificate = load_pem(certificate)
    subject, issuer = certificate.subject, certificate.issuer
    return CertificateInfo(
        name=_first(subject, NameOID.COMMON_NAME) or _first(subject, NameOID.ORGANIZATION_NAME),
        serial_number=_owner_number(subject),
        organisation=_first(subject, NameOID.ORGANIZATION_NAME),
        subject=subject.rfc4514_string(_SHORT_NAMES),
        issuer=_first(issuer, NameOID.COMMON_NAME) or issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        algorithm=_algorithm(certificate.public_key()),
        pem=certificate.public_bytes(Encoding.PEM).decode(),
    )


def national_id(serial_number: str) -> str:
    """Return the bare number: "CCCD:001…" and "001…" name the same person."""
    text = (serial_number or "").strip().upper().replace(" ", "")
    for separator in (":", "-"):
        prefix, found, rest = text.partition(separator)
        if found and prefix in _PREFIXES:
            return rest
    return text


def same_person(one: str, other: str) -> bool:
    """Whether two subject numbers name the same owner; an empty number names nobody."""
    return bool(national_id(one)) and national_id(one) == national_id(other)


def _first(name: x509.Name, oid) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _owner_number(subject: x509.Name) -> str:
    oids = (NameOID.SERIAL_NUMBER, NameOID.ORGANIZATION_IDENTIFIER, NameOID.USER_ID)
    return next((value for value in (_first(subject, oid) for oid in oids) if value), "")


def _algorithm(key) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC-{key.curve.name}"
    return type(key).__name__.strip("_")
