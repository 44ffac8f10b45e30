import io
import json
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from edu_records.exchange import columns_of, read_table
from edu_records.testing import seed

from .import_case import ImportCase

PUPILS = ["Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Tên cha"]
BINH = ["6A", "3800000001", "Nguyễn Văn Bình", "05/03/2014", "Nam", "Kinh", "Nguyễn Văn Cha"]
ANH = ["6A", "3800000002", "Lê Thị Ánh", "17/11/2014", "Nữ", "Mường", ""]
GUARDIANS = ["Mã học sinh", "Họ tên học sinh", "Quan hệ", "Họ tên phụ huynh", "Điện thoại", "Email"]
MOTHER = ["3800000002", "Lê Thị Ánh", "Mẹ", "Hà Thị Mẹ", "0900000002", "me@example.com"]
STAFF = ["Mã cán bộ", "Họ và tên", "Ngày sinh", "Giới tính", "Trình độ", "Môn dạy", "Loại cán bộ"]
LAN = ["GV01", "Đỗ Thị Lan", "02/01/1985", "Nữ", "Đại học", "Toán; Tin học", "Giáo viên"]
CLASSES = ["Tên lớp", "Khối", "GVCN", "Sĩ số tối đa"]
ASSIGNMENTS = ["Lớp", "Môn học", "Giáo viên", "Số tiết/tuần", "Từ ngày"]
TOAN = ["6A", "Toán", "Trần Văn Bộ Môn", 4, "05/09/2026"]


@tagged("post_install", "-at_install")
class TestImportLists(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_school = cls.env["res.company"].create({"name": "Trường Khác"})
        cls.other_year = cls.env["edu.school.year"].create(
            {
                "name": "2026-2027",
                "date_start": "2026-09-05",
                "date_end": "2027-05-31",
                "company_id": cls.other_school.id,
            }
        )
        (cls.clerk | cls.it_admin | cls.principal).company_ids += cls.other_school

    # -- each list -------------------------------------------------------------------------------

    @seed("P3.1.1.2")
    def test_guardians(self):
        self.imported([BINH, ANH], PUPILS)
        self.imported([MOTHER], GUARDIANS, "guardians")
        pupil = self.env["edu.student"].search([("code", "=", "3800000002")])
        mother = pupil.guardian_ids
        self.assertEqual((mother.name, mother.relation), ("Hà Thị Mẹ", "mother"))
        again = self.checked([[*MOTHER[:4], "0911111111", MOTHER[5]]], GUARDIANS, "guardians")
        self.assertEqual((again.count_changed, again.count_new), (1, 0))
        self.assertEqual(again.line_ids.diff, [["Phone", "0900000002", "0911111111"]])
        self.assertEqual(mother.phone, "0900000002")
        for position, value, word in (
            (0, "3899999999", "no pupil"),
            (1, "Phạm Văn Nhầm", "Lê Thị Ánh"),
            (2, "Hàng xóm", "Người giám hộ"),
            (5, "khong co", "e-mail"),
        ):
            bad = [*MOTHER[:position], value, *MOTHER[position + 1 :]]
            wrong = self.checked([bad], GUARDIANS, "guardians")
            self.assertEqual(wrong.state, "refused", value)
            self.assertRegex(wrong.report, rf"(?i)row 2, column {'ABCDEF'[position]}: .*{word}")

    @seed("P3.1.1.2", "P3.1.1.3")
    def test_staff(self):
        self.imported([LAN], STAFF, "staff")
        lan = self.env["hr.employee"].search([("edu_code", "=", "GV01")])
        self.assertEqual(lan.company_id, self.company)
        self.assertEqual((str(lan.birthday), lan.sex), ("1985-01-02", "female"))
        self.assertEqual(lan.edu_qualification, "university")
        self.assertEqual(set(lan.edu_subject_ids.mapped("name")), {"Toán", "Tin học"})
        self.assertEqual(lan.edu_staff_status, "none")
        same = self.checked([LAN], STAFF, "staff")
        self.assertEqual((same.count_same, same.count_changed, same.count_new), (1, 0, 0))
        with self.assertRaises(AccessError):
            self.checked([LAN], STAFF, "staff", user=self.it_admin)

    @seed("P3.1.1.2")
    def test_classes(self):
        rows = [["7A", "Khối 7", self.homeroom.name, 45], ["7B", 7, "", ""]]
        self.imported(rows, CLASSES, "classes", user=self.it_admin)
        first, second = self.env["edu.class"].search(
            [("school_year_id", "=", self.year.id), ("name", "in", ("7A", "7B"))]
        )
        self.assertEqual((first.grade_id.number, first.homeroom_user_id), (7, self.homeroom))
        self.assertEqual((first.max_students, second.max_students), (45, 0))
        self.assertTrue(first.regulation_id)
        self._students("Lê Văn Có Lớp")
        used = self.checked([["6A", 8, "", ""]], CLASSES, "classes", user=self.it_admin)
        self.assertRegex(used.report, "column B: 6A has pupils")
        unknown = self.checked([["7C", 7, "Ai Đó", ""]], CLASSES, "classes", user=self.it_admin)
        self.assertRegex(unknown.report, "column C: .*“Ai Đó”")

    @seed("P3.1.1.2")
    def test_assignments(self):
        self.imported([TOAN], ASSIGNMENTS, "assignments", user=self.it_admin)
        line = self.school_class.assignment_ids
        self.assertEqual((line.user_id, line.periods_per_week), (self.teacher, 4))
        self.assertEqual(line.subject_id.name, "Toán")
        more = [[*TOAN[:3], 5, TOAN[4]]]
        changed = self.imported(more, ASSIGNMENTS, "assignments", user=self.it_admin)
        self.assertEqual((changed.count_changed, changed.count_new), (1, 0))
        self.assertEqual(line.periods_per_week, 5)
        twin = self._user("teacher", self.teacher.name, login="edu_twin")
        two = self.checked([TOAN], ASSIGNMENTS, "assignments", user=self.it_admin)
        self.assertIn("Tài khoản", two.report)
        told = [[*TOAN, twin.login]]
        self.imported(told, [*ASSIGNMENTS, "Tài khoản"], "assignments", user=self.it_admin)
        self.assertEqual(self.school_class.assignment_ids.user_id, self.teacher | twin)

    def test_headings_of_the_school(self):
        headers = ["Phòng học", *PUPILS[1:]]
        refused = self.checked([BINH], headers)
        self.assertEqual(refused.state, "refused")
        Synonym = self.env["edu.exchange.synonym"].with_user(self.it_admin)
        Synonym.create({"stands_for": "students.class_code", "name": "PHÒNG học "})
        self.imported([BINH], headers)
        self.assertEqual(self.school_class.enrollment_ids.student_id.code, BINH[1])
        with self.assertRaises(ValidationError):
            Synonym.create({"stands_for": "students.class_code", "name": "Họ và tên"})

    # -- shown before it is written --------------------------------------------------------------

    @seed("P3.1.1.3")
    def test_what_changes_is_shown_before_it_is_written(self):
        self.imported([BINH, ANH], PUPILS)
        pupil = self.env["edu.student"].search([("code", "=", BINH[1])])
        row = [*BINH[:5], "Tày", "Nguyễn Văn Bố"]
        brought = self.checked([row, ANH, ["6A", "3800000003", "Vi Văn Mới", *ANH[3:]]], PUPILS)
        kinds = {line.row: line.kind for line in brought.line_ids}
        self.assertEqual(kinds, {2: "changed", 3: "same", 4: "new"})
        self.assertEqual(
            brought.line_ids[0].diff,
            [
                ["Ethnic Group", "Kinh", "Tày"],
                ["Họ tên cha: Full Name", "Nguyễn Văn Cha", "Nguyễn Văn Bố"],
            ],
        )
        self.assertEqual(pupil.ethnic_group_id.name, "Kinh")
        pupil.ethnic_group_id = self.env["edu.ethnic.group"].search([("name", "=", "Thái")])
        brought.action_import()
        self.assertEqual(brought.state, "checked")  # it would do something else now
        self.assertEqual(pupil.ethnic_group_id.name, "Thái")
        self.assertIn("Thái", brought.line_ids[0].diff_text)
        brought.action_import()
        self.assertEqual(brought.state, "done")
        self.assertEqual(pupil.ethnic_group_id.name, "Tày")

    @seed("P3.1.1.2")
    def test_a_near_name_is_asked_about(self):
        known = self._students("Nguyễn Thị Thuỷ")
        known.birth_date = "2014-03-05"
        row = ["6A", "3800000007", "Nguyễn Thị Thúy", "05/03/2014", "Nữ", "Kinh", ""]
        brought = self.checked([row], PUPILS)
        line = brought.line_ids
        self.assertEqual((line.kind, line.candidate_ref), ("question", known.id))
        self.assertIn("Nguyễn Thị Thuỷ", line.candidate)
        with self.assertRaises(UserError):
            brought.action_import()
        line.action_same()
        brought.action_import()
        self.assertEqual((known.code, known.name), ("3800000007", "Nguyễn Thị Thúy"))
        self.assertEqual(len(self.school_class.enrollment_ids), 1)
        other = self.checked([[*row[:1], "", "Nguyễn Thị Thùy", *row[3:]]], PUPILS)
        other.line_ids.action_other()
        other.action_import()
        self.assertEqual(other.state, "done")
        self.assertEqual(len(self.school_class.enrollment_ids), 2)

    def test_the_same_person_without_an_id_is_found(self):
        row = ["6A", "", *BINH[2:]]
        self.imported([row], PUPILS)
        again = self.checked([row], PUPILS)
        self.assertEqual((again.count_same, again.count_new, again.count_question), (1, 0, 0))

    def test_what_the_records_refuse_is_told_by_the_check(self):
        self.school_class.max_students = 1
        brought = self.checked([BINH, ANH], PUPILS)
        self.assertEqual(brought.state, "refused")
        self.assertIn("6A is full", brought.report)
        self.assertFalse(self.env["edu.student"].search([("code", "=", BINH[1])]))

    # -- the record of an import -----------------------------------------------------------------

    @seed("R3.4")
    def test_the_import_is_in_the_ledger_and_sealed(self):
        brought = self.imported([BINH, ANH], PUPILS)
        entry = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.import"), ("record", "=", str(brought.id))]
        )
        payload = json.loads(entry.payload)
        self.assertEqual(entry.chain_id, self.company._edu_chain())
        self.assertEqual((entry.user_id, entry.operation), (self.clerk, "import"))
        self.assertEqual(payload[14], brought.file_sha256)
        self.assertEqual(json.loads(entry.new_value), {"changed": "0", "new": "2", "same": "0"})
        for vals in ({"state": "draft"}, {"journal": "[]"}, {"file": b"eA=="}, {"filename": "x"}):
            with self.assertRaises(UserError):
                brought.sudo().write(vals)
            with self.assertRaises(UserError):
                brought.sudo().with_context(edu_guard=True).write(vals)
        with self.assertRaises(UserError):
            brought.sudo().line_ids[0].write({"answer": "same"})
        with self.assertRaises(UserError):
            brought.sudo().unlink()
        with self.assertRaises(UserError):
            brought.action_import()
        forged = self.upload(self.workbook([BINH], PUPILS))
        self.assertEqual(forged.with_context(default_state="checked").state, "draft")

    def test_a_default_of_the_context_skips_no_check(self):
        Import = self.env["edu.import"].with_user(self.clerk)
        data = self.upload(self.workbook([BINH], PUPILS)).file
        vals = {"entity": "students", "file": data, "school_year_id": self.year.id}
        brought = Import.with_context(default_state="checked", default_plan_digest="x").create(vals)
        self.assertEqual((brought.state, brought.plan_digest), ("draft", False))

    @seed("R5.2c")
    def test_no_other_file_is_kept(self):
        book = self.workbook([BINH], PUPILS)
        for data, name in ((book, "list.xlsm"), (book, "list.exe"), (b"MZ\x90" * 99, "list.xlsx")):
            with self.assertRaises(UserError, msg=name):
                self.upload(data, filename=name)
        with self.assertRaises(UserError):
            self.upload(b"\0" * 21_000_000)
        self.assertFalse(self.env["edu.import"].search([("company_id", "=", self.company.id)]))

    def test_who_may_bring_what(self):
        for user in (self.teacher, self.homeroom):
            with self.assertRaises(AccessError):
                self.checked([BINH], PUPILS, user=user)
        with self.assertRaises(AccessError):
            self.checked([["7A", 7, "", ""]], CLASSES, "classes", user=self.clerk)
        brought = self.checked([BINH], PUPILS)
        self.assertFalse(self.env["edu.import"].with_user(self.it_admin).search([]) & brought)
        self.assertIn(brought, self.env["edu.import"].with_user(self.principal).search([]))

    # -- long lists ------------------------------------------------------------------------------

    def long_list(self, count=502):
        """The rows of so many new pupils."""
        return [
            ["6A", f"38{number:08d}", f"Lê Văn Số{number}", "05/03/2014", "Nam", "Kinh", ""]
            for number in range(1, count + 1)
        ]

    def job(self, brought):
        """Do what was promised for an import, as a job does; tell what it said of its progress."""
        promised = self.env["edu.outbox"].search(
            [("res_id", "=", brought.id), ("res_model", "=", "edu.import"), ("state", "!=", "done")]
        )
        self.assertEqual(len(promised), 1)
        told = []
        Progress = type(self.env["edu.import.progress"])
        with patch.object(Progress, "_edu_tell", lambda _self, _brought, *of: told.append(of)):
            promised.with_context(job_uuid="test")._edu_process()
        self.assertEqual(promised.state, "done", promised.error)
        return told

    @seed("P3.1.1.3")
    def test_a_long_list_is_tried_written_and_taken_back_by_jobs(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        brought = self.upload(self.workbook(self.long_list(), PUPILS)).with_context(lang="vi_VN")
        brought.action_check()
        self.assertEqual((brought.state, brought.count_new), ("checking", 502))
        self.assertEqual(brought.line_ids[0].label, "Lê Văn Số1 - 05/03/2014")
        for refused in (brought.action_import, brought.action_check):
            with self.assertRaises(UserError):
                refused()
        told = self.job(brought)
        self.assertEqual(told, [(0, 1), (500, 1004), (502, 1004), (1004, 1004)])
        self.assertEqual(brought.state, "checked", brought.report)
        self.assertFalse(self.school_class.enrollment_ids)
        self.assertFalse(self.env["edu.student"].search([("code", "=", "3800000001")]))
        brought.action_import()
        self.assertEqual((brought.state, brought.progress), ("running", 0))
        self.assertFalse(self.school_class.enrollment_ids)
        self.job(brought)
        self.assertEqual(brought.state, "done", brought.report)
        self.assertEqual(len(self.school_class.enrollment_ids), 502)
        self.assertEqual((brought.progress, brought.done_by_id), (100, self.clerk))
        movements = self.school_class.enrollment_ids.student_id.movement_ids
        self.assertEqual(movements.author_id, self.clerk)
        brought._edu_undo("Nhầm tệp")
        self.assertEqual((brought.state, len(self.school_class.enrollment_ids)), ("undoing", 502))
        self.job(brought)
        self.assertEqual((brought.state, brought.undone_by_id), ("undone", self.clerk))
        self.assertFalse(self.school_class.enrollment_ids)
        entry = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.import"), ("record", "=", str(brought.id))], limit=1
        )
        self.assertEqual((entry.operation, entry.reason), ("undo", "Nhầm tệp"))

    def test_what_the_records_refuse_of_a_long_list_is_told_before_it_is_written(self):
        self.school_class.max_students = 501
        brought = self.checked(self.long_list(), PUPILS)
        self.job(brought)
        self.assertEqual(brought.state, "refused")
        self.assertIn("6A is full", brought.report)
        self.assertFalse(self.env["edu.student"].search([("code", "=", "3800000001")]))

    def test_the_clerk_sees_how_far_a_job_is(self):
        brought = self.checked(self.long_list(), PUPILS)
        self.registry_enter_test_mode()
        for done, percent in ((0, 0), (1, 25), (4, 100)):
            brought.with_context(job_uuid="test")._edu_tell(done, 4)
            brought.invalidate_recordset(["progress"])
            self.assertEqual(brought.progress, percent)
        brought._edu_tell(1, 4)  # no job: nobody waits
        brought.invalidate_recordset(["progress"])
        self.assertEqual(brought.progress, 100)
        self.env["edu.import.progress"]._edu_forget(brought)
        brought.invalidate_recordset(["progress"])
        self.assertEqual(brought.progress, 0)

    def test_whoever_lost_the_right_meanwhile_writes_nothing(self):
        brought = self.checked(self.long_list(), PUPILS)
        self.clerk.group_ids -= self.env.ref("edu_core.group_edu_clerk")
        self.job(brought)
        self.assertEqual(brought.state, "refused")
        self.assertFalse(self.env["edu.student"].search([("code", "=", "3800000001")]))

    def test_a_job_whose_ground_is_gone_leaves_the_import(self):
        brought = self.checked(self.long_list(), PUPILS)
        self.job(brought)
        brought.action_import()
        self.job(brought)
        brought._edu_undo("Nhầm")
        later = self.imported([ANH[:1] + ["3900000001", "Hà Thị Mới", *ANH[3:]]], PUPILS)
        self.job(brought)
        self.assertEqual((brought.state, later.state), ("done", "done"))
        self.assertIn("imported later", brought.report)

    # -- taken back ------------------------------------------------------------------------------

    @seed("R5.5.5a")
    def test_an_import_is_taken_back(self):
        known = self._students("Nguyễn Văn Bình")
        known.write({"code": BINH[1], "birth_date": "2014-03-05", "gender": "male"})
        brought = self.imported([[*BINH[:2], "Nguyễn Văn Bính", *BINH[3:]], ANH], PUPILS)
        fresh = self.env["edu.student"].search([("code", "=", ANH[1])])
        father = known.guardian_ids
        self.assertEqual((known.name, fresh.status), ("Nguyễn Văn Bính", "studying"))
        with self.assertRaises(UserError):
            brought._edu_undo(" ")
        wizard = self.env["edu.import.undo"].with_user(self.clerk)
        wizard.create({"import_id": brought.id, "reason": "Nhầm tệp"}).action_confirm()
        self.assertEqual(brought.state, "undone")
        self.assertEqual((known.name, known.status), ("Nguyễn Văn Bình", "studying"))
        self.assertFalse(father.exists())
        self.assertEqual((fresh.active, fresh.status, fresh.class_id.id), (False, "waiting", False))
        self.assertEqual(set(fresh.movement_ids.mapped("kind")), {"admission", "cancel"})
        entry = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.import"), ("record", "=", str(brought.id))], limit=1
        )
        self.assertEqual((entry.operation, entry.reason), ("undo", "Nhầm tệp"))
        with self.assertRaises(UserError):
            brought._edu_undo("noch einmal")
        self.imported([ANH], PUPILS)
        self.assertTrue(fresh.active)
        self.assertEqual(fresh.class_id, self.school_class)

    @seed("R5.5.5a")
    def test_what_rests_on_an_import_keeps_it(self):
        first = self.imported([BINH], PUPILS)
        pupil = self.school_class.enrollment_ids.student_id
        second = self.imported([ANH], PUPILS)
        with self.assertRaisesRegex(UserError, "imported later"):
            first._edu_undo("Nhầm")
        self.assertEqual((first.is_last, second.is_last), (False, True))
        second._edu_undo("Nhầm")
        self.env["edu.movement"]._edu_move(
            "transfer_out", pupil, self.year.date_start.replace(day=6), to_school="Trường khác"
        )
        with self.assertRaisesRegex(UserError, "came later"):
            first._edu_undo("Nhầm")
        self.assertEqual(first.state, "done")

    def test_a_field_changed_since_keeps_the_import(self):
        self.imported([BINH], PUPILS)
        brought = self.imported([[*BINH[:2], "Nguyễn Văn Bính", *BINH[3:]]], PUPILS)
        pupil = self.school_class.enrollment_ids.student_id
        pupil.name = "Nguyễn Văn Bình An"
        with self.assertRaisesRegex(UserError, "Full Name was changed after the import"):
            brought._edu_undo("Nhầm")
        self.assertEqual(pupil.name, "Nguyễn Văn Bình An")

    def test_staff_classes_and_assignments_are_taken_back(self):
        staff = self.imported([LAN], STAFF, "staff")
        lan = self.env["hr.employee"].search([("edu_code", "=", "GV01")])
        staff._edu_undo("Nhầm")
        self.assertFalse(lan.active)
        self.imported([LAN], STAFF, "staff")
        self.assertTrue(lan.active)
        classes = self.imported([["7A", 7, "", ""]], CLASSES, "classes", user=self.it_admin)
        seven = self.env["edu.class"].search([("name", "=", "7A")])
        lines = self.imported([TOAN], ASSIGNMENTS, "assignments", user=self.it_admin)
        line = self.school_class.assignment_ids
        lines._edu_undo("Nhầm")
        self.assertFalse(line._edu_is_active(line.date_from))
        self.assertTrue(line.exists())
        again = self.imported([TOAN], ASSIGNMENTS, "assignments", user=self.it_admin)
        self.assertEqual(self.school_class.assignment_ids, line)
        self.assertTrue(line._edu_is_active(line.date_from))
        again._edu_undo("Nhầm")
        classes._edu_undo("Nhầm")
        self.assertFalse(seven.active)
        with self.assertRaises(UserError):
            self._students("Lê Văn An").class_id.active = False

    # -- handed out ------------------------------------------------------------------------------

    def export(self, records, user=None, **vals):
        """The dialog that the button of a list opens."""
        wizard = self.env["edu.exchange.export"].with_user(user or self.clerk)
        context = {"active_model": records._name, "active_ids": records.ids}
        return wizard.with_context(**context).create(vals)

    @seed("P3.1.1.3", "P4.2.1")
    def test_pupils_go_to_an_empty_school_and_back(self):
        headers = [*PUPILS, "Số định danh cá nhân", "Diện chính sách", "Điện thoại học sinh"]
        extra = ["038214000001", "Hộ nghèo; Mồ côi", "0912345678"]
        waiting = ["", "3800000005", "Vi Văn Chờ", "01/02/2015", "Nam", "Thái", ""]
        status = "Trạng thái HS"
        rows = [
            [*BINH, *extra, ""],
            [*ANH, "", "", "", ""],
            [*waiting, "", "", "", "Chờ xếp lớp"],
        ]
        self.imported(rows, [*headers, status])
        pupils = self.env["edu.student"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(pupils), 3)
        data, _name = self.export(pupils)._edu_file()
        same = self.upload(data)
        same.action_check()
        self.assertEqual(same.state, "checked", same.report)
        self.assertEqual((same.count_same, same.count_changed, same.count_new), (3, 0, 0))
        self.env["edu.class"].create(
            {
                "name": "6A",
                "school_year_id": self.other_year.id,
                "grade_id": self.school_class.grade_id.id,
            }
        )
        brought = self.upload(data, year=self.other_year)
        brought.action_check()
        self.assertEqual(brought.state, "checked", brought.report)
        brought.action_import()
        self.assertEqual((brought.state, brought.count_new), ("done", 3))
        copies = self.env["edu.student"].search([("company_id", "=", self.other_school.id)])
        back, _name = self.export(copies)._edu_file()
        self.assertEqual(read_table(back, "students").rows, read_table(data, "students").rows)

    @seed("P3.1.1.2")
    def test_every_other_list_comes_back_unchanged(self):
        self.imported([BINH, ANH], PUPILS)
        self.imported([MOTHER], GUARDIANS, "guardians")
        self.imported([LAN], STAFF, "staff")
        rows = [["7A", "Khối 7", self.homeroom.name, 45]]
        self.imported(rows, CLASSES, "classes", user=self.it_admin)
        self.imported([TOAN], ASSIGNMENTS, "assignments", user=self.it_admin)
        handlers = self.env["edu.exchange.entity"]._edu_handlers()
        self.assertEqual(
            set(handlers), {"students", "guardians", "staff", "classes", "assignments"}
        )
        people = {"staff": self.clerk, "guardians": self.clerk, "students": self.clerk}
        for entity, handler in handlers.items():
            user = people.get(entity, self.it_admin)
            records = self.env[handler._edu_model].search([("company_id", "=", self.company.id)])
            self.assertTrue(records, entity)
            data, name = self.export(records, user)._edu_file()
            self.assertTrue(name.endswith(".xlsx"))
            same = self.upload(data, entity, user=user)
            same.action_check()
            self.assertEqual(same.state, "checked", f"{entity}: {same.report}")
            self.assertEqual(
                same.count_same, len(records), f"{entity}: {same.line_ids.mapped('diff')}"
            )

    @seed("R3.4")
    def test_an_export_is_logged_and_of_the_shown_rows_only(self):
        self.imported([BINH, ANH], PUPILS)
        Log = self.env["edu.print.log"]
        before = Log.search_count([("kind", "=", "export")])
        wizard = (
            self.env["edu.exchange.export"]
            .with_user(self.clerk)
            .with_context(active_model="edu.student", active_domain=[("code", "=", BINH[1])])
            .create({"reason": "Nộp phòng GD&ĐT"})
        )
        self.assertEqual((wizard.entity, wizard.count), ("students", 1))
        data, _name = wizard._edu_file()
        self.assertEqual([row["code"] for row in read_table(data, "students").rows], [BINH[1]])
        log = Log.search([("kind", "=", "export")], limit=1)
        self.assertEqual(Log.search_count([("kind", "=", "export")]), before + 1)
        self.assertEqual((log.user_id, log.company_id), (self.clerk, self.company))
        self.assertEqual((log.form_code, log.reason), ("list.students", "Nộp phòng GD&ĐT"))
        self.assertEqual(log.chain_id, self.company._edu_chain())

    @seed("R3.4")
    def test_the_stock_export_is_recorded_too(self):
        pupils = self._students("Lê Văn An")
        pupils.with_user(self.principal).sudo().export_data(["name"])
        entry = self.env["edu.ledger.entry"].search(
            [("model", "=", "edu.student"), ("slot", "=", "odoo")], limit=1
        )
        self.assertEqual((entry.operation, entry.new_value), ("export", "1: name"))

    def test_who_may_take_a_list(self):
        pupils = self._students("Lê Văn An")
        for user in (self.teacher, self.homeroom):
            with self.assertRaises(AccessError):
                self.export(pupils, user)
        stranger = new_test_user(
            self.env,
            "edu_stranger",
            groups="edu_core.group_edu_clerk",
            company_id=self.other_school.id,
            company_ids=[(6, 0, self.other_school.ids)],
        )
        with self.assertRaises(UserError):
            self.export(pupils, stranger)._edu_file()
        staff = self.imported([LAN], STAFF, "staff")
        self.assertEqual(staff.count_new, 1)
        employees = self.env["hr.employee"].search([("edu_code", "=", "GV01")])
        data, _name = self.export(employees, self.it_admin)._edu_file()
        titles = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).active[1]]
        secret = columns_of("staff")["personal_id"].title
        self.assertNotIn(secret, titles)
        data, _name = self.export(employees, self.clerk)._edu_file()
        titles = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).active[1]]
        self.assertIn(secret, titles)

    @seed("P3.1.1.3")
    def test_a_template_offers_what_the_school_has(self):
        wizard = self.env["edu.exchange.export"].with_user(self.clerk)
        wizard = wizard.create({"entity": "students", "kind": "template"})
        wizard.school_year_id = self.year
        data, _name = wizard._edu_file()
        book = openpyxl.load_workbook(io.BytesIO(data))
        offered = {cell.value for row in book["Danh mục"].iter_rows() for cell in row}
        self.assertLessEqual({"6A", "Kinh", "Nam", "Hộ nghèo"}, offered)
        empty = self.upload(data)
        empty.action_check()
        self.assertEqual(empty.state, "refused")
        self.assertIn("no row with data", empty.report)

    def test_names_that_look_like_formulas_stay_text(self):
        pupil = self._students("Lê Văn An")
        pupil.address = "=HYPERLINK(1)"
        data, _name = self.export(pupil)._edu_file()
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active for cell in row]
        (cell,) = [cell for cell in cells if cell.value == "=HYPERLINK(1)"]
        self.assertEqual((cell.data_type, cell.quotePrefix), ("s", True))
        self.assertNotIn("f", {one.data_type for one in cells})
