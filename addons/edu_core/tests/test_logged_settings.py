from odoo.exceptions import AccessError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestLoggedSettings(EduCase):
    """Every change of a setting leaves an entry in the school's chain, and few may change any."""

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.chain = self.company._edu_chain()
        self.seq = self.chain.head_seq

    def logged(self):
        """``[(model, field, old, new)]`` since the test began, in order."""
        self.env.flush_all()
        entries = self.chain.entry_ids.filtered(
            lambda entry: entry.seq > self.seq and entry.operation == "configure"
        )
        return [(e.model, e.slot, e.old_value, e.new_value) for e in entries.sorted("seq")]

    @seed("R3.3")
    def test_changes_leave_old_and_new(self):
        Company = self.company.with_user(self.env.ref("base.user_admin"))
        Company.edu_place = "Hà Nội"
        before = len(self.logged())
        self.assertIn(("edu.school.value", "value", "", "Hà Nội"), self.logged())
        entry = self.chain.entry_ids.sorted("seq")[-1]
        self.assertEqual(entry.user_id, self.env.ref("base.user_admin"))
        self.school_class.write({"homeroom_user_id": self.teacher.id, "name": "6B"})
        self.assertEqual(
            self.logged()[before : before + 2],
            [
                (
                    "edu.class",
                    "homeroom_user_id",
                    f"{self.homeroom.id} {self.homeroom.display_name}",
                    f"{self.teacher.id} {self.teacher.display_name}",
                ),
                ("edu.class", "name", "6A", "6B"),
            ],
        )

    @seed("R3.3")
    def test_every_kind_of_setting(self):
        subject = self.env.ref("edu_core.edu_subject_toan").with_company(self.company)
        step = self.env["edu.signing.step"].with_company(self.company)
        line = self.env["edu.curriculum.line"].search([], limit=1).with_company(self.company)
        changes = [
            (self.year, {"date_end": "2027-06-15"}),
            (subject, {"alias": "Toán học"}),
            (subject, {"active": False}),
            (line, {"sequence": line.sequence + 1}),
            (self.teacher, {"group_ids": [(4, self.env.ref("edu_core.group_edu_principal").id)]}),
        ]
        for record, vals in changes:
            record.with_company(self.company).write(vals)
        made = step.create({"form_code": "x", "role": "school", "field_name": "school"})
        self.env["ir.config_parameter"].with_company(self.company).set_param("edu_core.test", "1")
        made.unlink()
        found = self.logged()
        for expected in (
            ("edu.school.year", "date_end", "2027-05-31", "2027-06-15"),
            ("edu.subject", "active", "yes", "no"),
            ("edu.signing.step", "form_code", "", "x"),
            ("edu.signing.step", "form_code", "x", ""),
            ("ir.config_parameter", "value", "", "1"),
        ):
            self.assertIn(expected, found)
        groups = [row for row in found if row[:2] == ("res.users", "group_ids")]
        self.assertIn("edu_core.group_edu_principal", groups[0][3])
        self.assertNotIn("edu_core.group_edu_principal", groups[0][2])

    def test_nothing_changed_leaves_nothing(self):
        self.school_class.write({"name": self.school_class.name})
        self.school_class.message_post(body="x")
        self.env["ir.config_parameter"].with_company(self.company).set_param("web.test", "1")
        self.teacher.sudo().write({"signature": "x"})
        self.assertEqual(self.logged(), [])

    def test_secrets_stay_secret(self):
        Parameter = self.env["ir.config_parameter"].with_company(self.company)
        Parameter.set_param("edu_sms.password", "1234")
        self.assertNotIn("1234", str(self.logged()))

    def test_one_append_however_many_records(self):
        def queries(count):
            years = self.env["edu.subject"].search([], limit=count).with_company(self.company)
            years.mapped("alias")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            years.write({"alias": f"Tên khác {count}"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(9))

    @seed("R3.3", "R5.2a")
    def test_only_management_and_administration_write_settings(self):
        settings = [
            (self.company, {"edu_place": "x"}),
            (self.year, {"name": "2030-2031"}),
            (self.school_class, {"name": "x"}),
            (self.env.ref("edu_core.edu_subject_toan"), {"name": "x"}),
            (self.env.ref("edu_core.edu_regulation_tt22"), {"title": "x"}),
            (self.env["edu.curriculum.line"].search([], limit=1), {"sequence": 99}),
        ]
        for user in (self.teacher, self.homeroom, self.clerk):
            for record, vals in settings:
                with self.subTest(user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                self.env["ir.config_parameter"].with_user(user).set_param("edu_core.test", "1")
            with self.assertRaises(AccessError):
                self.env["edu.signing.step"].with_user(user).create(
                    {"form_code": "x", "role": "school", "field_name": "school"}
                )
