"""A teacher's whole semester in the browser, with all that others do about it."""

from edu_records.testing import seed

PAPER = {
    "name": "bai-kiem-tra.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n",
}
MARKS = {"TX1": "8,5", "TX2": "7", "TX3": "9", "TX4": "6,5", "GK": "8", "CK": "7,5"}
PUPILS = 4


def cell(row, column):
    return f'td[data-row="{row}"][data-column="{column}"]'


def open_grid(page):
    page.goto("/odoo/edu-mark-grid")
    page.wait_for_selector(".o_edu_table")
    page.wait_for_function(
        "() => document.querySelector('.o_edu_place')?.textContent.includes('Học kì I')"
    )


def type_down(page, column, marks):
    """A column by keyboard; waits for the server's answer."""
    page.click(cell(0, column))
    with page.expect_response(lambda answer: answer.url.endswith("/save_grid")) as told:
        for mark in marks:
            page.keyboard.type(mark)
            page.keyboard.press("Enter")
    answers = told.value.json()["result"]["cells"]
    assert all("version" in answer for answer in answers), answers


def shown(page, row, column):
    return page.locator(f"{cell(row, column)} .o_edu_text").inner_text()


def press(page, name, agree=False):
    """A button of the form, and the question after it."""
    with page.expect_response(lambda answer: f"/{name}" in answer.url) as told:
        page.click(f".o_statusbar_buttons button[name={name}]")
        if agree:
            page.click(".modal-footer .btn-primary")
    assert "error" not in told.value.json(), told.value.json()


def state(page, value):
    page.wait_for_selector(f".o_arrow_button_current[data-value={value}]")


def open_form(page, path, model, **place):
    """The form of the one record that the user finds; its id."""
    domain = [[name, "=", value] for name, value in place.items()]
    (found,) = call(page, model, "search", domain)
    page.goto(f"/odoo/{path}/{found}")
    page.wait_for_selector(".o_form_view .o_statusbar_status")
    return found


def call(page, model, method, *args):
    answer = page.request.post(
        "/web/dataset/call_kw",
        data={
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"model": model, "method": method, "args": list(args), "kwargs": {}},
        },
    ).json()
    assert "error" not in answer, answer
    return answer["result"]


@seed("R8.1a", "R8.3", "P2.1.2")
def test_a_semester_from_the_first_mark_to_the_approval(person):
    teacher, homeroom = person("t.toan"), person("t.homeroom")
    principal, vice = person("t.principal"), person("t.vice")

    # the teacher enters every column by keyboard, and retypes a mark within the free hours
    open_grid(teacher)
    for place, mark in enumerate(MARKS.values()):
        type_down(teacher, place, [mark] * PUPILS)
    type_down(teacher, 1, ["7,5"])
    assert [shown(teacher, row, 1) for row in (0, 1)] == ["7,5", "7"]
    assert shown(teacher, 0, len(MARKS)), "the average is there"

    # the free hours are over: the same keys open the dossier, which waits for two people
    (school,) = call(principal, "res.company", "search", [["edu_code", "=", "99000009"]])
    call(principal, "res.company", "write", [school], {"edu_correction_hours": 0})
    teacher.click(cell(1, len(MARKS) - 1))
    teacher.keyboard.type("9,5")
    teacher.keyboard.press("Enter")
    teacher.wait_for_selector(".modal button[name=action_file]")
    teacher.fill(".modal div[name=reason] textarea", "Cộng sót điểm câu 3")
    teacher.fill(".modal div[name=book_page] input", "trang 12")
    teacher.set_input_files(".modal div[name=paper_file] input[type=file]", PAPER)
    teacher.click(".modal button[name=action_file]")
    state(teacher, "submitted")
    open_form(homeroom, "edu-corrections", "edu.correction", state="submitted")
    press(homeroom, "action_confirm", agree=True)
    dossier = open_form(principal, "edu-corrections", "edu.correction", state="submitted")
    press(principal, "action_approve")
    state(principal, "approved")
    teacher.reload()
    state(teacher, "approved")
    press(teacher, "action_apply")
    state(teacher, "applied")
    (known,) = call(
        teacher, "edu.correction", "read", [dossier], ["old_value", "new_value", "effect"]
    )
    assert (known["old_value"], known["new_value"]) == ("7.5", "9.5")
    assert "→" in known["effect"]
    open_grid(teacher)
    assert shown(teacher, 1, len(MARKS) - 1) == "9,5"

    # the teacher confirms the sheet, the vice principal locks, the principal approves
    place = {"subject_id.code": "TOAN", "period_id.code": "HK1"}
    open_form(teacher, "edu-gradesheets", "edu.gradesheet", **place)
    press(teacher, "action_confirm", agree=True)
    open_form(vice, "edu-gradebooks", "edu.gradebook.period", **{"period_id.code": "HK1"})
    press(vice, "action_lock")
    state(vice, "locked")
    open_form(principal, "edu-gradebooks", "edu.gradebook.period", **{"period_id.code": "HK1"})
    press(principal, "action_approve")
    state(principal, "approved")
