import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, getService, mountWebClient, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { EduAttendance, Month } from "./attendance_kit";

describe.current.tags("desktop");
defineMailModels();
defineModels([EduAttendance]);

const cell = (row, column) => `td[data-row="${row}"][data-column="${column}"]`;

async function mountMonth(options) {
    const month = new Month(options);
    onRpc("edu.attendance", "open_month", () => month.open());
    onRpc("edu.attendance", "save_month", ({ args }) => month.save(...args));
    await mountWebClient({ WebClient });
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "edu_gradebook.attendance",
        name: "Attendance",
        context: { active_id: 7 },
    });
    await animationFrame();
    return month;
}

async function type(...keys) {
    for (const key of keys) {
        await press(key);
    }
    await animationFrame();
}

async function saved() {
    await advanceTime(1000);
    await animationFrame();
}

const place = () => {
    const { row, column } = queryOne("td.o_edu_active").dataset;
    return [Number(row), Number(column)];
};

test("the month opens at today, closed days say why", async () => {
    await mountMonth();
    expect(".o_edu_place").toHaveText("6A");
    expect(place()).toEqual([0, 3]);
    expect(cell(0, 3)).toBeFocused();
    expect(cell(0, 3)).toHaveClass("o_edu_today");
    expect(cell(0, 1)).toHaveClass("o_edu_closed");
    expect(cell(0, 1)).toHaveAttribute("title", "Storm");
    expect(cell(3, 3)).toHaveAttribute("title", "Has left");
});

test("P, K and Delete by keyboard, with totals and one save", async () => {
    const month = await mountMonth();
    await type("p", "ArrowDown", "k", "ArrowDown", "K", "Delete");
    expect(queryAllTexts(`td[data-column="3"]`)).toEqual(["P", "K", "", ""]);
    expect(queryAllTexts(".o_edu_sum_p").slice(0, 2)).toEqual(["1", ""]);
    expect(queryAllTexts(".o_edu_sum_ts").slice(0, 3)).toEqual(["1", "1", ""]);
    expect(queryAllTexts(".o_edu_absent")).toEqual(["", "", "", "2", ""]);
    expect("span.o_edu_saving").toHaveText("3 cells not saved");
    await saved();
    expect("span.o_edu_saving").toHaveText("Saved");
    expect(month.saves.length).toBe(1);
    expect(month.saves[0].month).toBe("2026-11");
    expect(month.value(1, "2026-11-05:am")).toBe("K");
    expect(queryAllTexts(".o_edu_year .o_edu_text")[0]).toBe("36");
    expect("tbody td.o_edu_year:first").toHaveClass("text-danger");
});

test("closed cells take nothing", async () => {
    const month = await mountMonth();
    await type("ArrowRight", "p");
    expect(cell(0, 4)).toHaveText("");
    await type("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown", "p");
    expect(cell(3, 3)).toHaveText("");
    expect(".o_edu_closed_reason").toHaveText("Has left");
    await saved();
    expect(month.saves.length).toBe(0);
});

test("undo takes the last step back as a new change", async () => {
    const month = await mountMonth();
    await type("p");
    await saved();
    await press("z", { ctrlKey: true });
    await saved();
    expect(cell(0, 3)).toHaveText("");
    expect(month.saves.length).toBe(2);
    expect(month.value(0, "2026-11-05:am")).toBe("");
});

test("a conflict shows both and loses neither", async () => {
    const month = await mountMonth();
    month.write(0, "2026-11-05:am", "K");
    await type("p", "ArrowDown", "p");
    await saved();
    await type("ArrowUp");
    expect(".o_edu_message").toHaveText("Ms Lan entered K meanwhile, you P. Which is right?");
    expect(month.value(1, "2026-11-05:am")).toBe("P");
    await contains(".o_edu_keep").click();
    await animationFrame();
    expect(month.value(0, "2026-11-05:am")).toBe("P");
    expect(".o_edu_message").toHaveCount(0);
});

test("what could not be saved stays and is saved again", async () => {
    const month = await mountMonth();
    month.failure = new Error("The server is down");
    await type("p");
    await saved();
    expect("span.o_edu_saving").toHaveText("Not saved: 1 cells");
    expect(cell(0, 3)).toHaveText("P");
    month.failure = null;
    await contains(".o_edu_retry").click();
    await animationFrame();
    expect("span.o_edu_saving").toHaveText("Saved");
    expect(month.value(0, "2026-11-05:am")).toBe("P");
});

test("the list of a day: a tap goes from present over P to K and back", async () => {
    const month = await mountMonth({ sessions: ["am", "pm"] });
    await contains(".o_edu_toggle").click();
    expect(".o_edu_tap").toHaveCount(8);
    expect(".o_edu_tap:disabled").toHaveCount(2);
    const taps = [];
    for (let tap = 0; tap < 3; tap++) {
        await contains(".o_edu_tap:eq(1)").click();
        taps.push(queryOne(".o_edu_tap:eq(1)").textContent.trim());
    }
    expect(taps).toEqual(["P", "K", ""]);
    await contains(".o_edu_tap:eq(2)").click();
    expect(".o_edu_absent_count").toHaveText("1 absent");
    await contains(".o_edu_undo").click();
    expect(".o_edu_absent_count").toHaveText("0 absent");
    await contains(".o_edu_tap:eq(0)").click();
    await saved();
    expect(month.value(0, "2026-11-05:am")).toBe("P");
});

test("a class that does not keep it here says so and begins", async () => {
    const month = await mountMonth({ kept: false, closed: { code: "NOT_KEPT", message: "Not yet" } });
    onRpc("edu.class", "action_keep_attendance", ({ args }) => {
        expect.step(args[0][0]);
        month.sheet.kept = true;
        month.closed = null;
        return true;
    });
    expect(".o_edu_reason").toHaveText(/Not yet/);
    await type("p");
    expect(cell(0, 3)).toHaveText("");
    await contains(".o_edu_keep_here").click();
    await animationFrame();
    expect.verifySteps([7]);
    expect(".o_edu_reason").toHaveCount(0);
});
