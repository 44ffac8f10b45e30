import { Component, useState } from "@odoo/owl";

/** The sessions of one pupil; an edit renders one row, as in the marks' grid. */
export class AttendanceRow extends Component {
    static template = "edu_gradebook.AttendanceRow";
    static props = {
        model: Object,
        row: Object,
        place: Number,
        columns: Array,
        today: String,
        lock: String,
    };

    setup() {
        this.row = useState(this.props.row);
    }

    get totals() {
        // read through the row, so that its changes render it
        const count = { P: 0, K: 0 };
        for (const { code } of this.props.columns) {
            const { value } = this.row.cells[code];
            if (value) {
                count[value]++;
            }
        }
        return { ...count, TS: count.P + count.K };
    }

    /** Whether the absences of the year are as many as the school wants to be warned of. */
    get isNear() {
        return Number(this.row.average) >= this.props.model.state.sheet.limit;
    }

    classes(column, place) {
        const { value, status } = this.row.cells[column.code];
        return {
            o_edu_active: this.row.at === place,
            o_edu_closed: !this.props.model.isOpen(this.props.place, place),
            o_edu_today: column.day === this.props.today,
            o_edu_first: column.session === "am" || !place,
            o_edu_excused: value === "P",
            o_edu_unexcused: value === "K",
            [`o_edu_${status}`]: Boolean(status),
        };
    }

    title(column, place) {
        const { message } = this.row.cells[column.code];
        return message || this.props.model.reasonOf(this.props.place, place);
    }
}
