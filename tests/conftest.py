"""Loads the seed plugin also where pytest is started by hand; one browser for all tests in it."""

import shutil
import sys
from pathlib import Path

import pytest

BROWSER_WORDS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ROOT = str(Path(__file__).resolve().parent.parent)
PLUGIN = "tools.seed_plugin"


def pytest_configure(config):
    """Register the plugin unless the command line did."""
    if not config.pluginmanager.has_plugin(PLUGIN):
        if ROOT not in sys.path:
            sys.path.append(ROOT)
        config.pluginmanager.import_plugin(PLUGIN)


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(BROWSER_WORDS))
        yield chromium
        chromium.close()
