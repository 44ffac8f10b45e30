from odoo import models
from odoo.exceptions import UserError


class EduGradebookPeriod(models.Model):
    """What a close of the year does to the periods of books."""

    _inherit = "edu.gradebook.period"

    def _edu_close(self):
        """The close that has closed the whole period, empty when none has."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute("SELECT edu_book_close(%s)", [self.id])
        return self.env["edu.lock.window"].sudo().browse(self.env.cr.fetchone()[0] or [])

    def _edu_check_close(self):
        """Hold the windows and refuse what the homeroom teacher writes into a closed period.

        :raises UserError: with the close, and who can open the period
        """
        book = self.sudo()
        book.school_year_id._edu_hold_windows()
        close = book._edu_close()
        if close:
            raise UserError(
                self.env._(
                    "%(name)s: %(reason)s The principal (%(principals)s) can reopen it.",
                    name=book.display_name,
                    reason=close.with_env(book.env)._edu_told("CLOSED"),
                    principals=book._edu_names(book._edu_role_users("principal")),
                )
            )

    def _edu_transition(self, transition, reason="", until=None):
        """A period that a close has closed is reopened until a moment only: without one it would
        stay closed, and the cron would lock it again."""
        if transition in ("unlock", "supersede") and not until:
            for book in self:
                close = book.sudo()._edu_close()
                if close:
                    raise UserError(
                        self.env._(
                            "%(name)s: %(reason)s Say until when it is open, or change the close.",
                            name=book.display_name,
                            reason=close.with_env(self.env).sudo()._edu_told("CLOSED"),
                        )
                    )
        return super()._edu_transition(transition, reason=reason, until=until)
