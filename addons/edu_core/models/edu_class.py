from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .edu_curriculum_line import CHOSEN_KINDS, SUBJECT_KINDS
from .edu_regulation import PRESCHOOL, PROGRAMMES

# what the regulation was resolved from, and the regulation
SETTLED = frozenset({"school_year_id", "grade_id", "programme", "regulation_id"})


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
    student_count = fields.Integer(compute="_compute_student_count")

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
                [("class_id", "in", self.ids)], ["class_id"], ["__count"]
            )
        )
        for school_class in self:
            school_class.student_count = counts.get(school_class._origin, 0)

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
        return classes

    def write(self, vals):
        resettled = self.filtered(lambda school_class: school_class._edu_resettles(vals))
        resettled._edu_refuse_used()
        if "elective_ids" in vals:
            self._edu_refuse_booked()
        result = super().write(vals)
        resettled._edu_resolve_regulation()
        return result

    # -- regulation ------------------------------------------------------------------------------

    def _edu_resettles(self, vals):
        """Whether ``vals`` change what the class's regulation follows from."""
        self.ensure_one()
        for name in SETTLED & set(vals):
            value = self._fields[name].convert_to_cache(vals[name], self, validate=False)
            if self[name] != self._fields[name].convert_to_record(value, self):
                return True
        return False

    def _edu_resolve_regulation(self):
        """Store the regulations: they follow from programme, year and grade, never from today."""
        Regulation = self.env["edu.regulation"]
        for school_class in self:
            regulation = Regulation._edu_resolve(
                school_class.programme, school_class.school_year_id, school_class.grade_id
            )
            if school_class.regulation_id != regulation:
                school_class.regulation_id = regulation

    def _edu_refuse_used(self):
        used = self._edu_used()
        if used:
            raise UserError(
                self.env._(
                    "%s: the class has pupils or books already, so its year, grade, programme and"
                    " regulation stay. Create another class and move the pupils there.",
                    ", ".join(used.mapped("name")),
                )
            )

    def _edu_refuse_booked(self):
        booked = self._edu_with_books()
        if booked:
            raise UserError(
                self.env._(
                    "%s: the class keeps its books by the chosen subjects already.",
                    ", ".join(booked.mapped("name")),
                )
            )

    def _edu_used(self):
        """Those of the classes that have pupils or official books."""
        groups = (
            self.env["edu.enrollment"]
            .sudo()
            ._read_group([("class_id", "in", self.ids)], ["class_id"])
        )
        with_pupils = self.browse(school_class.id for (school_class,) in groups)
        return with_pupils | self._edu_with_books()

    def _edu_with_books(self):
        """Those of the classes whose official books rest on their curriculum. A hook; none here."""
        return self.browse()

    # -- curriculum ------------------------------------------------------------------------------

    def _edu_curriculum(self):
        """Subjects and activities that the class studies, in the order of the official form.

        Those chosen are among them, parts of subjects and topic clusters are not: see
        :meth:`_edu_curriculum_parts`.
        """
        self.ensure_one()
        chosen = self.elective_ids
        return self._edu_curriculum_set().filtered(
            lambda line: (
                line.kind in SUBJECT_KINDS and (line.kind == "compulsory" or line in chosen)
            )
        )

    def _edu_curriculum_parts(self):
        """Parts of the class's subjects, and its topic clusters."""
        self.ensure_one()
        subjects, chosen = self._edu_curriculum(), self.elective_ids
        return self._edu_curriculum_set().filtered(
            lambda line: line.parent_id in subjects and (line.kind == "component" or line in chosen)
        )

    def _edu_curriculum_set(self):
        """All lines of the curriculum that holds for the class, chosen by it or not."""
        self.ensure_one()
        return self.env["edu.curriculum.line"]._edu_set(
            self.regulation_id, self.grade_id, self.company_id, self.school_year_id
        )

    def _edu_follow(self, lines):
        """Replace the chosen lines by those of ``lines`` for the same subjects."""
        by_key = {(line.subject_id, line.kind): line for line in lines}
        for school_class in self.filtered("elective_ids"):
            keys = [(line.subject_id, line.kind) for line in school_class.elective_ids]
            school_class.elective_ids = lines.browse().union(
                *(by_key[key] for key in keys if key in by_key)
            )

    def _edu_wrong_electives(self):
        """What is wrong with the choice; "" for a right one, or none at all yet."""
        self.ensure_one()
        chosen = self.elective_ids
        if not chosen:
            return ""
        available = self._edu_curriculum_set().filtered(lambda line: line.kind in CHOSEN_KINDS)
        if chosen - available:
            return self.env._(
                "not to be chosen in its curriculum: %s",
                ", ".join((chosen - available).mapped("display_name")),
            )
        orphans = chosen.filtered(
            lambda line: (
                line.kind == "cluster"
                and line.parent_id not in chosen
                and line.parent_id.kind != "compulsory"
            )
        )
        if orphans:
            return self.env._(
                "a topic cluster belongs to a subject that the class studies: %s",
                ", ".join(orphans.mapped("display_name")),
            )
        return self._edu_wrong_number(chosen)

    def _edu_wrong_number(self, chosen):
        for group, lines in chosen.grouped("group_id").items():
            if group and len(lines) != group.choose:
                return self.env._(
                    "%(group)s: %(choose)s are to be chosen, not %(number)s.",
                    group=group.name,
                    choose=group.choose,
                    number=len(lines),
                )
        return ""

    def _edu_missing_choice(self):
        """Choice groups of the curriculum in which the class has not chosen yet."""
        self.ensure_one()
        groups = self._edu_curriculum_set().group_id
        return groups - self.elective_ids.group_id

    # -- people ----------------------------------------------------------------------------------

    def _edu_teachers(self, subject):
        """Users assigned to teach ``subject`` in the class today."""
        self.ensure_one()
        today = self.company_id._edu_today()
        return self.assignment_ids.filtered(
            lambda line: line.subject_id == subject and line._edu_is_active(today)
        ).user_id
