import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const EVERY = 3000;

/** How far a job is; as long as it is shown, the record is read again every few seconds. */
export class EduProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.look(), EVERY);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async look() {
        if (!document.hidden) {
            await this.props.record.load();
        }
    }
}

registry.category("fields").add("edu_progress", {
    ...progressBarField,
    component: EduProgressField,
});
