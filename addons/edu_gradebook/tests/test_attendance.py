from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import decode
from edu_records.testing import seed

from .attendance import SUNDAY, AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendance(AttendanceCase):
    @seed("R6.2", "P3.1.2.1")
    def test_absences_are_saved_changed_and_taken_back(self):
        (first,) = self.kept(self.entry())
        self.assertEqual((first["value"], self.absence().token), ("P", "P"))
        (second,) = self.kept(self.entry(value="K", version=first["version"]))
        self.assertGreater(second["version"], first["version"])
        (third,) = self.kept(self.entry(value="", version=second["version"]))
        row = self.absence()
        self.assertEqual((row.token, row.entry_seq), (False, third["version"]))
        entries = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.attendance"), ("chain_id", "=", row.chain_id.id)], order="seq"
        )
        events = [decode(entry.payload)[2] for entry in entries]
        told = [(event.operation, event.old, event.new) for event in events]
        self.assertEqual(told, [("absent", "", "P"), ("absent", "P", "K"), ("attend", "K", "")])
        self.assertEqual(row.chain_id.name, f"attendance:{self.school_class.id}:{self.month}")

    @seed("R6.2")
    def test_month_shows_cells_totals_and_what_is_closed(self):
        self.kept(self.entry(), self.entry(1, value="K"), self.entry(1, 1))
        data = self.open()
        self.assertEqual(data["sheet"]["class"], "6A")
        self.assertEqual(data["counts"][str(self.lines[0].id)], "2")
        self.assertEqual(data["counts"][str(self.lines[2].id)], "0")
        cell = data["cells"][f"{self.lines[0].id}:{self.days[1]}:am"]
        self.assertEqual(cell["value"], "K")
        closed = {column["day"]: column["closed"] for column in data["columns"]}
        self.assertIsNone(closed[str(self.days[0])])
        sunday = next(day for day in map(self.day, range(7)) if day.weekday() == SUNDAY)
        self.assertEqual(closed[str(sunday)], "Sunday")
        self.assertIsNone(data["closed"])

    def day(self, place):
        return self.first + timedelta(days=place)

    def test_month_of_today_is_opened_by_itself(self):
        data = self.env["edu.attendance"].with_user(self.homeroom).open_month()
        today = self.company._edu_today()
        self.assertEqual(data["sheet"]["month"], f"{today:%Y-%m}")
        self.assertEqual(data["sheets"], [{"id": self.school_class.id, "class": "6A"}])
        nobody = self.env["edu.attendance"].with_user(self.other_teacher).open_month()
        self.assertEqual(nobody, {"sheet": None, "sheets": []})

    def test_stale_version_is_a_conflict_and_nothing_is_lost(self):
        self.kept(self.entry())
        mine = self.entry(value="K", version=0)
        stale, other = self.keep(mine, self.entry(1, value="K"))
        self.assertEqual(stale["conflict"]["value"], "P")
        self.assertEqual(stale["conflict"]["author"], self.homeroom.name)
        self.assertTrue(other["version"])
        self.assertEqual((self.absence().token, self.absence(1).token), ("P", "K"))

    def test_repeated_save_after_a_lost_answer_writes_nothing(self):
        (first,) = self.kept(self.entry())
        head = self.absence().chain_id.head_seq
        self.assertEqual(self.kept(self.entry()), [first])
        self.absence().chain_id.invalidate_recordset()
        self.assertEqual(self.absence().chain_id.head_seq, head)

    def test_crafted_cells_are_refused_one_by_one(self):
        good = self.entry(3)
        day = self.days[0]
        wrong = [
            "P",
            {},
            {**self.entry(), "enrollment": True},
            {**self.entry(), "enrollment": str(self.lines[0].id)},
            {**self.entry(), "version": "1"},
            {**self.entry(), "column": None},
            {**self.entry(), "column": f"{day}:night"},
            {**self.entry(), "column": f"{day - timedelta(days=40)}:am"},
            {**self.entry(), "column": f"{day}:pm"},
            {**self.entry(), "value": "X"},
            {**self.entry(), "value": None},
            {**self.entry(), "value": ["P"]},
        ]
        answers = self.keep(*wrong, good, month=self.month)
        self.assertTrue(all("error" in answer for answer in answers[:-1]), answers)
        self.assertTrue(answers[-1]["version"])
        self.assertFalse(self.absence())
        twice = self.keep(self.entry(4), self.entry(4, value="K"))
        self.assertEqual(twice[1]["error"], "DUPLICATE")
        for month in ("2026-13", "1990-01", "x", 5, ["2026-11"]):
            with self.subTest(month=month), self.assertRaises(UserError):
                self.keep(self.entry(), month=month)
        Attendance = self.env["edu.attendance"].with_user(self.homeroom)
        for class_id in (10**8, "1", None, True):
            with self.subTest(class_id=class_id), self.assertRaises(UserError):
                Attendance.save_month(class_id, self.month, [])
        for cells in (None, {}, "x"):
            with self.subTest(cells=cells), self.assertRaises(UserError):
                Attendance.save_month(self.school_class.id, self.month, cells)

    @seed("R6.2")
    def test_days_without_school_are_refused_with_pupil_and_reason(self):
        today = self.company._edu_today()
        tomorrow = today + timedelta(days=1)
        while tomorrow.weekday() == SUNDAY:
            tomorrow += timedelta(days=1)
        (future,) = self.keep(self.entry(tomorrow))
        self.assertEqual(future["error"], "FUTURE")
        self.assertIn(self.lines[0].student_id.name, future["message"])
        sunday = next(day for day in map(self.day, range(7)) if day.weekday() == SUNDAY)
        (closed,) = self.keep(self.entry(sunday))
        self.assertEqual(closed["error"], "DAY_OFF")
        self.assertIn("Sunday", closed["message"])
        self.declare("Nghỉ bão", self.days[2])
        self.declare("Học bù", sunday, kind="on")
        off, made_up = self.keep(self.entry(2), self.entry(sunday))
        self.assertEqual(off["error"], "DAY_OFF")
        self.assertIn("Nghỉ bão", off["message"])
        self.assertTrue(made_up["version"])
        before = self.year.date_start - timedelta(days=1)
        with self.assertRaises(UserError):
            self.keep(self.entry(before))

    def declare(self, name, first, last=None, kind="off", user=None):
        vals = {
            "name": name,
            "kind": kind,
            "date_from": first,
            "date_to": last or first,
            "company_id": self.company.id,
        }
        return self.env["edu.day.off"].with_user(user or self.principal).create(vals)

    def test_day_off_does_not_swallow_what_is_recorded(self):
        self.kept(self.entry())
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self.declare("Nghỉ bão", self.days[0])
        self.assertIn("6A", str(refused.exception))
        off = self.declare("Nghỉ bão", self.days[3])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            off.date_from = self.days[0]
        with self.assertRaises(AccessError):
            self.declare("Nghỉ", self.days[4], user=self.homeroom)

    def test_saturday_of_a_school_with_five_days(self):
        saturday = next(day for day in self.days if day.weekday() == SUNDAY - 1)
        (before,) = self.kept(self.entry(saturday))
        self.company.edu_school_days = "5"
        (closed,) = self.keep(self.entry(saturday, 1))
        self.assertEqual(closed["error"], "DAY_OFF")
        # what was there stays visible and can be cleared
        data = self.open()
        self.assertIn(f"{self.lines[0].id}:{saturday}:am", data["cells"])
        self.kept(self.entry(saturday, value="", version=before["version"]))

    @seed("R6.2")
    def test_two_sessions_a_day_count_as_one_day(self):
        self.company.edu_sessions = "both"
        self.kept(self.entry(), self.entry(session="pm"), self.entry(1, value="K", session="pm"))
        data = self.open()
        self.assertEqual(data["counts"][str(self.lines[0].id)], "2")
        self.company.edu_absence_unit = "session"
        self.assertEqual(self.open()["counts"][str(self.lines[0].id)], "3")
        # fewer sessions later: nothing of it is hidden
        self.school_class.attendance_sessions = "am"
        codes = [column["code"] for column in self.open()["columns"]]
        self.assertIn(f"{self.days[0]}:pm", codes)
        self.assertNotIn(f"{self.days[2]}:pm", codes)
        (refused,) = self.keep(self.entry(1, 1, session="pm"))
        self.assertEqual(refused["error"], "NO_SESSION")

    @seed("R6.2")
    def test_only_the_homeroom_teacher_writes(self):
        Attendance = self.env["edu.attendance"]
        users = (self.principal, self.vice, self.it_admin, self.clerk, self.inspector, self.teacher)
        for user in (*users, self.other_teacher, self.env.ref("base.user_admin")):
            for records in (
                Attendance.with_user(user),
                Attendance.with_user(user).sudo(),
                Attendance.with_user(user).with_context(edu_guard=True, bypass=True, uid=1),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    records.save_month(self.school_class.id, self.month, [self.entry()])
        with self.assertRaises(AccessError):
            Attendance.sudo().save_month(self.school_class.id, self.month, [self.entry()])
        self.assertFalse(self.absence())

    def test_orm_writes_nothing_whoever_asks(self):
        self.kept(self.entry())
        row = self.absence()
        vals = {"class_id": self.school_class.id, "enrollment_id": self.lines[1].id, "token": "P"}
        for user in (self.homeroom, self.principal, self.env.user):
            for records in (row.with_user(user).sudo(), row.sudo().with_context(edu_guard=True)):
                for attack in (
                    lambda one: one.write({"token": "K"}),
                    lambda one: one.unlink(),
                    lambda one: one.create([vals]),
                ):
                    with self.assertRaises(UserError):
                        attack(records)
        self.assertEqual(self.absence().token, "P")

    def test_who_may_see_the_month(self):
        self.kept(self.entry())
        for user in (self.principal, self.vice, self.clerk, self.inspector, self.teacher):
            data = self.open(user)
            self.assertEqual(data["closed"]["code"], "NOT_ASSIGNED")
            self.assertIn(self.homeroom.name, data["closed"]["message"])
        with self.assertRaises(AccessError):
            self.open(self.other_teacher)

    @seed("R10.3")
    def test_inspector_leaves_a_line(self):
        self.kept(self.entry())
        Log = self.env["edu.access.log"]
        before = Log.search_count([("user_id", "=", self.inspector.id)])
        self.open(self.inspector)
        lines = Log.search([("user_id", "=", self.inspector.id)])
        self.assertEqual(len(lines), before + 1)
        self.assertIn("edu.attendance", lines.mapped("res_model"))

    def test_other_class_and_other_pupils(self):
        other = self.make_class("6B")
        other.homeroom_user_id = self.other_teacher
        (line,) = self.add_pupils(other, 1, first=60)
        strange = {**self.entry(), "enrollment": line.id}
        (answer,) = self.keep(strange)
        self.assertEqual(answer["error"], "NOT_IN_CLASS")
        with self.assertRaises(AccessError):
            self.keep(strange, school_class=other)
        with self.assertRaises(UserError) as refused:
            self.keep(strange, school_class=other, user=self.other_teacher)
        self.assertIn("not kept here", str(refused.exception))

    @seed("R6.2", "R4.2")
    def test_duty_lets_somebody_else_keep_it_on_its_days(self):
        today = self.company._edu_today()
        vals = {
            "type_id": self.env.ref("edu_gradebook.edu_duty_type_attendance").id,
            "user_id": self.other_teacher.id,
            "class_id": self.school_class.id,
            "date_from": today,
            "date_to": today + timedelta(days=7),
            "decision_number": "3/QĐ",
            "decision_date": today,
        }
        Duty = self.env["edu.duty"].with_user(self.principal)
        Duty.create({**vals, "user_id": self.teacher.id, "date_from": today + timedelta(days=2)})
        with self.assertRaises(AccessError):
            self.keep(self.entry(), user=self.teacher)
        duty = Duty.create(vals)
        self.kept(self.entry(), user=self.other_teacher)
        event = decode(self.last_entry().payload)[2]
        self.assertEqual(event.acting_for, str(self.homeroom.id))
        self.assertEqual(event.user, str(self.other_teacher.id))
        data = self.env["edu.attendance"].with_user(self.other_teacher).open_month()
        self.assertEqual(data["sheet"]["id"], self.school_class.id)
        seen = self.env["edu.attendance"].with_user(self.other_teacher).search([])
        self.assertEqual(seen, self.absence())
        duty.with_user(self.principal)._edu_end(today - timedelta(days=1), "4/QĐ")
        with self.assertRaises(AccessError):
            self.keep(self.entry(1), user=self.other_teacher)

    def last_entry(self):
        return self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.attendance")], order="id desc", limit=1
        )

    def test_whether_it_is_kept_is_decided_by_the_class(self):
        other = self.make_class("6C")
        for user in (self.teacher, self.it_admin, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                other.with_user(user).action_keep_attendance()
        other.with_user(self.principal).action_keep_attendance()
        self.assertTrue(other.keeps_attendance)

    def test_settings_have_limits(self):
        for wrong in (0, 46, -1):
            with (
                self.subTest(wrong=wrong),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(),
            ):
                self.company.edu_absence_warning = wrong
                self.env.flush_all()

    @seed("R6.2")
    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        self.kept(self.entry())  # the month's chain is there
        self.queries(self.open)  # warms the caches
        for day, pupils in enumerate((4, 45), 1):
            if pupils > len(self.lines):
                self.add_pupils(self.school_class, pupils - len(self.lines), 100)
            self.lines = self.school_class.enrollment_ids
            cells = [self.entry(day, place) for place in range(pupils)]
            counts.append((self.queries(self.open), self.queries(self.kept, *cells)))
            self.assertTrue(self.absence(day, pupils - 1))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(max(counts[0]), 40)

    def queries(self, method, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        method(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
