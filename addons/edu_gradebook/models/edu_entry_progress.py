from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .edu_entry_board import DEPARTMENT, TEACHER, TODAY
from .edu_gradesheet_newcomer import CAME_LATE

REMINDERS = (
    "edu_core.group_edu_principal,edu_core.group_edu_vice_principal,"
    "edu_core.group_edu_department_head,edu_core.group_edu_homeroom"
)
# Who is due in a sheet: as edu.gradebook.period._edu_due_lines says.
LINES = """
    JOIN edu_enrollment line ON line.class_id = sheet.class_id
        AND (line.date_end IS NULL OR line.date_end >= least(today.day,
            coalesce(period.date_end, today.day),
            coalesce((book.locked_at AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date,
                today.day)))
        AND (period.date_end IS NULL OR line.date_start IS NULL
            OR line.date_start <= period.date_end)
    LEFT JOIN edu_movement came ON came.id = line.entry_movement_id
        AND came.marks_from_id IS NOT NULL
    LEFT JOIN edu_enrollment left_line ON left_line.id = came.marks_from_id
    LEFT JOIN edu_gradebook_period finished ON finished.class_id = left_line.class_id
        AND finished.period_id = sheet.period_id AND finished.state <> 'draft'
"""
# Columns that the class had before somebody came: as edu.gradesheet._edu_excused says.
EXCUSED = """
    SELECT late.sheet_id, late.line_id, split_part(entry.slot, ':', 2) AS code
    FROM (
        SELECT sheet.id AS sheet_id, sheet.chain_id, sheet.class_id, line.id AS line_id,
            line.date_start AS day,
            to_char(line.date_start::timestamp AT TIME ZONE school.edu_timezone AT TIME ZONE 'UTC',
                'YYYY-MM-DD"T"HH24:MI') AS moment,
            (SELECT count(*) FROM edu_enrollment one WHERE one.class_id = sheet.class_id
                AND one.date_start < line.date_start
                AND (one.date_end IS NULL OR one.date_end >= line.date_start)) AS present
        FROM edu_enrollment line
        JOIN edu_movement came ON came.id = line.entry_movement_id
            AND came.kind IN %s AND came.marks_from_id IS NULL
        JOIN edu_gradesheet sheet ON sheet.class_id = line.class_id
        JOIN edu_period period ON period.id = sheet.period_id
        JOIN edu_class class ON class.id = sheet.class_id
        JOIN edu_school_year year ON year.id = class.school_year_id
        JOIN res_company school ON school.id = sheet.company_id
        WHERE line.date_start > coalesce(period.date_start, year.date_start)
    ) AS late
    JOIN edu_ledger_entry entry ON entry.chain_id = late.chain_id AND entry.model = 'edu.mark'
        AND entry.payload::jsonb ->> 3 < late.moment
    JOIN edu_enrollment other ON other.id = split_part(entry.slot, ':', 1)::int
        AND other.date_start < late.day AND coalesce(other.date_end, late.day) >= late.day
    GROUP BY 1, 2, 3, late.present
    HAVING 2 * count(DISTINCT other.id) > late.present
"""
ROWS = """
    SELECT sheet.id::bigint * 100000 + col.id AS id, sheet.id AS gradesheet_id, sheet.class_id,
        class.grade_id, sheet.subject_id, sheet.period_id, class.school_year_id, sheet.company_id,
        col.id AS column_id, col.kind AS column_kind, teacher.user_id AS teacher_id,
        department.id AS department_id, day.day AS assessed_on, sheet.confirmed,
        book.state AS book_state,
        count(*) FILTER (WHERE cell.due) AS required,
        count(*) FILTER (WHERE cell.due AND cell.there) AS entered,
        count(*) FILTER (WHERE cell.late) AS late,
        count(*) FILTER (WHERE cell.due AND NOT cell.there) AS missing,
        count(*) FILTER (WHERE cell.due AND NOT cell.there AND (
            today.day > day.day + school.edu_late_days
            OR school.edu_missing_days > 0
                AND today.day >= period.date_end - school.edu_missing_days)) AS overdue
    FROM edu_gradesheet sheet
    {today}
    JOIN edu_class class ON class.id = sheet.class_id
    JOIN edu_period period ON period.id = sheet.period_id
    JOIN edu_gradebook_period book ON book.id = sheet.gradebook_period_id
    JOIN edu_gradesheet_column_rel has ON has.edu_gradesheet_id = sheet.id
    JOIN edu_mark_column col ON col.id = has.edu_mark_column_id
    LEFT JOIN edu_assessment_day day ON day.gradesheet_id = sheet.id AND day.column_id = col.id
    {teacher}
    {department}
    {lines}
    LEFT JOIN LATERAL (
        SELECT kept.kind, kept.first_at, kept.entered_at FROM edu_mark kept
        WHERE kept.gradesheet_id = sheet.id AND kept.enrollment_id = line.id
            AND kept.column_id = col.id AND kept.kind <> 'empty'
        ORDER BY kept.attempt DESC LIMIT 1
    ) AS mark ON true
    LEFT JOIN edu_subject_choice choice ON choice.enrollment_id = line.id
        AND choice.subject_id = sheet.subject_id AND NOT choice.taken
    LEFT JOIN excused ON excused.sheet_id = sheet.id AND excused.line_id = line.id
        AND excused.code = col.code
    CROSS JOIN LATERAL (
        SELECT finished.id IS NULL AND choice.id IS NULL
                AND (mark.kind IS NOT NULL OR excused.code IS NULL) AS due,
            coalesce(mark.kind <> 'absent', false) AS there,
            mark.kind <> 'absent' AND (coalesce(mark.first_at, mark.entered_at)
                AT TIME ZONE 'UTC' AT TIME ZONE school.edu_timezone)::date
                > day.day + school.edu_late_days AS late
    ) AS cell
    WHERE period.code <> 'HE'
    GROUP BY sheet.id, col.id, class.id, teacher.user_id, department.id, day.day, book.id
"""


class EduEntryProgress(models.Model):
    """Tiến độ kiểm tra, cho điểm: marks due and entered of each column of each sheet (R5.5.9).

    What is due is what the lock of the period asks for (``edu.gradesheet._edu_missing``). Sheets of
    summer, which are of those alone who are assessed again, are not counted.
    """

    _name = "edu.entry.progress"
    _inherit = ["edu.entry.board"]
    _description = "Progress of Assessment"
    _auto = False
    _order = "class_id, subject_id, period_id, column_id, id"
    _rec_name = "gradesheet_id"
    _depends = {
        "edu.gradesheet": ["confirmed", "column_ids"],
        "edu.subject.choice": ["taken"],
        "edu.gradebook.period": ["state", "locked_at"],
        "edu.teaching.assignment": ["user_id", "class_id", "subject_id", "date_from", "date_to"],
        "edu.assessment.day": ["day"],
        "edu.enrollment": ["class_id", "date_start", "date_end"],
        "edu.period": ["date_start", "date_end"],
        "res.company": ["edu_late_days", "edu_missing_days", "edu_timezone"],
        "hr.employee": ["user_id", "edu_department_id"],
        "hr.department": ["edu_subject_ids"],
    }

    confirmed = fields.Boolean(readonly=True)
    book_state = fields.Selection(
        [
            ("draft", "Draft"),
            ("locked", "Locked"),
            ("approved", "Approved"),
            ("signed", "Signed"),
        ],
        "Period's State",
        readonly=True,
    )
    required = fields.Integer("Due", readonly=True)
    entered = fields.Integer(readonly=True)
    late = fields.Integer("Entered Late", readonly=True)
    missing = fields.Integer(readonly=True)
    overdue = fields.Integer(
        readonly=True, help="Missing, and late already or near the end of the period."
    )
    share = fields.Integer("Entered (%)", compute="_compute_share", aggregator=None)

    @property
    def _table_query(self):
        rows = ROWS.format(
            today=TODAY,
            teacher=TEACHER,
            department=DEPARTMENT.format(user="teacher.user_id"),
            lines=LINES,
        )
        return SQL("WITH excused AS (%s) %s", SQL(EXCUSED, CAME_LATE), SQL(rows))

    @api.depends("required", "entered")
    def _compute_share(self):
        for row in self:
            row.share = 100 * row.entered // row.required if row.required else 100

    def action_remind(self):
        """Remind the teachers of the chosen rows of what they owe, by one activity a period."""
        self.check_access("read")
        if not self.env.user.has_groups(REMINDERS):
            raise AccessError(
                self.env._(
                    "The management, heads of department and homeroom teachers remind teachers."
                )
            )
        owed = self.filtered("missing")
        return owed.period_id._edu_remind(owed)
