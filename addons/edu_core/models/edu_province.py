import re

from odoo import api, fields, models

_PREFIX = re.compile(r"^(?:tỉnh|thành phố|tp\.?|t\.)\s+", re.IGNORECASE)


class EduProvince(models.Model):
    """Provinces and cities: the 34 of 01/07/2025 and those before, which old papers name.

    A code may stand for two provinces, one after the other; the dates tell them apart.
    """

    _name = "edu.province"
    _inherit = ["edu.code.list.mixin"]
    _description = "Province or City"
    _order = "date_to desc, code, id"

    date_from = fields.Date("Since")
    date_to = fields.Date("Until")
    successor_id = fields.Many2one("edu.province", "Now Part of", index=True, ondelete="restrict")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(date_to, '9999-12-31'))", "Another province has this code at that time."
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The province ends before it begins.",
    )

    @api.depends("name", "date_to")
    def _compute_display_name(self):
        for province in self:
            year = province.date_to and province.date_to.year
            province.display_name = (
                self.env._("%(name)s (until %(year)s)", name=province.name, year=year)
                if year
                else province.name
            )

    @api.model
    def _edu_match_order(self, line):
        """A province of today before one of the same name that is no more."""
        return (bool(line.date_to), line.code, line.id)

    @api.model
    def _edu_bare(self, name):
        return _PREFIX.sub("", name)

    @api.model
    def _edu_codes(self):
        """The codes of all provinces there are or were."""
        return {line.code for line in self.with_context(active_test=False).search([])}
