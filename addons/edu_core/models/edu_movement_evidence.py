from odoo import fields, models


class EduMovementEvidence(models.Model):
    """A paper behind a movement: the decision, the transfer letter."""

    _name = "edu.movement.evidence"
    _inherit = ["edu.evidence.mixin"]
    _description = "Evidence of a Movement"
    _order = "id"

    movement_ids = fields.Many2many("edu.movement", string="Movements")
