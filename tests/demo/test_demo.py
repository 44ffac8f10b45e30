"""The main job: what it makes is signed, verifies, reads right, and a forgery is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edu_records.testing import seed

from .conftest import ROOT, TOOLS, answers, environment, free_port, run_demo

SEALED = (
    "edu_ledger_chain",
    "edu_print_log",
    "edu_access_log",
    "edu_record_snapshot",
    "edu_document_revision",
    "edu_movement_evidence",
)
SIGNERS = ("Nguyễn Thị Hồng Hạnh", "Lê Thị Minh Nguyệt", "Trường THCS Hoa Sen")


def program(name):
    return str(Path(sys.executable).with_name(name))


def verify(demo, *files, require="homeroom,principal,school"):
    return subprocess.run(
        [
            *(program("edu-verify"), *map(str, files)),
            *("--trust", str(demo.ca / "root.pem"), "--require", require),
        ],
        capture_output=True,
        text=True,
    )


def text_of(pdf):
    return subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout


def book(demo):
    return next(demo.out.glob("so-theo-doi-*.pdf"))


def transcripts(demo):
    return sorted(demo.out.glob("hoc-ba-*.pdf"))


@seed("P3.1.1.1", "P3.1.3.2")
def test_the_job_says_what_it_did(demo):
    counts = {row["what"]: row["count"] for row in demo.rows}
    assert counts["pupils imported"] == 42
    assert counts["sheets confirmed by their teachers"] == 12
    assert counts["documents signed and sealed"] == 43
    assert "All in" in demo.said


def test_a_second_run_offers_what_is_there(demo):
    before = book(demo).stat().st_mtime_ns
    done = run_demo()
    assert done.returncode == 0
    assert "make demo RESET=1" in done.stdout
    assert book(demo).stat().st_mtime_ns == before


@seed("P2.2.3e", "P3.2.6.1")
def test_every_pupil_has_a_transcript(demo):
    files = transcripts(demo)
    assert len(files) == 42
    names = [text_of(file) for file in files[:3]]
    assert all("HỌC BẠ" in text or "Họ và tên" in text for text in names)


@seed("P2.2.3c", "P3.2.0.7")
def test_edu_verify_accepts_each(demo):
    done = verify(demo, book(demo), *transcripts(demo)[:5])
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("HỢP LỆ") >= 6
    assert "KHÔNG HỢP LỆ" not in done.stdout


@seed("P3.2.6.3", "R9.1", "P3.2.6.6")
@pytest.mark.parametrize("which", ["book", "transcript"])
def test_pdfsig_lists_the_signers(demo, which):
    file = book(demo) if which == "book" else transcripts(demo)[0]
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True).stdout
    for signer in SIGNERS:
        assert signer in said
    assert said.count("Signature is Valid") == 4  # the issuer certifies, then three sign


@seed("P2.2.3c")
def test_forged_copy_is_refused_where_pdfsig_is_content(demo):
    forged = next((demo.out / "forged").glob("*.pdf"))
    said = subprocess.run(["pdfsig", str(forged)], capture_output=True, text=True).stdout
    assert said.count("Signature is Valid") == 4
    done = verify(demo, forged)
    assert done.returncode == 1
    assert "KHÔNG HỢP LỆ" in done.stdout
    original = demo.out / forged.name
    assert text_of(original) != text_of(forged)


def test_a_flipped_byte_is_refused(demo, tmp_path):
    data = bytearray(transcripts(demo)[0].read_bytes())
    data[len(data) // 3] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    assert verify(demo, changed).returncode == 1


@seed("P3.1.2.1c", "R5.5.12b")
def test_the_book_reads_like_the_official_form(demo):
    text = text_of(book(demo))
    for words in (
        "SỔ THEO DÕI VÀ ĐÁNH GIÁ HỌC SINH",
        "THCS Hoa Sen",
        "Thông tư số 22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021",
        "HƯỚNG DẪN SỬ DỤNG",
        "Lịch sử và Địa lí",
        "Hoạt động trải nghiệm, hướng nghiệp",
        "ĐĐGgk",
        "ĐĐGck",
        "Kết quả rèn luyện",
        "Nguyễn Thị Hồng Hạnh",
    ):
        assert words.lower() in text.lower(), words
    assert "," in text and "8.5" not in text


@seed("P2.2.3f", "P2.2.3d")
def test_the_ledger_verifies_without_odoo(demo):
    export = demo.out / "ledger.json"
    done = subprocess.run([program("edu-ledger"), "verify", str(export)], capture_output=True)
    assert done.returncode == 0, done.stdout
    content = json.loads(export.read_text(encoding="utf-8"))
    marks = [e for e in content["entries"] if e["model"] == "edu.mark"]
    assert len(marks) > 42 * 12 * 4
    assert content["anchors"][-1]["token"]
    changed = demo.out / "ledger-changed.json"
    marks[100]["payload"] = marks[100]["payload"].replace("value|", "value|1", 1)
    changed.write_text(json.dumps(content), encoding="utf-8")
    done = subprocess.run([program("edu-ledger"), "verify", str(changed)], capture_output=True)
    assert done.returncode == 1


def test_every_addon_brings_something_to_look_at(demo):
    """Records that the addons' own demo data made, beside what the job did."""
    import postgres
    import psycopg2

    given = postgres.environment()
    arguments = {"host": given["PGHOST"], "user": "odoo", "dbname": "edu_test_demo"}
    with psycopg2.connect(**arguments) as connection, connection.cursor() as cr:
        cr.execute(
            "SELECT module, count(*) FROM ir_model_data WHERE noupdate AND module LIKE 'edu_%'"
            " AND name LIKE ANY(ARRAY['edu_class_%', 'edu_trust_anchor_demo%', 'user_%'])"
            " GROUP BY module"
        )
        made = dict(cr.fetchall())
        cr.execute(
            "SELECT count(*) FROM edu_transcript_year y JOIN edu_class c ON c.id = y.class_id"
            " WHERE c.name = '7A' AND y.state = 'draft'"
        )
        (drafts,) = cr.fetchone()
        cr.execute("SELECT count(*) FROM edu_form WHERE code = 'demo_class_roll'")
        (forms,) = cr.fetchone()
    assert {"edu_core", "edu_registers", "edu_signing"} <= set(made)
    assert drafts == 4
    assert forms == 1


@seed("P2.2.3d", "R5.2a")
def test_odoos_own_role_cannot_touch_the_hardened_ledger(demo):
    import postgres
    import psycopg2

    given = postgres.environment()
    arguments = {"host": given["PGHOST"], "user": "odoo", "dbname": "edu_test_demo"}
    for attack in (
        "ALTER TABLE edu_ledger_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER edu_ledger_entry_keep ON edu_ledger_entry",
        "UPDATE edu_ledger_entry SET payload = '[]'",
        "DELETE FROM edu_ledger_entry",
        "TRUNCATE edu_ledger_entry",
        "CREATE OR REPLACE FUNCTION edu_ledger_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "SET ROLE edu_ledger",
        "DROP TABLE edu_ledger_entry CASCADE",
        "DROP SCHEMA public CASCADE",
        *(
            attack.format(table)
            for table in SEALED
            for attack in ("ALTER TABLE {} DISABLE TRIGGER ALL", "DELETE FROM {}", "TRUNCATE {}")
        ),
        *(f"UPDATE {table} SET id = id" for table in SEALED if table != "edu_ledger_chain"),
    ):
        with psycopg2.connect(**arguments) as connection, connection.cursor() as cr:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cr.execute(attack)
            connection.rollback()


def test_what_is_there_is_served_whatever_port_a_new_authority_would_take(demo):
    """Its certificates name the port their authority answers on: it goes on answering there."""
    port = free_port()
    words = {"EDU_SERVE": "1", "EDU_HTTP_PORT": str(port), "EDU_CA_PORT": str(free_port())}
    served = subprocess.Popen(
        [sys.executable, str(TOOLS / "demo.py")],
        env=environment(**words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert answers(port, served)
        assert answers(demo.ca_port, served)
    finally:
        served.terminate()
        said = served.communicate(timeout=30)[0]
    assert served.returncode == 0, said
    assert f"http://localhost:{port}" in said


def test_a_port_in_use_is_one_sentence(demo):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_demo(EDU_SERVE="1", EDU_HTTP_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_in_use_is_one_sentence(demo):
    import postgres
    import psycopg2

    given = postgres.environment()
    connection = psycopg2.connect(host=given["PGHOST"], user="odoo", dbname="edu_test_demo")
    try:
        done = run_demo(RESET="1")
    finally:
        connection.close()
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert book(demo).exists()
    assert ROOT.exists()
