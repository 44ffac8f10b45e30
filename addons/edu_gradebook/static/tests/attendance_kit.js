import { models } from "@web/../tests/web_test_helpers";

/** A month behind the grid as the server behaves: versions, conflicts, refusals, counts. */
export class Month {
    constructor({ pupils = 4, sessions = ["am"], closed = null, kept = true } = {}) {
        this.sheet = {
            id: 7,
            class: "6A",
            month: "2026-11",
            year: "2026-2027",
            pupils,
            users: ["Ms Hạnh"],
            kept,
            may_keep: true,
            limit: 35,
        };
        this.closed = closed;
        this.today = "2026-11-05";
        this.columns = ["02", "03", "04", "05", "06"].flatMap((day) =>
            sessions.map((session) => ({
                code: `2026-11-${day}:${session}`,
                day: `2026-11-${day}`,
                number: Number(day),
                weekday: "T",
                session,
                label: session === "am" ? "Morning" : "Afternoon",
                closed: day === "03" ? "Storm" : day === "06" ? "The day is yet to come." : null,
            }))
        );
        this.rows = [...Array(pupils).keys()].map((place) => ({
            enrollment: 100 + place,
            no: place + 1,
            name: `Nguyễn Văn ${String.fromCharCode(65 + place)}`,
            code: `38126001${10 + place}`,
            active: place !== 3,
            note: place === 3 ? "Has left" : "",
            from: "2026-09-05",
            to: "2027-05-31",
        }));
        this.cells = {};
        this.seq = 0;
        this.saves = [];
        this.failure = null;
    }

    open() {
        return {
            sheet: { ...this.sheet },
            sheets: [{ id: 7, class: "6A" }],
            months: [{ month: "2026-11", label: "11/2026" }],
            today: this.today,
            columns: this.columns,
            rows: this.rows.map((row) => ({ ...row })),
            cells: structuredClone(this.cells),
            counts: Object.fromEntries(this.rows.map((row) => [row.enrollment, "0"])),
            closed: this.closed,
        };
    }

    /** Somebody else writes. */
    write(place, code, value) {
        const kind = value ? "value" : "empty";
        this.cells[`${this.rows[place].enrollment}:${code}`] = { value, kind, version: ++this.seq };
    }

    save(id, month, cells) {
        if (this.failure) {
            throw this.failure;
        }
        this.saves.push({ id, month, cells });
        const answers = cells.map((cell) => this.saveOne(cell));
        const counts = Object.fromEntries(cells.map((cell) => [cell.enrollment, "36"]));
        return { cells: answers, counts };
    }

    saveOne({ enrollment, column, value, version }) {
        const place = { enrollment, column };
        const key = `${enrollment}:${column}`;
        const stored = this.cells[key] || { value: "", kind: "empty", version: 0 };
        if (stored.version !== version) {
            const message = "Somebody else changed this cell meanwhile.";
            return { ...place, conflict: { ...stored, author: "Ms Lan" }, message };
        }
        this.cells[key] = { value, kind: value ? "value" : "empty", version: ++this.seq };
        return { ...place, ...this.cells[key] };
    }

    value(place, code) {
        const cell = this.cells[`${this.rows[place].enrollment}:${code}`];
        return cell && cell.value;
    }
}

/** The model for the mock server; its methods are answered by the tests. */
export class EduAttendance extends models.Model {
    _name = "edu.attendance";
}
