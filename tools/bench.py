#!/usr/bin/env python3
"""Benchmarks: what our way costs against the stock way on the same data, as a ratio.

    make bench

Works in the database edu_bench, which it makes and drops. Every figure is the median of several
runs, taken in turns so that a noisy moment hits both ways.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import postgres
from places import CONF, VENV_PYTHON, Failure, main, our_addons, say

DATABASE = "edu_bench"
PUPILS = 45
ROUNDS = 15


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
        *("-i", ",".join(our_addons()), "--with-demo", "--stop-after-init"),
    ]
    try:
        if subprocess.run(install, env=environment, capture_output=True).returncode:
            raise Failure("the addons could not be installed: run make test and read its log.")
        inside = [str(VENV_PYTHON), __file__, "--inside"]
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
            ["-c", str(CONF), "-d", DATABASE, "--no-http", "--log-level", "error"],
            setup_logging=True,
        )
        self.cr = Registry(DATABASE).cursor()
        self.env = api.Environment(self.cr, api.SUPERUSER_ID, {"tracking_disable": True})
        self.versions, self.plain = {}, None

    def run(self):
        sheet, lines = self._class()
        # every round rewrites the column: the guards compute all the same, and find it normal
        sheet.company_id.write(
            {"edu_guard_rows": 100, "edu_guard_changed_share": 100, "edu_guard_bulk": 100}
        )
        self._plain_model()
        self.compare(
            f"{PUPILS} marks saved with ledger and triggers, against Odoo's write()",
            lambda number: self._save(sheet, lines, number),
            lambda number: self._write(sheet, lines, number),
        )
        self.cr.rollback()

    def compare(self, what, ours, stock):
        """Print the medians of both ways and their ratio."""
        times = {"ours": [], "stock": []}
        for number in range(ROUNDS):
            for name, way in (("ours", ours), ("stock", stock)):
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
        return sheets.filtered(lambda sheet: sheet.subject_id.code == "TOAN")[:1], lines

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
                "version": self.versions.get(line.id, 0),
            }
            for position, line in enumerate(lines)
        ]
        answers = sheet.with_user(teacher).save_cells(cells)
        for line, answer in zip(lines, answers, strict=True):
            self.versions[line.id] = answer["version"]

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
