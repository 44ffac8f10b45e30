from odoo import api, fields, models


class EduClassRecordMixin(models.AbstractModel):
    """A record of one class in one stage of its year: its name, its homeroom teacher."""

    _name = "edu.class.record.mixin"
    _inherit = ["edu.record.mixin"]
    _description = "Record of a Class"

    is_homeroom = fields.Boolean(compute="_compute_is_homeroom")

    @api.depends("class_id.name", "period_id.name", "school_year_id.name")
    def _compute_display_name(self):
        for record in self:
            names = (record.class_id.name, record.period_id.name, record.school_year_id.name)
            record.display_name = " - ".join(name or "" for name in names)

    @api.depends_context("uid")
    @api.depends("class_id.homeroom_user_id")
    def _compute_is_homeroom(self):
        for record in self:
            record.is_homeroom = record.sudo().class_id.homeroom_user_id == self.env.user

    def _edu_role_users(self, role):
        if role == "homeroom":
            return self.class_id.homeroom_user_id
        return super()._edu_role_users(role)

    def _edu_class(self):
        return self.class_id
