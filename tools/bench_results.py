"""The benchmark of a whole school's results of the year: in sets, by stored computes, in bare SQL.

The ways run over the same semester results. Before every round all of them change, so that every
row is computed and written again.
"""

from __future__ import annotations

import os
import statistics
import time

from places import say
from psycopg2.extras import execute_values

SIZES = [int(size) for size in os.environ.get("EDU_BENCH_RESULTS", "1200,5000").split(",")]
CLASS_SIZE = 45
ROUNDS = 3
CHUNK = 1000
TABLES = ("edu_subject_result", "edu_period_result")
BARE = {"edu_year_subject": "bare_subject", "edu_year_result": "bare_result"}


class ResultsBench:
    """One school of ``size`` pupils, in a database that is dropped afterwards."""

    def __init__(self, env, size):
        self.env, self.cr, self.size = env, env.cr, size
        self.judge = env["edu.year.judge"]

    def run(self):
        """Build the school, take the ways in turns, print the medians and their ratios."""
        started = time.perf_counter()
        self._build()
        rows = sum(map(len, self.reviews._edu_expected()))
        say(f"  {self.size} pupils, {rows} rows, built in {time.perf_counter() - started:.0f} s")
        times = {"sets": [], "stored": [], "bare": [], "single": []}
        self._change(ROUNDS)
        times["single"].append(self._time(self._record_by_record))  # too slow to repeat
        for number in range(ROUNDS):
            self._change(number)
            written = self.reviews._edu_expected()
            for name, way in (
                ("sets", self.reviews._edu_compute),
                ("stored", self._stored_computes),
                ("bare", lambda written=written: self._bare_sql(*written)),
            ):
                times[name].append(self._time(way))
            self.cr.commit()
        sets, stored, bare, single = (statistics.median(times[name]) for name in times)
        say(
            f"results of {self.size} pupils: in sets {sets:.2f} s; stored computes record by record"
            f" {single:.2f} s, {single / sets:.1f} x ours; all of them in one flush {stored:.2f} s,"
            f" {stored / sets:.1f} x ours; bare SQL {bare:.2f} s, ours {sets / bare:.1f} x it"
        )
        self._check()

    def _time(self, way):
        self.env.flush_all()
        self.env.invalidate_all()
        before = time.perf_counter()
        way()
        self.env.flush_all()
        return time.perf_counter() - before

    # -- the school ------------------------------------------------------------------------------

    def _build(self):
        year = self.env.ref("edu_core.edu_class_6a").school_year_id
        count = -(-self.size // CLASS_SIZE)
        grade = self.env.ref("edu_core.edu_grade_6")
        self.classes = self.env["edu.class"].create(
            [
                {
                    "name": f"6/{self.size}/{number}",
                    "school_year_id": year.id,
                    "grade_id": grade.id,
                }
                for number in range(count)
            ]
        )
        self._admit()
        self.books = self.env["edu.gradebook"]._edu_open(self.classes).period_ids
        self.reviews = self.env["edu.year.review"]._edu_open(self.classes)
        self.env.flush_all()
        for table in TABLES:
            self.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self._semesters()
        self.reviews._edu_compute()
        for review in self.reviews:
            review._edu_record_entries("absent", dict.fromkeys(review.result_ids, "3"))
        self._baseline()
        for table, bare in BARE.items():
            self.cr.execute(f"CREATE TEMP TABLE IF NOT EXISTS {bare} (LIKE {table} INCLUDING ALL)")
            self.cr.execute(f"ALTER TABLE {bare} SET (fillfactor = 50)")
            self.cr.execute(f"TRUNCATE {bare}")
            self.cr.execute(f"INSERT INTO {bare} SELECT * FROM {table}")
        for table in TABLES:
            self.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        # rows of the running transaction cost more: their foreign keys are checked at each change
        self.cr.commit()
        self.cr.execute("ANALYZE")  # as the server does by itself after an hour of work

    def _admit(self):
        for place, school_class in enumerate(self.classes):
            here = min(CLASS_SIZE, self.size - place * CLASS_SIZE)
            students = self.env["edu.student"].create(
                [{"name": f"Học sinh {place} {number}"} for number in range(here)]
            )
            self.env["edu.movement"]._edu_admit(students, school_class)

    def _semesters(self):
        """Results and conduct of both semesters, plausible and spread."""
        self.cr.execute(
            """
            INSERT INTO edu_subject_result (gradebook_period_id, gradesheet_id, enrollment_id,
                value, input_hash, rule_version, trace)
            SELECT sheet.gradebook_period_id, sheet.id, line.id, '', '', 'tt22-1', ''
            FROM edu_gradesheet sheet JOIN edu_enrollment line ON line.class_id = sheet.class_id
            WHERE sheet.class_id = ANY(%s)
            """,
            [self.classes.ids],
        )
        self.cr.execute(
            """
            INSERT INTO edu_period_result (gradebook_period_id, enrollment_id, conduct)
            SELECT book.id, line.id,
                (ARRAY['TOT', 'TOT', 'TOT', 'KHA', 'DAT'])[1 + (line.id + book.id) %% 5]
            FROM edu_gradebook_period book
            JOIN edu_enrollment line ON line.class_id = book.class_id
            WHERE book.class_id = ANY(%s)
            """,
            [self.classes.ids],
        )
        self._change(-1)

    def _change(self, number):
        """Other results in every subject, each pupil's its own: "9.1", "4.7"; one in nine comments
        is CĐ."""
        self.cr.execute(
            """
            UPDATE edu_subject_result result SET value = CASE
                WHEN sheet.assess = 'comment'
                THEN CASE WHEN (hashint4(result.id + %(n)s) & 65535) %% 9 = 0 THEN 'CĐ' ELSE 'Đ' END
                ELSE round((45 + (hashint4(result.id + %(n)s) & 65535) %% 56) / 10.0, 1)::text END
            FROM edu_gradesheet sheet
            WHERE sheet.id = result.gradesheet_id AND sheet.class_id = ANY(%(classes)s)
            """,
            {"n": number, "classes": self.classes.ids},
        )
        if number >= 0:
            self._hand_over()
            self.cr.commit()

    # -- the other ways --------------------------------------------------------------------------

    def _baseline(self):
        """The same school in the models of the baseline; a pupil has the id of the enrolment."""
        self.cr.execute(
            """
            INSERT INTO bench_pupil (id, conduct_hk1, conduct_hk2, absent)
            SELECT enrollment_id, conduct_hk1, conduct_hk2, 3 FROM edu_year_result
            WHERE review_id = ANY(%(reviews)s)
            """,
            {"reviews": self.reviews.ids},
        )
        self.cr.execute(
            """
            INSERT INTO bench_subject (pupil_id, code, assess)
            SELECT result.enrollment_id, subject.code, result.assess
            FROM edu_year_subject result JOIN edu_subject subject ON subject.id = result.subject_id
            WHERE result.review_id = ANY(%(reviews)s)
            """,
            {"reviews": self.reviews.ids},
        )
        self.cr.execute(
            """
            INSERT INTO bench_semester (subject_id, code)
            SELECT row.id, period.code FROM edu_year_result result
            JOIN bench_subject row ON row.pupil_id = result.enrollment_id
            CROSS JOIN (VALUES ('HK1'), ('HK2')) AS period (code)
            WHERE result.review_id = ANY(%(reviews)s)
            """,
            {"reviews": self.reviews.ids},
        )
        self._hand_over()
        self.env.invalidate_all()

    def _hand_over(self):
        """The semesters' results, for the baseline to compute the year from."""
        self.cr.execute(
            """
            UPDATE bench_semester semester SET value = source.value FROM (
                SELECT row.id AS subject, period.code, result.value
                FROM edu_subject_result result
                JOIN edu_gradesheet sheet ON sheet.id = result.gradesheet_id
                JOIN edu_subject subject ON subject.id = sheet.subject_id
                JOIN edu_period period ON period.id = sheet.period_id
                JOIN bench_subject row
                    ON row.pupil_id = result.enrollment_id AND row.code = subject.code
                WHERE sheet.class_id = ANY(%s)) source
            WHERE semester.subject_id = source.subject AND semester.code = source.code
            """,
            [self.classes.ids],
        )

    def _pupils(self):
        return self.env["bench.pupil"].browse(self.reviews.result_ids.enrollment_id.ids)

    def _stored_computes(self):
        """As a change of all inputs makes Odoo do it at best: one flush for the whole school."""
        pupils = self._pupils()
        self._recompute(pupils.subject_ids, pupils)

    def _record_by_record(self):
        """As a form, an import or a loop makes Odoo do it: each pupil when its inputs changed."""
        for pupil in self._pupils():
            self._recompute(pupil.subject_ids, pupil)

    def _recompute(self, subjects, pupils):
        for records in (subjects, pupils):
            for field in records._fields.values():
                if field.compute and field.store:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()

    def _bare_sql(self, subject_rows, pupil_rows):
        """Read what ours reads, write what ours writes, compute nothing."""
        from odoo.addons.edu_gradebook.models import edu_year_judge as queries
        from odoo.addons.edu_gradebook.models.edu_year_result import COMPUTED_RESULT
        from odoo.addons.edu_gradebook.models.edu_year_subject import COMPUTED_SUBJECT

        lines = [row["enrollment_id"] for row in pupil_rows]
        values = {"lines": lines, "left_out": list(queries.LEFT_OUT)}
        for query in (queries.SUBJECT_RESULTS, queries.CONDUCT):
            self.judge._edu_query(query, **values)
        for table, key, columns, rows in (
            (
                "bare_subject",
                ("review_id", "enrollment_id", "subject_id"),
                COMPUTED_SUBJECT,
                subject_rows,
            ),
            ("bare_result", ("review_id", "enrollment_id"), COMPUTED_RESULT, pupil_rows),
        ):
            names = [*key, *columns]
            updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
            execute_values(
                self.cr._obj,
                f"INSERT INTO {table} ({', '.join(names)}) VALUES %s"
                f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}",
                [tuple(row[name] for name in names) for row in rows],
                page_size=CHUNK,
            )

    def _check(self):
        """All ways say the same of every pupil; otherwise their times say nothing."""
        self.env.flush_all()
        self.cr.execute(
            """
            SELECT count(*) FILTER (WHERE (ours.conduct, ours.study_final, ours.outcome, ours.title)
                IS DISTINCT FROM (base.conduct, base.study_final, base.outcome, base.title)),
                count(*)
            FROM edu_year_result ours JOIN bench_pupil base ON base.id = ours.enrollment_id
            WHERE ours.review_id = ANY(%s)
            """,
            [self.reviews.ids],
        )
        different, compared = self.cr.fetchone()
        if different or compared != self.size:
            raise AssertionError(f"{different} of {compared} pupils differ between the ways")


def results(inside):
    """The benchmark for every size."""
    for size in SIZES:
        ResultsBench(inside.env, size).run()
