import base64

from odoo import api, fields, models


class EduMarkFormer(models.TransientModel):
    """Asks the subject's teacher for the marks that a pupil brought from another school."""

    _name = "edu.mark.former"
    _description = "Marks of the Old School"

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, readonly=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id")
    enrollment_id = fields.Many2one(
        "edu.enrollment",
        "Pupil",
        required=True,
        ondelete="restrict",
        domain="[('class_id', '=', class_id), ('state', '=', 'active'),"
        " ('entry_movement_id.kind', '=', 'transfer_in')]",
    )
    papers = fields.Char("Papers Filed with the Transfer", compute="_compute_papers")
    file = fields.Binary("Paper", help="PDF, JPEG, PNG or Word (.docx), at most 10 MB.")
    filename = fields.Char()
    line_ids = fields.One2many("edu.mark.former.line", "former_id", "Marks")

    @api.depends("enrollment_id")
    def _compute_papers(self):
        for former in self:
            movement = former.enrollment_id.sudo().entry_movement_id
            former.papers = ", ".join(movement.evidence_ids.mapped("name"))

    @api.onchange("gradesheet_id")
    def _onchange_gradesheet_id(self):
        columns = self.gradesheet_id._edu_columns() if self.gradesheet_id else []
        self.line_ids = [(5,)] + [(0, 0, {"column_id": column.id}) for column in columns]

    def action_confirm(self):
        """Enter the marks; all of them or none."""
        self.ensure_one()
        marks = {
            line.column_id.code: line.value for line in self.line_ids if (line.value or "").strip()
        }
        paper = self.file and (self.filename or "paper", base64.b64decode(self.file))
        self.gradesheet_id.save_former_marks(self.enrollment_id.id, marks, paper)
        return {"type": "ir.actions.act_window_close"}
