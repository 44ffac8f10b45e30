from odoo import fields, models


class EduLevel(models.Model):
    _name = "edu.level"
    _description = "Level of Education"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint("UNIQUE(code)", "This level exists already.")
