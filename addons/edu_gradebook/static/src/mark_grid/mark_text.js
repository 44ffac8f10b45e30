import { _t } from "@web/core/l10n/translation";

/**
 * What teachers type and read: marks with a decimal comma or point, comments, and the states that a
 * cell can have instead of a mark. Odoo's own parser is not used: with Vietnamese settings it reads
 * 8.5 as 85.
 */

const SCORE = /^(0|[1-9][0-9]*)(?:[.,]([0-9]+))?$/;
const COMMENTS = { Đ: "Đ", D: "Đ", CĐ: "CĐ", CD: "CĐ" };
const LETTERS = { V: "absent", K: "zero", M: "exempt", R: "plan" };
const ETH = /\u00d0/g; // looks like Đ and comes from old fonts

/** The key that a teacher types for each state. */
export const STATE_LETTERS = { absent: "V", zero: "K", exempt: "M", plan: "R" };

/**
 * @param {string} text what was typed or pasted
 * @param {"score" | "comment"} assess
 * @returns {{ value: string, kind: string } | { error: string, suggestion?: string }}
 */
export function readMark(text, assess) {
    const typed = text.normalize("NFC").trim().toUpperCase().replace(ETH, "Đ");
    if (!typed) {
        return { value: "", kind: "empty" };
    }
    if (typed in LETTERS) {
        const kind = LETTERS[typed];
        const lowest = assess === "comment" ? "CĐ" : "0";
        return { value: kind === "zero" ? lowest : "", kind };
    }
    return assess === "comment" ? readComment(typed) : readScore(typed);
}

function readComment(typed) {
    if (typed in COMMENTS) {
        return { value: COMMENTS[typed], kind: "value" };
    }
    return { error: _t("%s: write Đ or CĐ.", typed) };
}

function readScore(typed) {
    const match = SCORE.exec(typed);
    if (!match) {
        return { error: _t("%s is not a mark: write a number from 0 to 10.", typed) };
    }
    const [, whole, decimals = ""] = match;
    const beyond = Number(whole) > 10 || (whole === "10" && Number(decimals) > 0);
    if (beyond) {
        return outOfRange(typed);
    }
    if (decimals.length > 1) {
        return { error: _t("%s: a mark has at most one decimal.", typed) };
    }
    return { value: Number(decimals) ? `${whole}.${decimals}` : whole, kind: "value" };
}

function outOfRange(typed) {
    const suggestion = lostComma(typed);
    if (!suggestion) {
        return { error: _t("%s: a mark is from 0 to 10.", typed) };
    }
    return {
        error: _t("%(typed)s: a mark is from 0 to 10. Is %(meant)s meant?", {
            typed,
            meant: suggestion.replace(".", ","),
        }),
        suggestion,
    };
}

/** A number that may have lost its comma: 85 -> 8.5. It is suggested, never taken by itself. */
export function lostComma(typed) {
    if (typed === "100") {
        return "10";
    }
    if (!/^[0-9]{2}$/.test(typed) || Number(typed) <= 10) {
        return null;
    }
    return typed[1] === "0" ? typed[0] : `${typed[0]}.${typed[1]}`;
}

/** How a mark is written: with the decimal comma of the school's forms, a state by its letter. */
export function writeMark({ value, kind }) {
    if (kind === "value" || kind === "empty") {
        return (value || "").replace(".", ",");
    }
    return STATE_LETTERS[kind] || "";
}
