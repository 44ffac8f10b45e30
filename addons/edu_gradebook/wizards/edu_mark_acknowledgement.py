from odoo import api, fields, models
from odoo.exceptions import UserError


class EduMarkAcknowledgement(models.TransientModel):
    """Shows what the guards found in a staged sheet and asks its teacher for the reason."""

    _name = "edu.mark.acknowledgement"
    _description = "Answer for Unusual Marks"

    staged_id = fields.Many2one(
        "edu.mark.import.sheet", required=True, readonly=True, ondelete="restrict"
    )
    findings = fields.Text(required=True, readonly=True)
    token = fields.Char(required=True, readonly=True)
    reason = fields.Text(help="It is kept with the history of every mark.")

    @api.model
    def _edu_ask(self, staged, told):
        """The dialog for the findings ``told`` about a staged sheet."""
        asked = self.create(
            {
                "staged_id": staged.id,
                "findings": "\n".join(finding["message"] for finding in told["findings"]),
                "token": told["token"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Please Check: %s", staged.display_name),
            "res_model": self._name,
            "res_id": asked.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Accept the staged sheet under the reason; findings that changed are shown again."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why these marks are right; it is recorded."))
        told = self.staged_id._edu_check_cells()
        if told["findings"] and told["token"] != self.token:
            return self._edu_ask(self.staged_id, told)
        self.staged_id._edu_accept({"token": self.token, "reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
