from odoo import api, fields, models
from odoo.tools import SQL


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
    delegation_ids = fields.One2many("edu.entry.delegation", "class_id", "Delegations")
    delegate_ids = fields.Many2many(
        "res.users",
        string="Who Enters Instead",
        compute="_compute_delegate_ids",
        search="_search_delegate_ids",
        help="Users to whom entering marks is delegated now.",
    )
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

    @api.depends("delegation_ids")
    def _compute_delegate_ids(self):
        for school_class in self:
            lines = school_class.sudo().delegation_ids.filtered("is_open")
            school_class.delegate_ids = lines.delegate_id.with_env(self.env)

    @api.model
    def _search_delegate_ids(self, operator, value):
        """Classes of whoever enters marks instead of a teacher on the school's date now."""
        if operator != "in":
            return NotImplemented
        delegated = SQL(
            "(SELECT open.class_id FROM (%s) open WHERE open.delegate_id = ANY(%s))",
            self.env["edu.entry.delegation"]._edu_open_sql(),
            list(value),
        )
        return [("id", "in", delegated)]

    @api.model_create_multi
    def create(self, vals_list):
        classes = super().create(vals_list)
        for school_class in classes:
            school_class.regulation_id = self.env["edu.regulation"]._edu_resolve(
                school_class.programme, school_class.school_year_id, school_class.grade_id
            )
        self.env["edu.duty"]._edu_follow_homeroom(classes.filtered("homeroom_user_id"))
        return classes

    def write(self, vals):
        result = super().write(vals)
        if "homeroom_user_id" in vals:
            self.env["edu.duty"]._edu_follow_homeroom(self)
        return result

    def _edu_curriculum(self):
        """The curriculum lines that the class studies, in the order of the official form."""
        self.ensure_one()
        return self.env["edu.curriculum.line"].search(
            [
                ("regulation_id", "=", self.regulation_id.id),
                ("grade_id", "=", self.grade_id.id),
            ]
        )

    def _edu_assigned(self, subject):
        """Users assigned to teach ``subject`` in the class today: they confirm and sign."""
        self.ensure_one()
        today = self.company_id._edu_today()
        return self.assignment_ids.filtered(
            lambda line: line.subject_id == subject and line._edu_is_active(today)
        ).user_id

    def _edu_teachers(self, subject):
        """Users who may enter marks of ``subject`` today: assigned, or delegated by them."""
        return self._edu_assigned(subject) | self._edu_delegations(subject).delegate_id

    def _edu_delegations(self, subject):
        """Delegations of ``subject`` in force today."""
        today = self.company_id._edu_today()
        return self.delegation_ids.filtered(
            lambda line: line.subject_id == subject and line._edu_is_active(today)
        )

    def _edu_acting_for(self, subject, user):
        """The assigned teacher for whom ``user`` enters marks today; empty for one's own."""
        if user in self._edu_assigned(subject):
            return self.env["res.users"]
        lines = self._edu_delegations(subject)
        return lines.filtered(lambda line: line.delegate_id == user)[:1].delegator_id
