"""Every menu, view, filter and label of the app, by the roles of a school, in Vietnamese."""

import json
import os
import re
from xml.etree import ElementTree

import pytest

LONG = pytest.mark.skipif(not os.environ.get("EDU_LONG"), reason="only with EDU_LONG=1")
ROOT_MENU = "edu_core.menu_edu_root"
SAMPLE = ("principal", "gv.toan")
ROLES = (*SAMPLE, "gv.van", "clerk", "itadmin", "inspector")
LOGINS = [login if login in SAMPLE else pytest.param(login, marks=LONG) for login in ROLES]
PHONE = 390
CLICKBOT = """menu => odoo.loader.modules.get("@web/webclient/clickbot/clickbot_loader")
    [Symbol.for("default")].startClickEverywhere(menu)"""
SHOWN = ("string", "confirm", "placeholder", "title", "help")
"""Attributes of a view that a person reads."""
SAME_IN_BOTH = {"PDF", "PIN", "SHA-256", "-----BEGIN CERTIFICATE-----"}
"""Words that Vietnamese writes as English does."""


@pytest.fixture
def problems():
    """A function that listens to a page; at the end nothing may have been heard."""
    heard = []

    def listen(page):
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)

    yield listen
    assert not heard, "\n".join(heard)


def rpc(page, path, **params):
    data = {"jsonrpc": "2.0", "params": params}
    answer = page.request.post(path, data=data).json()
    assert "error" not in answer, answer["error"]["data"]["message"]
    return answer["result"]


def call(page, model, method, *args, lang="vi_VN", **kwargs):
    kwargs["context"] = {"lang": lang}
    where = {"model": model, "method": method}
    return rpc(page, f"/web/dataset/call_kw/{model}/{method}", **where, args=args, kwargs=kwargs)


def menus_of_app(page):
    """The menus that the user sees, from the web client's own service."""
    return page.evaluate(
        """root => {
            const menus = odoo.__WOWL_DEBUG__.root.env.services.menu;
            const app = menus.getApps().find(app => app.xmlid === root);
            const walk = menu => [menu, ...menu.children.map(menus.getMenu).flatMap(walk)];
            return walk(app).map(({ name, xmlid, actionID }) => ({ name, xmlid, actionID }));
        }""",
        ROOT_MENU,
    )


def actions_of_app(page):
    """Id -> model of the window actions behind the menus."""
    ids = {menu["actionID"] for menu in menus_of_app(page) if menu["actionID"]}
    loaded = [rpc(page, "/web/action/load", action_id=one) for one in sorted(ids)]
    return {one["id"]: one for one in loaded if one["type"] == "ir.actions.act_window"}


def note(figure, value):
    """A line for the page of figures, when the whole suite runs."""
    if os.environ.get("EDU_LONG") and os.environ.get("EDU_FIGURES"):
        line = {"suite": "click everywhere", "figure": figure, "value": value, "unit": ""}
        with open(os.environ["EDU_FIGURES"], "a", encoding="utf-8") as collected:
            collected.write(json.dumps(line) + "\n")


@pytest.mark.parametrize("login", LOGINS)
def test_every_menu_view_and_filter(signed_in, problems, login):
    page = signed_in(login)
    page.wait_for_selector(".o_main_navbar")
    problems(page)
    told = []
    page.on("console", lambda said: told.append(said.text))
    ending = re.compile("clickbot test succeeded|Error|Timeout|failed")
    with page.expect_console_message(
        lambda said: said.type == "error" or ending.match(said.text), timeout=120_000
    ) as end:
        page.evaluate(CLICKBOT, ROOT_MENU)
    assert end.value.text == "clickbot test succeeded", "\n".join(told[-8:])
    assert not page.locator(".o_error_dialog").count()
    counts = {
        what: int(count)
        for count, what in re.findall(r"Successfully tested (\d+) (\w+)", "\n".join(told))
    }
    listed = [menu for menu in menus_of_app(page) if menu["actionID"]]
    assert counts["menus"] >= len(listed) - 1, counts
    note(f"menus opened as {login}", counts["menus"])
    note(f"filters tried as {login}", counts["filters"])


@LONG
@pytest.mark.parametrize("login", ROLES)
def test_every_screen_on_a_phone(signed_in, problems, login):
    page = signed_in(login, width=PHONE, height=844)
    problems(page)
    for number, action in actions_of_app(page).items():
        for _view, kind in action["views"] if action["target"] != "new" else ():
            if kind in ("form", "search"):
                continue
            page.goto(f"/odoo/action-{number}?view_type={kind}")
            page.wait_for_selector(".o_action_manager .o_view_controller")
            assert not page.locator(".o_error_dialog").count(), action["name"]
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE, f"{action['name']}, {kind}: {wide} pixels wide"


@pytest.mark.parametrize("login", LOGINS)
def test_every_label_is_vietnamese(signed_in, login):
    page = signed_in(login)
    english = call(page, "ir.ui.menu", "load_menus", False, lang="en_US")
    english = {menu.get("xmlid"): menu["name"] for menu in english.values()}
    wrong = [
        f"menu {menu['xmlid']}: {menu['name']}"
        for menu in menus_of_app(page)
        if menu["name"] == english[menu["xmlid"]] and menu["xmlid"] != ROOT_MENU
    ]
    for action in actions_of_app(page).values():
        views = [view for view in action["views"] if view[1] != "search"]
        views += [[(action["search_view_id"] or [False])[0], "search"]]
        arches = [
            call(page, action["res_model"], "get_views", views, lang=lang)["views"]
            for lang in ("en_US", "vi_VN")
        ]
        for kind, view in arches[0].items():
            same = labels(view["arch"]) & labels(arches[1][kind]["arch"])
            wrong += [f"{action['res_model']} {kind}: {label}" for label in sorted(same)]
        names = [
            call(page, action["res_model"], "fields_get", [], ["string"], lang=lang)
            for lang in ("en_US", "vi_VN")
        ]
        wrong += [
            f"{action['res_model']}.{name}: {field['string']}"
            for name, field in names[0].items()
            if (action["res_model"].startswith("edu.") or name.startswith("edu_"))
            and is_word(field["string"])
            and field["string"] == names[1][name]["string"]
        ]
    assert not wrong, "\n".join(wrong)


def labels(arch):
    """What a person reads of a view: labels, questions, hints and texts."""
    found = set()
    root = ElementTree.fromstring(arch)
    for node in root.iter():
        found |= {node.get(name, "") for name in SHOWN if node is not root}
        found |= {node.text or "", node.tail or ""}
    return {text for text in (" ".join(one.split()) for one in found) if is_word(text)}


def is_word(text):
    """Whether a text has to differ in Vietnamese; what has its letters is Vietnamese already."""
    return text.isascii() and bool(re.search(r"[A-Za-z]{3}", text)) and text not in SAME_IN_BOTH
