import { readMark } from "./mark_text";

const CODE = /^[0-9]{8,}$/;
const WORDS = /\p{L}\S*\s+\p{L}/u;
const HEADING = /^(stt|tt|mã|họ|tên|tx|đđg|gk|ck|giữa|cuối|điểm|đtb)/i;

/**
 * A block as spreadsheets put it on the clipboard.
 *
 * @param {string} text tab-separated, a line for each row; cells with line breaks are quoted
 * @returns {string[][]}
 */
export function readBlock(text) {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(/\r\n?/g, "\n");
    for (let at = 0; at < source.length; at++) {
        const char = source[at];
        const row = rows[rows.length - 1];
        if (quoted) {
            if (char !== '"') {
                row[row.length - 1] += char;
            } else if (source[at + 1] === '"') {
                row[row.length - 1] += source[++at];
            } else {
                quoted = false;
            }
        } else if (char === '"' && !row[row.length - 1]) {
            quoted = true;
        } else if (char === "\t") {
            row.push("");
        } else if (char === "\n") {
            rows.push([""]);
        } else {
            row[row.length - 1] += char;
        }
    }
    if (rows.length > 1 && rows[rows.length - 1].join("") === "") {
        rows.pop();
    }
    return rows.map((row) => row.map((cell) => cell.trim()));
}

/** The opposite of {@link readBlock}, for cells without tabs and line breaks. */
export function writeBlock(rows) {
    return rows.map((row) => row.join("\t")).join("\n");
}

/**
 * Separate the marks of a pasted block from what stands before and above them in a workbook: the
 * number, code and name of the pupil, the line of headings.
 *
 * @param {string[][]} block
 * @param {string} scale of the column that the block begins in
 * @returns {{ name: string, marks: string[] }[]} a row each, with the name or code next to it
 */
export function splitBlock(block, scale) {
    const headings = block.length > 1 && isHeading(block[0], block[1], scale) ? 1 : 0;
    const rows = block.slice(headings);
    const width = Math.max(...rows.map((row) => row.length));
    const about = (place) => rows.map((row) => row[place] || "").filter(Boolean);
    const places = [...Array(width).keys()];
    const names = places.filter((place) => isMostly(about(place), (cell) => WORDS.test(cell)));
    const codes = places.filter((place) => isMostly(about(place), (cell) => CODE.test(cell)));
    const before = Math.max(-1, ...names, ...codes) + 1;
    const told = names.length ? names : codes;
    return rows.map((row) => ({
        name: told.map((place) => row[place] || "").join(" ").trim(),
        marks: row.slice(before),
    }));
}

function isMostly(cells, test) {
    return cells.length > 0 && cells.filter(test).length * 2 > cells.length;
}

/** A first line of headings as gradebooks have them; anything else in it may be a mistyped mark. */
function isHeading(first, second, scale) {
    const given = first.filter(Boolean);
    return (
        given.some((cell) => HEADING.test(cell)) &&
        given.every((cell) => /\p{L}/u.test(cell) && readMark(cell, scale).error) &&
        second.some((cell) => cell && !readMark(cell, scale).error)
    );
}
