from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EduSubject(models.Model):
    """A subject or educational activity; without a school it is one of the national programmes."""

    _name = "edu.subject"
    _description = "Subject"
    _order = "sequence, id"

    name = fields.Char(required=True, help="As official forms name it, in Vietnamese.")
    code = fields.Char(required=True)
    alias = fields.Char("Other Names", help="Names in workbooks, separated by semicolons.")
    company_id = fields.Many2one(
        "res.company",
        "School",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self._edu_default_school(),
        help="Empty: a subject of the national programmes.",
    )
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)

    _school_code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "This subject exists already."
    )

    @api.constrains("code", "company_id")
    def _check_code(self):
        """A school's own subject does not take the code of a national one."""
        domain = [("code", "in", self.mapped("code")), ("company_id", "=", False)]
        national = self.with_context(active_test=False).search(domain)
        for subject in self.filtered("company_id"):
            if subject.code in national.mapped("code"):
                raise ValidationError(
                    self.env._(
                        "%s is the code of a national subject: choose another code.", subject.code
                    )
                )

    @api.model
    def _edu_default_school(self):
        """Whose a new subject or curriculum line is: the school's, unless the system makes it."""
        national = self.env.su or self.env.user.has_group("base.group_system")
        return self.env["res.company"] if national else self.env.company

    def _edu_names(self):
        """Every name under which a workbook may call the subject."""
        self.ensure_one()
        aliases = [name.strip() for name in (self.alias or "").split(";")]
        return [name for name in [self.name, self.code, *aliases] if name]
