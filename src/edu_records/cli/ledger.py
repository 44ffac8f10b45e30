"""``edu-ledger verify EXPORT [--earlier KEPT]``: verify an exported ledger without any Odoo.

Exit codes: 0 nothing found, 1 something found, 2 the file could not be read.
"""

import argparse
import sys

from ..ledger import verify_export

__all__ = ["main"]


def main(argv=None):
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="edu-ledger", description="Work with exported ledgers.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="verify an exported ledger")
    verify.add_argument("export", metavar="EXPORT", help="the JSON file exported by the school")
    verify.add_argument(
        "--earlier",
        metavar="KEPT",
        help="an earlier export, kept elsewhere: nothing of it may have changed or gone",
    )
    arguments = parser.parse_args(argv)
    return _verify(arguments.export, arguments.earlier)


def _verify(path, earlier):
    report = verify_export(path, earlier)
    if not report.readable:
        print(f"edu-ledger: {report.findings[0].message}", file=sys.stderr)
        return 2
    for note in report.notes:
        print(f"note: {note}")
    for finding in report.findings:
        print(_line(finding))
    looked_at = ", ".join(f"{number} {name}" for name, number in report.counts.items())
    if report.findings:
        print(f"FAILED: {len(report.findings)} findings in {looked_at}")
        return 1
    print(f"OK: {looked_at} verified")
    return 0


def _line(finding):
    where = f" {finding.chain!r}" if finding.chain else ""
    where += f" entry {finding.seq}" if finding.seq else ""
    return f"{finding.code}{where}: {finding.message}".encode(
        sys.stdout.encoding or "utf-8", "backslashreplace"
    ).decode(sys.stdout.encoding or "utf-8")


if __name__ == "__main__":
    sys.exit(main())
