from odoo import models


class EduReligion(models.Model):
    """Religions, as pupil files name them."""

    _name = "edu.religion"
    _inherit = ["edu.code.list.mixin"]
    _description = "Religion"

    _code_uniq = models.Constraint("UNIQUE(code)", "The list has this code already.")
