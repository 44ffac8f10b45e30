from odoo import fields, models


class EduSchoolYear(models.Model):
    _inherit = "edu.school.year"

    window_ids = fields.One2many("edu.lock.window", "school_year_id", "Lock Windows")
    window_changes = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of lock windows: what saves of marks hold meanwhile.",
    )

    def _edu_hold_windows(self):
        """Let no window of the years change until the transaction ends.

        A window that changed since the transaction began raises a serialization failure, which the
        server retries: no mark is judged by windows that are no longer there.
        """
        self.env.cr.execute(
            "SELECT id FROM edu_school_year WHERE id = ANY(%s) ORDER BY id FOR SHARE", [self.ids]
        )

    def _edu_marked_periods(self):
        """Periods of the year in which marks are given, under the regulations of its classes."""
        self.ensure_one()
        marked = self.sudo().class_ids.regulation_id.period_ids.filtered("has_marks")
        codes = {(line.regulation_id, line.code) for line in marked}
        for regulation in marked.regulation_id:
            self._edu_periods(regulation)
        self.invalidate_recordset(["period_ids"])
        return self.period_ids.filtered(lambda one: (one.regulation_id, one.code) in codes)

    def action_lock_windows(self):
        """The year's windows; those that are missing are proposed to whoever sets them."""
        self.ensure_one()
        self.check_access("read")
        Window = self.env["edu.lock.window"]
        if self.env.user in Window._edu_setters(self.sudo().company_id):
            Window._edu_propose(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "edu_gradebook.edu_lock_window_action"
        )
        action["domain"] = [("school_year_id", "=", self.id)]
        action["context"] = {"default_school_year_id": self.id}
        return action
