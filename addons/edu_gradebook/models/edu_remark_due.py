from datetime import timedelta

from odoo import api, fields, models


class EduRemarkDue(models.Model):
    """The weeks for which a teacher owes a remark about a class, written or not.

    A view: a row for each homeroom class or teaching assignment and each week that has begun.
    """

    _name = "edu.remark.due"
    _description = "Weekly Remark That Is Due"
    _auto = False
    _order = "date_start desc, class_id, subject_id, id"
    _rec_name = "week_id"

    class_id = fields.Many2one("edu.class", readonly=True)
    company_id = fields.Many2one("res.company", "School", readonly=True)
    school_year_id = fields.Many2one("edu.school.year", readonly=True)
    week_id = fields.Many2one("edu.school.week", readonly=True)
    date_start = fields.Date("Monday", readonly=True)
    role = fields.Selection([("homeroom", "Homeroom"), ("subject", "Subject")], "As", readonly=True)
    subject_id = fields.Many2one("edu.subject", readonly=True)
    user_id = fields.Many2one("res.users", "Teacher", readonly=True)
    remark_id = fields.Many2one("edu.remark", "Written Remark", readonly=True)
    text = fields.Text("Remark", related="remark_id.text")
    state = fields.Selection(
        [("written", "Written"), ("open", "This week"), ("missing", "Missing")], readonly=True
    )
    pupil_count = fields.Integer("Pupils Remarked on", readonly=True)

    _depends = {
        "edu.class": ["active", "homeroom_user_id", "school_year_id", "company_id"],
        "edu.remark": ["class_id", "week_id", "subject_id", "enrollment_id", "text_digest"],
        "edu.school.week": ["school_year_id", "date_start", "place", "number"],
        "edu.teaching.assignment": ["class_id", "subject_id", "user_id", "date_from", "date_to"],
        "res.company": ["edu_remark_subjects", "edu_timezone"],
    }

    @property
    def _table_query(self):
        return """
            SELECT due.id, due.class_id, due.subject_id, due.user_id, due.company_id,
                CASE WHEN due.subject_id IS NULL THEN 'homeroom' ELSE 'subject' END AS role,
                due.school_year_id, week.id AS week_id, week.date_start, remark.id AS remark_id,
                CASE WHEN remark.id IS NOT NULL THEN 'written'
                    WHEN week.date_start + 6 < due.today THEN 'missing' ELSE 'open' END AS state,
                (SELECT count(*) FROM edu_remark pupil
                    WHERE pupil.class_id = due.class_id AND pupil.week_id = week.id
                        AND pupil.enrollment_id IS NOT NULL AND pupil.text_digest IS NOT NULL
                        AND pupil.subject_id IS NOT DISTINCT FROM due.subject_id) AS pupil_count
            FROM (
                SELECT (class.id * 2) * 128 + week.place AS id, class.id AS class_id,
                    NULL::int AS subject_id, class.homeroom_user_id AS user_id, class.company_id,
                    class.school_year_id, week.id AS week_id,
                    (now() AT TIME ZONE school.edu_timezone)::date AS today
                FROM edu_class class
                JOIN res_company school ON school.id = class.company_id
                JOIN edu_school_week week ON week.school_year_id = class.school_year_id
                WHERE class.active AND class.homeroom_user_id IS NOT NULL
                UNION ALL
                SELECT (line.id * 2 + 1) * 128 + week.place, line.class_id, line.subject_id,
                    line.user_id, class.company_id, class.school_year_id, week.id,
                    (now() AT TIME ZONE school.edu_timezone)::date
                FROM edu_teaching_assignment line
                JOIN edu_class class ON class.id = line.class_id
                JOIN res_company school ON school.id = class.company_id
                JOIN edu_school_week week ON week.school_year_id = class.school_year_id
                WHERE class.active AND school.edu_remark_subjects
                    AND coalesce(line.date_from, '-infinity') <= week.date_start + 6
                    AND coalesce(line.date_to, 'infinity') >= week.date_start
            ) due
            JOIN edu_school_week week ON week.id = due.week_id
            LEFT JOIN edu_remark remark ON remark.class_id = due.class_id
                AND remark.week_id = due.week_id
                AND coalesce(remark.subject_id, 0) = coalesce(due.subject_id, 0)
                AND coalesce(remark.enrollment_id, 0) = 0 AND remark.text_digest IS NOT NULL
            WHERE week.number > 0 AND week.date_start <= due.today
        """

    def action_write(self):
        """The weekly page at this place and week."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("edu_gradebook.edu_remark_page_action")
        action["params"] = {
            "class_id": self.class_id.id,
            "subject_id": self.subject_id.id or 0,
            "week_id": self.week_id.id,
        }
        return action

    # -- reminders -------------------------------------------------------------------------------

    @api.model
    def _edu_remind(self):
        """Cron: each teacher has one activity for each class with weeks missing, which names them;
        it goes when nothing is missing any more."""
        kind = self.env.ref("edu_gradebook.mail_activity_type_remark")
        for year in self._edu_running_years():
            self.env["edu.school.week"]._edu_of(year)
        wanted = self._edu_missing()
        Activity = self.env["mail.activity"]
        there = Activity.search(
            [("activity_type_id", "=", kind.id), ("res_model", "=", "edu.class")]
        )
        known = {(one.res_id, one.user_id): one for one in there}
        Activity.browse(one.id for key, one in known.items() if key not in wanted).unlink()
        model_id = self.env["ir.model"]._get_id("edu.class")
        fresh = []
        for (class_id, teacher), vals in wanted.items():
            one = known.get((class_id, teacher))
            if one and any(one[name] != value for name, value in vals.items()):
                one.write(vals)
            elif not one:
                place = {"res_model_id": model_id, "res_id": class_id, "user_id": teacher.id}
                fresh.append({**place, **vals, "activity_type_id": kind.id})
        # the list of activities tells it; a mail a week and class would be noise
        Activity.with_context(mail_activity_quick_update=True).create(fresh)

    @api.model
    def _edu_running_years(self):
        today = fields.Date.today()
        return self.env["edu.school.year"].search(
            [
                ("date_start", "<=", today + timedelta(days=1)),
                ("date_end", ">=", today - timedelta(days=7)),
            ]
        )

    @api.model
    def _edu_missing(self):
        """``{(class id, teacher): values of the activity}`` of the running years."""
        due = self.search(
            [
                ("state", "=", "missing"),
                ("user_id.active", "=", True),
                ("school_year_id", "in", self._edu_running_years().ids),
            ],
            order="date_start, class_id, subject_id, id",
        )
        grouped = due.grouped(lambda row: (row.class_id.id, row.user_id))
        return {key: self._edu_reminder(key[1], rows) for key, rows in grouped.items()}

    @api.model
    def _edu_reminder(self, teacher, rows):
        """What is missing, in the language of whoever reads it."""
        told = self.with_context(lang=teacher.lang).env
        parts = []
        for subject, lines in rows.grouped("subject_id").items():
            numbers = ", ".join(str(number) for number in lines.week_id.mapped("number"))
            name = subject.with_env(told).name or told._("Homeroom")
            parts.append(told._("%(subject)s: week %(weeks)s", subject=name, weeks=numbers))
        return {
            "summary": told._("Weekly remarks are missing. %s", "; ".join(parts)),
            "date_deadline": max(rows.mapped("date_start")) + timedelta(days=6),
        }
