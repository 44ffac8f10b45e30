import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestTriggers(GradebookCase):
    """SQL attacks with Odoo's own database role."""

    def setUp(self):
        super().setUp()
        self.save(self.cell(value="5"))
        self.env.flush_all()

    def attack(self, query, params=()):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error) as caught,
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query, params)
        return str(caught.exception)

    @seed("P2.2.3b", "P2.2.3d")
    def test_marks_are_not_changed_or_removed_by_sql(self):
        mark = self.mark()
        for query in (
            "UPDATE edu_mark SET token = '10'",
            "UPDATE edu_mark SET token = '10', entry_seq = entry_seq + 1",
            "UPDATE edu_mark SET entry_seq = 0",
            "UPDATE edu_mark SET attempt = 2",
            "UPDATE edu_mark SET kind = 'empty', token = NULL",
            "DELETE FROM edu_mark",
            "TRUNCATE edu_mark",
            "TRUNCATE edu_mark CASCADE",
            "TRUNCATE edu_enrollment CASCADE",
        ):
            with self.subTest(query=query):
                self.assertIn("edu", self.attack(query))
        mark.invalidate_recordset()
        self.assertEqual(mark.token, "5")

    def test_sql_insert_needs_its_entry(self):
        column = self.sheet._edu_columns()[1]
        vals = [self.sheet.id, self.lines[0].id, column.id, self.mark().entry_seq, self.teacher.id]
        message = self.attack(
            "INSERT INTO edu_mark (gradesheet_id, enrollment_id, column_id, attempt, token, kind,"
            " entry_seq, author_id, entered_at)"
            " VALUES (%s, %s, %s, 1, '9', 'value', %s, %s, now())",
            vals,
        )
        self.assertIn("ledger entry", message)

    def test_old_entry_cannot_be_used_again(self):
        first = self.mark().entry_seq
        self.save(self.cell(value="4", version=first))
        message = self.attack(
            "UPDATE edu_mark SET token = '5', entry_seq = %s WHERE id = %s",
            [first, self.mark().id],
        )
        self.assertIn("without a new ledger entry", message)

    def test_another_author_cannot_be_named(self):
        chain = self.sheet.chain_id
        event = {
            "operation": "change",
            "model": "edu.mark",
            "record": str(self.sheet.id),
            "slot": f"{self.lines[0].id}:TX1:1",
            "old": "value|5",
            "new": "value|9",
        }
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):  # noqa: SIM117
            with self.env.cr.savepoint():
                ((_chain, seq, _hash),) = chain._edu_append([(chain, event)])
                self.env.cr.execute(
                    "UPDATE edu_mark SET token = '9', entry_seq = %s, author_id = %s WHERE id = %s",
                    [seq, self.teacher.id, self.mark().id],
                )

    def test_cascades_stop_at_marks(self):
        line = self.lines[0]
        for query in (
            "DELETE FROM edu_enrollment WHERE id = %s",
            "DELETE FROM edu_student WHERE id = (SELECT student_id FROM edu_enrollment"
            " WHERE id = %s)",
        ):
            self.attack(query, [line.id])
        with self.assertRaisesRegex(UserError, "never deleted"):
            line.unlink()
        self.assertTrue(self.mark())

    def test_bad_tokens_stop_at_the_check(self):
        for token in ("11", "8.55", "8,5", "8.0", "-1", "", "D", "x"):
            message = self.attack("UPDATE edu_mark SET token = %s", [token])
            self.assertTrue(message)
        self.env.cr.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'edu_mark_token_valid'"
        )
        self.assertIn("CHECK", self.env.cr.fetchone()[0])

    def test_results_of_an_approved_period_stay(self):
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.env["edu.mark"].invalidate_model()
        self.clear_all()
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.attack("UPDATE edu_period_result SET conduct = 'DAT'")
        self.attack("UPDATE edu_period_result SET conduct = 'DAT', conduct_seq = conduct_seq + 1")
        self.book.with_user(self.principal).action_approve()
        self.env.flush_all()
        for query in (
            "UPDATE edu_period_result SET study_final = 'TOT'",
            "UPDATE edu_subject_result SET value = '10'",
            "DELETE FROM edu_subject_result",
            "DELETE FROM edu_period_result",
            "TRUNCATE edu_period_result, edu_subject_result",
        ):
            with self.subTest(query=query):
                self.attack(query)

    def clear_all(self):
        """Version 0 is what ``fill`` sends; cells that were touched answer with a conflict."""
        cells = self.cell(value="8,5", version=self.mark().entry_seq)
        self.save(cells)

    def test_conduct_needs_its_entry(self):
        self.book.with_user(self.homeroom).save_conduct({str(self.lines[0].id): "KHA"})
        self.attack("UPDATE edu_period_result SET conduct = 'TOT'")
        self.attack(
            "INSERT INTO edu_period_result (gradebook_period_id, enrollment_id, conduct,"
            " conduct_seq) VALUES (%s, %s, 'TOT', 1)",
            [self.book.id, self.lines[1].id],
        )

    def test_grants_are_not_made_by_sql(self):
        self.attack(
            "INSERT INTO edu_unlock_grant (gradesheet_id, valid_until, reason, entry_seq)"
            " VALUES (%s, now() + interval '1 day', 'x', 1)",
            [self.sheet.id],
        )
