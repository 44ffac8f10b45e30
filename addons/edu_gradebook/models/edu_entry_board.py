from odoo import fields, models
from odoo.exceptions import UserError

TEACHER = """
    LEFT JOIN LATERAL (
        SELECT asked.user_id FROM (
            SELECT line.user_id, line.role, line.id FROM edu_teaching_assignment line
            WHERE line.class_id = sheet.class_id AND line.subject_id = sheet.subject_id
                AND coalesce(line.date_from, '-infinity') <= today.day
                AND coalesce(line.date_to, 'infinity') >= today.day
            UNION ALL SELECT own.homeroom_user_id, NULL, 0 FROM edu_class own
            WHERE own.id = sheet.class_id AND sheet.assess IN ('trait', 'outcome')
        ) AS asked
        ORDER BY asked.role DESC NULLS LAST, asked.id LIMIT 1
    ) AS teacher ON true
"""
# the department of the teacher's post, else the one that the subject belongs to
DEPARTMENT = """
    LEFT JOIN LATERAL (
        SELECT coalesce(
            (SELECT post.edu_department_id FROM hr_employee post
             WHERE post.user_id = {user} AND post.company_id = sheet.company_id
             ORDER BY post.id LIMIT 1),
            (SELECT department.id FROM hr_department department
             JOIN edu_subject_hr_department_rel taught ON taught.hr_department_id = department.id
             WHERE taught.edu_subject_id = sheet.subject_id
                AND department.company_id = sheet.company_id AND department.active
             ORDER BY department.id LIMIT 1)) AS id
    ) AS department ON true
"""
TODAY = """
    JOIN res_company school ON school.id = sheet.company_id
    CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE school.edu_timezone)::date AS day) AS today
"""


class EduEntryBoard(models.AbstractModel):
    """What the boards about entering marks have in common: where a row belongs, and who sees it.

    The rows are counted when they are read, never stored; queries do not grow with classes.
    """

    _name = "edu.entry.board"
    _description = "Board about Entering Marks"
    _auto = False

    gradesheet_id = fields.Many2one("edu.gradesheet", readonly=True)
    class_id = fields.Many2one("edu.class", readonly=True)
    grade_id = fields.Many2one("edu.grade", readonly=True)
    subject_id = fields.Many2one("edu.subject", readonly=True)
    period_id = fields.Many2one("edu.period", readonly=True)
    school_year_id = fields.Many2one("edu.school.year", readonly=True)
    company_id = fields.Many2one("res.company", "School", readonly=True)
    column_id = fields.Many2one("edu.mark.column", readonly=True)
    column_kind = fields.Selection(
        [("regular", "Regular"), ("midterm", "Midterm"), ("final", "Final")],
        "Columns",
        readonly=True,
    )
    teacher_id = fields.Many2one("res.users", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    assessed_on = fields.Date("Day of the Assessment", readonly=True)

    def action_open_grid(self):
        """Show the sheet in the grid, to whoever may read it.

        :raises UserError: for a head of department who does not teach the class
        """
        self.ensure_one()
        self.check_access("read")
        if not self.gradesheet_id.has_access("read"):
            raise UserError(
                self.env._(
                    "%s: the marks are for its teachers, the homeroom teacher and the management.",
                    self.gradesheet_id.sudo().display_name,
                )
            )
        return self.gradesheet_id.action_open_grid()
