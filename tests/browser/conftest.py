"""A school of four pupils in a copy of the tests' database, and a server on it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from demo.conftest import answers, free_port

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

DATABASE = "edu_test_browser"
OUT = ROOT / "out" / "test-browser"


def on_server(*statements):
    """Run SQL on the database server, outside of any transaction."""
    import postgres
    import psycopg2

    given = postgres.environment()
    connection = psycopg2.connect(
        dbname="postgres",
        host=given["PGHOST"],
        port=given.get("PGPORT"),
        user=given.get("PGUSER"),
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture(scope="session")
def school_database():
    """A copy of the tests' database with its files, which ``school.py`` gave a school."""
    import database
    import postgres
    from places import CONF, EDU, VENV_PYTHON

    files = EDU / "data" / "filestore"
    drop = f'DROP DATABASE IF EXISTS "{DATABASE}"'
    on_server(drop, f'CREATE DATABASE "{DATABASE}" TEMPLATE "{database.NAME}"')
    shutil.rmtree(files / DATABASE, ignore_errors=True)
    shutil.copytree(files / database.NAME, files / DATABASE)
    made = subprocess.run(
        [str(VENV_PYTHON), "-m", "odoo", "shell", "-c", str(CONF), "-d", DATABASE, "--no-http"],
        input=(Path(__file__).parent / "school.py").read_text(encoding="utf-8"),
        env={**os.environ, **postgres.environment()},
        capture_output=True,
        text=True,
    )
    assert "school is there" in made.stdout, made.stdout[-2000:] + made.stderr[-2000:]
    yield DATABASE
    on_server(drop)
    shutil.rmtree(files / DATABASE, ignore_errors=True)


@pytest.fixture(scope="session")
def school_server(school_database):
    """Odoo serving the school on a free port; its address."""
    import postgres
    from places import CONF, VENV_PYTHON

    OUT.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), OUT / "server.log"
    process = subprocess.Popen(
        [
            *(str(VENV_PYTHON), "-m", "odoo", "-c", str(CONF), "-d", school_database),
            *("--http-port", str(port), "--logfile", str(log), "--max-cron-threads", "0"),
        ],
        env={**os.environ, **postgres.environment()},
    )
    assert answers(port, process), log.read_text(encoding="utf-8")[-2000:]
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


@pytest.fixture
def person(school_server, browser):
    """A function: a page of the user ``login`` of the school."""
    contexts = []

    def open_page(login):
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=school_server, locale="vi-VN"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", "semester")
        page.click("button[type=submit]")
        page.wait_for_function("window.odoo?.__WOWL_DEBUG__?.root?.env.services.menu")
        return page

    yield open_page
    for context in contexts:
        context.close()
