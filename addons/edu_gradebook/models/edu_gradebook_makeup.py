from odoo import api, models


class EduGradebookPeriod(models.Model):
    """Teachers are reminded of the make-ups that are due in the period."""

    _name = "edu.gradebook.period"
    _inherit = ["edu.gradebook.period", "mail.activity.mixin"]

    def _edu_last_day(self):
        """The period's last day, the year's where it has none."""
        self.ensure_one()
        return self.period_id.date_end or self.school_year_id.date_end

    @api.model
    def _edu_remind_makeups(self):
        """Cron: each teacher has one activity for each period with make-ups due, with its last day;
        it goes when nothing is due any more."""
        kind = self.env.ref("edu_gradebook.mail_activity_type_makeup")
        wanted = {}
        for mark in self.env["edu.mark"].search([("makeup_due", "=", True)]):
            sheet = mark.gradesheet_id
            for teacher in sheet.teacher_ids:
                counts = wanted.setdefault((sheet.gradebook_period_id, teacher), {})
                counts[sheet.subject_id] = counts.get(sheet.subject_id, 0) + 1
        there = self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_model", "=", self._name)]
        )
        known = {(self.browse(one.res_id), one.user_id): one for one in there}
        there.browse(one.id for key, one in known.items() if key not in wanted).unlink()
        for (book, teacher), counts in wanted.items():
            vals = {
                "summary": book._edu_makeup_summary(teacher, counts),
                "date_deadline": book._edu_last_day(),
            }
            if (book, teacher) in known:
                known[book, teacher].write(vals)
            else:
                book.activity_schedule(activity_type_id=kind.id, user_id=teacher.id, **vals)

    def _edu_makeup_summary(self, teacher, counts):
        """What is due, in the language of whoever reads it."""
        told = self.with_context(lang=teacher.lang).env
        subjects = ", ".join(f"{subject.name} ({count})" for subject, count in counts.items())
        return told._("Make-ups due: %s", subjects)
