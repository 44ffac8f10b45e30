from odoo import models


class EduPolicyGroup(models.Model):
    """Groups of pupils whom policies favour (diện chính sách)."""

    _name = "edu.policy.group"
    _inherit = ["edu.code.list.mixin"]
    _description = "Policy Group"

    _code_uniq = models.Constraint("UNIQUE(code)", "The list has this code already.")
