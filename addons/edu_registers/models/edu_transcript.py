from odoo import api, fields, models


class EduTranscript(models.Model):
    """A pupil's transcript (học bạ) for one level: one signed part for each school year."""

    _name = "edu.transcript"
    _description = "Transcript"
    _order = "student_id, id"

    student_id = fields.Many2one("edu.student", required=True, index=True, ondelete="restrict")
    level_id = fields.Many2one("edu.level", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="student_id.company_id", store=True, index=True)
    year_ids = fields.One2many("edu.transcript.year", "transcript_id", "Years")

    _student_uniq = models.Constraint(
        "UNIQUE(student_id, level_id)", "The pupil has a transcript for this level already."
    )

    @api.depends("student_id.name", "level_id.name")
    def _compute_display_name(self):
        for transcript in self:
            transcript.display_name = f"{transcript.student_id.name} ({transcript.level_id.code})"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_official(self):
        self.year_ids._unlink_except_official()

    @api.model
    def _edu_of(self, students, level):
        """Transcripts of ``students`` for ``level``, opened where missing; ``{student: one}``."""
        found = self.search([("student_id", "in", students.ids), ("level_id", "=", level.id)])
        missing = students - found.student_id
        found += self.create(
            [{"student_id": student.id, "level_id": level.id} for student in missing]
        )
        return {transcript.student_id: transcript for transcript in found}
