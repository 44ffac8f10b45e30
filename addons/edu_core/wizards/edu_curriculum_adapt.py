from odoo import api, fields, models


class EduCurriculumAdapt(models.TransientModel):
    """Gives the school lines of its own for a grade's curriculum, copied from those that hold."""

    _name = "edu.curriculum.adapt"
    _description = "Adapt a Curriculum"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "School",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    school_year_id = fields.Many2one(
        "edu.school.year",
        "From School Year",
        required=True,
        ondelete="cascade",
        check_company=True,
        default=lambda self: self._default_school_year(),
    )
    regulation_id = fields.Many2one("edu.regulation", required=True, ondelete="cascade")
    grade_id = fields.Many2one("edu.grade", required=True, ondelete="cascade")

    @api.model
    def _default_school_year(self):
        own = [("company_id", "=", self.env.company.id)]
        return self.env["edu.school.year"].search(own, limit=1)

    def action_adapt(self):
        """Copy the lines and show the copy."""
        self.ensure_one()
        lines = self.env["edu.curriculum.line"]._edu_adapt(
            self.company_id, self.school_year_id, self.regulation_id, self.grade_id
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Own Curriculum of %(grade)s from %(year)s",
                grade=self.grade_id.name,
                year=self.school_year_id.name,
            ),
            "res_model": "edu.curriculum.line",
            "view_mode": "list,form",
            "domain": [("id", "in", lines.ids)],
        }
