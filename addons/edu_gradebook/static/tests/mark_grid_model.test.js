import { MarkGridModel, SAVE_DELAY } from "@edu_gradebook/mark_grid/mark_grid_model";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, Deferred, tick } from "@odoo/hoot-mock";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { Book, defineGradesheet } from "./mark_grid_kit";

describe.current.tags("headless");
defineGradesheet();

beforeEach(() => makeMockEnv());

async function open(book, screen) {
    const server = {
        open: async () => book.open(),
        save: async (...args) => book.save(...args),
        check: async () => book.check(),
    };
    const model = new MarkGridModel(server, screen);
    await model.open(7);
    return model;
}

const score = (row, column, value) => ({ row, column, value, kind: "value" });

test("what is typed is saved once, a moment after the last key", async () => {
    const book = new Book();
    const model = await open(book);
    model.type(0, 0, "8,5");
    model.type(1, 0, "7");
    expect(model.state.unsaved).toBe(2);
    await advanceTime(SAVE_DELAY - 1);
    expect(book.saves.length).toBe(0);
    await advanceTime(2);
    expect(book.saves.length).toBe(1);
    expect(book.last().cells).toEqual([
        {
            sheet: 7,
            enrollment: 100,
            column: "TX1",
            attempt: 1,
            version: 0,
            value: "8.5",
            kind: "value",
        },
        {
            sheet: 7,
            enrollment: 101,
            column: "TX1",
            attempt: 1,
            version: 0,
            value: "7",
            kind: "value",
        },
    ]);
    expect(model.state.unsaved).toBe(0);
    expect(model.state.rows[0].average).toBe("9.9");
    expect(model.cell(0, 0).version).toBe(1);
});

test("a text that is no mark stays in the cell and is not sent", async () => {
    const book = new Book();
    const model = await open(book);
    expect(model.type(0, 0, "85")).toBe(false);
    expect(model.cell(0, 0).typed).toBe("85");
    expect(model.cell(0, 0).suggestion).toBe("8.5");
    expect(model.state.unsaved).toBe(1);
    expect(await model.flush()).toBe(false);
    expect(book.saves.length).toBe(0);
    model.type(0, 0, "8,5");
    expect(await model.flush()).toBe(true);
    expect(book.value(0, "TX1")).toBe("8.5");
});

test("without a network the same request is sent again and nothing is lost", async () => {
    const book = new Book();
    const model = await open(book);
    book.failure = new ConnectionLostError("/web");
    model.type(0, 0, "8");
    await model.flush();
    expect(model.state.saving).toBe("offline");
    expect(model.state.unsaved).toBe(1);
    model.type(1, 0, "7");
    await advanceTime(2000);
    expect(model.state.saving).toBe("offline");
    book.failure = null;
    await advanceTime(5000);
    expect(model.state.unsaved).toBe(0);
    expect(book.saves.map(({ cells }) => cells.length)).toEqual([1, 1]);
    expect([book.value(0, "TX1"), book.value(1, "TX1")]).toEqual(["8", "7"]);
});

test("an answer that was lost does not write twice", async () => {
    const book = new Book();
    const requests = [];
    let lose = true;
    const model = new MarkGridModel({
        open: async () => book.open(),
        save: async (id, cells, request, acknowledgement) => {
            requests.push(request);
            const answer = book.save(id, cells, request, acknowledgement);
            if (lose) {
                lose = false;
                throw new ConnectionLostError("/web");
            }
            return answer;
        },
    });
    await model.open(7);
    model.type(0, 0, "8");
    await model.flush();
    await advanceTime(2500);
    expect(requests.length).toBe(2);
    expect(requests[0]).toBe(requests[1]);
    expect(book.seq).toBe(1);
    expect(model.cell(0, 0).version).toBe(1);
});

test("a cell typed again while it is saved is saved again with its new version", async () => {
    const book = new Book();
    const slow = new Deferred();
    const model = await open(book);
    model.server.save = async (...args) => {
        const answer = book.save(...args);
        await slow;
        return answer;
    };
    model.type(0, 0, "8");
    const saved = model.flush();
    await tick();
    model.type(0, 0, "9");
    slow.resolve();
    expect(await saved).toBe(true);
    expect(book.saves.map(({ cells }) => [cells[0].value, cells[0].version])).toEqual([
        ["8", 0],
        ["9", 1],
    ]);
    expect(model.cell(0, 0).value).toBe("9");
});

test("somebody else's mark is a conflict: keep one's own or take theirs", async () => {
    const book = new Book();
    const model = await open(book);
    book.write(0, "TX1", "5");
    book.write(1, "TX1", "6");
    model.type(0, 0, "8");
    model.type(1, 0, "9");
    expect(await model.flush()).toBe(false);
    expect(model.cell(0, 0).status).toBe("conflict");
    expect(model.cell(0, 0).conflict.author).toBe("Ms Lan");
    expect(model.cell(0, 0).value).toBe("8");
    await model.resolve(0, 0, true);
    model.resolve(1, 0, false);
    expect(model.state.unsaved).toBe(0);
    expect([book.value(0, "TX1"), book.value(1, "TX1")]).toEqual(["8", "6"]);
    expect(model.cell(1, 0).value).toBe("6");
});

test("a refusal closes the grid and is told in every cell that was sent", async () => {
    const book = new Book();
    const model = await open(book);
    book.failure = Object.assign(new RPCError("Odoo Server Error"), {
        exceptionName: "odoo.exceptions.UserError",
        data: { message: "The principal (Mr Minh) can open it." },
    });
    model.type(0, 0, "8");
    await model.flush();
    expect(model.state.lock).toBe("closed");
    expect(model.state.reason).toBe("The principal (Mr Minh) can open it.");
    expect(model.cell(0, 0).status).toBe("refused");
    expect(model.cell(0, 0).message).toBe("The principal (Mr Minh) can open it.");
    expect(model.state.unsaved).toBe(1);
    model.revert(0, 0);
    expect(model.cell(0, 0).value).toBe("");
    expect(model.state.unsaved).toBe(0);
});

test("an error of the server keeps the queue for another try", async () => {
    const book = new Book();
    const model = await open(book);
    book.failure = Object.assign(new RPCError("Odoo Server Error"), {
        exceptionName: "psycopg2.OperationalError",
        data: { message: "busy" },
    });
    model.type(0, 0, "8");
    await model.flush();
    expect(model.state.saving).toBe("failed");
    expect(model.state.lock).toBe("open");
    book.failure = null;
    expect(await model.flush()).toBe(true);
    expect(book.value(0, "TX1")).toBe("8");
});

test("findings are saved under a reason, or taken back", async () => {
    const book = new Book();
    const answers = ["", "checked with the papers"];
    const said = [];
    const model = await open(book, {
        ask: async ({ findings }) => {
            said.push(...findings.map((finding) => finding.message));
            return answers.shift();
        },
        say: (text) => said.push(String(text)),
    });
    book.findings = ["wrong column?"];
    model.change([score(0, 0, "8"), score(1, 0, "7")]);
    expect(await model.flush()).toBe(true);
    expect(said[0]).toBe("wrong column?");
    expect(book.seq).toBe(0);
    expect(model.cell(0, 0).value).toBe("");
    model.change([score(0, 0, "8"), score(1, 0, "7")]);
    expect(await model.flush()).toBe(true);
    expect(book.last().acknowledgement).toEqual({ token: "t", reason: "checked with the papers" });
    expect([book.value(0, "TX1"), book.value(1, "TX1")]).toEqual(["8", "7"]);
    expect(model.state.unsaved).toBe(0);
});

test("undo is a new change, for a whole block at once", async () => {
    const book = new Book();
    const model = await open(book);
    model.type(0, 0, "5");
    await model.flush();
    model.change([score(0, 0, "8"), score(1, 0, "7")]);
    await model.flush();
    expect(model.undo()).toBe(2);
    await model.flush();
    expect([book.value(0, "TX1"), book.value(1, "TX1")]).toEqual(["5", ""]);
    expect(book.seq).toBe(5);
    expect(model.undo()).toBe(1);
    expect(model.undo()).toBe(0);
});

test("redo does again what was taken back, until something else is typed", async () => {
    const book = new Book();
    const model = await open(book);
    expect(model.redo()).toBe(0);
    model.change([score(0, 0, "8"), score(1, 0, "7")]);
    model.type(2, 0, "6");
    await model.flush();
    expect([model.undo(), model.undo()]).toEqual([1, 2]);
    await model.flush();
    expect(model.redo()).toBe(2);
    await model.flush();
    expect([book.value(0, "TX1"), book.value(1, "TX1"), book.value(2, "TX1")]).toEqual(["8", "7", ""]);
    expect(model.redo()).toBe(1);
    expect(model.redo()).toBe(0);
    await model.flush();
    expect(book.value(2, "TX1")).toBe("6");
    expect([model.undo(), model.undo()]).toEqual([1, 2]);
    model.type(0, 0, "5");
    expect(model.redo()).toBe(0);
    expect(model.cell(1, 0).value).toBe("");
});

test("redo leaves cells alone that say something else by now", async () => {
    const book = new Book();
    const model = await open(book);
    model.change([score(0, 0, "8"), score(1, 0, "7")]);
    model.undo();
    Object.assign(model.cell(0, 0), { value: "3", kind: "value" });
    expect(model.redo()).toBe(1);
    expect([model.cell(0, 0).value, model.cell(1, 0).value]).toEqual(["3", "7"]);
});

test("a lock that is not known is not open", async () => {
    const model = new MarkGridModel({
        open: async () => {
            throw new ConnectionLostError("/web");
        },
    });
    await model.open(7);
    expect(model.state.phase).toBe("failed");
    expect(model.state.lock).toBe("unknown");
    const vague = await open(new Book({ lock: "perhaps" }));
    expect(vague.state.lock).toBe("unknown");
    expect(vague.isOpen(0, 0)).toBe(false);
    expect(vague.change([score(0, 0, "8")])).toBe(0);
});

test("a grant opens its cells only, and nobody types for who left", async () => {
    const shut = { enter: "The period is locked.", correct: "The period is locked." };
    const locks = { TX1: shut, TX2: shut, GK: shut, CK: shut };
    const book = new Book({ opened: [[101, "GK"], [null, "CK"]], locks });
    book.rows[3].active = false;
    const model = await open(book);
    const opened = (row) => [0, 1, 2, 3, 4].map((column) => model.isOpen(row, column));
    expect(opened(0)).toEqual([false, false, false, true, false]);
    expect(opened(1)).toEqual([false, false, true, true, false]);
    expect(opened(3)).toEqual([false, false, false, false, false]);
    expect(model.reasonOf(0, 0)).toBe("The period is locked.");
    expect(model.reasonOf(1, 2)).toBe("");
});

test("a window may close a column for corrections alone, and the cell says why", async () => {
    const late = "Marks are corrected until 13/12.";
    const book = new Book({ opened: [], locks: { TX1: { enter: null, correct: late } } });
    book.write(0, "TX1", "8");
    book.cells["101:TX1:1"] = { value: "", kind: "absent", version: ++book.seq };
    const model = await open(book);
    expect([0, 1, 2].map((row) => model.isOpen(row, 0))).toEqual([false, true, true]);
    expect(model.isOpen(0, 1)).toBe(true);
    expect(model.reasonOf(0, 0)).toBe(late);
    expect(model.type(0, 0, "9")).toBe(false);
    expect(model.cell(0, 0).message).toBe(late);
    expect(model.type(1, 0, "9")).toBe(true);
});

test("of several attempts the last one with a mark is shown and changed", async () => {
    const book = new Book();
    book.cells["100:CK:1"] = { value: "3", kind: "value", version: 1 };
    book.cells["100:CK:2"] = { value: "6", kind: "value", version: 2 };
    book.seq = 2;
    const model = await open(book);
    expect(model.cell(0, 3).value).toBe("6");
    model.type(0, 3, "7");
    await model.flush();
    expect(book.cells["100:CK:2"].value).toBe("7");
    expect(book.cells["100:CK:1"].value).toBe("3");
});
