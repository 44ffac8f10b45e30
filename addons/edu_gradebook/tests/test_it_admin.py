from odoo.exceptions import UserError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import GradebookCase


@tagged("post_install", "-at_install")
class TestItAdmin(GradebookCase):
    """Whoever runs the system writes no mark, and cannot make himself somebody who does."""

    @seed("R10.3", "R5.2a", "R10.2")
    def test_no_door_lets_the_administrator_write_a_mark(self):
        self.save(self.cell())
        sheet = self.sheet.with_user(self.it_admin)
        mark = self.mark().with_user(self.it_admin)
        self.assertTrue(mark.token, "reading helps users: it is allowed")
        for door in (
            lambda: sheet.save_cells([self.cell(line=1)]),
            lambda: sheet.sudo().save_cells([self.cell(line=1)]),
            lambda: sheet.save_grid([self.cell(line=1)], "again"),
            lambda: mark.write({"token": "10"}),
            lambda: mark.sudo().write({"token": "10"}),
            lambda: mark.sudo().unlink(),
            lambda: mark.copy(),
            lambda: sheet.action_confirm(),
            lambda: self.book.with_user(self.it_admin).save_conduct({str(self.lines[0].id): "TOT"}),
            lambda: self.book.with_user(self.it_admin).action_lock(),
            lambda: self.book.with_user(self.it_admin).action_approve(),
        ):
            with self.assertRaises(UserError):
                door()
        self.assertEqual(self.mark().token, "8.5")
        self.assertEqual(
            len(self.env["edu.mark"].search([("gradesheet_id", "=", self.sheet.id)])), 1
        )

    @seed("R10.3", "R3.3", "R4.2")
    def test_the_administrator_gives_himself_no_say(self):
        me = self.it_admin
        today = self.company._edu_today()
        env = self.env(user=me)
        duty = {
            "user_id": me.id,
            "company_id": self.company.id,
            "decision_number": "1/QĐ",
            "decision_date": today,
        }
        kinds = {
            code: self.env.ref(f"edu_core.edu_duty_type_{code}").id
            for code in ("homeroom", "principal", "vice_principal", "inspector")
        }
        klass = self.school_class
        for door in (
            lambda: env["edu.teaching.assignment"].create(
                {"class_id": klass.id, "subject_id": self.sheet.subject_id.id, "user_id": me.id}
            ),
            lambda: klass.assignment_ids[0].with_user(me).write({"user_id": me.id}),
            lambda: klass.with_user(me).write({"homeroom_user_id": me.id}),
            lambda: env["edu.entry.delegation"].create(
                {
                    "class_id": klass.id,
                    "subject_id": self.sheet.subject_id.id,
                    "delegator_id": self.teacher.id,
                    "delegate_id": me.id,
                    "date_from": today,
                    "date_to": today,
                    "reason": "x",
                }
            ),
            *(
                lambda kind=kind: env["edu.duty"].create({**duty, "type_id": kind})
                for kind in kinds.values()
            ),
            lambda: env["edu.duty"].create(
                {**duty, "type_id": kinds["homeroom"], "class_id": klass.id}
            ),
            lambda: me.with_user(me).write(
                {"group_ids": [(4, self.env.ref("edu_core.group_edu_teacher").id)]}
            ),
            lambda: (
                self.env.ref("edu_core.group_edu_principal")
                .with_user(me)
                .write({"user_ids": [(4, me.id)]})
            ),
            lambda: env["res.users"].create({"name": "Tôi", "login": "toi"}),
            lambda: self.teacher.with_user(me).write({"password": "mat-khau"}),
            lambda: env["edu.unlock.grant"].create({"gradesheet_id": self.sheet.id}),
        ):
            with self.assertRaises(UserError):
                door()
        self.assertNotIn(me, self.school_class._edu_teachers(self.sheet.subject_id))

    @seed("R10.3", "R3.3")
    def test_code_is_left_to_the_system_administrator(self):
        """Server actions run as the superuser: only Odoo's Settings administrator writes them."""
        me = self.it_admin
        self.assertFalse(me.has_group("base.group_system"))
        for model in ("ir.actions.server", "ir.cron", "ir.rule", "ir.model.access", "ir.ui.view"):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.env[model].with_user(me).has_access(operation), model)

    @seed("R10.3")
    def test_a_server_action_of_the_system_administrator_is_refused_too(self):
        """Even ``sudo`` code asks the logged-in user: the action writes no mark in his name."""
        self.save(self.cell())
        action = self.env["ir.actions.server"].create(
            {
                "name": "Sửa điểm",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": f"env['edu.gradesheet'].sudo().browse({self.sheet.id})"
                f".save_cells({[self.cell(line=1)]!r})",
            }
        )
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "only the assigned teacher"):
            action.with_user(admin).with_context(allowed_company_ids=admin.company_ids.ids).run()
        self.assertFalse(self.mark(line=1))
