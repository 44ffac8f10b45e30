from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OFFICER = "hr.group_hr_user"
READERS = (
    "hr.group_hr_user,edu_core.group_edu_vice_principal,edu_core.group_edu_it_admin,"
    "edu_core.group_edu_inspector"
)
"""Every field needs one of both: teachers see colleagues through ``hr.employee.public`` only."""

PRINTED_QUALIFICATION = {
    "secondary": "Trung học phổ thông",
    "intermediate": "Trung cấp",
    "college": "Cao đẳng",
    "university": "Đại học",
    "master": "Thạc sĩ",
    "doctor": "Tiến sĩ",
}
STATUSES = [
    ("none", "Not in the register"),
    ("working", "Working"),
    ("leave", "On long leave"),
    ("seconded", "Seconded"),
    ("left", "Left"),
]


class HrEmployee(models.Model):
    """Cán bộ, giáo viên: what the staff register (sổ đăng bộ CBGV) asks for and Odoo lacks.

    Status, first day at the school and day of leaving follow from confirmed movements
    (``edu.staff.movement``) and cannot be written.
    """

    _name = "hr.employee"
    _inherit = ["hr.employee", "edu.guarded.mixin", "edu.exchanged.mixin"]

    _edu_guarded = frozenset({"edu_staff_status", "edu_school_since", "edu_left_on"})

    edu_code = fields.Char("Staff Code", groups=READERS, index=True, copy=False, tracking=True)
    edu_ministry_id = fields.Char(
        "Ministry Id", groups=READERS, copy=False, help="Mã giáo viên, 10 digits."
    )
    edu_register_number = fields.Char("Register Number", groups=READERS, copy=False)
    edu_personal_id = fields.Char(
        "Personal Id", groups=OFFICER, copy=False, help="Số định danh cá nhân, 12 digits."
    )
    edu_staff_kind = fields.Selection(
        [("manager", "Manager"), ("teacher", "Teacher"), ("employee", "Employee")],
        "Kind of Staff",
        groups=READERS,
        tracking=True,
    )
    edu_department_id = fields.Many2one(
        related="current_version_id.department_id",
        string="Department of the School",
        store=True,
        index=True,
        readonly=False,
        groups=READERS,
        help="The employee's department, for readers who may not open the versions of employees.",
    )
    edu_staff_status = fields.Selection(
        STATUSES,
        "Status in the Register",
        groups=READERS,
        default="none",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    edu_school_since = fields.Date(
        "At This School Since", groups=READERS, readonly=True, copy=False
    )
    edu_left_on = fields.Date("Left on", groups=READERS, readonly=True, copy=False)
    edu_recruited_on = fields.Date("Recruited on", groups=READERS)
    edu_profession_since = fields.Date("In the Profession Since", groups=READERS)
    edu_hometown = fields.Char("Native Place", groups=OFFICER)
    edu_qualification = fields.Selection(
        [
            ("secondary", "Upper secondary"),
            ("intermediate", "Intermediate"),
            ("college", "College"),
            ("university", "University"),
            ("master", "Master"),
            ("doctor", "Doctor"),
        ],
        "Highest Qualification",
        groups=READERS,
        tracking=True,
    )
    edu_speciality = fields.Char("Speciality", groups=READERS)
    edu_title_id = fields.Many2one(
        "edu.staff.title", "Professional Title", groups=READERS, index=True, ondelete="restrict"
    )
    edu_salary_step = fields.Char("Salary Grade and Step", groups=OFFICER)
    edu_subject_ids = fields.Many2many(
        "edu.subject", "edu_staff_subject_rel", string="Subjects Taught", groups=READERS
    )
    edu_party_date = fields.Date("Joined the Party on", groups=OFFICER)
    edu_awards = fields.Text("Awards and Discipline", groups=OFFICER)
    edu_note = fields.Text("Note in the Register", groups=OFFICER)
    edu_capacity = fields.Char(
        "Capacity of Management", compute="_compute_edu_capacity", groups=READERS
    )
    edu_movement_ids = fields.One2many(
        "edu.staff.movement", "employee_id", "Movements", groups=READERS
    )
    edu_duty_ids = fields.One2many(related="user_id.edu_duty_ids", groups=READERS)

    _edu_code_uniq = models.UniqueIndex(
        "(company_id, edu_code) WHERE edu_code IS NOT NULL",
        "Another one of the staff has this code.",
    )
    _edu_personal_id_uniq = models.UniqueIndex(
        "(company_id, edu_personal_id) WHERE edu_personal_id IS NOT NULL",
        "Another one of the staff has this personal id.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A new employee's first version does not exist yet when related fields are written."""
        return super().create(
            [
                {**vals, "department_id": vals["edu_department_id"]}
                if vals.get("edu_department_id")
                else vals
                for vals in vals_list
            ]
        )

    @api.constrains("edu_ministry_id", "edu_personal_id")
    def _check_edu_identifiers(self):
        for employee in self.sudo():
            ministry, personal = employee.edu_ministry_id, employee.edu_personal_id
            if ministry and not (ministry.isdecimal() and len(ministry) == 10):
                raise ValidationError(
                    self.env._("%s: the ministry id of staff has 10 digits.", employee.name)
                )
            if personal and not (personal.isdecimal() and len(personal) == 12):
                raise ValidationError(
                    self.env._("%s: the personal id has 12 digits.", employee.name)
                )

    @api.depends("user_id")
    def _compute_edu_capacity(self):
        duties = self.env["edu.duty"]._edu_in_force(users=self.sudo().user_id)
        by_holder = duties.grouped(lambda duty: (duty.user_id, duty.company_id))
        for employee, staff in zip(self, self.sudo(), strict=True):
            held = by_holder.get((staff.user_id, staff.company_id), duties.browse())
            head = staff.company_id.edu_head_title or ""
            titles = {"head": head, "deputy": f"Phó {head.lower()}"}
            held_capacities = held.type_id.mapped("capacity")
            found = [titles[capacity] for capacity in titles if capacity in held_capacities]
            employee.edu_capacity = found[0] if found else False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        if self.sudo().edu_movement_ids.filtered(lambda move: move.state != "draft"):
            raise UserError(
                self.env._("Who is in the staff register is never deleted; record a movement.")
            )

    def _edu_chain(self):
        """The chain of each employee's movements, in the order of the records."""
        return self.env["edu.ledger.chain"]._edu_open(
            [(f"staff:{staff.id}", "staff", staff.company_id) for staff in self]
        )

    def _edu_snapshot(self):
        """One of the staff as the register prints it; every value a string. Call with ``sudo``."""
        self.ensure_one()

        def day(name):
            return fields.Date.to_string(self[name]) if self[name] else ""

        return {
            "code": self.edu_code or "",
            "ministry_id": self.edu_ministry_id or "",
            "register_number": self.edu_register_number or "",
            "name": self.name or "",
            "birth_date": day("birthday"),
            "gender": {"male": "Nam", "female": "Nữ"}.get(self.sex, ""),
            "hometown": self.edu_hometown or "",
            "personal_id": self.edu_personal_id or "",
            "school_since": day("edu_school_since"),
            "post": self.edu_capacity or self.job_title or "",
            "department": self.department_id.name or "",
            "qualification": PRINTED_QUALIFICATION.get(self.edu_qualification, ""),
            "speciality": self.edu_speciality or "",
            "subjects": ", ".join(self.edu_subject_ids.mapped("name")),
            "title": self.edu_title_id.name or "",
            "title_code": self.edu_title_id.code or "",
            "salary_step": self.edu_salary_step or "",
            "party_date": day("edu_party_date"),
            "awards": self.edu_awards or "",
            "note": self.edu_note or "",
            "status": self.edu_staff_status or "",
            "left_on": day("edu_left_on"),
        }
