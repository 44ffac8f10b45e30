"""Key files, their passwords, and keys sealed under a PIN and the server's key."""

import pickle

import pytest
from pades_kit import authority, key, p12, roots

from edu_records import pades
from edu_records.testing import seed

SERVER_KEY = bytes(range(32))


@seed("P3.1.3.3")
def test_a_certificate_tells_its_owner():
    info = key("homeroom").identity.info
    assert (info.name, info.serial_number) == ("Trần Văn Chủ", "CCCD:001000000002")
    assert info.organisation == "Trường THCS Demo"
    assert info.valid_from < info.valid_to
    assert info.algorithm == "RSA-2048"
    assert len(info.fingerprint) == 64
    seal = key("school").identity.info
    assert seal.serial_number == "MST:0100000000"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("CCCD:001000000002", "001000000002", True),
        ("MST:0100000000", "VATVN-0100000000", True),
        ("cccd: 001000000002", "CCCD:001000000002", True),
        ("CCCD:001000000002", "CCCD:001000000003", False),
        ("", "", False),
    ],
)
def test_a_number_names_the_same_person_with_and_without_its_kind(one, other, same):
    assert pades.same_person(one, other) is same


def test_a_wrong_password_and_a_wrong_file_are_told_apart():
    data, _password = p12("homeroom")
    with pytest.raises(pades.WrongPassword) as caught:
        pades.Pkcs12Key.load(data, "not the password")
    assert caught.value.vi == "Mật khẩu của tệp chứng thư số không đúng."
    with pytest.raises(pades.UnreadableKey):
        pades.Pkcs12Key.load(b"%PDF-1.7 not a key", "x")
    with pytest.raises(pades.UnreadableKey):
        pades.Pkcs12Key.load(b"", "x")


def test_a_weak_key_is_refused():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    weak = _self_signed(ec.generate_private_key(ec.SECP192R1()))
    data = serialization.pkcs12.serialize_key_and_certificates(
        b"weak", weak[0], weak[1], None, serialization.NoEncryption()
    )
    with pytest.raises(pades.UnusableKey):
        pades.Pkcs12Key.load(data, None)


def _self_signed(private):
    from datetime import datetime, timedelta, timezone

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Yếu")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1)
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return private, builder.sign(private, hashes.SHA256())


def test_a_sealed_key_opens_with_its_pin_and_only_there():
    sealed = pades.seal_p12(b"secret bytes", "246810", SERVER_KEY, b"user 7")
    assert b"secret" not in sealed.encode()
    assert pades.unseal_p12(sealed, "246810", SERVER_KEY, b"user 7") == b"secret bytes"
    for pin, aad in (("246811", b"user 7"), (None, b"user 7"), ("246810", b"user 8")):
        with pytest.raises(pades.WrongPin):
            pades.unseal_p12(sealed, pin, SERVER_KEY, aad)
    with pytest.raises(pades.WrongServerKey):
        pades.unseal_p12(sealed, "246810", bytes(32), b"user 7")


def test_a_sealed_key_refuses_changed_costs_and_foreign_formats():
    sealed = pades.seal_p12(b"secret bytes", "246810", SERVER_KEY, b"")
    with pytest.raises(pades.WrongPin):
        pades.unseal_p12(sealed.replace("$3$65536$", "$2$65536$"), "246810", SERVER_KEY, b"")
    for bad in ("", "edu2$x", sealed.replace("$65536$", "$99999999$")):
        with pytest.raises(pades.PadesError):
            pades.unseal_p12(bad, "246810", SERVER_KEY, b"")
    with pytest.raises(ValueError, match="32 bytes"):
        pades.seal_p12(b"x", "246810", b"short", b"")


def test_the_schools_key_is_sealed_by_the_server_alone():
    sealed = pades.seal_p12(key("issuer").to_p12(), None, SERVER_KEY, b"company 1")
    opened = pades.Pkcs12Key.load(pades.unseal_p12(sealed, None, SERVER_KEY, b"company 1"), None)
    assert opened.identity.info == key("issuer").identity.info
    assert opened.identity.chain == key("issuer").identity.chain


def test_a_live_key_is_not_pickled_and_says_only_its_owner():
    assert repr(key("homeroom")) == "<Pkcs12Key Trần Văn Chủ>"
    with pytest.raises(TypeError):
        pickle.dumps(key("homeroom"))


def test_the_demo_authority_is_made_once_and_grows(tmp_path):
    import demo_ca

    first = demo_ca.make_ca(tmp_path, persons=(), port=9321)
    before = (tmp_path / "school.pem").read_bytes()
    again = demo_ca.make_ca(tmp_path, port=9321)
    assert set(again["certificates"]) > set(first["certificates"])
    assert (tmp_path / "school.pem").read_bytes() == before
    with pytest.raises(ValueError, match="9321"):
        demo_ca.make_ca(tmp_path, port=9322)
    assert authority()["port"] != 9321


@seed("P3.1.3.3")
def test_a_certificate_is_checked_before_it_signs():
    check = pades.check_certificate
    assert check(key("homeroom").identity, roots(), allow_fetching=True) == "good"
    assert check(key("homeroom").identity, roots()) == "unknown"
    assert check(key("revoked").identity, roots(), allow_fetching=True) == "revoked"
    assert check(key("homeroom").identity, []) == "untrusted"
    assert check(key("expired").identity, roots()) == "expired"
