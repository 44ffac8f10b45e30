"""A signer's public side (`Identity`) and a live key from a PKCS#12 file."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from .certificates import CertificateInfo, describe
from .errors import UnreadableKey, UnusableKey, WrongPassword

_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


@dataclass(frozen=True)
class Identity:
    """A certificate, its chain, and the signature scheme its key will use.

    RSA signs with RSASSA-PSS (TT 15/2025/TT-BKHCN, Phụ lục I); `pss=False` is for tokens and
    services that can only do PKCS#1 v1.5. Everything is over SHA-256.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    pss: bool = True

    def __post_init__(self):
        key = self.certificate.public_key()
        strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048) or (
            isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256
        )
        if not strong:
            raise UnusableKey()

    @classmethod
    def from_pem(cls, certificate: str, chain: str = "", *, pss: bool = True) -> Identity:
        """Build it from PEM texts; `chain` may hold any number of certificates."""
        others = x509.load_pem_x509_certificates(chain.encode()) if chain.strip() else []
        return cls(x509.load_pem_x509_certificate(certificate.encode()), tuple(others), pss)

    @property
    def info(self) -> CertificateInfo:
        return describe(self.certificate)

    @property
    def scheme(self) -> str:
        """One of "rsassa_pss", "sha256_rsa", "sha256_ecdsa"."""
        if isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey):
            return "sha256_ecdsa"
        return "rsassa_pss" if self.pss else "sha256_rsa"

    @property
    def chain_pem(self) -> str:
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in self.chain)

    def as_asn1(self) -> tuple:
        """(certificate, chain) as the asn1crypto objects pyHanko works with."""
        from asn1crypto import x509 as asn1

        own, *chain = (
            asn1.Certificate.load(one.public_bytes(Encoding.DER))
            for one in (self.certificate, *self.chain)
        )
        return own, chain

    def matches(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` was made over `message` by the key of this certificate."""
        key = self.certificate.public_key()
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            else:
                scheme = _PSS if self.pss else padding.PKCS1v15()
                key.verify(signature, message, scheme, hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class Pkcs12Key:
    """A private key held in memory for one batch; never pickled, never printed."""

    def __init__(self, key, identity: Identity):
        self._key = key
        self.identity = identity

    @classmethod
    def load(cls, data: bytes, password: str | None, *, pss: bool = True) -> Pkcs12Key:
        """Open a PKCS#12 file.

        Raises UnreadableKey, WrongPassword or UnusableKey. `password` None or "" is for files
        without one.
        """
        try:
            store = pkcs12.load_pkcs12(data, password.encode() if password else None)
        except (ValueError, TypeError) as error:
            raise (WrongPassword() if _is_pkcs12(data) else UnreadableKey()) from error
        if store.key is None or store.cert is None:
            raise UnreadableKey("no key with its certificate inside")
        chain = tuple(one.certificate for one in store.additional_certs)
        identity = Identity(store.cert.certificate, chain, pss)
        if _spki(store.key.public_key()) != _spki(identity.certificate.public_key()):
            raise UnreadableKey("the key is not the certificate's")
        return cls(store.key, identity)

    def sign(self, messages: list[bytes]) -> list[bytes]:
        """Sign each message (the DER of the signed attributes), in the same order."""
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return [self._key.sign(one, ec.ECDSA(hashes.SHA256())) for one in messages]
        scheme = _PSS if self.identity.pss else padding.PKCS1v15()
        return [self._key.sign(one, scheme, hashes.SHA256()) for one in messages]

    def to_p12(self) -> bytes:
        """The same content without a password: only ever to be sealed at once (`seal_p12`)."""
        return pkcs12.serialize_key_and_certificates(
            None,
            self._key,
            self.identity.certificate,
            list(self.identity.chain),
            serialization.NoEncryption(),
        )

    def __repr__(self) -> str:
        return f"<Pkcs12Key {self.identity.info.name}>"

    def __reduce__(self):
        raise TypeError("a private key is not pickled")


def _spki(public_key) -> bytes:
    return public_key.public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _is_pkcs12(data: bytes) -> bool:
    """Whether the bytes have the outer shape of PKCS#12 (RFC 7292: version 3 and two parts)."""
    from asn1crypto import pkcs12 as shape

    try:
        store = shape.Pfx.load(data, strict=True)
        return store["version"].native == "v3" and store["auth_safe"]["content_type"].native in (
            "data",
            "signed_data",
        )
    except (ValueError, TypeError, KeyError):
        return False
