from odoo import models
from odoo.exceptions import UserError


class EduGradebookPeriod(models.Model):
    _inherit = "edu.gradebook.period"

    def action_make_transcripts(self):
        """Open the transcript pages of the class for this period and show them."""
        self.ensure_one()
        self.check_access("read")
        if not self.sudo()._edu_form_code():
            raise UserError(
                self.env._(
                    "%s: there is no form of transcripts for this level of education yet.",
                    self.display_name,
                )
            )
        years = self.sudo()._edu_make_transcripts()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transcripts of %s", self.class_id.name),
            "res_model": "edu.transcript.year",
            "view_mode": "kanban,list,form",
            "domain": [("id", "in", years.ids)],
        }

    def _edu_make_transcripts(self):
        self.ensure_one()
        Year = self.env["edu.transcript.year"]
        level = self.class_id.grade_id.level_id
        enrollments = self._edu_active_lines()
        transcripts = self.env["edu.transcript"]._edu_of(enrollments.student_id, level)
        present = Year.search([("gradebook_period_id", "=", self.id)])
        missing = enrollments - present.enrollment_id
        return present + Year.create(
            [
                {
                    "transcript_id": transcripts[enrollment.student_id].id,
                    "enrollment_id": enrollment.id,
                    "gradebook_period_id": self.id,
                }
                for enrollment in missing
            ]
        )

    def action_outdated_transcripts(self):
        """Show the pages that rest on an earlier version of this period, to supersede them."""
        self.ensure_one()
        years = self.env["edu.transcript.year"].search(
            [("gradebook_period_id.gradebook_id", "=", self.gradebook_id.id)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outdated Transcripts of %s", self.class_id.name),
            "res_model": "edu.transcript.year",
            "view_mode": "list,form",
            "domain": [("id", "in", years.filtered("is_outdated").ids)],
        }
