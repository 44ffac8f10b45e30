import { markRaw } from "@odoo/owl";
import { MarkGridModel } from "../mark_grid/mark_grid_model";

/** What a tap makes of a cell: present, excused, unexcused, present. */
export const NEXT = { "": "P", P: "K", K: "" };

/**
 * The sessions of one class and month. Queue, undo, retries and conflicts are those of the marks'
 * grid; a column is a session (`2026-11-05:am`), a row's average its absences of the year.
 */
export class AttendanceModel extends MarkGridModel {
    constructor(server) {
        super({
            open: server.open,
            save: async (id, cells) => {
                const { cells: answers, counts } = await server.save(
                    id,
                    this.state.sheet.month,
                    cells.map(({ enrollment, column, value, version }) => ({
                        enrollment,
                        column,
                        value,
                        version,
                    }))
                );
                return { cells: answers, averages: counts };
            },
        });
    }

    fill(data) {
        const { state } = this;
        state.today = data.today;
        state.months = markRaw(data.months);
        super.fill({
            ...data,
            kinds: [],
            locks: {},
            averages: data.counts,
            lock: data.closed ? "closed" : "open",
        });
    }

    /** Rows have one attempt of everything. */
    makeCell(enrollment, code, cells) {
        const stored = cells[`${enrollment}:${code}`];
        return super.makeCell(enrollment, code, { [`${enrollment}:${code}:1`]: stored });
    }

    lockOf(row, column) {
        return this.state.columns[column].closed || "";
    }

    isOpen(row, column) {
        return !this.reasonOf(row, column);
    }

    /** Why nothing can be entered into a cell, "" for an open one. */
    reasonOf(row, column) {
        const { lock, reason, rows, columns } = this.state;
        const pupil = rows[row];
        const session = columns[column];
        if (!session) {
            return "-";
        }
        if (lock !== "open") {
            return reason || "-";
        }
        if (session.closed) {
            return session.closed;
        }
        if (!pupil.active || session.day < pupil.from || session.day > pupil.to) {
            return pupil.note || pupil.away;
        }
        return "";
    }

    makeRow(row, data) {
        return { ...super.makeRow(row, data), away: `${row.from} – ${row.to}` };
    }

    /** Put P, K or nothing into a cell. */
    set(row, column, value) {
        return this.change([{ row, column, value, kind: value ? "value" : "empty" }]);
    }

    cycle(row, column) {
        return this.set(row, column, NEXT[this.cell(row, column).value]);
    }

    /** Places of the sessions of a day. */
    sessionsOf(day) {
        const places = [];
        this.state.columns.forEach((column, place) => column.day === day && places.push(place));
        return places;
    }
}
