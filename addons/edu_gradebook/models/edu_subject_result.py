import hashlib

from odoo import api, fields, models

from edu_records import rules
from edu_records.canonical import canonical_json
from edu_records.rules import explain

# a subject whose every mark is one of these is left out of the pupil's results (TT 22 Điều 10, 11)
LEFT_OUT = ("exempt", "plan")
MODULES = {"MN": "preschool"}  # where the module is not called as the regulation's code
COMPARED_RESULT = ("value", "input_hash", "rule_version")


class EduSubjectResult(models.Model):
    """ĐTBmhk or comment result of a pupil in a subject: computed in sets, kept with its inputs."""

    _name = "edu.subject.result"
    _inherit = ["edu.inspected.mixin", "edu.sealed.mixin", "edu.kept.mixin"]
    _description = "Subject Result"
    _order = "gradesheet_id, enrollment_id"
    _log_access = False
    _rec_name = "value"

    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period", required=True, readonly=True, index=True, ondelete="restrict"
    )
    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, readonly=True, index=True, ondelete="restrict"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, index=True, ondelete="restrict"
    )
    value = fields.Char("Result", readonly=True)
    input_hash = fields.Char(required=True, readonly=True)
    rule_version = fields.Char(required=True, readonly=True)
    trace = fields.Text("Explanation", readonly=True)

    _result_uniq = models.Constraint(
        "UNIQUE(gradesheet_id, enrollment_id)", "The pupil has this result already."
    )

    def _edu_school(self):
        return self.gradesheet_id.company_id

    @api.model
    def _edu_refusal(self):
        return self.env._("Results are computed from the marks; they are not written.")

    @api.model
    def _edu_rules(self, regulation):
        """The library's module of functions for ``regulation``."""
        return getattr(rules, MODULES.get(regulation.code) or regulation.code.lower())

    @api.model
    def _edu_judge_sheet(self, sheet):
        """Results of one sheet as its marks stand, ``{enrolment id: judged}``."""
        return self._edu_judge(sheet, self.env["edu.mark"]._edu_cells(sheet)[sheet.id])

    @api.model
    def _edu_judge(self, sheet, cells):
        """Apply the regulation to the cells of one sheet.

        :param dict cells: ``{enrolment id: {column code: (kind, token)}}``
        :return: ``{enrolment id: {"value", "left_out", "input_hash", "rule_version", "trace"}}``
        """
        module = self._edu_rules(sheet.class_id.regulation_id)
        columns = sheet._edu_columns()
        active = sheet.gradebook_period_id._edu_active_lines()
        excused = sheet._edu_excused()
        untaken = self.env["edu.subject.choice"]._edu_untaken(sheet).get(sheet.id, ())
        judged = {}
        for line in sheet.class_id.enrollment_ids:
            # who left before the period's end has no result in it, whatever marks there are
            pupil = cells.get(line.id, {}) if line in active else {}
            due = self._edu_due_columns(columns, pupil, excused.get((sheet.id, line.id), ()))
            result = self.env["edu.period.judge"]._edu_apply(module, sheet, due, pupil)
            inputs = {
                "rules": module.VERSION,
                "assess": sheet.assess,
                "regular": len(due.filtered(lambda column: column.kind == "regular")),
                "cells": {code: list(cell) for code, cell in pupil.items()},
            }
            if line.id in untaken:
                inputs["untaken"] = "yes"
            judged[line.id] = {
                "value": result and result.value,
                "left_out": line.id in untaken
                or (bool(pupil) and {kind for kind, _token in pupil.values()} <= {*LEFT_OUT}),
                "input_hash": hashlib.sha256(canonical_json(inputs).encode()).hexdigest(),
                "rule_version": module.VERSION,
                "trace": result.trace.explain() if result else None,
            }
        return judged

    @api.model
    def _edu_due_columns(self, columns, pupil, excused):
        """Without the regular columns that a late joiner was not there for and has no mark in."""
        return columns.filtered(
            lambda column: (
                column.kind != "regular" or column.code in pupil or column.code not in excused
            )
        )

    @api.model
    def _edu_explain(self, sheet, line):
        """Why one pupil has this result, in the words of the circular.

        :return: ``{"value": text or None, "sentences": [text], "version"}``, with decimal commas
        """
        cells = self.env["edu.mark"]._edu_cells(sheet)[sheet.id].get(line.id, {})
        module = self._edu_rules(sheet.class_id.regulation_id)
        excused = sheet._edu_excused().get((sheet.id, line.id), ())
        due = self._edu_due_columns(sheet._edu_columns(), cells, excused)
        result = self.env["edu.period.judge"]._edu_apply(module, sheet, due, cells)
        if not result:
            return {"value": None, "sentences": [], "version": module.VERSION}
        return {
            "value": result.value and result.value.replace(".", ","),
            "sentences": explain(result, self._edu_part_names(sheet)),
            "version": result.trace.version,
        }

    @api.model
    def _edu_part_names(self, sheet):
        return {line.subject_id.code: line.name for line in sheet._edu_parts()}

    @api.model
    def _edu_store(self, rows):
        """Write results with one statement.

        :param rows: list of dicts with the columns of the table
        """
        names = (
            "gradebook_period_id",
            "gradesheet_id",
            "enrollment_id",
            "value",
            "input_hash",
            "rule_version",
            "trace",
        )
        if not rows:
            return
        self.env.cr.execute(
            """
            INSERT INTO edu_subject_result (gradebook_period_id, gradesheet_id, enrollment_id,
                value, input_hash, rule_version, trace)
            SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[],
                %s::text[], %s::text[])
            ON CONFLICT (gradesheet_id, enrollment_id) DO UPDATE SET value = EXCLUDED.value,
                input_hash = EXCLUDED.input_hash, rule_version = EXCLUDED.rule_version,
                trace = EXCLUDED.trace
            """,
            [[row[name] for row in rows] for name in names],
        )
        self.invalidate_model(flush=False)

    @api.model
    def _edu_stored(self, book):
        """Results as stored, ``{(sheet id, enrolment id): values of COMPARED_RESULT}``."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT gradesheet_id, enrollment_id, value, input_hash, rule_version"
            " FROM edu_subject_result WHERE gradebook_period_id = %s",
            [book.id],
        )
        return {row[:2]: row[2:] for row in self.env.cr.fetchall()}
