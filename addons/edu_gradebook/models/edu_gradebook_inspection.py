from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EduGradebookInspection(models.Model):
    """Nhận xét của Hiệu trưởng về sử dụng sổ: the principal's remark on a class's book in a month.

    The last page of the official book (TT 22/2021). The remark is about how the book is kept and
    stays with it; the school's chain has its text.
    """

    _name = "edu.gradebook.inspection"
    _inherit = ["edu.guarded.mixin", "edu.chained.mixin"]
    _description = "Monthly Remark on a Gradebook"
    _order = "month desc, gradebook_id"
    _rec_name = "remark"

    _edu_guarded = frozenset({"company_id", "author_id", "remarked_at"})
    _edu_chained = ("gradebook_id", "month", "remark", "author_id")
    _edu_chain_key = ("school:", "company_id")

    gradebook_id = fields.Many2one("edu.gradebook", required=True, index=True, ondelete="restrict")
    class_id = fields.Many2one(related="gradebook_id.class_id", store=True, index=True)
    company_id = fields.Many2one(
        "res.company", "School", required=True, readonly=True, index=True, ondelete="restrict"
    )
    month = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._edu_today().replace(day=1),
        help="Any day of it; its first day is kept.",
    )
    remark = fields.Text(required=True)
    author_id = fields.Many2one("res.users", "Principal", readonly=True, ondelete="restrict")
    remarked_at = fields.Datetime(readonly=True)

    _month_uniq = models.Constraint(
        "UNIQUE(gradebook_id, month)",
        "The book has a remark of this month already: change that one.",
    )
    _month_first = models.Constraint(
        "CHECK(extract(day FROM month) = 1)", "A month is named by its first day."
    )

    _remark_words = models.Constraint(r"CHECK(remark ~ '\S')", "Write the remark.")

    @api.depends("class_id.name", "month")
    def _compute_display_name(self):
        for one in self:
            month = one.month.strftime("%m/%Y") if one.month else ""
            one.display_name = f"{one.class_id.name or ''} - {month}"

    def _edu_chain_of(self):
        return {one: one.company_id._edu_chain() for one in self}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._edu_refuse_guarded(name for name in vals if name in self._edu_guarded)
        Book = self.env["edu.gradebook"].sudo()
        schools = [Book.browse(vals.get("gradebook_id") or []).company_id for vals in vals_list]
        self._edu_check_author(self.env["res.company"].union(*schools))
        signed = [
            {**self._edu_first_day(vals), **self._edu_signature(), "company_id": school.id}
            for vals, school in zip(vals_list, schools, strict=True)
        ]
        remarks = super(EduGradebookInspection, self._edu_unguarded()).create(signed)
        remarks = remarks.with_env(self.env)
        remarks._edu_check_month()
        remarks.sudo()._edu_append_facts()
        return remarks

    def write(self, vals):
        if not self or not vals:
            return super().write(vals)
        self._edu_refuse_guarded(vals)
        if set(vals) - {"month", "remark"}:
            raise UserError(self.env._("A remark stays with its book."))
        self._edu_check_author(self.sudo().company_id)
        changed = {**self._edu_first_day(vals), **self._edu_signature()}
        super(EduGradebookInspection, self._edu_unguarded()).write(changed)
        self._edu_check_month()
        self.sudo()._edu_append_facts()
        return True

    @api.model
    def _edu_first_day(self, vals):
        month = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": month.replace(day=1)} if month else vals

    @api.model
    def _edu_signature(self):
        return {"author_id": self.env.uid, "remarked_at": fields.Datetime.now()}

    @api.model
    def _edu_check_author(self, schools):
        """Refuse unless the user who is logged in is the principal, whatever ``sudo`` says.

        :raises AccessError: with the principal's name
        """
        for school in schools:
            principals = self.env["res.users"]._edu_holders("principal", school)
            if self.env.user not in principals:
                raise AccessError(
                    self.env._(
                        "Only the principal (%s) remarks on how a book is kept.",
                        ", ".join(principals.sudo().mapped("name")) or "-",
                    )
                )

    def _edu_check_month(self):
        """A month of the book's year that has begun."""
        for one in self.sudo():
            year = one.gradebook_id.school_year_id
            first = year.date_start.replace(day=1)
            if not (first <= one.month <= min(year.date_end, one.company_id._edu_today())):
                raise UserError(
                    self.env._(
                        "%(name)s: choose a month of the year %(year)s that has begun.",
                        name=one.display_name,
                        year=year.name,
                    )
                )

    @api.model
    def _edu_rows(self, book):
        """Remarks up to the end of a period of the book, as its snapshot has them."""
        last = book.period_id.date_end or book.school_year_id.date_end
        first = book.period_id.date_start or book.school_year_id.date_start
        remarks = self.sudo().search(
            [
                ("gradebook_id", "=", book.gradebook_id.id),
                ("month", ">=", first.replace(day=1)),
                ("month", "<=", last),
            ],
            order="month",
        )
        return [
            {
                "month": one.month.strftime("%m/%Y"),
                "remark": one.remark,
                "by": one.author_id.name,
            }
            for one in remarks
        ]
