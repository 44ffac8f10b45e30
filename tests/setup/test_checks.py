"""The checks themselves complain when there is something to complain about."""

import banned
import odoo_log
import pytest
from places import Failure

LOG = """\
2026-09-01 10:00:00,001 77 INFO edu_test odoo.modules.loading: Modules loaded.
2026-09-01 10:00:00,002 77 WARNING edu_test odoo.addons.edu_core: something odd
Traceback (most recent call last):
  File "x.py", line 1
2026-09-01 10:00:00,003 77 WARNING edu_test odoo.addons.edu_core: something odd
2026-09-01 10:00:00,004 77 ERROR ? odoo.sql_db: bad query: b'CREATE EXTENSION IF NOT EXISTS pg_trgm'
ERROR: extension "pg_trgm" is not available
"""


def test_each_warning_of_a_log_is_found_once_with_its_traceback(tmp_path):
    log = tmp_path / "log"
    log.write_text(LOG)
    (found,) = odoo_log.findings(log, odoo_log.allowed())
    assert found.startswith("WARNING odoo.addons.edu_core: something odd") and "Traceback" in found


def test_the_list_of_allowed_warnings_wants_reasons(tmp_path):
    path = tmp_path / "allow.txt"
    path.write_text("# why\nfirst\n\nsecond\n")
    with pytest.raises(Failure, match="line 4 has no reason"):
        odoo_log.allowed(path)


@pytest.mark.parametrize(
    "line",
    [
        "_sql_" + "constraints = []",
        "<tr" + "ee/>",
        "<t t-name='kanban" + "-box'>",
        "<field name='x' at" + 'trs="{}"/>',
        "self._" + "cr.execute('')",
        "type=" + "'json'",
        "<group ex" + 'pand="0">',
    ],
)
def test_what_odoo_ignores_is_found(monkeypatch, tmp_path, line):
    monkeypatch.setattr(banned, "ADDONS", tmp_path)
    monkeypatch.setattr(banned, "ROOT", tmp_path)
    path = tmp_path / "view.xml"
    path.write_text(f"<odoo>\n{line}\n</odoo>\n")
    (complaint,) = banned.silently_ignored([path])
    assert complaint.startswith("view.xml:2: ")


@pytest.mark.parametrize(
    "line",
    ["see https://py" + "pi.org/x", "deb." + "deb" + "ian.org", "/wo" + "rk/main", "/ro" + "ot/x"],
)
def test_registries_and_machines_are_found(monkeypatch, tmp_path, line):
    monkeypatch.setattr(banned, "ROOT", tmp_path)
    path = tmp_path / "notes.md"
    path.write_text(f"one\n{line}\nfine: src/root/x, /usr/share\n")
    (complaint,) = banned.other_places([path])
    assert complaint.startswith("notes.md:2: ")
