import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.exchange import STATE_LETTERS, WorkbookError, error_workbook, read_marks, render

SHOWN_ERRORS = 50


class EduMarkImport(models.Model):
    """A workbook of marks for one period of a class: checked as a whole, then handed to teachers.

    Whoever brings it authors nothing (Điều 10 of the school's regulation): each sheet waits until
    its teacher accepts it. The file is kept as evidence and never replaced.
    """

    _name = "edu.mark.import"
    _inherit = ["edu.guarded.mixin"]
    _description = "Import of Marks"
    _order = "id desc"
    _rec_name = "filename"

    _edu_guarded = frozenset({"state", "file_sha256", "report", "error_file", "error_filename"})
    _edu_files = frozenset({"file"})

    gradebook_period_id = fields.Many2one(
        "edu.gradebook.period", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradebook_period_id.class_id", store=True, index=True)
    company_id = fields.Many2one(related="gradebook_period_id.company_id", store=True, index=True)
    file = fields.Binary("Workbook (.xlsx)", required=True, attachment=True)
    filename = fields.Char(required=True, default="marks.xlsx")
    file_sha256 = fields.Char("SHA-256", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Brought"),
            ("refused", "To be mended"),
            ("checked", "Checked"),
            ("staged", "With the teachers"),
        ],
        required=True,
        readonly=True,
        default="draft",
    )
    report = fields.Text(readonly=True)
    error_file = fields.Binary("Workbook with the Errors Marked", readonly=True, attachment=True)
    error_filename = fields.Char(readonly=True)
    sheet_ids = fields.One2many("edu.mark.import.sheet", "import_id", "Sheets")

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        for vals in vals_list:
            self._edu_refuse_guarded(name for name in vals if name in self._edu_guarded)
            book = self.env["edu.gradebook.period"].browse(vals.get("gradebook_period_id") or [])
            if not book or not vals.get("file"):
                raise UserError(self.env._("Choose the period of the gradebook and the workbook."))
            book.check_access("read")
        prepared = [
            {**vals, "file_sha256": hashlib.sha256(base64.b64decode(vals["file"])).hexdigest()}
            for vals in vals_list
        ]
        return super(EduMarkImport, self._edu_unguarded()).create(prepared).with_env(self.env)

    def write(self, vals):
        if self and vals:
            self._edu_refuse_guarded(self._edu_guarded)
        return super().write(vals)

    # -- buttons ---------------------------------------------------------------------------------

    def action_check(self):
        """Dry run: say what would be handed over, or what is wrong, by sheet, row and column."""
        self.ensure_one()
        staged = self._edu_prepare()
        if staged:
            self._edu_set("checked", self._edu_summary(staged))

    def action_stage(self):
        """Hand every sheet to its teacher; none of them when anything in the file is wrong."""
        self.ensure_one()
        staged = self._edu_prepare()
        if staged:
            self.env["edu.mark.import.sheet"].sudo()._edu_stage(staged)
            self._edu_set("staged", self._edu_summary(staged))

    def _edu_prepare(self):
        """Values of the sheets to stage; empty, with the errors shown, when something is wrong."""
        self.check_access("read")
        if self.state == "staged":
            raise UserError(self.env._("%s is with the teachers already.", self.filename))
        book = self.sudo().gradebook_period_id
        if book.effective_state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: no marks are brought in. The principal"
                    " (%(principals)s) can open it.",
                    name=book.display_name,
                    state=book._edu_state_label(),
                    principals=book._edu_names(book._edu_role_users("principal")),
                )
            )
        table = self._edu_read()
        if table.errors:
            self._edu_show_errors(table.errors)
            return []
        return self.sudo()._edu_sheet_vals(table)

    # -- reading ---------------------------------------------------------------------------------

    def _edu_data(self):
        return base64.b64decode(self.sudo().with_context(bin_size=False).file)

    def _edu_check_file(self):
        """SHA-256 of the kept file.

        :raises UserError: when the file is not the one that was brought
        """
        self.ensure_one()
        digest = hashlib.sha256(self._edu_data()).hexdigest()
        if digest != self.file_sha256:
            raise UserError(
                self.env._("The stored file of %s is not the one that was brought.", self.filename)
            )
        return digest

    def _edu_read(self):
        """The workbook as the library reads it, checked against the class and its curriculum."""
        self._edu_check_file()
        book = self.sudo().gradebook_period_id
        sheets = book._edu_sheets()
        columns = {sheet: sheet._edu_columns() for sheet in sheets}
        if "outcome" in sheets.mapped("assess"):
            raise UserError(self.env._("Goals of preschool are entered in the gradesheet."))
        catalogue = {
            sheet.subject_id.code: {
                "names": sheet.subject_id._edu_names(),
                "assess": sheet.assess,
                "regular_count": sheet.regular_count,
                "columns": {column.code: column._edu_scale(sheet) for column in columns[sheet]},
            }
            for sheet in sheets
        }
        lines = (
            self.env["edu.enrollment"]
            .sudo()
            .search(
                [
                    ("school_year_id", "=", book.school_year_id.id),
                    ("company_id", "=", book.company_id.id),
                ],
                order="date_start desc, id desc",
            )
        )
        roster = {
            line.student_id.code: (line.student_id.name, line.class_id.name)
            for line in lines.sorted(lambda line: line.class_id == book.class_id)
            if line.student_id.code
        }
        try:
            return read_marks(self._edu_data(), catalogue, roster, book.class_id.name)
        except WorkbookError as error:
            raise UserError(render(error, self._edu_lang())) from error

    # -- staging ---------------------------------------------------------------------------------

    def _edu_sheet_vals(self, table):
        book = self.gradebook_period_id
        lines = {line.student_id.code: line.id for line in book.class_id.enrollment_ids}
        sheets = {sheet.subject_id.code: sheet for sheet in book._edu_sheets()}
        rows = {}
        for row in table.rows:
            rows.setdefault(row["subject"], []).append(row)
        vals_list = [
            self._edu_mark_vals(sheets[code], lines, of_subject)
            for code, of_subject in rows.items()
        ]
        if table.conduct:
            vals_list.append(self._edu_conduct_vals(book, lines, table.conduct))
        return vals_list

    def _edu_mark_vals(self, sheet, lines, rows):
        """Cells of one subject that differ, with the versions they would replace."""
        stored = self.env["edu.mark"]._edu_page(sheet)["marks"]
        cells, counts = [], {"count_new": 0, "count_changed": 0, "count_same": 0}
        given = (
            (lines[row["student"]], column, token)
            for row in rows
            for column, token in row["marks"].items()
            if token is not None
        )
        for line, column, token in given:
            now = stored.get((line, column, 1))
            state = STATE_LETTERS.get(token)
            if now and (now["kind"] == state if state else now["token"] == token):
                counts["count_same"] += 1
                continue
            is_there = now and now["kind"] != "empty"
            counts["count_changed" if is_there else "count_new"] += 1
            cell = {"enrollment": line, "column": column, "version": now["entry_seq"] if now else 0}
            cells.append({**cell, "kind": state} if state else {**cell, "value": token})
        return {
            "import_id": self.id,
            "gradesheet_id": sheet.id,
            "cells": json.dumps(cells, ensure_ascii=False),
            **counts,
        }

    def _edu_conduct_vals(self, book, lines, conduct):
        """Levels of conduct that differ."""
        stored = self.env["edu.period.result"]._edu_conduct(book)
        levels = {lines[row["student"]]: row["level"] for row in conduct if row["level"]}
        changed = {line: level for line, level in levels.items() if stored.get(line) != level}
        return {
            "import_id": self.id,
            "gradesheet_id": False,
            "cells": json.dumps(
                [{"enrollment": line, "value": level} for line, level in changed.items()]
            ),
            "count_new": sum(line not in stored for line in changed),
            "count_changed": sum(line in stored for line in changed),
            "count_same": len(levels) - len(changed),
        }

    # -- showing ---------------------------------------------------------------------------------

    def _edu_lang(self):
        return "vi" if (self.env.lang or "").startswith("vi") else "en"

    def _edu_set(self, state, report, **vals):
        self.sudo()._edu_unguarded().write({"state": state, "report": report, **vals})

    def _edu_summary(self, staged):
        sheets = self.env["edu.gradesheet"].sudo()
        return "\n".join(
            self.env._(
                "%(sheet)s: %(new)s new, %(changed)s changed, %(same)s untouched.",
                sheet=sheets.browse(vals["gradesheet_id"]).subject_id.name or self.env._("Conduct"),
                new=vals["count_new"],
                changed=vals["count_changed"],
                same=vals["count_same"],
            )
            for vals in staged
        )

    def _edu_show_errors(self, errors):
        lines = [render(error, self._edu_lang()) for error in errors[:SHOWN_ERRORS]]
        if len(errors) > SHOWN_ERRORS:
            lines.append(self.env._("… and %s more", len(errors) - SHOWN_ERRORS))
        marked = base64.b64encode(error_workbook(self._edu_data(), errors, self._edu_lang()))
        self._edu_set(
            "refused", "\n".join(lines), error_file=marked, error_filename=f"errors-{self.filename}"
        )
