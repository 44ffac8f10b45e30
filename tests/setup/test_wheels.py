"""The wheels: one of the library, one of each addon, and what they are good for elsewhere."""

import subprocess
import zipfile
from pathlib import Path

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


def test_installed_addons_are_discovered_by_odoo(wheels, checkout, empty_venv):
    """Wheels beside Odoo 19 in another environment, without an addons path."""
    packages = next((checkout / ".edu" / "venv").glob("lib/python3*/site-packages"))
    place = (packages / "edu-odoo.pth").read_text(encoding="utf-8")
    others = needs("edu-records") | odoo_requirements()
    venv = empty_venv(others, *wheels.values())
    next(venv.glob("lib/python3*/site-packages")).joinpath("odoo.pth").write_text(place)
    question = (
        "import odoo.init; from odoo.tools import config;"
        "config.parse_config([], setup_logging=False);"
        "from odoo.modules.module import Manifest;"
        "found = [m.name for m in Manifest.all_addon_manifests() if m.name.startswith('edu_')];"
        "print(*found)"
    )
    done = subprocess.run(
        [venv / "bin" / "python", "-c", question], capture_output=True, text=True, cwd=venv
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(wheels) - {"edu_records"}


def odoo_requirements() -> set[str]:
    """Installed packages that Odoo's own start needs."""
    return needs("odoo") | {"psycopg2-binary"}
