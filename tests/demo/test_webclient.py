"""A person opens the web client in Vietnamese, sees the class by state, opens the signed book."""

import pytest

from edu_records.testing import seed


@seed("P2.1.1")
@pytest.mark.parametrize("login", ["principal", "gv.van"])
def test_books_by_state_on_a_board(signed_in, login):
    page = signed_in(login)
    page.goto("/odoo/edu-gradebooks")
    page.wait_for_selector(".o_kanban_view .o_kanban_record:has-text('6A')")
    columns = page.locator(
        ".o_kanban_group:has(.o_kanban_record) .o_column_title"
    ).all_inner_texts()
    assert any("Đã ký" in title for title in columns), columns


@seed("P2.2.3e")
def test_open_the_signed_book_and_its_file(signed_in):
    page = signed_in("principal")
    page.goto("/odoo/edu-gradebooks")
    page.click(".o_kanban_record:has-text('6A'):has-text('Học kì I - ')")
    page.wait_for_selector(".o_form_view .o_statusbar_status")
    current = page.locator(".o_statusbar_status .o_arrow_button_current").inner_text()
    assert "Đã ký" in current
    page.goto("/odoo/edu-documents")
    page.click(".o_kanban_record:has-text('Học kì I')")
    page.wait_for_selector(".o_form_view")
    document = page.url.rstrip("/").rsplit("/", 1)[-1]
    answer = page.request.get(f"/edu/document/{document}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


@seed("P2.2.3a")
def test_a_subject_teacher_gets_no_document(signed_in):
    page = signed_in("principal")
    page.goto("/odoo/edu-documents")
    page.click(".o_kanban_record:has-text('Học kì I')")
    page.wait_for_selector(".o_form_view")
    document = page.url.rstrip("/").rsplit("/", 1)[-1]
    other = signed_in("gv.toan")
    answer = other.request.get(f"/edu/document/{document}")
    assert answer.status == 403
    assert not answer.body().startswith(b"%PDF-")


@seed("R5.5.14")
def test_nobody_reads_without_signing_in(server, browser):
    context = browser.new_context(base_url=server)
    answer = context.request.get("/edu/document/1", max_redirects=0)
    assert answer.status in (303, 302, 404)
    context.close()


@seed("R10.1a")
@pytest.mark.parametrize("login", ["principal", "vice", "clerk", "gv.van", "inspector"])
def test_a_pupils_file_opens_for_whoever_may_read_it(signed_in, login):
    page = signed_in(login)
    page.goto("/odoo/edu-pupils")
    with page.expect_response("**/mail/data") as told:
        page.click(".o_data_row td[name=name]")
    assert "error" not in told.value.json()
    page.wait_for_selector(".o_form_view .o-mail-Chatter")
    assert not page.locator(".o_error_dialog").count()


@pytest.mark.parametrize("width", [1366, 390])
def test_screens_open_without_an_error(signed_in, width):
    page = signed_in("principal", width=width)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in (
        "edu-gradebooks",
        "edu-transcripts",
        "edu-documents",
        "edu-classes",
        "edu-pupils",
        "edu-years",
        "edu-ledger",
    ):
        page.goto(f"/odoo/{path}")
        page.wait_for_selector(".o_action_manager .o_view_controller")
        assert not page.locator(".o_error_dialog").count(), path
    assert not errors
