from odoo import fields, models


class EduEnrollment(models.Model):
    """A pupil is enrolled in a class of the own school, whoever writes it."""

    _inherit = "edu.enrollment"
    _check_company_auto = True

    student_id = fields.Many2one(check_company=True)
