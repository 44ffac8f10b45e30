from odoo import models


class EduGradebookPeriod(models.Model):
    """A period's record holds the attendance of its class: what locks it locks the chains of its
    months too, and its snapshot has their heads."""

    _name = "edu.gradebook.period"
    _inherit = ["edu.gradebook.period"]

    def _edu_chains(self):
        names = [
            f"attendance:{school_class.id}:{first:%Y-%m}"
            for school_class in self.class_id
            for first in school_class._edu_months()
        ]
        kept = self.env["edu.ledger.chain"].sudo().search([("name", "in", names)], order="id")
        return super()._edu_chains() | kept
