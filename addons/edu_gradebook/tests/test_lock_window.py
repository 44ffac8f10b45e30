import json
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import GradebookCase


class WindowCase(GradebookCase):
    def day(self, days):
        return self.company._edu_today() + timedelta(days=days)

    def window(self, kind="entry", first=-10, last=None, user=None, **vals):
        """A window of the first semester, its days counted from today."""
        return (
            self.env["edu.lock.window"]
            .with_user(user or self.principal)
            .create(
                {
                    "kind": kind,
                    "school_year_id": self.school_class.school_year_id.id,
                    "period_id": self.book.period_id.id,
                    "date_from": self.day(first),
                    "date_to": last is not None and self.day(last),
                    **vals,
                }
            )
        )

    def exam(self, days, **vals):
        exam = self.day(days)
        return self.window("exam", min(days, 0), 30, exam_date=exam, **vals)

    def refused(self, *cells):
        """The code of what each cell is refused for, None where it is taken."""
        closed = self.sheet.with_user(self.teacher)._edu_closed()
        if closed:
            with self.assertRaises(UserError):
                self.save(*cells)
            return [closed[0] for _cell in cells]
        return [answer.get("error") for answer in self.save(*cells)]


@tagged("post_install", "-at_install")
class TestLockWindow(WindowCase):
    @seed("R4.5a")
    def test_marks_are_entered_in_their_window_only(self):
        self.window(first=-10, last=-1, column_kind="regular")
        self.window(first=1, last=9, column_kind="midterm")
        cells = (self.cell(), self.cell(column="GK"), self.cell(column="CK"))
        over, early, free = self.save(*cells)
        self.assertEqual((over["error"], early["error"]), ("OVER", "NOT_YET"))
        self.assertIn("ended at", over["message"])
        self.assertIn(self.principal.name, over["message"])
        self.assertIn("entered from", early["message"])
        self.assertIn("version", free)
        locks = self.sheet.with_user(self.teacher).load_grid()["locks"]
        self.assertEqual(locks["TX1"]["enter"], over["message"])
        self.assertEqual(locks["CK"], {"enter": None, "correct": None})
        self.assertFalse(self.mark())

    def test_last_day_counts_until_its_hour_in_the_zone_of_the_school(self):
        window = self.window(date_from="2026-12-01", date_to="2026-12-20", hour_to=17.5)
        self.assertEqual(str(window.opens_at), "2026-11-30 17:00:00")
        self.assertEqual(str(window.closes_at), "2026-12-20 10:30:00")
        window.hour_to = 24
        self.assertEqual(str(window.closes_at), "2026-12-20 17:00:00")
        self.company.edu_timezone = "UTC"
        self.assertEqual(str(window.closes_at), "2026-12-21 00:00:00")

    @seed("R4.5a")
    def test_narrowest_window_decides_and_a_close_cascades(self):
        self.window(first=-10, last=-1)
        self.assertEqual(self.refused(self.cell()), ["OVER"])
        self.window(first=-10, last=5, class_id=self.school_class.id)
        self.assertEqual(self.refused(self.cell()), [None])
        narrow = self.window(first=3, last=5, subject_id=self.sheet.subject_id.id)
        self.assertEqual(self.refused(self.cell(1)), [None])
        narrow.class_id = self.school_class
        self.assertEqual(self.refused(self.cell(2)), ["NOT_YET"])
        self.window(first=0, last=0, class_id=self.school_class.id, column_kind="regular")
        self.assertEqual(self.refused(self.cell(2)), ["NOT_YET"])
        narrow.active = False
        self.assertEqual(self.refused(self.cell(2)), [None])
        close = self.window("close", 0, period_id=False)
        with self.assertRaisesRegex(UserError, "closed since .*principal"):
            self.save(self.cell(3))
        with self.assertRaisesRegex(UserError, "closed since"):
            self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "TOT"})
        close.write({"grade_id": self.school_class.grade_id.id, "date_from": self.day(1)})
        self.assertEqual(self.refused(self.cell(3)), [None])

    @seed("R8.2f")
    def test_correction_ends_a_week_before_the_exam(self):
        exam = self.exam(7)
        self.save(self.cell(), self.cell(column="GK"), self.cell(column="CK"))
        version = self.mark().entry_seq
        self.assertEqual(self.refused(self.cell(value="9", version=version)), [None])
        exam.exam_date = self.day(6)
        version = self.mark().entry_seq
        answers = self.save(
            self.cell(value="7", version=version),
            self.cell(value="", version=version),
            self.cell(column="TX2"),
            self.cell(column="CK", value="9", version=self.mark(0, "CK").entry_seq),
        )
        self.assertEqual([answer.get("error") for answer in answers], ["LATE", "LATE", None, None])
        self.assertIn("one week before the term exam", answers[0]["message"])
        self.assertEqual(self.refused(self.cell(value="", version=version)), ["LATE"])
        self.exam(20, subject_id=self.sheet.subject_id.id)
        self.assertEqual(self.refused(self.cell(value="7", version=version)), [None])

    @seed("R8.2f")
    def test_deleting_is_correcting_and_a_make_up_is_not(self):
        absent = {**self.cell(column="TX2"), "kind": "absent"}
        self.save(self.cell(), absent)
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.exam(3)
        typed_again = self.cell(value="10", version=self.mark().entry_seq)
        made_up = self.cell(column="TX2", value="6", version=self.mark(0, "TX2").entry_seq)
        self.assertEqual(self.refused(typed_again, made_up), ["LATE", None])

    @seed("R8.3")
    def test_exam_marks_have_a_window_of_their_own(self):
        exam = self.window("exam", 1, 9, exam_date=self.day(1))
        self.assertEqual(self.refused(self.cell(), self.cell(column="CK")), [None, "NOT_YET"])
        exam.date_from = self.day(0)
        self.assertEqual(self.refused(self.cell(column="CK")), [None])
        version = self.mark(0, "CK").entry_seq
        correct = self.cell(column="CK", value="9", version=version)
        self.assertEqual(
            self.refused(self.cell(value="9", version=self.mark().entry_seq)), ["LATE"]
        )
        self.assertEqual(self.refused(correct), [None])

    @seed("R4.5c")
    def test_grant_opens_a_cell_of_a_closed_window(self):
        self.save(self.cell(), self.cell(1))
        self.window(first=-10, last=-1)
        self.window("close", 0, period_id=False)
        grant = (
            self.env["edu.unlock.grant"]
            .with_user(self.principal)
            .create(
                {
                    "gradesheet_id": self.sheet.id,
                    "enrollment_id": self.lines[0].id,
                    "column_id": self.sheet._edu_columns()[0].id,
                    "valid_until": fields.Datetime.now() + timedelta(hours=1),
                    "reason": "Nhập nhầm",
                }
            )
        )
        data = self.sheet.with_user(self.teacher).load_grid()
        self.assertEqual((data["lock"], data["opened"]), ("open", [[self.lines[0].id, "TX1"]]))
        cells = [self.cell(line, value="9", version=self.mark(line).entry_seq) for line in range(2)]
        self.assertEqual(self.refused(*cells), [None, "CLOSED"])
        grant.action_end()
        with self.assertRaisesRegex(UserError, "closed since"):
            self.save(self.cell(value="8", version=self.mark().entry_seq))

    def test_reopened_period_is_open_until_its_moment_whatever_windows_say(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.window("close", -1, period_id=False)
        book = self.book.with_user(self.principal)
        with self.assertRaisesRegex(UserError, "until when"):
            book.action_unlock("Nhập thiếu")
        until = self.env.cr.now() + timedelta(hours=1)
        book.action_unlock("Nhập thiếu", until)
        self.sheet.with_user(self.teacher).action_unconfirm()
        change = self.cell(value="9", version=self.mark().entry_seq)
        self.assertEqual(self.refused(change), [None])
        self.env["edu.lock.window"]._edu_tidy()
        self.assertEqual(self.book.state, "draft")

    # -- doors -----------------------------------------------------------------------------------

    @seed("R4.5a")
    def test_closed_window_holds_for_every_door(self):
        self.save(self.cell())
        version = self.mark().entry_seq
        self.window("close", 0)
        change = self.cell(value="10", version=version)
        sheet = self.sheet.with_user(self.teacher)
        doors = (
            sheet.sudo(),
            sheet.with_context(bypass_lock=True, edu_guard=True, active_test=False),
            self.sheet.with_user(self.principal).sudo(),
            self.sheet,
        )
        for door in doors:
            with self.subTest(door=door.env.uid), self.assertRaises(UserError):
                door.save_cells([change])
        with self.assertRaises(UserError):
            sheet._edu_save_cells([change], "workbook", "0" * 64, whole=True)
        with self.assertRaises(UserError):
            sheet.check_cells([change])
        self.env.flush_all()
        self.assertEqual(self.mark().token, "8.5")

    def test_import_is_refused_with_the_row_and_the_reason(self):
        self.window(first=1, last=2, column_kind="regular")
        with self.assertRaises(UserError) as caught:
            self.sheet.with_user(self.teacher)._edu_save_cells(
                [self.cell(), self.cell(column="GK")], "workbook", "0" * 64, whole=True
            )
        self.assertIn(
            f"{self.lines[0].student_id.name}, TX1: This is entered", str(caught.exception)
        )
        self.assertFalse(self.mark(column="GK"))

    @seed("R4.5a", "P2.2.3b")
    def test_sql_with_a_proper_entry_is_refused_too(self):
        self.save(self.cell())
        self.window(first=-9, last=-1)
        for kind in ("correct", "enter"):
            line = self.lines[kind == "enter"]
            event = {
                "operation": "change",
                "model": "edu.mark",
                "record": str(self.sheet.id),
                "slot": f"{line.id}:TX1:1",
                "old": "value|8.5" if kind == "correct" else "",
                "new": "value|10",
            }
            chain = self.sheet.chain_id
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "closed window .OVER"),
                self.env.cr.savepoint(flush=False),
            ):
                ((_chain, seq, _hash),) = chain._edu_append([(chain, event)])
                self.env.cr.execute(
                    "INSERT INTO edu_mark (gradesheet_id, enrollment_id, column_id, attempt, token,"
                    " kind, entry_seq, author_id, entered_at)"
                    " VALUES (%s, %s, %s, 1, '10', 'value', %s, %s, now())"
                    " ON CONFLICT (gradesheet_id, enrollment_id, column_id, attempt)"
                    " DO UPDATE SET token = '10', entry_seq = EXCLUDED.entry_seq,"
                    " author_id = EXCLUDED.author_id",
                    [
                        self.sheet.id,
                        line.id,
                        self.sheet._edu_columns()[0].id,
                        seq,
                        self.env.uid,
                    ],
                )
        self.window("close", 0)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "locked period"),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(
                "INSERT INTO edu_period_result (gradebook_period_id, enrollment_id, conduct,"
                " conduct_seq) VALUES (%s, %s, 'TOT', 1)",
                [self.book.id, self.lines[0].id],
            )

    @seed("R4.5a", "P2.2.3d")
    def test_windows_are_not_changed_by_sql(self):
        window = self.window(last=-1, class_id=self.school_class.id)
        window.with_user(self.vice).write({"date_to": self.day(-2), "hour_to": 17})
        self.window("close", 30, period_id=False)
        self.exam(40, subject_id=self.sheet.subject_id.id)
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for query in (
            "UPDATE edu_lock_window SET date_to = date_to + 9 WHERE id = %s",
            "UPDATE edu_lock_window SET closes_at = NULL, date_to = NULL WHERE id = %s",
            "UPDATE edu_lock_window SET closes_at = closes_at + interval '9 days' WHERE id = %s",
            "UPDATE edu_lock_window SET opens_at = NULL WHERE id = %s",
            "UPDATE edu_lock_window SET active = false WHERE id = %s",
            "UPDATE edu_lock_window SET in_force = NULL WHERE id = %s",
            "UPDATE edu_lock_window SET class_id = NULL WHERE id = %s",
            "INSERT INTO edu_lock_window (kind, school_year_id, company_id, date_from, hour_to,"
            " in_force, active) SELECT kind, school_year_id, company_id, date_from, hour_to, true,"
            " true FROM edu_lock_window WHERE id = %s",
            "DELETE FROM edu_lock_window WHERE id = %s",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, "edu (marks|records)"),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(query, [window.id])
        self.assertEqual(self.refused(self.cell()), ["OVER"])

    # -- the cron only tidies up -----------------------------------------------------------------

    @seed("R4.5a", "R5.5.12a")
    def test_close_locks_the_period_by_itself(self):
        self.save(self.cell())
        close = self.window("close", 1)
        self.env["edu.lock.window"]._edu_tidy()
        self.assertEqual(self.book.state, "draft")
        close.date_from = self.day(0)
        with self.assertRaisesRegex(UserError, "closed since"):
            self.save(self.cell(1))
        self.env["edu.lock.window"]._edu_tidy()
        self.assertEqual(self.book.state, "locked")
        other = self.book.gradebook_id.period_ids - self.book
        self.assertEqual(set(other.mapped("state")), {"draft"})
        entry = self.env["edu.ledger.entry"].search(
            [("chain_id", "=", self.sheet.chain_id.id)], order="seq desc", limit=1
        )
        self.assertEqual(decode(entry.payload)[2].operation, "relock")
        self.assertTrue(self.book._edu_blockers("approve"))

    def test_close_of_a_subject_locks_no_period(self):
        self.window("close", -1, subject_id=self.sheet.subject_id.id)
        self.env["edu.lock.window"]._edu_tidy()
        self.assertEqual(self.book.state, "draft")
        with self.assertRaisesRegex(UserError, "closed since"):
            self.save(self.cell())
        answers = self.save(self.cell(value="Đ"), user=self.homeroom, sheet=self.comment_sheet)
        self.assertIn("version", answers[0])

    # -- who sets windows ------------------------------------------------------------------------

    @seed("R4.5a")
    def test_the_management_sets_windows_and_each_change_is_recorded(self):
        for user in (self.teacher, self.homeroom, self.clerk, self.it_admin, self.inspector):
            with self.assertRaises(AccessError):
                self.window(user=user)
        window = self.window(user=self.vice, last=5)
        for user in (self.teacher, self.it_admin):
            with self.assertRaises(AccessError):
                window.with_user(user).sudo().write({"date_to": self.day(50)})
            with self.assertRaises(AccessError):
                self.window(user=user).sudo()
        with self.assertRaises(UserError):
            window.sudo().unlink()
        window.with_user(self.principal).date_to = self.day(9)
        window.with_user(self.principal).active = False
        entries = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.model == "edu.lock.window" and entry.record == str(window.id)
        )
        events = [decode(entry.payload)[2] for entry in entries.sorted("seq")]
        moved = [event for event in events if event.slot == "date_to"]
        self.assertEqual(
            [(event.user, event.old, event.new) for event in moved],
            [
                (str(self.vice.id), "", str(self.day(5))),
                (str(self.principal.id), str(self.day(5)), str(self.day(9))),
            ],
        )
        self.assertEqual((events[-1].slot, events[-1].new), ("active", "no"))

    def test_whom_the_principal_entrusted_sets_windows(self):
        self.env["edu.duty"].with_user(self.principal).create(
            {
                "type_id": self.env.ref("edu_core.edu_duty_type_year_setup").id,
                "user_id": self.it_admin.id,
                "company_id": self.company.id,
                "date_from": self.day(-1),
                "decision_number": "45/QĐ-THCS",
                "decision_date": self.day(-1),
            }
        )
        self.assertTrue(self.window(user=self.it_admin))

    def test_window_is_of_one_piece(self):
        other_year = self.env["edu.school.year"].create(
            {
                "name": "2031-2032",
                "date_start": "2031-09-05",
                "date_end": "2032-05-31",
                "company_id": self.company.id,
            }
        )
        grade = self.env.ref("edu_core.edu_grade_9")
        for wrong in (
            {"school_year_id": other_year.id},
            {"class_id": self.school_class.id, "grade_id": grade.id},
            {"level_id": grade.level_id.id, "class_id": self.school_class.id},
            {"column_kind": "final", "column_id": self.sheet._edu_columns()[0].id},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.window(**wrong)

    @seed("R4.5a")
    def test_windows_are_proposed_from_the_periods(self):
        year = self.school_class.school_year_id.with_user(self.principal)
        with self.assertRaisesRegex(UserError, "Học kì I"):
            year.action_lock_windows()
        self.book.period_id.write({"date_start": self.day(-20), "date_end": self.day(100)})
        year.with_user(self.teacher).action_lock_windows()
        self.assertFalse(year.window_ids)
        action = year.action_lock_windows()
        windows = self.env["edu.lock.window"].search(action["domain"])
        kinds = windows.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["entry", "exam", "close", "close"])
        self.assertEqual(set(windows.mapped("state")), {"proposed"})
        entry, exam, close, yearly = windows.sorted("id")
        self.assertEqual((exam.exam_date, entry.date_to), (self.day(86), self.day(79)))
        self.assertEqual((close.date_from, yearly.period_id.id), (self.day(108), False))
        self.assertEqual(self.refused(self.cell(column="CK")), [None])
        windows.with_user(self.principal).action_put_in_force()
        self.assertEqual(self.refused(self.cell(1, column="CK")), ["NOT_YET"])
        year.action_lock_windows()
        self.assertEqual(len(year.window_ids), 4)

    def test_as_many_queries_for_forty_pupils_as_for_four(self):
        self.window(first=-9, last=9)
        self.exam(30)
        sheet = self.sheet.with_user(self.teacher)

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            json.dumps(sheet.load_cells())
            return self.env.cr.sql_log_count - before

        cost()
        four = cost()
        self.add_pupils(self.school_class, 36, first=10)
        self.assertEqual(cost(), four)

    def test_an_x2many_of_the_year_is_no_way_round(self):
        window = self.window(last=-1)
        year = self.school_class.school_year_id
        with self.assertRaises(AccessError):
            year.with_user(self.it_admin).write(
                {"window_ids": [Command.update(window.id, {"date_to": self.day(9)})]}
            )
        self.assertEqual(self.refused(self.cell()), ["OVER"])
