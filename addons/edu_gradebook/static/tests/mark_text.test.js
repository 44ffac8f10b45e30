import { readBlock, splitBlock, writeBlock } from "@edu_gradebook/mark_grid/mark_blocks";
import { lostComma, readMark, writeMark } from "@edu_gradebook/mark_grid/mark_text";
import { describe, expect, test } from "@odoo/hoot";
import { defineParams, makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineGradesheet } from "./mark_grid_kit";

describe.current.tags("headless");
defineGradesheet();

const value = (text) => ({ value: text, kind: "value" });

test("a mark is typed with a comma or a point, whatever the language", async () => {
    defineParams({ lang_parameters: { decimal_point: ",", thousands_sep: "." } });
    await makeMockEnv();
    for (const [typed, mark] of [
        ["8,5", "8.5"],
        ["8.5", "8.5"],
        ["0.5", "0.5"],
        ["1.0", "1"],
        ["10", "10"],
        ["10,0", "10"],
        [" 7 ", "7"],
        ["0", "0"],
    ]) {
        expect(readMark(typed, "score")).toEqual(value(mark));
    }
});

test("a number without its comma is refused and 8,5 is suggested", async () => {
    await makeMockEnv();
    const read = readMark("85", "score");
    expect(read.value).toBe(undefined);
    expect(read.suggestion).toBe("8.5");
    expect(String(read.error)).toInclude("8,5");
    expect(lostComma("90")).toBe("9");
    expect(lostComma("100")).toBe("10");
    expect(lostComma("855")).toBe(null);
    expect(lostComma("10")).toBe(null);
});

test("what is no mark is refused", async () => {
    await makeMockEnv();
    for (const typed of ["8,55", "11", "10,5", "-1", "abc", "8.5.5", "1e1", "Đ", "٨", "08", "8,"]) {
        expect(Boolean(readMark(typed, "score").error)).toBe(true, { message: typed });
    }
});

test("comments are typed with or without the stroke", async () => {
    await makeMockEnv();
    for (const typed of ["Đ", "đ", "d", "D", "\u00d0", "Đ".normalize("NFD")]) {
        expect(readMark(typed, "comment")).toEqual(value("Đ"), { message: typed });
    }
    for (const typed of ["CĐ", "cđ", "cd", "Cd"]) {
        expect(readMark(typed, "comment")).toEqual(value("CĐ"), { message: typed });
    }
    expect(Boolean(readMark("8", "comment").error)).toBe(true);
});

test("a letter is a state instead of a mark", async () => {
    await makeMockEnv();
    expect(readMark("v", "score")).toEqual({ value: "", kind: "absent" });
    expect(readMark("k", "score")).toEqual({ value: "0", kind: "zero" });
    expect(readMark("K", "comment")).toEqual({ value: "CĐ", kind: "zero" });
    expect(readMark("m", "comment")).toEqual({ value: "", kind: "exempt" });
    expect(readMark("r", "score")).toEqual({ value: "", kind: "plan" });
    expect(readMark("  ", "score")).toEqual({ value: "", kind: "empty" });
});

test("what is copied is typed again as the same", async () => {
    await makeMockEnv();
    for (const cell of [value("8.5"), { value: "", kind: "absent" }, { value: "0", kind: "zero" }]) {
        expect(readMark(writeMark(cell), "score")).toEqual(cell);
    }
    expect(writeMark(value("8.5"))).toBe("8,5");
});

test("blocks as spreadsheets copy them", () => {
    expect(readBlock("8\t7,5\r\n6\t\r\n")).toEqual([
        ["8", "7,5"],
        ["6", ""],
    ]);
    expect(readBlock('"a\nb"\t"say ""hi"""')).toEqual([["a\nb", 'say "hi"']]);
    expect(readBlock("8")).toEqual([["8"]]);
    expect(readBlock("8\n\n7\n")).toEqual([["8"], [""], ["7"]]);
    const block = [
        ["8,5", "7"],
        ["", "6"],
    ];
    expect(readBlock(writeBlock(block))).toEqual(block);
});

test("numbers, codes, names and headings of a workbook are no marks", () => {
    const block = [
        ["STT", "Mã", "Họ và tên", "TX1"],
        ["1", "3812600101", "Nguyễn Văn An", "8"],
        ["2", "3812600108", "Lê Thị Ánh", "7,5"],
    ];
    expect(splitBlock(block, "score")).toEqual([
        { name: "Nguyễn Văn An", marks: ["8"] },
        { name: "Lê Thị Ánh", marks: ["7,5"] },
    ]);
    const codes = [
        ["3812600101", "8"],
        ["3812600108", ""],
    ];
    expect(splitBlock(codes, "score")).toEqual([
        { name: "3812600101", marks: ["8"] },
        { name: "3812600108", marks: [""] },
    ]);
    expect(splitBlock([["8", "7"]], "score")).toEqual([{ name: "", marks: ["8", "7"] }]);
});

test("a mistyped mark in the first line is no heading", () => {
    for (const typed of ["85", "abc", "vang"]) {
        expect(splitBlock([[typed], ["8"]], "score")).toEqual([
            { name: "", marks: [typed] },
            { name: "", marks: ["8"] },
        ]);
    }
    expect(splitBlock([["CĐ"], ["Đ"]], "comment").length).toBe(2);
});
