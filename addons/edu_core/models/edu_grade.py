from odoo import fields, models


class EduGrade(models.Model):
    _name = "edu.grade"
    _description = "Grade"
    _order = "number, id"

    name = fields.Char(required=True, translate=True)
    number = fields.Integer(required=True, aggregator=None)
    level_id = fields.Many2one("edu.level", required=True, index=True, ondelete="restrict")

    _number_uniq = models.Constraint("UNIQUE(level_id, number)", "This grade exists already.")
