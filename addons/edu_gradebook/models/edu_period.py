from odoo import api, models


class EduPeriod(models.Model):
    """Teachers are reminded of the marks that they owe in the period."""

    _name = "edu.period"
    _inherit = ["edu.period", "mail.thread", "mail.activity.mixin"]

    @api.model
    def _edu_remind_missing(self):
        """Cron: each teacher has one activity for each period in which marks are overdue; it goes
        when nothing is overdue any more. Running it again changes nothing."""
        owed = self.env["edu.entry.progress"].search(
            [("overdue", ">", 0), ("book_state", "in", ["draft", "locked"])]
        )
        there = self._edu_missing_activities()
        wanted = self._edu_owed_by(owed)
        known = {(self.browse(one.res_id), one.user_id) for one in there}
        gone = known - set(wanted)
        there.filtered(lambda one: (self.browse(one.res_id), one.user_id) in gone).unlink()
        self._edu_schedule_missing(wanted)

    def _edu_remind(self, owed):
        """Remind the teachers of rows of ``edu.entry.progress``, whatever is overdue.

        :return: a message for whoever asked
        """
        reminded = self._edu_schedule_missing(self._edu_owed_by(owed))
        names = ", ".join(dict.fromkeys(user.name for _period, user in reminded))
        message = self.env._("Reminded: %s", names) if names else self.env._("Nobody owes a mark.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success" if names else "info"},
        }

    @api.model
    def _edu_owed_by(self, owed):
        """``{(period, teacher): {sheet: missing marks}}`` of rows of ``edu.entry.progress``."""
        counts = {}
        for row in owed.sudo():
            counts[row.gradesheet_id] = counts.get(row.gradesheet_id, 0) + row.missing
        wanted = {}
        for sheet, count in counts.items():
            for teacher in sheet.class_id._edu_assigned(sheet.subject_id):
                wanted.setdefault((sheet.period_id, teacher), {})[sheet] = count
        return wanted

    @api.model
    def _edu_missing_activities(self):
        kind = self.env.ref("edu_gradebook.mail_activity_type_missing")
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("activity_type_id", "=", kind.id), ("res_model", "=", self._name)])
        )

    @api.model
    def _edu_schedule_missing(self, wanted):
        """One activity for each period and teacher; one that is there says what is owed now.

        :return: the periods and teachers
        """
        known = {
            (self.browse(one.res_id), one.user_id): one for one in self._edu_missing_activities()
        }
        fresh = []
        for (period, teacher), counts in wanted.items():
            vals = {
                "summary": self._edu_missing_summary(teacher, counts),
                "date_deadline": period.date_end or period.school_year_id.date_end,
            }
            if (period, teacher) in known:
                if known[period, teacher].summary != vals["summary"]:
                    known[period, teacher].write(vals)
                continue
            fresh.append(
                {
                    "activity_type_id": self.env.ref("edu_gradebook.mail_activity_type_missing").id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": period.id,
                    "user_id": teacher.id,
                    **vals,
                }
            )
        # one notice in the list of activities, no mail
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        quiet.create(fresh)
        return list(wanted)

    @api.model
    def _edu_missing_summary(self, teacher, counts):
        """What is owed, in the language of whoever reads it."""
        told = self.with_context(lang=teacher.lang).env
        sheets = ", ".join(
            f"{sheet.subject_id.name} {sheet.class_id.name} ({count})"
            for sheet, count in counts.items()
        )
        return told._("Marks missing: %s", sheets)
