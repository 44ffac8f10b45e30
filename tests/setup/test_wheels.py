"""The wheels: one of the library, one of each addon, and what they are good for elsewhere."""

import re
import subprocess
import zipfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from packaging_kit import needs


def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def metadata(wheel: Path) -> list[str]:
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return archive.read(name).decode().splitlines()


def test_every_addon_has_a_wheel(wheels, checkout):
    addons = {path.parent.name for path in checkout.glob("addons/*/__manifest__.py")}
    assert addons and set(wheels) == addons | {"edu_records"}


def test_an_addon_is_packed_whole_below_odoo_addons(wheels, checkout):
    for name in set(wheels) - {"edu_records"}:
        packed = set(names(wheels[name]))
        for source in (checkout / "addons" / name).rglob("*"):
            inside = source.relative_to(checkout / "addons").as_posix()
            wanted = source.suffix in (".py", ".xml", ".csv", ".po", ".sql", ".js", ".rml")
            if source.is_file() and wanted and "__pycache__" not in source.parts:
                assert f"odoo/addons/{inside}" in packed


def test_no_wheel_breaks_the_namespace_of_odoo(wheels):
    for wheel in wheels.values():
        assert not {"odoo/__init__.py", "odoo/addons/__init__.py"} & set(names(wheel))


def test_the_library_holds_no_odoo_and_brings_the_licence(wheels):
    packed = names(wheels["edu_records"])
    assert not [name for name in packed if name.startswith("odoo/")]
    assert [name for name in packed if name.endswith("/licenses/LICENSE")]
    assert "edu_records/__init__.py" in packed


def test_addons_name_what_they_need(wheels):
    for name in set(wheels) - {"edu_records"}:
        lines = metadata(wheels[name])
        assert [line for line in lines if line.startswith("Requires-Dist: odoo==19.0.*")]
        assert f"Name: odoo-addon-{name}" in lines
    assert "Requires-Dist: edu-records" in metadata(wheels["edu_core"])


def test_console_scripts_run_where_there_is_no_odoo(wheels, empty_venv):
    venv = empty_venv(needs("edu-records"), wheels["edu_records"])
    python = venv / "bin" / "python"
    assert subprocess.run([python, "-c", "import odoo"], capture_output=True).returncode
    for script in ("edu-verify", "edu-ledger"):
        done = subprocess.run([venv / "bin" / script, "--help"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert script in done.stdout


def test_installed_addons_are_found_and_install(wheels, checkout, empty_venv):
    """Wheels beside Odoo 19 in another environment, without an addons path."""
    packages = next((checkout / ".edu" / "venv").glob("lib/python3*/site-packages"))
    place = (packages / "edu-odoo.pth").read_text(encoding="utf-8")
    venv = empty_venv(odoo_requirements() | third_parties(wheels), *wheels.values())
    next(venv.glob("lib/python3*/site-packages")).joinpath("odoo.pth").write_text(place)
    addons = sorted(set(wheels) - {"edu_records"})
    python = str(venv / "bin" / "python")
    question = (
        "import odoo.init; from odoo.tools import config;"
        "config.parse_config([], setup_logging=False);"
        "from odoo.modules.module import Manifest;"
        "found = [m.name for m in Manifest.all_addon_manifests() if m.name.startswith('edu_')];"
        "print(*found)"
    )
    done = subprocess.run([python, "-c", question], capture_output=True, text=True, cwd=venv)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == addons
    with new_database("edu_test_wheels") as database:
        done = subprocess.run(
            [
                *(python, "-m", "odoo", "-d", database, "-i", ",".join(addons), "--no-http"),
                *("--data-dir", str(venv / "data"), "--load", "base,web,queue_job"),
                "--stop-after-init",
            ],
            capture_output=True,
            text=True,
            cwd=venv,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert installed(database) == addons


@contextmanager
def new_database(name):
    """An empty database, dropped at the end."""
    drop = f"drop database if exists {name} with (force)"
    query("postgres", drop)
    query("postgres", f"create database {name} template template0 lc_collate 'C'")
    try:
        yield name
    finally:
        query("postgres", drop)


def installed(database):
    """Names of our installed addons, sorted."""
    rows = query(
        database,
        "select name from ir_module_module"
        " where state = 'installed' and name like 'edu\\_%' order by name",
    )
    return [row[0] for row in rows]


def query(database, statement):
    connection = psycopg2.connect(dbname=database)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def third_parties(wheels) -> set[str]:
    """Distributions that our wheels name, with all that these need."""
    named = {
        re.split(r"[^\w.-]", line.removeprefix("Requires-Dist: "))[0]
        for wheel in wheels.values()
        for line in metadata(wheel)
        if line.startswith("Requires-Dist: ") and "extra ==" not in line
    }
    others = {name for name in named if name != "odoo" and not re.match("(?i)odoo-addon-edu", name)}
    others.discard("edu-records")
    return others.union(*map(needs, others))


def odoo_requirements() -> set[str]:
    """Installed packages that Odoo's own start needs."""
    return needs("odoo") | {"psycopg2-binary"}
