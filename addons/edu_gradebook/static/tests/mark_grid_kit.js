import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, models } from "@web/../tests/web_test_helpers";

/**
 * A gradebook behind the grid as the server behaves: versions, conflicts, averages, findings. The
 * real one is tested in Python; here it only has to answer in the same shapes.
 */
export class Book {
    constructor({ pupils = 4, assess = "score", lock = "open", opened = null, locks = {} } = {}) {
        this.sheet = {
            id: 7,
            name: "Toán - 6A - Học kì I",
            assess,
            averaged: assess === "score",
            class: "6A",
            subject: "Toán",
            period: "Học kì I",
            pupils,
            confirmed: false,
            may_confirm: true,
        };
        this.lock = lock;
        this.opened = opened;
        this.locks = locks;
        this.columns = ["TX1", "TX2", "GK", "CK"].map((code) => ({
            code,
            label: code,
            name: `ĐĐG ${code}`,
            kind: code.startsWith("TX") ? "regular" : code === "GK" ? "midterm" : "final",
            scale: assess,
        }));
        this.rows = [...Array(pupils).keys()].map((place) => ({
            enrollment: 100 + place,
            no: place + 1,
            name: `Nguyễn Văn ${String.fromCharCode(65 + (place % 26))}`,
            code: `38126001${10 + place}`,
            active: true,
        }));
        this.cells = {};
        this.seq = 0;
        this.saves = [];
        this.requests = new Map();
        this.findings = [];
        this.failure = null;
    }

    open() {
        return {
            sheet: { ...this.sheet },
            sheets: [{ ...this.sheet }],
            columns: this.columns,
            rows: this.rows.map((row) => ({ ...row })),
            cells: structuredClone(this.cells),
            averages: Object.fromEntries(this.rows.map((row) => [row.enrollment, null])),
            kinds: ["absent", "zero", "exempt", "plan"].map((kind) => ({ kind, label: kind })),
            lock: this.lock,
            opened: this.opened,
            locks: this.locks,
            closed: this.lock === "open" ? null : { message: "Only Ms Lan enters marks." },
        };
    }

    /** Somebody else writes. */
    write(place, code, value) {
        const key = `${this.rows[place].enrollment}:${code}:1`;
        this.cells[key] = { value, kind: "value", version: ++this.seq };
    }

    save(id, cells, request, acknowledgement = null) {
        if (this.failure) {
            throw this.failure;
        }
        if (!this.requests.has(request)) {
            this.saves.push({ id, cells, acknowledgement });
            this.requests.set(
                request,
                cells.map((cell) => this.saveOne(cell, acknowledgement))
            );
        }
        const averages = Object.fromEntries(cells.map((cell) => [cell.enrollment, "9.9"]));
        return { cells: this.requests.get(request), averages };
    }

    saveOne({ enrollment, column, attempt, value, kind, version }, acknowledgement) {
        const place = { enrollment, column, attempt };
        const key = `${enrollment}:${column}:${attempt}`;
        const stored = this.cells[key] || { value: "", kind: "empty", version: 0 };
        if (stored.version !== version) {
            const message = "Somebody else changed this cell meanwhile.";
            return { ...place, conflict: { ...stored, author: "Ms Lan" }, message };
        }
        if (this.findings.length && (!acknowledgement || acknowledgement.token !== "t")) {
            return { ...place, error: "UNACKNOWLEDGED", message: "Please check" };
        }
        this.cells[key] = { value, kind, version: ++this.seq };
        return { ...place, value, kind, version: this.seq };
    }

    check() {
        const findings = this.findings.map((message) => ({ code: "X", message, cells: [] }));
        return { findings, token: findings.length ? "t" : null };
    }

    value(place, code) {
        const cell = this.cells[`${this.rows[place].enrollment}:${code}:1`];
        return cell && cell.value;
    }

    last() {
        return this.saves[this.saves.length - 1];
    }
}

/** The gradesheet's model for the mock server; its methods are answered by the tests. */
export class EduGradesheet extends models.Model {
    _name = "edu.gradesheet";
}

export function defineGradesheet() {
    defineMailModels();
    defineModels([EduGradesheet]);
}
