import "@edu_gradebook/progress_pivot/progress_pivot";
import { describe, expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, mockService, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Sheet extends models.Model {
    _name = "edu.gradesheet";

    name = fields.Char();

    _records = [
        { id: 7, name: "Toán - 6A" },
        { id: 8, name: "Ngữ văn - 6A" },
    ];
}

class Progress extends models.Model {
    _name = "edu.entry.progress";

    gradesheet_id = fields.Many2one({ relation: "edu.gradesheet" });
    subject = fields.Char();
    missing = fields.Integer({ aggregator: "sum" });

    _records = [
        { id: 1, gradesheet_id: 7, subject: "Toán", missing: 2 },
        { id: 2, gradesheet_id: 7, subject: "Toán", missing: 3 },
        { id: 3, gradesheet_id: 8, subject: "Văn", missing: 4 },
    ];
}

defineMailModels();
defineModels([Sheet, Progress]);

test("a cell about one sheet opens it, one about several lists them", async () => {
    mockService("action", {
        doAction: (action) => expect.step(action.tag || action.domain.length),
    });
    onRpc("edu.entry.progress", "action_open_grid", ({ args: [[id]] }) => {
        expect.step(`row ${id}`);
        return { type: "ir.actions.client", tag: "grid" };
    });
    await mountView({
        type: "pivot",
        resModel: "edu.entry.progress",
        arch: `
            <pivot js_class="edu_progress_pivot">
                <field name="subject" type="row"/>
                <field name="missing" type="measure"/>
            </pivot>`,
    });
    await contains(".o_pivot_cell_value:eq(1)").click();
    await expect.waitForSteps(["row 1", "grid"]);
    await contains(".o_pivot_cell_value:eq(0)").click();
    await expect.waitForSteps([0]);
});
