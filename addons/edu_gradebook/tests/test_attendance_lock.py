import json
from datetime import timedelta

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import verify_export
from edu_records.testing import seed

from .attendance import AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceLock(AttendanceCase):
    """What a locked period covers, SQL attacks, replay, and pupils who change class."""

    def setUp(self):
        super().setUp()
        self.kept(self.entry())
        self.env.flush_all()

    # -- periods ---------------------------------------------------------------------------------

    @seed("R6.2", "P3.1.2.1")
    def test_locked_period_closes_its_days_for_everybody(self):
        period = self.book.period_id
        period.write({"date_start": self.days[0], "date_end": self.days[5]})
        self.complete()
        self.book.with_user(self.principal).action_lock()
        closed, later = self.keep(self.entry(2), self.entry(8))
        self.assertEqual(closed["error"], "LOCKED")
        self.assertIn(self.principal.name, closed["message"])
        self.assertTrue(later["version"])
        (clearing,) = self.keep(self.entry(value="", version=self.absence().entry_seq))
        self.assertEqual(clearing["error"], "LOCKED")
        data = {column["day"]: column["closed"] for column in self.open()["columns"]}
        self.assertIn(self.book.display_name, data[str(self.days[1])])
        self.assertIsNone(data[str(self.days[8])])
        self.book.with_user(self.principal)._edu_transition("unlock", reason="Bổ sung")
        self.kept(self.entry(2))

    def test_period_without_days_reaches_as_far_as_its_lock(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        (closed,) = self.keep(self.entry(2))
        self.assertEqual(closed["error"], "LOCKED")

    def test_snapshot_has_the_months_and_their_chain(self):
        self.company.edu_sessions = "both"
        self.kept(self.entry(1, value="K"), self.entry(1, session="pm"))
        self.complete()
        chain = self.absence().chain_id
        self.assertIn(chain, self.book._edu_chains())
        self.book.with_user(self.principal).action_lock()
        snapshot = self.env["edu.gradebook.snapshot"]._edu_value(self.book)
        months = {one["month"]: one["rows"] for one in snapshot["attendance"]}
        first = months[self.month][0]
        self.assertEqual((first["P"], first["K"], first["TS"]), ("2", "1", "3"))
        self.assertEqual(first["days"][f"{self.days[1]:%d}:am"], "K")
        self.assertEqual(months[self.month][1]["TS"], "0")
        self.assertIn(chain.name, [head["chain"] for head in snapshot["heads"]])
        self.school_class.keeps_attendance = False
        self.assertIsNone(self.env["edu.attendance"]._edu_snapshot(self.book))

    # -- SQL -------------------------------------------------------------------------------------

    def attack(self, query, params=()):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error) as caught,
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query, params)
        return str(caught.exception)

    @seed("P2.2.3b")
    def test_sql_changes_and_removes_nothing(self):
        for query in (
            "UPDATE edu_attendance SET token = 'K'",
            "UPDATE edu_attendance SET token = NULL, entry_seq = entry_seq + 1",
            "UPDATE edu_attendance SET entry_seq = 0",
            "UPDATE edu_attendance SET day = day - 1",
            "UPDATE edu_attendance SET session = 'pm'",
            "DELETE FROM edu_attendance",
            "TRUNCATE edu_attendance",
            "TRUNCATE edu_enrollment CASCADE",
        ):
            with self.subTest(query=query):
                self.assertIn("edu", self.attack(query))
        self.assertEqual(self.absence().token, "P")

    def test_sql_insert_needs_its_entry_its_class_and_its_day(self):
        row = self.absence()
        insert = (
            "INSERT INTO edu_attendance (class_id, company_id, chain_id, author_id, entered_at,"
            " enrollment_id, day, session, token, entry_seq)"
            " VALUES (%s, %s, %s, %s, now(), %s, %s, %s, %s, %s)"
        )
        vals = [self.school_class.id, self.company.id, row.chain_id.id, self.homeroom.id]
        line = self.lines[1].id
        attempt = [*vals, line, self.days[0], "am", "P", row.entry_seq]
        self.assertIn("ledger entry", self.attack(insert, attempt))
        other = self.make_class("6B")
        self.assertIn("not in the class", self.attack(insert, [other.id, *attempt[1:]]))
        outside = self.year.date_start - timedelta(days=1)
        attempt[5] = outside
        self.assertIn("not in the class", self.attack(insert, attempt))

    def test_forged_entry_by_another_author_is_refused(self):
        row = self.absence()
        event = {
            "operation": "absent",
            "model": "edu.attendance",
            "record": str(self.school_class.id),
            "slot": f"{self.lines[0].id}:{self.days[0]}:am",
            "old": "P",
            "new": "K",
        }
        ((_chain, seq, _hash),) = self.env["edu.ledger.chain"]._edu_append([(row.chain_id, event)])
        message = self.attack(
            "UPDATE edu_attendance SET token = 'K', entry_seq = %s, author_id = %s WHERE id = %s",
            [seq, self.homeroom.id, row.id],
        )
        self.assertIn("ledger entry", message)

    def test_sql_does_not_pass_by_a_lock(self):
        row = self.absence()
        self.complete()
        self.book.with_user(self.principal).action_lock()
        event = {
            "operation": "absent",
            "model": "edu.attendance",
            "record": str(self.school_class.id),
            "slot": f"{self.lines[0].id}:{self.days[0]}:am",
            "old": "P",
            "new": "K",
        }
        Chain = self.env["edu.ledger.chain"].with_user(self.homeroom).sudo()
        ((_chain, seq, _hash),) = Chain._edu_append([(row.chain_id.with_env(Chain.env), event)])
        message = self.attack(
            "UPDATE edu_attendance SET token = 'K', entry_seq = %s WHERE id = %s", [seq, row.id]
        )
        self.assertIn("locked period", message)

    # -- replay ----------------------------------------------------------------------------------

    def found(self):
        verification = self.env["edu.ledger.verification"]._edu_run(self.company)
        return [(one.code, one.chain or "", one.seq) for one in verification.finding_ids]

    @seed("P2.2.3b", "P2.2.3d")
    def test_what_is_done_with_the_triggers_off_is_found_here_and_offline(self):
        self.assertEqual(self.found(), [])
        name, seq = self.absence().chain_id.name, self.absence().entry_seq
        for query in (
            "UPDATE edu_attendance SET token = 'K' WHERE id = %s",
            "UPDATE edu_attendance SET token = NULL WHERE id = %s",
            "DELETE FROM edu_attendance WHERE id = %s",
        ):
            savepoint = self.env.cr.savepoint()
            self.env.cr.execute("ALTER TABLE edu_attendance DISABLE TRIGGER USER")
            self.env.cr.execute(query, [self.absence().id])
            self.env.cr.execute("ALTER TABLE edu_attendance ENABLE TRIGGER USER")
            self.env.invalidate_all()
            with self.subTest(query=query):
                found = self.found()
                self.assertIn((name, seq), [(chain, at) for _code, chain, at in found])
                offline = verify_export(self.exported()).findings
                self.assertIn((name, seq), [(one.chain, one.seq) for one in offline])
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_what_leaves_as_a_file_is_recorded(self):
        self.homeroom.group_ids |= self.env.ref("base.group_allow_export")
        rows = self.absence().with_user(self.homeroom)
        (line,) = rows.export_data(["day", "token"])["datas"]
        self.assertEqual(line[1], "Excused")
        totals = self.env["edu.attendance.total"].with_user(self.homeroom).search([])
        totals.export_data(["enrollment_id", "counted"])
        exports = self.env["edu.ledger.entry"].search(
            [("slot", "=", "odoo"), ("chain_id", "=", self.company._edu_chain().id)]
        )
        self.assertEqual(set(exports.mapped("model")), {"edu.attendance", "edu.attendance.total"})
        self.assertEqual(self.found(), [])

    def exported(self):
        return json.loads(self.env["edu.ledger.entry"].sudo()._edu_export(self.company))

    def test_guards_that_are_off_are_told(self):
        self.env.cr.execute("ALTER TABLE edu_attendance DISABLE TRIGGER edu_attendance_check")
        found = self.env["edu.ledger.guard"]._edu_findings()
        self.assertIn("edu_attendance_check", " ".join(one.message for one in found))

    # -- another class ---------------------------------------------------------------------------

    @seed("R6.2")
    def test_totals_follow_the_pupil_and_the_old_row_freezes(self):
        other = self.make_class("6B")
        self.open_book(other)
        other.with_user(self.homeroom).action_keep_attendance()
        self.kept(self.entry(6))
        student = self.lines[0].student_id
        moved = (
            self.env["edu.movement"]
            .with_user(self.clerk)
            ._edu_move("class_change", student, self.days[5], other)
        )
        (frozen,) = self.keep(self.entry(1))
        self.assertEqual(frozen["error"], "LEFT_CLASS")
        line = moved.to_enrollment_id
        mine = {**self.entry(6, value="K"), "enrollment": line.id}
        early = {**self.entry(2), "enrollment": line.id}
        refused, same_day, new = self.keep(
            early, mine, {**self.entry(7), "enrollment": line.id}, school_class=other
        )
        self.assertEqual(refused["error"], "NOT_THERE")
        self.assertTrue(same_day["version"] and new["version"])
        # the session that both classes recorded counts once, as the later one says
        self.assertEqual(self.open(school_class=other)["counts"][str(line.id)], "3")
        total = self.env["edu.attendance.total"].search([("student_id", "=", student.id)])
        self.assertEqual(total.class_id, other)
        self.assertEqual((total.excused, total.unexcused, total.counted), (2, 1, 3))
        message = self.attack(
            "UPDATE edu_attendance SET token = NULL, entry_seq = entry_seq + 1"
            " WHERE enrollment_id = %s",
            [self.lines[0].id],
        )
        self.assertIn("not in the class", message)

    def test_cancelled_movement_loses_no_absence(self):
        (cancel,) = self.cancel(self.lines[0].entry_movement_id)
        self.assertIn("has absences", cancel)
        self.kept(self.entry(value="", version=self.absence().entry_seq))
        self.assertEqual(self.cancel(self.lines[0].entry_movement_id), [])

    def cancel(self, movement):
        return movement.sudo()._edu_dependents()[movement.sudo()]

    def test_class_list_names_who_left(self):
        student = self.lines[0].student_id
        self.env["edu.movement"].with_user(self.clerk)._edu_move(
            "transfer_out", student, self.days[5], to_school="THCS Khác", reason="Chuyển nhà"
        )
        row = self.open()["rows"][0]
        self.assertFalse(row["active"])
        with self.assertRaises(UserError):
            self.absence().unlink()
