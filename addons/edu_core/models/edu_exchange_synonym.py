from odoo import api, fields, models
from odoo.exceptions import ValidationError

from edu_records.exchange import ENTITIES, columns_of, entity_title, field_of, header_key


class EduExchangeSynonym(models.Model):
    """A heading that the school's own workbooks use, besides those that are known already."""

    _name = "edu.exchange.synonym"
    _inherit = ["edu.logged.mixin"]
    _description = "Heading of the School's Workbooks"
    _order = "stands_for, name, id"

    _edu_logged = frozenset({"stands_for", "name"})

    stands_for = fields.Selection(
        lambda self: self._edu_selection(),
        required=True,
        help="The list and the column that the heading stands for.",
    )
    name = fields.Char("Heading", required=True, help="As it stands in the workbook's header row.")
    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, stands_for, name)", "The school has this heading already."
    )

    @api.model
    def _edu_selection(self):
        """Column -> its official Vietnamese name, as the forms have it."""
        return [
            (f"{entity}.{name}", f"{entity_title(entity)}: {column.title}")
            for entity in ENTITIES
            for name, column in columns_of(entity).items()
            if column.kind != "order"
        ]

    @api.constrains("stands_for", "name")
    def _check_name(self):
        for line in self:
            entity, name = line.stands_for.split(".")
            known = field_of(entity, line.name or "")
            if not header_key(line.name or ""):
                raise ValidationError(self.env._("A heading has letters or digits."))
            if known and known != name:
                raise ValidationError(
                    self.env._(
                        "“%(heading)s” is the heading of the column “%(column)s” already.",
                        heading=line.name,
                        column=columns_of(entity)[known].title,
                    )
                )

    @api.model
    def _edu_of(self, company, entity):
        """``{heading: field}`` of a school's own headings."""
        lines = self.sudo().search([("company_id", "=", company.id)])
        pairs = [(line.name, line.stands_for.split(".")) for line in lines]
        return {name: column for name, (of_entity, column) in pairs if of_entity == entity}
