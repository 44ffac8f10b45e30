from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .test_lock_window import WindowCase

BOARDS = ("edu.entry.progress", "edu.entry.delay", "edu.correction.board")


class BoardCase(WindowCase):
    def rows(self, model="edu.entry.progress", user=None, **place):
        """Rows of a board about class 6A, as ``user`` reads them."""
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [(name, "=", value) for name, value in place.items()]
        if model != "edu.correction.board":
            domain.append(("class_id", "=", self.school_class.id))
        return self.env[model].with_user(user or self.principal).search(domain)

    def progress(self, column="TX1"):
        return self.rows(gradesheet_id=self.sheet.id).filtered(
            lambda row: row.column_id.code == column
        )

    def assess(self, column="TX1", days=-1, user=None):
        """The day of an assessment, counted from today; the year is stretched to have it."""
        year, columns = self.school_class.school_year_id, self.sheet._edu_columns()
        today = self.company._edu_today()
        if not year.date_start <= today + timedelta(days=days) <= year.date_end:
            year.write({"date_start": today - timedelta(days=200)})
        return (
            self.env["edu.assessment.day"]
            .with_user(user or self.teacher)
            .create(
                {
                    "gradesheet_id": self.sheet.id,
                    "column_id": columns.filtered(lambda one: one.code == column).id,
                    "day": self.day(days),
                }
            )
        )

    def department(self, head=None):
        """The department of the subject's teacher, with a head by duty."""
        department = self.env["hr.department"].create(
            {"name": "Tổ Toán", "company_id": self.company.id, "edu_kind": "subject"}
        )
        self.env["hr.employee"].create(
            {
                "name": self.teacher.name,
                "user_id": self.teacher.id,
                "company_id": self.company.id,
                "department_id": department.id,
            }
        )
        if head:
            duty = (
                self.env["edu.duty"]
                .sudo()
                ._edu_unguarded()
                .create(
                    {
                        "type_id": self.env.ref("edu_core.edu_duty_type_department_head").id,
                        "user_id": head.id,
                        "company_id": self.company.id,
                        "department_id": department.id,
                        "date_from": self.day(-5),
                        "decision_number": "1/QĐ",
                    }
                )
            )
            duty._edu_apply()
        return department


@tagged("post_install", "-at_install")
class TestBoards(BoardCase):
    # -- progress --------------------------------------------------------------------------------

    @seed("R5.5.9", "R7.1a", "R6.5b")
    def test_due_entered_and_missing_of_each_column(self):
        columns = self.sheet._edu_columns()
        self.assertEqual(self.rows(gradesheet_id=self.sheet.id).column_id, columns)
        row = self.progress()
        self.assertEqual((row.required, row.entered, row.missing, row.share), (4, 0, 4, 0))
        self.save(self.cell(), {**self.cell(1), "kind": "absent"}, {**self.cell(2), "kind": "zero"})
        row = self.progress()
        self.assertEqual((row.required, row.entered, row.missing, row.share), (4, 2, 2, 50))
        self.assertEqual((row.teacher_id, row.book_state), (self.teacher, "draft"))
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.assertEqual(self.progress().entered, 1)
        self.assertEqual(self.progress("GK").missing, 4)

    @seed("R5.5.9", "R7.1a", "P3.2.0.5")
    def test_missing_is_what_the_lock_asks_for(self):
        self.save(self.cell(), self.cell(1, "GK"))
        newcomer = self.add_pupils(self.school_class, 1, first=40)
        self.assertTrue(newcomer)
        missing = self.book._edu_sheets()._edu_missing()
        for sheet in self.book._edu_sheets():
            with self.subTest(sheet=sheet.display_name):
                rows = self.rows(gradesheet_id=sheet.id)
                self.assertEqual(sum(rows.mapped("missing")), len(missing.get(sheet, ())))

    @seed("R5.5.9")
    def test_a_row_opens_its_sheet(self):
        row = self.progress().with_user(self.teacher)
        self.assertEqual(row.action_open_grid()["context"]["active_id"], self.sheet.id)
        head = self.new_user("t.head", "department_head")
        self.department(head)
        mine = self.rows(user=head)
        self.assertEqual(mine.subject_id, self.sheet.subject_id)
        with self.assertRaisesRegex(UserError, "marks are for its teachers"):
            mine[0].action_open_grid()

    @seed("R5.5.9", "R5.5.10")
    def test_who_sees_which_rows(self):
        self.assess()
        self.save(self.cell())
        self.save(self.cell(value="9", version=self.mark().entry_seq))
        head = self.new_user("t.head", "department_head")
        stranger = self.new_user("t.headless", "department_head")
        department = self.department(head)
        for model in BOARDS:
            for user, seen in (
                (self.principal, True),
                (self.vice, True),
                (self.inspector, True),
                (self.it_admin, True),
                (self.teacher, True),
                (head, True),
                (self.homeroom, model != "edu.correction.board"),
                (stranger, False),
                (self.other_teacher, False),
                (self.clerk, False),
            ):
                with self.subTest(model=model, user=user.login):
                    rows = self.rows(model, user, teacher_id=self.teacher.id)
                    self.assertEqual(bool(rows), seen)
                    if rows:
                        self.assertEqual(rows.department_id.sudo(), department)
        for model in BOARDS:
            row = self.rows(model, self.principal)[:1]
            for attack in (
                lambda row=row: row.write({"company_id": self.company.id}),
                lambda row=row: row.unlink(),
                lambda row=row: row.create({"company_id": self.company.id}),
            ):
                with self.subTest(model=model), self.assertRaises(AccessError):
                    attack()

    # -- reminders -------------------------------------------------------------------------------

    @seed("R5.5.9", "P3.2.0.5")
    def test_each_teacher_is_reminded_once_a_period(self):
        self.company.edu_missing_days = 0
        Period = self.env["edu.period"]
        period = self.book.period_id

        def reminded():
            self.env.flush_all()
            self.env.invalidate_all()
            Period._edu_remind_missing()
            return self.env["mail.activity"].search(
                [("res_model", "=", "edu.period"), ("res_id", "=", period.id)]
            )

        self.assertFalse(reminded(), "nothing is overdue yet")
        self.assess(days=-20)
        first = reminded()
        self.assertEqual((len(first), first.user_id), (1, self.teacher))
        self.assertIn("6A (", first.summary)
        self.assertEqual(reminded(), first, "nothing happens twice")
        self.save(*(self.cell(line) for line in range(4)))
        self.assertFalse(reminded(), "nothing is overdue any more")
        self.company.edu_missing_days = 14
        period.date_end = self.day(10)
        self.assertEqual(reminded().user_id, self.teacher | self.homeroom)

    @seed("R5.5.9")
    def test_who_reminds_by_hand(self):
        rows = self.rows()
        for user in (self.teacher, self.inspector, self.it_admin, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rows.with_user(user).action_remind()
        told = rows.with_user(self.vice).action_remind()
        self.assertIn(self.teacher.name, told["params"]["message"])
        rows.with_user(self.homeroom).action_remind()
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "edu.period"), ("res_id", "=", self.book.period_id.id)]
        )
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.teacher | self.homeroom)

    # -- delay -----------------------------------------------------------------------------------

    @seed("R7.1c")
    def test_a_mark_is_late_after_the_days_of_the_school(self):
        self.company.edu_late_days = 7
        day = self.assess(days=-7)
        self.save(self.cell(), self.cell(1))
        rows = self.rows("edu.entry.delay")
        self.assertEqual((len(rows), rows[0].days, rows.mapped("late")), (2, 7, [0, 0]))
        self.assertEqual(rows[0].entered_on, self.day(0))
        self.assertEqual(self.progress().late, 0)
        day.with_user(self.teacher).day = self.day(-8)
        rows = self.rows("edu.entry.delay")
        self.assertEqual((rows.mapped("is_late"), rows.teacher_id), ([True, True], self.teacher))
        self.assertEqual(self.progress().late, 2)
        self.company.edu_late_days = 8
        self.assertEqual(self.progress().late, 0)
        self.save(self.cell(value="9", version=self.mark().entry_seq))
        self.assertEqual(self.rows("edu.entry.delay").mapped("late"), [0, 0], "the first entry")

    @seed("R7.1c")
    def test_only_its_teacher_says_when_a_column_was_assessed(self):
        for user in (self.other_teacher, self.homeroom, self.principal, self.it_admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.assess(user=user)
        with self.assertRaises(AccessError):
            self.env["edu.assessment.day"].with_user(self.other_teacher).sudo().create(
                {
                    "gradesheet_id": self.sheet.id,
                    "column_id": self.sheet._edu_columns()[0].id,
                    "day": self.day(-1),
                }
            )
        day = self.assess()
        for vals in ({"author_id": self.principal.id}, {"gradesheet_id": self.comment_sheet.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                day.sudo().write(vals)
        with self.assertRaises(AccessError):
            day.with_user(self.other_teacher).sudo().write({"day": self.day(-3)})
        with self.assertRaises(UserError):
            day.sudo().unlink()
        with self.assertRaisesRegex(UserError, "not one of the year"), self.env.cr.savepoint():
            day.with_user(self.teacher).day = "2020-01-01"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.assess(days=-2)
        self.settle()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "does not record"),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(
                "UPDATE edu_assessment_day SET day = day + 1 WHERE id = %s", [day.id]
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.complete()
        with self.assertRaisesRegex(UserError, "before the sheet is confirmed"):
            day.with_user(self.teacher).day = self.day(-3)

    # -- corrections -----------------------------------------------------------------------------

    @seed("R5.5.10")
    def test_changes_by_teacher_and_month(self):
        self.save(self.cell(), self.cell(1), self.cell(2), self.cell(column="CK"))
        self.save(self.cell(value="9", version=self.mark().entry_seq))
        self.save(self.cell(value="", version=self.mark().entry_seq))
        self.save(self.cell(1, value="10", version=self.mark(1).entry_seq))
        self.save(self.cell(value="7", version=self.mark().entry_seq))
        (row,) = self.rows("edu.correction.board", teacher_id=self.teacher.id)
        self.assertEqual((row.inside, row.outside, row.up, row.down), (3, 0, 2, 1))
        self.company.edu_correction_hours = 0
        files = [("paper", "bai.pdf", b"%PDF-1.4\n%%EOF\n")]
        for column, line in (("TX1", 2), ("CK", 0)):
            cell = self.cell(line, column, "9,5", self.mark(line, column).entry_seq)
            self.env["edu.correction"].with_user(self.teacher)._edu_file(
                self.sheet, cell, files, reason="Gõ nhầm", book_page="12"
            )
        (row,) = self.rows("edu.correction.board", teacher_id=self.teacher.id)
        self.assertEqual((row.inside, row.outside, row.up, row.down), (3, 1, 3, 1))
        self.assertEqual((row.open, row.month), (2, self.day(0).replace(day=1)))
        shown = self.env["edu.correction"].search(row.action_corrections()["domain"])
        self.assertEqual(len(shown), 2)
        shown.filtered(lambda one: one.state == "applied").with_user(self.homeroom).action_confirm()
        self.assertEqual(self.rows("edu.correction.board", teacher_id=self.teacher.id).open, 1)

    # -- cost ------------------------------------------------------------------------------------

    @seed("R5.5.9", "R5.5.10")
    def test_queries_do_not_grow_with_classes(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for model in BOARDS:
                rows = self.env[model].with_user(self.principal).search([])
                rows.read(["teacher_id", "company_id"])
            self.env["edu.entry.progress"].with_user(self.principal).formatted_read_group(
                [], ["class_id", "subject_id"], ["missing:sum", "required:sum"]
            )
            return self.env.cr.sql_log_count - before

        self.assess()
        cost()
        few = cost()
        classes = self.env["edu.class"]
        for number in range(5):
            classes |= self.make_class(f"7{number}")
        for school_class in classes:
            self.add_pupils(school_class, 3, first=50)
            self.open_book(school_class)
        self.assertEqual(cost(), few)

    @seed("R5.5.9")
    def test_reminding_costs_the_same_for_more_classes(self):
        self.company.edu_missing_days = 60
        period = self.book.period_id
        period.date_end = self.day(5)

        def cost():
            self.env["mail.activity"].search([("res_model", "=", "edu.period")]).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["edu.period"]._edu_remind_missing()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        for number in range(4):
            school_class = self.make_class(f"7{number}")
            self.add_pupils(school_class, 3, first=50)
            self.open_book(school_class)
        self.assertLessEqual(cost(), few + 1)
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "edu.period"), ("res_id", "=", period.id)]
        )
        self.assertEqual(len(activities), 2)
