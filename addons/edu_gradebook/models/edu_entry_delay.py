from odoo import fields, models
from odoo.tools import SQL

from .edu_entry_board import DEPARTMENT, TODAY

ROWS = """
    SELECT mark.id, sheet.id AS gradesheet_id, sheet.class_id, class.grade_id, sheet.subject_id,
        sheet.period_id, class.school_year_id, sheet.company_id, col.id AS column_id,
        col.kind AS column_kind, mark.author_id AS teacher_id, department.id AS department_id,
        day.day AS assessed_on, mark.enrollment_id, entry.day AS entered_on,
        entry.day - day.day AS days, 1 AS marks,
        CASE WHEN entry.day > day.day + school.edu_late_days THEN 1 ELSE 0 END AS late,
        entry.day > day.day + school.edu_late_days AS is_late
    FROM edu_assessment_day day
    JOIN edu_mark mark ON mark.gradesheet_id = day.gradesheet_id AND mark.column_id = day.column_id
        AND mark.kind NOT IN ('empty', 'absent')
    JOIN edu_gradesheet sheet ON sheet.id = day.gradesheet_id
    JOIN edu_mark_column col ON col.id = day.column_id
    JOIN edu_class class ON class.id = sheet.class_id
    {today}
    {department}
    CROSS JOIN LATERAL (
        SELECT (coalesce(mark.first_at, mark.entered_at)
            AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date AS day) AS entry
"""


class EduEntryDelay(models.Model):
    """How many days after its assessment each mark was entered (R7.1c), by whoever entered it."""

    _name = "edu.entry.delay"
    _inherit = ["edu.entry.board"]
    _description = "Delay of Marks"
    _auto = False
    _order = "days desc, id"
    _rec_name = "gradesheet_id"
    _depends = {
        "edu.assessment.day": ["day"],
        "res.company": ["edu_late_days", "edu_timezone"],
        "hr.employee": ["user_id", "edu_department_id"],
    }

    enrollment_id = fields.Many2one("edu.enrollment", "Pupil", readonly=True)
    entered_on = fields.Date("Entered on", readonly=True)
    days = fields.Integer("Days until Entered", readonly=True, aggregator="avg")
    marks = fields.Integer(readonly=True)
    late = fields.Integer("Entered Late", readonly=True)
    is_late = fields.Boolean("Late", readonly=True)

    @property
    def _table_query(self):
        return SQL(ROWS.format(today=TODAY, department=DEPARTMENT.format(user="mark.author_id")))
