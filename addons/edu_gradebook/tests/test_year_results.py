from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase

HIGH, LOW = "8,5", "3"
SCORED = ("TOAN", "VAN", "NN1", "KHTN", "LSDL", "CN")


class YearCase(GradebookCase):
    """A class with six scored subjects and one by comments, and what its year needs."""

    @classmethod
    def make_grade(cls):
        grade = super().make_grade()
        cls.teachers = {**dict.fromkeys(SCORED, cls.teacher), "GDTC": cls.homeroom}
        for code in SCORED[1:]:
            cls.env["edu.curriculum.line"].create(
                {
                    "regulation_id": cls.env.ref("edu_core.edu_regulation_tt22").id,
                    "grade_id": grade.id,
                    "subject_id": cls.subject(code).id,
                    "periods": 35,
                    "assess": "score",
                }
            )
        return grade

    @classmethod
    def make_class(cls, name):
        cls.teachers = {**dict.fromkeys(SCORED, cls.teacher), "GDTC": cls.homeroom}
        return super().make_class(name)

    def semester(self, code, school_class=None):
        books = (school_class or self.school_class).gradebook_ids.period_ids
        return books.filtered(lambda one: one.period_id.code == code)

    def finish(self, school_class=None, marks=None, conduct=None, halves=("HK1", "HK2")):
        """Semesters complete and approved.

        :param dict marks: ``{(pupil's place, subject code): (semester 1, semester 2)}``
        :param dict conduct: ``{pupil's place: (semester 1, semester 2)}``
        """
        for half, code in enumerate(halves):
            period = self.semester(code, school_class)
            lines = period.class_id.enrollment_ids.sorted("number")
            for sheet in period._edu_sheets():
                self.fill_half(sheet, lines, half, marks or {})
            levels = {
                str(line.id): (conduct or {}).get(place, ("TOT", "TOT"))[half]
                for place, line in enumerate(lines)
            }
            period.with_user(self.homeroom).save_conduct(levels)
            period.with_user(self.principal).action_lock()
            period.with_user(self.principal).action_approve()

    def fill_half(self, sheet, lines, half, marks):
        code, usual = sheet.subject_id.code, HIGH if sheet.assess == "score" else "Đ"
        cells = [
            {
                "enrollment": line.id,
                "column": column.code,
                "value": marks.get((place, code), (usual, usual))[half],
                "version": 0,
            }
            for place, line in enumerate(lines)
            for column in sheet._edu_columns()
        ]
        answers = sheet.with_user(self.teachers[code]).save_cells(cells)
        self.assertTrue(all("version" in answer for answer in answers), answers)
        sheet.with_user(self.teachers[code]).action_confirm()

    def open_review(self, school_class=None):
        school_class = school_class or self.school_class
        school_class.with_user(self.homeroom).action_year_results()
        return school_class.review_ids.filtered(lambda review: review.stage == "CN")

    def row(self, review, line=0):
        return review.result_ids.filtered(lambda row: row.enrollment_id == self.lines[line])

    def subject_row(self, review, code, line=0):
        return review.subject_ids.filtered(
            lambda row: row.enrollment_id == self.lines[line] and row.subject_id.code == code
        )

    def attend(self, review, sessions="0"):
        review.result_ids.with_user(self.homeroom).write({"absent": sessions})

    def approve(self, review):
        if review.stage == "CN":
            self.attend(review)
        review.with_user(self.homeroom).action_lock()
        review.with_user(self.principal).action_approve()

    def summer(self):
        return self.school_class.review_ids.filtered(lambda review: review.stage == "HE")

    def codes(self, review, transition="lock"):
        return {blocker["code"] for blocker in review.edu_blockers(transition)[0]["blockers"]}


@tagged("post_install", "-at_install")
class TestYearResults(YearCase):
    @seed("R4.7a")
    def test_year_from_both_semesters(self):
        self.finish(
            marks={(0, "TOAN"): ("9", "7,1"), (1, "TOAN"): (HIGH, LOW)},
            conduct={0: ("DAT", "TOT"), 1: ("TOT", "CHUA_DAT")},
        )
        review = self.open_review()
        self.attend(review)
        self.assertEqual(len(review.result_ids), self.pupils)
        self.assertEqual(len(review.subject_ids), self.pupils * 7)
        subject = self.subject_row(review, "TOAN")
        self.assertEqual((subject.hk1, subject.hk2, subject.value), ("9.0", "7.1", "7.7"))
        self.assertIn("(9,0 + 2 × 7,1) / 3", subject.why)
        self.assertEqual(self.subject_row(review, "GDTC").value, "Đ")
        first, second, third = (self.row(review, place) for place in range(3))
        self.assertEqual(
            (first.conduct, first.study_final, first.outcome), ("KHA", "KHA", "LEN_LOP")
        )
        self.assertFalse(first.title)
        # 4.8 in one subject alone: five of six reach 5.0; Tốt without it: raised by one
        self.assertEqual((second.study_base, second.study_final), ("CHUA_DAT", "DAT"))
        self.assertEqual(second.adjusted_subject_id.code, "TOAN")
        self.assertEqual((second.conduct, second.outcome), ("CHUA_DAT", "REN_LUYEN_HE"))
        self.assertEqual((third.title, third.rule_version), ("HS_GIOI", "tt22-1"))
        self.assertIn("Kết quả rèn luyện cả năm học: Khá", first.why)
        self.assertIn("Thông tư", first.why)

    def test_missing_semester_and_who_owes_it(self):
        self.finish(halves=("HK1",))
        review = self.open_review()
        self.assertFalse(self.row(review).outcome)
        with self.assertRaises(UserError) as refused:
            review.with_user(self.homeroom).action_lock()
        text = str(refused.exception)
        for part in (
            "is not approved",
            self.principal.name,
            "marks are missing",
            self.teacher.name,
        ):
            self.assertIn(part, text)
        self.assertIn(f"Sessions absent are not entered ({self.pupils})", text)
        self.assertEqual(review.state, "draft")

    @seed("R4.7b")
    def test_approval_waits_for_everything(self):
        self.finish()
        review = self.open_review()
        self.assertIn("missing_absences", self.codes(review))
        self.attend(review)
        self.assertFalse(self.codes(review.with_user(self.homeroom)))
        with self.assertRaises(AccessError):
            review.with_user(self.principal).action_lock()
        review.with_user(self.homeroom).action_lock()
        for user in (self.homeroom, self.vice, self.it_admin):
            with self.assertRaises(AccessError):
                review.with_user(user).action_approve()
        review.with_user(self.principal).action_approve()
        self.assertEqual(set(review.result_ids.mapped("decision")), {"LEN_LOP"})
        self.assertTrue(review.approved_at and review.snapshot_id)
        frozen = review.snapshot_id._edu_value()["students"]
        self.assertEqual([pupil["decision"] for pupil in frozen], ["LEN_LOP"] * self.pupils)
        entries = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.year.result"), ("record", "=", str(review.id))]
        )
        decided = entries.filtered(lambda entry: entry.slot.endswith(":decision"))
        self.assertEqual(len(decided), self.pupils)

    def test_proposals_and_decisions(self):
        self.finish()
        review = self.open_review()
        self.attend(review)
        row = self.row(review)
        with self.assertRaises(AccessError):
            row.with_user(self.principal).sudo().write({"proposal": "O_LAI_LOP"})
        with self.assertRaises(UserError):
            row.with_user(self.homeroom).write({"proposal": "GIOI"})
        row.with_user(self.homeroom).write({"proposal": "O_LAI_LOP"})
        self.assertIn("unexplained", self.codes(review))
        row.with_user(self.homeroom).write({"note": "Gia đình xin ở lại lớp"})
        with self.assertRaisesRegex(UserError, "while it is Proposed"):
            row.with_user(self.principal).write({"decision": "LEN_LOP"})
        review.with_user(self.homeroom).action_lock()
        with self.assertRaises(UserError):
            row.with_user(self.homeroom).write({"proposal": ""})
        with self.assertRaises(AccessError):
            row.with_user(self.homeroom).sudo().write({"decision": "LEN_LOP"})
        row.with_user(self.principal).write({"decision": "LEN_LOP"})
        with self.assertRaisesRegex(UserError, "Decided otherwise without a reason"):
            review.with_user(self.principal).action_approve()
        row.with_user(self.principal).write({"decision_note": "Đủ điều kiện"})
        review.with_user(self.principal).action_approve()
        self.assertEqual((row.proposal, row.decision), ("O_LAI_LOP", "LEN_LOP"))
        with self.assertRaises(UserError):
            row.with_user(self.principal).write({"decision": "O_LAI_LOP"})

    def test_entries_are_checked(self):
        review = self.open_review()
        self.finish()
        review.with_user(self.homeroom).action_compute()
        row = self.row(review)
        for wrong in ("x", "-1", "4,5", "1000", "01", 7, "7" * 300):
            with self.assertRaises(UserError):
                row.with_user(self.homeroom).write({"absent": wrong})
        with self.assertRaises(UserError):
            row.with_user(self.homeroom).write({"conduct_after": "TOT"})
        for column in ("outcome", "conduct", "study_final", "title", "trace", "entry_seq"):
            with self.assertRaises(UserError):
                row.sudo().write({column: False})
        row.with_user(self.homeroom).write({"absent": "46"})
        self.assertEqual(row.outcome, "O_LAI_LOP")
        with self.assertRaises(UserError):
            row.sudo().unlink()

    def test_the_database_guards_the_results(self):
        self.finish()
        review = self.open_review()
        self.attend(review)
        row = self.row(review)
        statements = [
            "UPDATE edu_year_result SET absent = '9' WHERE id = %s",
            "UPDATE edu_year_result SET decision = 'LEN_LOP', entry_seq = 999 WHERE id = %s",
            "DELETE FROM edu_year_result WHERE id = %s",
        ]
        self.approve(review)
        self.env.flush_all()
        statements.append("UPDATE edu_year_result SET outcome = 'O_LAI_LOP' WHERE id = %s")
        for statement in statements:
            with (
                self.assertRaises(psycopg2.errors.RaiseException),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [row.id])
        self.assertFalse(self.env["edu.ledger.guard"]._edu_findings())

    def test_semesters_stay_while_the_year_rests_on_them(self):
        self.finish()
        review = self.open_review()
        self.approve(review)
        book = self.semester("HK2").with_user(self.principal)
        with self.assertRaisesRegex(UserError, "rests on it"):
            book.action_return("Sửa điểm")
        review.with_user(self.principal).action_return("Sửa điểm")
        review.with_user(self.principal).action_unlock("Sửa điểm")
        book.action_return("Sửa điểm")
        self.assertIn("not_approved", self.codes(review))

    def test_a_pupil_of_another_class_keeps_semester_1(self):
        other = self.make_class("6B")
        self.add_pupils(other, 2, first=20)
        self.open_book(other)
        self.finish(halves=("HK1",))
        self.finish(other, halves=("HK1",))
        mover = self.lines[0].student_id
        self.env["edu.movement"]._edu_move("class_change", mover, self.company._edu_today(), other)
        review = self.open_review(other)
        row = review.subject_ids.filtered(
            lambda row: row.enrollment_id.student_id == mover and row.subject_id.code == "TOAN"
        )
        self.assertEqual(row.hk1, "8.5")

    def test_who_leaves_before_the_end_is_not_decided(self):
        self.finish(halves=("HK1",))
        review = self.open_review()
        self.assertEqual(len(review.result_ids), self.pupils)
        leaver = self.lines[0].student_id
        self.env["edu.movement"]._edu_move(
            "drop_out", leaver, self.company._edu_today() - timedelta(days=1)
        )
        self.attend(review)
        codes = review.edu_blockers("lock")[0]["blockers"]
        undecided = [one for one in codes if one["code"] == "undecided"]
        self.assertIn(f"({self.pupils - 1})", undecided[0]["message"])

    def exempt(self, *periods):
        """Exempt the first pupil from physical education, a comment subject."""
        for code in periods:
            sheet = self.sheet_of("GDTC", self.semester(code))
            cells = [
                {
                    "enrollment": self.lines[0].id,
                    "column": column.code,
                    "kind": "exempt",
                    "version": 0,
                }
                for column in sheet._edu_columns()
            ]
            sheet.with_user(self.homeroom).save_cells(cells)
            sheet.gradebook_period_id.sudo()._edu_compute_results()

    def test_exempt_in_one_semester_is_judged_by_the_other(self):
        first = self.semester("HK1")
        self.fill_half(self.sheet_of("GDTC", first), self.lines, 0, {})
        first.sudo()._edu_compute_results()
        self.exempt("HK2")
        row = self.subject_row(self.open_review(), "GDTC")
        self.assertFalse(row.left_out)
        self.assertEqual((row.hk1, row.hk2, row.value), ("Đ", False, "Đ"))

    def test_exempt_subject_is_left_out(self):
        self.exempt("HK1", "HK2")
        review = self.open_review()
        row = self.subject_row(review, "GDTC")
        self.assertTrue(row.left_out)
        self.assertFalse(row.value)
        self.assertFalse(self.subject_row(review, "GDTC", 1).left_out)

    def test_queries_do_not_grow_with_pupils(self):
        counts = []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 45)):
            school_class = self.make_class(name)
            self.add_pupils(school_class, pupils)
            self.open_book(school_class)
            self.finish(school_class)
            review = self.env["edu.year.review"].sudo()._edu_open(school_class)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review._edu_compute()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(review.result_ids), pupils)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestAfterSummer(YearCase):
    """Pupil 0: two subjects failed; pupil 1: conduct failed; pupil 2: both; pupil 3: nothing."""

    def setUp(self):
        super().setUp()
        self.finish(
            marks={
                (0, "TOAN"): (LOW, LOW),
                (0, "VAN"): ("4", "4"),
                (2, "TOAN"): (LOW, LOW),
                (2, "VAN"): (LOW, LOW),
            },
            conduct={1: ("TOT", "CHUA_DAT"), 2: ("DAT", "CHUA_DAT")},
        )
        self.review = self.open_review()
        self.approve(self.review)

    def enter(self, code, value, line=0, user=None):
        row = self.subject_row(self.summer(), code, line)
        row.with_user(user or self.teacher).write({"retest": value})
        return row

    @seed("R4.7a")
    def test_who_is_due(self):
        outcomes = [self.row(self.review, place).decision for place in range(4)]
        self.assertEqual(outcomes, ["KIEM_TRA_LAI", "REN_LUYEN_HE", "O_LAI_LOP", "LEN_LOP"])
        due = self.review.subject_ids.filtered("due")
        self.assertEqual(
            {(row.enrollment_id, row.subject_id.code) for row in due},
            {(self.lines[0], "TOAN"), (self.lines[0], "VAN")},
        )
        summer = self.summer()
        self.assertEqual(summer.result_ids.enrollment_id, self.lines[0] | self.lines[1])
        self.assertEqual(summer.subject_ids.mapped("subject_id.code"), ["TOAN", "VAN"])

    def test_re_assessment_flips_only_what_it_must(self):
        summer = self.summer()
        query = "SELECT id, ctid::text, to_jsonb(r) - 'trace' FROM edu_year_result r"
        self.env.cr.execute(query)
        before = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        row = self.enter("TOAN", "6,5")
        self.assertEqual((row.retest, row.author_id), ("6.5", self.teacher))
        self.assertEqual(self.row(summer).outcome, "KIEM_TRA_LAI")
        self.enter("VAN", "5")
        result = self.row(summer)
        self.assertEqual((result.study_after, result.outcome), ("DAT", "LEN_LOP"))
        self.env.cr.execute(query)
        after = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        # the other rows are not even written again: they lie where they lay
        moved = {key for key in after if after[key] != before[key]}
        self.assertEqual(moved, {result.id})
        old, new = before[result.id][1], after[result.id][1]
        changed = {name for name in new if new[name] != old[name]}
        self.assertEqual(changed, {"study_after", "outcome", "input_hash"})
        self.assertEqual(self.row(self.review).decision, "KIEM_TRA_LAI")

    def test_who_enters_what(self):
        for user in (self.other_teacher, self.homeroom, self.principal):
            with self.assertRaises(AccessError):
                self.subject_row(self.summer(), "TOAN").with_user(user).sudo().write(
                    {"retest": "7"}
                )
        for wrong in ("11", "x", "7,55", 7):
            with self.assertRaisesRegex(UserError, "is no result of a re-assessment"):
                self.enter("TOAN", wrong)
        with self.assertRaises(UserError):
            self.subject_row(self.review, "TOAN").with_user(self.teacher).write({"retest": "7"})
        row = self.subject_row(self.summer(), "TOAN")
        with (
            self.assertRaises(psycopg2.errors.RaiseException),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE edu_year_subject SET retest = '9' WHERE id = %s", [row.id])

    def test_summer_is_approved_when_complete(self):
        summer = self.summer()
        self.assertLessEqual({"missing_retests", "missing_conduct"}, self.codes(summer))
        self.enter("TOAN", "V")
        self.enter("VAN", "4,5")
        self.row(summer, 1).with_user(self.homeroom).write({"conduct_after": "DAT"})
        self.assertEqual(
            [self.row(summer, place).outcome for place in (0, 1)], ["O_LAI_LOP", "LEN_LOP"]
        )
        with self.assertRaisesRegex(UserError, "does not belong to this stage"):
            self.row(summer).with_user(self.homeroom).write({"absent": "1"})
        self.approve(summer)
        valid = self.env["edu.year.result"]._edu_valid(self.lines)
        self.assertEqual(
            [valid[line.id] for line in self.lines],
            ["O_LAI_LOP", "LEN_LOP", "O_LAI_LOP", "LEN_LOP"],
        )
        with self.assertRaisesRegex(UserError, "rests on it"):
            self.review.with_user(self.principal).action_return("Xét lại")
        self.env["edu.ledger.verification"].sudo()._edu_run(self.company)
        findings = self.env["edu.ledger.finding"].search([("company_id", "=", self.company.id)])
        self.assertFalse(findings.mapped("message"))

    def test_overview_says_whose_turn_it_is(self):
        def tiles(user):
            loaded = self.env["edu.dashboard"].with_user(user).load()
            found = [tile for section in loaded["sections"] for tile in section["tiles"]]
            return {tile["code"]: tile["value"] for tile in found}

        self.assertEqual(tiles(self.teacher)["retests_mine"], "2")
        self.assertEqual(tiles(self.homeroom)["reviews_mine"], "1")
        self.assertNotIn("reviews_proposed", tiles(self.principal))
        self.enter("TOAN", "7")
        self.enter("VAN", "V")
        self.assertNotIn("retests_mine", tiles(self.teacher))
        summer = self.summer()
        self.row(summer, 1).with_user(self.homeroom).write({"conduct_after": "DAT"})
        summer.with_user(self.homeroom).action_lock()
        self.assertEqual(tiles(self.principal)["reviews_proposed"], "1")
        self.assertNotIn("reviews_mine", tiles(self.homeroom))

    def test_the_rollover_follows_the_decisions(self):
        year = self.school_class.school_year_id
        self.env["edu.school.year"].create(
            {
                "name": "2027-2028",
                "date_start": "2027-09-05",
                "date_end": "2028-05-31",
                "company_id": self.company.id,
            }
        )
        action = year.with_user(self.principal).action_rollover()
        rollover = self.env["edu.rollover"].browse(action["res_id"])
        lines = {line.enrollment_id: line for line in rollover.line_ids}
        proposed = [lines[line].decision for line in self.lines]
        # 6 is the last grade of the tests' own level
        self.assertEqual(proposed, ["undecided", "undecided", "repeat", "completion"])
        self.assertIn("re-assessment", lines[self.lines[0]].reason)
        self.enter("TOAN", "7")
        self.enter("VAN", "7")
        summer = self.summer()
        self.row(summer, 1).with_user(self.homeroom).write({"conduct_after": "CHUA_DAT"})
        lines[self.lines[3]].with_user(self.principal).write({"decision": "repeat"})
        self.approve(summer)
        self.env.invalidate_all()
        proposed = [lines[line].decision for line in self.lines]
        self.assertEqual(proposed, ["completion", "repeat", "repeat", "repeat"])
        self.assertTrue(lines[self.lines[3]].confirmed)

    def test_class_without_approved_results_stays_undecided(self):
        other = self.make_class("6B")
        line = self.add_pupils(other, 1, first=30)
        self.open_book(other)
        rollover = self.env["edu.rollover"].sudo()
        rollover_line = rollover.env["edu.rollover.line"].new({"enrollment_id": line.id})
        rollover_line.student_id = line.student_id
        proposal = rollover._edu_rollover_proposal(rollover_line)
        self.assertEqual(proposal[rollover_line][0], "undecided")


@tagged("post_install", "-at_install")
class TestContinuingEducation(YearCase):
    """The same code under TT 43/2021: five subjects are enough, learners have other titles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        regulation = cls.env.ref("edu_core.edu_regulation_tt43")
        for code in SCORED[:5]:
            cls.env["edu.curriculum.line"].create(
                {
                    "regulation_id": regulation.id,
                    "grade_id": cls.grade.id,
                    "subject_id": cls.subject(code).id,
                    "periods": 35,
                    "assess": "score",
                }
            )
        cls.centre_class = cls.env["edu.class"].create(
            {
                "name": "6G",
                "school_year_id": cls.school_class.school_year_id.id,
                "grade_id": cls.grade.id,
                "homeroom_user_id": cls.homeroom.id,
                "programme": "gdtx",
            }
        )
        for code in SCORED[:5]:
            cls.env["edu.teaching.assignment"].create(
                {
                    "class_id": cls.centre_class.id,
                    "subject_id": cls.subject(code).id,
                    "user_id": cls.teacher.id,
                }
            )
        cls.lines = cls.add_pupils(cls.centre_class, 2, first=40)
        cls.open_book(cls.centre_class)

    def test_five_subjects_are_enough(self):
        self.assertEqual(self.centre_class.regulation_id.code, "TT43")
        self.finish(self.centre_class, conduct={1: ("TOT", "KHA")})
        review = self.open_review(self.centre_class)
        self.attend(review)
        first, second = self.row(review), self.row(review, 1)
        self.assertEqual((first.rule_version, first.title), ("tt43-1", "HV_GIOI"))
        self.assertEqual((first.study_base, first.outcome), ("TOT", "LEN_LOP"))
        self.assertEqual((second.conduct, second.title), ("KHA", False))
        self.assertIn("43/2021", first.why)
