from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date

REMINDED_BEFORE = timedelta(days=7)


class EduCorrectionMeeting(models.AbstractModel):
    """Reminders before the monthly meeting that judges corrections (Điều 8.2).

    The teacher is reminded of a month to be explained, the management of an explained one, by one
    activity each, which goes when there is nothing to do any more.
    """

    _name = "edu.correction.meeting"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Monthly Meeting about Corrections"

    @api.model
    def _edu_remind_meeting(self):
        """Cron: see the class. Running it again changes nothing."""
        kind = self.env.ref("edu_gradebook.mail_activity_type_meeting")
        wanted = self._edu_meeting_tasks()
        there = self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_model", "=", self._name)]
        )
        known = {(self.browse(one.res_id), one.user_id): one for one in there}
        there.browse(one.id for key, one in known.items() if key not in wanted).unlink()
        model = self.env["ir.model"]._get_id(self._name)
        # one notice in the list of activities, no mail
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": month.id,
                    "user_id": user.id,
                    **vals,
                }
                for (month, user), vals in wanted.items()
                if (month, user) not in known
            ]
        )

    @api.model
    def _edu_meeting_tasks(self):
        """``{(month, user): {"summary", "date_deadline"}}`` of what is to be done now."""
        tasks = {}
        open_months = self.search([("state", "in", ["open", "explained"])])
        for school, months in open_months.grouped("company_id").items():
            meeting, today = school._edu_next_meeting(), school._edu_today()
            if not meeting or meeting - today > REMINDED_BEFORE:
                continue
            managers = self.env["res.users"]._edu_holders("principal", school)
            managers |= self.env["res.users"]._edu_holders("vice_principal", school)
            for month in months:
                for user in month.teacher_id if month.state == "open" else managers:
                    tasks[month, user] = {
                        "summary": month._edu_meeting_summary(user, meeting),
                        "date_deadline": meeting,
                    }
        return tasks

    def _edu_meeting_summary(self, user, meeting):
        """What is to be done, in the language of whoever reads it."""
        told = self.with_context(lang=user.lang).env
        day = format_date(told, meeting)
        if self.state == "open":
            return told._("Explain your corrections before the meeting of %s", day)
        return told._("Print and judge the log of corrections for the meeting of %s", day)
