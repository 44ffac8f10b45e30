"""The demo's job inside Odoo: python demo_job.py CONF DATABASE OUT CA LOG (called by demo.py).

Everybody acts as the user who has the duty, through the methods that the buttons call; every
step is a transaction of its own.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import demo_ca
import demo_workbooks
from demo_people import LOGINS, PASSWORD, authority_persons, school

import odoo.init  # noqa: F401 - sets Odoo's time zone and module path up
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

COMMENTS = {
    "TOT": "Em chăm ngoan, tiếp thu bài tốt, tích cực xây dựng bài; cần phát huy trong học kì II.",
    "KHA": "Em có ý thức học tập, hoàn thành nhiệm vụ; cần rèn thêm kĩ năng trình bày bài làm.",
    "DAT": "Em có cố gắng; cần chăm chỉ hơn và ôn lại kiến thức các môn còn yếu.",
    "CHUA_DAT": "Em cần cố gắng nhiều; gia đình phối hợp nhắc nhở việc học ở nhà hằng ngày.",
}
PIN = "246810"
# who uploads which certificate of the demo's authority, for what
UPLOADS = (
    ("gv.van", "homeroom", "person"),
    ("principal", "principal", "person"),
    ("clerk", "school", "seal"),
    ("itadmin", "issuer", "issuer"),
)
IN_CLASS = [("class_id.name", "=", demo_workbooks.CLASS)]  # the demo's data has other classes too
ATTENDED_DAYS = 56  # of the calendar, from the first day of school
ABSENT = "PPK"
CHUNK = 15  # documents signed between two progress lines


class Job:
    """The job's steps; each adds a row to the table that the demo prints."""

    def __init__(self, conf, database, out, ca, log):
        self.out, self.ca = Path(out), Path(ca)
        config.parse_config(
            ["-c", conf, "-d", database, "--logfile", log, "--no-http"], setup_logging=True
        )
        self.registry = Registry(database)
        self.rows = []

    @contextmanager
    def acting(self, login):
        """An environment of the user, in Vietnamese, committed at the end."""
        with self.registry.cursor() as cr:
            root = api.Environment(cr, api.SUPERUSER_ID, {})
            users = root["res.users"].with_context(active_test=False)
            user = users.search([("login", "=", login)])
            company = user.company_id.ids
            context = {"lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh", "allowed_company_ids": company}
            yield api.Environment(cr, user.id, context)

    @contextmanager
    def step(self, what, count, where=""):
        """Tell a step, time it and keep its row; ``count`` may be called afterwards."""
        say(f"* {what} …")
        before = time.monotonic()
        yield
        seconds = round(time.monotonic() - before, 1)
        number = count() if callable(count) else count
        self.rows.append({"what": what, "count": number, "seconds": seconds, "where": where})
        say(f"  {number} in {seconds} s")

    def run(self):
        self.people()
        self.certificates()
        self.pupils()
        self.marks()
        self.attendance()
        self.period()
        self.transcripts()
        self.sign()
        self.files()
        self.ledger()
        (self.out / "job.json").write_text(
            json.dumps(self.rows, ensure_ascii=False), encoding="utf-8"
        )

    # -- the school's set-up ---------------------------------------------------------------------

    def people(self):
        with self.acting("__system__") as env:
            logins = [login for login, _who in LOGINS]
            users = env["res.users"].search(
                ["|", ("login", "in", logins), ("login", "=like", "gv.%")]
            )
            users.write({"password": PASSWORD, "lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh"})
            if "odoobot_state" in users._fields:
                users.write({"odoobot_state": "disabled"})

    def certificates(self):
        """The administrator trusts the demo's root; who signs uploads a key."""
        state = json.loads((self.ca / "ca.json").read_text(encoding="utf-8"))
        made = demo_ca.make_ca(self.ca, authority_persons(), school(), port=state["port"])
        with self.acting("admin") as env:
            root = Path(made["root"]).read_text(encoding="ascii")
            env["edu.trust.anchor"].create({"kind": "public", "pem": root})
        with self.step("certificates taken", 4), self.acting("itadmin") as env:
            env.company.sudo().edu_tsa_url = made["tsa_url"]
            env.cr.commit()
            for login, name, purpose in UPLOADS:
                key = made["certificates"][name]
                content = base64.b64encode(Path(key["p12"]).read_bytes()).decode()
                certificates = env["edu.certificate"].with_user(self._user(env, login))
                certificates.upload(content, key["password"], PIN, purpose)

    def _user(self, env, login):
        return env["res.users"].sudo().search([("login", "=", login)])

    # -- pupils and marks ------------------------------------------------------------------------

    def pupils(self):
        with (
            self.step("pupils imported", self._pupil_count, "pupils.xlsx"),
            self.acting("clerk") as env,
        ):
            brought = env["edu.import"].create(
                {
                    "entity": "students",
                    "file": self._upload("pupils.xlsx"),
                    "filename": "pupils.xlsx",
                }
            )
            brought.action_check()
            if brought.state != "checked":
                raise SystemExit(brought.report)
            brought.action_import()

    def _upload(self, name):
        return base64.b64encode((self.out / name).read_bytes())

    def _pupil_count(self):
        with self.acting("clerk") as env:
            return env["edu.enrollment"].search_count(IN_CLASS)

    def marks(self):
        """The clerk uploads; every teacher accepts and confirms the own sheet."""
        with (
            self.step("marks staged", self._staged_count, "marks_hk1.xlsx"),
            self.acting("clerk") as env,
        ):
            book = self._book(env)
            batch = env["edu.mark.import"].create(
                {
                    "gradebook_period_id": book.id,
                    "file": self._upload("marks_hk1.xlsx"),
                    "filename": "marks_hk1.xlsx",
                }
            )
            batch.action_stage()
            if batch.state != "staged":
                raise SystemExit(batch.report)
        with self.step("sheets confirmed by their teachers", 12):
            with self.acting("__system__") as env:
                staged = [
                    (sheet.id, self._who_accepts(sheet).login)
                    for sheet in env["edu.mark.import.sheet"].search([])
                ]
            for done, (sheet_id, login) in enumerate(staged, 1):
                with self.acting(login) as env:
                    sheet = env["edu.mark.import.sheet"].browse(sheet_id)
                    sheet.action_accept()
                    if sheet.gradesheet_id:
                        sheet.gradesheet_id.action_confirm()
                    say(f"  {done} of {len(staged)}: {sheet.display_name}, {env.user.name}")

    def _staged_count(self):
        with self.acting("__system__") as env:
            return sum(len(json.loads(s.cells)) for s in env["edu.mark.import.sheet"].search([]))

    def _who_accepts(self, sheet):
        if sheet.gradesheet_id:
            return sheet.gradesheet_id.teacher_ids[:1]
        return sheet.import_id.gradebook_period_id.class_id.homeroom_user_id

    def attendance(self):
        """The homeroom teacher keeps it for the first weeks; who is absent follows from the number
        in the list and the day."""
        with self.step("absences entered", self._absence_count), self.acting("gv.van") as env:
            school_class = env["edu.enrollment"].search(IN_CLASS, limit=1).class_id
            school_class.action_keep_attendance()
            start = school_class.school_year_id.date_start
            months = {}
            for day in (start + timedelta(days=place) for place in range(ATTENDED_DAYS)):
                for line in school_class.enrollment_ids:
                    chance = (31 * line.number + 7 * day.toordinal()) % 97
                    if chance < len(ABSENT):
                        cell = {"enrollment": line.id, "column": f"{day}:am", "version": 0}
                        months.setdefault(f"{day:%Y-%m}", []).append(
                            {**cell, "value": ABSENT[chance]}
                        )
            for month, cells in months.items():
                env["edu.attendance"].save_month(school_class.id, month, cells)

    def _absence_count(self):
        with self.acting("__system__") as env:
            return env["edu.attendance"].search_count(IN_CLASS)

    # -- the principal's decisions ---------------------------------------------------------------

    def period(self):
        with self.step("gradebook locked and approved", 1), self.acting("principal") as env:
            book = self._book(env)
            book.action_lock()
            env.cr.commit()
            book.action_approve()
        with self.step("class gradebook made", 1):
            self._outbox()

    def _book(self, env):
        return env["edu.gradebook.period"].search([("period_id.code", "=", "HK1"), *IN_CLASS])

    def transcripts(self):
        with self.step("transcript pages locked and approved", self._year_count):
            with self.acting("gv.van") as env:
                book = self._book(env)
                book.action_make_transcripts()
                years = env["edu.transcript.year"].search(IN_CLASS)
                levels = {r.enrollment_id: r.study_final for r in book.sudo().result_ids}
                for year in years:
                    year.homeroom_comment = COMMENTS[levels[year.enrollment_id]]
                years.action_lock()
            with self.acting("principal") as env:
                env["edu.transcript.year"].search(IN_CLASS).action_approve()
        with self.step("transcript pages made", self._year_count):
            self._outbox()

    def _year_count(self):
        with self.acting("principal") as env:
            return env["edu.transcript.year"].search_count(IN_CLASS)

    def _outbox(self):
        """What a job runner does: each waiting piece of work in a transaction of its own."""
        with self.acting("__system__") as env:
            waiting = env["edu.outbox"].search([("state", "=", "pending")]).ids
        for done, row_id in enumerate(waiting, 1):
            with self.acting("__system__") as env:
                row = env["edu.outbox"].browse(row_id)
                row._edu_process()
                if row.state == "failed":
                    raise SystemExit(f"{row.display_name}: {row.error}")
            if done % CHUNK == 0 or done == len(waiting):
                say(f"  {done} of {len(waiting)}")

    # -- signatures ------------------------------------------------------------------------------

    def sign(self):
        with self.acting("__system__") as env:
            documents = env["edu.document"].search([("state", "=", "issued")], order="id").ids
        with self.step("documents signed and sealed", len(documents)):
            for login, role in (
                ("gv.van", "homeroom"),
                ("principal", "principal"),
                ("clerk", "school"),
            ):
                for start in range(0, len(documents), CHUNK):
                    self._sign(login, role, documents[start : start + CHUNK])
                    say(f"  {role}: {min(start + CHUNK, len(documents))} of {len(documents)}")

    def _sign(self, login, role, documents):
        with self.acting(login) as env:
            answer = env["edu.signing.wizard"].sign(documents, role, PIN)
            if answer["error"]:
                raise SystemExit(answer["error"]["message"])
            for result in answer["results"]:
                if not result["ok"]:
                    raise SystemExit(f"{result['name']}: {result['message']}")

    def files(self):
        with self.acting("__system__") as env:
            for document in env["edu.document"].search([("state", "=", "complete")]):
                (self.out / self._file_name(document)).write_bytes(document._edu_bytes())

    def _file_name(self, document):
        record = document._edu_record()
        if record._name == "edu.gradebook.period":
            return f"so-theo-doi-{record.class_id.name}-{record.period_id.code}.pdf"
        return f"hoc-ba-{record.class_id.name}-{record.number:02d}.pdf"

    def ledger(self):
        with (
            self.step("ledger entries anchored and exported", self._entry_count, "ledger.json"),
            self.acting("__system__") as env,
        ):
            env["edu.ledger.anchor"]._edu_anchor(env.company)
            env.cr.commit()
            text = env["edu.ledger.entry"]._edu_export(env.company)
            (self.out / "ledger.json").write_text(text, encoding="utf-8")

    def _entry_count(self):
        with self.acting("__system__") as env:
            return env["edu.ledger.entry"].search_count([])


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    Job(*sys.argv[1:]).run()
