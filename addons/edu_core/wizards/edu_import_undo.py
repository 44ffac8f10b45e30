from odoo import fields, models


class EduImportUndo(models.TransientModel):
    """Asks why an import is taken back."""

    _name = "edu.import.undo"
    _description = "Taking an Import Back"

    import_id = fields.Many2one("edu.import", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Take the import back.

        :raises UserError: with the list of what rests on it
        """
        self.ensure_one()
        self.import_id._edu_undo(self.reason)
        return {"type": "ir.actions.act_window_close"}
