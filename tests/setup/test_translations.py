"""Every term that Odoo would show from our addons has its Vietnamese in vi.po."""

import os
import subprocess

import polib


def test_vietnamese_is_whole(checkout, tmp_path):
    """Terms as Odoo itself exports them from the installed addons, against each addon's vi.po."""
    addons = sorted(path.parent.name for path in checkout.glob("addons/*/__manifest__.py"))
    template = tmp_path / "terms.pot"
    command = [checkout / "tools" / "odoo", "i18n", "export", "-d", os.environ["EDU_TEST_DATABASE"]]
    done = subprocess.run(
        [*command, "-o", template, *addons], capture_output=True, text=True, timeout=180
    )
    assert template.exists(), done.stderr[-2000:]
    missing = []
    for name in addons:
        catalogue = checkout / "addons" / name / "i18n" / "vi.po"
        known = polib.pofile(str(catalogue)) if catalogue.exists() else []
        translated = {
            (entry.msgid, place)
            for entry in known
            if entry.msgstr and not entry.fuzzy
            for place, _line in entry.occurrences
        }
        # Odoo translates place by place: a term that is known elsewhere is not enough
        missing += [
            f"{name}: {entry.msgid!r} in {place}"
            for entry in polib.pofile(str(template))
            for place, _line in entry.occurrences
            if (f":{name}." in place or f"addons/{name}/" in place)
            and (entry.msgid, place) not in translated
        ]
    assert not missing, "\n".join(missing)
