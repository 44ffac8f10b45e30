import { _t } from "@web/core/l10n/translation";

/**
 * What teachers type and read: marks with a decimal comma or point, comments, and the states that a
 * cell can have instead of a mark. Odoo's own parser is not used: with Vietnamese settings it reads
 * 8.5 as 85.
 */

const SCORE = /^(0|[1-9][0-9]*)(?:[.,]([0-9]+))?$/;
const COMMENTS = { Đ: "Đ", D: "Đ", CĐ: "CĐ", CD: "CĐ" };
const LEVELS = { T: "T", H: "H", C: "C" };
const TRAITS = { T: "T", Đ: "Đ", D: "Đ", C: "C" };
const LETTERS = { V: "absent", K: "zero", M: "exempt", R: "plan" };
const ETH = /\u00d0/g; // looks like Đ and comes from old fonts

/** The lowest result of scales that have one for what was not made up. */
export const LOWEST = { score: "0", comment: "CĐ" };

/** The key that a teacher types for each state. */
export const STATE_LETTERS = { absent: "V", zero: "K", exempt: "M", plan: "R" };

/**
 * @param {string} text what was typed or pasted
 * @param {"score" | "comment" | "level" | "whole" | "trait" | "goal"} scale of the column
 * @returns {{ value: string, kind: string } | { error: string, suggestion?: string }}
 */
export function readMark(text, scale) {
    const typed = text.normalize("NFC").trim().toUpperCase().replace(ETH, "Đ");
    if (!typed) {
        return { value: "", kind: "empty" };
    }
    const kind = LETTERS[typed];
    if (kind && (kind !== "zero" || scale in LOWEST)) {
        return { value: kind === "zero" ? LOWEST[scale] : "", kind };
    }
    const read = { whole: readWhole, level: readLevel, trait: readTrait, score: readScore }[scale];
    return (read || readComment)(typed);
}

function readComment(typed) {
    return readLetter(typed, COMMENTS, _t("%s: write Đ or CĐ.", typed));
}

function readLevel(typed) {
    return readLetter(typed, LEVELS, _t("%s: write T, H or C.", typed));
}

function readTrait(typed) {
    return readLetter(typed, TRAITS, _t("%s: write T, Đ or C.", typed));
}

function readLetter(typed, letters, error) {
    return typed in letters ? { value: letters[typed], kind: "value" } : { error };
}

/** The score of a test in primary: 0 to 10 without decimals. */
function readWhole(typed) {
    const match = SCORE.exec(typed);
    if (!match || Number(match[1]) > 10 || Number(match[2] || 0)) {
        return { error: _t("%s: the score of a test is a whole number from 0 to 10.", typed) };
    }
    return { value: match[1], kind: "value" };
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
