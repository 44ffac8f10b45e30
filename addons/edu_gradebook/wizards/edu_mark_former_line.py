from odoo import fields, models


class EduMarkFormerLine(models.TransientModel):
    """One mark that a pupil brought from another school, as it is typed."""

    _name = "edu.mark.former.line"
    _description = "Mark of the Old School"
    _order = "id"

    former_id = fields.Many2one("edu.mark.former", required=True, ondelete="cascade")
    column_id = fields.Many2one("edu.mark.column", required=True, ondelete="restrict")
    value = fields.Char("Mark")
