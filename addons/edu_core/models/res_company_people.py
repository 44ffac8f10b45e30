from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a school says about its pupils: their extra fields, and who takes them over."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    edu_student_properties_definition = fields.PropertiesDefinition("Extra Fields of Pupils")
    edu_successor_id = fields.Many2one(
        "res.company",
        "Succeeded by",
        index="btree_not_null",
        ondelete="restrict",
        help="The school that this one was merged into. Its pupils are handed over by movements.",
    )
    edu_successor_date = fields.Date("Succeeded on")

    @api.constrains("edu_successor_id", "edu_successor_date")
    def _check_edu_successor(self):
        for school in self:
            if bool(school.edu_successor_id) != bool(school.edu_successor_date):
                raise ValidationError(
                    self.env._("Name both the school that takes over and the date.")
                )
        if self._has_cycle("edu_successor_id"):
            raise ValidationError(self.env._("A school cannot take over itself."))
