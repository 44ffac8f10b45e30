import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.edu_gradebook.tests.common import GradebookCase

from edu_records.testing import seed


@tagged("post_install", "-at_install")
class TestTranscript(GradebookCase):
    def setUp(self):
        super().setUp()
        self.complete()
        self.book.with_user(self.principal).action_lock()
        self.book.with_user(self.principal).action_approve()
        self.years = self._make(self.homeroom)

    def _make(self, user):
        action = self.book.with_user(user).action_make_transcripts()
        return self.env["edu.transcript.year"].search(action["domain"])

    def _comment(self):
        for year in self.years:
            year.with_user(self.homeroom).homeroom_comment = "Em có nhiều tiến bộ."

    @seed("P3.1.2.6", "P3.2.6.1")
    def test_every_pupil_gets_one_page_once(self):
        self.assertEqual(self.years.student_id, self.lines.student_id)
        self.assertEqual(self._make(self.principal), self.years)
        self.assertEqual(set(self.years.mapped("state")), {"draft"})
        self.assertEqual(self.years[0].conduct, "Tốt")

    @seed("P3.2.6.5")
    def test_levels_without_a_form_have_no_pages(self):
        """The form is that of lower secondary: no child of preschool gets it."""
        preschool = self.env["edu.class"].create(
            {
                "name": "Lá 1",
                "school_year_id": self.school_class.school_year_id.id,
                "grade_id": self.env.ref("edu_core.edu_grade_mn6").id,
                "homeroom_user_id": self.homeroom.id,
            }
        )
        self.add_pupils(preschool, 1, first=80)
        self.open_book(preschool)
        book = preschool.gradebook_ids.period_ids[0]
        with self.assertRaisesRegex(UserError, "no form of transcripts"):
            book.with_user(self.homeroom).action_make_transcripts()
        self.assertFalse(
            self.env["edu.transcript.year"].search_count([("class_id", "=", preschool.id)])
        )

    def test_an_empty_comment_blocks(self):
        with self.assertRaises(UserError):
            self.years.with_user(self.homeroom).action_lock()
        self._comment()
        self.years.with_user(self.homeroom).action_lock()
        self.assertEqual(set(self.years.mapped("state")), {"locked"})

    @seed("P3.2.6.5")
    def test_only_the_homeroom_teacher_comments(self):
        year = self.years[0]
        for user in (self.principal, self.teacher, self.it_admin):
            with self.assertRaises(AccessError):
                year.with_user(user).write({"homeroom_comment": "x"})
            with self.assertRaises(AccessError):
                year.with_user(user).sudo().write({"homeroom_comment": "x"})
        self._comment()
        self.years.with_user(self.homeroom).action_lock()
        with self.assertRaises(UserError):
            year.with_user(self.homeroom).homeroom_comment = "y"

    def test_the_comment_is_looked_at_and_written_with_the_bank(self):
        year, other = self.years.with_user(self.homeroom)[:2]
        year.homeroom_comment = f"{other.student_id.name} chăm học."
        self.assertIn(other.student_id.name, year.comment_findings)
        year.homeroom_comment = "Em chăm học."
        self.assertFalse(year.comment_findings)
        phrase = self.env["edu.comment.phrase"].with_user(self.homeroom)
        phrase = phrase.create({"name": "tot", "text": "{tên} tốt.", "company_id": self.company.id})
        given = year.student_id.name.split()[-1]
        with Form(year) as form:
            form.phrase_id = phrase
            self.assertEqual(form.homeroom_comment, f"Em chăm học. {given} tốt.")
            form.homeroom_comment = "/tot /la"
        self.assertEqual(year.homeroom_comment, f"{given} tốt. /la")
        self.company.edu_comment_length = 50
        with self.assertRaisesRegex(UserError, "50"):
            year.homeroom_comment = "a" * 51

    @seed("P3.2.6.6")
    def test_approval_freezes_what_the_gradebook_approved(self):
        self._comment()
        self.years.with_user(self.homeroom).action_lock()
        with self.assertRaises(AccessError):
            self.years.with_user(self.homeroom).action_approve()
        self.years.with_user(self.principal).action_approve()
        year = self.years[0]
        value = json.loads(year.snapshot_id.content)
        book = json.loads(self.book.snapshot_id.content)
        subject = value["subjects"][0]
        row = book["subjects"][0]["rows"][0]
        self.assertEqual(subject["hk1"], row["result"])
        self.assertEqual((subject["hk2"], subject["year"]), (None, None))
        self.assertEqual(value["results"]["hk1"]["conduct"], "TOT")
        self.assertEqual(value["homeroom_comment"], "Em có nhiều tiến bộ.")
        self.assertEqual(value["gradebook"]["sha256"], self.book.snapshot_id.sha256)
        self.assertEqual(len(self.years.document_ids), len(self.years))

    def test_no_page_without_approved_results(self):
        self._comment()
        self.book.with_user(self.principal).action_return("Điểm của một em phải xem lại.")
        with self.assertRaises(UserError) as refused:
            self.years.with_user(self.homeroom).action_lock()
        self.assertIn(self.book.display_name, str(refused.exception))

    def test_state_is_written_by_no_other_door(self):
        year = self.years[0]
        for door in (
            lambda: year.write({"state": "signed"}),
            lambda: year.sudo().write({"snapshot_id": False}),
            lambda: year.with_context(edu_guard=True).write({"state": "approved"}),
            lambda: year.unlink(),
        ):
            with self.assertRaises(UserError):
                door()

    def test_a_context_default_sets_no_state(self):
        year = self.years[0]
        other = self.add_pupils(self.school_class, 1, first=50)[-1:]
        made = (
            self.env["edu.transcript.year"]
            .with_context(default_state="signed", default_version=7)
            .create(
                {
                    "transcript_id": year.transcript_id.id,
                    "enrollment_id": other.id,
                    "gradebook_period_id": self.book.id,
                }
            )
        )
        self.assertEqual((made.state, made.version), ("draft", 1))

    @seed("P2.2.3a", "R5.5.14")
    def test_who_may_read(self):
        self.assertTrue(self.years.with_user(self.homeroom).mapped("study"))
        for user in (self.teacher, self.other_teacher):
            with self.assertRaises(AccessError):
                self.years.with_user(user).mapped("homeroom_comment")

    def test_making_pages_costs_the_same_for_more_pupils(self):
        def queries(school_class):
            book = self.open_book(school_class)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            book._edu_make_transcripts()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        classes = [self.make_class(name) for name in ("6B", "6C", "6D")]
        for number, (school_class, count) in enumerate(zip(classes, (4, 4, 40), strict=True)):
            self.add_pupils(school_class, count, first=100 * (number + 1))
        queries(classes[0])  # what is read once and then kept
        self.assertEqual(queries(classes[1]), queries(classes[2]))
