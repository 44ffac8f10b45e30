import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { matchingPhrases, putPhrase, typedShortcut } from "./remark_text";

const MODEL = "edu.remark";
const SHOWN = 6;

/**
 * The weekly page: a remark about the class and, where there is something to say, about its pupils.
 *
 * What is typed is saved when the field is left. What the server asks about stands below the field
 * until it is changed or kept.
 */
export class RemarkPage extends Component {
    static template = "edu_gradebook.RemarkPage";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.rootRef = useRef("root");
        this.page = useState({ phase: "loading", error: "", places: [], weeks: [], rows: [] });
        this.bank = useState({ row: -1, phrases: [], at: 0 });
        this.saving = Promise.resolve();
        useSetupAction({
            rootRef: this.rootRef,
            beforeLeave: () => this.beforeLeave(),
            beforeUnload: (ev) => this.beforeUnload(ev),
        });
        const { params = {}, context = {} } = this.props.action;
        onWillStart(() => this.load({ ...context.edu_remarks, ...params }));
        onWillUnmount(() => (this.gone = true));
    }

    // -- loading ------------------------------------------------------------------------------

    async load({ class_id = null, subject_id = null, week_id = null } = {}) {
        try {
            const told = await this.orm.call(MODEL, "load_remarks", [class_id, subject_id, week_id]);
            Object.assign(this.page, { ...told, phase: told.place ? "ready" : "empty", error: "" });
            this.page.rows = (told.rows || []).map((row) => ({
                ...row,
                saved: row.text,
                status: "",
                message: "",
                token: null,
            }));
        } catch (error) {
            const message = error.data ? error.data.message : error.message;
            Object.assign(this.page, { phase: "failed", error: message, asked: { class_id, subject_id, week_id } });
        }
        this.closeBank();
    }

    async open(changes) {
        const { class_id, subject_id } = this.page.place;
        if (await this.beforeLeave()) {
            await this.load({ class_id, subject_id, week_id: this.page.week, ...changes });
        }
    }

    openPlace(ev) {
        const [class_id, subject_id] = ev.target.value.split("-").map(Number);
        return this.open({ class_id, subject_id });
    }

    openWeek(ev) {
        return this.open({ week_id: Number(ev.target.value) });
    }

    step(by) {
        const place = this.page.weeks.findIndex((week) => week.id === this.page.week);
        const week = this.page.weeks[place + by];
        return week && this.open({ week_id: week.id });
    }

    showMissing() {
        return this.action.doAction("edu_gradebook.edu_remark_due_action", {
            additionalContext: { search_default_mine: 1 },
        });
    }

    // -- what the page says -------------------------------------------------------------------

    get isOpen() {
        return !this.page.closed;
    }

    get week() {
        return this.page.weeks.find((week) => week.id === this.page.week) || {};
    }

    get missing() {
        return this.page.weeks.filter((week) => week.missing);
    }

    get shownMissing() {
        return this.missing.slice(-SHOWN);
    }

    get pupils() {
        return this.page.rows.slice(1);
    }

    get missingText() {
        return _t("Weeks without a remark: %s", this.missing.length);
    }

    get savingText() {
        if (this.page.rows.some((row) => row.status === "saving")) {
            return _t("Saving…");
        }
        return this.dirty.length ? _t("Not saved: %s", this.dirty.length) : _t("Saved");
    }

    get dirty() {
        return this.page.rows.filter((row) => row.text !== row.saved);
    }

    get copyable() {
        return this.page.rows.filter((row) => row.before && !row.text);
    }

    weekLabel(week) {
        return week.written ? `${week.name} ✓` : week.missing ? `${week.name} !` : week.name;
    }

    countText(row) {
        const longest = this.page.place.longest[row.enrollment ? 1 : 0];
        return `${row.text.length}/${longest}`;
    }

    isLong(row) {
        return row.text.length > this.page.place.longest[row.enrollment ? 1 : 0];
    }

    // -- typing -------------------------------------------------------------------------------

    field(place) {
        return this.rootRef.el.querySelector(`textarea[data-row="${place}"]`);
    }

    onInput(place, ev) {
        const row = this.page.rows[place];
        row.text = ev.target.value;
        if (["asked", "refused"].includes(row.status)) {
            Object.assign(row, { status: "", message: "", token: null });
        }
        this.offer(place, ev.target);
    }

    offer(place, field) {
        const typed = typedShortcut(field.value, field.selectionStart);
        const kind = this.page.rows[place].enrollment ? "pupil" : "class";
        const phrases =
            typed === null ? [] : matchingPhrases(this.page.phrases, typed, kind).slice(0, SHOWN);
        Object.assign(this.bank, { row: phrases.length ? place : -1, phrases, at: 0 });
    }

    closeBank() {
        Object.assign(this.bank, { row: -1, phrases: [], at: 0 });
    }

    openBank(place) {
        const field = this.field(place);
        field.focus();
        const caret = field.selectionStart;
        if (typedShortcut(field.value, caret) === null) {
            const gap = caret && !/\s/.test(field.value[caret - 1]) ? " /" : "/";
            field.setRangeText(gap, caret, caret, "end");
            this.page.rows[place].text = field.value;
        }
        this.offer(place, field);
    }

    pick(place, phrase) {
        const field = this.field(place);
        const row = this.page.rows[place];
        const put = putPhrase(field.value, field.selectionStart, phrase, row.given || "");
        row.text = field.value = put.text;
        field.focus();
        field.setSelectionRange(put.caret, put.caret);
        this.closeBank();
    }

    onKeydown(place, ev) {
        if (this.bank.row === place && this.onBankKey(place, ev)) {
            ev.preventDefault();
            return;
        }
        const row = this.page.rows[place];
        if (ev.key === "Escape" && row.text !== row.saved) {
            ev.stopPropagation();
            this.revert(row);
        } else if (ev.altKey && ev.key === "ArrowUp") {
            ev.preventDefault();
            this.goTo(place - 1);
        } else if (this.goesOn(row, ev)) {
            ev.preventDefault();
            this.goTo(place + 1);
        } else if (ev.altKey && ev.key.toLowerCase() === "c" && row.before) {
            ev.preventDefault();
            this.copy(row);
        }
    }

    /** Enter goes to the next pupil; Shift+Enter, and Enter in the class's remark, begin a line. */
    goesOn(row, ev) {
        if (ev.altKey && ev.key === "ArrowDown") {
            return true;
        }
        const isEnter = ev.key === "Enter" && !ev.isComposing && !ev.shiftKey;
        return isEnter && (ev.ctrlKey || ev.metaKey || (row.enrollment && !hasTouch()));
    }

    onBankKey(place, ev) {
        const { phrases, at } = this.bank;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            const by = ev.key === "ArrowDown" ? 1 : -1;
            this.bank.at = (at + by + phrases.length) % phrases.length;
        } else if (ev.key === "Enter" || ev.key === "Tab") {
            this.pick(place, phrases[at]);
        } else if (ev.key === "Escape") {
            ev.stopPropagation();
            this.closeBank();
        } else if (ev.key === " " && this.isExact(place)) {
            this.pick(place, phrases[0]);
        } else {
            return false;
        }
        return true;
    }

    /** Whether the whole shortcut of the first phrase is typed: a blank then puts it in. */
    isExact(place) {
        const field = this.field(place);
        const typed = typedShortcut(field.value, field.selectionStart);
        return typed && typed.toLowerCase() === this.bank.phrases[0].name.toLowerCase();
    }

    goTo(place) {
        const field = this.field(Math.max(0, Math.min(place, this.page.rows.length - 1)));
        field.focus();
        field.scrollIntoView({ block: "nearest" });
    }

    revert(row) {
        Object.assign(row, { text: row.saved, status: "", message: "", token: null });
        this.closeBank();
    }

    copy(row) {
        row.text = row.before;
        return this.save();
    }

    copyAll() {
        this.copyable.forEach((row) => (row.text = row.before));
        return this.save();
    }

    // -- saving -------------------------------------------------------------------------------

    onChange() {
        this.closeBank();
        return this.save();
    }

    /** One save at a time: what is typed meanwhile goes with the next one. */
    save(acknowledged = null, only = null) {
        this.saving = this.saving.then(() => this.saveNow(acknowledged, only));
        return this.saving;
    }

    async saveNow(acknowledged, only) {
        const rows = (only || this.dirty).filter((row) => only || row.status !== "asked");
        if (!rows.length || this.gone || !this.isOpen) {
            return;
        }
        const { class_id, subject_id } = this.page.place;
        const sent = rows.map((row) => row.text);
        rows.forEach((row) => Object.assign(row, { status: "saving", message: "" }));
        try {
            const answers = await this.orm.silent.call(MODEL, "save_remarks", [
                class_id,
                this.page.week,
                subject_id,
                rows.map(({ enrollment, text, version }) => ({ enrollment, text, version })),
                acknowledged,
            ]);
            rows.forEach((row, place) => this.take(row, answers[place], sent[place]));
        } catch (error) {
            const message = error.data ? error.data.message : _t("No connection: not saved.");
            rows.forEach((row) => Object.assign(row, { status: "refused", message }));
        }
        this.week.written = Boolean(this.page.rows[0].saved);
        this.week.missing = this.week.missing && !this.week.written;
    }

    take(row, answer, sent) {
        if (answer.error) {
            const status = { ASKED: "asked", CONFLICT: "conflict" }[answer.error] || "refused";
            Object.assign(row, {
                status,
                message: answer.message,
                token: answer.token || null,
                theirs: answer,
            });
            return;
        }
        const untouched = row.text === sent;
        Object.assign(row, { saved: answer.text, version: answer.version, status: "saved" });
        Object.assign(row, { message: "", token: null });
        if (untouched) {
            row.text = answer.text;
        }
    }

    keep(row) {
        const asked = this.page.rows.filter((one) => one.token && one.token === row.token);
        return this.save(row.token, asked);
    }

    resolve(row, mine) {
        const { text, version } = row.theirs;
        Object.assign(row, { saved: text, version, status: "", message: "" });
        if (!mine) {
            row.text = text;
        }
        return this.save();
    }

    async beforeLeave() {
        await this.save();
        return !this.dirty.length || window.confirm(_t("Some remarks are not saved. Leave them?"));
    }

    beforeUnload(ev) {
        if (this.dirty.length) {
            ev.preventDefault();
            ev.returnValue = "Unsaved";
        }
    }
}

registry.category("actions").add("edu_gradebook.remark_page", RemarkPage);
