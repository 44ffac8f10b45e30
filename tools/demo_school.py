#!/usr/bin/env python3
"""A whole invented school, large, and a small centre of continuing education, in a database.

    demo_school.py -d DATABASE [--share N]

A school of three levels: 30 classes, 1,200 pupils with their guardians, some 60 of staff with
departments, duties and teaching assignments, two campuses, the gradebooks of grades 6 to 9 with
marks in half of their sheets, and those of one class of primary and one of upper secondary. A
centre: two classes under TT 43/2021, one with its gradebook. The same every time, nobody is real,
and everything goes through the methods that the buttons call, by whoever may.

``--share N`` makes every class N times smaller, for tests. From Python: ``build(env, share=1)``.
"""

import random
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta

from demo_people import PASSWORD
from demo_workbooks import FAMILIES, GIVEN, JOBS, MIDDLES, WARDS
from places import CONF, Failure, main, say

FIRST_YEAR = 2026
YEAR = f"{FIRST_YEAR}-{FIRST_YEAR + 1}"
DECISION = {"decision_number": "15/QĐ-LC", "decision_date": date(FIRST_YEAR, 8, 20)}
QUIET = {"tracking_disable": True, "no_reset_password": True, "mail_create_nolog": True}
PRIMARY, LOWER, UPPER = range(1, 6), range(6, 10), range(10, 13)
CLASSES = {**dict.fromkeys(PRIMARY, (2, 35)), **dict.fromkeys(LOWER, (3, 42))}
CLASSES |= {10: (3, 43), 11: (3, 43), 12: (2, 44)}  # grade: (classes, pupils in each)
DEPARTMENTS = {
    "Tổ Toán - Tin": ("TOAN", "TIN"),
    "Tổ Khoa học tự nhiên - Công nghệ": ("KHTN", "CN", "VL", "HH", "SH"),
    "Tổ Ngữ văn": ("VAN",),
    "Tổ Ngoại ngữ": ("NN1",),
    "Tổ Khoa học xã hội": ("GDCD", "LSDL", "LS", "DL", "KTPL", "GDDP"),
    "Tổ Nghệ thuật - Thể chất": ("GDTC", "NT", "HDTN", "QPAN", "AN", "MT"),
}
TEACHERS = {"TOAN": 5, "VAN": 5, "NN1": 4, "KHTN": 3, "LSDL": 3, "GDTC": 3, "HDTN": 3}
"""Teachers of a subject; one of each other."""
OTHER_BOOKS = ("4A", "10A")
"""Classes beyond lower secondary that have a gradebook."""
FIRST_PERIODS = ("HK1", "GK1", "GD1")
ATTENDED_DAYS = 42  # of the calendar
ABSENT_SHARE = 0.03
SUNDAY = 6
MARKED_SHARE = 2  # every second sheet of the first semester has its marks


@dataclass(frozen=True)
class Plan:
    """One institution: its facts, what its classes are, and the start of its logins."""

    prefix: str
    name: str
    code: str
    place: int
    levels: tuple
    classes: dict
    kind: str = ""
    campuses: tuple = ()


SCHOOL = Plan(
    prefix="sv",
    name="Trường Tiểu học, THCS và THPT Sen Vàng",
    code="38000002",
    place=2,
    levels=("TH", "THCS", "THPT"),
    classes=CLASSES,
    campuses=("Cơ sở chính", "Cơ sở Hàm Rồng"),
)
CENTRE = Plan(
    prefix="tt",
    name="Trung tâm GDNN-GDTX Hoa Sen",
    code="38000003",
    place=3,
    levels=("GDTX",),
    classes={10: (1, 30), 11: (1, 25)},
    kind="GDNN-GDTX",
)


def build(env, share=1, plans=(SCHOOL, CENTRE)):
    """Make ``plans`` in ``env`` (superuser), each class ``share`` times smaller.

    :return: ``{prefix: {"pupils", "classes", "staff", "marks"}}`` as counted in the database
    """
    return {plan.prefix: Builder(env, plan, share).build() for plan in plans}


class Builder:
    """Makes one institution."""

    def __init__(self, env, plan, share):
        self.root = env(context={**env.context, **QUIET})
        self.plan, self.share = plan, share
        self.chance = random.Random(plan.code)
        self.names = set()
        self.staff, self.logins = {}, {}
        spoken = dict(self.root["res.lang"].get_installed())
        self.lang = "vi_VN" if "vi_VN" in spoken else next(iter(spoken))

    def build(self):
        if self.root["res.company"].search_count([("edu_code", "=", self.plan.code)]):
            raise Failure(f"{self.plan.name} is there already: take another database.")
        self._institution()
        self._people()
        self._duties()
        self._classes()
        self._assignments()
        self._pupils()
        self._books()
        self._attendance()
        self.root.flush_all()
        return self._counted()

    def acting(self, who, model):
        """``model`` as the one of the staff called ``who`` (a login without prefix)."""
        context = {"allowed_company_ids": self.company.ids, "lang": self.lang}
        return self.root[model].with_user(self.staff[who]).with_context(**context)

    # -- the institution and its people ----------------------------------------------------------

    def _institution(self):
        env, plan = self.root, self.plan
        levels = env["edu.level"].search([("code", "in", plan.levels)])
        kind = env["edu.institution.kind"].search([("code", "=", plan.kind)])
        self.company = env["res.company"].create(
            {
                "name": plan.name,
                "edu_code": plan.code,
                "edu_level_ids": [(6, 0, levels.ids)],
                **({"edu_kind_id": kind.id} if kind else {}),
                "edu_superior_body": "SỞ GIÁO DỤC VÀ ĐÀO TẠO THANH HÓA",
                "edu_ward": "Phường Hạc Thành",
                "edu_province": "Tỉnh Thanh Hóa",
                "edu_place": "Thanh Hóa",
            }
        )
        self.campuses = env["edu.campus"].create(
            [{"name": name, "company_id": self.company.id} for name in plan.campuses]
        )
        self.year = env["edu.school.year"].create(
            {
                "name": YEAR,
                "date_start": date(FIRST_YEAR, 9, 5),
                "date_end": date(FIRST_YEAR + 1, 5, 31),
                "company_id": self.company.id,
            }
        )

    def _person(self, gender):
        """A name that nobody of the institution has yet."""
        while True:
            given = self.chance.choice(GIVEN[gender].split())
            middle = self.chance.choice(MIDDLES[gender])
            if len(self.names) > 600:  # short names run out
                middle += f" {self.chance.choice(GIVEN[gender].split())}"
            name = f"{self.chance.choice(FAMILIES)} {middle} {given}"
            if name not in self.names and f"{given} {given}" not in name:
                self.names.add(name)
                return name

    def _people(self):
        """Accounts, departments and employees."""
        self.subjects = {one.code: one for one in self.root["edu.subject"].search([])}
        self.departments = self.root["hr.department"].create(
            [
                {
                    "name": name,
                    "edu_kind": "subject",
                    "edu_subject_ids": [
                        (6, 0, [self.subjects[code].id for code in codes if code in self.subjects])
                    ],
                    "company_id": self.company.id,
                }
                for name, codes in DEPARTMENTS.items()
            ]
        )
        posts = self._posts()
        users = self.root["res.users"].create(
            [
                {
                    "name": self._person(self.chance.choice(("Nam", "Nữ"))),
                    "login": f"{self.plan.prefix}.{login}",
                    "password": PASSWORD,
                    "lang": self.lang,
                    "tz": "Asia/Ho_Chi_Minh",
                    "company_id": self.company.id,
                    "company_ids": [(6, 0, self.company.ids)],
                    "group_ids": [(4, self.root.ref("edu_core.group_edu_user").id)],
                }
                for login, _kind, _department in posts
            ]
        )
        self.staff = {
            login: user for (login, _kind, _department), user in zip(posts, users, strict=True)
        }
        if "odoobot_state" in users._fields:
            users.write({"odoobot_state": "disabled"})
        self.root["hr.employee"].create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    "edu_code": f"{self.plan.prefix.upper()}{number:03d}",
                    "edu_staff_kind": kind,
                    "edu_qualification": "master" if kind == "manager" else "university",
                    **({"department_id": department.id} if department else {}),
                }
                for number, ((_login, kind, department), user) in enumerate(
                    zip(posts, users, strict=True), 1
                )
            ]
        )

    def _posts(self):
        """``[(login, kind of staff, department)]``: heads and office, then the teachers."""
        nowhere = self.root["hr.department"]
        posts = [(login, "manager", nowhere) for login in ("principal", "vice")]
        posts += [(login, "employee", nowhere) for login in ("clerk", "itadmin")]
        of = dict(zip(DEPARTMENTS, self.departments, strict=True))
        small = sum(count for count, _pupils in self.plan.classes.values()) < 10
        for name, codes in DEPARTMENTS.items():
            for code in codes:
                many = 1 if small else TEACHERS.get(code, 1)
                logins = [f"gv.{code.lower()}.{number}" for number in range(1, many + 1)]
                self.logins[code] = logins
                posts += [(login, "teacher", of[name]) for login in logins]
        primary = sum(self.plan.classes.get(grade, (0, 0))[0] for grade in PRIMARY)
        posts += [
            (f"gv.th.{number}", "teacher", of["Tổ Ngữ văn"]) for number in range(1, primary + 1)
        ]
        return posts

    def _duties(self):
        """The head's duty is given by whoever runs the system, all others by the head."""
        Duty = self.root["edu.duty"].with_company(self.company)
        Duty.create([self._duty("principal", "principal")])
        given = [
            self._duty("vice_principal", "vice"),
            self._duty("clerk", "clerk"),
            self._duty("it_admin", "itadmin"),
        ]
        for department in self.departments:
            code = DEPARTMENTS[department.name][0].lower()
            head = self._duty("department_head", f"gv.{code}.1", department_id=department.id)
            given.append(head)
        self.acting("principal", "edu.duty").create(given)

    def _duty(self, kind, who, **more):
        return {
            "type_id": self.root.ref(f"edu_core.edu_duty_type_{kind}").id,
            "user_id": self.staff[who].id,
            "company_id": self.company.id,
            "date_from": date(FIRST_YEAR, 9, 1),
            **DECISION,
            **more,
        }

    # -- classes and who teaches them ------------------------------------------------------------

    def _classes(self):
        grades = {
            grade.number: grade
            for grade in self.root["edu.grade"].search([("level_id.code", "!=", "MN")])
        }
        homerooms = self._homerooms()
        vals_list, self.sizes = [], []
        for number, (count, pupils) in self.plan.classes.items():
            for letter in "ABCDE"[:count]:
                campus = self.campuses[len(vals_list) % 2] if self.campuses else self.campuses
                vals_list.append(
                    {
                        "name": f"{number}{letter}",
                        "school_year_id": self.year.id,
                        "grade_id": grades[number].id,
                        "campus_id": campus.id,
                        "homeroom_user_id": next(homerooms[number in PRIMARY]).id,
                    }
                )
                self.sizes.append(max(1, pupils // self.share))
        self.classes = self.acting("principal", "edu.class").create(vals_list)
        for school_class in self.classes:
            self._choose(school_class)

    def _homerooms(self):
        """Teachers one after the other, primary ones (True) and others, in the order of logins."""
        teachers = [user for login, user in self.staff.items() if login.startswith("gv.")]
        primary = [user for user in teachers if ".gv.th." in user.login]
        return {True: iter(primary), False: iter([one for one in teachers if one not in primary])}

    def _choose(self, school_class):
        """Subjects to choose and topic clusters, as many as the curriculum asks for."""
        lines = school_class.available_elective_ids
        chosen = lines.browse()
        for group in lines.group_id:
            of_group = lines.filtered(lambda line, group=group: line.group_id == group)
            fitting = of_group.filtered(
                lambda line, chosen=chosen: (
                    line.kind != "cluster"
                    or line.parent_id in chosen
                    or line.parent_id.kind == "compulsory"
                )
            )
            chosen |= fitting[: group.choose]
        if chosen:
            school_class.elective_ids = chosen

    def _assignments(self):
        """Each class's subjects: primary classes by their own teacher where none is for them."""
        vals_list = []
        for position, school_class in enumerate(self.classes):
            primary = school_class.grade_number in PRIMARY
            for line in school_class._edu_curriculum():
                teacher = self._teacher(line.subject_id.code, position)
                if not teacher or (primary and line.subject_id.code in ("TOAN", "VAN", "HDTN")):
                    teacher = school_class.homeroom_user_id
                vals_list.append(
                    {
                        "class_id": school_class.id,
                        "subject_id": line.subject_id.id,
                        "user_id": teacher.id,
                        "decision_number": DECISION["decision_number"],
                    }
                )
        self.acting("principal", "edu.teaching.assignment").create(vals_list)

    def _teacher(self, code, position):
        logins = self.logins.get(code)
        return self.staff[logins[position % len(logins)]] if logins else None

    # -- pupils ----------------------------------------------------------------------------------

    def _pupils(self):
        """Entered and admitted by the office, class by class, with their parents."""
        Student, Movement = (
            self.acting("clerk", "edu.student"),
            self.acting("clerk", "edu.movement"),
        )
        self.ethnic = {
            name: self.root["edu.ethnic.group"].search([("name", "=", name)], limit=1).id
            for name in ("Kinh", "Mường", "Thái")
        }
        count = 0
        for school_class, size in zip(self.classes, self.sizes, strict=True):
            age = school_class.grade_number + 5
            vals_list = [self._pupil(age, count + number) for number in range(size)]
            count += size
            Movement._edu_admit(Student.create(vals_list), school_class.with_env(Movement.env))
            self.root.flush_all()
            say(f"  {self.plan.prefix}: {school_class.name}, {count} pupils")

    def _pupil(self, age, number):
        chance = self.chance
        gender = chance.choice(("Nam", "Nữ"))
        name = self._person(gender)
        born = date(FIRST_YEAR - age, 1, 1) + timedelta(chance.randrange(365))
        sex = 2 if gender == "Nam" else 3
        return {
            "name": name,
            "code": str(3_800_000_000 + self.plan.place * 10_000_000 + number),
            "personal_id": f"038{sex}{born:%y}{self.plan.place}{number:05d}",
            "gender": "male" if gender == "Nam" else "female",
            "birth_date": born,
            "birth_place": chance.choice(["Thanh Hóa"] * 9 + ["Nghệ An"]),
            "ethnic_group_id": self.ethnic[chance.choice(["Kinh"] * 12 + ["Mường", "Thái"])],
            "address": f"Tổ {chance.randrange(1, 12)}, {chance.choice(WARDS)}, tỉnh Thanh Hóa",
            "company_id": self.company.id,
            "guardian_ids": [
                (0, 0, self._parent("father", name.split()[0], "Nam")),
                (0, 0, self._parent("mother", chance.choice(FAMILIES), "Nữ")),
            ],
        }

    def _parent(self, relation, family, gender):
        chance = self.chance
        middle = "Văn" if gender == "Nam" else "Thị"
        return {
            "name": f"{family} {middle} {chance.choice(GIVEN[gender].split())}",
            "relation": relation,
            "job": chance.choice(JOBS),
            "phone": f"0900{chance.randrange(10**6):06d}",
            "is_contact": relation == "mother",
        }

    # -- books -----------------------------------------------------------------------------------

    def _books(self):
        """Gradebooks where they exist, and marks of every second sheet of the first semester."""
        if "edu.gradebook" not in self.root:
            return
        classes = self.classes.filtered(
            lambda one: one.grade_number in LOWER or one.name in OTHER_BOOKS
        )
        classes.with_user(self.staff["itadmin"]).action_open_gradebook()
        sheets = self.root["edu.gradesheet"].search(
            [("class_id", "in", classes.ids), ("period_id.code", "in", FIRST_PERIODS)]
        )
        for number, sheet in enumerate(sheets):
            if number % MARKED_SHARE == 0:
                self._mark(sheet)
        say(f"  {self.plan.prefix}: marks in {len(sheets[::MARKED_SHARE])} of {len(sheets)} sheets")

    def _mark(self, sheet):
        """All marks of a sheet, by its teacher."""
        cells = [
            {
                "enrollment": line.id,
                "column": column.code,
                "value": self._value(column._edu_scale(sheet)),
                "version": 0,
            }
            for line in sheet.class_id.enrollment_ids
            for column in sheet._edu_columns()
        ]
        answers = sheet.with_user(sheet.teacher_ids[:1]).save_cells(cells)
        refused = [answer for answer in answers if "error" in answer]
        if refused:
            raise Failure(f"{sheet.display_name}: {refused[0]['message']}")

    def _attendance(self):
        """The first weeks of classes with gradebooks, by their homeroom teachers."""
        if "edu.attendance" not in self.root or self.plan is CENTRE:
            return
        start = self.year.date_start
        days = [start + timedelta(days=place) for place in range(ATTENDED_DAYS)]
        weeks = [day for day in days if day.weekday() < SUNDAY]
        for school_class in self.classes.filtered(lambda one: one.grade_number in LOWER):
            homeroom = school_class.homeroom_user_id
            school_class.with_user(homeroom).action_keep_attendance()
            months = {}
            for day in weeks:
                for line in school_class.enrollment_ids:
                    if self.chance.random() < ABSENT_SHARE:
                        cell = {"enrollment": line.id, "column": f"{day}:am", "version": 0}
                        cell["value"] = self.chance.choice("PPPK")
                        months.setdefault(f"{day:%Y-%m}", []).append(cell)
            for month, cells in months.items():
                self.root["edu.attendance"].with_user(homeroom).save_month(
                    school_class.id, month, cells
                )

    def _value(self, scale):
        if scale in ("level", "trait"):
            return self.chance.choice("TTTTH" if scale == "level" else "TTTTĐ")
        if scale == "whole":
            return str(self.chance.randrange(5, 11))
        if scale != "score":
            return "Đ"
        return f"{min(10, max(2, round(self.chance.gauss(7.2, 1.3) * 2) / 2)):g}".replace(".", ",")

    def _counted(self):
        here = [("company_id", "=", self.company.id)]
        marks = 0
        if "edu.mark" in self.root:
            marks = self.root["edu.mark"].search_count(
                [("gradesheet_id.company_id", "=", self.company.id)]
            )
        return {
            "pupils": self.root["edu.enrollment"].search_count(
                [("class_id.company_id", "=", self.company.id), ("state", "!=", "left")]
            ),
            "guardians": self.root["edu.guardian"].search_count(here),
            "classes": self.root["edu.class"].search_count(here),
            "staff": self.root["hr.employee"].search_count(here),
            "assignments": self.root["edu.teaching.assignment"].search_count(here),
            "marks": marks,
        }


def build_in(database, share=1, log=None):
    """Build in ``database``, in a process that has not loaded Odoo yet; say what was made."""
    import odoo.init  # noqa: F401 - sets Odoo's time zone and module path up
    from odoo import api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    words = ["-c", str(CONF), "-d", database, "--no-http", "--log-level", "warn"]
    config.parse_config([*words, *(["--logfile", log] if log else [])], setup_logging=True)
    before = time.monotonic()
    with Registry(database).cursor() as cr:
        made = build(api.Environment(cr, api.SUPERUSER_ID, {}), share)
    for prefix, counts in made.items():
        say(f"{prefix}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    say(f"  done in {time.monotonic() - before:.1f} s")
    return made


def command() -> int:
    """The command line."""
    words = sys.argv[1:]
    if "-d" not in words:
        raise Failure("name the database: demo_school.py -d DATABASE")
    share = int(words[words.index("--share") + 1]) if "--share" in words else 1
    build_in(words[words.index("-d") + 1], share)
    return 0


if __name__ == "__main__":
    main(command)
