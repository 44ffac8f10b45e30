import random

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import EduCase


class YearCase(EduCase):
    """A year that is over with grades 6 to 9, its next year with classes, and a keeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-08-10 03:00:00"))
        cls.vice = cls._user("vice_principal", "Bùi Thị Phó")
        cls.source = cls._year("2025-2026", "2025-09-05", "2026-05-31")
        cls.old = {name: cls._class(name, cls.source) for name in ("6B", "7B", "8B", "9B")}
        cls.new = {name: cls._class(name, cls.year) for name in ("6B", "7B", "8B", "9B")}
        cls.duty = cls._entrust(cls.it_admin)

    @classmethod
    def _year(cls, name, start, end):
        return cls.env["edu.school.year"].create(
            {"name": name, "date_start": start, "date_end": end, "company_id": cls.company.id}
        )

    @classmethod
    def _class(cls, name, year, **vals):
        grade = cls.env.ref(f"edu_core.edu_grade_{name[:-1]}")
        vals = {"name": name, "school_year_id": year.id, "grade_id": grade.id, **vals}
        return cls.env["edu.class"].create(vals)

    @classmethod
    def _entrust(cls, user):
        return (
            cls.env["edu.duty"]
            .with_user(cls.principal)
            .create(
                {
                    "type_id": cls.env.ref("edu_core.edu_duty_type_year_setup").id,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "date_from": "2026-08-01",
                    "decision_number": "45/QĐ-THCS",
                    "decision_date": "2026-08-01",
                }
            )
        )

    def pupils(self, school_class, *names):
        students = self.env["edu.student"].create(
            [{"name": name, "company_id": self.company.id} for name in names]
        )
        self.env["edu.movement"]._edu_admit(students, school_class)
        return students

    def events(self, *operations):
        entries = self.company._edu_chain().entry_ids.filtered(
            lambda entry: entry.operation in operations
        )
        return [decode(entry.payload)[2] for entry in entries.sorted("seq")]


@tagged("post_install", "-at_install")
class TestRollover(YearCase):
    def rollover(self, user=None):
        year = self.source.with_user(user or self.it_admin)
        return year.env["edu.rollover"].browse(year.action_rollover()["res_id"])

    def line(self, rollover, student):
        return rollover.line_ids.filtered(lambda line: line.student_id in student)

    @seed("R5.5.4")
    def test_promotion_is_proposed_confirmed_and_carried_out(self):
        up = self.pupils(self.old["6B"], "Lê Thị Ân", "Lê Thị Ánh", "Đỗ Văn Bình")
        out = self.pupils(self.old["9B"], "Ngô Văn Cuối")
        rollover = self.rollover()
        self.assertEqual(rollover.line_ids.student_id, up | out)
        self.assertEqual(
            set(self.line(rollover, up).mapped("decision"))
            | set(self.line(rollover, out).mapped("decision")),
            {"promotion", "completion"},
        )
        self.assertFalse(any(rollover.line_ids.mapped("confirmed")))
        self.assertIn("4 proposals are not confirmed: 6B, 9B", rollover.problem_text)
        with self.assertRaisesRegex(UserError, "not confirmed"), self.env.cr.savepoint():
            rollover.action_run()
        self.assertEqual(set(up.mapped("class_id")), {self.old["6B"]})
        rollover.action_confirm_all()
        self.assertFalse(rollover.problem_text)
        rollover.action_run()
        self.assertEqual(set(up.mapped("class_id")), {self.new["7B"]})
        self.assertEqual(out.status, "completed")
        self.assertFalse(out.class_id)
        rows = self.new["7B"].enrollment_ids.sorted("number")
        self.assertEqual(
            [(row.number, row.student_id.name) for row in rows],
            [(1, "Lê Thị Ánh"), (2, "Lê Thị Ân"), (3, "Đỗ Văn Bình")],
        )
        movement = self.line(rollover, up[0]).movement_id
        self.assertEqual(
            (movement.kind, str(movement.date), movement.author_id),
            ("promotion", "2026-09-05", self.it_admin),
        )
        (event,) = self.events("rollover")
        self.assertIn('"promotion":"3"', event.new)
        self.assertIn('"completion":"1"', event.new)
        self.assertEqual((event.user, event.slot), (str(self.it_admin.id), "2026-2027"))

    @seed("R5.5.4")
    def test_repeaters_stay_in_their_grade(self):
        up, stays, left, gone = self.pupils(self.old["6B"], "An A", "An B", "An C", "An D")
        rollover = self.rollover()
        self.line(rollover, stays).decision = "repeat"
        self.assertEqual(self.line(rollover, stays).target_class_id, self.new["6B"])
        self.assertTrue(self.line(rollover, stays).confirmed)
        self.line(rollover, left).write(
            {"decision": "transfer_out", "to_school": "Trường THCS Khác"}
        )
        self.line(rollover, gone).decision = "drop_out"
        self.assertFalse(self.line(rollover, gone).target_class_id)
        self.line(rollover, up).action_confirm()
        line = rollover.class_ids.filtered(lambda one: one.class_id == self.old["6B"])
        self.assertEqual(
            (line.promotion_count, line.repeat_count, line.leaving_count, line.done_count),
            (1, 1, 2, 0),
        )
        rollover.action_run()
        self.assertEqual((up.class_id, stays.class_id), (self.new["7B"], self.new["6B"]))
        self.assertEqual((left.status, gone.status), ("transferred", "dropped_out"))
        self.assertEqual(left.movement_ids.sorted("id")[-1].to_school, "Trường THCS Khác")
        self.env.invalidate_all()
        self.assertEqual((line.done_count, rollover.progress), (4, 100))

    @seed("R5.5.4", "R5.5.13")
    def test_undecided_need_a_reason_and_follow_later(self):
        up, late = self.pupils(self.old["6B"], "An A", "An B")
        rollover = self.rollover()
        rollover.action_confirm_all()
        self.line(rollover, late).decision = "undecided"
        with self.assertRaisesRegex(UserError, r"An B \(6B\) is undecided: write why"):
            rollover.action_run()
        self.line(rollover, late).reason = "Chờ kết quả kiểm tra lại"
        rollover.action_run()
        self.assertEqual((up.class_id, late.class_id), (self.new["7B"], self.old["6B"]))
        with self.assertRaisesRegex(UserError, "Nobody is to be rolled over"):
            rollover.action_run()
        self.line(rollover, late).decision = "promotion"
        with freeze_time("2026-09-20 03:00:00"):
            rollover.action_run()
        self.assertEqual(late.class_id, self.new["7B"])
        self.assertEqual([row.number for row in self.new["7B"].enrollment_ids], [1, 2])
        self.assertEqual(len(self.events("rollover")), 2)
        with self.assertRaisesRegex(UserError, "Cancel that movement first"):
            self.line(rollover, up).decision = "repeat"

    @seed("R5.5.4")
    def test_all_or_nothing_with_every_problem_named(self):
        one, two = self.pupils(self.old["6B"], "An A", "An B")
        other = self.pupils(self.old["7B"], "An C")
        self.new["7B"].max_students = 1
        rollover = self.rollover()
        rollover.action_confirm_all()
        self.line(rollover, other).target_class_id = self.new["6B"]
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            rollover.action_run()
        self.assertIn("7B: 7B is full", str(refused.exception))
        self.assertIn("An C: 6B is of no higher grade", str(refused.exception))
        self.line(rollover, two).decision = "completion"
        self.assertIn("An B (6B): only the last grade", rollover.problem_text)
        self.line(rollover, two).decision = "repeat"
        self.line(rollover, two).target_class_id = False
        self.assertIn("An B (6B): choose the class", rollover.problem_text)
        self.assertEqual((one | two).class_id, self.old["6B"])
        self.assertFalse(rollover.line_ids.movement_id)

    def test_sets_together_do_not_overfill_a_class(self):
        self.pupils(self.old["6B"], "An A", "An B")
        stays = self.pupils(self.old["7B"], "An C")
        self.new["7B"].max_students = 2
        rollover = self.rollover()
        rollover.action_confirm_all()
        self.line(rollover, stays).decision = "repeat"
        self.assertIn("7B takes 2 pupils at most, it would have 3.", rollover.problem_text)

    def test_mapping_moves_whoever_followed_it(self):
        one, two = self.pupils(self.old["6B"], "An A", "An B")
        other = self._class("7C", self.year)
        third = self._class("7D", self.year)
        rollover = self.rollover()
        self.line(rollover, two).target_class_id = third
        line = rollover.class_ids.filtered(lambda one: one.class_id == self.old["6B"])
        line.promote_to_id = other
        self.assertEqual(self.line(rollover, one).target_class_id, other)
        self.assertEqual(self.line(rollover, two).target_class_id, third)
        with self.assertRaisesRegex(UserError, "not a class of 2026-2027"):
            line.promote_to_id = self.old["7B"]

    @seed("R5.5.4")
    def test_undo_brings_everybody_back(self):
        up = self.pupils(self.old["6B"], "An A", "An B")
        out = self.pupils(self.old["9B"], "An C")
        rollover = self.rollover()
        rollover.action_confirm_all()
        rollover.action_run()
        with self.assertRaises(UserError):
            rollover._edu_undo(" ")
        rollover._edu_undo("Chia lại lớp 7")
        self.assertEqual(set(up.mapped("class_id")), {self.old["6B"]})
        self.assertEqual((out.status, out.class_id), ("studying", self.old["9B"]))
        self.assertFalse(self.new["7B"].enrollment_ids)
        self.assertEqual(set(rollover.line_ids.mapped("state")), {"pending"})
        self.assertEqual(rollover.state, "draft")
        self.assertEqual(up[0].movement_ids.sorted("id")[-1].kind, "cancel")
        (event,) = self.events("undo_rollover")
        self.assertTrue(event.reason_digest)
        rollover.action_run()
        self.assertEqual(set(up.mapped("class_id")), {self.new["7B"]})

    def test_what_rests_on_the_rollover_keeps_it(self):
        up = self.pupils(self.old["6B"], "An A", "An B")
        rollover = self.rollover()
        rollover.action_confirm_all()
        rollover.action_run()
        self.new["7B"].with_user(self.clerk).action_lock_list()
        with self.assertRaisesRegex(UserError, "7B: the class list is locked"):
            rollover._edu_undo("Nhầm")
        self.assertEqual(set(up.mapped("class_id")), {self.new["7B"]})

    def test_one_pupil_is_taken_back_by_cancelling_the_movement(self):
        one, two = self.pupils(self.old["6B"], "An A", "An B")
        rollover = self.rollover()
        rollover.action_confirm_all()
        rollover.action_run()
        self.line(rollover, one).movement_id._edu_cancel("Nhầm")
        self.assertEqual(self.line(rollover, one).state, "pending")
        self.assertEqual(self.line(rollover, two).state, "done")
        self.line(rollover, one).decision = "repeat"
        rollover.action_run()
        self.assertEqual((one.class_id, two.class_id), (self.new["6B"], self.new["7B"]))

    def test_pupils_who_come_and_go_meanwhile(self):
        one, two = self.pupils(self.old["6B"], "An A", "An B")
        rollover = self.rollover()
        rollover.action_confirm_all()
        Movement = self.env["edu.movement"].with_user(self.clerk)
        Movement._edu_move("transfer_out", one, "2026-07-01", to_school="Trường Khác")
        new = self.pupils(self.old["6B"], "An C")
        with self.assertRaisesRegex(UserError, "1 proposals are not confirmed"):
            rollover.action_run()
        rollover.action_refresh()
        self.assertEqual(self.line(rollover, one).state, "gone")
        self.line(rollover, new).action_confirm()
        rollover.action_run()
        self.assertEqual((two | new).class_id, self.new["7B"])
        self.assertEqual(one.status, "transferred")

    @seed("R5.5.4")
    def test_a_pupil_is_never_lost(self):
        """Whatever is decided, everybody is in exactly one place after a run and its undoing."""
        for number in range(5):
            chance = random.Random(number)
            with self.subTest(seed=number), self.env.cr.savepoint() as savepoint:
                self._check_nobody_is_lost(chance)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def _check_nobody_is_lost(self, chance):
        everybody = self.env["edu.student"]
        for school_class in self.old.values():
            names = [f"{school_class.name} {number}" for number in range(chance.randint(1, 6))]
            everybody |= self.pupils(school_class, *names)
        Movement = self.env["edu.movement"]
        suspended = everybody.browse(chance.sample(everybody.ids, 2))
        for student in suspended:
            Movement._edu_move("suspension", student, "2026-01-10")
        left = everybody.browse(chance.choice((everybody - suspended).ids))
        Movement._edu_move("drop_out", left, "2026-02-10")
        before = {one: (one.status, one.class_id) for one in everybody}
        rollover = self.rollover()
        self.assertEqual(rollover.line_ids.student_id, everybody - left)
        rollover.action_confirm_all()
        for line in rollover.line_ids - self.line(rollover, suspended):
            last = line.class_id == self.old["9B"]
            kinds = ["repeat", "transfer_out", "drop_out", "undecided", "proposed"]
            kind = chance.choice([*kinds, "completion"] if last else kinds)
            if kind != "proposed":
                reason = {"reason": "Chờ thi lại"} if kind == "undecided" else {}
                school = {"to_school": "Trường Khác"} if kind == "transfer_out" else {}
                line.write({"decision": kind, **reason, **school})
        if chance.random() < 0.5:
            self.line(rollover, suspended[0]).decision = "repeat"
        if not rollover.sudo()._edu_due():
            return
        rollover.action_run()
        for student in everybody:
            self.assertEqual(self._places(rollover, student), 1, student.name)
        rollover._edu_undo("Làm lại")
        self.assertEqual(before, {one: (one.status, one.class_id) for one in everybody})

    def _places(self, rollover, student):
        """In how many of the places that a pupil may be in after a run this one is."""
        active = student.enrollment_ids.filtered(lambda row: row.state == "active")
        line = self.line(rollover, student)
        waiting = line.state == "pending" and line.decision == "undecided" and line.reason
        return sum(
            (
                active.school_year_id == self.year and student.class_id == active.class_id,
                student.status in ("transferred", "dropped_out") and not active,
                student.status == "completed" and not active,
                bool(waiting) and active.school_year_id in (self.source, self.source.browse()),
            )
        )

    def test_as_many_queries_for_many_as_for_few(self):
        counts = []
        for count in (3, 30):
            with self.env.cr.savepoint() as savepoint:
                self.pupils(self.old["6B"], *[f"An {number:02}" for number in range(count)])
                rollover = self.rollover()
                rollover.action_confirm_all()
                run = self._queries(rollover.action_run)
                shown = self._queries(rollover.read, ["problem_text", "progress"])
                counts.append((run, shown, self._queries(rollover._edu_undo, "Lại")))
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        for few, many in zip(*counts, strict=True):
            self.assertLessEqual(many, few + 2, counts)

    def _queries(self, action, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @seed("R5.5", "R4.2")
    def test_only_who_is_entrusted_rolls_over(self):
        student = self.pupils(self.old["6B"], "An A")
        rollover = self.rollover()
        other = self._user("it_admin", "Người Khác", login="edu_it_two")
        for user in (other, self.vice):
            strange = rollover.with_user(user)
            for door in (strange, strange.sudo()):
                for action in (
                    door.action_run,
                    door.action_refresh,
                    door.action_confirm_all,
                    lambda door=door: door._edu_undo("x"),
                    lambda door=door: door.write({"leave_date": "2026-06-01"}),
                    lambda door=door: door.line_ids.write({"decision": "repeat"}),
                    lambda door=door: door.class_ids.write({"promote_to_id": False}),
                ):
                    with self.assertRaisesRegex(AccessError, "entrusted"), self.env.cr.savepoint():
                        action()
        for user in (self.clerk, self.teacher):
            with self.assertRaises(AccessError):
                rollover.line_ids.with_user(user).write({"decision": "repeat"})
        rollover.with_user(self.clerk).read(["problem_text"])
        rollover.with_user(self.principal).action_confirm_all()
        rollover.with_user(self.principal).action_run()
        self.assertEqual(student.class_id, self.new["7B"])

    def test_guarded_by_every_door(self):
        self.pupils(self.old["6B"], "An A")
        rollover = self.rollover()
        line = rollover.line_ids
        for record, vals in (
            (rollover, {"state": "run"}),
            (rollover, {"target_year_id": self.source.id}),
            (line, {"state": "done"}),
            (line, {"student_id": False}),
            (line, {"proposed": "repeat"}),
            (rollover.class_ids[0], {"class_id": self.old["7B"].id}),
        ):
            for door in (record, record.sudo(), record.with_context(edu_guard=True)):
                with self.assertRaises(UserError, msg=vals), self.env.cr.savepoint():
                    door.write(vals)
            with self.assertRaises(UserError):
                record.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["edu.rollover"].create({"source_year_id": self.year.id})

    def test_without_a_next_year_it_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "New School Year"):
            self.year.with_user(self.principal).action_rollover()


@tagged("post_install", "-at_install")
class TestBoard(YearCase):
    def board(self, user=None):
        Year = self.year.with_user(user or self.it_admin)
        action = Year.action_start_of_year()
        return Year.env["edu.year.task"].search(action["domain"])

    def task(self, code, user=None):
        return self.board(user).filtered(lambda task: task.code == code)

    @seed("R5.5", "P2.1.1")
    def test_sixteen_steps_with_people_and_days(self):
        every = self.board()
        tasks = every.filtered(lambda task: task.step_id.code.startswith("R5.5"))
        self.assertEqual(
            tasks.mapped("code"), ["R5.5", *(f"R5.5.{number}" for number in range(1, 17))]
        )
        self.assertEqual(tasks.in_charge_ids, self.it_admin)
        self.assertEqual(self.board(), every)
        self.assertTrue(all(tasks.mapped("due_date")))
        entrusted = tasks[0]
        self.assertEqual((entrusted.state, entrusted.done_count), ("done", 1))
        self.duty.with_user(self.principal)._edu_end(
            self.company._edu_today().replace(day=9), "46/QĐ-THCS"
        )
        self.env.invalidate_all()
        self.assertEqual(entrusted.state, "todo")
        self.assertIn("entrusts somebody", entrusted.missing_text)
        self.assertFalse(entrusted.in_charge_ids)

    @seed("R5.5.2", "R5.5.4", "R5.5.7")
    def test_states_come_from_the_data(self):
        frame = self.task("R5.5.2")
        self.assertEqual((frame.state, frame.missing_text), ("progress", "subject departments"))
        self.env["hr.department"].create(
            {"name": "Tổ Toán", "edu_kind": "subject", "company_id": self.company.id}
        )
        self.year._edu_periods(self.school_class.regulation_id)
        self.env.invalidate_all()
        self.assertIn("Học kì I", self.task("R5.5.2").missing_text)
        self.year.period_ids.write({"date_start": "2026-09-05", "date_end": "2027-01-10"})
        self.env.invalidate_all()
        self.assertEqual(self.task("R5.5.2").state, "done")
        taught = self.task("R5.5.7")
        done, total = taught.done_count, taught.total_count
        self.assertIn("6B: homeroom teacher, 12 subjects", taught.missing_text)
        self.env["edu.teaching.assignment"].create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": self.teacher.id,
            }
        )
        self.new["6B"].homeroom_user_id = self.teacher
        self.env.invalidate_all()
        self.assertEqual((taught.done_count, taught.total_count), (done + 2, total))
        self.assertIn("6B: 12 subjects", taught.missing_text)
        self.pupils(self.old["6B"], "An A", "An B")
        self.env.invalidate_all()
        self.assertEqual(self.task("R5.5.4").missing_text, "6B (2)")
        rollover = self.env["edu.rollover"].browse(
            self.source.with_user(self.it_admin).action_rollover()["res_id"]
        )
        rollover = rollover.with_user(self.it_admin)
        rollover.action_confirm_all()
        rollover.action_run()
        self.env.invalidate_all()
        self.assertEqual((self.task("R5.5.4").state, self.task("R5.5.4").done_count), ("done", 2))

    @seed("R5.5.1", "R5.5.3", "R5.5.6")
    def test_accounts_subjects_and_lists(self):
        self.env["hr.employee"].create(
            [
                {"name": "Không Tài Khoản", "company_id": self.company.id},
                {"name": "Có Tài Khoản", "company_id": self.company.id, "user_id": self.clerk.id},
            ]
        )
        accounts = self.task("R5.5.1")
        self.assertEqual(
            (accounts.done_count, accounts.total_count, accounts.missing_text),
            (1, 2, "Không Tài Khoản"),
        )
        self.assertEqual(self.task("R5.5.3").state, "done")
        lines = self.env["edu.curriculum.line"]._edu_adapt(
            self.company, self.year, self.school_class.regulation_id, self.school_class.grade_id
        )
        lines.filtered(lambda line: line.assess == "score")[0].periods = 0
        self.env.invalidate_all()
        self.assertEqual(self.task("R5.5.3").missing_text, "6A; 6B")
        self._students("Lê Văn A")
        self.school_class.action_lock_list()
        self.env.invalidate_all()
        lists = self.task("R5.5.6")
        self.assertEqual((lists.done_count, lists.total_count, lists.state), (1, 5, "progress"))

    @seed("R5.5.5a")
    def test_intake_names_who_waits_for_a_class(self):
        self.env["edu.student"].create({"name": "Chờ Xếp Lớp", "company_id": self.company.id})
        self._students("Đã Xếp Lớp")
        task = self.task("R5.5.5")
        self.assertEqual((task.done_count, task.missing_text), (1, "Chờ Xếp Lớp"))

    def test_what_is_not_there_is_not_available(self):
        task = self.task("R5.5.11")
        self.assertEqual((task.state, task.is_counted), ("unavailable", False))
        self.assertIn("edu_reports", task.missing_text)
        with self.assertRaisesRegex(UserError, "Not available"):
            task.action_open()
        with self.assertRaisesRegex(UserError, "Not available"):
            task._edu_tick(True, "Đã chuyển")
        step = self.env.ref("edu_core.edu_year_step_6")
        for vals in ({"model_name": "no.such.model"}, {"opens": "edu_core.no_such_action"}):
            with self.env.cr.savepoint() as savepoint:
                step.write(vals)
                self.env.invalidate_all()
                self.assertEqual(self.task("R5.5.6").state, "unavailable")
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_every_step_of_this_addon_opens(self):
        board = self.board(self.principal)
        for task in board.filtered(lambda task: task.step_id.addon == "edu_core"):
            self.assertNotEqual(task.state, "unavailable", task.code)
            self.assertIn(task.action_open()["res_model"], self.env, task.code)

    def test_tick_leaves_who_when_and_why(self):
        task = self.task("R5.5.14")
        self.assertEqual(task.state, "todo")
        with self.assertRaisesRegex(UserError, "Write what was done"):
            task._edu_tick(True, " ")
        wizard = task.env["edu.year.task.tick"].create({"task_id": task.id, "note": "Đã mở"})
        wizard.action_confirm()
        self.assertEqual((task.state, task.ticked_by_id), ("done", self.it_admin))
        self.assertEqual(task.note, "Đã mở")
        wizard.action_confirm()
        self.assertEqual((task.state, task.ticked_by_id.id), ("todo", False))
        on, off = self.events("tick", "untick")
        self.assertEqual((on.old, on.new, off.new, on.slot), ("no", "yes", "no", "R5.5.14"))
        self.assertTrue(on.reason_digest)
        with self.assertRaisesRegex(UserError, "counted from the data"):
            self.task("R5.5.7")._edu_tick(True, "Xong")
        for vals in ({"ticked": True}, {"ticked_by_id": self.teacher.id}):
            with self.assertRaises(UserError):
                task.sudo().write(vals)
        with self.assertRaises(UserError):
            task.sudo().unlink()

    @seed("R5.5", "R4.2")
    def test_it_administrator_without_the_duty_changes_nothing(self):
        other = self._user("it_admin", "Người Khác", login="edu_it_two")
        for code in ("R5.5.1", "R5.5.2", "R5.5.4", "R5.5.7"):
            with self.assertRaisesRegex(AccessError, "entrusted"), self.env.cr.savepoint():
                self.task(code, other).action_open()
        self.assertEqual(self.task("R5.5.14", other).action_open()["res_model"], "edu.guardian")
        with self.assertRaisesRegex(AccessError, "Vũ Công Nghệ"):
            self.task("R5.5.14", other)._edu_tick(True, "Đã mở")
        with self.assertRaises(AccessError):
            self.task("R5.5.14", other).sudo().due_date = "2026-10-01"
        with self.assertRaises(AccessError):
            self.year.with_user(other).action_new_year()
        self.task("R5.5.14").due_date = "2026-10-01"
        action = self.task("R5.5.7").action_open()
        self.assertEqual(action["domain"], [("class_id.school_year_id", "=", self.year.id)])
        self.duty.with_user(self.principal)._edu_end(
            self.company._edu_today().replace(day=9), "46/QĐ-THCS"
        )
        with self.assertRaisesRegex(AccessError, "Nobody is entrusted.*Lê Văn Hiệu"):
            self.task("R5.5.7").action_open()
        self.task("R5.5.5", self.clerk).action_open()
        self.task("R5.5.7", self.principal).action_open()

    def test_overdue_until_it_is_done(self):
        task = self.task("R5.5.14")
        task.due_date = "2026-08-01"
        self.assertTrue(task.is_overdue)
        task._edu_tick(True, "Đã mở")
        self.assertFalse(task.is_overdue)

    def test_queries_do_not_grow_with_classes_and_pupils(self):
        tasks = self.board()
        names = ["state", "missing_text", "in_charge_ids", "done_count", "note", "is_overdue"]

        def queries():
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                tasks.read(names)
            return self.env.cr.sql_log_count - before

        self.pupils(self.old["6B"], "An A")
        maths = self.env.ref("edu_core.edu_subject_toan").id
        Assignment = self.env["edu.teaching.assignment"]
        vals = {"subject_id": maths, "user_id": self.teacher.id}
        Assignment.create({**vals, "class_id": self.school_class.id})
        few = queries()
        more = self.env["edu.class"].create(
            [
                {
                    "name": f"6K{number}",
                    "school_year_id": self.year.id,
                    "grade_id": self.school_class.grade_id.id,
                    "homeroom_user_id": self.homeroom.id,
                }
                for number in range(12)
            ]
        )
        Assignment.create([{**vals, "class_id": one.id} for one in more])
        self.pupils(self.old["6B"], *[f"An {number:02}" for number in range(25)])
        self.assertLessEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestNewYear(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campus = cls.env["edu.campus"].create({"name": "Điểm lẻ", "company_id": cls.company.id})
        cls.school_class.campus_id = cls.campus
        cls.maths = cls.env.ref("edu_core.edu_subject_toan")
        cls.assignment = cls.env["edu.teaching.assignment"].create(
            {
                "class_id": cls.school_class.id,
                "subject_id": cls.maths.id,
                "user_id": cls.teacher.id,
                "periods_per_week": 4,
            }
        )
        periods = cls.year._edu_periods(cls.school_class.regulation_id)
        periods.filtered(lambda period: period.code == "HK1").write(
            {"date_start": "2026-09-05", "date_end": "2027-01-10"}
        )

    def wizard(self, user=None):
        year = self.year.with_user(user or self.it_admin)
        return year.env["edu.year.new"].browse(year.action_new_year()["res_id"])

    @seed("R5.5.2", "R5.5.7")
    def test_next_year_is_proposed_and_created(self):
        wizard = self.wizard()
        self.assertEqual(
            (wizard.name, str(wizard.date_start), str(wizard.date_end)),
            ("2027-2028", "2027-09-05", "2028-05-31"),
        )
        self.assertEqual(
            sorted(wizard.class_ids.mapped("name")), ["6A", "6B", "7A", "7B", "8B", "9B"]
        )
        upper = wizard.class_ids.filtered(lambda line: line.name == "7A")
        self.assertEqual(
            (upper.source_class_id, upper.homeroom_user_id, upper.campus_id),
            (self.school_class, self.homeroom, self.campus),
        )
        entry = wizard.class_ids.filtered(lambda line: line.name == "6A")
        self.assertFalse(entry.homeroom_user_id)
        self.assertFalse(entry.source_class_id)
        self.assertEqual(wizard.assignment_ids.class_line_id, upper)
        years = self.env["edu.school.year"].search_count([])
        self.assertFalse(wizard.problem_text)
        self.assertEqual(self.env["edu.school.year"].search_count([]), years)
        upper.homeroom_user_id = self.other_teacher
        wizard.class_ids.filtered(lambda line: line.name == "6B").included = False
        wizard.decision_number = "50/QĐ-THCS"
        year = self.env["edu.school.year"].browse(wizard.action_create()["res_id"])
        self.assertEqual(sorted(year.class_ids.mapped("name")), ["6A", "7A", "7B", "8B", "9B"])
        seven = year.class_ids.filtered(lambda one: one.name == "7A")
        self.assertEqual(seven.homeroom_user_id, self.other_teacher)
        self.assertEqual((seven.grade_number, seven.regulation_id.code), (7, "TT22"))
        line = seven.assignment_ids
        self.assertEqual(
            (line.subject_id, line.user_id, str(line.date_from), line.decision_number),
            (self.maths, self.teacher, "2027-09-05", "50/QĐ-THCS"),
        )
        first = year.period_ids.filtered(lambda period: period.code == "HK1")
        self.assertEqual((str(first.date_start), str(first.date_end)), ("2027-09-05", "2028-01-10"))
        (event,) = self.events("new_year")
        self.assertIn('"classes":"5"', event.new)
        with self.assertRaisesRegex(UserError, "is there already"):
            self.wizard()

    def test_what_stands_in_the_way_is_named_and_nothing_created(self):
        wizard = self.wizard()
        wizard.class_ids.filtered(lambda line: line.name == "7A").name = "7B"
        with self.assertRaisesRegex(UserError, "7B: two classes of one name"):
            wizard.action_create()
        wizard.class_ids.included = False
        with self.assertRaisesRegex(UserError, "at least one class"):
            wizard.action_create()
        self.assertFalse(self.year._edu_next())

    @seed("R4.2")
    def test_only_who_is_entrusted_creates_it(self):
        wizard = self.wizard()
        self.duty.with_user(self.principal)._edu_end(
            self.company._edu_today().replace(day=9), "46/QĐ-THCS"
        )
        with self.assertRaises(AccessError):
            wizard.sudo().action_create()
        with self.assertRaises(AccessError):
            self.wizard(self.vice)
        self._entrust(self.vice)
        year = self.wizard(self.vice).action_create()
        self.assertTrue(self.env["edu.school.year"].browse(year["res_id"]).class_ids)

    def test_names_of_the_next_grade(self):
        for name, grade, wanted in (
            ("6A", 6, "7A"),
            ("9.1", 9, "10.1"),
            ("10A1", 10, "11A1"),
            ("Lớp 3", 3, "Lớp 3"),
            ("61", 6, "61"),
        ):
            school_class = self.env["edu.class"].new(
                {"name": name, "grade_id": self.env.ref(f"edu_core.edu_grade_{grade}").id}
            )
            self.assertEqual(school_class._edu_next_name(1), wanted)

    def test_first_year_has_nobody_to_take_over(self):
        with self.assertRaisesRegex(UserError, "first year"):
            self.source.with_user(self.principal).action_take_over()
        self.assertEqual(
            self.year.with_user(self.it_admin).action_take_over()["res_model"], "edu.rollover"
        )

    def test_the_menu_opens_the_year_to_come(self):
        Year = self.env["edu.school.year"].with_user(self.clerk).with_company(self.company)
        action = Year.action_start_of_year()
        self.assertEqual(action["domain"], [("school_year_id", "=", self.year.id)])
