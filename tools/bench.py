#!/usr/bin/env python3
"""Benchmarks: what our way costs against the stock way on the same data, as a ratio.

    make bench                                   all of them
    .edu/venv/bin/python tools/bench.py lists    some: marks, school, lists, results

Works in the database edu_bench, which it makes and drops. Every figure is the median of several
runs, taken in turns so that a noisy moment hits both ways.
"""

from __future__ import annotations

import base64
import itertools
import os
import resource
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

import bench_results
import demo_school
import postgres
from places import ADDONS, CONF, ROOT, VENV_PYTHON, Failure, main, our_addons, say

DATABASE = "edu_bench"
PUPILS = 45
ROUNDS = 15
LIST = int(os.environ.get("EDU_BENCH_LIST", "5000"))
CLASS_SIZE = 45
# with the baselines that are models of their own
ADDONS_PATH = f"{ADDONS},{ROOT / 'tools' / 'bench_addons'}"
BASELINES = ["edu_bench_results"]


def bench() -> int:
    """Make the database, run the benchmarks inside Odoo, drop the database."""
    if "--inside" in sys.argv:
        Inside().run()
        return 0
    postgres.start()
    _database("drop database if exists {}", "create database {} template template0 lc_collate 'C'")
    environment = {**os.environ, **postgres.environment()}
    say(f"Installing {', '.join(our_addons())} into {DATABASE} …")
    install = [
        *(str(VENV_PYTHON), "-m", "odoo", "-c", str(CONF), "-d", DATABASE, "--no-http"),
        *("-i", ",".join(our_addons() + BASELINES), f"--addons-path={ADDONS_PATH}"),
        *("--with-demo", "--stop-after-init"),
    ]
    try:
        if subprocess.run(install, env=environment, capture_output=True).returncode:
            raise Failure("the addons could not be installed: run make test and read its log.")
        inside = [str(VENV_PYTHON), __file__, "--inside", *sys.argv[1:]]
        return subprocess.run(inside, env=environment).returncode
    finally:
        _database("drop database if exists {}")


def _database(*statements):
    import psycopg2
    from psycopg2 import sql

    given = postgres.environment()
    connection = psycopg2.connect(
        dbname="postgres", host=given["PGHOST"], port=given["PGPORT"], user=given["PGUSER"]
    )
    connection.autocommit = True
    with connection.cursor() as cr:
        for statement in statements:
            cr.execute(sql.SQL(statement).format(sql.Identifier(DATABASE)))
    connection.close()


class Inside:
    """The benchmarks, in a process that has Odoo loaded."""

    def __init__(self):
        import odoo.init  # noqa: F401 - sets Odoo up
        from odoo import api
        from odoo.modules.registry import Registry
        from odoo.tools import config

        config.parse_config(
            [
                *("-c", str(CONF), "-d", DATABASE, "--no-http", "--log-level", "error"),
                f"--addons-path={ADDONS_PATH}",
            ],
            setup_logging=True,
        )
        self.cr = Registry(DATABASE).cursor()
        self.env = api.Environment(self.cr, api.SUPERUSER_ID, {"tracking_disable": True})
        self.versions, self.plain = {}, None

    def run(self):
        """The benchmarks named on the command line, or all."""
        known = {
            "marks": self.marks,
            "school": self.school,
            "lists": self.lists,
            "results": self.results,
        }
        for name in [one for one in sys.argv[1:] if one in known] or known:
            known[name]()
        self.cr.rollback()

    def marks(self):
        """A column of marks for a class."""
        sheet, other, lines = self._class()
        # every round rewrites the column: the guards compute all the same, and find it normal
        other.company_id.write(
            {"edu_guard_rows": 100, "edu_guard_changed_share": 100, "edu_guard_bulk": 100}
        )
        self._plain_model()
        self.compare(
            f"{PUPILS} marks saved with ledger and triggers, against Odoo's write()",
            lambda number: self._save(other, lines, number),
            lambda number: self._write(other, lines, number),
        )
        self.compare(
            f"{PUPILS} marks saved with ledger and triggers, against the same save without them",
            lambda number: self._save(sheet, lines, number),
            lambda number: self._save(sheet, lines, number),
            around={"ours": self._undone, "stock": self._no_ledger},
        )

    @contextmanager
    def _undone(self):
        """What is entered is entered for the first time."""
        self.versions.clear()
        with self.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all(flush=False)

    @contextmanager
    def _no_ledger(self):
        """Neither entries in the ledger nor triggers on marks."""
        chain, numbers = self.env.registry["edu.ledger.chain"], itertools.count(1)

        def append(_chains, events):
            return [(chain, next(numbers), "") for chain, _event in events]

        with self._undone(), patch.object(chain, "_edu_append", append):
            self.cr.execute("ALTER TABLE edu_mark DISABLE TRIGGER USER")
            yield

    def lists(self):
        """A school's pupils and their parents from a workbook, against load() of the same rows.

        load() gets the rows as Python lists, checks and writes pupil and parents, and that is all.
        Ours reads the workbook, checks every cell, finds who is known, shows each row's changes and
        tries the rows on the records; then it plans again, writes the same pupil and parents, draws
        register numbers, admits everybody into a class list in the order of names, records each
        movement in the ledger and keeps what taking it back needs.
        """
        classes = self._classes()
        say(f"  {' '.join(self.lists.__doc__.split())}")
        self.compare(
            f"{LIST} pupils checked, tried and imported, against Odoo's load() of the same rows",
            lambda number: self._import(classes, 2 * number),
            lambda number: self._load(2 * number + 1),
            rounds=1,
        )

    def school(self):
        """The overview of the demo school, against its pupils, sheets and marks class by class."""
        (made,) = demo_school.build(self.env, plans=[demo_school.SCHOOL]).values()
        user = self.env["res.users"].search([("login", "=", "sv.principal")])
        env = self.env(user=user, context={"allowed_company_ids": user.company_id.ids})
        self.compare(
            f"overview of {made['pupils']} pupils, {made['marks']} marks, against class by class",
            lambda _number: env["edu.dashboard"].load(),
            lambda _number: self._class_by_class(env),
            around={"ours": self._cold, "stock": self._cold},
        )

    @contextmanager
    def _cold(self):
        """As a new request finds it: nothing is read yet."""
        self.env.invalidate_all()
        yield

    def _class_by_class(self, env):
        """What a report without sets reads of each class: pupils, sheets confirmed, marks."""
        for school_class in env["edu.class"].search([]):
            len(school_class.enrollment_ids.filtered(lambda line: line.state == "active"))
            for sheet in env["edu.gradesheet"].search([("class_id", "=", school_class.id)]):
                env["edu.mark"].search_count([("gradesheet_id", "=", sheet.id)])
                sheet.confirmed  # noqa: B018 - read, as a screen does

    def results(self):
        """A whole school's results of the year, see :mod:`bench_results`."""
        bench_results.results(self)

    def _classes(self):
        year = self.env.ref("edu_core.edu_class_6a").school_year_id
        grade = self.env.ref("edu_core.edu_grade_6")
        count = -(-LIST // CLASS_SIZE)
        return self.env["edu.class"].create(
            [
                {"name": f"6/{number}", "school_year_id": year.id, "grade_id": grade.id}
                for number in range(count)
            ]
        )

    def _rows(self, number):
        return [
            {
                "code": f"38{number:02d}{place:06d}",
                "name": f"Học sinh số {place}",
                "birth_date": f"2015-{1 + place % 12:02d}-{1 + place % 28:02d}",
                "gender": "female" if place % 2 else "male",
                "ethnic": "Kinh",
                "address": f"Thôn {place}",
                "father": f"Nguyễn Văn {place}",
                "mother": f"Lê Thị {place}",
            }
            for place in range(LIST)
        ]

    def _import(self, classes, number):
        from edu_records.exchange import table_workbook

        rows = self._rows(number)
        for place, row in enumerate(rows):
            row["class_code"] = classes[place // CLASS_SIZE].name
        before, queries = time.perf_counter(), self.cr.sql_log_count
        brought = self.env["edu.import"].create(
            {
                "entity": "students",
                "school_year_id": classes.school_year_id.id,
                "file": base64.b64encode(table_workbook("students", rows)),
            }
        )
        seconds = []
        steps = [
            (brought.action_check, "checking"),
            (brought._edu_promised, "checked"),
            (brought.action_import, "running"),
            (brought._edu_promised, "done"),
        ]
        for work, state in steps:
            work()
            if brought.state != state:
                raise Failure(brought.report or brought.state)
            seconds.append(time.perf_counter() - before)
        shown, tried, _asked, done = seconds
        queries = self.cr.sql_log_count - queries
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(
            f"  shown after {shown:.1f} s, tried after {tried:.1f} s, imported after {done:.1f} s;"
            f" {queries} queries, {most} MB at most"
        )

    def _load(self, number):
        rows = []
        for row in self._rows(number):
            father, mother = row.pop("father"), row.pop("mother")
            rows.append([*row.values(), father, "father"])
            rows.append([*[""] * len(row), mother, "mother"])
        columns = ["code", "name", "birth_date", "gender", "ethnic_group_id", "address"]
        parents = ["guardian_ids/name", "guardian_ids/relation"]
        answer = self.env["edu.student"].load(columns + parents, rows)
        if len(answer["ids"] or ()) != LIST:
            raise Failure(str(answer["messages"][:3]))

    def compare(self, what, ours, stock, rounds=ROUNDS, around=None):
        """Print the medians of both ways and their ratio.

        ``around`` has context managers, whose own time does not count, by "ours" and "stock".
        """
        times = {"ours": [], "stock": []}
        for number in range(rounds):
            for name, way in (("ours", ours), ("stock", stock)):
                with (around or {}).get(name, nullcontext)():
                    before = time.perf_counter()
                    way(number)
                    self.env.flush_all()
                    times[name].append(time.perf_counter() - before)
        ours, stock = (statistics.median(times[name]) * 1000 for name in ("ours", "stock"))
        say(f"{what}: {ours:.1f} ms / {stock:.1f} ms = ratio {ours / stock:.2f}")

    def _class(self):
        school_class = self.env.ref("edu_core.edu_class_6a")
        students = self.env["edu.student"].create(
            [{"name": f"Học sinh {number:02d}"} for number in range(PUPILS)]
        )
        lines = self.env["edu.movement"]._edu_admit(students, school_class).to_enrollment_id
        sheets = self.env["edu.gradesheet"].search([("class_id", "=", school_class.id)])
        named = {sheet.subject_id.code: sheet for sheet in sheets.sorted("id", reverse=True)}
        return named["TOAN"], named["VAN"], lines

    def _plain_model(self):
        """A model as a user makes one without us: the same columns, no ledger, no checks."""
        columns = {
            "x_gradesheet": "integer",
            "x_enrollment": "integer",
            "x_column": "char",
            "x_token": "char",
            "x_kind": "char",
        }
        self.env["ir.model"].create(
            {
                "name": "Plain Mark",
                "model": "x_plain_mark",
                "field_id": [
                    (0, 0, {"name": name, "ttype": kind, "field_description": name})
                    for name, kind in columns.items()
                ],
            }
        )

    def _save(self, sheet, lines, number):
        teacher = sheet.teacher_ids[:1]
        cells = [
            {
                "enrollment": line.id,
                "column": "TX1",
                "value": f"{(number + position) % 10},{number % 10}",
                "version": self.versions.get((sheet, line), 0),
            }
            for position, line in enumerate(lines)
        ]
        answers = sheet.with_user(teacher).save_cells(cells)
        for line, answer in zip(lines, answers, strict=True):
            self.versions[sheet, line] = answer["version"]

    def _write(self, sheet, lines, number):
        """The same marks the stock way: a row each, written like a web client's list does."""
        values = [
            {
                "x_gradesheet": sheet.id,
                "x_enrollment": line.id,
                "x_column": "TX1",
                "x_token": f"{(number + position) % 10}.{number % 10}",
                "x_kind": "value",
            }
            for position, line in enumerate(lines)
        ]
        if not self.plain:
            self.plain = self.env["x_plain_mark"].create(values)
        for record, vals in zip(self.plain, values, strict=True):
            record.write(vals)


if __name__ == "__main__":
    main(bench)
