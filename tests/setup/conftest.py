"""What the tests of set-up and packaging share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging_kit import CHECKOUT, copy_of_sources, link

sys.path.insert(0, str(CHECKOUT / "tools"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    return CHECKOUT


@pytest.fixture(scope="session")
def sources(tmp_path_factory) -> Path:
    """A copy of the sources, in a folder with blanks."""
    target = tmp_path_factory.mktemp("copy") / "edu records"
    target.mkdir()
    return copy_of_sources(target)


@pytest.fixture(scope="session")
def wheels(sources, tmp_path_factory) -> dict[str, Path]:
    """Wheels of the library and of each addon: {"edu_records": path, "edu_core": path, ...}"""
    target = tmp_path_factory.mktemp("wheels")
    addons = sorted(path.parent for path in sources.glob("addons/*/pyproject.toml"))
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "-w", target, ".", *addons],
        cwd=sources,
        check=True,
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    found = {path.name.split("-")[0]: path for path in target.glob("*.whl")}
    return {name.removeprefix("odoo_addon_"): path for name, path in found.items()}


@pytest.fixture(scope="session")
def empty_venv(tmp_path_factory):
    """Make virtual environments that hold nothing but chosen packages of the checkout's own."""

    def make(linked: set[str], *installed: Path) -> Path:
        folder = tmp_path_factory.mktemp("venv") / "v"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        packages = next(folder.glob("lib/python3*/site-packages"))
        link(linked, packages)
        install = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps"]
        subprocess.run([*install, "--no-index", *installed], check=True)
        return folder

    return make
