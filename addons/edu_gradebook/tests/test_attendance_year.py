from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .attendance import SUNDAY, AttendanceCase
from .test_year_results import YearCase


@tagged("post_install", "-at_install")
class TestAttendanceYear(AttendanceCase, YearCase):
    """Absences in the year's review, the list of them and the early warning."""

    def miss(self, sessions, line=0):
        """The pupil misses so many school days, the latest ones."""
        day, days = self.company._edu_today(), []
        while len(days) < sessions:
            if day.weekday() != SUNDAY:
                days.append(day)
            day -= timedelta(days=1)
        by_month = {}
        for one in days:
            by_month.setdefault(f"{one:%Y-%m}", []).append(self.entry(one, line))
        for entries in by_month.values():
            self.kept(*entries)

    @seed("R6.2", "R6.7.1")
    def test_review_takes_the_absences_from_the_attendance(self):
        self.miss(46)
        self.miss(3, 1)
        self.finish()
        review = self.open_review()
        first, second, third = (self.row(review, place) for place in range(3))
        self.assertEqual((first.absent, second.absent, third.absent), ("46", "3", "0"))
        self.assertEqual((first.outcome, second.outcome), ("O_LAI_LOP", "LEN_LOP"))
        self.assertIn("46", first.why)
        self.assertIn("Vắng 3 buổi trong 3 ngày", second.why)
        with self.assertRaisesRegex(UserError, "counted from the attendance"):
            second.with_user(self.homeroom).write({"absent": "1"})
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()
        self.assertEqual(first.decision, "O_LAI_LOP")
        verification = self.env["edu.ledger.verification"]._edu_run(self.company)
        self.assertFalse(verification.finding_ids)

    def test_class_without_attendance_enters_by_hand(self):
        self.school_class.keeps_attendance = False
        self.finish()
        review = self.open_review()
        self.assertFalse(self.row(review).absent)
        self.attend(review, "5")
        self.assertEqual(self.row(review).absent, "5")
        self.assertNotIn("Vắng", self.row(review).why)

    def test_what_changed_after_the_proposal_stops_the_approval(self):
        self.company.edu_sessions = "both"
        self.kept(self.entry(), self.entry(session="pm"))
        self.finish()
        review = self.open_review()
        review.with_user(self.homeroom).action_lock()
        self.assertNotIn("absences_changed", self.codes(review, "approve"))
        self.company.edu_absence_unit = "session"
        self.assertIn("absences_changed", self.codes(review, "approve"))
        self.assertEqual(self.row(review).absent, "1")
        with self.assertRaises(UserError):
            self.school_class.keeps_attendance = False

    def test_proposed_review_closes_the_whole_year(self):
        self.finish()
        start = self.year.date_start
        for code in ("HK1", "HK2"):  # as if the periods had ended before the days of the test
            self.semester(code).period_id.write({"date_start": start, "date_end": start})
        self.kept(self.entry())
        review = self.open_review()
        review.with_user(self.homeroom).action_lock()
        (closed,) = self.keep(self.entry(1))
        self.assertEqual(closed["error"], "LOCKED")
        self.assertIn(review.display_name, closed["message"])
        review.with_user(self.principal)._edu_transition("unlock", reason="Bổ sung")
        self.kept(self.entry(1))
        review.with_user(self.homeroom).action_lock()
        self.assertEqual(self.row(review).absent, "2")

    # -- the list and the warning ----------------------------------------------------------------

    @seed("R6.2")
    def test_list_of_absences_counts_as_the_library_does(self):
        self.company.edu_absence_warning = 3
        self.company.edu_sessions = "both"
        self.miss(4)
        self.kept(self.entry(value="K", session="pm"), self.entry(1, 1, "K"))
        today = self.company._edu_today()
        if today.weekday() != SUNDAY:
            self.kept(self.entry(today, 2, "K"))
        Total = self.env["edu.attendance.total"].with_user(self.homeroom)
        totals = Total.search([("class_id", "=", self.school_class.id)])
        self.assertEqual(len(totals), self.pupils)
        counts = self.env["edu.attendance"]._edu_counts(totals.enrollment_id)
        for unit in ("day", "session"):
            self.company.edu_absence_unit = unit
            self.env.flush_all()
            totals.invalidate_recordset()
            counts = self.env["edu.attendance"]._edu_counts(totals.enrollment_id)
            for total in totals:
                self.assertEqual(total.counted, counts[total.enrollment_id.id].value)
        first = totals.filtered(lambda one: one.enrollment_id == self.lines[0])
        self.assertEqual((first.excused, first.unexcused, first.sessions), (4, 1, 5))
        near = Total.search([("near_limit", "=", True)])
        self.assertEqual(near, first)
        self.assertFalse(Total.search([("over_limit", "=", True)]))
        if today.weekday() != SUNDAY:
            week = Total.search([("unexcused_week", ">", 0)])
            self.assertIn(self.lines[2], week.enrollment_id)
        self.assertFalse(Total.with_user(self.other_teacher).search([]))
        days = first.action_days()
        self.assertEqual(self.env["edu.attendance"].search_count(days["domain"]), 5)
        self.assertEqual(self.lines[0].student_id.with_user(self.homeroom).absence_count, 5)

    @seed("R6.2")
    def test_homeroom_teacher_is_warned_once_and_no_longer_than_needed(self):
        self.company.edu_absence_warning = 3
        self.miss(3)
        Class = self.env["edu.class"]
        Class._edu_warn_absences()
        Class._edu_warn_absences()
        activity = self.school_class.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.homeroom))
        self.assertIn(f"{self.lines[0].student_id.name} (3)", activity.summary)
        self.company.edu_absence_warning = 4
        Class._edu_warn_absences()
        self.assertFalse(self.school_class.activity_ids)
