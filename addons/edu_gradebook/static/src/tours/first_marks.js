import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const MENU = (xmlid) => `[data-menu-xmlid="${xmlid}"]`;
const FIRST = 'td[data-row="0"][data-column="0"]';

/** A teacher's first mark: the sheet, a cell, a number, Enter. */
registry.category("web_tour.tours").add("edu_gradebook_first_marks", {
    url: "/odoo/edu-overview",
    steps: () => [
        {
            trigger: '.o_edu_tile[data-tile="my_sheets"]',
            content: _t("So many of your gradesheets wait for marks or for your word."),
        },
        {
            trigger: MENU("edu_core.menu_edu_books"),
            content: _t("The school's records are here."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: MENU("edu_gradebook.menu_edu_mark_grid"),
            content: _t("Enter marks as in a spreadsheet."),
            run: "click",
        },
        {
            trigger: FIRST,
            content: _t("Choose a cell. Type 8,5 or 8.5, then Enter: the next pupil follows."),
            run: "click",
        },
        {
            trigger: `${FIRST}.o_edu_active`,
            run: "press 8",
        },
        {
            trigger: `${FIRST}.o_edu_active`,
            run: "press Enter",
        },
        {
            trigger: ".o_edu_saving.text-success",
            content: _t("It is saved by itself: nobody has to press a button."),
        },
        {
            trigger: `${FIRST} .o_edu_text:contains(8)`,
        },
    ],
});
