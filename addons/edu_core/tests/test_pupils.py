import base64
import io
import json
from datetime import date, timedelta

from PIL import Image
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .common import EduCase


def image(kind="PNG", size=(9, 12)):
    data = io.BytesIO()
    Image.new("RGB", size, "white").save(data, kind)
    return base64.b64encode(data.getvalue())


@tagged("post_install", "-at_install")
class TestPupils(EduCase):
    """Identifiers, official lists, register numbers, photos, duplicates."""

    def pupil(self, **vals):
        vals = {"name": "Lê Thị Ánh", "company_id": self.company.id, **vals}
        return self.env["edu.student"].create(vals)

    @seed("P3.1.1.2")
    def test_personal_id_says_sex_and_year(self):
        born = {"gender": "female", "birth_date": "2014-11-17"}
        self.assertTrue(self.pupil(personal_id="038 314 000001", **born).personal_id)
        for number, said in (
            ("038214000002", "says Nam"),
            ("038315000002", "born in 2015"),
            ("038114000002", "born in 1914"),
            ("039314000002", "begins with 039"),
            ("03831400000", "not a personal id"),
            ("٠٣٨٣١٤٠٠٠٠٠٢", "not a personal id"),
        ):
            with (
                self.assertRaisesRegex(ValidationError, f"Lê Thị Ánh: .*{said}"),
                self.env.cr.savepoint(),
            ):
                self.pupil(personal_id=number, **born)
        self.pupil(personal_id="100314000002", **born)
        student = self.pupil(personal_id="038314000003")
        with self.assertRaisesRegex(ValidationError, "says Nữ"):
            student.gender = "male"

    @seed("P3.1.1.2")
    def test_identifiers_are_unique_in_a_school(self):
        ids = {"code": "3800000001", "personal_id": "038314000001"}
        self.pupil(**ids)
        for name, value in ids.items():
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.pupil(**{name: f" {value} "})
        other = self.env["res.company"].create({"name": "Trường THCS Khác"})
        self.pupil(company_id=other.id, **ids)
        self.pupil(code="", personal_id=" ")
        self.pupil(code="", personal_id=False)

    def test_photo_is_a_small_image(self):
        student = self.pupil(image_1920=image("JPEG"))
        self.assertTrue(student.image_128)
        program = base64.b64encode(b"MZ\x90\x00" + bytes(200))
        drawing = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
        for data in (program, drawing, b"!", base64.b64encode(b"%PDF-1.4")):
            for name in ("image_1920", "image_128"):
                with self.assertRaisesRegex(ValidationError, "no image"):
                    student.write({name: data})
        with self.assertRaisesRegex(ValidationError, "at most 5 MB"):
            student.image_1920 = base64.b64encode(base64.b64decode(image()) + bytes(5_000_001))

    def test_official_lists(self):
        self.assertEqual(self.env["edu.ethnic.group"].search_count([("code", "!=", "55")]), 54)
        provinces = self.env["edu.province"].search([])
        today, old = provinces.filtered(lambda p: not p.date_to), provinces.filtered("date_to")
        self.assertEqual(len(today), 34)
        unchanged = today.filtered(lambda p: not p.date_from)
        self.assertEqual(len(old | unchanged), 63)
        self.assertFalse(old.successor_id - today)
        self.assertTrue(all(old.mapped("successor_id")))
        (old_binh_dinh,) = provinces.filtered(lambda p: p.name == "Bình Định")
        self.assertEqual(old_binh_dinh.successor_id.name, "Gia Lai")
        self.assertEqual(old_binh_dinh.successor_id.code, old_binh_dinh.code)
        data = self.env["ir.model.data"].search([("model", "=", "edu.ethnic.group")])
        self.assertTrue(all(data.mapped("noupdate")))
        kinh = self.env.ref("edu_core.edu_ethnic_group_01")
        system = new_test_user(self.env, "edu_lists", groups="base.group_system")
        kinh.with_user(system).code = "K1"
        for user in (self.it_admin, self.clerk, self.teacher):
            with self.assertRaises(AccessError):
                kinh.with_user(user).code = "K2"

    def test_lists_are_matched_without_accents(self):
        find = self.env["edu.ethnic.group"]._edu_matcher()
        for typed, code in (
            ("kinh", "01"),
            ("Khơ Me", "05"),
            ("khmer", "05"),
            ("H'Mông", "08"),
            ("Muong", "06"),
            ("Pa Cô", "31"),
            ("Người nước ngoài", "55"),
        ):
            self.assertEqual(find(typed).code, code, typed)
        self.assertFalse(find("Hy Lạp"))
        province = self.env["edu.province"]._edu_matcher()
        self.assertEqual(province("Tỉnh Thanh Hoá").code, "38")
        self.assertEqual(province("TP. Hồ Chí Minh").code, "79")
        self.assertFalse(province("Ninh Bình").date_to)
        self.assertTrue(province("Hà Nam").date_to)

    @seed("R5.5.5a")
    def test_register_numbers_are_drawn_in_one_step(self):
        Series = self.env["edu.number.series"]
        first = Series._edu_draw(self.company, "test", 3, "T-")
        before = self.env.cr.sql_log_count
        second = Series._edu_draw(self.company, "test", 200, "ignored")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 1)
        self.assertEqual(first, ["T-0001", "T-0002", "T-0003"])
        self.assertEqual((second[0], second[-1], len(second)), ("T-0004", "T-0203", 200))
        series = Series.search([("book", "=", "test")])
        for vals in ({"last_number": 0}, {"book": "other"}):
            with self.assertRaises(UserError):
                series.sudo().write(vals)
        with self.assertRaises(UserError):
            Series.sudo().create({"book": "x", "company_id": self.company.id})
        self.assertEqual(Series._edu_draw(self.company, "test", 0), [])

    def test_numbers_that_a_school_brought_are_skipped(self):
        brought = self.pupil()
        brought._edu_unguarded().register_number = "2026-0002"
        brought._edu_append_facts()
        students = self._students("Lê A", "Lê B", "Lê C")
        self.assertEqual(
            sorted(students.mapped("register_number")), ["2026-0001", "2026-0003", "2026-0004"]
        )

    def test_school_adds_fields_without_code(self):
        definition = [{"name": "bus", "string": "Xe đưa đón", "type": "char"}]
        self.company.edu_student_properties_definition = definition
        student = self.pupil()
        student.properties = {"bus": "Tuyến 3"}
        self.assertEqual(student.read(["properties"])[0]["properties"][0]["value"], "Tuyến 3")

    # -- duplicates ------------------------------------------------------------------------------

    def merge(self, students, keep, user=None):
        return (
            self.env["edu.student.merge"]
            .with_user(user or self.clerk)
            .create({"student_ids": [Command.set(students.ids)], "keep_id": keep.id})
        )

    @seed("P2.2.3d")
    def test_duplicates_are_joined_and_stay(self):
        (keep,) = self._students("Lê Thị Ánh")
        keep.code = "3800000001"
        other = self.pupil(name="Lê Thị Anh", code="3800000002", birth_place="Thanh Hóa")
        self.env["edu.guardian"].create(
            {"student_id": other.id, "relation": "mother", "name": "Vũ Thị Mẹ"}
        )
        form = Form(self.env["edu.student.merge"].with_user(self.clerk))
        form.student_ids.add(keep)
        form.student_ids.add(other)
        form.keep_id = keep
        wizard = form.save()
        differs = {line.label: (line.kept, line.other) for line in wizard.line_ids}
        self.assertEqual(differs["Full Name"], ("Lê Thị Ánh", "Lê Thị Anh"))
        self.assertNotIn("Gender", differs)
        wizard.action_merge()
        self.assertEqual((other.merged_into_id, other.active), (keep, False))
        self.assertEqual((keep.code, keep.birth_place), ("3800000001", "Thanh Hóa"))
        self.assertEqual(keep.guardian_ids.name, "Vũ Thị Mẹ")
        self.assertEqual(keep._edu_with_merged(), keep | other)
        entry = self.env["edu.ledger.entry"].search(
            [("record", "=", str(other.id)), ("operation", "=", "merge")]
        )
        self.assertEqual(json.loads(entry.new_value)["merged_into_id"], str(keep.id))
        self.assertIn(f"merged:{other.id}", keep._edu_chains().entry_ids.mapped("slot"))
        with self.assertRaisesRegex(UserError, "was joined with"):
            other.name = "Khác"
        with self.assertRaisesRegex(UserError, "joined with"):
            self.env["edu.movement"]._edu_admit(other, self.school_class)
        with self.assertRaises(UserError):
            other.sudo().write({"merged_into_id": False})

    def test_joining_is_refused(self):
        students = self._students("Lê Thị Ánh", "Lê Thị Anh")
        with self.assertRaisesRegex(UserError, "Both are in the list of 6A"):
            self.merge(students, students[0]).action_merge()
        waiting = self.pupil()
        with self.assertRaisesRegex(UserError, "is studying under the record"):
            self.merge(students[0] | waiting, waiting).action_merge()
        with self.assertRaisesRegex(UserError, "Choose two pupils"):
            self.merge(waiting, waiting).action_merge()
        with self.assertRaises(AccessError):
            self.merge(students[0] | waiting, students[0], self.homeroom)
        self.assertFalse(waiting.merged_into_id)


@tagged("post_install", "-at_install")
class TestClassList(EduCase):
    """Order, manual order and lock of a class list; the homeroom teacher's window."""

    def names(self):
        return self.school_class.enrollment_ids.sorted("number").student_id.mapped("name")

    @seed("R5.5.6")
    def test_tones_and_letters(self):
        order = ["Hoa", "Hòa", "Hỏa", "Hõa", "Hóa", "Họa", "Hồng", "Vân", "Vần", "Vẫn", "Vấn"]
        self._students(*(f"Lê {name}" for name in reversed(order)))
        self.assertEqual(self.names(), [f"Lê {name}" for name in order])

    @seed("R5.5.6")
    def test_given_name_then_middle_then_family(self):
        wanted = ["Đỗ Ái", "Vũ Anh An", "Bùi Bảo An", "Lê Bảo An", "Lê Ánh", "Lê Ân", "Lê Bình"]
        wanted += ["Lê Dũng", "Lê Đào"]
        self._students(*reversed(wanted))
        self.assertEqual(self.names(), wanted)

    @seed("R5.5.6")
    def test_manual_order_stays_and_can_be_undone(self):
        self._students("Lê An", "Lê Bình", "Lê Chi")
        lines = self.school_class.enrollment_ids.sorted("number")
        for number, line in zip((2, 1, 3), lines, strict=True):
            line.with_user(self.clerk).number = number
        self._students("Lê Ba")
        self.assertEqual(self.names(), ["Lê Bình", "Lê An", "Lê Chi", "Lê Ba"])
        self.school_class.with_user(self.clerk).action_number_list()
        self.assertEqual(self.names(), ["Lê An", "Lê Ba", "Lê Bình", "Lê Chi"])
        with self.assertRaises(AccessError):
            self.school_class.with_user(self.teacher).action_number_list()
        with self.assertRaises(AccessError):
            lines[0].with_user(self.homeroom).number = 9

    @seed("R5.5.6")
    def test_locked_list_renumbers_nobody(self):
        self._students("Lê Bình", "Lê Chi")
        school_class = self.school_class.with_user(self.clerk)
        school_class.action_lock_list()
        self.assertEqual(self.school_class.list_locked_by_id, self.clerk)
        self._students("Lê An")
        self.assertEqual(self.names(), ["Lê Bình", "Lê Chi", "Lê An"])
        line = self.school_class.enrollment_ids.sorted("number")[0]
        for record in (line, line.with_user(self.clerk), line.with_user(self.it_admin).sudo()):
            with self.assertRaisesRegex(UserError, "6A: the list was locked by Phạm"):
                record.number = 9
        with self.assertRaisesRegex(UserError, "was locked"):
            school_class.action_number_list()
        with self.assertRaises(UserError):
            self.school_class.sudo().write({"list_locked": False})
        self.env["edu.enrollment"]._edu_number(self.school_class)
        self.assertEqual(self.names(), ["Lê Bình", "Lê Chi", "Lê An"])
        entry = self.env["edu.ledger.entry"].search(
            [
                ("model", "=", "edu.class"),
                ("record", "=", str(self.school_class.id)),
                ("slot", "=", "list"),
            ]
        )
        self.assertEqual((entry.operation, len(entry.new_value.split())), ("lock", 2))

    @seed("R5.5.6")
    def test_only_the_principal_unlocks_with_a_reason(self):
        self._students("Lê Bình", "Lê Chi")
        self.school_class.with_user(self.clerk).action_lock_list()
        for user in (self.clerk, self.it_admin, self.homeroom):
            with self.assertRaises(AccessError):
                self.school_class.with_user(user).sudo()._edu_unlock_list("Vì")
        principal = self.school_class.with_user(self.principal)
        with self.assertRaisesRegex(UserError, "Say why"):
            principal._edu_unlock_list(" ")
        self.env["edu.class.unlock"].with_user(self.principal).create(
            {"class_ids": [Command.set(self.school_class.ids)], "reason": "Ghép lớp"}
        ).action_confirm()
        self.assertFalse(self.school_class.list_locked)
        entries = self.env["edu.ledger.entry"].search(
            [
                ("model", "=", "edu.class"),
                ("record", "=", str(self.school_class.id)),
                ("slot", "=", "list"),
            ]
        )
        self.assertEqual(entries.mapped("operation"), ["unlock", "lock"])

    def test_a_list_with_gaps_is_not_locked(self):
        with self.assertRaisesRegex(UserError, "empty or not numbered"):
            self.school_class.action_lock_list()
        self._students("Lê Bình", "Lê Chi")
        self.school_class.enrollment_ids.number = 4
        with self.assertRaisesRegex(UserError, "empty or not numbered"):
            self.school_class.action_lock_list()

    def test_search_finds_without_accents(self):
        student = self._students("Nguyễn Văn Án")
        found = self.env["edu.student"].name_search("nguyen van an")
        self.assertEqual([pair[0] for pair in found], student.ids)
        line = self.env["edu.enrollment"].search([("student_id.display_name", "ilike", "VAN AN")])
        self.assertEqual(line.student_id, student)

    # -- the homeroom teacher's window -----------------------------------------------------------

    def open_window(self, start=-1, end=1):
        today = self.company._edu_today()
        self.year.write(
            {
                "profile_window_from": today + timedelta(days=start),
                "profile_window_to": today + timedelta(days=end),
            }
        )

    @seed("R6.1a")
    def test_homeroom_keeps_profiles_within_the_window(self):
        student = self._students("Lê An")
        mine = student.with_user(self.homeroom)
        with self.assertRaisesRegex(AccessError, "window that the school has not set"):
            mine.address = "Tổ 1"
        self.open_window()
        mine.write(
            {"address": "Tổ 1", "ethnic_group_id": self.env.ref("edu_core.edu_ethnic_group_06").id}
        )
        mine.guardian_ids = [
            Command.create({"relation": "father", "name": "Lê Văn Cha", "phone": "0900000001"})
        ]
        self.assertEqual(student.guardian_ids.name, "Lê Văn Cha")
        self.assertTrue(mine.profile_editable)
        for vals in (
            {"name": "Lê Ăn"},
            {"code": "3800000009"},
            {"birth_date": "2014-01-01"},
            {"list_order_key": "a"},
            {"image_128": image()},
            {"active": False},
        ):
            with self.assertRaisesRegex(AccessError, "only the office"):
                mine.write(vals)
            with self.assertRaisesRegex(AccessError, "only the office"):
                mine.sudo().write(vals)
        self.open_window(-3, -2)
        mine.invalidate_recordset()
        with self.assertRaisesRegex(AccessError, "Nguyễn Thị Chủ Nhiệm"):
            mine.address = "Tổ 2"
        with self.assertRaises(AccessError):
            mine.guardian_ids.name = "Khác"
        student.with_user(self.clerk).address = "Tổ 3"

    @seed("R6.1a", "P2.2.3a")
    def test_other_class_is_denied(self):
        student = self._students("Lê An")
        self.open_window()
        self.env["edu.teaching.assignment"].create(
            {
                "class_id": self.school_class.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": self.teacher.id,
            }
        )
        for user in (self.teacher, self.other_teacher, self.principal):
            with self.assertRaises(AccessError):
                student.with_user(user).address = "Tổ 1"
            with self.assertRaises(AccessError):
                student.with_user(user).sudo().address = "Tổ 1"
            with self.assertRaises(AccessError):
                self.env["edu.guardian"].with_user(user).sudo().create(
                    {"student_id": student.id, "name": "Ai đó"}
                )
        self.assertFalse(student.address)

    def test_class_window_wins_over_the_years(self):
        student = self._students("Lê An")
        self.open_window(-9, -8)
        today = self.company._edu_today()
        self.school_class.write({"profile_window_from": today, "profile_window_to": today})
        student.with_user(self.homeroom).address = "Tổ 1"
        with self.assertRaisesRegex(UserError, "first and a last day"):
            self.school_class.profile_window_to = False
        self.assertEqual(student.address, "Tổ 1")

    @seed("R6.1b")
    def test_homeroom_confirms_that_profiles_were_checked(self):
        students = self._students("Lê An", "Lê Bình")
        for user in (self.clerk, self.principal, self.teacher):
            with self.assertRaises(AccessError):
                students.with_user(user).action_check_profile()
        students[0].with_user(self.homeroom).action_check_profile()
        self.assertEqual(students[0].profile_checked_by_id, self.homeroom)
        self.assertEqual(self.school_class.profile_checked_text, "1/2")
        self.school_class.with_user(self.homeroom).action_check_profiles()
        self.school_class.invalidate_recordset()
        self.assertEqual(self.school_class.profile_checked_text, "2/2")
        students[0].with_user(self.clerk).birth_date = date(2014, 1, 2)
        self.assertFalse(students[0].profile_checked_at)
        self.env["edu.guardian"].with_user(self.clerk).create(
            {"student_id": students[1].id, "name": "Vũ Thị Mẹ", "relation": "mother"}
        )
        self.assertFalse(students[1].profile_checked_by_id)
        with self.assertRaises(UserError):
            students[0].sudo().profile_checked_by_id = self.homeroom


@tagged("post_install", "-at_install")
class TestPortal(HttpCase, EduCase):
    """A guardian with an account reads the own children, and nothing else."""

    def setUp(self):
        super().setUp()
        self.mine, self.stranger = self._students("Lê Thị Ánh", "Trần Văn Bình")
        self.guardian = self.env["edu.guardian"].create(
            {
                "student_id": self.mine.id,
                "relation": "mother",
                "name": "Vũ Thị Mẹ",
                "email": "me@example.com",
            }
        )

    def invite(self):
        self.guardian.with_user(self.clerk).action_invite()
        user = self.guardian.partner_id.user_ids
        user.password = "a-long-password"
        return user

    @seed("P2.2.3a", "P3.2.0.6")
    def test_guardian_reads_the_own_children_only(self):
        user = self.invite()
        self.assertTrue(user.share and self.guardian.has_account)
        Student = self.env["edu.student"].with_user(user)
        self.assertEqual(Student.search([]), self.mine)
        with self.assertRaises(AccessError):
            self.stranger.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.mine.with_user(user).read(["partner_id"])
        for record, vals in (
            (self.mine, {"address": "Tổ 1"}),
            (self.guardian, {"phone": "0900000001"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).write(vals)
        for model in ("edu.movement", "edu.enrollment", "edu.class", "edu.ledger.entry"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])
        self.guardian.active = False
        self.assertFalse(Student.search([]))

    @seed("P3.2.0.6")
    def test_page_of_the_children(self):
        user = self.invite()
        self.authenticate(user.login, "a-long-password")
        page = self.url_open("/my/children").text
        self.assertIn("Lê Thị Ánh", page)
        self.assertIn("6A", page)
        self.assertNotIn("Trần Văn Bình", page)
        other = new_test_user(self.env, "portal_other", groups="base.group_portal")
        self.authenticate(other.login, other.login)
        page = self.url_open("/my/children").text
        self.assertNotIn("Lê Thị Ánh", page)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/children").url)

    def test_brothers_and_sisters_share_an_account(self):
        self.invite()
        second = self.guardian.copy({"student_id": self.stranger.id, "email": "ME@example.com"})
        self.assertFalse(second.partner_id)
        second.with_user(self.clerk).action_invite()
        self.assertEqual(second.partner_id, self.guardian.partner_id)

    @seed("P2.2.3a")
    def test_invitation_has_its_limits(self):
        with self.assertRaises(AccessError):
            self.guardian.with_user(self.homeroom).action_invite()
        partner = self.env["res.partner"].create({"name": "Ai đó"})
        for record in (self.guardian, self.guardian.with_user(self.clerk).sudo()):
            with self.assertRaises(AccessError):
                record.with_context(edu_invited=True).write({"partner_id": partner.id})
        self.guardian.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.guardian.with_user(self.clerk).action_invite()
        self.homeroom.login = "teacher@example.com"
        self.guardian.email = "teacher@example.com"
        with self.assertRaisesRegex(UserError, "member of staff"):
            self.guardian.with_user(self.clerk).action_invite()
        with self.assertRaisesRegex(ValidationError, "not one e-mail address"):
            self.guardian.email = "a@b, c@d"
