import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/**
 * Shows what the guards against mass errors found and asks for the reason to save it all the same.
 */
export class MarkFindings extends Component {
    static template = "edu_gradebook.MarkFindings";
    static components = { Dialog };
    static props = {
        findings: Array,
        answer: Function, // called once, with the reason or ""
        close: Function,
    };

    setup() {
        this.state = useState({ reason: "" });
        this.env.dialogData.dismiss = () => this.props.answer("");
    }

    get reason() {
        return this.state.reason.trim();
    }

    save() {
        this.props.answer(this.reason);
        this.props.close();
    }

    goBack() {
        this.props.answer("");
        this.props.close();
    }
}
