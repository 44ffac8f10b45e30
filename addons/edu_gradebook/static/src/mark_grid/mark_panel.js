import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/**
 * Beside the grid: the history of a cell, or why an average is what it is.
 */
export class MarkPanel extends Component {
    static template = "edu_gradebook.MarkPanel";
    static props = {
        what: String, // "history" or "average"
        title: String,
        load: Function, // () => what the server tells
        place: String, // changes with the cell, so that it is loaded again
        close: Function,
    };

    setup() {
        this.state = useState({ told: null, error: "" });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            if (next.place !== this.props.place) {
                return this.load(next);
            }
        });
    }

    /** What could not be loaded is unknown, never empty: no history seen is not "never changed". */
    async load(props) {
        try {
            Object.assign(this.state, { told: await props.load(), error: "" });
        } catch (error) {
            const message = (error.data && error.data.message) || error.message;
            Object.assign(this.state, { told: null, error: message });
        }
    }

    /** When, from where, and the number of the ledger's entry. */
    source(event) {
        const at = formatDateTime(deserializeDateTime(event.at));
        return `${at} · ${event.origin} · #${event.seq}`;
    }

    who(event) {
        const { user, acting_for: other } = event;
        return other ? _t("%(user)s, for %(other)s", { user, other }) : user;
    }

    get net() {
        const { first, now, difference } = this.state.told;
        const words = { first: first || "–", now: now || "–", difference };
        return difference
            ? _t("First %(first)s, now %(now)s, difference %(difference)s", words)
            : _t("First %(first)s, now %(now)s", words);
    }
}
