from odoo import fields, models


class EduCampus(models.Model):
    """A site of a school (điểm trường)."""

    _name = "edu.campus"
    _inherit = ["edu.settled.mixin"]
    _description = "Campus"
    _order = "company_id, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    address = fields.Char()
    head_user_id = fields.Many2one(
        "res.users",
        "Person in Charge",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    class_ids = fields.One2many("edu.class", "campus_id", "Classes")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "The school has a campus of this name already."
    )
