from odoo import fields, models


class EduDutyEnd(models.TransientModel):
    """Asks for the last day of duties and the decision that ends them."""

    _name = "edu.duty.end"
    _description = "End of Duties"

    duty_ids = fields.Many2many("edu.duty", string="Duties", required=True)
    date_to = fields.Date(
        "Last Day", required=True, default=lambda self: self.env.company._edu_today()
    )
    decision = fields.Char(required=True, help="Number and date of the decision.")
    reason = fields.Text()

    def action_confirm(self):
        self.ensure_one()
        self.duty_ids._edu_end(self.date_to, self.decision, self.reason or "")
        return {"type": "ir.actions.act_window_close"}
