/** What a phrase of the bank says where the pupil's given name comes. */
const GIVEN_NAME = "{tên}";
const TYPED = /(^|\s)\/([^\s/]*)$/u;

/** Lower case without accents: "Ngoan ngoãn" and "ngoan ngoan" find each other. */
export function plain(text) {
    return text
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .replace(/[đĐ]/g, "d")
        .toLowerCase();
}

/** The shortcut that is being typed before the caret, without its slash; null for none. */
export function typedShortcut(text, caret) {
    const match = TYPED.exec(text.slice(0, caret));
    return match ? match[2] : null;
}

/** Phrases that fit what is typed: those whose shortcut begins so first, then those that have it. */
export function matchingPhrases(phrases, typed, kind) {
    const wanted = plain(typed);
    const fitting = phrases.filter((one) => one.kind === "any" || one.kind === kind);
    const begins = (one) => plain(one.name).startsWith(wanted);
    return [
        ...fitting.filter(begins),
        ...fitting.filter((one) => !begins(one) && plain(one.text).includes(wanted)),
    ];
}

/** Put a phrase in place of the shortcut before the caret: `{ text, caret }`. */
export function putPhrase(text, caret, phrase, given) {
    const start = text.slice(0, caret).replace(TYPED, "$1");
    const filled = phrase.text.replaceAll(GIVEN_NAME, given);
    const gap = start && !/\s$/.test(start) ? " " : "";
    const head = start + gap + filled;
    return { text: head + text.slice(caret), caret: head.length };
}
