import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";

/**
 * The matrix of marks by class and subject. A cell that is about one gradesheet opens this sheet;
 * one about several lists them.
 */
export class ProgressPivotRenderer extends PivotRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
    }

    async openView(domain, views, context, newWindow) {
        const { resModel } = this.model.metaData;
        const rows = await this.orm.searchRead(resModel, domain, ["gradesheet_id"]);
        const sheets = new Set(rows.map((row) => row.gradesheet_id[0]));
        if (sheets.size !== 1) {
            return super.openView(domain, views, context, newWindow);
        }
        const action = await this.orm.call(resModel, "action_open_grid", [[rows[0].id]]);
        return this.actionService.doAction(action, { newWindow });
    }
}

registry
    .category("views")
    .add("edu_progress_pivot", { ...pivotView, Renderer: ProgressPivotRenderer });
