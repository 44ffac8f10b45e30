import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { AttendanceFoot } from "./attendance_foot";
import { AttendanceModel } from "./attendance_model";
import { AttendanceRow } from "./attendance_row";

const MODEL = "edu.attendance";
const PAGE = 10;
const STEPS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Enter: [1, 0],
    PageUp: [-PAGE, 0],
    PageDown: [PAGE, 0],
};
const VALUES = { p: "P", k: "K", Delete: "", Backspace: "" };

/** A month of a class by keyboard, and the list of one day for a phone. */
export class AttendanceGrid extends Component {
    static template = "edu_gradebook.AttendanceGrid";
    static components = { AttendanceFoot, AttendanceRow, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.model = new AttendanceModel(this.server());
        this.grid = useState(this.model.state);
        this.at = useState({ row: 0, column: 0 });
        this.view = useState({ list: this.ui.isSmall, day: "" });
        this.tableRef = useRef("table");
        this.rootRef = useRef("root");
        useSetupAction({
            rootRef: this.rootRef,
            beforeLeave: () => this.beforeLeave(),
            beforeUnload: (ev) => this.beforeUnload(ev),
        });
        onWillStart(() => this.open(this.context.active_id || null, this.context.month || null));
        useEffect(
            (loaded) => {
                loaded && this.moveTo(this.at.row, this.at.column);
            },
            () => [this.grid.phase === "ready" && !this.view.list && this.grid.loaded]
        );
        onWillUnmount(() => this.model.stop());
    }

    get context() {
        const { context = {}, params = {} } = this.props.action;
        return { ...context, ...params };
    }

    server() {
        const call = (method, ...args) => this.orm.silent.call(MODEL, method, args);
        return {
            open: ([id, month]) => call("open_month", id, month),
            save: (id, month, cells) => call("save_month", id, month, cells),
        };
    }

    async open(id, month) {
        await this.model.open([id, month]);
        if (this.grid.phase !== "ready") {
            return;
        }
        const { columns, today } = this.grid;
        const days = columns.filter((column) => column.day <= today);
        const last = days[days.length - 1] || columns[0];
        this.view.day = last.day;
        Object.assign(this.at, { row: 0, column: columns.findIndex(({ day }) => day === last.day) });
        this.env.config.setDisplayName(_t("Attendance"));
    }

    // -- what is shown ------------------------------------------------------------------------

    get days() {
        const seen = new Map();
        for (const { day, number, weekday, closed } of this.grid.columns) {
            const known = seen.get(day) || { day, number, weekday, closed, sessions: 0 };
            known.sessions++;
            seen.set(day, known);
        }
        return [...seen.values()];
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
        return `${this.activeRow.name}, ${this.sessionText(this.activeColumn)}`;
    }

    sessionText({ day, label }) {
        const [year, month, number] = day.split("-");
        return `${number}/${month}/${year} (${label.toLowerCase()})`;
    }

    get hasTwoSessions() {
        return this.days.some(({ sessions }) => sessions > 1);
    }

    get listColumns() {
        return this.model.sessionsOf(this.view.day);
    }

    get dayText() {
        const { weekday, number } = this.days.find(({ day }) => day === this.view.day);
        return `${weekday} ${number}/${this.grid.sheet.month.slice(5)}`;
    }

    get absentText() {
        const rows = this.grid.rows.filter((row) =>
            this.listColumns.some((place) => row.cells[this.grid.columns[place].code].value)
        );
        return _t("%s absent", rows.length);
    }

    get listReason() {
        const [place] = this.listColumns;
        const { lock, reason, columns } = this.grid;
        return lock === "open" ? columns[place].closed : reason;
    }

    conflictText(cell) {
        return _t("%(author)s entered %(theirs)s meanwhile, you %(mine)s. Which is right?", {
            author: cell.conflict.author || "-",
            theirs: cell.conflict.value || "–",
            mine: cell.value || "–",
        });
    }

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

    // -- moving -------------------------------------------------------------------------------

    moveTo(row, column) {
        const { rows, columns } = this.grid;
        row = Math.max(0, Math.min(row, rows.length - 1));
        column = Math.max(0, Math.min(column, columns.length - 1));
        Object.assign(this.at, { row, column });
        rows.forEach((one, place) => {
            const at = place === row ? column : -1;
            if (one.at !== at) {
                one.at = at;
            }
        });
        const table = this.tableRef.el;
        const td = table && table.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
        if (td) {
            td.focus({ preventScroll: true });
            td.scrollIntoView({ block: "nearest", inline: "nearest" });
        }
    }

    onKeydown(ev) {
        if (ev.isComposing || !ev.target.closest("td")) {
            return;
        }
        const { row, column } = this.at;
        const key = ev.key.length === 1 ? ev.key.toLowerCase() : ev.key;
        if (ev.ctrlKey || ev.metaKey) {
            if (key !== "z") {
                return;
            }
            this.model.undo();
        } else if (key in STEPS) {
            this.moveTo(row + STEPS[key][0], column + STEPS[key][1]);
        } else if (key === "Home" || key === "End") {
            this.moveTo(row, key === "Home" ? 0 : this.grid.columns.length - 1);
        } else if (key in VALUES) {
            this.model.set(row, column, VALUES[key]);
        } else if (key === " ") {
            this.model.cycle(row, column);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    onClick(ev) {
        const td = ev.target.closest("td[data-column]");
        if (td) {
            this.moveTo(Number(td.dataset.row), Number(td.dataset.column));
        }
    }

    onDoubleClick() {
        this.model.cycle(this.at.row, this.at.column);
    }

    tap(row, column) {
        Object.assign(this.at, { row, column });
        this.model.cycle(row, column);
    }

    // -- other days, months and classes -------------------------------------------------------

    showDay(ev) {
        this.view.day = ev.target.value;
    }

    toggle() {
        this.view.list = !this.view.list;
    }

    retry() {
        this.model.flush();
    }

    async showMonth(ev) {
        const { sheet } = this.grid;
        (await this.leave()) && (await this.open(sheet.id, ev.target.value));
    }

    async showClass(ev) {
        const { sheet } = this.grid;
        (await this.leave()) && (await this.open(Number(ev.target.value), sheet.month));
    }

    async reload() {
        const { sheet } = this.grid;
        await this.open(sheet ? sheet.id : this.context.active_id || null, sheet ? sheet.month : null);
    }

    async keep() {
        await this.orm.call("edu.class", "action_keep_attendance", [[this.grid.sheet.id]]);
        await this.reload();
    }

    // -- leaving ------------------------------------------------------------------------------

    /** Save first; what cannot be saved is asked about. */
    async leave() {
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

    beforeLeave() {
        return this.leave();
    }

    beforeUnload(ev) {
        if (this.grid.unsaved) {
            this.model.flush();
            ev.preventDefault();
            ev.returnValue = "unsaved";
        }
    }
}

registry.category("actions").add("edu_gradebook.attendance", AttendanceGrid);
