import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const CHUNK = 20;

/**
 * Asks for a PIN once and signs the documents in portions; the PIN stays in this dialog.
 */
export class SigningDialog extends Component {
    static template = "edu_signing.SigningDialog";
    static props = ["*"];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            plan: [],
            role: "",
            pin: "",
            busy: false,
            error: "",
            warning: "",
            results: [],
        });
        onWillStart(async () => {
            const ids = this.props.action.params.document_ids || [];
            this.state.plan = await this.orm.call("edu.signing.wizard", "plan", [ids]);
            const best = this.state.plan.find((part) => this.ready(part).length);
            this.state.role = (best || this.state.plan[0] || {}).role || "";
        });
    }

    ready(part) {
        return part ? part.documents.filter((document) => !document.problem) : [];
    }

    get part() {
        return this.state.plan.find((part) => part.role === this.state.role);
    }

    get canSign() {
        return !this.state.busy && this.state.pin && this.ready(this.part).length;
    }

    get total() {
        return this.ready(this.part).length;
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && this.canSign) {
            this.sign();
        }
    }

    async sign() {
        const { role, pin } = this.state;
        const ids = this.ready(this.part).map((document) => document.id);
        Object.assign(this.state, { busy: true, error: "", results: [] });
        try {
            for (let start = 0; start < ids.length && !this.state.error; start += CHUNK) {
                const answer = await rpc("/edu/signing/sign", {
                    document_ids: ids.slice(start, start + CHUNK),
                    role,
                    pin,
                });
                this.state.results.push(...answer.results);
                this.state.warning = answer.warning;
                this.state.error = answer.error ? answer.error.message : "";
            }
        } finally {
            Object.assign(this.state, { busy: false, pin: "" });
        }
    }

    async close() {
        await this.action.doAction({ type: "ir.actions.act_window_close" });
        if (this.state.results.length) {
            await this.action.doAction("soft_reload");
        }
    }
}

/**
 * Sends a certificate file with its password and the new PIN; none of them is a field.
 */
export class UploadDialog extends Component {
    static template = "edu_signing.UploadDialog";
    static props = ["*"];

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.purpose = this.props.action.params.purpose || "person";
        this.state = useState({ file: null, password: "", pin: "", again: "", error: "", busy: false });
    }

    get needsPin() {
        return this.purpose !== "issuer";
    }

    onFile(ev) {
        this.state.file = ev.target.files[0] || null;
    }

    async upload() {
        const { file, password, pin, again } = this.state;
        if (!file) {
            this.state.error = _t("Choose a certificate file.");
            return;
        }
        if (this.needsPin && pin !== again) {
            this.state.error = _t("The two PINs differ.");
            return;
        }
        Object.assign(this.state, { busy: true, error: "" });
        try {
            const content = await readBase64(file);
            await rpc("/edu/signing/upload", { content, password, pin, purpose: this.purpose });
        } catch (error) {
            this.state.error = (error.data && error.data.message) || error.message;
            return;
        } finally {
            Object.assign(this.state, { busy: false, password: "", pin: "", again: "" });
        }
        this.notification.add(_t("The certificate has been stored."), { type: "success" });
        await this.action.doAction({ type: "ir.actions.act_window_close" });
        await this.action.doAction("edu_signing.edu_certificate_action", { clearBreadcrumbs: true });
    }
}

async function readBase64(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

registry.category("actions").add("edu_signing.sign", SigningDialog);
registry.category("actions").add("edu_signing.upload", UploadDialog);
