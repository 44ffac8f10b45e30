from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.edu_regulation import PROGRAMMES


class EduYearNewClass(models.TransientModel):
    """A class that a new school year is to have."""

    _name = "edu.year.new.class"
    _description = "Class of a New School Year"
    _order = "id"

    wizard_id = fields.Many2one("edu.year.new", required=True, ondelete="cascade")
    included = fields.Boolean("Create", default=True)
    name = fields.Char(required=True)
    grade_id = fields.Many2one("edu.grade", required=True)
    programme = fields.Selection(PROGRAMMES, required=True, default="phothong")
    campus_id = fields.Many2one("edu.campus")
    max_students = fields.Integer("Takes at Most", aggregator=None)
    homeroom_user_id = fields.Many2one("res.users", "Homeroom Teacher")
    source_class_id = fields.Many2one("edu.class", "Goes on from", readonly=True)
    problem = fields.Char(compute="_compute_problem")

    @api.depends("name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name

    @api.depends("grade_id", "programme", "wizard_id.name", "homeroom_user_id")
    def _compute_problem(self):
        for line in self:
            line.problem = line._edu_problem()

    def _edu_problem(self):
        if self.homeroom_user_id and not self.homeroom_user_id.active:
            return self.env._("%s has no active account any more.", self.homeroom_user_id.name)
        try:
            self._edu_regulation()
        except UserError as error:
            return error.args[0]
        return ""

    def _edu_regulation(self):
        """
        :raises UserError: when no regulation covers the class
        """
        if not self.grade_id or not self.programme:
            return self.env["edu.regulation"]
        year = self._edu_year()
        return self.env["edu.regulation"]._edu_resolve(self.programme, year, self.grade_id)

    def _edu_year(self):
        """The year to come, as far as regulations ask for it."""
        wizard = self.wizard_id
        return self.env["edu.school.year"].new(
            {
                "name": wizard.name,
                "date_start": wizard.date_start,
                "date_end": wizard.date_end,
                "company_id": wizard.company_id.id,
            }
        )

    def _edu_subjects(self):
        """What the class's grade studies in the new year, as far as it is known now."""
        if self.problem:
            return self.env["edu.subject"]
        lines = self.env["edu.curriculum.line"]._edu_set(
            self._edu_regulation(), self.grade_id, self.wizard_id.company_id, self._edu_year()
        )
        return lines.subject_id
