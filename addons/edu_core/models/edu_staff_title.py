from odoo import fields, models


class EduStaffTitle(models.Model):
    """Chức danh nghề nghiệp (mã số, hạng): data, because circulars change them."""

    _name = "edu.staff.title"
    _description = "Professional Title"
    _order = "sequence, code"

    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A professional title has this code already.")
