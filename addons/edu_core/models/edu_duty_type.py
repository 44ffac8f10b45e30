from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FIXED = {"code", "group_ids", "scope", "holders", "capacity", "must_end"}


class EduDutyType(models.Model):
    """A duty that the regulation knows (seed R4.2): what it is for and which roles it grants."""

    _name = "edu.duty.type"
    _description = "Type of Duty"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    scope = fields.Selection(
        [("school", "Whole school"), ("department", "Department"), ("class", "Class")],
        required=True,
        default="school",
    )
    holders = fields.Selection(
        [
            ("many", "Several at a time"),
            ("one", "One at a time; the earlier holder's duty has to end first"),
            ("replace", "One at a time; a new holder replaces the earlier one"),
        ],
        required=True,
        default="many",
    )
    capacity = fields.Selection(
        [("head", "Head of the school"), ("deputy", "Deputy of the head")],
        "Capacity of Management",
        help="Decides how signature blocks of holders begin.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Roles Granted",
        help="Given while a duty of this type is in force, and taken away at its end.",
    )
    it_may_enter = fields.Boolean(
        "IT Administrator May Enter", help="On the principal's written decision."
    )
    must_end = fields.Boolean("Needs a Last Day", help="For duties of guests, such as inspectors.")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A type of duty has this code already.")

    @api.constrains("group_ids")
    def _check_group_ids(self):
        """A duty grants roles of a school, never rights over Odoo itself."""
        category = self.env.ref("edu_core.module_category_edu")
        for kind in self:
            strange = kind.sudo().group_ids.filtered(
                lambda group: group.privilege_id.category_id != category
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(type)s: a duty grants roles of Edu Records only, not %(groups)s.",
                        type=kind.name,
                        groups=", ".join(strange.mapped("name")),
                    )
                )

    def write(self, vals):
        used = FIXED & set(vals) and self.env["edu.duty"].sudo().search(
            [("type_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "%s: duties of this type were given; what it grants cannot change any more."
                    " Archive it and create another type.",
                    used.type_id.name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["edu.duty"].sudo().search_count([("type_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A type of duty that was given is archived, not deleted."))
