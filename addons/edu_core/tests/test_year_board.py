from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .year_case import YearCase


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
