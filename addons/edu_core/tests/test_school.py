from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import EduCase

LAST_DISTRICT_DAY = date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestSchool(EduCase):
    def _school(self, name, *levels, **values):
        levels = [self.env.ref(f"edu_core.edu_level_{level}").id for level in levels]
        return self.env["res.company"].create(
            {"name": name, "edu_level_ids": [Command.set(levels)], **values}
        )

    @seed("P2.2.1", "P3.2.0.1", "P3.2.0.2")
    def test_words_follow_the_kind_of_institution(self):
        school = ("Trường", "Hiệu trưởng", "Phó hiệu trưởng")
        centre = ("Trung tâm", "Giám đốc", "Phó giám đốc")
        for levels, code, words, learner in (
            (["preschool"], "MN", school, "trẻ"),
            (["primary"], "TH", school, "học sinh"),
            (["lower_secondary"], "THCS", school, "học sinh"),
            (["upper_secondary"], "THPT", school, "học sinh"),
            (["lower_secondary", "upper_secondary"], "LC", school, "học sinh"),
            (["continuing"], "GDNN-GDTX", centre, "học viên"),
        ):
            header = self._school(f"Đơn vị {code}", *levels)._edu_snapshot_header()
            self.assertEqual(header["kind"], code)
            printed = (header["school_word"], header["head_title"], header["deputy_title"])
            self.assertEqual(printed, words, code)
            self.assertEqual((header["learner_word"], header["deputy_prefix"]), (learner, "KT."))

    @seed("P2.2.1")
    def test_a_college_stays_one_when_its_levels_are_saved_again(self):
        college = self._school("Trường Trung cấp nghề Hoa Sen", "continuing")
        college.edu_kind_id = self.env.ref("edu_core.edu_institution_kind_college")
        college.edu_level_ids = self.env.ref("edu_core.edu_level_continuing")
        self.assertEqual(college.edu_kind_id.code, "TC-CD")
        self.assertEqual(college.edu_head_title, "Hiệu trưởng")
        college.edu_level_ids |= self.env.ref("edu_core.edu_level_upper_secondary")
        self.assertEqual(college.edu_kind_id.code, "LC")

    def test_schools_of_one_name(self):
        one = self._school("Trường THCS Lê Lợi – Hạc Thành", edu_official_name="Trường THCS Lê Lợi")
        two = self._school("Trường THCS Lê Lợi – Sầm Sơn", edu_official_name="Trường THCS Lê Lợi")
        for school in (one, two):
            self.assertEqual(school._edu_snapshot_header()["name"], "Trường THCS Lê Lợi")
        self.assertNotEqual(one.display_name, two.display_name)
        self.assertEqual(
            self._school("Trường THCS Ba Đình")._edu_snapshot_header()["name"],
            "Trường THCS Ba Đình",
        )

    def test_school_code_is_unique_and_found(self):
        school = self._school("Trường TH Một", edu_code="38000123")
        found = self.env["res.company"].name_search("38000123")
        self.assertEqual([school_id for school_id, _name in found], school.ids)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._school("Trường TH Hai", edu_code="38000123")

    # -- dated values ----------------------------------------------------------------------------

    def _value(self, kind, text, date_from=False, date_to=False):
        return self.env["edu.school.value"].create(
            {
                "company_id": self.company.id,
                "kind": kind,
                "value": text,
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    @seed("P4.1.6")
    def test_forms_of_a_day_print_what_held_then(self):
        new_day = LAST_DISTRICT_DAY + timedelta(days=1)
        self._value("superior_body", "PHÒNG GDĐT TP THANH HÓA", date_to=LAST_DISTRICT_DAY)
        self._value("superior_body", "UBND PHƯỜNG HẠC THÀNH", date_from=new_day)
        self._value("district", "Thành phố Thanh Hóa", date_to=LAST_DISTRICT_DAY)
        before = self.company._edu_snapshot_header(LAST_DISTRICT_DAY)
        after = self.company._edu_snapshot_header(new_day)
        self.assertEqual(
            (before["superior"], before["district"]),
            ("PHÒNG GDĐT TP THANH HÓA", "Thành phố Thanh Hóa"),
        )
        self.assertEqual((after["superior"], after["district"]), ("UBND PHƯỜNG HẠC THÀNH", ""))
        self.assertEqual(self.company.edu_superior_body, "UBND PHƯỜNG HẠC THÀNH")
        self.assertFalse(self.company.edu_district)

    def test_writing_a_fact_keeps_what_held_before(self):
        today, yesterday = self.company._edu_today(), self.company._edu_today() - timedelta(days=1)
        self.assertEqual(self.company._edu_value("place", date(2010, 1, 1)), "Thanh Hóa")
        self.company.edu_place = "Sầm Sơn"
        self.assertEqual(self.company._edu_value("place", yesterday), "Thanh Hóa")
        self.assertEqual(self.company._edu_value("place", today), "Sầm Sơn")
        self.company.edu_place = "Hạc Thành"
        self.assertEqual(self.company.edu_place, "Hạc Thành")
        lines = self.company.edu_value_ids.filtered(lambda line: line.kind == "place")
        self.assertEqual(sorted(lines.mapped("value")), ["Hạc Thành", "Thanh Hóa"])

    def test_a_fact_written_today_ends_where_the_next_begins(self):
        coming = self.company._edu_today() + timedelta(days=30)
        self._value("ward", "Xã Đông Sơn", date_to=coming - timedelta(days=1))
        self._value("ward", "Phường Đông Sơn", date_from=coming)
        self.company.edu_ward = "Xã Đông Tiến"
        self.assertEqual(self.company.edu_ward, "Xã Đông Tiến")
        self.assertEqual(self.company._edu_value("ward", coming), "Phường Đông Sơn")

    def test_other_facts_stay_when_one_is_written(self):
        self.company.write({"edu_ward": "Phường Hạc Thành", "edu_head_title": "Giám đốc"})
        self.company.edu_head_title = "Quyền Hiệu trưởng"
        header = self.company._edu_snapshot_header()
        self.assertEqual(header["ward"], "Phường Hạc Thành")
        self.assertEqual(header["place"], "Thanh Hóa")
        self.assertEqual(header["head_title"], "Quyền Hiệu trưởng")

    def test_an_empty_fact_prints_nothing(self):
        self.company.edu_place = False
        self.assertEqual(self.company._edu_snapshot_header()["place"], "")
        self.assertEqual(self.company._edu_value("place", date(2010, 1, 1)), "Thanh Hóa")

    def test_facts_of_one_kind_do_not_overlap(self):
        self._value("ward", "Xã A", date(2020, 1, 1), date(2025, 6, 30))
        self._value("province", "Tỉnh Thanh Hóa", date(2020, 1, 1))
        for days in ((date(2025, 6, 30), False), (False, date(2020, 1, 1))):
            refused = self.assertRaisesRegex(ValidationError, "Xã A.*2020-01-01.*2025-06-30")
            with refused, self.env.cr.savepoint():
                self._value("ward", "Xã B", *days)
        self._value("ward", "Xã B", date(2025, 7, 1))

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_an_overlap_too(self):
        line = self._value("ward", "Xã A", date(2020, 1, 1), date(2025, 6, 30))
        self.env.flush_all()
        with self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "INSERT INTO edu_school_value (company_id, kind, value, date_from)"
                " SELECT company_id, kind, value, '2025-06-30' FROM edu_school_value"
                " WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
                [line.id],
            )

    def test_many_schools_cost_no_more_queries(self):
        def read(schools):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            schools.mapped("edu_head_title")
            return self.env.cr.sql_log_count - before

        few = self.company | self._school("Trường A")
        many = few.union(*(self._school(f"Trường {n}", edu_head_title="X") for n in range(8)))
        read(few)
        self.assertEqual(read(many), read(few))

    # -- who may ---------------------------------------------------------------------------------

    @seed("R10.1a", "R3.3")
    def test_who_manages_the_school_edits_the_school_alone(self):
        for user in (self.principal, self.it_admin):
            school = self.company.with_user(user)
            school.write({"edu_ward": f"Phường {user.login}", "edu_code": "38009998"})
            self.assertEqual(school.edu_ward, f"Phường {user.login}")
            with self.assertRaises(AccessError):
                school.write({"email": "someone@example.com"})
        other = self._school("Trường khác")
        with self.assertRaises(AccessError):
            other.with_user(self.it_admin).write({"edu_ward": "X"})
        with self.assertRaises(AccessError):
            self.company.with_user(self.teacher).write({"edu_ward": "X"})

    def test_the_form_of_the_school(self):
        with Form(self.company.with_user(self.it_admin), "edu_core.edu_school_view_form") as form:
            form.edu_ward = "Phường Hàm Rồng"
            with form.edu_campus_ids.new() as campus:
                campus.name = "Điểm trường số 2"
        self.assertEqual(self.company.edu_ward, "Phường Hàm Rồng")
        self.assertEqual(self.company.edu_campus_ids.name, "Điểm trường số 2")
        action = (
            self.env["res.company"]
            .with_user(self.it_admin)
            .with_context(allowed_company_ids=self.company.ids)
            .action_edu_schools()
        )
        self.assertEqual(action["res_id"], self.company.id)

    def test_classes_say_where_they_are_taught(self):
        campus = self.env["edu.campus"].create(
            {"name": "Điểm lẻ", "company_id": self.company.id, "head_user_id": self.teacher.id}
        )
        self.school_class.campus_id = campus
        self.assertEqual(campus.class_ids, self.school_class)

    # -- school year -----------------------------------------------------------------------------

    def _year(self, first, **values):
        return self.env["edu.school.year"].create(
            {
                "name": f"{first}-{first + 1}",
                "date_start": date(first, 9, 5),
                "date_end": date(first + 1, 5, 31),
                "company_id": self.company.id,
                **values,
            }
        )

    @seed("P2.2.4", "R5.5.2")
    def test_paper_mode_of_a_year(self):
        self.assertEqual(self._year(2022, paper_mode="parallel").paper_mode, "parallel")
        follower = self._year(2023)
        self.assertEqual(follower.paper_mode, "parallel", "as the year before")
        follower.paper_mode = "electronic"
        self.assertEqual(self._year(2024).paper_mode, "electronic")
        modes = {
            day: self.company._edu_snapshot_header(day)["paper_mode"]
            for day in (date(2022, 10, 1), date(2023, 7, 1), date(2023, 9, 5), date(2020, 1, 1))
        }
        self.assertEqual(list(modes.values()), ["parallel", "parallel", "electronic", ""])

    def test_the_day_of_a_period(self):
        period = self.year._edu_periods(self.school_class.regulation_id)[0]
        today = self.company._edu_today()
        self.assertEqual(period._edu_day(), min(today, date(2027, 5, 31)))
        period.date_end = date(2026, 10, 1)
        self.assertEqual(period._edu_day(), min(today, date(2026, 10, 1)))

    def test_a_year_with_classes_stays_in_its_school(self):
        other = self._school("Trường khác")
        with self.assertRaisesRegex(UserError, "stays in its school"):
            self.year.sudo().company_id = other
        empty = self._year(2030)
        empty.company_id = other
        self.assertEqual(empty.company_id, other)

    def test_a_year_with_pupils_keeps_its_name(self):
        self.year.name = "2025-2026"
        self.assertEqual(self.school_class.regulation_id.code, "TT22")
        self._students("Lê Thị Ánh")
        with self.assertRaisesRegex(UserError, "pupils or books"):
            self.year.name = "2024-2025"

    def test_a_school_adds_fields_of_its_own_without_code(self):
        """One school's fields are no other's; a branch has those of its school."""
        branch, other = self.env["res.company"].create(
            [
                {"name": "Cơ sở 2", "parent_id": self.company.id},
                {"name": "Trường khác", "edu_code": "38001237"},
            ]
        )
        school = self.company.with_user(self.it_admin)
        school.edu_school_properties_definition = [
            {"name": "wells", "string": "Số giếng nước", "type": "integer"}
        ]
        school.edu_properties = {"wells": 2}
        self.env.flush_all()
        self.env.invalidate_all()
        (read,) = school.read(["edu_properties"])
        self.assertEqual(
            [(one["string"], one["value"]) for one in read["edu_properties"]],
            [("Số giếng nước", 2)],
        )
        branch.edu_properties = {"wells": 1}
        self.assertEqual(branch.read(["edu_properties"])[0]["edu_properties"][0]["value"], 1)
        self.assertFalse(other.read(["edu_properties"])[0]["edu_properties"])
        self.assertEqual(school.search([("edu_properties.wells", "=", 2)]), self.company)
        with self.assertRaises(AccessError):
            self.company.with_user(self.teacher).edu_properties = {"wells": 3}
