from odoo import api, fields, models


class EduTeachingAssignment(models.Model):
    _name = "edu.teaching.assignment"
    _description = "Teaching Assignment"
    _order = "class_id, subject_id, date_from, id"
    _check_company_auto = True

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    subject_id = fields.Many2one(
        "edu.subject", required=True, index=True, ondelete="restrict", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Teacher",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    company_id = fields.Many2one(related="class_id.company_id", store=True, index=True)

    _line_uniq = models.Constraint(
        "UNIQUE(class_id, subject_id, user_id)", "The teacher has this assignment already."
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The assignment ends before it starts.",
    )

    @api.depends("class_id.name", "subject_id.name", "user_id.name")
    def _compute_display_name(self):
        for line in self:
            parts = (line.class_id.name, line.subject_id.name, line.user_id.name)
            line.display_name = " - ".join(part for part in parts if part)

    def _edu_is_active(self, day):
        self.ensure_one()
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )
