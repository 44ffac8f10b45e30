import { markRaw, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { readMark } from "./mark_text";

export const SAVE_DELAY = 800;
const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;
const REFUSALS = ["UserError", "AccessError", "ValidationError", "MissingError"].map(
    (name) => `odoo.exceptions.${name}`
);

/**
 * The cells of one gradesheet, what was typed into them, and the queue of what is not saved yet.
 *
 * It knows nothing of the screen, but that each row says which of its columns is the active one and
 * which are selected (`at`, `selected`). `state` is reactive; a row is only touched when something
 * of it changes. Averages and every rule come from the server. A cell:
 *
 *     value, kind      what it shows, a canonical mark ("8.5") and its kind
 *     saved            { value, kind } as the server has it
 *     version          of the ledger's entry that it shows, sent back with a change
 *     status           "" saved, "pending", "saving", "refused" or "conflict"
 *     typed            the refused text
 *     evidence         whether the server asked for the dossier of a correction
 *     message, suggestion, conflict    what the server (or the typing) said about it
 *
 * The lock is "open", "closed" or "unknown": nothing can be typed before the server said "open".
 */
export class MarkGridModel {
    /**
     * @param {Object} server `open(id)`, `save(id, cells, request, acknowledgement)`, `check(id, cells)`
     * @param {Object} [screen] `ask(told)` -> reason or "" for the guards' findings, `say(text)`,
     *      `correct(row, column)` for a mark that changes with its evidence only
     */
    constructor(server, screen = {}) {
        this.server = server;
        this.ask = screen.ask || (async () => "");
        this.say = screen.say || (() => {});
        this.correct = screen.correct || (() => {});
        this.state = reactive({ lock: "unknown", loaded: 0 });
        this.clear();
    }

    clear() {
        this.stop();
        this.queue = new Map();
        this.dirty = new Set();
        this.done = [];
        this.undone = [];
        this.batch = null;
        this.flushing = null;
        Object.assign(this.state, {
            phase: "loading",
            error: "",
            sheet: null,
            sheets: [],
            columns: [],
            kinds: {},
            rows: [],
            lock: "unknown",
            reason: "",
            opened: null,
            saving: "",
            unsaved: 0,
        });
        this.places = new Map();
    }

    stop() {
        browser.clearTimeout(this.timer);
        browser.clearTimeout(this.retryTimer);
        this.delay = FIRST_RETRY;
    }

    // -- loading ------------------------------------------------------------------------------

    async open(sheetId) {
        this.clear();
        let data;
        try {
            data = await this.server.open(sheetId);
        } catch (error) {
            Object.assign(this.state, { phase: "failed", error: messageOf(error) });
            return;
        }
        this.state.sheets = data.sheets;
        if (!data.sheet) {
            this.state.phase = "empty";
            return;
        }
        this.fill(data);
    }

    fill(data) {
        const { state } = this;
        state.sheet = data.sheet;
        state.columns = markRaw(data.columns);
        state.kinds = markRaw(Object.fromEntries(data.kinds.map((one) => [one.kind, one.label])));
        state.rows = data.rows.map((row) => this.makeRow(row, data));
        state.rows.forEach((row, place) => this.places.set(row.enrollment, place));
        state.lock = data.lock === "open" || data.lock === "closed" ? data.lock : "unknown";
        state.reason = data.closed ? data.closed.message : "";
        state.opened = data.opened ? markRaw(data.opened) : null;
        state.locks = markRaw(data.locks);
        state.loaded++;
        state.phase = "ready";
    }

    makeRow(row, data) {
        const cells = {};
        for (const column of data.columns) {
            cells[column.code] = this.makeCell(row.enrollment, column.code, data.cells);
        }
        const average = data.averages[row.enrollment] || "";
        return { ...row, average, stale: false, cells, at: -1, selected: "" };
    }

    /** Of several attempts the last one counts, as it does for the average. */
    makeCell(enrollment, code, cells) {
        let attempt = 1;
        for (let number = 2; number <= 9; number++) {
            const later = cells[`${enrollment}:${code}:${number}`];
            attempt = later && later.kind !== "empty" ? number : attempt;
        }
        const stored = cells[`${enrollment}:${code}:${attempt}`];
        const { value, kind, version } = stored || { value: "", kind: "empty", version: 0 };
        return { attempt, version, ...clean(value, kind) };
    }

    // -- asking -------------------------------------------------------------------------------

    cell(row, column) {
        return this.state.rows[row].cells[this.state.columns[column].code];
    }

    /** Whether the user may type here; a lock that is not known is not open. */
    isOpen(row, column) {
        const { state } = this;
        if (state.lock !== "open" || !state.rows[row].active || !state.columns[column]) {
            return false;
        }
        const { enrollment } = state.rows[row];
        const { code } = state.columns[column];
        return (
            !this.lockOf(row, column) ||
            (state.opened || []).some(
                ([line, opened]) =>
                    (line === null || line === enrollment) && (opened === null || opened === code)
            )
        );
    }

    /** Why a cell is closed, "" when nothing but a missing grant says so: see `load_cells`. */
    lockOf(row, column) {
        const { code } = this.state.columns[column];
        const { version, saved } = this.cell(row, column);
        const corrects = version && saved.kind !== "absent";
        return (this.state.locks[code] || {})[corrects ? "correct" : "enter"] || "";
    }

    /** Whether a mark that is closed for typing can be corrected with its evidence. */
    mayCorrect(row, column) {
        const { state } = this;
        if (!state.columns[column] || !state.rows[row].active || !state.sheet.may_confirm) {
            return false;
        }
        const cell = this.cell(row, column);
        return Boolean(cell.version && (cell.evidence || !this.isOpen(row, column)));
    }

    /** The reason to show for a cell that cannot be typed into, "" for an open one. */
    reasonOf(row, column) {
        if (this.isOpen(row, column) || !this.state.columns[column]) {
            return "";
        }
        return this.lockOf(row, column) || this.state.reason;
    }

    // -- changing -----------------------------------------------------------------------------

    /** What is entered in a column. */
    scale(column) {
        return this.state.columns[column].scale;
    }

    /**
     * Take a typed text over.
     *
     * @returns {boolean} whether it is a mark; a text that is none stays in the cell, not saved
     */
    type(row, column, text) {
        if (!this.isOpen(row, column)) {
            this.refuse(row, column, text, {
                error: this.reasonOf(row, column) || _t("This is locked."),
            });
            return false;
        }
        const read = readMark(text, this.scale(column));
        if (read.error) {
            this.refuse(row, column, text, read);
            return false;
        }
        this.change([{ row, column, ...read }]);
        return true;
    }

    refuse(row, column, typed, { error, suggestion }) {
        const cell = this.cell(row, column);
        this.queue.delete(this.key(row, column));
        Object.assign(cell, { status: "refused", typed, message: error, conflict: null });
        cell.suggestion = suggestion || "";
        this.mark(row, column, true);
    }

    /**
     * Change cells as one step that can be undone; closed cells are left alone.
     *
     * @param {{ row: number, column: number, value: string, kind: string, name?: string }[]} changes
     * @returns {number} how many cells changed
     */
    change(changes, { undoing = false } = {}) {
        const step = [];
        for (const { row, column, value, kind, name } of changes) {
            const cell = this.cell(row, column);
            const same = cell.value === value && cell.kind === kind;
            if (!this.isOpen(row, column) || (same && cell.status !== "refused")) {
                continue;
            }
            step.push({ row, column, before: pick(cell), after: { value, kind } });
            Object.assign(cell, { value, kind, typed: null, message: "", suggestion: "" });
            if (cell.status !== "conflict") {
                this.enqueue(row, column, name);
            }
        }
        if (step.length && !undoing) {
            this.done.push(step);
            this.undone = [];
        }
        this.schedule();
        return step.length;
    }

    /** Take the last step back: a new change, so that the ledger keeps both. */
    undo() {
        const step = this.done.pop();
        return step ? this.walk(step, "after", "before", this.undone) : 0;
    }

    /** Do again what was taken back last; whatever is changed meanwhile ends it. */
    redo() {
        const step = this.undone.pop();
        return step ? this.walk(step, "before", "after", this.done) : 0;
    }

    /** Bring cells of a step that still say `from` to `to`, and remember the step in `steps`. */
    walk(step, from, to, steps) {
        const cells = step.filter((one) => isSame(this.cell(one.row, one.column), one[from]));
        steps.push(step);
        return this.change(
            cells.map((one) => ({ row: one.row, column: one.column, ...one[to] })),
            { undoing: true }
        );
    }

    /** Forget what is not saved of a cell. */
    revert(row, column) {
        const cell = this.cell(row, column);
        if (cell.status !== "saving") {
            this.queue.delete(this.key(row, column));
            this.settle(row, column, cell.saved);
        }
    }

    /** Answer a conflict: keep the own mark over the other one, or take the other one. */
    resolve(row, column, keep) {
        const cell = this.cell(row, column);
        const { conflict } = cell;
        cell.version = conflict.version;
        cell.saved = { value: conflict.value, kind: conflict.kind };
        if (keep) {
            Object.assign(cell, { conflict: null, message: "" });
            this.enqueue(row, column);
            return this.flush();
        }
        this.settle(row, column, cell.saved);
    }

    enqueue(row, column, name) {
        const cell = this.cell(row, column);
        cell.status = "pending";
        this.queue.set(this.key(row, column), { row, column, name });
        this.mark(row, column, true);
    }

    settle(row, column, { value, kind }) {
        Object.assign(this.cell(row, column), clean(value, kind));
        this.mark(row, column, false);
    }

    key(row, column) {
        return `${row}:${column}`;
    }

    /** Count a cell as unsaved or saved; the average of its row is stale while one is unsaved. */
    mark(row, column, unsaved) {
        this.dirty[unsaved ? "add" : "delete"](this.key(row, column));
        this.state.unsaved = this.dirty.size;
        const stale = Object.values(this.state.rows[row].cells).some((cell) => cell.status);
        this.state.rows[row].stale = stale;
    }

    // -- saving -------------------------------------------------------------------------------

    schedule() {
        browser.clearTimeout(this.timer);
        if (this.queue.size) {
            this.timer = browser.setTimeout(() => this.flush(), SAVE_DELAY);
        }
    }

    /**
     * Save what is in the queue, one request after the other.
     *
     * @returns {Promise<boolean>} whether nothing typed is left unsaved
     */
    async flush() {
        browser.clearTimeout(this.timer);
        browser.clearTimeout(this.retryTimer);
        if (!this.flushing) {
            this.flushing = this.work().finally(() => (this.flushing = null));
        }
        await this.flushing;
        return !this.dirty.size;
    }

    async work() {
        while (this.batch || this.queue.size) {
            this.batch = this.batch || this.takeBatch();
            if (!(await this.send(this.batch))) {
                return;
            }
        }
    }

    takeBatch() {
        const cells = [...this.queue.values()].map(({ row, column, name }) => {
            const cell = this.cell(row, column);
            cell.status = "saving";
            return { row, column, name, version: cell.version, ...pick(cell) };
        });
        this.queue.clear();
        return { request: newRequest(), cells, acknowledgement: null };
    }

    payload({ cells }) {
        const { state } = this;
        return cells.map(({ row, column, name, version, value, kind }) => ({
            sheet: state.sheet.id,
            enrollment: state.rows[row].enrollment,
            column: state.columns[column].code,
            attempt: this.cell(row, column).attempt,
            version,
            value,
            kind,
            ...(name ? { name } : {}),
        }));
    }

    /** @returns {Promise<boolean>} whether the batch is over and the next one may go */
    async send(batch) {
        const { state } = this;
        const { sheet } = state;
        state.saving = "saving";
        let answer;
        try {
            answer = await this.server.save(
                sheet.id,
                this.payload(batch),
                batch.request,
                batch.acknowledgement
            );
        } catch (error) {
            return state.sheet === sheet && this.onError(batch, error);
        }
        if (state.sheet !== sheet) {
            return false;
        }
        this.delay = FIRST_RETRY;
        state.error = "";
        state.saving = "";
        this.batch = null;
        const asked = this.apply(batch, answer);
        return asked.length ? this.answerFor(asked) : true;
    }

    /** The network is gone: the same request again later. The server refuses: the cells say so. */
    onError(batch, error) {
        const { state } = this;
        if (error instanceof ConnectionLostError) {
            state.saving = "offline";
            this.retryTimer = browser.setTimeout(() => this.flush(), this.delay);
            this.delay = Math.min(2 * this.delay, LAST_RETRY);
            return false;
        }
        state.error = messageOf(error);
        if (!REFUSALS.includes(error.exceptionName)) {
            state.saving = "failed";
            return false;
        }
        Object.assign(state, { saving: "", lock: "closed", reason: state.error });
        this.batch = null;
        for (const { row, column } of batch.cells) {
            this.deny(row, column, { message: state.error });
        }
        return true;
    }

    /** Write the server's answers into the cells; returns those that somebody has to answer for. */
    apply(batch, { cells: answers, averages }) {
        const asked = [];
        batch.cells.forEach((sent, place) => {
            const answer = answers[place];
            if (answer.error === "UNACKNOWLEDGED") {
                asked.push(sent);
            } else {
                this.applyOne(sent, answer);
            }
        });
        const [late] = batch.cells;
        if (batch.cells.length === 1 && this.cell(late.row, late.column).evidence) {
            this.correct(late.row, late.column);
        }
        for (const [enrollment, average] of Object.entries(averages)) {
            const row = this.state.rows[this.places.get(Number(enrollment))];
            if (row) {
                row.average = average || "";
            }
        }
        return asked;
    }

    applyOne(sent, answer) {
        const { row, column } = sent;
        const cell = this.cell(row, column);
        const retyped = this.queue.has(this.key(row, column)) || cell.status === "refused";
        if ("version" in answer) {
            cell.version = answer.version;
            cell.saved = { value: answer.value, kind: answer.kind };
            if (!retyped) {
                this.settle(row, column, cell.saved);
            }
        } else if (answer.conflict) {
            this.queue.delete(this.key(row, column));
            Object.assign(cell, { status: "conflict", typed: null, message: answer.message });
            cell.conflict = answer.conflict;
        } else if (!retyped) {
            this.deny(row, column, answer);
        }
    }

    deny(row, column, { error, message, suggestion }) {
        const cell = this.cell(row, column);
        cell.evidence = error === "EVIDENCE";
        Object.assign(cell, { status: "refused", message, suggestion: suggestion || "" });
        this.mark(row, column, true);
    }

    /** The guards found something: show it, and save under a reason or take the cells back. */
    async answerFor(cells) {
        const batch = { request: newRequest(), cells, acknowledgement: null };
        let told;
        try {
            told = await this.server.check(this.state.sheet.id, this.payload(batch));
        } catch (error) {
            this.batch = batch;
            return this.onError(batch, error);
        }
        const reason = told.findings.length ? await this.ask(told) : "-";
        if (!reason) {
            cells.forEach(({ row, column }) => this.drop(row, column));
            this.say(_t("Nothing of it was saved."));
            return true;
        }
        if (told.token) {
            batch.acknowledgement = { token: told.token, reason };
        }
        this.batch = batch;
        return true;
    }

    /** Give a cell back what the server has, unless it was typed into meanwhile. */
    drop(row, column) {
        if (!this.queue.has(this.key(row, column))) {
            this.settle(row, column, this.cell(row, column).saved);
        }
    }
}

function clean(value, kind) {
    return {
        value,
        kind,
        saved: { value, kind },
        status: "",
        evidence: false,
        typed: null,
        message: "",
        suggestion: "",
        conflict: null,
    };
}

function pick({ value, kind }) {
    return { value, kind };
}

function isSame(one, other) {
    return one.value === other.value && one.kind === other.kind;
}

function messageOf(error) {
    return (error.data && error.data.message) || error.message || String(error);
}

let requests = 0;

/** An id that no other save of this user has, so that a repeated one is recognised. */
function newRequest() {
    const random = crypto.getRandomValues(new Uint32Array(3));
    return `grid-${Date.now()}-${++requests}-${random.join("-")}`;
}
