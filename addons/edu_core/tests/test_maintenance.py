from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import EduCase


@tagged("post_install", "-at_install")
class TestMaintenance(EduCase):
    """Everybody of the school is told in time that the system will stand still."""

    def announce(self, begins, user=None, **vals):
        """Maintenance of two hours that begins so many hours from now."""
        date_from = fields.Datetime.now() + timedelta(hours=begins)
        given = {"date_from": date_from, "date_to": date_from + timedelta(hours=2), **vals}
        Maintenance = self.env["edu.maintenance"].with_user(user or self.it_admin)
        return Maintenance.with_company(self.company).create({"note": "Nâng cấp", **given})

    def told(self, user):
        Maintenance = self.env["edu.maintenance"].with_user(user)
        return [notice["id"] for notice in Maintenance.edu_announced()]

    @seed("R3.2")
    def test_told_from_a_day_before_until_it_is_over(self):
        later, soon, now = (self.announce(hours) for hours in (25, 23, -1))
        self.announce(-3)
        self.assertEqual(self.told(self.teacher), [now.id, soon.id])
        soon.active = False
        self.assertEqual(self.told(self.teacher), [now.id])
        later.date_from -= timedelta(hours=2)
        self.assertEqual(self.told(self.teacher), [now.id, later.id])

    @seed("R3.2")
    def test_only_the_own_school_and_only_who_runs_it(self):
        self.announce(1)
        other = self.env["res.company"].create({"name": "Trường khác"})
        stranger = self.env["res.users"].create(
            {
                "name": "Người trường khác",
                "login": "maintenance.stranger",
                "company_id": other.id,
                "company_ids": other.ids,
                "group_ids": self.teacher.group_ids.ids,
            }
        )
        self.assertFalse(self.told(stranger))
        with self.assertRaises(AccessError):
            self.announce(1, user=self.teacher)
        with self.assertRaisesRegex(UserError, "stays in its school"):
            self.announce(2).company_id = other
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"):
            self.announce(1, date_to=fields.Datetime.now())

    @seed("R3.3")
    def test_an_announcement_is_in_the_ledger(self):
        self.announce(1).note = "Thay ổ cứng"
        entries = self.env["edu.ledger.entry"].search([("model", "=", "edu.maintenance")])
        self.assertIn(("note", "Thay ổ cứng"), [(e.slot, e.new_value) for e in entries])


@tagged("post_install", "-at_install")
class TestMaintenanceNotice(HttpCase, EduCase):
    """The notice stands at the foot of the screen until somebody has read it."""

    @seed("R3.2")
    def test_it_is_seen_and_closed(self):
        now = fields.Datetime.now()
        self.env["edu.maintenance"].create(
            {
                "company_id": self.company.id,
                "date_from": now + timedelta(hours=1),
                "date_to": now + timedelta(hours=2),
                "note": "Nâng cấp phần mềm",
            }
        )
        self.browser_js(
            "/odoo",
            """
            const notice = document.querySelector(".edu_maintenance");
            if (!notice.textContent.includes("Nâng cấp phần mềm")) {
                throw new Error(notice.textContent);
            }
            notice.querySelector("button").click();
            setTimeout(() => {
                if (document.querySelector(".edu_maintenance")) {
                    throw new Error("still there");
                }
                console.log("test successful");
            }, 200);
            """,
            "Boolean(document.querySelector('.edu_maintenance'))",
            login=self.teacher.login,
        )
