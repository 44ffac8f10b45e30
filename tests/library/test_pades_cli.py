"""edu-verify on files: words, report and exit codes."""

import json
import subprocess
import sys

import pytest
from pades_kit import authority, chain, forge_pdf, roots

from edu_records.cli.verify import main
from edu_records.testing import seed


@pytest.fixture
def files(tmp_path):
    good, forged, root = (tmp_path / name for name in ("good.pdf", "forged.pdf", "root.pem"))
    good.write_bytes(chain()[-1])
    forged.write_bytes(forge_pdf.overlay(chain()[-1], 0, (300, 698, 325, 714), "9,9"))
    root.write_bytes(roots()[0])
    return {"good": str(good), "forged": str(forged), "root": str(root)}


@seed("P3.2.0.7", "P2.2.3c")
def test_it_says_in_vietnamese_whether_each_file_is_valid(files, capsys):
    assert main([files["good"], "--trust", files["root"]]) == 0
    told = capsys.readouterr().out
    assert ": HỢP LỆ / VALID" in told
    for fact in ("Nguyễn Thị Hiệu (CCCD:001000000001)", "Demo Issuing CA", "+07:00"):
        assert fact in told
    assert main([files["good"], files["forged"], "--trust", files["root"]]) == 1
    told = capsys.readouterr().out
    assert ": HỢP LỆ" in told
    assert ": KHÔNG HỢP LỆ" in told
    assert "Tài liệu bị sửa sau khi ký." in told


def test_required_fields_and_the_report(files, capsys):
    arguments = [files["good"], "--trust", files["root"], "--json"]
    assert main([*arguments, "--require", "homeroom,principal,school"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["status"] == "valid"
    assert [one["field"] for one in report["signers"]][0] == "issuer"
    assert main([*arguments, "--require", "vice"]) == 1
    (report,) = json.loads(capsys.readouterr().out)
    assert report["reasons"][0]["code"] == "MISSING_SIGNATURE"


def test_online_it_knows_the_state_of_the_certificates(files, capsys):
    assert authority()["port"]
    assert main([files["good"], "--trust", files["root"], "--online"]) == 0
    assert "unknown" not in capsys.readouterr().out


def test_what_cannot_be_read_is_one_sentence(files, tmp_path, capsys):
    text = tmp_path / "text.pdf"
    text.write_text("hello")
    for arguments in (
        [str(tmp_path / "absent.pdf"), "--trust", files["root"]],
        [str(text), "--trust", files["root"]],
        [files["good"], "--trust", str(text)],
    ):
        assert main(arguments) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
    with pytest.raises(SystemExit) as caught:
        main([files["good"]])
    assert caught.value.code == 2


def test_importing_the_package_does_not_load_pyhanko():
    code = (
        "import sys, edu_records.pades, edu_records.cli.verify; sys.exit('pyhanko' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
