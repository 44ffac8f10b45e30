import { MarkRow } from "@edu_gradebook/mark_grid/mark_row";
import { describe, expect, test } from "@odoo/hoot";
import { keyDown, keyUp, manuallyDispatchProgrammaticEvent, press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { Component, onRendered, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { contains, getService, mountWebClient, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { Book, defineGradesheet } from "./mark_grid_kit";

describe.current.tags("desktop");
defineGradesheet();

const INPUT = "td .o_edu_input";
const cell = (row, column) => `td[data-row="${row}"][data-column="${column}"]`;

async function mountGrid(options) {
    const book = new Book(options);
    onRpc("edu.gradesheet", "open_grid", () => book.open());
    onRpc("edu.gradesheet", "save_grid", ({ args: [[id], ...rest] }) => book.save(id, ...rest));
    onRpc("edu.gradesheet", "check_cells", () => book.check());
    await mountWebClient({ WebClient });
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "edu_gradebook.grid",
        name: "Enter Marks",
        context: { active_id: 7 },
    });
    await animationFrame();
    return book;
}

/** Type as fast as no person does: no rendering between the keys. */
async function type(...keys) {
    for (const key of keys) {
        await press(key);
    }
    await animationFrame();
}

const place = () => {
    const { row, column } = queryOne("td.o_edu_active").dataset;
    return [Number(row), Number(column)];
};

const texts = (column) =>
    queryAllTexts(`td[data-column="${column}"] .o_edu_text`).filter(Boolean);

test("the head names class, subject, period and pupils; the first cell waits for a mark", async () => {
    await mountGrid();
    expect(".o_edu_place").toHaveText("6A · Toán · Học kì I");
    expect(".o_edu_count").toHaveText("4 pupils");
    expect(".o_edu_table").toHaveAttribute("role", "grid");
    expect("input.o_edu_input").toHaveCount(1);
    expect(INPUT).toBeFocused();
    expect(place()).toEqual([0, 0]);
});

test("marks are typed down the column without the mouse", async () => {
    const book = await mountGrid();
    await type("8", ",", "5", "Enter", "7", "Enter", "1", "0", "Enter");
    expect(texts(0)).toEqual(["8,5", "7", "10"]);
    expect(place()).toEqual([3, 0]);
    expect(".o_edu_saving").toHaveText("3 cells not saved");
    await advanceTime(1000);
    await animationFrame();
    expect(".o_edu_saving").toHaveText("Saved");
    expect(book.saves.length).toBe(1);
    expect(texts(4)).toEqual(["9,9", "9,9", "9,9"]);
});

test("keys move as in a spreadsheet", async () => {
    await mountGrid();
    await type("ArrowRight", "ArrowDown");
    expect(place()).toEqual([1, 1]);
    await type("Tab", "Tab", "Tab");
    expect(place()).toEqual([2, 0]);
    await press("Tab", { shiftKey: true });
    await animationFrame();
    expect(place()).toEqual([1, 3]);
    await type("Home");
    expect(place()).toEqual([1, 0]);
    await type("End");
    expect(place()).toEqual([1, 3]);
    await press("Enter", { shiftKey: true });
    await animationFrame();
    expect(place()).toEqual([0, 3]);
    await press("Home", { ctrlKey: true });
    await animationFrame();
    expect(place()).toEqual([0, 0]);
    await type("ArrowUp", "ArrowLeft");
    expect(place()).toEqual([0, 0]);
});

test("F2 edits the text, Escape gives it back", async () => {
    await mountGrid();
    await type("8", "Enter", "ArrowUp", "F2", ",", "5", "ArrowLeft");
    expect(place()).toEqual([0, 0]);
    expect(INPUT).toHaveValue("8,5");
    await type("Escape");
    expect(INPUT).toHaveValue("8");
    await type("ArrowRight");
    expect(place()).toEqual([0, 1]);
    expect(texts(0)).toEqual(["8"]);
});

test("85 stays where it was typed and 8,5 is offered", async () => {
    const book = await mountGrid();
    await type("8", "5", "Enter");
    expect(place()).toEqual([0, 0]);
    expect(".o_edu_message").toHaveText(/8,5/);
    expect(INPUT).toHaveAttribute("aria-invalid", "true");
    await advanceTime(5000);
    expect(book.saves.length).toBe(0);
    await press("Enter", { ctrlKey: true });
    await animationFrame();
    expect(texts(0)).toEqual(["8,5"]);
    expect(".o_edu_message").toHaveCount(0);
});

test("Delete clears the selection, Ctrl+D fills it down, Ctrl+Z takes it back", async () => {
    const book = await mountGrid();
    await type("8", "Enter", "ArrowUp");
    await keyDown("Shift");
    await type("ArrowDown", "ArrowDown");
    await press("d", { ctrlKey: true });
    await animationFrame();
    expect(texts(0)).toEqual(["8", "8", "8"]);
    await keyUp("Shift");
    await type("Delete");
    expect(texts(0)).toEqual([]);
    await press("z", { ctrlKey: true });
    await animationFrame();
    expect(texts(0)).toEqual(["8", "8", "8"]);
    await advanceTime(1000);
    expect(book.value(2, "TX1")).toBe("8");
});

test("Ctrl+Y and Ctrl+Shift+Z do again what Ctrl+Z took back", async () => {
    const book = await mountGrid();
    await type("8", "Enter", "7", "Enter");
    const keys = async (key, shiftKey = false) => {
        await press(key, { ctrlKey: true, shiftKey });
        await animationFrame();
        return texts(0);
    };
    expect(await keys("z")).toEqual(["8"]);
    expect(await keys("z")).toEqual([]);
    expect(await keys("y")).toEqual(["8"]);
    expect(await keys("z", true)).toEqual(["8", "7"]);
    expect(await keys("y")).toEqual(["8", "7"]);
    await advanceTime(1000);
    expect([book.value(0, "TX1"), book.value(1, "TX1")]).toEqual(["8", "7"]);
});

test("states by letter and by menu", async () => {
    const book = await mountGrid();
    await type("v", "Enter", "k", "Enter");
    expect(texts(0)).toEqual(["V", "0"]);
    await contains(".o_edu_states").click();
    await contains(".o_edu_state_exempt").click();
    expect(texts(0)).toEqual(["V", "0", "M"]);
    await advanceTime(1000);
    expect(book.last().cells.map(({ kind }) => kind)).toEqual(["absent", "zero", "exempt"]);
});

async function paste(text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    await manuallyDispatchProgrammaticEvent(queryOne(INPUT), "paste", { clipboardData });
    await animationFrame();
}

test("a block from a spreadsheet is pasted and saved at once", async () => {
    const book = await mountGrid();
    await paste("8\t7,5\r\n6\t\r\n9\t5\r\n");
    expect(texts(0)).toEqual(["8", "6", "9"]);
    expect(texts(1)).toEqual(["7,5", "5"]);
    expect(book.saves.length).toBe(1);
    expect(book.last().cells.length).toBe(5);
});

test("names that were pasted go along for the guards", async () => {
    const book = await mountGrid();
    await paste("1\tNguyễn Văn A\t8\n2\tNguyễn Văn B\t9");
    expect(texts(0)).toEqual(["8", "9"]);
    expect(book.last().cells.map(({ name }) => name)).toEqual(["Nguyễn Văn A", "Nguyễn Văn B"]);
});

test("a block that does not fit is not pasted at all", async () => {
    const book = await mountGrid();
    await paste("8\n8\n8\n8\n8");
    expect(texts(0)).toEqual([]);
    expect(".o_notification").toHaveCount(1);
    expect(book.saves.length).toBe(0);
});

test("pasted cells that are no marks are red, the others are saved", async () => {
    const book = await mountGrid();
    await paste("8\n85\n7");
    expect(texts(0)).toEqual(["8", "85", "7"]);
    expect(queryAll("td.o_edu_refused")).toHaveLength(1);
    expect(book.last().cells.length).toBe(2);
    expect(".o_edu_saving").toHaveText("1 cells not saved");
});

test("a selection is copied with decimal commas", async () => {
    await mountGrid();
    await type("8", ",", "5", "Tab", "v", "Tab", "ArrowLeft", "ArrowLeft");
    await press("ArrowRight", { shiftKey: true });
    const clipboardData = new DataTransfer();
    await manuallyDispatchProgrammaticEvent(queryOne(INPUT), "copy", { clipboardData });
    expect(clipboardData.getData("text/plain")).toBe("8,5\tV");
});

test("a conflict shows both marks and asks", async () => {
    const book = await mountGrid();
    book.write(0, "TX1", "5");
    await type("8", "Enter", "ArrowUp");
    await advanceTime(1000);
    await animationFrame();
    expect(cell(0, 0)).toHaveClass("o_edu_conflict");
    expect(".o_edu_message").toHaveText(/Ms Lan entered 5 meanwhile, you 8/);
    await contains(".o_edu_take").click();
    expect(texts(0)).toEqual(["5"]);
    expect(".o_edu_saving").toHaveText("Saved");
});

test("findings ask for a reason before anything is saved", async () => {
    const book = await mountGrid();
    book.findings = ["GK: 4 of 4 marks are the same as in TX1."];
    await paste("8\n7\n6\n9");
    expect(".o_edu_findings li").toHaveText(/4 of 4/);
    expect(book.seq).toBe(0);
    expect(".o_edu_acknowledge").not.toBeEnabled();
    await contains("#edu_findings_reason").edit("Checked with the papers");
    await contains(".o_edu_acknowledge").click();
    expect(book.value(3, "TX1")).toBe("9");
    expect(book.last().acknowledgement.reason).toBe("Checked with the papers");
    expect(".o_edu_saving").toHaveText("Saved");
});

test("who goes back has nothing saved and the old marks again", async () => {
    const book = await mountGrid();
    book.findings = ["wrong column?"];
    await paste("8\n7");
    await contains(".o_edu_go_back").click();
    expect(texts(0)).toEqual([]);
    expect(book.seq).toBe(0);
});

test("readers see the reason on top and type nothing", async () => {
    const book = await mountGrid({ lock: "closed" });
    expect(".o_edu_reason").toHaveText("Only Ms Lan enters marks.");
    expect("input.o_edu_input").toHaveCount(0);
    expect(cell(0, 0)).toBeFocused();
    await type("8", "ArrowDown");
    expect(place()).toEqual([1, 0]);
    expect(texts(0)).toEqual([]);
    await advanceTime(1000);
    expect(book.saves.length).toBe(0);
});

test("one edit renders one row", async () => {
    const rendered = [];
    patchWithCleanup(MarkRow.prototype, {
        setup() {
            super.setup();
            onRendered(() => rendered.push(this.props.place));
        },
    });
    await mountGrid({ pupils: 45 });
    expect(new Set(rendered).size).toBe(45);
    rendered.length = 0;
    await type("8", "Enter");
    expect(new Set(rendered)).toEqual(new Set([0, 1]));
    rendered.length = 0;
    await advanceTime(1000);
    await animationFrame();
    expect(new Set(rendered)).toEqual(new Set([0]));
});

test("leaving saves first and asks when something cannot be saved", async () => {
    const book = await mountGrid();
    class Elsewhere extends Component {
        static template = xml`<div class="elsewhere"/>`;
        static props = ["*"];
    }
    registry.category("actions").add("elsewhere", Elsewhere);
    const leave = () => getService("action").doAction("elsewhere");
    await type("8", "5", "Enter");
    leave();
    await animationFrame();
    expect(".modal").toHaveCount(1);
    expect(".modal").toHaveText(/1 cells are not saved/);
    await contains(".modal .btn-secondary").click();
    expect(".o_edu_table").toHaveCount(1);
    expect(book.saves.length).toBe(0);
});
