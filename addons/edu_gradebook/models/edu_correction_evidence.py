from odoo import fields, models


class EduCorrectionEvidence(models.Model):
    """A paper behind a correction (Điều 8.1, 8.2): book page, test paper, signed check sheet."""

    _name = "edu.correction.evidence"
    _inherit = ["edu.evidence.mixin"]
    _description = "Evidence of a Correction"
    _order = "id"

    correction_id = fields.Many2one("edu.correction", index=True, ondelete="restrict")
    gradesheet_id = fields.Many2one("edu.gradesheet", index=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("personal_book", "Page of the personal gradebook"),
            ("paper", "Test paper"),
            ("check_sheet", "Signed check sheet"),
        ]
    )
