from odoo import api, fields, models
from odoo.exceptions import UserError


class EduGradebook(models.Model):
    """Sổ theo dõi và đánh giá học sinh (theo lớp học): one book a class, and so one a year."""

    _name = "edu.gradebook"
    _inherit = ["edu.guarded.mixin"]
    _description = "Gradebook"
    _order = "class_id desc, id"

    _edu_guarded = frozenset({"*"})

    class_id = fields.Many2one("edu.class", required=True, index=True, ondelete="restrict")
    school_year_id = fields.Many2one(related="class_id.school_year_id", store=True, index=True)
    company_id = fields.Many2one(
        related="class_id.company_id", store=True, index=True, string="School"
    )
    period_ids = fields.One2many("edu.gradebook.period", "gradebook_id", "Periods")

    _class_uniq = models.Constraint("UNIQUE(class_id)", "The class has a gradebook already.")

    @api.depends("class_id.name", "school_year_id.name")
    def _compute_display_name(self):
        for book in self:
            book.display_name = f"{book.class_id.name} - {book.school_year_id.name}"

    @api.model
    def _edu_open(self, classes):
        """Open the gradebooks of ``classes`` with the periods in which marks are given.

        Only the system calls this (demo data too); ``edu.class.action_open_gradebook`` asks who
        may.

        :raises UserError: when a class cannot keep a gradebook, with the reason
        """
        for school_class in classes:
            refusal = self._edu_refusal(school_class)
            if refusal:
                raise UserError(
                    self.env._(
                        "%(name)s: %(reason)s", name=school_class.display_name, reason=refusal
                    )
                )
        books = self._edu_unguarded().create(
            [{"class_id": school_class.id} for school_class in classes]
        )
        vals_list = []
        for book in books:
            regulation = book.class_id.regulation_id
            marked = regulation._edu_marked_codes()
            periods = book.school_year_id._edu_periods(regulation)
            vals_list += [
                {"gradebook_id": book.id, "period_id": period.id}
                for period in periods
                if period.code in marked
            ]
        self.env["edu.gradebook.period"].create(vals_list)
        return books.with_env(self.env)

    @api.model
    def _edu_refusal(self, school_class):
        """Why no gradebook can be opened for the class; "" when it can."""
        regulation = school_class.regulation_id
        columns = self.env["edu.mark.column"].search_count([("regulation_id", "=", regulation.id)])
        if not columns or not regulation._edu_marked_codes():
            return self.env._(
                "gradebooks under %(regulation)s are not supported yet for %(grade)s. The"
                " class can be kept with its pupils and teachers; marks stay on paper.",
                regulation=regulation.display_name,
                grade=school_class.grade_id.name,
            )
        missing = school_class._edu_missing_choice()
        if missing:
            return self.env._(
                "choose its subjects first (%s), on the class's form.",
                ", ".join(missing.mapped("name")),
            )
        lines = school_class._edu_curriculum()
        empty = lines.filtered(lambda line: line.assess == "score" and not line.periods)
        if empty or not lines:
            return self.env._(
                "its curriculum has no periods for %s. Adapt the curriculum and fill them in: the"
                " number of marks follows from them.",
                ", ".join(empty.mapped("name")) or self.env._("any subject"),
            )
        return ""
