import { Component, useState } from "@odoo/owl";

/** How many pupils each session misses; apart from the table, so that a key renders little. */
export class AttendanceFoot extends Component {
    static template = "edu_gradebook.AttendanceFoot";
    static props = { rows: Array, columns: Array };

    setup() {
        this.rows = useState(this.props.rows);
    }

    absent(code) {
        return this.rows.filter((row) => row.cells[code].value).length || "";
    }
}
