import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const TONES = { good: "text-success", warning: "text-warning-emphasis", bad: "text-danger" };

/** What is done, what is missing and what to do next; each tile opens the list behind it. */
export class EduDashboard extends Component {
    static template = "edu_core.Dashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ told: null });
        useSetupAction();
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    async load() {
        this.state.told = await this.orm.call("edu.dashboard", "load", []);
    }

    tone(one) {
        return TONES[one.tone] || "";
    }

    open(action) {
        if (action) {
            this.action.doAction(action);
        }
    }

    openClass(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "edu.class",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("edu_core.dashboard", EduDashboard);
