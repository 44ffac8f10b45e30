"""Teachers enter marks in the grid: keyboard, Excel, phone, two windows, a lost network."""

import re
from contextlib import contextmanager

import pytest

from edu_records.rules import tt22
from edu_records.testing import seed

GRID = "/odoo/edu-mark-grid"
SAVED = "Đã lưu"
PUPILS = 42
STATUS = ".o_edu_saving"
REASON = "Chấm phúc khảo ngày 12/01, biên bản số 3"
"""Why a column is the same as another one."""


def cell(row, column):
    return f'td[data-row="{row}"][data-column="{column}"]'


@pytest.fixture
def grid(signed_in):
    """A function: the grid of the teacher's sheet of the second semester, in a window."""

    def open_grid(login, period="Học kì II", **window):
        page = signed_in(login, **window)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(GRID)
        page.wait_for_selector(".o_edu_table")
        if period not in page.locator(".o_edu_place").inner_text():
            page.select_option(".o_edu_sheets", label=re.compile(period))
        page.wait_for_function(
            "period => document.querySelector('.o_edu_place')?.textContent.includes(period)",
            arg=period,
        )
        return page

    return open_grid


def wait_status(page, text):
    page.wait_for_function(
        "text => document.querySelector('.o_edu_saving')?.textContent.trim() === text", arg=text
    )


@contextmanager
def saved(page):
    """Around what is typed: wait for the answer of the server, not for the word of before."""
    with page.expect_response(lambda answer: answer.url.endswith("/save_grid")):
        yield
    wait_status(page, SAVED)


def shown(page, column):
    """The texts of a column, without empty cells."""
    texts = page.locator(f'td[data-column="{column}"] .o_edu_text').all_inner_texts()
    return [text for text in texts if text]


def paste(page, row, column, text):
    """As from Excel: the system's clipboard and Ctrl+V."""
    page.click(cell(row, column))
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def column_of(first, step=7):
    """A mark for each pupil, in the order of the list, as Excel with Vietnamese settings has it."""
    return [f"{(number * step % 15 + first) / 2:.1f}".replace(".", ",") for number in range(PUPILS)]


@seed("P2.1.2", "R7.1b", "R8.1a")
def test_a_whole_column_by_keyboard(grid):
    page = grid("gv.toan")
    assert f"{PUPILS} học sinh" in page.locator(".o_edu_head").inner_text()
    page.click(cell(0, 0))
    marks = column_of(6)
    with saved(page):
        for mark in marks:
            page.keyboard.type(mark)
            page.keyboard.press("Enter")
    page.reload()
    page.wait_for_selector(".o_edu_table")
    assert shown(page, 0) == [mark.removesuffix(",0") for mark in marks]


@seed("P2.2.3b")
def test_85_is_refused_and_8_5_offered(grid):
    page = grid("gv.toan")
    page.click(cell(0, 1))
    page.keyboard.type("85")
    page.keyboard.press("Enter")
    assert "8,5?" in page.locator(".o_edu_message").inner_text()
    wait_status(page, "1 ô chưa lưu")
    assert page.evaluate("document.activeElement.value") == "85"
    with saved(page):
        page.click(".o_edu_suggestion")
    assert shown(page, 1) == ["8,5"]


@seed("P2.1.2", "R7.2")
def test_a_block_from_excel_and_its_averages(grid):
    page = grid("gv.anh")
    columns = [column_of(first, step) for first, step in ((5, 7), (4, 4), (3, 11), (6, 2))]
    columns += [column_of(2, 13), column_of(4, 8)]
    with saved(page):
        block = "\r\n".join("\t".join(row) for row in zip(*columns, strict=True))
        paste(page, 0, 0, block + "\r\n")
    expected = [
        tt22.semester_average(
            required_tx=4,
            tx=[mark.replace(",", ".") for mark in row[:4]],
            gk=row[4].replace(",", "."),
            ck=row[5].replace(",", "."),
        ).value.replace(".", ",")
        for row in zip(*columns, strict=True)
    ]
    assert shown(page, 6) == expected
    page.click(cell(1, 6))
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_edu_panel .o_edu_sentence")
    told = page.locator(".o_edu_panel").inner_text()
    assert "(21,0 + 2 × 7,5 + 3 × 6,0) / (4 + 5)" in told
    assert "Thông tư 22/2021" in told


@seed("P2.2.3b", "R8.1b")
def test_the_midterm_pasted_into_the_final(grid):
    page = grid("gv.khtn")
    marks = column_of(6)
    with saved(page):
        paste(page, 0, 4, "\n".join(marks))
    paste(page, 0, 5, "\n".join(marks))
    page.wait_for_selector(".o_edu_findings li")
    assert "42 trên 42" in page.locator(".o_edu_findings li").inner_text()
    page.click(".o_edu_go_back")
    wait_status(page, SAVED)
    assert shown(page, 5) == []
    paste(page, 0, 5, "\n".join(marks))
    page.wait_for_selector(".o_edu_findings li")
    page.fill("#edu_findings_reason", REASON)
    with saved(page):
        page.click(".o_edu_acknowledge")
    assert len(shown(page, 5)) == PUPILS
    page.click(cell(0, 5))
    page.click(".o_edu_history")
    page.wait_for_selector(".o_edu_event")
    assert REASON in page.locator(".o_edu_event").inner_text()


@seed("P2.2.3d", "R8.1b")
def test_two_windows_and_the_history(grid, signed_in):
    mine, other = grid("gv.sudia"), grid("gv.sudia")
    other.click(cell(2, 0))
    with saved(other):
        other.keyboard.type("6")
        other.keyboard.press("Enter")
    mine.click(cell(2, 0))
    mine.keyboard.type("7,5")
    mine.keyboard.press("Enter")
    mine.wait_for_selector(f"{cell(2, 0)}.o_edu_conflict")
    mine.click(cell(2, 0))
    message = mine.locator(".o_edu_message").inner_text()
    assert "6" in message and "7,5" in message
    with saved(mine):
        mine.click(".o_edu_keep")
    with saved(mine):
        mine.keyboard.press("Delete")
    with saved(mine):
        mine.keyboard.type("8")
        mine.keyboard.press("Enter")
    principal = signed_in("principal")
    principal.goto(GRID)
    principal.wait_for_selector("text=Chưa có bảng điểm nào chờ thầy cô")
    open_sheet(principal, "Lịch sử và Địa lí")
    assert "chỉ giáo viên được phân công" in principal.locator(".o_edu_reason").inner_text()
    assert not principal.locator(".o_edu_input").count()
    principal.click(cell(2, 0))
    principal.click(".o_edu_history")
    principal.wait_for_selector(".o_edu_event")
    told = principal.locator(".o_edu_event strong").all_inner_texts()
    assert told == ["– → 6", "6 → 7,5", "7,5 → –", "– → 8"]
    assert "chênh lệch +2,0" in principal.locator(".o_edu_net").inner_text()


def open_sheet(page, subject, period="Học kì II"):
    """From the list of gradesheets, as somebody who does not teach."""
    page.goto("/odoo/edu-gradesheets?view_type=list")
    page.click(".o_searchview_facet .o_facet_remove")
    row = page.locator(".o_data_row", has_text=subject)
    for cell in ("6A", period):
        row = row.filter(has=page.locator(f"td:text-is('{cell}')"))
    row.locator("button[name=action_open_grid]:visible").click()
    page.wait_for_selector(".o_edu_table")


@seed("R7.2")
def test_a_confirmed_sheet_refuses_and_says_who_opens_it(grid):
    page, late = grid("gv.theduc"), grid("gv.theduc")
    with saved(page):
        paste(page, 0, 0, "\n".join(["đ\td\tĐ\tD"] * PUPILS))
    assert set(shown(page, 1)) == {"Đ"}
    late.reload()
    late.wait_for_selector(".o_edu_table")
    page.click(".o_edu_confirm")
    page.click(".modal .btn-primary")
    page.wait_for_selector(".o_edu_reason")
    assert "rút xác nhận" in page.locator(".o_edu_reason").inner_text()
    late.click(cell(0, 0))
    late.keyboard.type("cd")
    late.keyboard.press("Enter")
    late.wait_for_selector(f"{cell(0, 0)}.o_edu_refused")
    assert "rút xác nhận" in late.locator(".o_edu_reason").inner_text()
    page.click(".o_edu_withdraw")
    page.click(".modal .btn-primary")
    page.wait_for_selector(".o_edu_confirm")


@seed("P2.2.3b")
def test_nothing_typed_is_lost_without_a_network(grid):
    page = grid("gv.tin")
    page.context.set_offline(True)
    page.click(cell(0, 0))
    page.keyboard.type("9,5")
    page.keyboard.press("Enter")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    wait_status(page, "Mất kết nối: 2 ô chưa lưu")
    page.context.set_offline(False)
    with saved(page):
        page.click(".o_edu_retry")
    page.reload()
    page.wait_for_selector(".o_edu_table")
    assert shown(page, 0) == ["9,5", "6"]


@seed("P2.1.2")
def test_leaving_at_once_saves_what_was_typed(grid):
    page = grid("gv.tin")
    page.click(cell(3, 1))
    page.keyboard.type("7")
    page.click(".o_menu_sections >> text=Hồ sơ")
    page.wait_for_selector(".o_kanban_view, .o_list_view")
    page.goto(GRID)
    page.wait_for_selector(".o_edu_table")
    page.wait_for_selector(f"{cell(3, 1)} >> text=7")


def test_the_browser_asks_before_it_drops_a_cell(grid):
    page = grid("gv.tin")
    page.click(cell(4, 1))
    page.keyboard.type("95")
    page.keyboard.press("Enter")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_function("document.querySelector('.o_edu_saving')")
    assert asked == ["beforeunload"]
    assert page.evaluate("document.activeElement.value") == "95"
    page.keyboard.press("Escape")
    wait_status(page, SAVED)


@seed("R7.1b")
def test_a_column_on_a_phone(grid):
    page = grid("gv.gdcd", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(cell(0, 0))
    assert page.evaluate("document.activeElement.inputMode") == "decimal"
    for mark in ("8", "7,5", "9"):
        page.keyboard.type(mark)
        page.keyboard.press("Enter")
    with saved(page):
        page.click(".o_edu_states")
        page.click(".o_edu_state_absent")
    assert shown(page, 0) == ["8", "7,5", "9", "V"]
    for where in (cell(0, 0), ".o_edu_bar", ".o_edu_why"):
        box = page.locator(where).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390, where
        assert box["y"] + box["height"] <= 844, where
