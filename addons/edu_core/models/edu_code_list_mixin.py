from odoo import api, fields, models
from odoo.fields import Domain

from edu_records.names import match_key, normalise, search_key


class EduCodeListMixin(models.AbstractModel):
    """An official list that the school may edit: a code, a name and other names for the same.

    Names are in Vietnamese, as forms print them. What a workbook calls an entry is found without
    regard to accents, case, blanks and hyphens.
    """

    _name = "edu.code.list.mixin"
    _description = "Official List"
    _order = "code, name, id"

    code = fields.Char(required=True, help="As the list of the ministry or the government has it.")
    name = fields.Char(required=True, help="As official forms print it, in Vietnamese.")
    aliases = fields.Char("Other Names", help="Separated by semicolons; imports know them too.")
    search_name = fields.Char(compute="_compute_search_name", store=True, index=True)
    active = fields.Boolean(default=True)

    @api.depends("name", "aliases")
    def _compute_search_name(self):
        for line in self:
            line.search_name = search_key(f"{line.name or ''} {line.aliases or ''}")

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str):
            return Domain("search_name", "like", search_key(value)) | Domain("code", "=", value)
        return super()._search_display_name(operator, value)

    @api.model
    def _edu_keep(self):
        """The lists are the school's once they are loaded: updates of the addon add to them, and
        leave alone what the school changed."""
        lists = list(self.env.registry[self._name]._inherit_children)
        lines = self.env["ir.model.data"].search(
            [("module", "=", "edu_core"), ("model", "in", lists), ("noupdate", "=", False)]
        )
        lines.noupdate = True

    @api.model
    def _edu_matcher(self):
        """A function that finds the entry of a name; it returns an empty recordset for none.

        A name spelled right wins over one that only fits without accents. Of two entries of one
        name the first in ``_edu_match_order`` is taken.
        """
        exact, loose = {}, {}
        for line in self.search([("active", "=", True)]).sorted(self._edu_match_order):
            for name in (line.name, *(line.aliases or "").split(";")):
                if name.strip():
                    exact.setdefault(normalise(name).lower(), line)
                    loose.setdefault(match_key(name), line)

        def find(name):
            name = self._edu_bare(normalise(name))
            return exact.get(name.lower()) or loose.get(match_key(name)) or self.browse()

        return find

    @api.model
    def _edu_match_order(self, line):
        return (line.code, line.id)

    @api.model
    def _edu_bare(self, name):
        """The name without words that workbooks put before it."""
        return name
