from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from .edu_curriculum_line import CHOSEN_KINDS
from .edu_regulation import PRESCHOOL, PROGRAMMES


class EduClass(models.Model):
    _name = "edu.class"
    _description = "Class"
    _inherit = [
        "edu.class.curriculum",
        "edu.class.list",
        "edu.guarded.mixin",
        "edu.exchanged.mixin",
        "mail.thread",
    ]
    _order = "school_year_id desc, grade_number, name, id"
    _check_company_auto = True

    _edu_guarded = frozenset({"list_locked", "list_locked_at", "list_locked_by_id", "list_version"})

    name = fields.Char(required=True, tracking=True)
    school_year_id = fields.Many2one(
        "edu.school.year", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        related="school_year_id.company_id", store=True, index=True, string="School"
    )
    campus_id = fields.Many2one(
        "edu.campus", index="btree_not_null", ondelete="restrict", check_company=True
    )
    grade_id = fields.Many2one(
        "edu.grade", required=True, index=True, ondelete="restrict", tracking=True
    )
    grade_number = fields.Integer(related="grade_id.number", store=True, aggregator=None)
    programme = fields.Selection(
        PROGRAMMES,
        compute="_compute_programme",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    regulation_id = fields.Many2one(
        "edu.regulation", index=True, ondelete="restrict", readonly=True
    )
    elective_ids = fields.Many2many(
        "edu.curriculum.line",
        string="Chosen Subjects",
        help="Subjects to choose, electives and topic clusters that the class studies.",
    )
    available_elective_ids = fields.Many2many(
        "edu.curriculum.line", compute="_compute_available_elective_ids"
    )
    homeroom_user_id = fields.Many2one(
        "res.users",
        "Homeroom Teacher",
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
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
    student_count = fields.Integer("Pupils in the Class", compute="_compute_student_count")
    max_students = fields.Integer(
        "Takes at Most", aggregator=None, help="Pupils; 0 for no limit. Movements keep to it."
    )
    list_locked = fields.Boolean("Class List Locked", readonly=True, copy=False)
    list_locked_at = fields.Datetime(readonly=True, copy=False)
    list_locked_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    list_version = fields.Integer(readonly=True, copy=False, aggregator=None)
    profile_window_from = fields.Date(
        "Profiles Open from", help="Empty: the window of the school year."
    )
    profile_window_to = fields.Date("Profiles Open until")
    profile_checked_count = fields.Integer(compute="_compute_profile_checked_count")
    profile_checked_text = fields.Char("Profiles Checked", compute="_compute_profile_checked_count")
    is_homeroom = fields.Boolean(compute="_compute_is_homeroom")
    active = fields.Boolean(default=True)
    properties = fields.Properties(
        "More Facts",
        definition="company_id.edu_class_properties_definition",
        precompute=False,
    )

    _name_uniq = models.Constraint(
        "UNIQUE(school_year_id, name)", "The school year has a class of this name already."
    )

    @api.depends("grade_id", "school_year_id")
    def _compute_programme(self):
        for school_class in self:
            preschool = school_class.grade_id.level_id.code == PRESCHOOL
            centre = school_class.company_id.edu_kind_id.is_centre
            if preschool:
                school_class.programme = "mamnon"
            elif school_class.programme in (False, "mamnon"):
                school_class.programme = "gdtx" if centre else "phothong"

    @api.depends("regulation_id", "grade_id", "school_year_id")
    def _compute_available_elective_ids(self):
        for school_class in self:
            school_class.available_elective_ids = school_class._edu_curriculum_set().filtered(
                lambda line: line.kind in CHOSEN_KINDS
            )

    @api.depends("enrollment_ids")
    def _compute_student_count(self):
        counts = dict(
            self.env["edu.enrollment"]._read_group(
                [("class_id", "in", self.ids), ("state", "!=", "left")],
                ["class_id"],
                ["__count"],
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

    @api.depends("enrollment_ids")
    def _compute_profile_checked_count(self):
        counts = dict(
            self.env["edu.student"]
            .sudo()
            ._read_group(
                [("class_id", "in", self.ids), ("profile_checked_at", "!=", False)],
                ["class_id"],
                ["__count"],
            )
        )
        for school_class in self:
            count = counts.get(school_class._origin, 0)
            school_class.profile_checked_count = count
            school_class.profile_checked_text = f"{count}/{school_class.student_count}"

    @api.depends_context("uid")
    @api.depends("homeroom_user_id")
    def _compute_is_homeroom(self):
        for school_class in self:
            school_class.is_homeroom = school_class.homeroom_user_id == self.env.user

    @api.constrains("profile_window_from", "profile_window_to")
    def _check_profile_window(self):
        for school_class in self:
            start, end = school_class.profile_window_from, school_class.profile_window_to
            if bool(start) != bool(end) or (start and end < start):
                raise UserError(
                    self.env._(
                        "%s: the window in which profiles are open needs a first and a last day, in"
                        " this order.",
                        school_class.name,
                    )
                )

    @api.constrains("elective_ids")
    def _check_elective_ids(self):
        for school_class in self:
            wrong = school_class._edu_wrong_electives()
            if wrong:
                raise ValidationError(
                    self.env._("%(name)s: %(reason)s", name=school_class.display_name, reason=wrong)
                )

    @api.model_create_multi
    def create(self, vals_list):
        unsettled = {"regulation_id": False, "elective_ids": False}
        classes = super().create([{**vals, **unsettled} for vals in vals_list])
        classes._edu_resolve_regulation()
        for school_class, vals in zip(classes, vals_list, strict=True):
            if vals.get("elective_ids"):
                school_class.elective_ids = vals["elective_ids"]
        self.env["edu.duty"]._edu_follow_homeroom(classes.filtered("homeroom_user_id"))
        return classes

    def write(self, vals):
        resettled = self.filtered(lambda school_class: school_class._edu_resettles(vals))
        resettled._edu_refuse_used()
        if "elective_ids" in vals:
            self._edu_refuse_booked()
        if "active" in vals and not vals["active"]:
            self._edu_refuse_kept()
        result = super().write(vals)
        resettled._edu_resolve_regulation()
        if "homeroom_user_id" in vals:
            self.env["edu.duty"]._edu_follow_homeroom(self)
        return result

    # -- the next year ---------------------------------------------------------------------------

    def _edu_next_name(self, step):
        """The class's name ``step`` grades higher: 6A becomes 7A; a name that does not begin with
        the grade stays."""
        self.ensure_one()
        number = str(self.grade_number)
        rest = self.name.removeprefix(number)
        if rest == self.name or rest[:1].isdigit():
            return self.name
        return f"{self.grade_number + step}{rest}"

    def _edu_successor_of(self, school_class, step):
        """Among these classes the one that pupils of ``school_class`` go into, ``step`` grades
        higher: of the suggested name, else the only one of the grade; empty for no such class."""
        level, number = school_class.grade_id.level_id, school_class.grade_number + step
        of_grade = self.filtered(
            lambda one: one.grade_id.level_id == level and one.grade_number == number
        )
        name = school_class._edu_next_name(step)
        named = of_grade.filtered(lambda one: one.name == name)
        return named or (of_grade if len(of_grade) == 1 else self.browse())

    # -- people ----------------------------------------------------------------------------------

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

    # -- profiles --------------------------------------------------------------------------------

    def action_check_profiles(self):
        """The homeroom teacher confirms the profiles of the whole class."""
        for school_class in self:
            pupils = self.env["edu.student"].search(
                [("class_id", "=", school_class.id), ("profile_checked_at", "=", False)]
            )
            pupils.action_check_profile()

    def _edu_profile_window(self):
        """First and last day on which the homeroom teacher keeps the profiles; two ``False`` for
        no window."""
        self.ensure_one()
        if self.profile_window_from:
            return self.profile_window_from, self.profile_window_to
        year = self.school_year_id
        return year.profile_window_from, year.profile_window_to

    def _edu_profile_window_open(self):
        start, end = self._edu_profile_window()
        return bool(start and end) and start <= self.company_id._edu_today() <= end

    def _edu_profile_window_text(self):
        """The window in words, for whoever is refused."""
        start, end = self._edu_profile_window() if self else (False, False)
        if not start:
            return self.env._("within a window that the school has not set")
        return self.env._(
            "from %(start)s to %(end)s",
            start=format_date(self.env, start),
            end=format_date(self.env, end),
        )

    # -- screens ---------------------------------------------------------------------------------

    def action_move(self):
        """Open the movement wizard for the pupils of the class."""
        self.ensure_one()
        pupils = self.env["edu.student"].search([("class_id", "=", self.id)])
        return pupils.action_move()

    def action_view_list(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Class List of %s", self.name),
            "res_model": "edu.enrollment",
            "view_mode": "list,form",
            "domain": [("class_id", "=", self.id)],
        }
