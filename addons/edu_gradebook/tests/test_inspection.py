import psycopg2
from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestInspection(GradebookCase):
    """The principal's monthly remark on a class's book."""

    def setUp(self):
        super().setUp()
        self.month = self.company._edu_today().replace(day=1)
        year = self.school_class.school_year_id
        if not year.date_start <= self.company._edu_today() <= year.date_end:
            year.date_start = self.month - relativedelta(months=3)

    def remark(self, user=None, **vals):
        return (
            self.env["edu.gradebook.inspection"]
            .with_user(user or self.principal)
            .create(
                {
                    "gradebook_id": self.book.gradebook_id.id,
                    "month": self.month,
                    "remark": "Sổ ghi đúng tiến độ.",
                    **vals,
                }
            )
        )

    @seed("R4.6", "R8.2a")
    def test_only_the_principal_remarks_once_a_month(self):
        for user in (self.teacher, self.homeroom, self.vice, self.it_admin, self.inspector):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.remark(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["edu.gradebook.inspection"].with_user(user).sudo().create(
                    {"gradebook_id": self.book.gradebook_id.id, "remark": "x"}
                )
        remark = self.remark(month=self.month.replace(day=15))
        self.assertEqual((remark.month, remark.author_id), (self.month, self.principal))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.remark()
        for vals in ({"author_id": self.teacher.id}, {"gradebook_id": self.book.gradebook_id.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                remark.sudo().with_user(self.principal).write(vals)
        with self.assertRaises(AccessError):
            remark.with_user(self.vice).sudo().write({"remark": "x"})
        remark.remark = "Sổ ghi đúng tiến độ, còn thiếu điểm giữa kì."
        with self.assertRaises(UserError):
            remark.sudo().unlink()
        self.assertEqual(
            self.env["edu.gradebook.inspection"].with_user(self.homeroom).search([]), remark
        )
        self.assertFalse(
            self.env["edu.gradebook.inspection"].with_user(self.other_teacher).search([])
        )

    @seed("R8.2a")
    def test_a_month_of_the_year_that_has_begun(self):
        for month in (self.month + relativedelta(months=1), "2019-10-01"):
            with (
                self.subTest(month=month),
                self.assertRaisesRegex(UserError, "that has begun"),
                self.env.cr.savepoint(),
            ):
                self.remark(month=month)

    @seed("P2.2.3d")
    def test_the_chain_has_the_remark(self):
        remark = self.remark()
        self.settle()
        for query in (
            "UPDATE edu_gradebook_inspection SET remark = 'x' WHERE id = %s",
            "DELETE FROM edu_gradebook_inspection WHERE id = %s",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(query, [remark.id])
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.assertEqual(self.env["edu.ledger.verification"]._edu_run(self.company).state, "intact")

    @seed("R4.6", "R8.2a")
    def test_the_book_prints_the_remarks_of_its_period(self):
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.assertNotIn("inspections", self.book.with_user(self.principal)._edu_snapshot())
        self.remark()
        (row,) = self.book.with_user(self.principal)._edu_snapshot()["inspections"]
        self.assertEqual(row["remark"], "Sổ ghi đúng tiến độ.")
        self.assertEqual((row["month"], row["by"]), (f"{self.month:%m/%Y}", self.principal.name))
        self.book.period_id.date_end = self.month - relativedelta(days=1)
        self.book.period_id.date_start = self.month - relativedelta(months=2)
        self.assertFalse(self.env["edu.gradebook.inspection"]._edu_rows(self.book))
