from odoo import models

from .edu_mark_column import SUMMER


class EduGradesheetSummer(models.AbstractModel):
    """The additional assessment of primary (TT 27/2020 Điều 11.1.b): a sheet of summer has only
    what was not reached at the end of the year."""

    _name = "edu.gradesheet.summer"
    _description = "Sheets of Summer"

    def _edu_summer_excused(self):
        """Columns that are not assessed again, ``{(sheet id, enrolment id): {code}}``."""
        summer = self.filtered(lambda sheet: sheet.period_id.code == SUMMER)
        if not summer:
            return {}
        ends = self.search(
            [
                ("class_id", "in", summer.class_id.ids),
                ("period_id", "in", summer.period_id.parent_id.ids),
            ]
        )
        found = self.env["edu.mark"]._edu_cells(ends)
        before = {(sheet.class_id, sheet.subject_id): found[sheet.id] for sheet in ends}
        excused = {}
        for sheet in summer:
            columns = sheet._edu_columns()
            cells = before.get((sheet.class_id, sheet.subject_id), {})
            for line in sheet.gradebook_period_id._edu_active_lines():
                due = sheet._edu_due_again(columns, cells.get(line.id, {}))
                excused[sheet.id, line.id] = set(columns.mapped("code")) - due
        return excused

    def _edu_due_again(self, columns, cells):
        """Codes of those of ``columns`` that are assessed again, see ``to_reassess`` of the rules.

        :param dict cells: ``{column code: (kind, token)}`` of the end of the year
        """
        given = {"level": {}, "whole": {}, "trait": {}}
        for column in columns:
            _kind, token = cells.get(column.code, ("empty", None))
            given[column.scale][column.code] = "D" if token == "Đ" else token
        module = self.env["edu.subject.result"]._edu_rules(self.class_id.regulation_id)
        due = module.to_reassess(
            levels=given["level"], scores=given["whole"], traits=given["trait"]
        )
        return set(due.value)

    def _edu_not_due(self):
        """``{enrolment id: {column code}}`` of cells that are not entered in this sheet at all."""
        return {line: codes for (_sheet, line), codes in self._edu_summer_excused().items()}
