import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

const EVERY = 5 * 60 * 1000;
const SEEN = "edu_core.maintenance_seen";

/** Announced maintenance, at the foot of every screen until somebody has read it. */
export class MaintenanceNotice extends Component {
    static template = "edu_core.MaintenanceNotice";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            notices: session.edu_maintenance || [],
            seen: browser.sessionStorage.getItem(SEEN) || "",
        });
        if (session.edu_maintenance) {
            onMounted(() => {
                this.timer = browser.setInterval(() => this.look(), EVERY);
            });
            onWillUnmount(() => browser.clearInterval(this.timer));
        }
    }

    async look() {
        if (!document.hidden) {
            this.state.notices = await this.orm.silent.call("edu.maintenance", "edu_announced");
        }
    }

    get notice() {
        return this.state.notices.find((notice) => !this.state.seen.includes(this.mark(notice)));
    }

    /** A notice whose times change is another one. */
    mark({ id, date_from, date_to }) {
        return `${id}/${date_from}/${date_to};`;
    }

    said({ date_from, date_to }) {
        const [from, to] = [date_from, date_to].map((value) => deserializeDateTime(value));
        const end = to.hasSame(from, "day") ? to.toFormat("HH:mm") : this.time(to);
        return _t("The system stands still from %(from)s to %(to)s. Save your work before.", {
            from: this.time(from),
            to: end,
        });
    }

    time(value) {
        return `${value.toFormat("HH:mm")} ${formatDate(value)}`;
    }

    close(notice) {
        this.state.seen += this.mark(notice);
        browser.sessionStorage.setItem(SEEN, this.state.seen);
    }
}

registry.category("main_components").add("EduMaintenanceNotice", { Component: MaintenanceNotice });
