from odoo import api, fields, models


class EduYearRowMixin(models.AbstractModel):
    """A row of a review of the year, about one pupil: computed in sets and stored as plain columns,
    with the hash of the inputs, the version of the rules and the traces that explain it."""

    _name = "edu.year.row.mixin"
    _inherit = ["edu.inspected.mixin", "edu.sealed.mixin", "edu.kept.mixin"]
    _description = "Row of a Year's Review"
    _order = "review_id, enrollment_id, id"
    _log_access = False

    review_id = fields.Many2one(
        "edu.year.review", required=True, readonly=True, ondelete="restrict"
    )
    enrollment_id = fields.Many2one(
        "edu.enrollment", "Pupil", required=True, readonly=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one(related="review_id.class_id")
    number = fields.Integer("No.", related="enrollment_id.number", aggregator=None)
    student_name = fields.Char("Full Name", related="enrollment_id.student_id.name")
    state = fields.Selection(related="review_id.effective_state", string="Review's State")
    entry_seq = fields.Integer("Ledger Entry", readonly=True, aggregator=None)
    input_hash = fields.Char(readonly=True)
    rule_version = fields.Char(readonly=True)
    trace = fields.Text(readonly=True)
    why = fields.Text(compute="_compute_why")

    @api.depends("trace")
    def _compute_why(self):
        for row in self:
            row.why = row.review_id._edu_explain(row.trace)

    def _edu_school(self):
        return self.review_id.company_id
