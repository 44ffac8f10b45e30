from odoo import api, fields, models


class EduClass(models.Model):
    _name = "edu.class"
    _description = "Class"
    _inherit = ["mail.thread"]
    _order = "school_year_id desc, grade_number, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    school_year_id = fields.Many2one(
        "edu.school.year", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        related="school_year_id.company_id", store=True, index=True, string="School"
    )
    grade_id = fields.Many2one(
        "edu.grade", required=True, index=True, ondelete="restrict", tracking=True
    )
    grade_number = fields.Integer(related="grade_id.number", store=True, aggregator=None)
    programme = fields.Selection(
        [("phothong", "General education"), ("gdtx", "Continuing education")],
        default="phothong",
        required=True,
    )
    regulation_id = fields.Many2one(
        "edu.regulation", index=True, ondelete="restrict", readonly=True
    )
    homeroom_user_id = fields.Many2one(
        "res.users", "Homeroom Teacher", index=True, ondelete="restrict", tracking=True
    )
    enrollment_ids = fields.One2many("edu.enrollment", "class_id", "Pupils")
    assignment_ids = fields.One2many("edu.teaching.assignment", "class_id", "Assignments")
    student_count = fields.Integer(compute="_compute_student_count")

    _name_uniq = models.Constraint(
        "UNIQUE(school_year_id, name)", "The school year has a class of this name already."
    )

    @api.depends("enrollment_ids")
    def _compute_student_count(self):
        counts = dict(
            self.env["edu.enrollment"]._read_group(
                [("class_id", "in", self.ids)], ["class_id"], ["__count"]
            )
        )
        for school_class in self:
            school_class.student_count = counts.get(school_class._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        classes = super().create(vals_list)
        for school_class in classes:
            school_class.regulation_id = self.env["edu.regulation"]._edu_resolve(
                school_class.programme, school_class.school_year_id, school_class.grade_id
            )
        return classes

    def _edu_curriculum(self):
        """The curriculum lines that the class studies, in the order of the official form."""
        self.ensure_one()
        return self.env["edu.curriculum.line"].search(
            [
                ("regulation_id", "=", self.regulation_id.id),
                ("grade_id", "=", self.grade_id.id),
            ]
        )

    def _edu_teachers(self, subject):
        """Users assigned to teach ``subject`` in the class today."""
        self.ensure_one()
        today = self.company_id._edu_today()
        return self.assignment_ids.filtered(
            lambda line: line.subject_id == subject and line._edu_is_active(today)
        ).user_id
