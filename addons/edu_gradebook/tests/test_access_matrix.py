import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.edu_core.tests.access import AccessMatrix

from edu_records.testing import seed

from .common import GradebookSchool


class GradebookMatrix(GradebookSchool, AccessMatrix):
    """Class A of the roles, class B of others, and another school, with their gradebooks."""

    pupils = 2

    @classmethod
    def _build(cls):
        home, case = cls.company, cls("test_each_role_may_what_the_table_says")
        other = cls.others[home]
        staff = {role: cls.users[role] for role in ("IT", "Principal", "Vice")}
        cls._build_book(case, "class", cls.users["Homeroom"], cls.users["Teacher"], staff)
        cls._build_book(case, "other", other, other, staff)
        cls.company, other = cls.foreign, cls.others[cls.foreign]
        staff = {
            role: cls._person(f"acc.there.{role}", cls.foreign, group)
            for role, group in (
                ("IT", "it_admin"),
                ("Principal", "principal"),
                ("Vice", "vice_principal"),
            )
        }
        cls._build_book(case, "foreign", other, other, staff)
        cls.company = home
        cls._build_boards()
        cls.keep("all", cls.env["edu.mark.column"].search([], limit=1))

    @classmethod
    def make_grade(cls):
        """Both schools have the same grade, with an elective."""
        if "grade" in cls.__dict__:
            return cls.grade
        grade = super().make_grade()
        cls.env["edu.curriculum.line"].create(
            {
                "regulation_id": cls.env.ref("edu_core.edu_regulation_tt22").id,
                "grade_id": grade.id,
                "subject_id": cls.subject("NN2").id,
                "kind": "elective",
                "periods": 105,
                "assess": "score",
            }
        )
        return grade

    @classmethod
    def _build_book(cls, case, place, homeroom, teacher, staff):
        cls.homeroom, cls.teacher, cls.it_admin = homeroom, teacher, staff["IT"]
        cls.teachers = {"TOAN": teacher, "GDTC": teacher, "NN2": teacher}
        school_class = cls.make_class(f"6{place}")
        school_class.elective_ids = school_class.available_elective_ids
        lines = cls.add_pupils(school_class, cls.pupils)
        choice = cls.env["edu.subject.choice"].with_user(staff["Principal"])
        said = {"enrollment_id": lines[0].id, "subject_id": cls.subject("NN2").id, "taken": True}
        cls.keep(place, choice.create(said).with_user(cls.env.user))
        book = cls.open_book(school_class)
        cls._build_days(place, book, teacher)
        case.complete(book)
        cls._build_attendance(place, school_class, homeroom)
        cls._build_remarks(place, school_class, teacher)
        book.with_user(staff["Vice"]).action_lock()
        sheet = cls.sheet_of("TOAN", book)
        cls._build_correction(place, sheet, teacher)
        cls._build_remark(place, book, staff["Principal"])
        cls.env["edu.mark.request"]._edu_remember(sheet, f"matrix-{place}", [])
        request = cls.env["edu.mark.request"].search([("request", "=", f"matrix-{place}")])
        grant = (
            cls.env["edu.unlock.grant"]
            .with_user(staff["Principal"])
            .create(
                {
                    "gradesheet_id": sheet.id,
                    "reason": "Nhập nhầm",
                    "valid_until": fields.Datetime.now() + timedelta(hours=2),
                }
            )
        )
        window = (
            cls.env["edu.lock.window"]
            .with_user(staff["Principal"])
            .create(
                {
                    "school_year_id": school_class.school_year_id.id,
                    "class_id": school_class.id,
                    "date_from": school_class.school_year_id.date_start,
                }
            )
        )
        cls._build_growth(place, school_class)
        review = cls.env["edu.year.review"].sudo()._edu_open(school_class)
        review._edu_compute()
        cls.keep(place, review.with_user(cls.env.user), review.result_ids, review.subject_ids)
        sheets = book._edu_sheets()
        cls.keep(place, book.gradebook_id, book, sheets, grant.with_user(cls.env.user), request)
        cls.keep(place, window.with_user(cls.env.user), *cls._build_import(book, sheet))
        for model in ("edu.mark", "edu.subject.result"):
            cls.keep(place, cls.env[model].search([("gradesheet_id", "in", sheets.ids)]))
        cls.keep(
            place, cls.env["edu.period.result"].search([("gradebook_period_id", "=", book.id)])
        )
        return book

    @classmethod
    def _build_remark(cls, place, book, principal):
        remark = (
            cls.env["edu.gradebook.inspection"]
            .with_user(principal)
            .create(
                {
                    "gradebook_id": book.gradebook_id.id,
                    "month": book.school_year_id.date_start,
                    "remark": "Sổ ghi đúng tiến độ.",
                }
            )
        )
        cls.keep(place, remark.with_user(cls.env.user))

    @classmethod
    def _build_days(cls, place, book, teacher):
        """The day of an assessment, while the period is a draft."""
        sheet = cls.sheet_of("TOAN", book)
        day = (
            cls.env["edu.assessment.day"]
            .with_user(teacher)
            .create(
                {
                    "gradesheet_id": sheet.id,
                    "column_id": sheet._edu_columns()[0].id,
                    "day": book.school_year_id.date_start,
                }
            )
        )
        cls.keep(place, day.with_user(cls.env.user))

    @classmethod
    def _build_boards(cls):
        """Rows that the boards count; the head's department has the teacher of class A."""
        teacher, head = cls.users["Teacher"], cls.users["Head"]
        department = cls.env["hr.department"].create(
            {"name": "Tổ Toán", "company_id": cls.company.id, "edu_kind": "subject"}
        )
        cls.env["hr.employee"].create(
            {
                "name": teacher.name,
                "user_id": teacher.id,
                "company_id": cls.company.id,
                "department_id": department.id,
            }
        )
        duty = (
            cls.env["edu.duty"]
            .sudo()
            ._edu_unguarded()
            .create(
                {
                    "type_id": cls.env.ref("edu_core.edu_duty_type_department_head").id,
                    "user_id": head.id,
                    "company_id": cls.company.id,
                    "department_id": department.id,
                    "date_from": "2026-01-01",
                    "decision_number": "1/QĐ",
                }
            )
        )
        duty._edu_apply()
        cls.env.flush_all()
        for place, sheets in list(cls.records["edu.gradesheet"].items()):
            for model in ("edu.entry.progress", "edu.entry.delay"):
                rows = cls.env[model].search([("gradesheet_id", "in", sheets.ids)])
                cls.keep(place, rows)
                if place == "class":
                    cls.own["Head", model] = rows
        months = cls.env["edu.correction.board"].search(
            [("company_id", "in", (cls.company | cls.foreign).ids)]
        )
        for row in months:
            cls.keep("other" if row.company_id == cls.company else "foreign", row)
        mine = months.filtered(lambda row: row.teacher_id == teacher)
        for column in ("Teacher", "Head"):
            cls.own[column, "edu.correction.board"] = mine

    @classmethod
    def _build_growth(cls, place, school_class):
        """A preschool class of the same homeroom teacher, with a child's weight and height."""
        preschool = cls.env["edu.class"].create(
            {
                "name": f"Lá {place}",
                "school_year_id": school_class.school_year_id.id,
                "grade_id": cls.env.ref("edu_core.edu_grade_mn6").id,
                "homeroom_user_id": cls.homeroom.id,
            }
        )
        lines = cls.add_pupils(preschool, 1, first=50)
        cls.env["edu.gradebook"].sudo()._edu_open(preschool)
        measure = (
            cls.env["edu.growth.measure"]
            .with_user(cls.homeroom)
            .sudo()
            .create(
                {
                    "gradebook_period_id": preschool.gradebook_ids.period_ids[:1].id,
                    "enrollment_id": lines.id,
                    "weight": "18",
                    "height": "108",
                }
            )
        )
        cls.keep(place, measure.with_user(cls.env.user).sudo(False))

    @classmethod
    def _build_attendance(cls, place, school_class, homeroom):
        """A session missed on the first school day, before the period is locked."""
        school_class.with_user(homeroom).action_keep_attendance()
        day = school_class.school_year_id.date_start
        off = cls.env["edu.day.off"].create(
            {
                "name": "Học bù",
                "kind": "on",
                "date_from": day,
                "date_to": day,
                "company_id": school_class.company_id.id,
            }
        )
        line = school_class.enrollment_ids[0]
        cells = [{"enrollment": line.id, "column": f"{day}:am", "value": "P", "version": 0}]
        Attendance = cls.env["edu.attendance"]
        answer = Attendance.with_user(homeroom).save_month(school_class.id, f"{day:%Y-%m}", cells)
        if "error" in answer["cells"][0]:
            raise AssertionError(answer)
        of_class = [("class_id", "=", school_class.id)]
        cls.keep(place, off, Attendance.search(of_class))
        cls.keep(place, cls.env["edu.attendance.total"].search(of_class))

    @classmethod
    def _build_remarks(cls, place, school_class, teacher):
        """A remark of the subject's teacher, weeks that are due, phrases and confirmations."""
        weeks = cls.env["edu.school.week"]._edu_of(school_class.school_year_id)
        subject = cls.subject("TOAN")
        week = weeks[0]
        week._edu_unguarded().sudo().date_start = "2026-01-05"  # it has begun, whatever day it is
        cls.env["edu.remark"].with_user(teacher).save_remarks(
            school_class.id, week.id, subject.id, [{"enrollment": 0, "text": "Lớp học tốt."}]
        )
        remarks = cls.env["edu.remark"].search([("class_id", "=", school_class.id)])
        due = cls.env["edu.remark.due"].search(
            [("class_id", "=", school_class.id), ("subject_id", "=", subject.id)]
        )
        confirmations = cls.env["edu.confirmation"]._edu_open(school_class)
        cls.keep(place, remarks, due, confirmations, confirmations.item_ids)
        vals = {"text": "Ngoan.", "company_id": school_class.company_id.id}
        Phrase = cls.env["edu.comment.phrase"]
        own = Phrase.with_user(teacher).create({**vals, "name": f"cua{place}"})
        cls.keep(place, weeks, own.with_user(cls.env.user))
        if place == "class":
            cls.own["Teacher", "edu.comment.phrase"] = own.with_user(cls.env.user)

    @classmethod
    def _build_import(cls, book, sheet):
        brought = cls.env["edu.mark.import"].create(
            {"gradebook_period_id": book.id, "file": base64.b64encode(b"PK")}
        )
        staged = (
            cls.env["edu.mark.import.sheet"]
            ._edu_unguarded()
            .create({"import_id": brought.id, "gradesheet_id": sheet.id, "cells": "[]"})
        )
        return brought, staged.with_context(edu_guard=None)

    @classmethod
    def _build_correction(cls, place, sheet, teacher):
        """A dossier that waits: the period is locked."""
        line = sheet.class_id.enrollment_ids[0]
        dossier = (
            cls.env["edu.correction"]
            .with_user(teacher)
            ._edu_file(
                sheet,
                {"enrollment": line.id, "column": "TX1", "value": "9", "version": 1},
                [("paper", "bai.pdf", b"%PDF-1.4\n%%EOF\n")],
                reason="Gõ nhầm",
                book_page="12",
            )
            .with_user(cls.env.user)
        )
        month = (
            cls.env["edu.correction.month"]
            ._edu_unguarded()
            .create(
                {
                    "teacher_id": teacher.id,
                    "company_id": sheet.company_id.id,
                    "month": "2026-11-01",
                }
            )
        )
        cls.keep(place, dossier, dossier.evidence_ids)
        cls.keep("other" if place == "class" else place, month)
        if place == "class":
            cls.own["Teacher", "edu.correction.month"] = month


@tagged("post_install", "-at_install")
class TestAccessMatrix(GradebookMatrix):
    """docs/access.md, section 3."""

    addon = "edu_gradebook"

    @seed("P2.2.2", "P2.2.3a")
    def test_every_model_is_in_the_table(self):
        self.check_complete()
        self.check_kept()

    @seed("P2.2.2", "P2.2.3a", "R10.3")
    def test_each_role_may_what_the_table_says(self):
        self.check_roles()
