"""What the signature tests share: a running demo authority, a PDF, and signed files.

Everything is made once per test run (`functools.cache`) because signing and key making cost.
"""

import atexit
import functools
import json
import socket
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from edu_records import pades

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import demo_ca  # noqa: E402
import forge_pdf  # noqa: E402, F401

PERSONS = (
    {"role": "homeroom", "name": "Trần Văn Chủ", "serial": "001000000002"},
    {"role": "principal", "name": "Nguyễn Thị Hiệu", "serial": "001000000001", "key": "ec"},
    {"role": "subject_teacher", "name": "Lê Thị Bộ Môn", "serial": "001000000003"},
    {
        "id": "revoked",
        "role": "principal",
        "name": "Phạm Văn Cũ",
        "serial": "001000000004",
        "revoked_since": "2020-01-01T00:00:00+00:00",
    },
    {
        "id": "short",
        "role": "homeroom",
        "name": "Đỗ Thị Ngắn Hạn",
        "serial": "001000000005",
        "valid_to": (datetime.now(timezone.utc) + timedelta(days=30)).isoformat(),
    },
    {
        "id": "expired",
        "role": "homeroom",
        "name": "Hồ Văn Hết Hạn",
        "serial": "001000000006",
        "valid_to": (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat(),
    },
)
SNAPSHOT = json.dumps({"schema": "test/1", "mark": "8.5"}).encode()
MARK_PLACE = (300, 700)
BOXES = (
    pades.SignatureBox("homeroom", 0, (60, 80, 220, 130)),
    pades.SignatureBox("principal", 0, (230, 80, 390, 130)),
    pades.SignatureBox("school", 0, (400, 80, 560, 130)),
)


@functools.cache
def authority():
    """The description of a demo CA whose services answer until the tests end."""
    folder = tempfile.TemporaryDirectory(prefix="edu_ca_")
    atexit.register(folder.cleanup)
    ca = demo_ca.make_ca(folder.name, PERSONS, port=free_port())
    command = [sys.executable, str(ROOT / "tools" / "demo_ca.py"), "serve", folder.name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    atexit.register(process.wait)
    atexit.register(process.terminate)
    assert b"ready" in process.stdout.readline()
    return ca


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@functools.cache
def roots():
    return (Path(authority()["root"]).read_bytes(),)


@functools.cache
def key(name):
    entry = authority()["certificates"][name]
    return pades.Pkcs12Key.load(Path(entry["p12"]).read_bytes(), entry["password"])


def p12(name):
    entry = authority()["certificates"][name]
    return Path(entry["p12"]).read_bytes(), entry["password"]


def tsa():
    return pades.timestamper(authority()["tsa_url"])


@functools.cache
def base_pdf():
    """A page with a Vietnamese name and the mark 8,5 in an embedded subset font."""
    from edu_records.pades.appearance import DEFAULT_FONT

    pdfmetrics.registerFont(TTFont("EduSerif", str(DEFAULT_FONT)))
    out = BytesIO()
    canvas = Canvas(out, invariant=1, initialFontName="EduSerif")
    canvas.setFont("EduSerif", 14)
    canvas.drawString(60, 700, "Nguyễn Thị Ánh Tuyết")
    canvas.drawString(*MARK_PLACE, "8,5")
    canvas.save()
    return out.getvalue()


@functools.cache
def issued():
    return pades.issue(base_pdf(), BOXES, SNAPSHOT, key("issuer"), tsa())


def sign(pdf, field, name, client=None, **options):
    """Sign one document or raise."""
    (result,) = pades.sign_all([pdf], field, key(name), timestamper=client or tsa(), **options)
    if isinstance(result, Exception):
        raise result
    return result


@functools.cache
def chain():
    """The revisions: issued, signed by homeroom, by the principal, sealed by the school."""
    revisions = [issued()]
    for name in ("homeroom", "principal", "school"):
        revisions.append(sign(revisions[-1], name, name))
    return tuple(revisions)


def codes(verdict):
    return {one.code for one in verdict.reasons}
