from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import GradebookCase

ATTACK = {"edu_guard": True, "tracking_disable": True, "force": True, "install_mode": True}


class RemarkCase(GradebookCase):
    """A year that is over, so that its weeks are there whatever day it is."""

    year_name = "2024-2025"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year = cls.school_class.school_year_id
        cls.weeks = cls.env["edu.school.week"]._edu_of(cls.year)
        cls.week = cls.weeks[4]
        cls.toan = cls.subject("TOAN")

    def remark(self, text="Lớp học nghiêm túc.", user=None, line=None, week=None, **options):
        """Save one remark of the class, or of a pupil, by the subject's teacher."""
        subject = options.pop("subject", self.toan)
        version = options.pop("version", None)
        key = self.lines[line].id if line is not None else 0
        found = self.found(line, week, subject)
        typed = {
            "enrollment": key,
            "text": text,
            "version": found.version if version is None else version,
        }
        (answer,) = (
            self.env["edu.remark"]
            .with_user(user or self.teacher)
            .save_remarks(
                self.school_class.id, (week or self.week).id, subject.id, [typed], **options
            )
        )
        return answer

    def of_week(self, text="Lớp rèn luyện tốt.", **options):
        """The homeroom teacher's remark."""
        none = self.env["edu.subject"]
        return self.remark(text, user=self.homeroom, subject=none, **options)

    def found(self, line=None, week=None, subject=None):
        return self.env["edu.remark"].search(
            [
                ("class_id", "=", self.school_class.id),
                ("week_id", "=", (week or self.week).id),
                ("subject_id", "=", (self.toan if subject is None else subject).id),
                ("enrollment_id", "=", line is not None and self.lines[line].id),
            ]
        )

    def entries(self, remark):
        return self.env["edu.ledger.entry"].search(
            [("chain_id", "=", remark.chain_id.id), ("record", "=", str(remark.id))], order="seq"
        )


@tagged("post_install", "-at_install")
class TestRemarks(RemarkCase):
    @seed("R7.3")
    def test_the_subject_teacher_remarks_on_class_and_pupils(self):
        answer = self.remark("Nề nếp  tốt,\n chuẩn bị bài đầy đủ. ")
        self.assertEqual(answer["version"], 1)
        self.assertEqual(answer["text"], "Nề nếp tốt,\nchuẩn bị bài đầy đủ.")
        self.remark("Hay phát biểu.", line=1)
        self.assertEqual(self.found(line=1).text, "Hay phát biểu.")
        self.assertEqual(self.found().author_id, self.teacher)
        self.assertFalse(self.found().acting_for_id)

    @seed("R6.7.4")
    def test_the_homeroom_teacher_remarks_once_a_week(self):
        self.of_week()
        self.assertEqual(self.found(subject=self.env["edu.subject"]).author_id, self.homeroom)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["edu.remark"].sudo()._edu_unguarded().create(
                {
                    "chain_id": self.found(subject=self.env["edu.subject"]).chain_id.id,
                    "class_id": self.school_class.id,
                    "week_id": self.week.id,
                    "author_id": self.homeroom.id,
                    "written_at": "2024-10-10 00:00:00",
                }
            )

    @seed("R7.3", "P2.2.3a")
    def test_nobody_else_writes_whatever_sudo_says(self):
        strangers = (self.other_teacher, self.homeroom, self.principal, self.it_admin)
        for user in (*strangers, self.env.ref("base.user_root"), self.env.ref("base.user_admin")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["edu.remark"].with_user(user).sudo().with_context(**ATTACK).save_remarks(
                    self.school_class.id,
                    self.week.id,
                    self.toan.id,
                    [{"enrollment": 0, "text": "Chen vào", "version": 0}],
                )
        with self.assertRaises(AccessError):
            self.of_week_by(self.teacher)
        self.assertFalse(self.found())

    def of_week_by(self, user):
        return self.remark(user=user, subject=self.env["edu.subject"])

    def test_the_orm_writes_nothing(self):
        self.remark()
        remark = self.found()
        for user in (self.teacher, self.principal, self.env.user):
            mine = remark.with_user(user).sudo().with_context(**ATTACK)
            for attack in (
                lambda mine=mine: mine.write({"text": "Khác"}),
                lambda mine=mine: mine.write({"author_id": self.principal.id}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create(mine.copy_data()),
            ):
                with self.assertRaises(UserError):
                    attack()
        self.assertEqual(self.found().text, "Lớp học nghiêm túc.")

    def test_sql_that_the_ledger_does_not_know(self):
        self.remark()
        remark = self.found()
        attacks = (
            (
                "UPDATE edu_remark SET text = 'Khác' WHERE id = %s",
                "not the text that was filed|new version",
            ),
            ("UPDATE edu_remark SET author_id = 1 WHERE id = %s", "does not record"),
            ("UPDATE edu_remark SET week_id = week_id + 1 WHERE id = %s", "does not record"),
            ("DELETE FROM edu_remark WHERE id = %s", "refused"),
        )
        for query, message in attacks:
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.Error, message),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [remark.id])
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")

    @seed("P2.2.3d")
    def test_the_chain_has_digests_and_the_history_the_texts(self):
        self.remark("Lần một.")
        self.remark("Lần hai.")
        self.remark("")
        remark = self.found()
        entries = self.entries(remark)
        self.assertEqual(
            [entry.operation for entry in entries], ["remark", "remark", "remark_clear"]
        )
        self.assertFalse([one for one in entries.mapped("payload") if "Lần" in one])
        history = remark.with_user(self.teacher).history
        self.assertIn("Lần một.", history)
        self.assertIn("Lần hai.", history)
        self.assertIn("cleared", history)
        self.assertFalse(remark.text)
        self.assertEqual(self.remark("Lần ba.")["version"], 4)

    def test_an_erased_text_is_gone_everywhere(self):
        self.remark("Thông tin nhạy cảm.")
        remark = self.found()
        reason = self.env["edu.ledger.reason"].search([("digest", "=", remark.text_digest)])
        reason.with_user(self.principal).action_erase()
        self.assertFalse(remark.text)
        self.assertTrue(remark.text_digest)
        self.assertNotIn("nhạy cảm", remark.history)
        self.assertIn("erased", remark.history)

    def test_what_is_changed_with_the_triggers_off_is_found(self):
        self.remark()
        remark = self.found()
        self.settle()
        self.assertFalse(self.env["edu.remark"]._edu_wrong_texts(self.company))
        self.env.cr.execute("ALTER TABLE edu_remark DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE edu_remark SET text = 'Khác' WHERE id = %s", [remark.id])
        self.env.cr.execute("ALTER TABLE edu_remark ENABLE TRIGGER USER")
        self.env.invalidate_all()
        values = list(self.env["edu.remark"]._edu_chained_values(self.company))
        (told,) = [row for row in values if row["record"] == str(remark.id)]
        self.assertNotIn(remark.text_digest, told["value"])

    # -- when ------------------------------------------------------------------------------------

    @seed("R7.3", "R4.5b")
    def test_a_locked_period_closes_its_weeks(self):
        self.remark()
        later = self.weeks.filtered("number")[-1]
        self.complete()
        self.book.with_user(self.principal).action_lock()
        with self.assertRaisesRegex(UserError, "Locked"):
            self.remark("Viết sau khi khoá.")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.Error, "locked period"),
            self.env.cr.savepoint(),
        ):
            self.env["edu.remark"].with_user(self.teacher)._edu_write(
                self.place(), {0: "Đường vòng"}, {}
            )
            self.env.flush_all()
        self.remark("Học kì II vẫn mở.", week=later)
        self.book.with_user(self.principal).action_unlock(reason="Bổ sung")
        self.remark("Được mở lại.")
        self.assertEqual(self.found().text, "Được mở lại.")

    def place(self):
        Remark = self.env["edu.remark"].with_user(self.teacher).sudo()
        place = Remark._edu_place(self.school_class.id, self.week.id + 1, self.toan.id)
        Remark._edu_hold(place)
        return place

    def test_the_period_of_a_week_follows_its_days(self):
        first = self.book.period_id
        self.assertEqual(self.book_of(self.weeks.filtered("number")[17]).period_id.code, "HK1")
        self.assertEqual(self.book_of(self.weeks.filtered("number")[18]).period_id.code, "HK2")
        first.date_end = self.weeks[9].date_end
        self.assertEqual(self.book_of(self.weeks[9]).period_id.code, "HK1")
        self.assertEqual(self.book_of(self.weeks[10]).period_id.code, "HK2")

    def book_of(self, week):
        return self.env["edu.remark"]._edu_book({"class": self.school_class, "week": week})

    def test_breaks_and_weeks_to_come(self):
        tet = self.weeks[20]
        tet.with_user(self.principal).write({"is_break": True, "note": "Tết"})
        self.assertEqual([week.number for week in self.weeks[19:23]], [20, 0, 21, 22])
        with self.assertRaisesRegex(UserError, "break"):
            self.remark(week=tet)
        coming = self.company._edu_today() + timedelta(days=30)
        self.weeks[30]._edu_unguarded().sudo().date_start = coming
        with self.assertRaisesRegex(UserError, "not begun"):
            self.remark(week=self.weeks[30])

    def test_weeks_with_remarks_keep_their_number(self):
        self.remark(week=self.weeks[6])
        with self.assertRaisesRegex(UserError, "number"), self.env.cr.savepoint():
            self.weeks[3].with_user(self.principal).is_break = True
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "number"), self.env.cr.savepoint():
            self.year.week_one = self.weeks[1].date_start
        self.env.invalidate_all()
        self.weeks[8].with_user(self.principal).is_break = True
        self.assertEqual(self.weeks[9].number, 9)
        for user in (self.vice, self.it_admin):
            with self.assertRaises(AccessError):
                self.weeks[10].with_user(user).sudo().is_break = True
        with self.assertRaises(UserError):
            self.weeks[10].with_user(self.principal).number = 3

    def test_another_school_another_year_and_strange_input(self):
        Remark = self.env["edu.remark"].with_user(self.teacher)
        good = [self.school_class.id, self.week.id, self.toan.id]
        for place in (
            [0, *good[1:]],
            ["x", *good[1:]],
            [good[0], 0, good[2]],
            [*good[:2], 987654321],
        ):
            with self.subTest(place=place), self.assertRaises(UserError):
                Remark.save_remarks(*place, [{"enrollment": 0, "text": "x", "version": 0}])
        for wrong in (None, "x", [1], [{"enrollment": "a"}], [{"text": 5}], [{}, {}]):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                Remark.save_remarks(*good, wrong)
        (answer,) = Remark.save_remarks(*good, [{"enrollment": 987654321, "text": "x y z"}])
        self.assertEqual(answer["error"], "NO_PUPIL")

    def test_a_version_that_was_overtaken(self):
        self.remark("Một.")
        answer = self.remark("Hai.", version=0)
        self.assertEqual(
            (answer["error"], answer["text"], answer["version"]), ("CONFLICT", "Một.", 1)
        )
        self.assertEqual(self.found().text, "Một.")

    def test_a_delegate_writes_for_the_teacher(self):
        today = self.company._edu_today()
        self.env["edu.entry.delegation"].with_user(self.teacher).create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.toan.id,
                "delegate_id": self.other_teacher.id,
                "date_from": today,
                "date_to": today,
                "reason": "Nghỉ ốm",
            }
        )
        self.remark(user=self.other_teacher)
        remark = self.found().with_user(self.other_teacher)
        self.assertEqual(
            (remark.author_id, remark.acting_for_id), (self.other_teacher, self.teacher)
        )

    # -- checks ----------------------------------------------------------------------------------

    @seed("R7.3")
    def test_what_looks_like_a_mistake_is_asked_about(self):
        other = self.lines[2].student_id.name
        answer = self.remark(f"{other} rất cố gắng.", line=0)
        self.assertEqual(answer["error"], "ASKED")
        self.assertIn(other, answer["message"])
        self.assertFalse(self.found(line=0))
        refused = self.remark(f"{other} rất cố gắng nhé.", line=0, acknowledged=answer["token"])
        self.assertEqual(refused["error"], "ASKED")
        saved = self.remark(f"{other} rất cố gắng.", line=0, acknowledged=answer["token"])
        self.assertEqual(saved["version"], 1)
        self.assertEqual(self.remark("...", line=1)["error"], "ASKED")

    def test_one_sentence_for_many_pupils(self):
        self.company.edu_remark_repeats = 2
        self.remark("Đi học đúng giờ.", line=0)
        self.remark("Đi học đúng giờ. Ngoan.", line=1)
        answer = self.remark("đi học  đúng giờ!", line=2)
        self.assertEqual(answer["error"], "ASKED")
        self.assertIn("3", answer["message"])

    def test_lengths_are_the_schools(self):
        self.company.edu_remark_pupil_length = 60
        self.assertEqual(self.remark("a" * 61, line=0)["error"], "TOO_LONG")
        self.assertEqual(self.remark("a" * 60, line=0)["version"], 1)
        self.assertEqual(self.remark("b" * 501)["error"], "TOO_LONG")

    def test_queries_do_not_grow_with_pupils(self):
        counts, loads = [], []
        for name, pupils in (("6W", 4), ("6X", 4), ("6Y", 40)):
            school_class = self.make_class(name)
            lines = self.add_pupils(school_class, pupils)
            Remark = self.env["edu.remark"].with_user(self.teacher)
            place = (school_class.id, self.week.id, self.toan.id)
            typed = [
                {"enrollment": line.id, "text": f"Ghi chú {chr(97 + number % 26)} số {number}"}
                for number, line in enumerate(lines)
            ]
            counts.append([])
            for version in (0, 1):
                typed = [{**one, "version": version} for one in typed]
                self.env.cr.flush()
                self.env.invalidate_all()
                # whether an environment still knows its user's school is chance
                self.assertEqual(self.teacher.company_id, self.company)
                before = self.env.cr.sql_log_count
                answers = Remark.save_remarks(*place, typed)
                self.env.flush_all()
                counts[-1].append(self.env.cr.sql_log_count - before)
                self.assertTrue(all("error" not in answer for answer in answers), answers)
                typed = [{**one, "text": one["text"] + " nữa"} for one in typed]
            self.env.invalidate_all()
            self.assertEqual(self.teacher.company_id, self.company)
            before = self.env.cr.sql_log_count
            page = Remark.load_remarks(place[0], place[2], place[1])
            loads.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(page["rows"]), pupils + 1)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(loads[1], loads[2])


@tagged("post_install", "-at_install")
class TestRemarkPage(RemarkCase):
    def page(self, user=None, **options):
        given = {
            "class_id": self.school_class.id,
            "subject_id": self.toan.id,
            "week_id": self.week.id,
            **options,
        }
        return self.env["edu.remark"].with_user(user or self.teacher).load_remarks(**given)

    @seed("R7.3")
    def test_one_call_gives_the_page(self):
        before = self.weeks.filtered(lambda week: week.number == self.week.number - 1)
        self.remark("Tuần trước tốt.", week=before)
        self.remark("Chăm.", line=1)
        page = self.page()
        self.assertFalse(page["closed"])
        of_class, *pupils = page["rows"]
        self.assertEqual((of_class["text"], of_class["before"]), ("", "Tuần trước tốt."))
        self.assertEqual(len(pupils), self.pupils)
        self.assertEqual((pupils[1]["text"], pupils[1]["version"]), ("Chăm.", 1))
        states = {week["number"]: week for week in page["weeks"]}
        self.assertTrue(states[before.number]["written"])
        self.assertTrue(states[1]["missing"])
        self.assertFalse(states[before.number]["missing"])

    def test_the_places_of_a_teacher(self):
        page = self.env["edu.remark"].with_user(self.homeroom).load_remarks()
        names = [place["name"] for place in page["places"]]
        self.assertEqual(names, ["6A · Homeroom", "6A · Giáo dục thể chất"])
        self.assertEqual(page["place"]["subject_id"], 0)
        for wrong in ("x", [1], "1.5"):
            with self.assertRaises(UserError):
                self.env["edu.remark"].with_user(self.homeroom).load_remarks(class_id=wrong)
        empty = self.env["edu.remark"].with_user(self.other_teacher).load_remarks()
        self.assertIsNone(empty["place"])

    def test_readers_read_and_others_see_nothing(self):
        self.remark("Chăm.", line=1)
        self.assertIn("you read it", self.page(self.principal)["closed"])
        self.assertEqual(self.page(self.homeroom)["rows"][2]["text"], "Chăm.")
        other = self.env["edu.remark"].with_user(self.other_teacher)
        self.assertFalse(other.search([("class_id", "=", self.school_class.id)]))
        told = [row["text"] for row in self.safe_page(self.other_teacher)]
        self.assertNotIn("Chăm.", told)

    def safe_page(self, user):
        try:
            return self.page(user)["rows"]
        except AccessError:
            return []

    def test_phrases_of_the_school_and_ones_own(self):
        Phrase = self.env["edu.comment.phrase"]
        own = Phrase.with_user(self.teacher).create(
            {"name": "cham", "text": "{tên} chăm học.", "company_id": self.company.id}
        )
        self.assertEqual(own.user_id, self.teacher)
        Phrase.with_user(self.vice).create(
            {"name": "ngoan", "text": "Ngoan.", "user_id": False, "company_id": self.company.id}
        )
        Phrase.with_user(self.vice).create(
            {
                "name": "khac",
                "text": "Môn khác.",
                "user_id": False,
                "company_id": self.company.id,
                "subject_id": self.subject("GDTC").id,
            }
        )
        names = [phrase["name"] for phrase in self.page()["phrases"]]
        self.assertEqual(sorted(names), ["cham", "ngoan"])
        with self.assertRaises(AccessError):
            Phrase.with_user(self.teacher).sudo().create(
                {"name": "x", "text": "x", "user_id": False, "company_id": self.company.id}
            )
        for change in (lambda: own.with_user(self.vice).sudo().write({"text": "Khác"}),):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            own.with_user(self.other_teacher).unlink()
        own.with_user(self.teacher).unlink()

    def test_the_form_of_a_phrase(self):
        with Form(self.env["edu.comment.phrase"].with_user(self.teacher)) as form:
            form.name, form.text = "tot", "Tốt."
        self.assertEqual(form.record.company_id, self.company)


@tagged("post_install", "-at_install")
class TestRemarksDue(RemarkCase):
    def due(self, user=None, **values):
        domain = [("class_id", "=", self.school_class.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["edu.remark.due"].with_user(user or self.principal).search(domain)

    @seed("R7.3", "R6.7.4")
    def test_missing_weeks_are_listed_for_their_teachers(self):
        counted = len(self.weeks.filtered("number"))
        self.assertEqual(len(self.due(state="missing")), 3 * counted)
        self.remark()
        self.of_week()
        self.assertEqual(len(self.due(state="missing")), 3 * counted - 2)
        written = self.due(user=self.teacher, state="written")
        self.assertEqual((written.week_id, written.text), (self.week, "Lớp học nghiêm túc."))
        self.assertEqual(len(self.due(user=self.teacher)), counted)
        self.assertFalse(self.due(user=self.other_teacher))
        self.remark("")
        self.assertFalse(self.due(user=self.teacher, state="written"))
        action = self.due(user=self.teacher, week_id=self.week.id).action_write()
        self.assertEqual(action["params"]["week_id"], self.week.id)

    def test_assignments_by_their_days_and_the_schools_choice(self):
        line = self.school_class.assignment_ids.filtered(lambda one: one.subject_id == self.toan)
        line.date_from = self.weeks[10].date_start
        self.assertEqual(min(self.due(user=self.teacher).week_id.mapped("number")), 11)
        self.company.edu_remark_subjects = False
        self.assertEqual(self.due().user_id, self.homeroom)

    def test_reminders_come_once_and_go(self):
        Due = self.env["edu.remark.due"]
        self.patch(type(Due), "_edu_running_years", lambda model: self.year.with_env(model.env))
        Due._edu_remind()
        mine = self.reminders()
        self.assertEqual(mine.mapped("user_id"), self.homeroom | self.teacher)
        self.assertEqual(len(mine), 2)
        Due._edu_remind()
        self.assertEqual(self.reminders(), mine)
        self.remark()
        Due._edu_remind()
        self.assertNotIn(f" {self.week.number},", self.summary(self.teacher))
        self.company.edu_remark_subjects = False
        Due._edu_remind()
        self.assertEqual(self.reminders().user_id, self.homeroom)

    def reminders(self):
        kind = self.env.ref("edu_gradebook.mail_activity_type_remark")
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_id", "=", self.school_class.id)],
            order="user_id",
        )

    def summary(self, user):
        return self.reminders().filtered(lambda one: one.user_id == user).summary

    def test_queries_of_reminders_do_not_grow_with_pupils(self):
        Due = self.env["edu.remark.due"]
        self.patch(type(Due), "_edu_running_years", lambda model: self.year.with_env(model.env))
        Due._edu_remind()

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Due._edu_remind()
            return self.env.cr.sql_log_count - before

        few = queries()
        self.add_pupils(self.school_class, 36, first=10)
        self.assertEqual(queries(), few)
