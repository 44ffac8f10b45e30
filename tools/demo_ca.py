"""A local certificate authority for demonstrations and tests: nothing in it is real.

`make_ca` writes into a folder: the keys, a certomancer configuration, the root certificate
(`root.pem`) and one password-protected PKCS#12 file per person, for the school's seal and for
the school's issuer key. It is idempotent: what exists is kept, new persons are appended.

`serve` answers OCSP, CRL, AIA and RFC 3161 requests on a loopback port. The port is part of the
addresses inside the certificates, so it is fixed when the folder is made.

    python tools/demo_ca.py make FOLDER [--port 9000]
    python tools/demo_ca.py serve FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

ARCH = "edu"
DEFAULT_PORT = 9000
DEFAULT_SCHOOL = {"name": "Trường THCS Demo", "tax_id": "0100000000"}
DEFAULT_PERSONS = (
    {"role": "principal", "name": "Nguyễn Thị Hiệu", "serial": "001000000001"},
    {"role": "homeroom", "name": "Trần Văn Chủ", "serial": "001000000002"},
    {"role": "subject_teacher", "name": "Lê Thị Bộ Môn", "serial": "001000000003"},
)
_SERVICES = ("root", "issuing", "ocsp", "tsa")


def make_ca(folder, persons=DEFAULT_PERSONS, school=None, *, port=DEFAULT_PORT) -> dict:
    """Create or complete the authority in `folder` and return its description.

    persons: dicts with `role`, `name`, `serial` (12 digits of a citizen's number) and optionally
    `id` (file name, default the role), `password` (default "demo-<id>"), `key` ("rsa" or "ec"),
    `revoked_since`, `valid_to` (ISO times). school: dict with `name` and `tax_id`.

    Returns {"port", "root": path, "tsa_url", "certificates": {id: {"p12", "password", "cert",
    "name", "serial_number", "role"}}}; the ids "school" and "issuer" belong to the school.
    Raises ValueError when the folder was made for another port.
    """
    folder = Path(folder)
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    state = _load_state(folder, port, school or DEFAULT_SCHOOL)
    for person in persons:
        _add_person(state, person)
    for name in (*_SERVICES, *state["subjects"]):
        _ensure_key(folder, name, state["subjects"].get(name, {}).get("key", "rsa"))
    (folder / "certomancer.yml").write_text(
        yaml.safe_dump(_config(state), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    _write_certificates(folder, state)
    (folder / "ca.json").write_text(
        json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return _description(folder, state)


def serve(folder, port=None, *, parent=None) -> None:
    """Answer on 127.0.0.1 until SIGTERM, or until the process `parent` is gone."""
    from certomancer.integrations.animator import Animator, AnimatorArchStore
    from certomancer.registry import CertomancerConfig
    from werkzeug.serving import make_server

    folder = Path(folder)
    state = json.loads((folder / "ca.json").read_text(encoding="utf-8"))
    if port not in (None, state["port"]):
        raise ValueError(f"this authority was made for port {state['port']}")
    config = CertomancerConfig.from_file(
        str(folder / "certomancer.yml"), key_search_dir=str(folder)
    )
    app = Animator(AnimatorArchStore(config.pki_archs), with_web_ui=False)
    server = make_server("127.0.0.1", state["port"], app, threaded=True)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_args: stopped.set())
    signal.signal(signal.SIGINT, lambda *_args: stopped.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"demo CA ready on port {state['port']}", flush=True)
    while not stopped.wait(0.5):
        if parent and os.getppid() != parent:
            break
    server.shutdown()


def _load_state(folder: Path, port: int, school: dict) -> dict:
    path = folder / "ca.json"
    if path.exists():
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["port"] != port:
            raise ValueError(f"this authority was made for port {state['port']}, not {port}")
        return state
    now = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=1)
    organisation = {"common-name": school["name"], "organization-name": school["name"]}
    seal = {**organisation, "serial-number": f"MST:{school['tax_id']}"}
    issuer = {**seal, "common-name": f"{school['name']} - phát hành hồ sơ"}
    return {
        "port": port,
        "from": now.isoformat(),
        "to": (now + timedelta(days=3650)).isoformat(),
        "school": school,
        "subjects": {
            "school": _subject("school", seal, school["name"], 101),
            "issuer": _subject("issuer", issuer, issuer["common-name"], 102),
        },
    }


def _subject(role: str, entity: dict, name: str, number: int, **more) -> dict:
    return {"role": role, "entity": entity, "name": name, "number": number, "key": "rsa", **more}


def _add_person(state: dict, person: dict) -> None:
    key = person.get("id", person["role"])
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", key):
        raise ValueError(f"not a file name: {key}")
    if key in state["subjects"]:
        return
    entity = {
        "common-name": person["name"],
        "organization-name": state["school"]["name"],
        "serial-number": f"CCCD:{person['serial']}",
    }
    number = max(subject["number"] for subject in state["subjects"].values()) + 1
    options = ("password", "key", "revoked_since", "valid_to")
    more = {name: person[name] for name in options if name in person}
    state["subjects"][key] = _subject(person["role"], entity, person["name"], number, **more)


def _ensure_key(folder: Path, name: str, kind: str) -> None:
    path = folder / "keys" / f"{name}.pem"
    if path.exists():
        return
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ec"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _config(state: dict) -> dict:
    subjects = state["subjects"]
    validity = {"valid-from": state["from"], "valid-to": state["to"]}
    entities = {
        "root": {"common-name": "Demo Root CA (khong co gia tri)"},
        "issuing": {"common-name": "Demo Issuing CA (khong co gia tri)"},
        "ocsp": {"common-name": "Demo OCSP"},
        "tsa": {"common-name": "Demo TSA"},
        **{name: subject["entity"] for name, subject in subjects.items()},
    }
    certs = {name: {**cert, "validity": validity} for name, cert in _service_certs().items()}
    for name, subject in subjects.items():
        own = {**validity, "valid-to": subject.get("valid_to", state["to"])}
        certs[name] = {**_person_cert(name, subject), "validity": own}
    return {
        "external-url-prefix": f"http://127.0.0.1:{state['port']}",
        "keysets": {
            ARCH: {
                "path-prefix": "keys",
                "keys": {name: {"path": f"{name}.pem"} for name in entities},
            }
        },
        "pki-architectures": {
            ARCH: {
                "keyset": ARCH,
                "entity-defaults": {"country-name": "VN"},
                "entities": entities,
                "certs": certs,
                "services": _services(),
            }
        },
    }


def _usage(*names: str) -> dict:
    return {
        "id": "key_usage",
        "critical": True,
        "smart-value": {"schema": "key-usage", "params": list(names)},
    }


def _addresses(ocsp: bool) -> list[dict]:
    """CRL, CA issuer and OCSP addresses of a certificate of the issuing CA (or of the root)."""
    authority = "issuing" if ocsp else "root"
    links = {"ca-issuer-links": [{"repo": authority}]}
    if ocsp:
        links["ocsp-responder-names"] = ["issuing"]
    return [
        {
            "id": "authority_information_access",
            "smart-value": {"schema": "aia-urls", "params": links},
        },
        {
            "id": "crl_distribution_points",
            "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [authority]}},
        },
    ]


def _service_certs() -> dict:
    def ca(path_length):
        value = {"ca": True} if path_length is None else {"ca": True, "path_len_constraint": 0}
        return [
            {"id": "basic_constraints", "critical": True, "value": value},
            _usage("key_cert_sign", "crl_sign"),
        ]

    def purpose(name):
        return {"id": "extended_key_usage", "critical": True, "value": [name]}

    return {
        "root": {"subject": "root", "issuer": "root", "serial": 1, "extensions": ca(None)},
        "issuing": {
            "subject": "issuing",
            "issuer": "root",
            "serial": 2,
            "extensions": [*ca(0), *_addresses(ocsp=False)],
        },
        "ocsp": {
            "subject": "ocsp",
            "issuer": "issuing",
            "serial": 3,
            "extensions": [
                _usage("digital_signature"),
                purpose("ocsp_signing"),
                {"id": "ocsp_no_check"},
            ],
        },
        "tsa": {
            "subject": "tsa",
            "issuer": "issuing",
            "serial": 4,
            "extensions": [
                _usage("digital_signature"),
                purpose("time_stamping"),
                *_addresses(ocsp=True),
            ],
        },
    }


def _person_cert(name: str, subject: dict) -> dict:
    cert = {
        "subject": name,
        "issuer": "issuing",
        "serial": subject["number"],
        "extensions": [_usage("digital_signature", "non_repudiation"), *_addresses(ocsp=True)],
    }
    if subject.get("revoked_since"):
        cert["revocation"] = {
            "revoked-since": subject["revoked_since"],
            "reason": "key_compromise",
        }
    return cert


def _services() -> dict:
    return {
        "ocsp": {
            "issuing": {
                "for-issuer": "issuing",
                "responder-cert": "ocsp",
                "signing-key": "ocsp",
            }
        },
        "crl-repo": {
            name: {
                "for-issuer": name,
                "signing-key": name,
                "simulated-update-schedule": "P30D",
            }
            for name in ("root", "issuing")
        },
        "cert-repo": {
            "root": {"for-issuer": "root", "publish-issued-certs": True},
            "issuing": {"for-issuer": "issuing", "publish-issued-certs": False},
        },
        "time-stamping": {
            "tsa": {"signing-key": "tsa", "signing-cert": "tsa", "certs-to-embed": ["issuing"]}
        },
    }


def _write_certificates(folder: Path, state: dict) -> None:
    from certomancer.registry import CertLabel, CertomancerConfig

    config = CertomancerConfig.from_file(
        str(folder / "certomancer.yml"), key_search_dir=str(folder)
    )
    architecture = config.pki_archs[ARCH]

    def certificate(name):
        return _x509(architecture.get_cert(CertLabel(name)).dump())

    root, issuing = certificate("root"), certificate("issuing")
    _write_pem(folder / "root.pem", root)
    _write_pem(folder / "issuing.pem", issuing)
    for name, subject in state["subjects"].items():
        target = folder / f"{name}.p12"
        if target.exists():
            continue
        own = certificate(name)
        _write_pem(folder / f"{name}.pem", own)
        key = serialization.load_pem_private_key(
            (folder / "keys" / f"{name}.pem").read_bytes(), None
        )
        encryption = (
            serialization.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(20000)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(_password(name, subject).encode())
        )
        target.touch(mode=0o600)
        target.write_bytes(
            pkcs12.serialize_key_and_certificates(
                subject["name"].encode(), key, own, [issuing, root], encryption
            )
        )


def _x509(der: bytes):
    from cryptography import x509

    return x509.load_der_x509_certificate(der)


def _write_pem(path: Path, certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _password(name: str, subject: dict) -> str:
    return subject.get("password") or f"demo-{name}"


def _description(folder: Path, state: dict) -> dict:
    prefix = f"http://127.0.0.1:{state['port']}/{ARCH}"
    return {
        "port": state["port"],
        "root": str(folder / "root.pem"),
        "tsa_url": f"{prefix}/tsa/tsa",
        "certificates": {
            name: {
                "p12": str(folder / f"{name}.p12"),
                "cert": str(folder / f"{name}.pem"),
                "password": _password(name, subject),
                "name": subject["name"],
                "serial_number": subject["entity"]["serial-number"],
                "role": subject["role"],
            }
            for name, subject in state["subjects"].items()
        },
    }


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="demo_ca", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="create the folder with the default persons")
    make.add_argument("folder")
    make.add_argument("--port", type=int, default=DEFAULT_PORT)
    run = commands.add_parser("serve", help="answer OCSP, CRL, AIA and time stamp requests")
    run.add_argument("folder")
    run.add_argument("--port", type=int)
    run.add_argument("--stay", action="store_true", help="do not end with the calling process")
    options = parser.parse_args(argv)
    try:
        if options.command == "make":
            make_ca(options.folder, port=options.port)
        else:
            serve(options.folder, options.port, parent=None if options.stay else os.getppid())
    except (ValueError, OSError) as error:
        print(f"demo_ca: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
