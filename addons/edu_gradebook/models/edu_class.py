from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .edu_mark_column import TRAITS

PRESCHOOL = "MN"  # code of the regulation
OPENERS = (
    "edu_core.group_edu_it_admin,edu_core.group_edu_vice_principal,edu_core.group_edu_principal"
)


class EduClass(models.Model):
    _name = "edu.class"
    _inherit = ["edu.class", "mail.activity.mixin"]

    gradebook_ids = fields.One2many("edu.gradebook", "class_id")
    review_ids = fields.One2many("edu.year.review", "class_id", "Year Reviews")
    book_text = fields.Char("Period at Work", compute="_compute_book_progress")
    book_share = fields.Integer(
        "Marks Entered", compute="_compute_book_progress", help="Percent of what is due."
    )
    book_sheets = fields.Char("Sheets Confirmed", compute="_compute_book_progress")

    @api.depends_context("uid")
    @api.depends("gradebook_ids")
    def _compute_book_progress(self):
        Book = self.env["edu.gradebook.period"]
        labels = dict(Book._fields["effective_state"]._description_selection(self.env))
        progress = self.env["edu.gradebook"]._edu_progress(self._origin)
        for school_class in self:
            line = progress.get(school_class._origin)
            if not line:
                school_class.update({"book_text": False, "book_share": 0, "book_sheets": False})
                continue
            state = labels[line.book.effective_state]
            school_class.book_text = f"{line.book.period_id.name}: {state}"
            school_class.book_share = line.marks * 100 // line.due if line.due else 0
            school_class.book_sheets = f"{line.confirmed}/{line.sheets}"

    def _edu_assigned(self, subject):
        """What has sheets of its own is assessed by the homeroom teacher, with those assigned."""
        assigned = super()._edu_assigned(subject)
        traits = self.env["ir.model.data"]._xmlid_to_res_id(TRAITS)  # cached, unlike ref()
        own = subject.id == traits or self.regulation_id.code == PRESCHOOL
        return assigned | self.homeroom_user_id if own else assigned

    def _edu_with_books(self):
        books = self.env["edu.gradebook"].sudo().search([("class_id", "in", self.ids)])
        return super()._edu_with_books() | books.class_id.with_env(self.env)

    def _edu_list_unlock_blockers(self):
        """Periods that were locked with the numbers of the list."""
        books = self.sudo().gradebook_ids.period_ids.filtered(lambda book: book.state != "draft")
        return super()._edu_list_unlock_blockers() + [
            self.env._(
                "%(name)s is %(state)s: its records name the pupils by their numbers.",
                name=book.display_name,
                state=book._edu_state_label(),
            )
            for book in books
        ]

    def action_year_results(self):
        """Show the class's reviews of the year; a missing one is opened by homeroom teacher or
        management."""
        self.check_access("read")
        missing = self.filtered(lambda one: one.sudo().gradebook_ids and not one.sudo().review_ids)
        mine = missing.filtered(lambda one: one.homeroom_user_id == self.env.user)
        if self.env.user.has_groups(OPENERS):
            mine = missing
        reviews = self.env["edu.year.review"].sudo()._edu_open(mine)
        reviews.sudo()._edu_compute()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Results of the Year"),
            "res_model": "edu.year.review",
            "view_mode": "list,form",
            "domain": [("class_id", "in", self.ids)],
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>")
            % (
                self.env._("No results of the year yet"),
                self.env._(
                    "Open the class's gradebook first. Then its homeroom teacher or the management"
                    " opens the results here."
                ),
            ),
        }

    def action_open_gradebook(self):
        """Show the class's gradebook; who manages the school's classes opens a missing one."""
        self.check_access("read")
        missing = self.filtered(lambda school_class: not school_class.sudo().gradebook_ids)
        if missing:
            if not self.env.user.has_groups(OPENERS):
                raise AccessError(
                    self.env._(
                        "%s: no gradebook yet. The IT administrator or the management opens it.",
                        ", ".join(missing.mapped("name")),
                    )
                )
            self.env["edu.gradebook"].sudo()._edu_open(missing)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Gradebook"),
            "res_model": "edu.gradebook.period",
            "view_mode": "list,kanban,form",
            "domain": [("class_id", "in", self.ids)],
        }
