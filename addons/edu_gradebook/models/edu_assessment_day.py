from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EduAssessmentDay(models.Model):
    """The day on which a column of a gradesheet was assessed, as its teacher says (Điều 7.1).

    Which marks came late follows from it. The sheet's chain has each day.
    """

    _name = "edu.assessment.day"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Day of an Assessment"
    _order = "gradesheet_id, day, id"
    _rec_name = "day"

    _edu_guarded = frozenset({"author_id"})
    _edu_chained = ("column_id", "day", "author_id")
    _edu_chain_key = ("gradesheet:", "gradesheet_id")

    gradesheet_id = fields.Many2one(
        "edu.gradesheet", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="gradesheet_id.class_id", store=True, index=True)
    subject_id = fields.Many2one(related="gradesheet_id.subject_id", store=True, index=True)
    company_id = fields.Many2one(
        related="gradesheet_id.company_id", store=True, index=True, string="School"
    )
    regulation_id = fields.Many2one(related="gradesheet_id.class_id.regulation_id")
    regular_count = fields.Integer(related="gradesheet_id.regular_count", aggregator=None)
    column_id = fields.Many2one(
        "edu.mark.column",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('regulation_id', '=', regulation_id), ('number', '<=', regular_count)]",
    )
    day = fields.Date(required=True)
    author_id = fields.Many2one("res.users", "Entered by", readonly=True, ondelete="restrict")

    _column_uniq = models.Constraint(
        "UNIQUE(gradesheet_id, column_id)",
        "The column has its day already: change that one.",
    )

    @api.depends("gradesheet_id.display_name", "column_id.code")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.gradesheet_id.display_name} - {one.column_id.code or ''}"

    def _edu_chain_of(self):
        return {one: one.gradesheet_id.chain_id for one in self}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._edu_refuse_guarded(name for name in vals if name in self._edu_guarded)
        signed = [{**vals, "author_id": self.env.uid} for vals in vals_list]
        days = super(EduAssessmentDay, self._edu_unguarded()).create(signed).with_env(self.env)
        days._edu_check_teacher(days.sudo().gradesheet_id)  # what was made: defaults count too
        days._edu_check_days()
        days.sudo()._edu_append_facts()
        return days

    def write(self, vals):
        if not self or not vals:
            return super().write(vals)
        if set(vals) - {"day"}:
            raise UserError(self.env._("Only the day of an assessment changes."))
        self._edu_check_teacher(self.sudo().gradesheet_id)
        super(EduAssessmentDay, self._edu_unguarded()).write({**vals, "author_id": self.env.uid})
        self._edu_check_days()
        self.sudo()._edu_append_facts()
        return True

    @api.model
    def _edu_check_teacher(self, sheets):
        """Refuse unless the user who is logged in teaches the sheets and they are a draft.

        :raises AccessError: for another teacher, whatever ``sudo`` says
        :raises UserError: when the period is locked or the sheet confirmed
        """
        for sheet in sheets.sudo().exists():
            sheet.chain_id._edu_lock_heads()
            closed = sheet.with_env(self.env).sudo()._edu_closed()
            if closed and closed[0] == "NOT_ASSIGNED":
                raise AccessError(closed[1])
            if sheet.state != "draft" or sheet.confirmed:
                raise UserError(
                    self.env._(
                        "%s: the days of assessments are entered before the sheet is confirmed.",
                        sheet.display_name,
                    )
                )

    def _edu_check_days(self):
        """A column that the subject has, and a day of the school year."""
        for one in self.sudo():
            year = one.gradesheet_id.class_id.school_year_id
            if one.column_id not in one.gradesheet_id._edu_columns():
                raise UserError(
                    self.env._("The subject does not have the column %s.", one.column_id.code)
                )
            if not year.date_start <= one.day <= year.date_end:
                raise UserError(
                    self.env._(
                        "%(name)s: the day is not one of the year %(year)s.",
                        name=one.display_name,
                        year=year.name,
                    )
                )
