from odoo import api, fields, models


class EduMarkColumn(models.Model):
    """A column of the official gradebook (TT 22/2021 Điều 6, 7): ĐĐGtx, ĐĐGgk, ĐĐGck."""

    _name = "edu.mark.column"
    _description = "Mark Column"
    _order = "regulation_id, sequence, id"

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, help="As the official form names it, in Vietnamese.")
    label = fields.Char(required=True, help="Heading of the single column.")
    kind = fields.Selection(
        [("regular", "Regular"), ("midterm", "Midterm"), ("final", "Final")], required=True
    )
    number = fields.Integer(
        "Regular Mark No.", aggregator=None, help="Due where a subject needs so many; 0: always."
    )
    sequence = fields.Integer(default=10, aggregator=None)

    _code_uniq = models.Constraint(
        "UNIQUE(regulation_id, code)", "The regulation has this column already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for column in self:
            column.display_name = f"{column.code} ({column.name})"
