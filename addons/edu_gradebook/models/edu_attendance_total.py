from odoo import api, fields, models
from odoo.tools import SQL

from edu_records.rules.decisions import MOST_ABSENCES


class EduAttendanceTotal(models.Model):
    """Absences of each pupil in the school year, counted when they are read, wherever the pupil
    was; one row for each place in a class that keeps its attendance here."""

    _name = "edu.attendance.total"
    _inherit = ["edu.inspected.mixin", "edu.exchanged.mixin"]
    _description = "Absences of the Year"
    _auto = False
    _order = "counted desc, class_id, enrollment_id"
    _rec_name = "enrollment_id"

    enrollment_id = fields.Many2one("edu.enrollment", "Pupil", readonly=True)
    student_id = fields.Many2one("edu.student", readonly=True)
    class_id = fields.Many2one("edu.class", readonly=True)
    school_year_id = fields.Many2one("edu.school.year", readonly=True)
    company_id = fields.Many2one("res.company", "School", readonly=True)
    excused = fields.Integer("P", readonly=True, help="Sessions missed with leave.")
    unexcused = fields.Integer("K", readonly=True, help="Sessions missed without leave.")
    sessions = fields.Integer("P + K", readonly=True)
    counted = fields.Integer(
        "Absences Counted", readonly=True, help="As the school counts them against the 45 sessions."
    )
    unexcused_week = fields.Integer("K This Week", readonly=True)
    last_day = fields.Date("Last Absence", readonly=True)
    near_limit = fields.Boolean(
        "Near the Limit",
        readonly=True,
        help="As many as the school wants to be warned of, or more.",
    )
    over_limit = fields.Boolean(
        "Over the Limit", readonly=True, help="More than 45: the pupil is retained."
    )

    @property
    def _table_query(self):
        self.env.flush_all()
        return SQL(
            """
            SELECT line.id, line.id AS enrollment_id, line.student_id, line.class_id,
                line.school_year_id, line.company_id, missed.excused, missed.unexcused,
                missed.sessions, missed.counted, missed.unexcused_week, missed.last_day,
                missed.counted >= school.edu_absence_warning AS near_limit,
                missed.counted > %(most)s AS over_limit
            FROM edu_enrollment line
            JOIN edu_class class ON class.id = line.class_id AND class.keeps_attendance
            JOIN res_company school ON school.id = line.company_id
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE one.token = 'P') AS excused,
                    count(*) FILTER (WHERE one.token = 'K') AS unexcused,
                    count(*) AS sessions,
                    CASE school.edu_absence_unit WHEN 'day' THEN count(DISTINCT one.day)
                        ELSE count(*) END AS counted,
                    count(*) FILTER (WHERE one.token = 'K' AND one.day >= date_trunc('week',
                        now() AT TIME ZONE school.edu_timezone)) AS unexcused_week,
                    max(one.day) AS last_day
                FROM (
                    SELECT DISTINCT ON (cell.day, cell.session) cell.day, cell.session, cell.token
                    FROM edu_enrollment place
                    JOIN edu_attendance cell ON cell.enrollment_id = place.id
                        AND cell.token IS NOT NULL
                    WHERE place.student_id = line.student_id
                        AND place.school_year_id = line.school_year_id
                    ORDER BY cell.day, cell.session, cell.entered_at DESC, cell.id DESC
                ) one
            ) missed
            WHERE line.active AND line.state <> 'left'
            """,
            most=MOST_ABSENCES,
        )

    @api.depends("student_id")
    def _compute_display_name(self):
        for total in self:
            total.display_name = total.enrollment_id.display_name

    def action_days(self):
        """The days on which the pupil was absent."""
        self.check_access("read")
        return self.student_id._edu_absence_action(self.school_year_id)

    def action_attendance(self):
        """The month of the pupil's class."""
        self.ensure_one()
        return self.class_id.action_attendance()
