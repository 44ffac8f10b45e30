from odoo import fields, models


class EduCurriculumGroup(models.Model):
    """Subjects of which a class chooses a number (TT 32/2018: four of nine, three clusters)."""

    _name = "edu.curriculum.group"
    _inherit = ["edu.frozen.mixin"]
    _description = "Choice Group"
    _order = "regulation_id, sequence, id"

    _edu_frozen = frozenset({"regulation_id", "code", "name", "choose"})

    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    code = fields.Char(required=True)
    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    choose = fields.Integer("Number to Choose", required=True, aggregator=None)
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(regulation_id, code)", "The regulation has this group already."
    )
    _choose_positive = models.Constraint("CHECK(choose > 0)", "At least one is chosen.")

    def _edu_in_use(self):
        return self.regulation_id._edu_in_use()

    def _edu_advice(self):
        return self.regulation_id._edu_advice()
