from odoo import api, fields, models


class EduInstitutionKind(models.Model):
    """A kind of institution and the words that its forms print by default."""

    _name = "edu.institution.kind"
    _description = "Kind of Institution"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    level_id = fields.Many2one(
        "edu.level", index=True, ondelete="restrict", help="The one level that such a school has."
    )
    is_multi_level = fields.Boolean("Several Levels")
    is_centre = fields.Boolean("Centre", help="A centre of continuing education, not a school.")
    head_title = fields.Char("Head's Title", required=True)
    deputy_title = fields.Char("Deputy's Title", required=True)
    deputy_prefix = fields.Char(
        "Deputy Signs with", required=True, help="Printed before the head's title: KT. HIỆU TRƯỞNG"
    )
    learner_word = fields.Char("Word for Learners", required=True)
    school_word = fields.Char("Word for the School", required=True)
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint("UNIQUE(code)", "This kind of institution exists already.")

    @api.model
    def _edu_for(self, levels, current):
        """The kind of a school with ``levels``; ``current`` stays while it fits them."""
        if not levels or current._edu_fits(levels):
            return current
        kinds = self.search([("level_id", "in", [*levels.ids, False])])
        return kinds.filtered(lambda kind: kind._edu_fits(levels))[:1]

    def _edu_fits(self, levels):
        if not self:
            return False
        if self.is_centre:
            return self.level_id in levels
        if self.is_multi_level:
            return len(levels) > 1
        return self.level_id == levels
