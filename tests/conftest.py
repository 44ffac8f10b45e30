"""Loads the seed plugin also where pytest is started by hand."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
PLUGIN = "tools.seed_plugin"


def pytest_configure(config):
    """Register the plugin unless the command line did."""
    if not config.pluginmanager.has_plugin(PLUGIN):
        if ROOT not in sys.path:
            sys.path.append(ROOT)
        config.pluginmanager.import_plugin(PLUGIN)
