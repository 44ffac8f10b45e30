import { Component, useState } from "@odoo/owl";
import { writeMark } from "./mark_text";

/**
 * The marks of one pupil. It reads its own row of the model only, so that an edit renders one row.
 *
 * Which cell is active is in the row too and not a prop: a rendering of the grid that overtakes the
 * row's own one (keys faster than the screen) would cancel it.
 */
export class MarkRow extends Component {
    static template = "edu_gradebook.MarkRow";
    static props = {
        model: Object,
        row: Object,
        place: Number,
        columns: Array,
        lock: String,
    };

    setup() {
        this.row = useState(this.props.row);
    }

    get average() {
        return this.row.average.replace(".", ",");
    }

    text(cell) {
        return cell.typed === null ? this.written(cell) : cell.typed;
    }

    /** "Not made up" counts: its mark is shown, and its letter beside it. */
    written(cell) {
        return cell.kind === "zero" ? cell.value : writeMark(cell);
    }

    classes(cell, place) {
        const { at, selected } = this.row;
        const [from, to] = selected.split("-").map(Number);
        return {
            o_edu_active: at === place,
            o_edu_selected: selected && place >= from && place <= to,
            o_edu_closed: !this.props.model.isOpen(this.props.place, place),
            o_edu_state: !["value", "empty"].includes(cell.kind),
            [`o_edu_${cell.status}`]: Boolean(cell.status),
        };
    }

    title(cell, place) {
        if (cell.message) {
            return cell.message;
        }
        const { kinds } = this.props.model.state;
        const kind = ["value", "empty"].includes(cell.kind) ? "" : kinds[cell.kind];
        const reason = this.props.model.reasonOf(this.props.place, place);
        return [kind, reason].filter(Boolean).join("\n");
    }
}
