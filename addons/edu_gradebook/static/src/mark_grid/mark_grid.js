import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { hasTouch } from "@web/core/browser/feature_detection";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { readBlock, splitBlock, writeBlock } from "./mark_blocks";
import { MarkFindings } from "./mark_findings";
import { MarkGridModel } from "./mark_grid_model";
import { MarkPanel } from "./mark_panel";
import { MarkRow } from "./mark_row";
import { LOWEST, readMark, STATE_LETTERS, writeMark } from "./mark_text";

const MODEL = "edu.gradesheet";
const ACTION = "edu_gradebook.edu_gradesheet_grid_action";
const PAGE = 10;
const STEPS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-PAGE, 0],
    PageDown: [PAGE, 0],
};
const CARET_KEYS = ["ArrowLeft", "ArrowRight", "Home", "End"];

/**
 * The grid in which a teacher enters the marks of a gradesheet, by keyboard as in a spreadsheet.
 *
 * There is one input for all cells. It is moved into the active cell by hand and at once: waiting
 * for a rendering would lose keys of somebody who types fast.
 */
export class MarkGrid extends Component {
    static template = "edu_gradebook.MarkGrid";
    static components = { Dropdown, DropdownItem, Layout, MarkPanel, MarkRow };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.model = new MarkGridModel(this.server(), {
            ask: (told) => this.askReason(told),
            say: (text) => this.notification.add(text, { type: "info" }),
            correct: (row, column) => this.correct(row, column),
        });
        this.grid = useState(this.model.state);
        this.at = useState({ row: 0, column: 0, fromRow: 0, fromColumn: 0 });
        this.panel = useState({ what: "", row: 0, column: 0 });
        this.tableRef = useRef("table");
        this.rootRef = useRef("root");
        this.states = useDropdownState();
        this.letters = STATE_LETTERS;
        this.input = this.makeInput();
        this.typing = false; // the input holds a text that the model does not have
        this.caret = false; // arrows move in the text, not in the grid
        useSetupAction({
            rootRef: this.rootRef,
            beforeLeave: () => this.beforeLeave(),
            beforeUnload: (ev) => this.beforeUnload(ev),
        });
        onWillStart(async () => {
            await this.model.open(this.sheetId);
            const isOpen = this.grid.lock === "open";
            this.env.config.setDisplayName(isOpen ? _t("Enter Marks") : _t("Marks"));
        });
        useEffect(
            (loaded) => {
                this.commit();
                loaded && this.moveTo(this.at.row, this.at.column);
            },
            () => [this.grid.phase === "ready" && this.grid.loaded, this.grid.lock]
        );
        useEffect(
            () => this.onCellChanged(),
            () => {
                const { value, kind, typed, version } = this.activeCell || {};
                return [value, kind, typed, version];
            }
        );
        onWillUnmount(() => this.model.stop());
    }

    get sheetId() {
        const { context = {}, params = {} } = this.props.action;
        return params.sheet_id || context.active_id || null;
    }

    server() {
        const call = (method, ...args) => this.orm.silent.call(MODEL, method, args);
        return {
            open: (id) => call("open_grid", id),
            save: (id, cells, request, acknowledgement) =>
                call("save_grid", [id], cells, request, acknowledgement),
            check: (id, cells) => call("check_cells", [id], cells),
        };
    }

    makeInput() {
        const input = document.createElement("input");
        input.className = "o_edu_input";
        input.autocomplete = "off";
        input.spellcheck = false;
        input.enterKeyHint = "next";
        return input;
    }

    // -- where we are -------------------------------------------------------------------------

    /** The column behind the marks: averages. */
    get averageColumn() {
        return this.grid.columns.length;
    }

    get activeRow() {
        return this.grid.rows[this.at.row];
    }

    get activeColumn() {
        return this.grid.columns[this.at.column];
    }

    get activeCell() {
        return this.activeRow && this.activeColumn && this.activeRow.cells[this.activeColumn.code];
    }

    get activeTitle() {
        const label = this.activeColumn ? this.fullHeading(this.activeColumn) : this.averageLabel;
        const { name, note } = this.activeRow;
        return note ? `${name}, ${label} – ${note}` : `${name}, ${label}`;
    }

    get averageLabel() {
        if (this.grid.sheet.has_result === false) {
            return "";
        }
        return this.grid.sheet.averaged ? _t("Average") : _t("Result");
    }

    heading(column) {
        if (column.scale === "goal") {
            return column.label;
        }
        return column.kind === "regular" ? `${column.name} ${column.label}` : column.name;
    }

    /** What the column is, where its heading is short. */
    fullHeading(column) {
        return column.scale === "goal" ? `${column.label}: ${column.name}` : this.heading(column);
    }

    /** Selected cells, corners included. */
    get area() {
        const { row, column, fromRow, fromColumn } = this.at;
        return {
            top: Math.min(row, fromRow),
            bottom: Math.max(row, fromRow),
            left: Math.min(column, fromColumn),
            right: Math.min(Math.max(column, fromColumn), this.averageColumn),
        };
    }

    /** Tell the rows which of them is active and what is selected; only those that change render. */
    showPlace() {
        const { top, bottom, left, right } = this.area;
        const several = top !== bottom || left !== right;
        this.model.state.rows.forEach((row, place) => {
            const at = place === this.at.row ? this.at.column : -1;
            const selected = several && place >= top && place <= bottom ? `${left}-${right}` : "";
            if (row.at !== at || row.selected !== selected) {
                Object.assign(row, { at, selected });
            }
        });
    }

    td(row, column) {
        const table = this.tableRef.el;
        return table && table.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
    }

    // -- what is said about the active cell ---------------------------------------------------

    get conflictText() {
        const { conflict } = this.activeCell;
        return _t("%(author)s entered %(theirs)s meanwhile, you %(mine)s. Which mark is right?", {
            author: conflict.author || "-",
            theirs: writeMark(conflict) || "–",
            mine: writeMark(this.activeCell) || "–",
        });
    }

    get suggestionText() {
        return _t("Use %s", this.activeCell.suggestion.replace(".", ","));
    }

    get whyText() {
        const { average } = this.activeRow;
        return average ? _t("Why %s?", average.replace(".", ",")) : _t("Why no average?");
    }

    get pupilsText() {
        return _t("%s pupils", this.grid.sheet.pupils);
    }

    placeText(sheet) {
        return `${sheet.class} · ${sheet.subject} · ${sheet.period}`;
    }

    // -- moving -------------------------------------------------------------------------------

    /** Make a cell the active one and put the input into it; `extend` keeps the selection's start. */
    moveTo(row, column, { extend = false, focus = true } = {}) {
        const lastRow = this.grid.rows.length - 1;
        if (lastRow < 0) {
            return;
        }
        row = Math.max(0, Math.min(row, lastRow));
        column = Math.max(0, Math.min(column, this.averageColumn));
        Object.assign(this.at, { row, column });
        if (!extend) {
            Object.assign(this.at, { fromRow: row, fromColumn: column });
        }
        this.showPlace();
        const td = this.td(row, column);
        if (!td) {
            return;
        }
        if (this.model.isOpen(row, column)) {
            td.appendChild(this.input);
            this.fillInput();
            focus && this.input.focus({ preventScroll: true });
            this.input.select();
        } else {
            this.input.remove();
            focus && td.focus({ preventScroll: true });
        }
        this.reveal(td);
    }

    /** Scroll a cell out from under the sticky heading and names. */
    reveal(td) {
        const box = this.tableRef.el.parentElement;
        const head = this.tableRef.el.tHead.getBoundingClientRect().bottom;
        const names = td.parentElement.querySelector(".o_edu_name").getBoundingClientRect().right;
        const place = td.getBoundingClientRect();
        const edge = box.getBoundingClientRect();
        if (place.top < head) {
            box.scrollTop -= head - place.top;
        } else if (place.bottom > edge.bottom) {
            box.scrollTop += place.bottom - edge.bottom;
        }
        if (place.left < names) {
            box.scrollLeft -= names - place.left;
        } else if (place.right > edge.right) {
            box.scrollLeft += place.right - edge.right;
        }
    }

    fillInput() {
        const cell = this.activeCell;
        const scale = this.model.scale(this.at.column);
        this.typing = this.caret = false;
        this.input.value = cell.typed === null ? writeMark(cell) : cell.typed;
        this.input.inputMode = { score: "decimal", whole: "numeric" }[scale] || "text";
        this.input.setAttribute("aria-label", this.activeTitle);
        this.input.setAttribute("aria-invalid", cell.status === "refused");
    }

    /** The model changed the active cell: a save was taken back, a conflict resolved. */
    onCellChanged() {
        if (this.activeCell && this.input.isConnected && !this.inText) {
            this.fillInput();
            document.activeElement === this.input && this.input.select();
        }
    }

    /** Hand what was typed to the model; false when it is no mark: then we stay in the cell. */
    commit() {
        if (!this.typing) {
            return true;
        }
        const taken = this.model.type(this.at.row, this.at.column, this.input.value);
        this.typing = this.caret = false;
        this.input.setAttribute("aria-invalid", !taken);
        if (!taken) {
            this.input.select();
        }
        return taken;
    }

    step(rows, columns, options) {
        if (this.commit()) {
            this.moveTo(this.at.row + rows, this.at.column + columns, options);
        }
    }

    // -- keys ---------------------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.isComposing || ev.keyCode === 229 || !ev.target.closest("td")) {
            return;
        }
        const handled =
            ev.ctrlKey || ev.metaKey ? this.onControlKey(ev) : this.onPlainKey(ev, ev.key);
        if (handled) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    onControlKey(ev) {
        const key = ev.key.toLowerCase();
        const lastRow = this.grid.rows.length - 1;
        if (key === "y" || (key === "z" && ev.shiftKey)) {
            return this.redo();
        } else if (key === "z") {
            return this.undo();
        } else if (key === "d") {
            return this.fillDown();
        } else if (key === "home") {
            return this.commit() && (this.moveTo(0, 0), true);
        } else if (key === "end") {
            return this.commit() && (this.moveTo(lastRow, this.averageColumn - 1), true);
        } else if (key === "enter") {
            return this.takeSuggestion();
        }
        return false;
    }

    onPlainKey(ev, key) {
        if (this.caret && CARET_KEYS.includes(key)) {
            return false;
        }
        if (key === "ArrowDown" && ev.altKey) {
            return this.openStates();
        }
        if (key in STEPS) {
            this.step(...STEPS[key], { extend: ev.shiftKey });
            return true;
        }
        const does = {
            Enter: () => this.onEnter(ev.shiftKey ? -1 : 1),
            Tab: () => this.onTab(ev.shiftKey ? -1 : 1),
            Home: () => this.toColumn(0, ev.shiftKey),
            End: () => this.toColumn(this.averageColumn - 1, ev.shiftKey),
            F2: () => this.edit(),
            F4: () => this.openStates(),
            ContextMenu: () => this.openStates(),
            Delete: () => this.onDelete(),
            Backspace: () => this.onDelete(),
            Escape: () => this.onEscape(),
        };
        return key in does && does[key]();
    }

    onEnter(rows) {
        if (this.at.column === this.averageColumn) {
            this.show("average");
        } else {
            this.step(rows, 0);
        }
        return true;
    }

    /** Along the row, then to the next pupil; out of the grid at its ends. */
    onTab(columns) {
        if (!this.commit()) {
            return true;
        }
        const { row, column } = this.at;
        const place = row * this.averageColumn + Math.min(column, this.averageColumn - 1) + columns;
        const next = Math.floor(place / this.averageColumn);
        if (next < 0 || next >= this.grid.rows.length) {
            return false;
        }
        this.moveTo(next, place - next * this.averageColumn);
        return true;
    }

    toColumn(column, extend) {
        if (this.commit()) {
            this.moveTo(this.at.row, column, { extend });
        }
        return true;
    }

    edit() {
        if (this.model.isOpen(this.at.row, this.at.column)) {
            this.caret = true;
            const end = this.input.value.length;
            this.input.setSelectionRange(end, end);
        }
        return true;
    }

    onDelete() {
        if (this.typing || this.caret) {
            return false;
        }
        this.put(() => ({ value: "", kind: "empty" }));
        return true;
    }

    onEscape() {
        if (this.typing || this.caret) {
            this.fillInput();
            this.input.select();
        } else if (this.activeCell && this.activeCell.status === "refused") {
            this.revert();
        } else if (this.panel.what) {
            this.closePanel();
        } else {
            return false;
        }
        return true;
    }

    onInput(ev) {
        if (ev.target === this.input) {
            this.typing = true;
        }
    }

    // -- changing -----------------------------------------------------------------------------

    /** Change every selected cell, `what(row, column)` says to what; undefined leaves it. */
    put(what) {
        const { top, bottom, left, right } = this.area;
        const changes = [];
        for (let row = top; row <= bottom; row++) {
            for (let column = left; column <= Math.min(right, this.averageColumn - 1); column++) {
                const change = what(row, column);
                if (change) {
                    changes.push({ row, column, ...change });
                }
            }
        }
        this.model.change(changes);
        this.refresh();
    }

    /** After the model changed: the input shows the active cell again. */
    refresh() {
        this.moveTo(this.at.row, this.at.column, { extend: true });
    }

    undo() {
        if (this.typing) {
            this.fillInput();
            this.input.select();
        } else {
            this.model.undo();
            this.refresh();
        }
        return true;
    }

    redo() {
        if (this.commit()) {
            this.model.redo();
            this.refresh();
        }
        return true;
    }

    /** The first selected row into the rows below it; a single cell gets the mark above it. */
    fillDown() {
        if (!this.commit()) {
            return true;
        }
        const { top, bottom } = this.area;
        const source = top === bottom ? top - 1 : top;
        if (source >= 0) {
            this.put((row, column) => {
                const { value, kind } = this.model.cell(source, column);
                return row === source ? undefined : { value, kind };
            });
        }
        return true;
    }

    setState(kind) {
        this.put((row, column) => {
            const lowest = LOWEST[this.model.scale(column)];
            if (kind === "zero") {
                return lowest && { value: lowest, kind };
            }
            return { value: "", kind };
        });
    }

    openStates() {
        if (this.commit() && this.model.isOpen(this.at.row, this.at.column)) {
            this.states.open();
        }
        return true;
    }

    takeSuggestion() {
        this.commit();
        const { suggestion } = this.activeCell || {};
        if (suggestion) {
            this.model.type(this.at.row, this.at.column, suggestion);
            this.refresh();
        }
        return true;
    }

    revert() {
        this.model.revert(this.at.row, this.at.column);
        this.refresh();
    }

    resolve(keep) {
        this.model.resolve(this.at.row, this.at.column, keep);
        this.refresh();
    }

    // -- clipboard ----------------------------------------------------------------------------

    /** Whether the browser's own copy and paste work on a piece of the text that is typed. */
    get inText() {
        return this.caret || this.typing;
    }

    onCopy(ev) {
        if (this.inText || !this.isInGrid(ev)) {
            return;
        }
        const { top, bottom, left, right } = this.area;
        const rows = [];
        for (let row = top; row <= bottom; row++) {
            const cells = [];
            for (let column = left; column <= right; column++) {
                cells.push(this.copied(row, column));
            }
            rows.push(cells);
        }
        ev.clipboardData.setData("text/plain", writeBlock(rows));
        ev.preventDefault();
        if (ev.type === "cut") {
            this.onDelete();
        }
    }

    copied(row, column) {
        if (column === this.averageColumn) {
            return this.grid.rows[row].average.replace(".", ",");
        }
        return writeMark(this.model.cell(row, column));
    }

    onPaste(ev) {
        if (!this.isInGrid(ev)) {
            return;
        }
        const text = ev.clipboardData.getData("text/plain");
        if (this.inText && !/[\t\n]/.test(text.trim())) {
            return;
        }
        ev.preventDefault();
        this.paste(text);
    }

    isInGrid(ev) {
        return this.tableRef.el && this.tableRef.el.contains(ev.target);
    }

    /** A block of marks from a spreadsheet, from the active cell on; empty cells change nothing. */
    paste(text) {
        const { top, left } = this.area;
        const first = Math.min(left, this.averageColumn - 1);
        const rows = splitBlock(readBlock(text), this.model.scale(first));
        const problem = this.tooLarge(rows, top, left);
        if (problem) {
            this.notification.add(problem, { type: "warning" });
            return;
        }
        const changes = [];
        const refused = [];
        rows.forEach(({ name, marks }, down) => {
            marks.forEach((mark, right) => {
                const place = { row: top + down, column: left + right };
                if (!mark || !this.model.isOpen(place.row, place.column)) {
                    return;
                }
                const read = readMark(mark, this.model.scale(place.column));
                (read.error ? refused : changes).push({ ...place, name, typed: mark, ...read });
            });
        });
        this.model.change(changes);
        refused.forEach((one) => this.model.refuse(one.row, one.column, one.typed, one));
        this.model.flush();
        Object.assign(this.at, {
            fromRow: top,
            fromColumn: left,
            row: top + rows.length - 1,
            column: left + Math.max(...rows.map(({ marks }) => marks.length)) - 1,
        });
        this.refresh();
        this.tellPasted(changes.length, refused.length);
    }

    tooLarge(rows, top, left) {
        const below = this.grid.rows.length - top;
        const beside = this.averageColumn - left;
        const width = Math.max(...rows.map(({ marks }) => marks.length));
        if (rows.length <= below && width <= beside) {
            return "";
        }
        return _t(
            "Nothing was pasted: the block has %(rows)s rows and %(columns)s columns, from here there are %(below)s and %(beside)s.",
            { rows: rows.length, columns: width, below, beside }
        );
    }

    tellPasted(changed, refused) {
        if (refused) {
            this.notification.add(
                _t("%(refused)s pasted cells are no marks; they are red and not saved.", {
                    refused,
                }),
                { type: "warning" }
            );
        } else if (!changed) {
            this.notification.add(_t("The pasted marks are there already."), { type: "info" });
        }
    }

    // -- mouse --------------------------------------------------------------------------------

    placeOf(ev) {
        const td = ev.target.closest("td[data-row]");
        return td && { row: Number(td.dataset.row), column: Number(td.dataset.column) };
    }

    onMousedown(ev) {
        const place = this.placeOf(ev);
        if (!place || ev.button !== 0) {
            return;
        }
        if (ev.target === this.input && !ev.shiftKey) {
            this.dragging = true;
            if (!this.inText && !hasTouch()) {
                ev.preventDefault(); // all of it stays selected, the next key replaces it
            }
            return;
        }
        ev.preventDefault();
        this.commit();
        this.moveTo(place.row, place.column, { extend: ev.shiftKey });
        this.dragging = true;
    }

    onMouseover(ev) {
        const place = this.placeOf(ev);
        if (!this.dragging || !place) {
            return;
        }
        if (!(ev.buttons & 1)) {
            this.dragging = false;
        } else if (place.row !== this.at.row || place.column !== this.at.column) {
            this.moveTo(place.row, place.column, { extend: true });
        }
    }

    /** A tap puts the caret somewhere; the next key shall replace the mark all the same. */
    onClick(ev) {
        if (ev.target === this.input && hasTouch()) {
            browser.setTimeout(() => this.inText || this.input.select());
        }
    }

    onDoubleClick(ev) {
        const place = this.placeOf(ev);
        if (place && place.column === this.averageColumn) {
            this.show("average");
        } else if (place) {
            this.edit();
        }
    }

    onContextmenu(ev) {
        const place = this.placeOf(ev);
        if (place && this.model.isOpen(place.row, place.column)) {
            ev.preventDefault();
            if (this.commit()) {
                this.moveTo(place.row, place.column);
                this.openStates();
            }
        }
    }

    /** What was typed is not lost when another window or button takes the focus. */
    onFocusout(ev) {
        if (ev.target === this.input && this.typing) {
            this.commit();
        }
    }

    // -- the panel ----------------------------------------------------------------------------

    show(what) {
        const { row, column } = this.at;
        Object.assign(this.panel, { what, row, column });
        return true;
    }

    closePanel() {
        this.panel.what = "";
        this.refresh();
    }

    get panelProps() {
        const { what, row, column } = this.panel;
        const { sheet, rows, columns } = this.grid;
        const { enrollment, name, cells } = rows[row];
        const heading = columns[column] ? this.heading(columns[column]) : "";
        const call = (method, ...args) =>
            this.orm.silent.call(MODEL, method, [[sheet.id], enrollment, ...args]);
        if (what === "average") {
            return {
                what,
                title: `${name}, ${this.averageLabel}`,
                place: `average:${row}:${rows[row].average}`,
                load: () => call("explain_average"),
            };
        }
        const { code } = columns[column];
        return {
            what,
            title: `${name}, ${heading}`,
            place: `history:${row}:${column}:${cells[code].version}`,
            load: () => call("cell_history", code, cells[code].attempt),
        };
    }

    // -- saving, leaving ----------------------------------------------------------------------

    get savingText() {
        const { saving, unsaved } = this.grid;
        if (saving === "offline") {
            return _t("No connection: %s cells not saved", unsaved);
        } else if (saving === "failed") {
            return _t("Not saved: %s cells", unsaved);
        } else if (saving === "saving") {
            return _t("Saving…");
        }
        return unsaved ? _t("%s cells not saved", unsaved) : _t("Saved");
    }

    askReason({ findings }) {
        return new Promise((answer) => {
            this.dialog.add(
                MarkFindings,
                { findings, answer },
                { onClose: () => (answer(""), this.refresh()) }
            );
        });
    }

    /** The dossier of a mark that is not simply typed anew; the cell shows what is saved again. */
    async correct(row = this.at.row, column = this.at.column) {
        const cell = this.model.cell(row, column);
        const typed = cell.evidence ? writeMark(cell) : "";
        this.model.revert(row, column);
        const action = await this.orm.call(
            MODEL,
            "open_correction",
            [[this.grid.sheet.id], this.grid.rows[row].enrollment, this.grid.columns[column].code],
            { value: typed, attempt: cell.attempt }
        );
        this.action.doAction(action, { onClose: () => this.reload() });
    }

    retry() {
        this.model.flush();
    }

    async beforeLeave() {
        this.commit();
        if (await this.model.flush()) {
            return true;
        }
        return new Promise((leave) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Not everything is saved"),
                    body: _t(
                        "%s cells are not saved. Whoever leaves now loses them.",
                        this.grid.unsaved
                    ),
                    confirmLabel: _t("Leave and Lose Them"),
                    confirm: () => leave(true),
                    cancelLabel: _t("Stay Here"),
                    cancel: () => leave(false),
                },
                { onClose: () => leave(false) }
            );
        });
    }

    beforeUnload(ev) {
        this.commit();
        if (this.grid.unsaved) {
            this.model.flush();
            ev.preventDefault();
            ev.returnValue = "unsaved";
        }
    }

    async openSheet(ev) {
        const id = Number(ev.target.value);
        ev.target.value = this.grid.sheet.id;
        await this.action.doAction(ACTION, {
            additionalContext: { active_id: id },
            stackPosition: "replaceCurrentAction",
        });
    }

    async reload() {
        if (this.commit() && ((await this.model.flush()) || !this.grid.unsaved)) {
            await this.model.open(this.grid.sheet ? this.grid.sheet.id : this.sheetId);
        }
    }

    confirm() {
        this.act("action_confirm", _t("Are all marks of this gradesheet entered and right?"));
    }

    withdraw() {
        this.act("action_unconfirm", _t("Withdraw the confirmation to correct marks?"));
    }

    act(method, body) {
        this.dialog.add(ConfirmationDialog, {
            body,
            confirm: async () => {
                if (await this.model.flush()) {
                    await this.orm.call(MODEL, method, [[this.grid.sheet.id]]);
                    await this.reload();
                }
            },
            cancel: () => {},
        });
    }
}

registry.category("actions").add("edu_gradebook.grid", MarkGrid);
