import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const MENU = (xmlid) => `[data-menu-xmlid="${xmlid}"]`;

/** The administrator's first steps: a school year, a class, a pupil. */
registry.category("web_tour.tours").add("edu_core_first_steps", {
    url: "/odoo/edu-overview",
    steps: () => [
        {
            trigger: ".o_edu_board",
            content: _t("The overview says what has been done and what comes next."),
        },
        {
            trigger: MENU("edu_core.menu_edu_school"),
            content: _t("Everything about the school is here."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: MENU("edu_core.menu_edu_year"),
            content: _t("Start with the school year."),
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            content: _t("Create the school year."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            content: _t("Write it as two years, for example 2027-2028."),
            run: "edit 2027-2028",
        },
        {
            trigger: ".o_field_widget[name=date_start] input",
            content: _t("The first school day."),
            run: "edit 09/09/2027",
        },
        {
            trigger: ".o_field_widget[name=date_end] input",
            content: _t("The last school day."),
            run: "edit 05/05/2028",
        },
        {
            trigger: ".o_form_button_save",
            content: _t("Save. The periods of assessment follow from the regulation of each class."),
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_readonly, .o_form_button_create",
        },
        {
            trigger: MENU("edu_core.menu_edu_school"),
            content: _t("Now a class."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: MENU("edu_core.menu_edu_class"),
            content: _t("The classes of the school."),
            run: "click",
        },
        {
            trigger: ".o_kanban_view",
        },
        {
            trigger: ".o-kanban-button-new",
            content: _t("Create a class."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input",
            content: _t("Its name, for example 6A."),
            run: "edit 6T",
        },
        {
            trigger: ".o_field_widget[name=school_year_id] input",
            content: _t("The school year."),
            run: "edit 2027-2028",
        },
        {
            trigger: ".ui-autocomplete .dropdown-item:contains(/^\\d{4}-\\d{4}$/)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=grade_id] input",
            content: _t("The grade: the regulation by which the class is assessed follows from it."),
            run: "edit Grade 6",
        },
        {
            trigger: ".ui-autocomplete .dropdown-item:contains(/ 6$/)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            content: _t("Save. Next come the pupils: Pupils, Import Pupils."),
            run: "click",
        },
        {
            trigger: ".o_form_saved button[name=action_view_list], button[name=action_number_list]",
        },
    ],
});
