from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EduRegulationPeriod(models.Model):
    _name = "edu.regulation.period"
    _inherit = ["edu.frozen.mixin"]
    _description = "Period of a Regulation"
    _order = "regulation_id, sequence, id"

    _edu_frozen = frozenset({"regulation_id", "code", "name", "parent_code", "sequence"})

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    parent_code = fields.Char("Part of", help="Code of the period that this one is part of.")
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(regulation_id, code)", "This period exists already in the regulation."
    )

    @api.constrains("regulation_id", "parent_code")
    def _check_parent(self):
        for period in self.filtered("parent_code"):
            codes = set(period.regulation_id.period_ids.mapped("code")) - {period.code}
            if period.parent_code not in codes:
                raise ValidationError(
                    self.env._(
                        "%(period)s is part of %(parent)s, which %(regulation)s does not have."
                        " Add that period first.",
                        period=period.name,
                        parent=period.parent_code,
                        regulation=period.regulation_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        regulations = self.env["edu.regulation"].browse(
            {vals["regulation_id"] for vals in vals_list if vals.get("regulation_id")}
        )
        for regulation in regulations:
            regulation._edu_refuse_change(["period_ids"])
        return super().create(vals_list)

    def _edu_in_use(self):
        return self.regulation_id._edu_in_use()

    def _edu_advice(self):
        return self.regulation_id._edu_advice()
