import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class EduImportLine(models.Model):
    """What one row of a workbook would do, as it was shown before anything was written."""

    _name = "edu.import.line"
    _inherit = ["edu.guarded.mixin"]
    _description = "Row of an Import"
    _order = "import_id, row, id"
    _rec_name = "label"

    _edu_guarded = frozenset({"*"})

    import_id = fields.Many2one("edu.import", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    row = fields.Integer(aggregator=None)
    label = fields.Char("Row Says")
    kind = fields.Selection(
        [
            ("question", "To be answered"),
            ("error", "Wrong"),
            ("new", "New"),
            ("changed", "Changed"),
            ("same", "Unchanged"),
        ],
        "What Happens",
        required=True,
    )
    diff = fields.Json()
    diff_text = fields.Text("Old → New", compute="_compute_diff_text")
    candidate_ref = fields.Integer("Record it may Be", aggregator=None)
    candidate = fields.Char("May Be")
    answer = fields.Selection([("same", "The same person"), ("other", "Somebody else")])

    @api.depends("diff")
    def _compute_diff_text(self):
        for line in self:
            line.diff_text = "\n".join(
                f"{label}: {old} → {new}" if old else f"{label}: {new}"
                for label, old, new in line.diff or ()
            )

    def action_same(self):
        """The row is about the person that is known."""
        self._edu_answer("same")

    def action_other(self):
        """The row is about somebody new."""
        self._edu_answer("other")

    def _edu_answer(self, answer):
        self.check_access("read")
        self.import_id._edu_check_importer()
        if self.import_id.filtered(lambda one: one.state != "checked") or not self.import_id:
            raise UserError(self.env._("The import is over: bring the workbook again."))
        asked = self.filtered("candidate_ref")
        asked.sudo()._edu_unguarded().write({"answer": answer})

    @api.model
    def _edu_show(self, brought, planned):
        """Replace the rows shown of an import.

        :param planned: ``[{row, label, kind, diff, candidate_ref, candidate}]``
        """
        self.flush_model()
        self.env.cr.execute("DELETE FROM edu_import_line WHERE import_id = %s", [brought.id])
        self.invalidate_model()
        brought.invalidate_recordset(["line_ids"])
        self.sudo()._edu_unguarded().create(
            [{**vals, "import_id": brought.id} for vals in json.loads(json.dumps(planned))]
        )
