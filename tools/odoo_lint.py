"""Odoo's own static checks (its addon test_lint) on the addons of this checkout; no database.

    .edu/venv/bin/python tools/odoo_lint.py

Odoo's checks look at every addon that it finds; here they are shown ours alone. The exit code is 1
when one of them complains or none ran.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from unittest.mock import patch

from places import ADDONS, our_addons

CHECKS = (
    "test_dunderinit",
    "test_i18n",
    "test_jstranslate",
    "test_manifests",
    "test_markers",
    "test_onchange_domains",
    "test_orm_import",
    "test_test_holes",
)


def lint() -> int:
    """Run the checks through Odoo's own runner, which reports each failure on stderr."""
    warnings.simplefilter("ignore")
    import odoo.init  # noqa: F401
    from odoo.modules import module
    from odoo.tests.loader import get_module_test_cases
    from odoo.tests.result import OdooTestResult
    from odoo.tests.suite import OdooSuite
    from odoo.tools import config

    options = [f"--addons-path={ADDONS}", "--no-http", "--test-enable", "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    ours = [module.Manifest.for_addon(name) for name in our_addons()]
    result = OdooTestResult()
    with patch.object(module.Manifest, "all_addon_manifests", staticmethod(lambda: ours)):
        for name in CHECKS:
            tests = importlib.import_module(f"odoo.addons.test_lint.tests.{name}")
            for case in get_module_test_cases(tests):
                module.current_test = case
                OdooSuite([case])(result)
    complaints = result.failures_count + result.errors_count
    print(f"{result.testsRun} of Odoo's static checks on {len(ours)} addons, {complaints} complain")
    return 1 if complaints or not result.testsRun else 0


if __name__ == "__main__":
    os.chdir(ADDONS.parent)
    sys.exit(lint())
