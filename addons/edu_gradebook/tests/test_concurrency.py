import threading
import time

import psycopg2

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import get_db_name, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookSchool

PATIENCE = 20  # seconds


@tagged("post_install", "-at_install")
class TestConcurrency(GradebookSchool, BaseCase):
    """Real transactions on real connections; what they commit is removed afterwards."""

    year_name = "2098-2099"

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.marks = self._marks()
        self.addCleanup(self._remove_what_is_new)
        with self.registry.cursor() as cr:
            cls = type(self)
            cls.env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
            cls.company = cls.env.ref("base.main_company")
            cls.set_up_school()
            self.complete()
            self.ids = {
                "book": self.book.id,
                "sheet": self.sheet.id,
                "line": self.lines[0].id,
                "version": self.mark().entry_seq,
                "teacher": self.teacher.id,
                "homeroom": self.homeroom.id,
                "class": self.school_class.id,
                "principal": self.principal.id,
            }

    # -- actors ----------------------------------------------------------------------------------

    def environment(self, who):
        """An environment of ``who`` on a connection of its own, its snapshot taken."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, self.ids[who], {"tracking_disable": True})
        self.assertTrue(env.user.name)
        return env

    def start(self, env, action):
        """Run ``action`` as the server does, with retries; ``finish()`` gives what came of it.

        The server's own ``retrying`` takes the registry's lock, which the test runner holds.
        """
        outcome = []

        def run():
            while not outcome:
                outcome.extend(self.attempt(env, action))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()

        def finish():
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive())
            return outcome[0]

        return finish

    def attempt(self, env, action):
        """``[what came of it]``, or ``[]`` when the server would try again."""
        try:
            with mute_logger("odoo.sql_db"):
                result = action()
            env.cr.commit()
        except psycopg2.errors.SerializationFailure:
            env.cr.rollback()
            return []
        except UserError as error:
            env.cr.rollback()
            return [error]
        return [result]

    def wait_for_a_waiter(self):
        deadline = time.monotonic() + PATIENCE
        with self.registry.cursor() as cr:
            while time.monotonic() < deadline:
                cr.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cr.fetchone()[0]:
                    return
                cr.rollback()
                time.sleep(0.05)
        self.fail("nobody waits")

    def value(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT mark.token FROM edu_mark mark"
                " JOIN edu_mark_column col ON col.id = mark.column_id"
                " WHERE gradesheet_id = %s AND enrollment_id = %s AND col.code = 'TX1'",
                [self.ids["sheet"], self.ids["line"]],
            )
            return cr.fetchone()[0]

    def change(self, env, value="3"):
        sheet = env["edu.gradesheet"].browse(self.ids["sheet"])
        cell = {
            "enrollment": self.ids["line"],
            "column": "TX1",
            "value": value,
            "version": self.ids["version"],
        }
        return sheet.save_cells([cell])

    # -- what may not happen ---------------------------------------------------------------------

    @seed("P2.2.3b")
    def test_lock_that_commits_while_a_save_waits_refuses_it(self):
        principal, teacher = self.environment("principal"), self.environment("teacher")
        principal["edu.gradebook.period"].browse(self.ids["book"]).action_lock()
        principal.flush_all()
        finish = self.start(teacher, lambda: self.change(teacher))
        self.wait_for_a_waiter()
        principal.cr.commit()
        refusal = finish()
        self.assertIsInstance(refusal, UserError)
        self.assertIn(self.principal_name(principal), str(refusal))
        self.assertEqual(self.value(), "8.5")

    def principal_name(self, env):
        return env["res.users"].browse(self.ids["principal"]).sudo().name

    def test_save_that_commits_while_a_lock_waits_holds_it_up(self):
        principal, teacher = self.environment("principal"), self.environment("teacher")
        teacher["edu.gradesheet"].browse(self.ids["sheet"]).action_unconfirm()
        self.assertIn("version", self.change(teacher)[0])
        teacher.flush_all()
        book = principal["edu.gradebook.period"].browse(self.ids["book"])
        finish = self.start(principal, book.action_lock)
        self.wait_for_a_waiter()
        teacher.cr.commit()
        self.assertIsInstance(finish(), UserError)
        self.assertEqual(self.value(), "3")

    def test_two_saves_of_one_cell_are_a_conflict(self):
        first, second = self.environment("teacher"), self.environment("teacher")
        first["edu.gradesheet"].browse(self.ids["sheet"]).action_unconfirm()
        self.change(first, "3")
        finish = self.start(second, lambda: self.change(second, "4"))
        self.wait_for_a_waiter()
        first.cr.commit()
        self.assertEqual(finish()[0]["conflict"]["value"], "3")
        self.assertEqual(self.value(), "3")

    def close(self, env):
        """The principal closes the year from today on."""
        year = env["edu.gradesheet"].browse(self.ids["sheet"]).class_id.school_year_id
        return env["edu.lock.window"].create(
            {
                "kind": "close",
                "school_year_id": year.id,
                "date_from": year.company_id._edu_today(),
            }
        )

    @seed("R4.5a", "P2.2.3b")
    def test_window_that_changes_while_a_save_waits_refuses_it(self):
        principal, teacher = self.environment("principal"), self.environment("teacher")
        teacher["edu.gradesheet"].browse(self.ids["sheet"]).action_unconfirm()
        teacher.cr.commit()
        self.close(principal)
        principal.flush_all()
        finish = self.start(teacher, lambda: self.change(teacher))
        self.wait_for_a_waiter()
        principal.cr.commit()
        refusal = finish()
        self.assertIn("closed since", str(refusal))
        self.assertEqual(self.value(), "8.5")

    @seed("R4.5a", "P2.2.3b")
    def test_automatic_lock_that_commits_while_a_save_waits_refuses_it(self):
        principal, cron = self.environment("principal"), self.environment("principal")
        teacher = self.environment("teacher")
        teacher["edu.gradesheet"].browse(self.ids["sheet"]).action_unconfirm()
        teacher.cr.commit()
        teacher["edu.gradesheet"].browse(self.ids["sheet"]).load_cells()
        self.close(principal)
        principal.cr.commit()
        cron.cr.commit()
        cron["edu.lock.window"].sudo()._edu_tidy()
        cron.flush_all()
        finish = self.start(teacher, lambda: self.change(teacher))
        self.wait_for_a_waiter()
        cron.cr.commit()
        refusal = finish()
        self.assertIsInstance(refusal, UserError)
        self.assertIn("principal", str(refusal))
        self.assertEqual(self.value(), "8.5")

    def test_save_that_commits_first_holds_up_the_window(self):
        principal, teacher = self.environment("principal"), self.environment("teacher")
        teacher["edu.gradesheet"].browse(self.ids["sheet"]).action_unconfirm()
        self.assertIn("version", self.change(teacher)[0])
        teacher.flush_all()
        finish = self.start(principal, lambda: self.close(principal))
        self.wait_for_a_waiter()
        teacher.cr.commit()
        self.assertNotIsInstance(finish(), Exception)
        self.assertEqual(self.value(), "3")

    @seed("R6.2", "P2.2.3b")
    def test_lock_that_commits_while_attendance_is_saved_refuses_it(self):
        principal, homeroom = self.environment("principal"), self.environment("homeroom")
        book = principal["edu.gradebook.period"].browse(self.ids["book"])
        book.sudo().period_id.write({"date_start": "2098-09-05", "date_end": "2098-12-31"})
        book.sudo().class_id.keeps_attendance = True
        principal.cr.commit()
        homeroom.cr.commit()
        cell = {"enrollment": self.ids["line"], "column": "2098-09-08:am", "value": "P"}
        Attendance = homeroom["edu.attendance"]

        def keep():
            return Attendance.save_month(self.ids["class"], "2098-09", [cell])

        # a day to come: its period is open
        self.assertEqual(keep()["cells"][0]["error"], "FUTURE")
        homeroom.cr.rollback()
        book.action_lock()
        principal.flush_all()
        finish = self.start(homeroom, keep)
        self.wait_for_a_waiter()
        principal.cr.commit()
        self.assertEqual(finish()["cells"][0]["error"], "LOCKED")

    # -- removal ---------------------------------------------------------------------------------

    def _tables(self, cr):
        cr.execute(
            "SELECT c.table_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND c.column_name = 'id'"
            " AND t.table_type = 'BASE TABLE'"
        )
        return [name for (name,) in cr.fetchall()]

    def _marks(self):
        """The last id of every table before the test."""
        with self.registry.cursor() as cr:
            last = {}
            for table in self._tables(cr):
                cr.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"')
                last[table] = cr.fetchone()[0]
            return last

    def _remove_what_is_new(self):
        """Delete what the test committed, with the guards of the tables off for the moment."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgname LIKE 'edu\\_%'"
            )
            guarded = [table for (table,) in cr.fetchall()]
            for table in guarded:
                cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            # a row of a class list and the movement that opened it name each other
            cr.execute(
                "UPDATE edu_enrollment SET entry_movement_id = NULL, left_movement_id = NULL"
                " WHERE id > %s",
                [self.marks["edu_enrollment"]],
            )
            left = [table for table in self.marks if self._has_new(cr, table)]
            for _round in range(len(left)):
                left = [table for table in left if not self._removed(cr, table)]
            for table in guarded:
                cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.assertFalse(left)

    def _has_new(self, cr, table):
        cr.execute(f'SELECT 1 FROM "{table}" WHERE id > %s LIMIT 1', [self.marks[table]])
        return cr.fetchone()

    def _removed(self, cr, table):
        try:
            with cr.savepoint(flush=False):
                cr.execute(
                    f'DELETE FROM "{table}" WHERE id > %s',
                    [self.marks[table]],
                    log_exceptions=False,
                )
        except psycopg2.IntegrityError:
            return False
        return True
