import {
    matchingPhrases,
    plain,
    putPhrase,
    typedShortcut,
} from "@edu_gradebook/remark_page/remark_text";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAll, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    getService,
    models,
    mountWebClient,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

class EduRemark extends models.Model {
    _name = "edu.remark";
}

defineMailModels();
defineModels([EduRemark]);

const PHRASES = [
    { name: "ngoan", text: "{tên} ngoan, lễ phép.", kind: "pupil" },
    { name: "nenep", text: "Lớp giữ nề nếp tốt.", kind: "class" },
    { name: "tienbo", text: "Có tiến bộ.", kind: "any" },
];

const pupil = (place, name, before = "") => ({
    enrollment: 100 + place,
    no: place,
    name: `Nguyễn Văn ${name}`,
    given: name,
    text: "",
    version: 0,
    author: "",
    before,
});

async function mountPage({ closed = "", answer = null } = {}) {
    const saves = [];
    onRpc("edu.remark", "load_remarks", () => ({
        places: [{ class_id: 1, subject_id: 2, name: "6A · Toán" }],
        place: { class_id: 1, subject_id: 2, name: "6A · Toán", hint: "", longest: [500, 250] },
        weeks: [
            { id: 11, number: 1, name: "Week 1", begun: true, written: false, missing: true },
            { id: 12, number: 2, name: "Week 2", begun: true, written: false, missing: false },
        ],
        week: 12,
        rows: [
            { ...pupil(0, "6A"), enrollment: 0, given: "", before: "Lớp ngoan." },
            pupil(1, "An"),
            pupil(2, "Bình", "Hay nói."),
        ],
        phrases: PHRASES,
        closed,
    }));
    onRpc("edu.remark", "save_remarks", ({ args: [, , , remarks, acknowledged] }) => {
        saves.push({ remarks, acknowledged });
        return remarks.map(({ enrollment, text, version }) =>
            answer && !acknowledged
                ? { enrollment, text: "", version, ...answer }
                : { enrollment, text, version: version + 1 }
        );
    });
    await mountWebClient({ WebClient });
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "edu_gradebook.remark_page",
        name: "Weekly Remarks",
    });
    await animationFrame();
    return saves;
}

const field = (place) => `textarea[data-row="${place}"]`;

test("a shortcut is found before the caret and becomes its phrase", () => {
    expect(typedShortcut("Em /ngo", 7)).toBe("ngo");
    expect(typedShortcut("và/hoặc", 7)).toBe(null);
    expect(typedShortcut("/", 1)).toBe("");
    expect(plain("Đi học ngoan Ngoãn")).toBe("di hoc ngoan ngoan");
    const [phrase] = matchingPhrases(PHRASES, "ngo", "pupil");
    expect(phrase.name).toBe("ngoan");
    expect(matchingPhrases(PHRASES, "tien bo", "class").map((one) => one.name)).toEqual(["tienbo"]);
    expect(putPhrase("Tốt. /ngo sau", 9, phrase, "An")).toEqual({
        text: "Tốt. An ngoan, lễ phép. sau",
        caret: 23,
    });
});

test("what is typed is saved when the field is left; Enter goes to the next pupil", async () => {
    const saves = await mountPage();
    await contains(field(1)).focus();
    await contains(field(1)).edit("Chăm học.", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect(field(2)).toBeFocused();
    await animationFrame();
    expect(saves[0].remarks).toEqual([{ enrollment: 101, text: "Chăm học.", version: 0 }]);
    expect(".o_edu_saving").toHaveText("Saved");
});

test("the bank opens with a slash and fills in the given name", async () => {
    await mountPage();
    await contains(field(1)).edit("/ngo", { confirm: false });
    expect(".o_edu_bank .dropdown-item").toHaveCount(1);
    await press("Tab");
    await animationFrame();
    expect(queryOne(field(1)).value).toBe("An ngoan, lễ phép.");
});

test("last week's remarks are copied into empty fields", async () => {
    const saves = await mountPage();
    await contains(".o_edu_copy_all").click();
    expect(saves[0].remarks.map((one) => one.text)).toEqual(["Lớp ngoan.", "Hay nói."]);
    expect(".o_edu_copy_all").toHaveCount(0);
});

test("what the server asks about is kept or changed", async () => {
    const asked = { error: "ASKED", message: "Another pupil is named: Bình.", token: "t" };
    const saves = await mountPage({ answer: asked });
    await contains(field(1)).edit("Bình ngoan.", { confirm: "blur" });
    await animationFrame();
    expect(".o_edu_remark_message").toHaveText(/Another pupil is named/);
    await contains(".o_edu_keep").click();
    await animationFrame();
    expect(saves[1].acknowledged).toBe("t");
    expect(".o_edu_remark_message").toHaveCount(0);
});

test("a closed week says why and is read only", async () => {
    await mountPage({ closed: "Học kì I is locked." });
    expect(".o_edu_closed").toHaveText("Học kì I is locked.");
    expect(queryAll("textarea").every((one) => one.readOnly)).toBe(true);
    expect(".o_edu_missing button").toHaveCount(1);
});
