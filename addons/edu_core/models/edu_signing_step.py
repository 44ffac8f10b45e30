from odoo import fields, models

ROLES = [
    ("subject_teacher", "Subject teacher"),
    ("homeroom", "Homeroom teacher"),
    ("principal", "Principal"),
    ("school", "School seal"),
]


class EduSigningStep(models.Model):
    """Who signs a form, in which order. Electronic or, where allowed, in ink and recorded."""

    _name = "edu.signing.step"
    _description = "Signing Step"
    _order = "form_code, sequence, id"

    form_code = fields.Char("Form", required=True, index=True)
    role = fields.Selection(ROLES, required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    required = fields.Boolean(default=True)
    ink_allowed = fields.Boolean("May Be in Ink", default=True)
    field_name = fields.Char(
        "Signature Field", required=True, help="Name of the signature field in the PDF."
    )

    _role_uniq = models.Constraint(
        "UNIQUE(form_code, role)", "The form has a step for this role already."
    )
