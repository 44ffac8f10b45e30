from odoo import fields, models


class EduCorrectionExplain(models.TransientModel):
    """Asks a teacher for the explanation of a month's corrections."""

    _name = "edu.correction.explain"
    _description = "Explain the Corrections of a Month"

    month_id = fields.Many2one(
        "edu.correction.month", required=True, readonly=True, ondelete="restrict"
    )
    explanation = fields.Text(required=True)

    def action_explain(self):
        self.ensure_one()
        self.month_id.explain_corrections(self.explanation)
        return {"type": "ir.actions.act_window_close"}
