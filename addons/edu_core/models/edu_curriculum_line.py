from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from edu_records import rules

SUBJECT_KINDS = ("compulsory", "choice", "elective")
CHOSEN_KINDS = ("choice", "elective", "cluster")


class EduCurriculumLine(models.Model):
    """A subject in a grade's curriculum (TT 32/2018): periods a year and how it is assessed.

    National lines have no school. A school that adapts a grade's curriculum has lines of its own,
    which hold from a school year on until it adapts the curriculum again. All lines of one grade,
    regulation, school and year are a *set*; a class follows one set.
    """

    _name = "edu.curriculum.line"
    _inherit = ["edu.frozen.mixin"]
    _description = "Curriculum Line"
    _order = "grade_id, sequence, id"
    _check_company_auto = True

    # where a line belongs never changes, the rest not once it is used
    _edu_place = ("regulation_id", "grade_id", "company_id", "school_year_id")
    _edu_frozen = frozenset(
        {"subject_id", "name", "kind", "parent_id", "group_id", "periods", "assess"}
        | {"has_periodic_test", "sequence"}
    )

    regulation_id = fields.Many2one(
        "edu.regulation", required=True, index=True, ondelete="restrict"
    )
    grade_id = fields.Many2one("edu.grade", required=True, index=True, ondelete="restrict")
    subject_id = fields.Many2one(
        "edu.subject", required=True, index=True, ondelete="restrict", check_company=True
    )
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="As the official forms of this grade name the subject, in Vietnamese.",
    )
    company_id = fields.Many2one(
        "res.company",
        "School",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env["edu.subject"]._edu_default_school(),
        help="Empty: the national curriculum.",
    )
    school_year_id = fields.Many2one(
        "edu.school.year",
        "From School Year",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(
        [
            ("compulsory", "Compulsory"),
            ("choice", "To choose"),
            ("elective", "Elective"),
            ("component", "Part of a subject"),
            ("cluster", "Topic cluster"),
        ],
        required=True,
        default="compulsory",
    )
    parent_id = fields.Many2one(
        "edu.curriculum.line",
        "Belongs to",
        index="btree_not_null",
        ondelete="restrict",
        help="The subject that a part or a topic cluster belongs to.",
    )
    component_ids = fields.One2many("edu.curriculum.line", "parent_id", "Parts and Clusters")
    group_id = fields.Many2one(
        "edu.curriculum.group", "Choice Group", index="btree_not_null", ondelete="restrict"
    )
    periods = fields.Integer("Periods a Year", required=True, aggregator=None)
    assess = fields.Selection(
        [
            ("score", "Comments and scores"),
            ("comment", "Comments only"),
            ("outcome", "Expected outcomes"),
            ("none", "No result"),
        ],
        "Assessed by",
        required=True,
    )
    has_periodic_test = fields.Boolean("Periodic Test", help="Primary: papers with a score.")
    regular_count = fields.Integer(
        "Regular Marks a Semester", compute="_compute_regular_count", aggregator=None
    )
    verified = fields.Boolean(
        "Checked against the Text", help="Whether the line was compared with the official text."
    )
    sequence = fields.Integer(default=10, aggregator=None)

    _subject_uniq = models.UniqueIndex(
        "(regulation_id, grade_id, subject_id, COALESCE(company_id, 0),"
        " COALESCE(school_year_id, 0), COALESCE(parent_id, 0))",
        "The curriculum has this subject already.",
    )
    _own_from_year = models.Constraint(
        "CHECK((company_id IS NULL) = (school_year_id IS NULL))",
        "A school's own curriculum says from which school year it holds.",
    )
    _periods_positive = models.Constraint("CHECK(periods >= 0)", "Periods are not negative.")

    @api.depends("subject_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.subject_id.name

    @api.depends("name", "kind")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                self.env._("%s (topic cluster)", line.name) if line.kind == "cluster" else line.name
            )

    @api.depends("periods", "assess", "kind", "regulation_id.code")
    def _compute_regular_count(self):
        for line in self:
            module = getattr(rules, (line.regulation_id.code or "").lower(), None)
            count = getattr(module, "regular_count", None)
            counted = line.kind in SUBJECT_KINDS and line.assess in ("score", "comment")
            line.regular_count = (
                count(periods=line.periods, assess=line.assess)
                if count and counted and line.periods > 0
                else 0
            )

    @api.constrains("kind", "parent_id", "group_id", "regulation_id", "grade_id")
    def _check_kind(self):
        for line in self:
            wrong = line._edu_wrong_kind()
            if wrong:
                raise ValidationError(
                    self.env._("%(name)s: %(reason)s", name=line.name, reason=wrong)
                )

    def _edu_wrong_kind(self):
        is_part = self.kind in ("component", "cluster")
        if is_part != bool(self.parent_id):
            return self.env._(
                "Parts and clusters, and they alone, name the subject they belong to."
            )
        if (self.kind in ("choice", "cluster")) != bool(self.group_id):
            return self.env._("Lines to choose from, and they alone, name their choice group.")
        if is_part and (
            self.parent_id._edu_set_key() != self._edu_set_key()
            or self.parent_id.kind not in SUBJECT_KINDS
        ):
            return self.env._("It belongs to a subject of the same curriculum.")
        if self.group_id and self.group_id.regulation_id != self.regulation_id:
            return self.env._("The choice group is one of another regulation.")
        return ""

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for key, members in lines.grouped(lambda line: line._edu_set_key()).items():
            self._edu_check_whole(key)
            compulsory = members.filtered(lambda line: line.kind == "compulsory")[:1]
            booked = compulsory and compulsory._edu_classes()._edu_with_books()
            if booked:
                compulsory._edu_refuse_for(booked)
        return lines

    def write(self, vals):
        moved = [name for name in self._edu_place if name in vals]
        for line in self:
            if any(line[name] != line._edu_as_record_value(name, vals[name]) for name in moved):
                raise UserError(
                    self.env._(
                        "%s: a line stays in its curriculum; add one to the other.", line.name
                    )
                )
        return super().write(vals)

    # -- sets ------------------------------------------------------------------------------------

    def _edu_set_key(self):
        """``(regulation, grade, school, school year)`` of the line's set."""
        self.ensure_one()
        return tuple(self[name] for name in self._edu_place)

    @api.model
    def _edu_set(self, regulation, grade, school, school_year):
        """The lines that classes of the grade follow in ``school_year``."""
        if not (regulation and grade and school_year):
            return self.browse()
        place = Domain("regulation_id", "=", regulation.id) & Domain("grade_id", "=", grade.id)
        start = self._edu_set_start(regulation, grade, school, school_year)
        own = Domain("company_id", "=", school.id) & Domain("school_year_id", "=", start.id)
        return self.search(place & (own if start else Domain("company_id", "=", False)))

    @api.model
    def _edu_set_start(self, regulation, grade, school, school_year):
        """The year from which the school's own set of ``school_year`` holds; empty: national."""
        return self.search(
            [
                ("regulation_id", "=", regulation.id),
                ("grade_id", "=", grade.id),
                ("company_id", "=", school.id),
                ("school_year_id.date_start", "<=", school_year.date_start),
            ],
            order="school_year_id",  # the latest first
            limit=1,
        ).school_year_id

    def _edu_classes(self):
        """Classes that follow the line's set, of every school for a national one."""
        self.ensure_one()
        regulation, grade, school, start = self._edu_set_key()
        domain = Domain("regulation_id", "=", regulation.id) & Domain("grade_id", "=", grade.id)
        if school:
            domain &= Domain("company_id", "=", school.id)
        starts = self._edu_starts(regulation, grade)
        return (
            self.env["edu.class"]
            .sudo()
            .search(domain)
            .filtered(
                lambda found: (
                    next(
                        (
                            year
                            for year in starts.get(found.company_id, ())
                            if year.date_start <= found.school_year_id.date_start
                        ),
                        start.browse(),
                    )
                    == start
                )
            )
        )

    @api.model
    def _edu_starts(self, regulation, grade):
        """``{school: years in which it adapted the curriculum, the latest first}``."""
        groups = self.sudo()._read_group(
            [
                ("regulation_id", "=", regulation.id),
                ("grade_id", "=", grade.id),
                ("company_id", "!=", False),
            ],
            ["company_id"],
            ["school_year_id:recordset"],
        )
        return {school: years.sorted("date_start", reverse=True) for school, years in groups}

    @api.model
    def _edu_check_whole(self, key):
        """A school's own set begins as a copy: no compulsory subject is forgotten."""
        regulation, grade, school, _start = key
        if not school:
            return
        national = self.sudo().search(
            [
                ("regulation_id", "=", regulation.id),
                ("grade_id", "=", grade.id),
                ("company_id", "=", False),
                ("kind", "=", "compulsory"),
            ]
        )
        whole = self.sudo().search(
            [(name, "=", part.id) for name, part in zip(self._edu_place, key, strict=True)]
        )
        missing = national.subject_id - whole.subject_id
        if missing:
            raise UserError(
                self.env._(
                    "The school's own curriculum of %(grade)s would lack %(subjects)s. Choose"
                    " “Adapt the Curriculum”: it copies all lines, then change the copy.",
                    grade=grade.name,
                    subjects=", ".join(missing.mapped("name")),
                )
            )

    @api.model
    def _edu_adapt(self, school, school_year, regulation, grade):
        """Give ``school`` lines of its own for a grade, from ``school_year`` on.

        :return: the new lines, copies of those that hold until now
        :raises UserError: when the year has lines of its own, or classes keep books by the old
        """
        current = self._edu_set(regulation, grade, school, school_year)
        if current.school_year_id == school_year:
            raise UserError(
                self.env._(
                    "%(grade)s has a curriculum of the school's own from %(year)s already: change"
                    " its lines.",
                    grade=grade.name,
                    year=school_year.name,
                )
            )
        if not current:
            raise UserError(
                self.env._(
                    "%(regulation)s has no curriculum for %(grade)s to copy. Add its lines.",
                    regulation=regulation.name,
                    grade=grade.name,
                )
            )
        affected = (
            current[0]
            ._edu_classes()
            .filtered(
                lambda found: (
                    found.company_id == school
                    and found.school_year_id.date_start >= school_year.date_start
                )
            )
        )
        booked = affected._edu_with_books()
        if booked:
            current[0]._edu_refuse_for(booked)
        own = current._edu_copy({"company_id": school.id, "school_year_id": school_year.id})
        affected._edu_follow(own)
        return own

    def _edu_copy(self, vals, groups=None):
        """Copies of whole sets with ``vals``, subjects before what belongs to them.

        :param dict groups: ``{choice group: the group that takes its place}``
        """
        copies = {}
        for level in (
            self.filtered(lambda line: not line.parent_id),
            self.filtered("parent_id"),
        ):
            values = []
            for line in level:
                group = (groups or {}).get(line.group_id, line.group_id)
                parent = copies.get(line.parent_id)
                more = {"parent_id": parent.id if parent else False, "group_id": group.id}
                values += line.copy_data({**vals, **more})
            copies.update(zip(level, self.create(values), strict=True))
        return self.browse().union(*copies.values())

    def _edu_refuse_for(self, classes):
        raise UserError(
            self.env._(
                "The curriculum of %(grade)s stays as it is: %(classes)s keep their books by it."
                " Adapt the curriculum from the next school year on.",
                grade=self.grade_id.name,
                classes=", ".join(classes.mapped("display_name")),
            )
        )

    # -- immutability ----------------------------------------------------------------------------

    def _edu_in_use(self):
        """National lines hold once a class follows them, a school's own once it keeps books."""
        classes = self._edu_classes()
        users = classes._edu_with_books() if self.company_id else classes
        return (
            users
            and self.env._(
                "class %(name)s (%(year)s)", name=users[0].name, year=users[0].school_year_id.name
            )
            or ""
        )

    def _edu_advice(self):
        if self.company_id:
            return self.env._("Adapt the curriculum from the next school year on.")
        return self.env._(
            "Choose “Adapt the Curriculum”: the school's own copy can be changed until classes"
            " keep books by it."
        )
