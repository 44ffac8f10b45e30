from odoo import api, fields, models


class HrDepartment(models.Model):
    """A department of the school; a subject department is a tổ chuyên môn."""

    _inherit = "hr.department"

    edu_kind = fields.Selection(
        [("subject", "Subject department"), ("office", "Office")], "Kind of Department"
    )
    edu_subject_ids = fields.Many2many("edu.subject", string="Subjects of the Department")
    edu_head_ids = fields.Many2many(
        "res.users",
        string="Head by Duty",
        compute="_compute_edu_head_ids",
        search="_search_edu_head_ids",
        help="Who holds the duty Head of Department today.",
    )

    def _compute_edu_head_ids(self):
        for department in self:
            department.edu_head_ids = department._edu_heads()

    @api.model
    def _search_edu_head_ids(self, operator, value):
        """Departments that one of the users heads by a duty in force today; record rules ask."""
        if operator != "in":
            return NotImplemented
        group = self.env.ref("edu_core.group_edu_department_head")
        users = self.env["res.users"].browse(value)
        duties = self.env["edu.duty"]._edu_in_force(group=group, users=users)
        return [("id", "in", duties.department_id.ids)]

    def _edu_heads(self):
        """Users whose duty as head of this department is in force today."""
        group = self.env.ref("edu_core.group_edu_department_head")
        duties = self.env["edu.duty"]._edu_in_force(self.sudo().company_id, group)
        heads = duties.filtered(lambda duty: duty.department_id in self).user_id
        return heads.sudo(False).with_env(self.env)
