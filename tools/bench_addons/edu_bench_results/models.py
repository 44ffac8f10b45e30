"""The year's results as Odoo's documentation teaches it: a record each, stored computes.

The same rules of the same library, without ledger, hashes, versions, approval or access rules.
"""

from odoo import api, fields, models

from edu_records.rules import tt22


class BenchSemester(models.Model):
    _name = "bench.semester"
    _description = "Subject's Result of a Semester"

    subject_id = fields.Many2one("bench.subject", required=True, index=True, ondelete="cascade")
    code = fields.Char(required=True)
    value = fields.Char()


class BenchSubject(models.Model):
    _name = "bench.subject"
    _description = "Subject's Result of the Year"

    pupil_id = fields.Many2one("bench.pupil", required=True, index=True, ondelete="cascade")
    code = fields.Char(required=True)
    assess = fields.Char(required=True)
    semester_ids = fields.One2many("bench.semester", "subject_id")
    hk1 = fields.Char(compute="_compute_semesters", store=True)
    hk2 = fields.Char(compute="_compute_semesters", store=True)
    value = fields.Char(compute="_compute_value", store=True)
    trace = fields.Text(compute="_compute_value", store=True)

    @api.depends("semester_ids.value")
    def _compute_semesters(self):
        for row in self:
            values = {semester.code: semester.value for semester in row.semester_ids}
            row.hk1, row.hk2 = values.get("HK1"), values.get("HK2")

    @api.depends("assess", "hk1", "hk2")
    def _compute_value(self):
        for row in self:
            rule = tt22.comment_year if row.assess == "comment" else tt22.year_average
            result = rule(hk1=row.hk1 or None, hk2=row.hk2 or None)
            row.value = result.value
            row.trace = result.trace.explain()


class BenchPupil(models.Model):
    _name = "bench.pupil"
    _description = "Pupil's Year"

    subject_ids = fields.One2many("bench.subject", "pupil_id")
    conduct_hk1 = fields.Char()
    conduct_hk2 = fields.Char()
    absent = fields.Integer()
    conduct = fields.Char(compute="_compute_conduct", store=True)
    study_base = fields.Char(compute="_compute_study", store=True)
    study_final = fields.Char(compute="_compute_study", store=True)
    adjusted = fields.Char(compute="_compute_study", store=True)
    study_trace = fields.Text(compute="_compute_study", store=True)
    retest = fields.Char(compute="_compute_retest", store=True)
    outcome = fields.Char(compute="_compute_outcome", store=True)
    outcome_trace = fields.Text(compute="_compute_outcome", store=True)
    title = fields.Char(compute="_compute_title", store=True)

    def _given(self, assess):
        rows = self.subject_ids.filtered(lambda row: row.assess == assess)
        return {row.code: row.value or None for row in rows}

    @api.depends("conduct_hk1", "conduct_hk2")
    def _compute_conduct(self):
        for pupil in self:
            result = tt22.conduct_year(hk1=pupil.conduct_hk1 or None, hk2=pupil.conduct_hk2 or None)
            pupil.conduct = result.value

    @api.depends("subject_ids.value", "subject_ids.assess")
    def _compute_study(self):
        for pupil in self:
            result = tt22.study_level(
                scores=pupil._given("score"), comments=pupil._given("comment")
            )
            pupil.study_base, pupil.study_final, pupil.adjusted = result.value
            pupil.study_trace = result.trace.explain()

    @api.depends("conduct", "study_final", "subject_ids.value")
    def _compute_retest(self):
        for pupil in self:
            due = ()
            if pupil.study_final == "CHUA_DAT":
                due = tt22.retest_subjects(
                    conduct=pupil.conduct or None,
                    scores=pupil._given("score"),
                    comments=pupil._given("comment"),
                ).value
            pupil.retest = ",".join(due or ())

    @api.depends("conduct", "study_final", "absent")
    def _compute_outcome(self):
        for pupil in self:
            result = tt22.promotion(
                conduct=pupil.conduct or None,
                study=pupil.study_final or None,
                absent=pupil.absent,
            )
            pupil.outcome = result.value
            pupil.outcome_trace = result.trace.explain()

    @api.depends("conduct", "study_final", "subject_ids.value")
    def _compute_title(self):
        for pupil in self:
            pupil.title = tt22.title(
                scope="year",
                conduct=pupil.conduct or None,
                study=pupil.study_final or None,
                scores=pupil._given("score"),
            ).value
