import json
from contextlib import contextmanager

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.ledger import verify_export
from edu_records.testing import seed

from .common import EduCase

TABLES = ("edu_student", "edu_enrollment", "edu_movement")


@tagged("post_install", "-at_install")
class TestChained(EduCase):
    """Pupils, their places and movements are what their chains recorded, whoever writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.school_class.copy({"name": "6B", "homeroom_user_id": False})
        cls.student, cls.other = cls._students("Lê Văn An", "Trần Thị Bình")
        cls.movement = cls.student.movement_ids
        cls.line = cls.student.enrollment_ids
        cls.chain = f"student:{cls.student.id}"

    def refused(self, query, *args):
        """What the database says to a statement in SQL, at once or when the transaction ends."""
        self.settle()
        with (
            self.assertRaises(psycopg2.Error) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query, args)
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return str(caught.exception)

    @contextmanager
    def power(self):
        """The tables' triggers are off, as the owner of the tables can do; undone afterwards."""
        savepoint = self.env.cr.savepoint()
        self.settle()
        for table in TABLES:
            self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield self.env.cr
        self.env.invalidate_all(flush=False)
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)

    def switched_on(self):
        for table in TABLES:
            self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def found(self):
        """``[(code, chain, message)]``, the same in Odoo and offline."""
        report = self.env["edu.ledger.verification"]._edu_run(self.company)
        here = [(one.code, one.chain, one.message) for one in report.finding_ids]
        export = json.loads(self.env["edu.ledger.entry"]._edu_export(self.company))
        there = [(one.code, one.chain, one.message) for one in verify_export(export).findings]
        self.assertEqual(here, there)
        return here

    @seed("P2.2.3b", "P2.2.3d", "R5.5.5a")
    def test_no_recorded_column_changes_in_sql(self):
        student, line, movement = self.student.id, self.line.id, self.movement.id
        other = self.other.id
        for query, *args in (
            ("UPDATE edu_student SET status = 'completed' WHERE id = %s", student),
            ("UPDATE edu_student SET class_id = %s WHERE id = %s", self.second.id, student),
            ("UPDATE edu_student SET register_number = '1' WHERE id = %s", student),
            ("UPDATE edu_student SET merged_into_id = %s WHERE id = %s", other, student),
            ("UPDATE edu_enrollment SET state = 'left' WHERE id = %s", line),
            ("UPDATE edu_enrollment SET active = false WHERE id = %s", line),
            ("UPDATE edu_enrollment SET date_end = date_start WHERE id = %s", line),
            ("UPDATE edu_enrollment SET class_id = %s WHERE id = %s", self.second.id, line),
            ("UPDATE edu_movement SET date = date - 1 WHERE id = %s", movement),
            ("UPDATE edu_movement SET author_id = %s WHERE id = %s", self.teacher.id, movement),
            ("UPDATE edu_movement SET decision_number = '7/QĐ' WHERE id = %s", movement),
            ("UPDATE edu_movement SET student_id = %s WHERE id = %s", other, movement),
            ("UPDATE edu_movement SET cancelled_by_id = %s WHERE id = %s", movement, movement),
            (
                "INSERT INTO edu_student (name, company_id, status) VALUES ('X', %s, 'studying')",
                self.company.id,
            ),
            (
                "INSERT INTO edu_enrollment (class_id, student_id, state)"
                " VALUES (%s, %s, 'active')",
                self.second.id,
                student,
            ),
        ):
            with self.subTest(query):
                self.assertIn("the ledger does not record", self.refused(query, *args))

    @seed("P2.2.3d")
    def test_nothing_is_deleted_in_sql(self):
        for table, record in zip(TABLES, (self.student, self.line, self.movement), strict=True):
            for query in (
                f"DELETE FROM {table} WHERE id = {record.id}",
                f"TRUNCATE {table} CASCADE",
            ):
                with self.subTest(query):
                    self.assertIn("is refused", self.refused(query))

    def test_a_change_with_its_entry_passes_and_one_with_an_old_entry_does_not(self):
        facts = {"status": "completed", "register_number": self.student.register_number}
        event = {"operation": "set", "model": "edu.student", "record": str(self.student.id)}
        event |= {"slot": "facts", "new": json.dumps(facts)}
        query = "UPDATE edu_student SET status = 'completed', class_id = NULL WHERE id = %s"
        self.refused(query, self.student.id)
        self.env["edu.ledger.chain"]._edu_append([(self.student._edu_chains(), event)])
        self.env.cr.execute(query, [self.student.id])
        self.settle()
        back = "UPDATE edu_student SET status = 'studying', class_id = %s WHERE id = %s"
        self.refused(back, self.school_class.id, self.student.id)

    def test_what_no_column_records_stays_free(self):
        """A pupil without movements, names, numbers of a list: no entry is asked for."""
        waiting = self.env["edu.student"].create({"name": "Chờ", "company_id": self.company.id})
        waiting.name = "Vẫn Chờ"
        self.school_class.enrollment_ids._edu_set_numbers(5)
        self.student.name = "Lê Văn Anh"
        self.settle()
        self.assertEqual(self.found(), [])

    @seed("P2.2.3d", "R5.2a", "P2.2.3f")
    def test_each_difference_is_found_in_odoo_and_offline(self):
        student, line, movement = self.student.id, self.line.id, self.movement.id
        for query, row in (
            (
                "UPDATE edu_student SET status = 'waiting', class_id = NULL, register_number = NULL"
                f" WHERE id = {student}",
                f"edu.student {student}, facts: the data has",
            ),
            (
                f"UPDATE edu_student SET class_id = {self.second.id} WHERE id = {student}",
                f"edu.student {student}, facts: the data has",
            ),
            (
                f"UPDATE edu_enrollment SET date_end = date_start WHERE id = {line}",
                f"edu.enrollment {line}, facts: the data has",
            ),
            (
                f"UPDATE edu_movement SET to_school = 'THCS Khác' WHERE id = {movement}",
                f"edu.movement {movement}, facts: the data has",
            ),
            (
                f"UPDATE edu_movement SET company_id = 1 WHERE id = {movement}",
                f"edu.movement {movement}, facts: ",
            ),
        ):
            with self.subTest(query), self.power() as cr:
                cr.execute(query)
                self.switched_on()
                ((code, chain, message),) = self.found()
                self.assertEqual((code, chain), ("DATA_MISMATCH", self.chain))
                self.assertIn(row, message)

    @seed("P2.2.3d")
    def test_rows_that_are_gone_or_new_are_found(self):
        with self.power() as cr:
            cr.execute("UPDATE edu_enrollment SET entry_movement_id = NULL")
            cr.execute("DELETE FROM edu_movement WHERE student_id = %s", [self.other.id])
            cr.execute(
                "INSERT INTO edu_movement (kind, date, student_id, company_id, status_before,"
                " status_after, author_id) VALUES ('drop_out', now(), %s, %s, 'studying',"
                " 'dropped_out', 1) RETURNING id",
                [self.student.id, self.company.id],
            )
            (forged,) = cr.fetchone()
            self.switched_on()
            messages = [message for _code, _chain, message in self.found()]
        self.assertTrue(any(f"edu.movement {forged}" in one for one in messages))
        self.assertTrue(any(one.endswith("is not in the data") for one in messages))

    @seed("P2.2.3d")
    def test_a_trigger_that_is_off_is_found(self):
        with self.power():
            report = self.env["edu.ledger.verification"]._edu_run(self.company)
            messages = report.finding_ids.mapped("message")
        for table in TABLES:
            self.assertIn(f"the trigger edu_chained_check on {table} is switched off", messages)

    @seed("R5.5.5d")
    def test_the_whole_way_of_a_pupil_is_recorded(self):
        Movement = self.env["edu.movement"]
        student, year = self.student, self.year
        Movement._edu_move("class_change", student, "2026-10-05", self.second, reason="Theo đơn")
        away = Movement._edu_move("suspension", student, "2026-11-02")
        away._edu_cancel("Nhầm")
        self.assertEqual((student.status, student.class_id), ("studying", self.second))
        twin = self.env["edu.student"].create({"name": "Lê Văn An", "company_id": self.company.id})
        merge = self.env["edu.student.merge"].create(
            {"student_ids": [(6, 0, (student | twin).ids)], "keep_id": student.id}
        )
        merge.with_user(self.clerk).sudo(False).action_merge()
        self.settle()
        self.assertEqual(twin.merged_into_id, student)
        self.assertEqual(self.found(), [])
        self.assertEqual(year, student.enrollment_ids.school_year_id)

    def test_one_pupils_chain_exports_alone(self):
        self.env["edu.student"].create({"name": "Chờ", "company_id": self.company.id})
        export = json.loads(
            self.env["edu.ledger.entry"]._edu_export(self.company, self.student._edu_chains())
        )
        models = {row["model"] for row in export["data"]["values"]}
        self.assertEqual(models, {"edu.student", "edu.enrollment", "edu.movement"})
        self.assertFalse(verify_export(export).findings)
        del export["data"]["values"][-1]
        self.assertEqual([one.code for one in verify_export(export).findings], ["DATA_MISMATCH"])

    def test_the_cost_does_not_grow_with_the_pupils(self):
        """Recorded facts of 4 pupils take as many queries as those of 40."""

        def cost(count):
            names = [f"Học Sinh {number}" for number in range(count)]
            students = self.env["edu.student"].create(
                [{"name": name, "company_id": self.company.id} for name in names]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["edu.movement"]._edu_admit(students, self.school_class)
            return self.env.cr.sql_log_count - before

        cost(4)
        self.assertEqual(cost(4), cost(40))
