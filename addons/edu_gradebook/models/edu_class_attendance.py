from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from edu_records.rules import tt22

DUTY = "ATTENDANCE"
SEERS = (
    "edu_core.group_edu_principal,edu_core.group_edu_vice_principal,edu_core.group_edu_inspector,"
    "edu_core.group_edu_it_admin,edu_core.group_edu_clerk"
)
SESSION_CHOICE = [
    ("am", "Morning"),
    ("pm", "Afternoon"),
    ("both", "Morning and afternoon"),
]


class EduClass(models.Model):
    """What a class has to do with attendance: whether it is kept here, by whom, which sessions."""

    _name = "edu.class"
    _inherit = ["edu.class", "mail.activity.mixin"]

    keeps_attendance = fields.Boolean(
        "Attendance Kept Here",
        copy=False,
        help="Then the sessions absent of the year are counted from it; otherwise the homeroom"
        " teacher enters them.",
    )
    attendance_sessions = fields.Selection(
        SESSION_CHOICE, "Sessions a Day", help="Empty: those of the school."
    )
    attendance_delegate_ids = fields.Many2many(
        "res.users",
        string="Keep Attendance Instead",
        compute="_compute_attendance_delegate_ids",
        search="_search_attendance_delegate_ids",
        help="Holders of the duty for this class, on its days.",
    )

    def _compute_attendance_delegate_ids(self):
        duties = self.env["edu.duty"]._edu_in_force(self.company_id)
        duties = duties.filtered(lambda duty: duty.type_id.code == DUTY)
        for school_class in self:
            of_class = duties.filtered(lambda duty, c=school_class: duty.class_id == c)
            school_class.attendance_delegate_ids = of_class.user_id.with_env(self.env)

    @api.model
    def _search_attendance_delegate_ids(self, operator, value):
        """Classes of the duty's holders, on the school's date now."""
        if operator != "in":
            return NotImplemented
        self.env["edu.duty"].flush_model()
        held = SQL(
            "(SELECT duty.class_id FROM edu_duty duty"
            " JOIN edu_duty_type kind ON kind.id = duty.type_id AND kind.code = %s"
            " JOIN res_company school ON school.id = duty.company_id"
            " WHERE duty.user_id = ANY(%s) AND (%s AT TIME ZONE 'UTC' AT TIME ZONE"
            " school.edu_timezone)::date BETWEEN duty.date_from"
            " AND coalesce(duty.date_to, 'infinity'))",
            DUTY,
            list(value),
            SQL("%s::timestamp", fields.Datetime.now()),
        )
        return [("id", "in", held)]

    def write(self, vals):
        """Whether attendance is kept does not change under a review that counted it."""
        if "keeps_attendance" in vals:
            for school_class in self:
                if bool(vals["keeps_attendance"]) != school_class.keeps_attendance:
                    school_class._edu_check_reviews_open()
        return super().write(vals)

    def _edu_check_reviews_open(self):
        for review in self.sudo().review_ids:
            if review.state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: whether the class keeps its attendance here cannot"
                        " change any more.",
                        name=review.display_name,
                        state=review._edu_state_label(),
                    )
                )

    # -- who and when ----------------------------------------------------------------------------

    def _edu_attendance_users(self):
        """Who records attendance today: the homeroom teacher and holders of the duty."""
        self.ensure_one()
        self.invalidate_recordset(["attendance_delegate_ids"], flush=False)
        return self.homeroom_user_id | self.attendance_delegate_ids

    def _edu_check_attendance_reader(self):
        """Whether the user may see the class's attendance; as the record rules have it.

        :raises AccessError: when not
        """
        self.ensure_one()
        self.env["edu.attendance"].check_access("read")
        self.check_access("read")
        school_class = self.sudo()
        users = school_class._edu_attendance_users() | school_class.assignment_ids.user_id
        if self.env.user not in users and not self.env.user.has_groups(SEERS):
            raise AccessError(
                self.env._(
                    "The attendance of %s is for its teachers and the management.", self.name
                )
            )

    def _edu_sessions(self):
        """Codes of the sessions that the class has on a day."""
        self.ensure_one()
        choice = self.attendance_sessions or self.company_id.edu_sessions
        return ("am", "pm") if choice == "both" else (choice,)

    def _edu_months(self):
        """First days of the months of the school year."""
        year = self.school_year_id
        months, first = [], year.date_start.replace(day=1)
        while first <= year.date_end:
            months.append(first)
            first = fields.Date.add(first, months=1)
        return months

    def _edu_absence_rule(self):
        """The library's function that counts absences; regulations without one count days too."""
        rules = self.env["edu.subject.result"]._edu_rules(self.regulation_id)
        return getattr(rules, "absences", tt22.absences)

    # -- buttons ---------------------------------------------------------------------------------

    def action_keep_attendance(self):
        """The homeroom teacher or the management decides that attendance is kept here."""
        for school_class in self:
            company = school_class.sudo().company_id
            deciders = self.env["res.users"]._edu_holders("principal", company)
            deciders |= self.env["res.users"]._edu_holders("vice_principal", company)
            if self.env.user not in deciders | school_class.sudo().homeroom_user_id:
                raise AccessError(
                    self.env._(
                        "%(class)s: the homeroom teacher or the management decides whether"
                        " attendance is kept here.",
                        **{"class": school_class.name},
                    )
                )
        self.sudo().write({"keeps_attendance": True})

    def action_attendance(self):
        """The month of the class."""
        self.ensure_one()
        self._edu_check_attendance_reader()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "edu_gradebook.edu_attendance_grid_action"
        )
        return {**action, "context": {"active_id": self.id, "active_model": self._name}}

    # -- early warning ---------------------------------------------------------------------------

    @api.model
    def _edu_warn_absences(self):
        """Cron: each homeroom teacher has one activity for a class with pupils near the limit of
        absences; it goes when there are none any more."""
        kind = self.env.ref("edu_gradebook.mail_activity_type_absences")
        today = fields.Date.today()
        near = self.env["edu.attendance.total"].search(
            [("near_limit", "=", True), ("school_year_id.date_end", ">=", today)]
        )
        wanted = near.filtered("class_id.homeroom_user_id").grouped("class_id")
        there = self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_model", "=", self._name)]
        )
        known = {self.browse(one.res_id): one for one in there}
        there.browse(one.id for key, one in known.items() if key not in wanted).unlink()
        for school_class, totals in wanted.items():
            teacher = school_class.homeroom_user_id
            summary = school_class._edu_absence_summary(teacher, totals)
            if school_class not in known:
                school_class.activity_schedule(
                    activity_type_id=kind.id, user_id=teacher.id, summary=summary
                )
            elif (known[school_class].summary, known[school_class].user_id) != (summary, teacher):
                known[school_class].write({"summary": summary, "user_id": teacher.id})

    def _edu_absence_summary(self, teacher, totals):
        """Who is near the limit, in the language of whoever reads it."""
        told = self.with_context(lang=teacher.lang).env
        pupils = ", ".join(f"{one.student_id.name} ({one.counted})" for one in totals)
        return told._("Many absences: %s", pupils)
