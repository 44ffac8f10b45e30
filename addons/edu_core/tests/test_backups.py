from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestBackups(EduCase):
    """Backups are recorded, and a late one is reminded of."""

    def record(self, user, **vals):
        Backup = self.env["edu.backup"].with_user(user).with_company(self.company)
        return Backup.create({"place": "Ổ đĩa trong két sắt", **vals})

    def reminders(self):
        self.env["edu.backup"]._edu_remind()
        return self.company.partner_id.activity_ids.filtered(
            lambda activity: activity.user_id == self.it_admin
        )

    @seed("R5.2b")
    def test_a_late_backup_is_reminded_of_once(self):
        self.company._edu_chain()
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(len(self.reminders()), 1)
        self.reminders().unlink()
        self.record(self.it_admin)
        self.assertFalse(self.reminders())
        self.company.edu_backup_days = 3
        backup = self.env["edu.backup"].search([("company_id", "=", self.company.id)])
        backup.time = fields.Datetime.now() - timedelta(days=4)
        self.assertEqual(len(self.reminders()), 1)
        self.reminders().unlink()
        self.company.edu_backup_days = 0
        self.assertFalse(self.reminders())

    @seed("R5.2b")
    def test_who_records_what(self):
        backup = self.record(self.it_admin)
        self.assertEqual(backup.user_id, self.it_admin)
        entry = self.company._edu_chain().entry_ids.sorted("seq")[-1]
        self.assertEqual((entry.operation, entry.user_id), ("backup", self.it_admin))
        with self.assertRaises(AccessError):
            self.record(self.teacher)
        with self.assertRaises(UserError):
            self.record(self.it_admin, user_id=self.principal.id)
        with self.assertRaises(UserError):
            backup.unlink()
        with self.assertRaises(ValidationError):
            self.record(self.it_admin, time=fields.Datetime.now() + timedelta(days=1))
