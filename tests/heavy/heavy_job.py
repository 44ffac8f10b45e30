"""Odoo for the heavy suites: python heavy_job.py CONF DATABASE LOG.

Reads requests as JSON lines, ``{"do": method, "words": {...}, "child": bool}``, and answers with
JSON lines. A child is forked before it touches the database, so that it can be killed at any
moment; it tells ``{"begun": process id}`` when its work begins and its parent tells how it ended.
"""

import base64
import json
import os
import resource
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from heavy_words import COLUMNS, PASSWORD, SUBJECTS

import odoo.init  # noqa: F401 - sets Odoo's time zone and module path up
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.sql_db import close_all
from odoo.tools import config

SCHOOL = "99000077"
YEAR = "2096-2097"


class Job:
    """What can be asked; every method is a transaction of its own."""

    def __init__(self, conf, database, log):
        config.parse_config(
            ["-c", conf, "-d", database, "--logfile", log, "--no-http"], setup_logging=True
        )
        self.registry = Registry(database)

    @contextmanager
    def acting(self, login):
        """An environment of the user; what it wrote is committed at the end."""
        with self.registry.cursor() as cr:
            root = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
            users = root["res.users"].with_context(active_test=False)
            user = users.search([("login", "=", login)])
            yield api.Environment(cr, user.id, {"tracking_disable": True})

    # -- a school --------------------------------------------------------------------------------

    def school(self, pupils):
        """A school with class 6A, a teacher for each subject, pupils and an open gradebook."""
        with self.acting("__system__") as env:
            self.env = env
            self.company = env["res.company"].create(
                {"name": "Trường THCS Thử nghiệm", "edu_code": SCHOOL}
            )
            users = {
                role: self._user(f"heavy.{role}", role)
                for role in ("principal", "clerk", "it_admin")
            }
            teachers = {
                code: self._user(f"heavy.{code}", "teacher", *["homeroom"] * (code == "VAN"))
                for code in SUBJECTS
            }
            school_class = self._class(teachers)
            lines = self._pupils(school_class, pupils)
            school_class.with_user(users["it_admin"]).action_open_gradebook()
            book = school_class.gradebook_ids.period_ids.filtered(
                lambda period: period.period_id.code == "HK1"
            )
            sheets = book._edu_sheets()
            assert all(tuple(s._edu_columns().mapped("code")) == COLUMNS for s in sheets)
            return {
                "book": book.id,
                "lines": lines.ids,
                "columns": COLUMNS,
                "class": school_class.id,
                "sheets": {
                    sheet.subject_id.code: {"id": sheet.id, "chain": sheet.chain_id.name}
                    for sheet in sheets
                },
            }

    def colleagues(self, number, book):
        """So many teachers for each subject in all, who share its gradesheet: their logins."""
        with self.acting("__system__") as env:
            self.env = env
            sheets = env["edu.gradebook.period"].browse(book)._edu_sheets()
            self.company = sheets.company_id
            logins = {code: [f"heavy.{code}"] for code in SUBJECTS}
            for sheet in sheets:
                mine = logins[sheet.subject_id.code]
                mine += [f"{mine[0]}.{place}" for place in range(1, number)]
                vals = {"class_id": sheet.class_id.id, "subject_id": sheet.subject_id.id}
                env["edu.teaching.assignment"].create(
                    [{**vals, "user_id": self._user(login, "teacher").id} for login in mine[1:]]
                )
            return logins

    def _user(self, login, *roles):
        groups = self.env["res.groups"].union(
            *[self.env.ref(f"edu_core.group_edu_{role}") for role in roles]
        )
        return self.env["res.users"].create(
            {
                "login": login,
                "name": login,
                "password": PASSWORD,
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, (groups + self.env.ref("base.group_user")).ids)],
                "tz": "Asia/Ho_Chi_Minh",
            }
        )

    def _class(self, teachers):
        env, (first, last) = self.env, YEAR.split("-")
        year = env["edu.school.year"].create(
            {
                "name": YEAR,
                "date_start": f"{first}-09-05",
                "date_end": f"{last}-05-31",
                "company_id": self.company.id,
            }
        )
        level = env["edu.level"].create({"name": "Heavy", "code": "HEAVY"})
        grade = env["edu.grade"].create({"name": "6", "number": 6, "level_id": level.id})
        school_class = env["edu.class"].create(
            {
                "name": "6A",
                "school_year_id": year.id,
                "grade_id": grade.id,
                "homeroom_user_id": teachers["VAN"].id,
            }
        )
        for code, teacher in teachers.items():
            subject = env["edu.subject"].search([("code", "=", code)])
            env["edu.curriculum.line"].create(
                {
                    "regulation_id": env.ref("edu_core.edu_regulation_tt22").id,
                    "grade_id": grade.id,
                    "subject_id": subject.id,
                    "periods": 140,
                    "assess": "score",
                }
            )
            env["edu.teaching.assignment"].create(
                {
                    "class_id": school_class.id,
                    "subject_id": subject.id,
                    "user_id": teacher.id,
                }
            )
        return school_class

    def _pupils(self, school_class, count):
        env = self.env
        students = env["edu.student"].create(
            [
                {
                    "name": f"Nguyễn Văn {number:03d}",
                    "code": f"39000{number:05d}",
                    "company_id": self.company.id,
                }
                for number in range(count)
            ]
        )
        movements = env["edu.movement"]._edu_admit(students, school_class)
        return movements.to_enrollment_id.sorted("number")

    # -- work ------------------------------------------------------------------------------------

    def import_pupils(self, workbook):
        """The clerk imports a workbook (base64)."""
        with self.acting("heavy.clerk") as env:
            year = env["edu.school.year"].search([("name", "=", YEAR)])
            brought = env["edu.import"].create(
                {"entity": "students", "file": workbook.encode(), "school_year_id": year.id}
            )
            brought.action_check()
            if brought.state == "checked":
                brought.action_import()
            if brought.state != "done":
                raise SystemExit(brought.report)

    def bring(self, entity, path, filename="list.xlsx"):
        """Bring the workbook at ``path`` of a list, or of marks of the book, and check it.

        :return: ``[what became of it, what was said of it]``
        """
        login = "heavy.it_admin" if entity in ("classes", "assignments", "marks") else "heavy.clerk"
        with self.acting(login) as env:
            try:
                with env.cr.savepoint():
                    brought = self._brought(env, entity, path, filename)
                    brought.action_check()
                    return [brought.state, brought.report]
            except UserError as error:
                return ["not kept", str(error)]

    def _brought(self, env, entity, path, filename):
        vals = {"file": base64.b64encode(Path(path).read_bytes()), "filename": filename}
        if entity == "marks":
            book = env["edu.gradebook.period"].search([("period_id.code", "=", "HK1")])
            return env["edu.mark.import"].create({**vals, "gradebook_period_id": book.id})
        year = env["edu.school.year"].search([("name", "=", YEAR)])
        return env["edu.import"].create({**vals, "entity": entity, "school_year_id": year.id})

    def limit(self, room):
        """Give this process so many more bytes than it has, and no more."""
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + room
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    def most_memory(self):
        """Bytes that this process had at most."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    def save_all(self, sheet, value):
        """The teacher of Toán saves one value in every cell of the sheet at once."""
        with self.acting("heavy.TOAN") as env:
            gradesheet = env["edu.gradesheet"].browse(sheet)
            page = gradesheet.load_cells()
            versions = {key: cell["version"] for key, cell in page["cells"].items()}
            cells = [
                {
                    "enrollment": row["enrollment"],
                    "column": column["code"],
                    "value": value,
                    "version": versions.get(f"{row['enrollment']}:{column['code']}:1", 0),
                }
                for row in page["rows"]
                for column in page["columns"]
            ]
            acknowledgement = {
                "token": gradesheet.check_cells(cells)["token"],
                "reason": "a mass change on purpose",
            }
            answers = gradesheet.save_cells(cells, acknowledgement=acknowledgement)
            if not all("version" in answer for answer in answers):
                raise SystemExit(f"refused: {answers}")

    def export(self):
        """The school's ledger."""
        with self.acting("__system__") as env:
            school = env["res.company"].search([("edu_code", "=", SCHOOL)])
            return env["edu.ledger.entry"]._edu_export(school)

    # -- requests --------------------------------------------------------------------------------

    def serve(self):
        for line in sys.stdin:
            request = json.loads(line)
            work = getattr(self, request["do"])
            if request.get("child"):
                self._child(work, request["words"])
            else:
                _say(result=work(**request["words"]))
                close_all()

    def _child(self, work, words):
        close_all()
        child = os.fork()
        if not child:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _say(begun=os.getpid())
            work(**words)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        _say(code=os.waitstatus_to_exitcode(status))


def _say(**answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    Job(*sys.argv[1:]).serve()
