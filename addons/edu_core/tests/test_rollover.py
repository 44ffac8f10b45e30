import random

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .year_case import YearCase


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
