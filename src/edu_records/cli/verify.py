"""edu-verify: judge signed PDF files without Odoo and without the school.

    edu-verify FILE.pdf… --trust ROOT.pem [--require homeroom,principal,school] [--json] [--online]

Of several versions of a document given together, the earlier ones are said to be superseded.

Exit code 0: every file is fine; 1: at least one is refused; 2: a file or root cannot be read.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from edu_records.pades import SUPERSEDED, Verdict, judge_versions, verify
from edu_records.pades.appearance import iso_time

_REVOCATION = {
    "good": "không bị thu hồi / not revoked",
    "revoked": "ĐÃ BỊ THU HỒI / REVOKED",
    "unknown": "chưa kiểm tra được thu hồi / revocation unknown",
}


def main(argv=None) -> int:
    options = _parser().parse_args(argv)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        roots = [_read_root(path) for path in options.trust]
        files = [(path, _read_pdf(path)) for path in options.files]
    except OSError as error:
        print(f"edu-verify: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"edu-verify: {error}", file=sys.stderr)
        return 2
    required = tuple(filter(None, options.require.split(",")))
    verdicts = [
        verify(data, roots, required=required, allow_fetching=options.online)
        for _path, data in files
    ]
    datas = [data for _path, data in files]
    judged = judge_versions(list(zip(datas, verdicts, strict=True)))
    verdicts = [(path, one) for (path, _data), one in zip(files, judged, strict=True)]
    if options.json:
        report = [{"file": path, **verdict.as_dict()} for path, verdict in verdicts]
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(_block(path, verdict) for path, verdict in verdicts))
    return 0 if all(verdict.accepted for _path, verdict in verdicts) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edu-verify", description="Verify the digital signatures of school records (PDF)."
    )
    parser.add_argument("files", nargs="+", metavar="FILE.pdf")
    parser.add_argument(
        "--trust", action="append", required=True, metavar="ROOT.pem", help="trusted root (PEM)"
    )
    parser.add_argument(
        "--require", default="", metavar="FIELDS", help="fields that must be signed, by commas"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON report")
    parser.add_argument(
        "--online", action="store_true", help="ask the OCSP and CRL services of the certificates"
    )
    return parser


def _read_root(path: str) -> bytes:
    from cryptography import x509

    data = Path(path).read_bytes()
    try:
        x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise ValueError(f"{path}: not a PEM certificate") from error
    return data


def _read_pdf(path: str) -> bytes:
    data = Path(path).read_bytes()
    if b"%PDF-" not in data[:1024]:
        raise ValueError(f"{path}: not a PDF file")
    return data


def _block(path: str, verdict: Verdict) -> str:
    word = "HỢP LỆ / VALID" if verdict.accepted else "KHÔNG HỢP LỆ / NOT VALID"
    if verdict.status == SUPERSEDED:
        word = "ĐÃ ĐƯỢC THAY THẾ / SUPERSEDED"
    lines = [f"{path}: {word}", f"  SHA-256: {verdict.sha256}"]
    for one in verdict.signers:
        moment = one.timestamp or one.time
        when = iso_time(moment) if moment else "?"
        proof = "dấu thời gian / time stamp" if one.timestamp else "tự khai / stated"
        lines += [
            f"  [{'+' if one.ok else '-'}] {one.field}: {one.name} ({one.serial_number})",
            f"      {one.organisation}; CA: {one.issuer}",
            f"      {when} ({proof}); {one.algorithm}",
            f"      chứng thư / certificate: {one.valid_from:%Y-%m-%d} - {one.valid_to:%Y-%m-%d};"
            f" {_REVOCATION[one.revocation]}",
        ]
    warnings = [one for one in verdict.warnings if one.code != "REVOCATION_UNKNOWN"]  # said above
    for mark, reasons in (("!", verdict.reasons), ("?", warnings)):
        for one in reasons:
            where = f"{one.field}: " if one.field else ""
            lines.append(f"  {mark} {where}{one.vi} / {one.en} [{one.code}]")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
