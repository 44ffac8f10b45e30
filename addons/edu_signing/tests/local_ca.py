"""A certification authority in memory, for the tests of this addon."""

from datetime import datetime, timedelta, timezone

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASSWORD = "file password"


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def name(common_name, number=""):
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if number:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, number))
    return x509.Name(attributes)


class LocalCa:
    def __init__(self, common_name="Test Root"):
        self.key = new_key()
        self.name = name(common_name)
        ca = x509.BasicConstraints(ca=True, path_length=None)
        self.root = self._certificate(self.name, self.key, 3650, [(ca, True)])
        self.pem = self.root.public_bytes(Encoding.PEM).decode()

    def _certificate(self, subject, key, days, extensions, start=-30):
        now = datetime.now(timezone.utc)
        builder = x509.CertificateBuilder(
            self.name, subject, key.public_key(), x509.random_serial_number()
        )
        builder = builder.not_valid_before(now + timedelta(days=start))
        builder = builder.not_valid_after(now + timedelta(days=days))
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        for extension, critical in [*extensions, (identifier, False), (own, False)]:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def p12(self, common_name, number, days=365):
        """A PKCS#12 file with `PASSWORD` for a person or an organisation."""
        key = new_key()
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=True,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = self._certificate(name(common_name, number), key, days, [(usage, True)])
        encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
        return pkcs12.serialize_key_and_certificates(
            b"test", key, certificate, [self.root], encryption
        )

    def timestamper(self):
        """A time stamping service of this authority, without a network."""
        from pyhanko.sign.timestamps import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = self._certificate(name("Test TSA"), key, 3650, [(purpose, True)])
        der = key.private_bytes(
            Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()
        store.register(asn1.Certificate.load(self.root.public_bytes(Encoding.DER)))
        return DummyTimeStamper(
            tsa_cert=asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(der),
            certs_to_embed=store,
        )
