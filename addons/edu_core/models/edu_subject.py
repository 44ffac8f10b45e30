from odoo import fields, models


class EduSubject(models.Model):
    _name = "edu.subject"
    _description = "Subject"
    _order = "sequence, id"

    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    code = fields.Char(required=True)
    alias = fields.Char("Other Names", help="Names in workbooks, separated by semicolons.")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This subject exists already.")

    def _edu_names(self):
        """Every name under which a workbook may call the subject."""
        self.ensure_one()
        aliases = [name.strip() for name in (self.alias or "").split(";")]
        return [name for name in [self.name, self.code, *aliases] if name]
