from odoo import api, fields, models


class EduEnrollment(models.Model):
    _name = "edu.enrollment"
    _description = "Enrolment"
    _order = "class_id, number, id"

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    student_id = fields.Many2one("edu.student", required=True, index=True, ondelete="restrict")
    number = fields.Integer("No.", aggregator=None, help="Place in the class list.")
    date_start = fields.Date()
    date_end = fields.Date()
    company_id = fields.Many2one(related="class_id.company_id", store=True, index=True)
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)

    _student_uniq = models.Constraint(
        "UNIQUE(class_id, student_id)", "The pupil is in this class already."
    )

    @api.depends("student_id.name", "class_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name} ({line.class_id.name})"

    @api.model
    def _edu_number(self, school_class):
        """Number the class list by given name, Vietnamese order."""
        lines = self.search([("class_id", "=", school_class.id)])
        ordered = lines.sorted(lambda line: (line.student_id.list_order_key, line.id))
        for number, line in enumerate(ordered, 1):
            if line.number != number:
                line.number = number
