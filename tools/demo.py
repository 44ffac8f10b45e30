#!/usr/bin/env python3
"""The main job from end to end, on a fresh database: make demo [RESET=1] [EDU_SERVE=0].

Imports a class and its marks from workbooks, lets teachers confirm, the principal lock and
approve, makes, signs and seals the official documents, verifies them, shows that a forged copy is
refused, prints what was done, and serves the result.

Environment: RESET=1 starts over; EDU_SERVE=0 ends after the job; SCHOOL=large adds a school of
30 classes and a small centre of continuing education (see demo_school.py); EDU_DEMO_DB (default
edu_demo), EDU_DEMO_OUT (out/demo), EDU_HTTP_PORT (8069) and EDU_CA_PORT (9000) name other places.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import demo_ca
import forge_pdf
import postgres
from demo_people import LOGINS, PASSWORD, authority_persons, school
from harden import harden, superuser
from places import CONF, EDU, ROOT, VENV, VENV_PYTHON, Failure, main, our_addons, say

DATABASE = os.environ.get("EDU_DEMO_DB", "edu_demo")
OUT = Path(os.environ.get("EDU_DEMO_OUT") or ROOT / "out" / "demo")
PORT = int(os.environ.get("EDU_HTTP_PORT", "8069"))
CA_PORT = int(os.environ.get("EDU_CA_PORT", "9000"))
LOG = EDU / "log" / f"demo-{DATABASE}.log"
ROOM = 500_000_000
LARGE = os.environ.get("SCHOOL") == "large"
BATCH = 11  # documents verified between two progress lines


def demo() -> int:
    """Run the job unless its database is there already, then serve."""
    started = time.monotonic()
    postgres.start()
    serve = os.environ.get("EDU_SERVE") != "0"
    if serve:
        _free_port(PORT, "Odoo", "EDU_HTTP_PORT")
    summary = OUT / "summary.json"
    if _exists() and summary.exists() and os.environ.get("RESET") != "1":
        say(f"The database {DATABASE} is there already; this is what its job made.")
        say("To start over:  make demo RESET=1")
        if LARGE:
            say("With the large school:  make demo SCHOOL=large RESET=1")
        told = json.loads(summary.read_text(encoding="utf-8"))
        _print_table(told)
    else:
        _free_port(CA_PORT, "the demo's certificate authority", "EDU_CA_PORT")
        _room()
        told = _job(started)
    if serve:
        _serve(told["ca_port"])
    return 0


def _ca(port=CA_PORT) -> Path:
    """The folder of the demo's authority: its certificates name the port that it answers on."""
    return EDU / "demo-ca" / str(port)


def _job(started) -> dict:
    _fresh()
    _step("Database with the five addons", _install)
    _step("Certificate authority of the demo", _authority)
    with _Authority(CA_PORT):
        _step("Workbooks", _workbooks)
        _run_in_odoo()
        if LARGE:
            _step("A school of 30 classes and a small centre", _large_school)
        _step("Ledger given to another database role", lambda: harden(DATABASE))
        rows = _step("Verification of every document", _verify)
        rows += _step("A forged copy", _forge)
    done = json.loads((OUT / "job.json").read_text(encoding="utf-8"))
    summary = {
        "rows": done + rows,
        "seconds": round(time.monotonic() - started),
        "ca_port": CA_PORT,
    }
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    (OUT / "summary.json").write_text(text, encoding="utf-8")
    _print_table(summary)
    return summary


# -- what can go wrong before anything is done ----------------------------------------------------


def _free_port(port, whose, variable):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failure(
                f"port {port}, which {whose} needs, is in use: stop what uses it, or choose"
                f" another with {variable}=…."
            ) from None


def _room():
    OUT.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(OUT).free
    if free < ROOM:
        raise Failure(
            f"only {free // 1_000_000} MB are free where {OUT.name} lies: the demo needs"
            f" {ROOM // 1_000_000} MB, so free some room and run it again."
        )


def _connect(database="postgres"):
    import psycopg2

    given = postgres.environment()
    connection = psycopg2.connect(
        dbname=database, host=given["PGHOST"], port=given.get("PGPORT"), user=given.get("PGUSER")
    )
    connection.autocommit = True
    return connection


def _exists() -> bool:
    with _connect() as connection, connection.cursor() as cr:
        cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        return bool(cr.fetchone())


def _fresh():
    import psycopg2
    from psycopg2 import errors, sql

    # a hardened database is no longer Odoo's to drop
    connection = psycopg2.connect(dbname="postgres", **superuser())
    connection.autocommit = True
    with connection.cursor() as cr:
        try:
            cr.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(DATABASE)))
        except errors.ObjectInUse:
            raise Failure(
                f"the database {DATABASE} is in use: stop the Odoo that serves it and run again."
            ) from None
        cr.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"
            ).format(sql.Identifier(DATABASE), sql.Identifier(postgres.ROLE))
        )
    connection.close()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)


# -- the steps ------------------------------------------------------------------------------------


def _step(title, work):
    say(f"* {title} …")
    before = time.monotonic()
    result = work()
    say(f"  done in {time.monotonic() - before:.1f} s")
    return result


def _odoo(*words):
    return [str(VENV_PYTHON), "-m", "odoo", *words]


def _environment():
    return {**os.environ, **postgres.environment(), "PYTHONUNBUFFERED": "1"}


def _install():
    command = _odoo(
        *("-c", str(CONF), "-d", DATABASE, "-i", ",".join(our_addons()), "--with-demo"),
        *("--load-language", "vi_VN", "--stop-after-init", "--no-http"),
    )
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (
        LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment(), text=True
        ) as process,
    ):
        for line in process.stdout:
            log.write(line)
            found = re.search(r"Loading module (\w+) \((\d+)/(\d+)\)", line)
            if found and (found[1].startswith("edu_") or int(found[2]) % 5 == 0):
                say(f"  module {found[2]} of {found[3]}: {found[1]}")
    if process.returncode:
        raise Failure(f"Odoo could not install the addons: read the end of {_short(LOG)}.")


def _authority():
    demo_ca.make_ca(_ca(), authority_persons(), school(), port=CA_PORT)


class _Authority:
    """The demo's certificate authority, answering while the job (or the server) runs."""

    def __init__(self, port):
        self.port = port

    def __enter__(self):
        log = (EDU / "log" / "demo-ca.log").open("w")
        self.process = subprocess.Popen(
            [str(VENV_PYTHON), str(ROOT / "tools" / "demo_ca.py"), "serve", str(_ca(self.port))],
            stdout=log,
            stderr=log,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure("the demo's certificate authority did not start: see .edu/log/demo-ca.log.")

    def __exit__(self, *_exc):
        self.process.terminate()
        self.process.wait(10)


def _workbooks():
    import demo_workbooks

    demo_workbooks.make(OUT)


def _run_in_odoo():
    """The job itself, in a process of its own: signals, caches and log stay apart from ours."""
    command = [
        *(str(VENV_PYTHON), str(ROOT / "tools" / "demo_job.py")),
        *(str(CONF), DATABASE, str(OUT), str(_ca()), str(LOG)),
    ]
    if subprocess.run(command, env=_environment()).returncode:
        raise Failure(f"the job stopped: the reason is above and in {_short(LOG)}.")


def _large_school():
    """Like the job: in a process of its own."""
    command = [str(VENV_PYTHON), str(ROOT / "tools" / "demo_school.py"), "-d", DATABASE]
    if subprocess.run(command, env=_environment()).returncode:
        raise Failure("the large school could not be made: the reason is above.")


def _pdfs():
    return sorted(OUT.glob("*.pdf"))


def _edu_verify(*files):
    words = ["--trust", str(_ca() / "root.pem"), "--require", "homeroom,principal,school"]
    return subprocess.run(
        [str(VENV / "bin" / "edu-verify"), *map(str, files), *words],
        capture_output=True,
        text=True,
    )


def _verify():
    before = time.monotonic()
    files = _pdfs()
    folder = OUT / "verify"
    folder.mkdir(exist_ok=True)
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        answer = _edu_verify(*batch)
        report = folder / f"{batch[0].stem}-{batch[-1].stem}.txt"
        report.write_text(answer.stdout, encoding="utf-8")
        if answer.returncode:
            raise Failure(f"edu-verify refuses a document: read {_short(report)}.")
        say(f"  {start + len(batch)} of {len(files)} verified")
    return [_row("verified by edu-verify", len(files), before, "verify/")]


def _forge():
    before = time.monotonic()
    original = next(file for file in _pdfs() if file.name.startswith("hoc-ba"))
    mark = next(word for word in _words(original) if re.fullmatch(r"\d,\d", word))
    better = "9,9" if mark != "9,9" else "9,8"
    forged = OUT / "forged" / original.name
    forged.parent.mkdir(exist_ok=True)
    forged.write_bytes(forge_pdf.forge(original.read_bytes(), mark, better))
    opinion = "pdfsig is not installed"
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", str(forged)], capture_output=True, text=True).stdout
        valid, of = said.count("Signature is Valid"), said.count("Signature #")
        opinion = f"pdfsig still calls {valid} of {of} signatures valid"
    answer = _edu_verify(forged)
    if answer.returncode != 1:
        raise Failure("edu-verify did not refuse the forged copy.")
    (OUT / "verify" / f"forged-{original.stem}.txt").write_text(answer.stdout, encoding="utf-8")
    what = f"forged copy ({mark} made {better}) refused; {opinion}"
    return [_row(what, 1, before, f"forged/{forged.name}")]


def _words(pdf):
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True)
    return said.stdout.split()


def _row(what, count, since, where):
    seconds = round(time.monotonic() - since, 1)
    return {"what": what, "count": count, "seconds": seconds, "where": where}


# -- the end --------------------------------------------------------------------------------------


def _print_table(summary):
    rows = [(r["what"], str(r["count"]), f"{r['seconds']} s", r["where"]) for r in summary["rows"]]
    head = ("what", "how many", "time", "where")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(4)]
    say("")
    for row in [head, tuple("-" * width for width in widths), *rows]:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    say(f"\nAll in {summary['seconds']} s. Files: {_short(OUT)}")


def _short(path):
    try:
        return Path(path).relative_to(ROOT)
    except ValueError:
        return path


def _serve(ca_port):
    say(f"\nServing http://localhost:{PORT} (stop with Ctrl-C). Every password is: {PASSWORD}")
    for login, who in LOGINS:
        say(f"  {login:<14} {who}")
    if LARGE:
        say("  sv.principal   principal of the large school; sv.vice, sv.clerk, sv.itadmin and the")
        say("                 teachers sv.gv.toan.1, … likewise; tt.principal: of the centre")
    # by name and without a filter: Odoo finds by filter only databases that its role owns
    command = _odoo(
        *("-c", str(CONF), "-d", DATABASE),
        *("--http-port", str(PORT), "--logfile", str(LOG)),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _Authority(ca_port), subprocess.Popen(command, env=_environment()) as server:
        try:
            server.wait()
        except (KeyboardInterrupt, SystemExit):
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main(demo)
