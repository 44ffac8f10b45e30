"""Where the database server lives, and tools/odoo."""

import os
import subprocess

import places
import postgres
import pytest


@pytest.fixture
def no_server_named(monkeypatch):
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "EDU_DB_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["with blanks", "x" * 90])
def test_awkward_paths_take_the_runtime_folder_elsewhere(monkeypatch, tmp_path, name):
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1234)
    monkeypatch.setattr(postgres, "EDU", tmp_path / name)
    folder = postgres.runtime()
    assert folder.name.startswith("edu-records-1234-") and folder.parent.name == "tmp"


def test_a_plain_user_keeps_it_in_the_checkout(monkeypatch, tmp_path):
    short = places.Path("/srv/edu/.edu")
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1234)
    monkeypatch.setattr(postgres, "EDU", short)
    assert postgres.runtime() == short / "pg"


def test_a_folder_open_to_others_is_refused(tmp_path):
    import pwd

    me = pwd.getpwuid(os.geteuid())
    folder = tmp_path / "runtime"
    postgres.private_folder(folder, me)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    with pytest.raises(places.Failure, match="is not a private folder of the user"):
        postgres.private_folder(folder, me)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(places.Failure, match="is not a private folder"):
        postgres.private_folder(link, me)


def test_a_server_named_by_the_user_is_used_as_named(monkeypatch, no_server_named):
    assert postgres.external() is None
    monkeypatch.setenv("EDU_DB_HOST", "db.example")
    monkeypatch.setenv("EDU_DB_PASSWORD", "secret")
    given = {"PGHOST": "db.example", "PGPORT": "5432", "PGUSER": "odoo", "PGPASSWORD": "secret"}
    assert postgres.external() == postgres.environment() == given


def test_the_configuration_holds_no_password(checkout):
    text = (checkout / ".edu" / "odoo.conf").read_text(encoding="utf-8")
    assert "password" not in text
    assert "http_interface = 127.0.0.1" in text and "list_db = False" in text


def test_the_key_of_the_server_is_private(checkout):
    key = checkout / ".edu" / "keys" / "server.key"
    assert key.stat().st_size == 32 and key.stat().st_mode & 0o777 == 0o600


def test_odoo_shell_answers(checkout):
    done = subprocess.run(
        [checkout / "tools" / "odoo", "shell", "-d", os.environ["EDU_TEST_DATABASE"], "--no-http"],
        input="print('users', env['res.users'].search_count([]) > 0)\n",
        capture_output=True,
        text=True,
        cwd="/",
        timeout=120,
    )
    assert "users True" in done.stdout, done.stderr[-2000:]


def test_the_roles_of_the_server(checkout):
    """Odoo's role is no superuser; nobody logs in as the owner of the ledger."""
    if postgres.external():
        pytest.skip("only with the embedded PostgreSQL")
    import psycopg2

    given = postgres.environment()
    connection = psycopg2.connect(dbname="postgres", host=given["PGHOST"], user=given["PGUSER"])
    cursor = connection.cursor()
    cursor.execute(
        "select rolname, rolsuper, rolcreatedb, rolcanlogin from pg_roles"
        " where rolname in ('odoo', 'edu_ledger') order by 1"
    )
    roles = cursor.fetchall()
    connection.close()
    assert roles == [("edu_ledger", False, False, False), ("odoo", False, True, True)]
