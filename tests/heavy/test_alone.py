"""Each set of addons that has to stand alone does: it installs and passes its own tests."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from edu_records.testing import seed

ROOT = Path(__file__).resolve().parents[2]
LONG = pytest.mark.skipif(not os.environ.get("EDU_LONG"), reason="only with EDU_LONG=1")
DATABASE = "edu_test_alone"


def on_server(*statements):
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cr:
        for statement in statements:
            cr.execute(statement)
    connection.close()


@pytest.fixture
def empty_database():
    drop = f"drop database if exists {DATABASE} with (force)"
    on_server(drop, f"create database {DATABASE} template template0 lc_collate 'C'")
    yield DATABASE
    on_server(drop)


@LONG
@seed("P3.1.1.1")
@pytest.mark.parametrize(
    "addons",
    [["edu_core"], ["edu_core", "edu_gradebook"], ["edu_core", "edu_signing"]],
    ids="+".join,
)
def test_installs_and_passes_its_tests_alone(empty_database, addons):
    conf = ROOT / ".edu" / "odoo.conf"
    odoo = [sys.executable, "-m", "odoo", "-c", str(conf), "-d", empty_database, "--no-http"]
    done = subprocess.run(
        [*odoo, "-i", ",".join(addons), "--stop-after-init"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(str(ROOT / "addons" / name / "tests") for name in addons),
            *("--odoo-database", empty_database),
        ],
        env={**os.environ, "ODOO_RC": str(conf)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
