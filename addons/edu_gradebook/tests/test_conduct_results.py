from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestConductResults(GradebookCase):
    def conduct(self, line=0):
        return self.book.result_ids.filtered(lambda r: r.enrollment_id == self.lines[line])

    @seed("P2.2.3d")
    def test_homeroom_teacher_enters_conduct(self):
        book = self.book.with_user(self.homeroom)
        saved = book.save_conduct({str(self.lines[0].id): "TOT", self.lines[1].id: "CHUA_DAT"})
        self.assertEqual(len(saved), 2)
        self.assertEqual(self.conduct().conduct, "TOT")
        book.save_conduct({str(self.lines[0].id): "KHA"})
        entries = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.period.result"), ("record", "=", str(self.book.id))], order="seq"
        )
        self.assertEqual(
            entries.filtered(lambda e: e.slot == f"{self.lines[0].id}:conduct").mapped("new_value"),
            ["TOT", "KHA"],
        )

    def test_conduct_is_the_homeroom_teachers(self):
        levels = {str(self.lines[0].id): "TOT"}
        for user in (self.teacher, self.principal, self.it_admin, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                self.book.with_user(user).sudo().save_conduct(levels)
        book = self.book.with_user(self.homeroom)
        for wrong in ({"x": "TOT"}, "TOT", {str(self.lines[0].id): "GIOI"}, {"0": "TOT"}):
            with self.assertRaises(UserError):
                book.save_conduct(wrong)

    def test_conduct_in_the_list(self):
        self.book.with_user(self.homeroom).action_enter_conduct()
        results = self.book.result_ids.with_user(self.homeroom)
        self.assertEqual(len(results), self.pupils)
        results.write({"conduct": "DAT"})
        self.assertEqual(set(self.book.result_ids.mapped("conduct")), {"DAT"})
        with self.assertRaises(UserError):
            results.write({"study_final": "TOT"})
        with self.assertRaises(AccessError):
            self.book.result_ids.with_user(self.teacher).write({"conduct": "TOT"})

    def test_results_by_the_regulation(self):
        self.complete()
        self.book.sudo()._edu_compute_results()
        result = self.conduct()
        # one scored subject is less than the six of Điều 9.2; Điều 9.3 then raises by one level
        self.assertEqual((result.study_base, result.study_final), ("CHUA_DAT", "DAT"))
        self.assertEqual(result.adjusted_subject_id.code, "TOAN")
        self.assertEqual(result.rule_version, "tt22-1")
        self.assertIn("TT 22/2021", result.trace)
        subject = self.env["edu.subject.result"].search(
            [("gradesheet_id", "=", self.sheet.id), ("enrollment_id", "=", self.lines[0].id)]
        )
        self.assertEqual(subject.value, "8.5")
        self.assertEqual(self.book._edu_stale_results(), 0)

    def test_missing_mark_leaves_the_result_open(self):
        self.save(self.cell())
        self.book.sudo()._edu_compute_results()
        self.assertFalse(self.conduct().study_final)

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 40)):
            school_class = self.make_class(name)
            self.add_pupils(school_class, pupils)
            book = self.open_book(school_class).sudo()
            self.complete(book)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            book._edu_compute_results()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
