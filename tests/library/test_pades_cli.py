"""edu-verify on files: words, report and exit codes."""

import hashlib
import json
import subprocess
import sys

import pytest
from pades_kit import BOXES, authority, base_pdf, chain, forge_pdf, key, roots, sign, tsa

from edu_records import pades
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


def later_version(named, signers=("homeroom", "principal", "school"), issuer="issuer"):
    """The next version of a document, whose data names the file ``named``."""
    data = json.dumps({"supersedes": hashlib.sha256(named).hexdigest()}).encode()
    pdf = pades.issue(base_pdf(), BOXES, data, key(issuer), tsa())
    for name in signers:
        pdf = sign(pdf, name, name)
    return pdf


def statuses(files, capsys, *paths):
    main([*map(str, paths), "--trust", files["root"], "--json"])
    return [one["status"] for one in json.loads(capsys.readouterr().out)]


@seed("P2.2.3c")
def test_of_two_versions_the_earlier_one_is_superseded(files, tmp_path, capsys):
    later = tmp_path / "later.pdf"
    later.write_bytes(later_version(chain()[-1]))
    for paths in ((files["good"], later), (later, files["good"])):
        told = dict(zip(paths, statuses(files, capsys, *paths), strict=True))
        assert told == {files["good"]: "superseded", later: "valid"}
    assert main([files["good"], str(later), "--trust", files["root"]]) == 0
    assert "ĐÃ ĐƯỢC THAY THẾ / SUPERSEDED" in capsys.readouterr().out
    later.write_bytes(later_version(chain()[-2]))  # named before the last revision was filed
    assert statuses(files, capsys, files["good"], later) == ["superseded", "valid"]


def test_a_version_that_is_unfinished_forged_or_of_another_file_supersedes_nothing(
    files, tmp_path, capsys
):
    later = tmp_path / "later.pdf"
    for content in (
        later_version(chain()[-1], signers=("homeroom",)),
        later_version(b"another file"),
        forge_pdf.overlay(later_version(chain()[-1]), 0, (300, 698, 325, 714), "9,9"),
    ):
        later.write_bytes(content)
        assert statuses(files, capsys, files["good"], later)[0] == "valid"


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
