from odoo import models


class EduEthnicGroup(models.Model):
    """The ethnic groups of Vietnam (QĐ 121-TCTK/PPCĐ, 02/03/1979)."""

    _name = "edu.ethnic.group"
    _inherit = ["edu.code.list.mixin"]
    _description = "Ethnic Group"

    _code_uniq = models.Constraint("UNIQUE(code)", "The list has this code already.")
