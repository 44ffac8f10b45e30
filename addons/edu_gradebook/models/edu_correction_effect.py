from odoo import api, fields, models

from .edu_period_result import LEVEL_SELECTION


class EduCorrectionEffect(models.AbstractModel):
    """What a correction did to the pupil's results: average and study level before and after.

    Both are what the library's rules make of the marks at that moment; they are recorded with the
    dossier and never computed again.
    """

    _name = "edu.correction.effect"
    _description = "Effect of a Correction"

    average_before = fields.Char(help="Result in the subject when the dossier was entered.")
    average_after = fields.Char(help="Result in the subject with the corrected mark.")
    level_before = fields.Selection(
        LEVEL_SELECTION, help="Study result of the period before the correction."
    )
    level_after = fields.Selection(
        LEVEL_SELECTION, help="Study result of the period with the corrected mark."
    )
    effect = fields.Char(compute="_compute_effect", help="Average and level, before and after.")

    @api.depends("average_before", "average_after", "level_before", "level_after")
    @api.depends_context("lang")
    def _compute_effect(self):
        labels = dict(self._fields["level_before"]._description_selection(self.env))
        for dossier in self:
            parts = [
                (dossier.average_before or "", dossier.average_after or ""),
                (labels.get(dossier.level_before, ""), labels.get(dossier.level_after, "")),
            ]
            told = [
                f"{before or '–'} → {after or '–'}" for before, after in parts if before or after
            ]
            dossier.effect = "; ".join(told).replace(".", ",") or False

    def _edu_judged(self, known=None):
        """What the regulation makes of the marks of the pupil's period as they stand.

        :param dict known: an earlier answer; of its sheets only the dossier's is judged anew
        :return: ``{sheet: {enrolment id: judged}}``, see ``edu.subject.result._edu_judge``
        """
        self.ensure_one()
        Result = self.env["edu.subject.result"]
        sheets = (
            self.gradesheet_id if known else self.gradesheet_id.gradebook_period_id._edu_sheets()
        )
        cells = self.env["edu.mark"]._edu_cells(sheets)
        fresh = {sheet: Result._edu_judge(sheet, cells[sheet.id]) for sheet in sheets}
        return {**(known or {}), **fresh}

    def _edu_standing(self, judged):
        """``(average in the subject, study level)`` of the pupil; each may be None."""
        self.ensure_one()
        line = self.enrollment_id.id
        book = self.gradesheet_id.gradebook_period_id
        levels = self.env["edu.period.result"]._edu_judge(book, judged)
        return judged[self.gradesheet_id][line]["value"], levels[line]["study_final"]
