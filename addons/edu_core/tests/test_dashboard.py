from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from edu_records.testing import seed

from .common import EduCase


class TestDashboard(EduCase):
    def told(self, user):
        return self.env["edu.dashboard"].with_user(user).load()

    def tiles(self, user):
        sections = self.told(user)["sections"]
        return {tile["code"]: tile for section in sections for tile in section["tiles"]}

    def found(self, user, tile):
        """The records behind a tile, as its list would show them."""
        action = tile["action"]
        return self.env[action["res_model"]].with_user(user).search(action["domain"])

    @seed("P2.1.1")
    def test_counts_per_class_and_the_lists_behind_them(self):
        pupils = self._students("Lê Thị An", "Trần Văn Bình")
        waiting = self.env["edu.student"].create(
            {"name": "Phạm Chờ Lớp", "company_id": self.company.id}
        )
        told, tiles = self.told(self.principal), self.tiles(self.principal)
        labels = [column["code"] for column in told["columns"]]
        line = next(line for line in told["classes"] if line["id"] == self.school_class.id)
        cells = dict(zip(labels, line["cells"], strict=True))
        self.assertEqual(cells["pupils"]["text"], "2")
        self.assertEqual(cells["homeroom"]["text"], self.homeroom.name)
        self.assertEqual(tiles["studying"]["value"], "2")
        self.assertEqual(self.found(self.principal, tiles["studying"]), pupils)
        self.assertEqual(tiles["waiting"]["value"], "1")
        self.assertEqual(self.found(self.principal, tiles["waiting"]), waiting)
        self.assertIn(tiles["waiting"]["step"], [step["text"] for step in told["steps"]])

    def test_figures_are_counted_with_the_users_rights(self):
        other = self.school_class.copy({"name": "6B", "homeroom_user_id": self.other_teacher.id})
        students = self._students("Lê Thị An")
        there = self.env["edu.student"].create(
            [{"name": f"Trần Văn {name}", "company_id": self.company.id} for name in "BCD"]
        )
        self.env["edu.movement"]._edu_admit(there, other)
        self.assertEqual(self.tiles(self.principal)["studying"]["value"], "4")
        self.assertEqual(self.tiles(self.homeroom)["studying"]["value"], str(len(students)))
        self.assertEqual(
            [line["name"] for line in self.told(self.homeroom)["classes"]], [self.school_class.name]
        )
        self.assertNotIn("backup", self.tiles(self.homeroom))

    def test_nothing_of_another_school(self):
        elsewhere = self.env["res.company"].create({"name": "Trường Khác", "edu_code": "38009998"})
        self.env["edu.student"].create({"name": "Đỗ Người Ngoài", "company_id": elsewhere.id})
        self.assertNotIn("waiting", self.tiles(self.principal))
        self.assertEqual(self.tiles(self.principal)["studying"]["value"], "0")

    def test_an_empty_school_is_told_how_to_begin(self):
        empty = self.env["res.company"].create({"name": "Trường Mới Mở"})
        boss = new_test_user(
            self.env,
            "edu_new_boss",
            groups="edu_core.group_edu_principal",
            company_id=empty.id,
            company_ids=[(6, 0, empty.ids)],
        )
        told = self.told(boss)
        self.assertEqual(told["classes"], [])
        codes = self.tiles(boss)
        self.assertIn("school", codes)
        self.assertIn("year", codes)
        self.assertGreaterEqual(len(told["steps"]), 2)

    def test_a_missing_backup_and_a_finding_are_shown(self):
        tile = self.tiles(self.it_admin)["backup"]
        self.assertEqual(tile["tone"], "warning")
        self.env["edu.backup"].with_user(self.it_admin).create({"place": "Ổ đĩa ngoài"})
        self.assertEqual(self.tiles(self.it_admin)["backup"]["tone"], "good")
        self.assertEqual(self.tiles(self.it_admin)["ledger"]["tone"], "warning")
        self.env["edu.ledger.verification"]._edu_run(self.company)
        self.assertEqual(self.tiles(self.it_admin)["ledger"]["tone"], "good")

    def test_the_tasks_of_the_start_of_year(self):
        self.assertNotIn("start_of_year", self.tiles(self.principal))
        self.year.with_user(self.principal).action_start_of_year()
        tile = self.tiles(self.principal)["start_of_year"]
        done, due = map(int, tile["value"].split("/"))
        tasks = self.env["edu.year.task"].search([("school_year_id", "=", self.year.id)])
        self.assertEqual(done, len(tasks.filtered(lambda task: task.state == "done")))
        self.assertTrue(done < due <= len(tasks))
        self.assertNotIn("start_of_year", self.tiles(self.teacher))

    def test_only_for_staff(self):
        portal = new_test_user(self.env, "edu_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.told(portal)

    def test_queries_do_not_grow_with_classes_and_pupils(self):
        self._students("Lê Thị An")
        self.told(self.principal)  # warms the caches

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.told(self.principal)
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(6):
            school_class = self.school_class.copy({"name": f"7{number}"})
            students = self.env["edu.student"].create(
                [{"name": f"Lê {n} {number}", "company_id": self.company.id} for n in range(5)]
            )
            self.env["edu.movement"]._edu_admit(students, school_class)
        self.assertLessEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestFirstSteps(HttpCase):
    def test_tour_of_the_administrator(self):
        """A school year and a class are made as the tour shows it."""
        school = self.env["res.company"].create(
            {
                "name": "Trường THCS Bước Đầu",
                "edu_code": "38009997",
                "edu_level_ids": [(4, self.env.ref("edu_core.edu_level_lower_secondary").id)],
            }
        )
        new_test_user(
            self.env,
            "edu_tour",
            groups="edu_core.group_edu_it_admin",
            company_id=school.id,
            company_ids=[(6, 0, school.ids)],
            password="edu_tour",
        )
        self.start_tour("/odoo/edu-overview", "edu_core_first_steps", login="edu_tour")
        made = self.env["edu.class"].search([("company_id", "=", school.id)])
        self.assertEqual(made.name, "6T")
        self.assertEqual(made.school_year_id.name, "2027-2028")
        self.assertEqual(made.regulation_id.code, "TT22")
