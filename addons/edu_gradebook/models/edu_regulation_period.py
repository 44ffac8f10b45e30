from odoo import fields, models


class EduRegulationPeriod(models.Model):
    _inherit = "edu.regulation.period"

    has_marks = fields.Boolean(help="Teachers enter marks for this period.")
