from odoo import fields, models


class EduRegulationPeriod(models.Model):
    _name = "edu.regulation.period"
    _description = "Period of a Regulation"
    _order = "regulation_id, sequence, id"

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    parent_code = fields.Char("Part of")
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(regulation_id, code)", "This period exists already in the regulation."
    )
