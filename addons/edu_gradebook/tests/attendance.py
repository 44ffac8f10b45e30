"""A class that keeps its attendance, in a school year that runs whatever the date is."""

from datetime import date, timedelta

from .common import GradebookCase

SUNDAY = 6


class AttendanceCase(GradebookCase):
    """``self.days``: school days of the month before this one, oldest first."""

    @classmethod
    def set_up_school(cls):
        today = cls.company._edu_today()
        start = (today - timedelta(days=120)).replace(day=1)
        cls.year = cls.env["edu.school.year"].create(
            {
                "name": cls.year_name,
                "date_start": start,
                "date_end": start + timedelta(days=300),
                "company_id": cls.company.id,
            }
        )
        result = super().set_up_school()
        cls.school_class.with_user(cls.homeroom).action_keep_attendance()
        cls.first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        cls.month = f"{cls.first:%Y-%m}"
        month = [cls.first + timedelta(days=place) for place in range(28)]
        cls.days = [day for day in month if day.weekday() != SUNDAY]
        return result

    @classmethod
    def make_class(cls, name):
        cls.grade = cls.__dict__.get("grade") or cls.make_grade()
        return super().make_class(name)

    def entry(self, day=0, line=0, value="P", version=0, session="am"):
        when = day if isinstance(day, date) else self.days[day]
        return {
            "enrollment": self.lines[line].id,
            "column": f"{when}:{session}",
            "value": value,
            "version": version,
        }

    def keep(self, *entries, user=None, school_class=None, month=None):
        """Save as the homeroom teacher, as the web client does; the answers."""
        school_class = school_class or self.school_class
        Attendance = self.env["edu.attendance"].with_user(user or self.homeroom)
        month = month or (entries[0]["column"][:7] if entries else self.month)
        return Attendance.save_month(school_class.id, month, list(entries))["cells"]

    def kept(self, *entries, **more):
        """The same, and nothing was refused."""
        answers = self.keep(*entries, **more)
        self.assertTrue(all(answer.get("version") for answer in answers), answers)
        return answers

    def absence(self, day=0, line=0, session="am"):
        return self.env["edu.attendance"].search(
            [
                ("enrollment_id", "=", self.lines[line].id),
                ("day", "=", self.days[day]),
                ("session", "=", session),
            ]
        )

    def open(self, user=None, month=None, school_class=None):
        Attendance = self.env["edu.attendance"].with_user(user or self.homeroom)
        return Attendance.open_month((school_class or self.school_class).id, month or self.month)
