import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from edu_records.canonical import canonical_json

YEAR = relativedelta(years=1)


class EduYearNew(models.TransientModel):
    """Proposes the next school year from a year: classes, homeroom teachers, assignments.

    Nothing is created before ``action_create``; every line can be changed or left out.
    """

    _name = "edu.year.new"
    _description = "New School Year"

    source_year_id = fields.Many2one("edu.school.year", "From Year", required=True, readonly=True)
    company_id = fields.Many2one(related="source_year_id.company_id")
    name = fields.Char(required=True)
    date_start = fields.Date(required=True)
    date_end = fields.Date(required=True)
    decision_number = fields.Char(
        "Decision on Assignments", help="Kept with every assignment that is created."
    )
    copy_periods = fields.Boolean("Periods with Their Days, a Year Later", default=True)
    class_ids = fields.One2many("edu.year.new.class", "wizard_id", "Classes")
    assignment_ids = fields.One2many("edu.year.new.assignment", "wizard_id", "Assignments")
    department_text = fields.Char("Departments That Go on", compute="_compute_department_text")
    summary = fields.Char("What Will Be Created", compute="_compute_summary")
    problem_text = fields.Text("Before It Can Be Created", compute="_compute_summary")

    @api.depends("company_id")
    def _compute_department_text(self):
        for wizard in self:
            departments = (
                self.env["hr.department"]
                .sudo()
                .search([("company_id", "=", wizard.company_id.id), ("edu_kind", "!=", False)])
            )
            wizard.department_text = ", ".join(departments.mapped("name"))

    @api.depends("name", "date_start", "date_end", "class_ids.name", "class_ids.grade_id")
    @api.depends("class_ids.homeroom_user_id", "class_ids.included", "assignment_ids.included")
    @api.depends("class_ids.programme", "assignment_ids.user_id")
    def _compute_summary(self):
        for wizard in self:
            lines = wizard._edu_classes()
            wizard.summary = self.env._(
                "%(classes)s classes, %(homeroom)s homeroom teachers, %(assignments)s assignments",
                classes=len(lines),
                homeroom=len(lines.filtered("homeroom_user_id")),
                assignments=len(wizard._edu_assignments()),
            )
            wizard.problem_text = "\n".join(wizard._edu_problems())

    # -- proposing -------------------------------------------------------------------------------

    @api.model
    def _edu_propose(self, year):
        """A wizard with proposals made from ``year``."""
        if year._edu_next():
            raise UserError(
                self.env._(
                    "%(year)s is there already: open it, or the rollover of %(before)s.",
                    year=year._edu_next().name,
                    before=year.name,
                )
            )
        match = re.fullmatch(r"(\d{4})-(\d{4})", year.name)
        wizard = self.create(
            {
                "source_year_id": year.id,
                "name": f"{int(match[1]) + 1}-{int(match[2]) + 1}",
                "date_start": year.date_start + YEAR,
                "date_end": year.date_end + YEAR,
            }
        )
        wizard._edu_propose_classes()
        wizard._edu_propose_assignments()
        return wizard

    def _edu_propose_classes(self):
        """Each class goes on a grade higher; the entry grades get the classes they have now."""
        source = self.source_year_id.class_ids
        grades = {
            (one.level_id, one.number): one
            for one in self.env["edu.grade"].search([("number", ">", 0)])
        }
        taught, none = source.grade_id, self.env["edu.grade"]
        vals_list = []
        for one in source.sorted(lambda one: (one.grade_number, one.name)):
            grade = one.grade_id
            higher = grades.get((grade.level_id, grade.number + 1))
            if higher:
                vals = {"name": one._edu_next_name(1), "grade_id": higher.id}
                vals_list.append({**vals, "homeroom_user_id": one.homeroom_user_id.id, "from": one})
            if not grades.get((grade.level_id, grade.number - 1), none) & taught:
                vals_list.append({"name": one.name, "grade_id": grade.id, "from": one, "entry": 1})
        vals_list.sort(key=lambda vals: self.env["edu.grade"].browse(vals["grade_id"]).number)
        self.env["edu.year.new.class"].create(
            [
                {
                    "wizard_id": self.id,
                    "name": vals["name"],
                    "grade_id": vals["grade_id"],
                    "source_class_id": vals["from"].id if "entry" not in vals else False,
                    "campus_id": vals["from"].campus_id.id,
                    "programme": vals["from"].programme,
                    "max_students": vals["from"].max_students,
                    "homeroom_user_id": vals.get("homeroom_user_id"),
                }
                for vals in vals_list
            ]
        )

    def _edu_propose_assignments(self):
        """Who teaches a class at the end of the year goes on with it, where the higher grade has
        the subject; entry classes have nobody yet."""
        day = min(self.source_year_id.date_end, self.company_id._edu_today())
        vals_list = []
        for place in self.class_ids.filtered("source_class_id"):
            subjects = place._edu_subjects()
            vals_list += [
                {
                    "wizard_id": self.id,
                    "class_line_id": place.id,
                    "subject_id": old.subject_id.id,
                    "user_id": old.user_id.id,
                    "role": old.role,
                    "periods_per_week": old.periods_per_week,
                }
                for old in place.source_class_id.assignment_ids
                if old._edu_is_active(day) and old.subject_id in subjects and old.user_id.active
            ]
        self.env["edu.year.new.assignment"].create(vals_list)

    # -- checking --------------------------------------------------------------------------------

    def _edu_classes(self):
        return self.class_ids.filtered("included")

    def _edu_assignments(self):
        return self.assignment_ids.filtered(
            lambda line: line.included and line.class_line_id.included
        )

    def _edu_problems(self):
        """What stands in the way, a sentence each."""
        lines = self._edu_classes()
        problems = []
        if not lines:
            problems.append(self.env._("Keep at least one class, or create the year by hand."))
        if self.date_start and self.date_end and self.date_end <= self.date_start:
            problems.append(self.env._("The year ends before it starts."))
        for name, same in lines.grouped("name").items():
            if len(same) > 1:
                problems.append(self.env._("%s: two classes of one name; rename one.", name))
        problems += [f"{line.name}: {line.problem}" for line in lines if line.problem]
        problems += [
            self.env._(
                "%(user)s has no active account any more: choose another teacher for %(class)s.",
                **{"user": line.user_id.name, "class": line.class_line_id.name},
            )
            for line in self._edu_assignments()
            if not line.user_id.active
        ]
        return problems

    # -- creating --------------------------------------------------------------------------------

    def action_create(self):
        """Create the year with all that is kept in the proposal, or nothing.

        :raises AccessError: for whoever is not entrusted with the year's set-up
        :raises UserError: with everything that stands in the way
        """
        self.ensure_one()
        self.env["edu.school.year"]._edu_check_keeper(self.company_id)
        problems = self._edu_problems()
        if problems:
            raise UserError("\n".join(problems))
        year = (
            self.env["edu.school.year"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "date_start": self.date_start,
                    "date_end": self.date_end,
                    "company_id": self.company_id.id,
                }
            )
        )
        classes = self._edu_create_classes(year)
        assignments = self._edu_create_assignments(year, classes)
        if self.copy_periods:
            self._edu_copy_periods(year)
        self._edu_record(year, assignments)
        return {
            "type": "ir.actions.act_window",
            "res_model": "edu.school.year",
            "res_id": year.id,
            "view_mode": "form",
        }

    def _edu_create_classes(self, year):
        """``{line: class}``; the subjects chosen in the class before go on where they can."""
        lines = self._edu_classes()
        created = (
            self.env["edu.class"]
            .sudo()
            .create(
                [
                    {
                        "name": line.name,
                        "school_year_id": year.id,
                        "grade_id": line.grade_id.id,
                        "programme": line.programme,
                        "campus_id": line.campus_id.id,
                        "max_students": line.max_students,
                        "homeroom_user_id": line.homeroom_user_id.id,
                    }
                    for line in lines
                ]
            )
        )
        for line, school_class in zip(lines, created, strict=True):
            wanted = {(one.subject_id, one.kind) for one in line.source_class_id.elective_ids}
            if wanted:
                chosen = school_class._edu_curriculum_set().filtered(
                    lambda one, wanted=wanted: (one.subject_id, one.kind) in wanted
                )
                if len(chosen) == len(wanted):
                    school_class.elective_ids = chosen
        return dict(zip(lines, created, strict=True))

    def _edu_create_assignments(self, year, classes):
        return (
            self.env["edu.teaching.assignment"]
            .sudo()
            .create(
                [
                    {
                        "class_id": classes[line.class_line_id].id,
                        "subject_id": line.subject_id.id,
                        "user_id": line.user_id.id,
                        "role": line.role,
                        "periods_per_week": line.periods_per_week,
                        "decision_number": self.decision_number,
                        "date_from": year.date_start,
                    }
                    for line in self._edu_assignments()
                ]
            )
        )

    def _edu_copy_periods(self, year):
        """The periods of the year's regulations, with the days of last year's a year later."""
        before = {
            (period.regulation_id.code, period.code): period
            for period in self.source_year_id.sudo().period_ids
        }
        for regulation in year.class_ids.regulation_id:
            for period in year._edu_periods(regulation).sudo():
                old = before.get((regulation.code, period.code))
                if old and old.date_start and old.date_end:
                    period.write(
                        {"date_start": old.date_start + YEAR, "date_end": old.date_end + YEAR}
                    )

    def _edu_record(self, year, assignments):
        chain = self.company_id.sudo()._edu_chain()
        counts = {
            "from": self.source_year_id.name,
            "classes": str(len(year.class_ids)),
            "assignments": str(len(assignments)),
        }
        event = {
            "operation": "new_year",
            "model": "edu.school.year",
            "record": str(year.id),
            "slot": year.name,
            "new": canonical_json(counts),
        }
        self.env["edu.ledger.chain"].sudo()._edu_append([(chain, event)])
