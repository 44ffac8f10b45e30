from dateutil.relativedelta import relativedelta

from odoo import fields, models

from edu_records.guards import Limits

from .edu_class_attendance import SESSION_CHOICE


class ResCompany(models.Model):
    _inherit = "res.company"

    edu_guard_rows = fields.Integer(
        "Pupils Whose Marks Coincide",
        default=Limits.rows,
        required=True,
        help="So many marks that equal another column, the neighbour in the list or another class"
        " are asked about.",
    )
    edu_guard_share = fields.Integer(
        "Share of Coinciding Marks (%)",
        default=Limits.share,
        required=True,
        help="Of the pupils who can be compared.",
    )
    edu_guard_changed_share = fields.Integer(
        "Share of a Column That Changes (%)",
        default=Limits.changed_share,
        required=True,
        help="More than this part of a column that is filled already is asked about.",
    )
    edu_guard_bulk = fields.Integer(
        "Marks Changed in a Short Time",
        default=Limits.bulk,
        required=True,
        help="So many changes of marks that are there already need a reason.",
    )
    edu_guard_minutes = fields.Integer(
        "Short Time (minutes)",
        default=15,
        required=True,
        help="A teacher's changes of one sheet in this time are looked at together.",
    )

    edu_correction_hours = fields.Integer(
        "Hours of Free Retyping",
        default=24,
        required=True,
        help="So long after a mark was first entered its teacher retypes it; later a correction"
        " needs its evidence (Điều 8.1).",
    )
    edu_correction_grant_hours = fields.Integer(
        "Hours of an Approved Correction",
        default=48,
        required=True,
        help="So long the teacher can enter a mark whose correction the principal approved.",
    )

    edu_meeting_day = fields.Integer(
        "Day of the Monthly Meeting",
        default=25,
        required=True,
        help="Corrections are explained before the meeting of this day of the month (Điều 8.2);"
        " teachers and management are reminded a week before. 0: nobody is reminded.",
    )
    edu_late_days = fields.Integer(
        "Days until a Mark Is Late",
        default=7,
        required=True,
        help="A mark that is entered more days after its assessment is shown as late (Điều 7.1).",
    )
    edu_missing_days = fields.Integer(
        "Days before the End That Remind",
        default=14,
        required=True,
        help="Teachers are reminded of missing marks so many days before a period ends, and from"
        " then on. 0: nobody is reminded.",
    )

    _edu_boards_valid = models.Constraint(
        "CHECK(edu_meeting_day BETWEEN 0 AND 28 AND edu_late_days BETWEEN 0 AND 60"
        " AND edu_missing_days BETWEEN 0 AND 60)",
        "The meeting is on a day from 1 to 28 (0: none); marks are late after 0 to 60 days, and"
        " reminders begin 0 to 60 days before the end of a period.",
    )

    edu_parts_marked = fields.Boolean(
        "Parts of Subjects Assessed by Themselves",
        help="Primary: Âm nhạc and Mĩ thuật of Nghệ thuật, Tin học and Công nghệ; the level of the"
        " subject is that of its lower part. Holds for gradebooks that are opened from now on.",
    )

    edu_school_days = fields.Selection(
        [("5", "Monday to Friday"), ("6", "Monday to Saturday")],
        "School Days",
        default="6",
        required=True,
    )
    edu_sessions = fields.Selection(
        SESSION_CHOICE,
        "Sessions a Day",
        default="am",
        required=True,
        help="In which attendance is kept; a class can have others.",
    )
    edu_absence_unit = fields.Selection(
        [("day", "A day missed is one absence"), ("session", "Each session missed is one")],
        "What Counts as an Absence",
        default="day",
        required=True,
        help="Against the 45 sessions of a year, which are those of a plan of one session a day.",
    )
    edu_absence_warning = fields.Integer(
        "Warn from Absences",
        default=35,
        required=True,
        help="The homeroom teacher is reminded of pupils with so many absences in the year.",
    )

    _edu_absence_valid = models.Constraint(
        "CHECK(edu_absence_warning BETWEEN 1 AND 45)",
        "Warn of absences from 1 to 45 on: with more than 45 a pupil is retained.",
    )

    edu_first_half_weeks = fields.Integer(
        "Weeks of Semester 1",
        default=18,
        required=True,
        help="The plan of the school year: 18 weeks, then 17. It counts where a semester has no"
        " last day.",
    )
    edu_remark_class_length = fields.Integer(
        "Longest Weekly Remark on a Class", default=500, required=True, help="Characters."
    )
    edu_remark_pupil_length = fields.Integer(
        "Longest Weekly Remark on a Pupil", default=250, required=True, help="Characters."
    )
    edu_comment_length = fields.Integer(
        "Longest Comment of a Period", default=500, required=True, help="Characters."
    )
    edu_remark_repeats = fields.Integer(
        "Pupils with One Sentence",
        default=5,
        required=True,
        help="A sentence that stands for more pupils of a class is asked about.",
    )
    edu_remark_subjects = fields.Boolean(
        "Subject Teachers Remark Weekly",
        default=True,
        help="Their missing weeks are listed and reminded of; those of homeroom teachers always.",
    )
    edu_confirmation_required = fields.Selection(
        [
            ("no", "Not required"),
            ("year", "To propose the results of the year"),
            ("all", "To lock a semester too"),
        ],
        "Homeroom Teacher's Confirmation",
        default="year",
        required=True,
        help="What waits for the homeroom teacher to have confirmed each part of the class's book.",
    )

    _edu_remark_valid = models.Constraint(
        "CHECK(edu_first_half_weeks BETWEEN 1 AND 40"
        " AND edu_remark_class_length BETWEEN 50 AND 5000"
        " AND edu_remark_pupil_length BETWEEN 50 AND 5000"
        " AND edu_comment_length BETWEEN 50 AND 5000 AND edu_remark_repeats BETWEEN 1 AND 100)",
        "Remarks: 50 to 5000 characters, 1 to 100 pupils with one sentence, 1 to 40 weeks.",
    )
    _edu_correction_valid = models.Constraint(
        "CHECK(edu_correction_hours BETWEEN 0 AND 240"
        " AND edu_correction_grant_hours BETWEEN 1 AND 240)",
        "Corrections: 0 to 240 hours of free retyping, 1 to 240 hours for an approved one.",
    )
    _edu_guard_valid = models.Constraint(
        "CHECK(edu_guard_rows BETWEEN 3 AND 100 AND edu_guard_share BETWEEN 50 AND 100"
        " AND edu_guard_changed_share BETWEEN 5 AND 100 AND edu_guard_bulk BETWEEN 2 AND 100"
        " AND edu_guard_minutes BETWEEN 1 AND 1440)",
        "Guards against mass errors: 3 to 100 pupils, 50 to 100 % of them, 5 to 100 % of a column,"
        " 2 to 100 changes in 1 to 1440 minutes.",
    )

    def _edu_meeting_on(self, month):
        """The day of the meeting in the month of a day; None where the school has none."""
        self.ensure_one()
        return month.replace(day=self.edu_meeting_day) if self.edu_meeting_day else None

    def _edu_next_meeting(self):
        """The next meeting from today on; None where the school has none."""
        today = self._edu_today()
        meeting = self._edu_meeting_on(today)
        if meeting and meeting < today:
            return self._edu_meeting_on(today.replace(day=1) + relativedelta(months=1))
        return meeting

    def _edu_guard_limits(self):
        """The school's limits as the library takes them."""
        self.ensure_one()
        return Limits(
            rows=self.edu_guard_rows,
            share=self.edu_guard_share,
            changed_share=self.edu_guard_changed_share,
            bulk=self.edu_guard_bulk,
        )
