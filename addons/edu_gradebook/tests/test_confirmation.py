import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .test_year_results import YearCase


class ConfirmationCase(YearCase):
    @classmethod
    def set_up_school(cls):
        result = super().set_up_school()
        cls.company.edu_confirmation_required = "all"
        cls.env["edu.school.week"]._edu_of(cls.school_class.school_year_id)
        return result

    def open(self, code):
        """The confirmation of a stage, as its homeroom teacher opens it."""
        Confirmation = self.env["edu.confirmation"].with_user(self.homeroom)
        Confirmation._edu_open(self.school_class)
        return Confirmation.search(
            [("class_id", "=", self.school_class.id), ("period_id.code", "=", code)]
        )

    def item(self, confirmation, code):
        found = confirmation.item_ids.filtered(lambda item: item.item == code)
        found.invalidate_recordset()
        return found

    def confirm(self, confirmation, *codes):
        for code in codes:
            self.item(confirmation, code).action_confirm()

    def states(self, confirmation):
        confirmation.item_ids.invalidate_recordset()
        return {item.item: item.state for item in confirmation.item_ids}

    def write_weeks(self, confirmation):
        """Whatever weeks the homeroom teacher owes today."""
        known = confirmation.sudo()
        for week in known._edu_missing_weeks({"remarks": []}):
            self.env["edu.remark"].with_user(self.homeroom).save_remarks(
                self.school_class.id,
                week.id,
                False,
                [{"enrollment": 0, "text": "Lớp rèn luyện tốt.", "version": 0}],
            )

    def lower_a_mark(self, book):
        """Another final mark of the first pupil; the sheet, for its teacher."""
        sheet = self.sheet_of("TOAN", book).with_user(self.teacher)
        sheet.action_unconfirm()
        version = self.mark(column="CK", sheet=sheet).entry_seq
        (answer,) = sheet.save_cells([self.cell(column="CK", value="3", version=version)])
        self.assertIn("version", answer)
        return sheet

    def needed(self, record, user=None, transition="lock"):
        return self.codes(record.with_user(user or self.homeroom), transition)

    def approve_semesters(self):
        self.company.edu_confirmation_required = "no"
        self.finish()
        self.company.edu_confirmation_required = "year"


@tagged("post_install", "-at_install")
class TestConfirmation(ConfirmationCase):
    @seed("R6.7", "R6.7.2", "R6.7.3")
    def test_all_four_are_needed_to_propose_the_year(self):
        self.approve_semesters()
        review = self.open_review()
        self.attend(review)
        wanted = {"confirmation_open"}
        self.assertEqual(self.needed(review), wanted)
        year = self.open("CN")
        self.write_weeks(year)
        for code in ("attendance", "results", "promotion"):
            self.confirm(year, code)
            self.assertEqual(self.needed(review), wanted)
            with self.assertRaises(UserError):
                review.with_user(self.homeroom).action_lock()
        self.confirm(year, "remarks")
        self.assertEqual(year.state, "complete")
        self.assertEqual(year.confirmed_count, 4)
        self.assertEqual(self.needed(review), set())
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()
        item = self.item(year, "results")
        self.assertEqual(item.confirmed_by_id, self.homeroom)
        self.assertTrue(item.confirmed_at)

    @seed("R6.7.1")
    def test_absences_that_change_make_it_stale(self):
        self.approve_semesters()
        review = self.open_review()
        year = self.open("CN")
        with self.assertRaisesRegex(UserError, "4 pupils"):
            self.confirm(year, "attendance")
        self.attend(review)
        self.confirm(year, "attendance", "results", "promotion")
        self.attend(review, "3")
        states = self.states(year)
        self.assertEqual(states["attendance"], "stale")
        self.assertEqual(states["results"], "confirmed")
        self.assertIn("confirmation_stale", self.needed(review))
        self.assertEqual(year.state, "stale")
        self.confirm(year, "attendance")
        self.assertEqual(self.states(year)["attendance"], "confirmed")

    @seed("R6.7.2", "R6.6a")
    def test_a_semester_waits_for_its_parts(self):
        first = self.open("HK1")
        book = self.semester("HK1")
        self.assertEqual(self.states(first)["promotion"], "absent")
        with self.assertRaises(UserError):
            self.confirm(first, "results")
        self.complete(book)
        self.confirm(first, "results")
        self.assertIn("confirmation_open", self.codes(book))
        self.lower_a_mark(book).action_confirm()
        self.assertEqual(self.states(first)["results"], "stale")
        self.confirm(first, "results")
        self.write_weeks(first)
        self.confirm(first, "remarks")
        self.assertEqual(self.needed(book, self.principal), set())
        book.with_user(self.principal).action_lock()
        self.assertEqual(self.needed(book, self.principal, "approve"), set())
        for code in ("action_confirm", "action_withdraw"):
            with self.assertRaisesRegex(UserError, "Locked"):
                getattr(self.item(first, "results"), code)()

    @seed("R6.7.4")
    def test_remarks_that_change_make_it_stale(self):
        first = self.open("HK1")
        self.write_weeks(first)
        self.confirm(first, "remarks")
        week = first.sudo()._edu_weeks()[:1]
        if week:
            remark = self.env["edu.remark"].search(
                [("class_id", "=", self.school_class.id), ("week_id", "=", week.id)]
            )
            self.env["edu.remark"].with_user(self.homeroom).save_remarks(
                self.school_class.id,
                week.id,
                False,
                [{"enrollment": 0, "text": "Viết lại.", "version": remark.version}],
            )
            self.assertEqual(self.states(first)["remarks"], "stale")

    def test_only_the_homeroom_teacher_confirms(self):
        first = self.open("HK1")
        self.complete(self.semester("HK1"))
        item = self.item(first, "results")
        for user in (self.teacher, self.principal, self.it_admin, self.env.ref("base.user_root")):
            for method in ("action_confirm", "action_withdraw"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(item.with_user(user).sudo().with_context(edu_guard=True), method)()
        for vals in ({"facts_sha256": "0" * 64}, {"confirmed_by_id": self.homeroom.id}):
            with self.assertRaises(UserError):
                item.sudo().with_context(edu_guard=True).write(vals)
        with self.assertRaises(UserError):
            first.sudo().unlink()
        with self.assertRaises(AccessError):
            self.item(first, "results").with_user(self.teacher).read(["seen"])

    def test_sql_that_the_ledger_does_not_know(self):
        first = self.open("HK1")
        item = self.item(first, "results")
        query = (
            "UPDATE edu_confirmation_item SET facts_sha256 = 'x', confirmed_by_id = 2,"
            " confirmed_at = now() WHERE id = %s"
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute(query, [item.id])
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")

    def test_each_confirmation_is_in_the_chain(self):
        first = self.open("HK1")
        self.complete(self.semester("HK1"))
        self.confirm(first, "results")
        self.item(first, "results").action_withdraw()
        entries = self.env["edu.ledger.entry"].search(
            [
                ("chain_id.name", "=", f"confirmation:{first.id}"),
                ("record", "=", str(self.item(first, "results").id)),
            ],
            order="seq",
        )
        self.assertEqual([one.operation for one in entries], ["open", "confirm", "unconfirm"])

    def test_the_school_decides_whether_it_is_required(self):
        book = self.semester("HK1")
        self.assertIn("confirmation_open", self.codes(book))
        self.company.edu_confirmation_required = "year"
        self.assertNotIn("confirmation_open", self.codes(book))

    @seed("R6.4", "R6.6a")
    def test_the_check_shows_what_would_be_computed_otherwise(self):
        first = self.open("HK1")
        book = self.semester("HK1")
        self.complete(book)
        book.with_user(self.vice).action_compute_results()
        self.assertEqual(first.difference_count, 0)
        self.assertIn("Everything that is stored", first.check_table)
        self.lower_a_mark(book)
        first.invalidate_recordset()
        # the average, and the level before and after adjustment, of one pupil
        self.assertEqual(first.difference_count, 3)
        self.assertEqual(first.check_table.count("table-warning"), 1)
        self.assertIn("8,5", first.check_table)
        self.assertIn("→", first.check_table)

    @seed("R6.5a", "R6.5b")
    def test_the_homeroom_teacher_sees_all_subjects(self):
        first = self.open("HK1")
        self.fill(self.sheet)
        self.assertEqual(len(first.sheet_ids), 7)
        sheet = first.sheet_ids.filtered(lambda one: one.subject_id.code == "TOAN")
        self.assertEqual(sheet.entered_share, 100)
        self.assertEqual(sum(first.sheet_ids.mapped("entered_share")), 100)
        with self.assertRaises(AccessError):
            sheet.save_cells([self.cell(column="CK", value="9")])
        action = self.env["edu.confirmation"].with_user(self.homeroom).action_mine()
        self.assertEqual(action["res_model"], "edu.confirmation")

    def test_queries_of_the_list_do_not_grow_with_classes(self):
        def queries():
            found = self.env["edu.confirmation"].search([("company_id", "=", self.company.id)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(found.mapped("record_state")))
            found.mapped("confirmed_count")
            return self.env.cr.sql_log_count - before

        self.open("HK1")
        queries()
        few = queries()
        for name in ("6W", "6X", "6Y"):
            school_class = self.make_class(name)
            self.add_pupils(school_class, 4)
            self.open_book(school_class)
            self.env["edu.confirmation"]._edu_open(school_class)
        self.assertEqual(queries(), few)

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 40)):
            school_class = self.make_class(name)
            self.add_pupils(school_class, pupils)
            book = self.open_book(school_class)
            self.complete(book)
            confirmation = self.env["edu.confirmation"]._edu_open(school_class)[:1]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            confirmation.item_ids.mapped("state")
            self.assertTrue(confirmation.check_table)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
