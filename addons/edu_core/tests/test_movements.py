import base64
import io
import json

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from edu_records.ledger import decode
from edu_records.testing import seed

from .common import EduCase

FIRST = "2024-09-05"


def picture(kind="PNG"):
    data = io.BytesIO()
    Image.new("RGB", (9, 12), "white").save(data, kind)
    return data.getvalue()


@tagged("post_install", "-at_install")
class TestMovements(EduCase):
    """Movements of a school year that is over, so that all its days are past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.past = cls._year("2024-2025", FIRST, "2025-05-31")
        cls.next = cls._year("2025-2026", "2025-09-05", "2026-05-31")
        cls.first = cls._class("6B", cls.past, 6)
        cls.second = cls._class("6C", cls.past, 6)
        cls.higher = cls._class("7B", cls.next, 7)
        cls.again = cls._class("6D", cls.next, 6)
        cls.Movement = cls.env["edu.movement"].with_user(cls.clerk)

    @classmethod
    def _year(cls, name, start, end):
        return cls.env["edu.school.year"].create(
            {"name": name, "date_start": start, "date_end": end, "company_id": cls.company.id}
        )

    @classmethod
    def _class(cls, name, year, grade):
        return cls.env["edu.class"].create(
            {
                "name": name,
                "school_year_id": year.id,
                "grade_id": cls.env["edu.grade"].search([("number", "=", grade)], limit=1).id,
                "homeroom_user_id": cls.homeroom.id if year.company_id == cls.company else False,
            }
        )

    def pupils(self, count=1, school_class=None):
        students = self.env["edu.student"].create(
            [
                {"name": f"Lê Văn {chr(65 + number)}", "company_id": self.company.id}
                for number in range(count)
            ]
        )
        if school_class is not False:
            self.Movement._edu_admit(students, school_class or self.first)
        return students

    def move(self, kind, students, date="2024-11-02", to_class=None, **facts):
        return self.Movement._edu_move(kind, students, date, to_class, **facts)

    def refused(self, sentence, *args, **facts):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self.move(*args, **facts)

    def events(self, student):
        entries = self.env["edu.ledger.entry"].search(
            [("chain_id.name", "=", f"student:{student.id}")], order="seq"
        )
        return [decode(entry.payload)[2] for entry in entries]

    # -- what a movement does --------------------------------------------------------------------

    @seed("R5.5.5a")
    def test_admission_gives_class_status_and_number(self):
        student = self.pupils()
        self.assertEqual((student.status, student.class_id), ("studying", self.first))
        line = student.enrollment_ids
        self.assertEqual((str(line.date_start), line.state, line.number), (FIRST, "active", 1))
        self.assertEqual(line.entry_movement_id, student.movement_ids)
        self.assertRegex(student.register_number, r"^2024-\d{4}$")
        pupil, movement, place = self.events(student)
        self.assertEqual(json.loads(pupil.old), {"status": "waiting"})
        self.assertEqual(
            json.loads(pupil.new),
            {
                "status": "studying",
                "class_id": str(self.first.id),
                "register_number": student.register_number,
            },
        )
        self.assertEqual(json.loads(movement.new)["date"], FIRST)
        self.assertEqual(json.loads(place.new)["state"], "active")
        self.assertEqual({event.user for event in (pupil, movement, place)}, {str(self.clerk.id)})

    @seed("R5.5.5d")
    def test_old_class_keeps_the_row(self):
        student, other = self.pupils(2)
        movement = self.move("class_change", student, "2024-11-02", self.second)
        old, new = student.enrollment_ids.sorted("id")
        self.assertEqual(
            (old.class_id, old.state, str(old.date_end)), (self.first, "left", "2024-11-01")
        )
        self.assertEqual(old.left_note, "Đã chuyển sang lớp 6C từ ngày 02/11/2024")
        self.assertEqual((old.left_movement_id, old.number), (movement, 1))
        self.assertEqual(
            (new.class_id, new.state, str(new.date_start)), (self.second, "active", "2024-11-02")
        )
        self.assertEqual(self.first.enrollment_ids.student_id, student | other)
        self.assertEqual(self.first.student_count, 1)
        self.assertEqual(student.class_id, self.second)

    @seed("R5.5.5b", "R5.5.5c")
    def test_transfers_name_the_other_school(self):
        came = self.pupils(school_class=False)
        self.refused("come from", "transfer_in", came, to_class=self.first)
        self.move("transfer_in", came, to_class=self.first, from_school="Trường THCS Ba Đình")
        self.assertEqual(came.status, "studying")
        self.refused("go to", "transfer_out", came, "2025-01-10")
        movement = self.move(
            "transfer_out",
            came,
            "2025-01-10",
            to_school="Trường THCS Kim Liên",
            decision_number="12/GGT",
            reason="Gia đình chuyển nơi ở",
        )
        self.assertEqual((came.status, came.class_id.id), ("transferred", False))
        line = came.enrollment_ids
        self.assertEqual(line.left_note, "Đã chuyển đến Trường THCS Kim Liên từ ngày 10/01/2025")
        self.assertEqual(movement.reason, "Gia đình chuyển nơi ở")
        said = [event for event in self.events(came) if event.operation == "transfer_out"]
        self.assertTrue(said[0].reason_digest)
        self.assertNotIn("Gia đình", str(self.events(came)))

    def test_suspension_and_return_use_the_same_row(self):
        student = self.pupils()
        self.move("suspension", student, "2024-11-02")
        self.assertEqual((student.status, student.enrollment_ids.state), ("suspended", "left"))
        self.move("return", student, "2025-02-03", self.first)
        line = student.enrollment_ids
        self.assertEqual((len(line), line.state, line.date_end), (1, "active", False))
        self.assertFalse(line.left_note)

    def test_next_year_by_promotion_or_repetition(self):
        up, stays = self.pupils(2)
        self.move("promotion", up, "2025-09-05", self.higher)
        self.move("repeat", stays, "2025-09-05", self.again)
        self.assertEqual((up.class_id, stays.class_id), (self.higher, self.again))
        self.assertEqual(set(self.first.enrollment_ids.mapped("state")), {"done"})
        self.assertFalse(any(self.first.enrollment_ids.mapped("left_note")))
        self.assertEqual(self.first.student_count, 2)

    # -- who and how -----------------------------------------------------------------------------

    @seed("R5.5.5d", "P2.2.3a")
    def test_status_and_class_change_by_no_other_door(self):
        student = self.pupils()
        line = student.enrollment_ids
        for user in (self.env.user, self.clerk, self.it_admin):
            for context in ({}, {"edu_guard": True}, {"install_mode": True}):
                pupil = student.with_user(user).sudo().with_context(**context)
                place = line.with_user(user).sudo().with_context(**context)
                for record, vals in (
                    (pupil, {"status": "completed"}),
                    (pupil, {"class_id": self.second.id}),
                    (pupil, {"register_number": "1"}),
                    (place, {"class_id": self.second.id}),
                    (place, {"date_end": "2024-12-01"}),
                    (place, {"state": "left"}),
                    (place, {"active": False}),
                    (student.movement_ids.sudo(), {"date": "2024-09-06"}),
                ):
                    with self.assertRaises(UserError, msg=vals), self.env.cr.savepoint():
                        record.write(vals)
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    place.create({"class_id": self.second.id, "student_id": student.id})
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    place.unlink()
        fresh = (
            self.env["edu.student"].with_context(default_status="studying").create({"name": "A"})
        )
        self.assertEqual(fresh.status, "waiting")
        with self.assertRaises(UserError):
            student.movement_ids.sudo().unlink()

    @seed("P2.2.3a")
    def test_teachers_record_no_movements(self):
        student = self.pupils()
        Movement = self.env["edu.movement"].with_user(self.homeroom)
        with self.assertRaises(AccessError):
            Movement._edu_move("drop_out", student, "2024-11-02")
        with self.assertRaises(AccessError):
            Movement.sudo()._edu_move("drop_out", student, "2024-11-02")
        self.assertEqual(student.status, "studying")

    def test_what_is_refused_names_pupil_and_reason(self):
        student = self.pupils()
        self.refused("Lê Văn A: is “Studying”", "admission", student, to_class=self.second)
        self.refused("not in the school year", "class_change", student, "2025-07-01", self.second)
        self.refused("only since", "class_change", student, FIRST, self.second)
        self.refused("is in 6B already", "class_change", student, to_class=self.first)
        self.refused("for another year", "class_change", student, "2025-09-05", self.higher)
        self.refused("no higher grade", "promotion", student, "2025-09-05", self.again)
        self.refused("not of the grade", "repeat", student, "2025-09-05", self.higher)
        self.refused("not a later one", "promotion", student, "2024-12-01", self.second)
        self.refused("Choose the class", "class_change", student)
        self.refused("leads into no class", "drop_out", student, to_class=self.second)
        self.refused("no kind", "vanish", student)
        self.refused("Choose the pupils", "drop_out", self.env["edu.student"])
        self.refused("The date is missing", "drop_out", student, False)
        self.refused("not in the school year", "drop_out", student, "2025-10-01")
        self.assertEqual((student.status, len(student.movement_ids)), ("studying", 1))

    def test_no_movement_before_the_last_one(self):
        student = self.pupils()
        self.move("class_change", student, "2024-12-02", self.second)
        self.move("suspension", student, "2025-01-10")
        self.refused("before it cannot be added", "return", student, "2025-01-09", self.second)

    def test_no_day_that_has_not_come(self):
        today = self.company._edu_today()
        first_day = today.replace(year=today.year + 1, month=9, day=5)
        year = self._year(
            f"{first_day.year}-{first_day.year + 1}", first_day, f"{first_day.year + 1}-05-31"
        )
        coming = self._class("6Z", year, 6)
        student = self.pupils(school_class=False)
        self.refused("still to come", "admission", student, first_day.replace(day=6), coming)
        self.move("admission", student, first_day, coming)
        self.assertEqual(student.class_id, coming)

    def test_full_class_and_other_school(self):
        self.second.max_students = 1
        one, two = self.pupils(2)
        self.move("class_change", one, to_class=self.second)
        self.refused("6C is full: it has 1", "class_change", two, to_class=self.second)
        school = self.env["res.company"].create({"name": "Trường THCS Khác"})
        year = self.env["edu.school.year"].create(
            {
                "name": "2024-2025",
                "date_start": FIRST,
                "date_end": "2025-05-31",
                "company_id": school.id,
            }
        )
        foreign = self._class("6X", year, 6)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.move("class_change", two, to_class=foreign)
        with self.assertRaisesRegex(UserError, "another school"), self.env.cr.savepoint():
            self.env["edu.movement"]._edu_move("class_change", two, "2024-11-02", foreign)

    def test_all_or_none(self):
        students = self.pupils(3)
        self.move("suspension", students[1])
        self.refused(
            "Lê Văn B: is “Suspended”", "class_change", students, "2024-11-03", self.second
        )
        self.assertEqual(students[0].class_id, self.first)

    # -- cancelling ------------------------------------------------------------------------------

    @seed("R5.5.5d")
    def test_cancelled_change_of_class_restores(self):
        student = self.pupils()
        movement = self.move("class_change", student, to_class=self.second)
        with self.assertRaisesRegex(UserError, "Say why"):
            movement._edu_cancel(" ")
        counter = movement._edu_cancel("Nhầm lớp")
        self.assertEqual((student.status, student.class_id), ("studying", self.first))
        line = student.enrollment_ids
        self.assertEqual((line.class_id, line.state, line.date_end), (self.first, "active", False))
        self.assertFalse(self.second.enrollment_ids)
        self.assertEqual((movement.cancelled_by_id, counter.cancels_id), (counter, movement))
        last = [event for event in self.events(student) if event.operation == "cancel"][-1]
        self.assertEqual(
            [json.loads(text)["class_id"] for text in (last.old, last.new)],
            [str(self.second.id), str(self.first.id)],
        )
        with self.assertRaisesRegex(UserError, "cancelled already"):
            movement._edu_cancel("Lần nữa")
        self.move("class_change", student, "2024-11-20", self.second)
        self.assertEqual(len(student.enrollment_ids), 2)
        self.assertEqual(str(self.second.enrollment_ids.date_start), "2024-11-20")

    def test_cancelled_return_restores_the_row_as_it_was(self):
        student = self.pupils()
        left = self.move("suspension", student, "2024-11-02")
        back = self.move("return", student, "2025-02-03", self.first)
        with self.assertRaisesRegex(UserError, "Return.*came later"), self.env.cr.savepoint():
            left._edu_cancel("Nhầm")
        back._edu_cancel("Chưa đi học lại")
        line = student.enrollment_ids
        self.assertEqual((student.status, student.class_id.id), ("suspended", False))
        self.assertEqual((line.state, str(line.date_end)), ("left", "2024-11-01"))
        self.assertEqual(line.left_movement_id, left)
        left._edu_cancel("Vẫn đi học")
        self.assertEqual((student.status, line.state, line.date_end), ("studying", "active", False))

    def test_cancelled_admission_keeps_the_register_number(self):
        student = self.pupils()
        number = student.register_number
        student.movement_ids._edu_cancel("Nhầm học sinh")
        self.assertEqual((student.status, student.class_id.id), ("waiting", False))
        self.assertFalse(student.enrollment_ids)
        self.assertEqual(student.register_number, number)
        self.assertNotEqual(self.pupils().register_number, number)
        self.Movement._edu_admit(student, self.first)
        self.assertEqual(student.register_number, number)

    # -- many at once ----------------------------------------------------------------------------

    def test_as_many_queries_for_many_as_for_few(self):
        def queries(students, kind, *args):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            movements = self.move(kind, students, *args)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before, movements

        few, many = self.pupils(3), self.pupils(24)
        self.pupils(2, self.second)
        queries(self.pupils(2), "class_change", "2024-11-02", self.second)
        counts, moved = zip(
            *(queries(pupils, "class_change", "2024-11-02", self.second) for pupils in (few, many)),
            strict=True,
        )
        self.assertLessEqual(counts[1], counts[0] + 2)
        cancelled = []
        for movements in moved:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            movements._edu_cancel("Nhầm lớp")
            self.env.flush_all()
            cancelled.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(cancelled[1], cancelled[0] + 2)

    # -- wizard and evidence ---------------------------------------------------------------------

    def test_wizard_moves_the_chosen_with_evidence(self):
        students = self.pupils(3)
        action = students.with_user(self.clerk).action_move()
        Wizard = self.env["edu.movement.wizard"].with_user(self.clerk)
        form = Form(Wizard.with_context(**action["context"]))
        self.assertEqual(form.kind, "class_change")
        form.date = "2024-11-02"
        form.to_class_id = self.second
        form.decision_number = "15/QĐ-THCS"
        wizard = form.save()
        paper = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "decision.png",
                    "datas": base64.b64encode(picture()),
                    "res_model": wizard._name,
                    "res_id": wizard.id,
                }
            )
        )
        wizard.attachment_ids = paper
        shown = wizard.action_confirm()
        movements = self.env["edu.movement"].search(shown["domain"])
        self.assertEqual(len(movements), 3)
        evidence = movements.evidence_ids
        self.assertEqual(len(evidence), 1)
        self.assertEqual(base64.b64decode(evidence.data), picture())
        self.assertIn(
            evidence.sha256, {event.evidence_sha256 for event in self.events(students[0])}
        )
        for door in (evidence.sudo(), evidence.with_user(self.clerk).sudo()):
            with self.assertRaises(UserError):
                door.write({"data": base64.b64encode(b"%PDF-1.4 other")})
        with self.assertRaises(AccessError):
            evidence.with_user(self.teacher).read(["data"])

    @seed("P2.2.3d", "R5.2a")
    def test_another_paper_in_the_place_of_the_filed_one_is_found(self):
        student = self.pupils()
        movement = self.move("suspension", student, evidence=[("scan.png", picture())])
        verify = self.env["edu.ledger.verification"]._edu_run
        self.assertEqual(verify(self.company).state, "intact")
        paper = movement.evidence_ids
        stored = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", paper._name),
                    ("res_field", "=", "data"),
                    ("res_id", "=", paper.id),
                ]
            )
        )
        other = self.env["ir.attachment"].create({"name": "other", "raw": b"other"})
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s, db_datas = %s WHERE id = %s",
            [other.store_fname or None, other.db_datas or None, stored.id],
        )
        self.env.invalidate_all()
        finding = verify(self.company).finding_ids
        self.assertEqual((finding.code, finding.chain), ("DATA_MISMATCH", f"student:{student.id}"))
        self.assertIn(f"edu.movement {movement.id}, evidence:{paper.id}", finding.message)

    def test_evidence_is_a_paper(self):
        student = self.pupils()
        self.refused(
            "attach a PDF", "suspension", student, evidence=[("virus.pdf", b"MZ\x90\x00 program")]
        )
        self.refused(
            "too large",
            "suspension",
            student,
            evidence=[("scan.png", picture() + bytes(10_000_001))],
        )

    # -- a school that succeeds another ----------------------------------------------------------

    def test_closed_school_hands_its_pupils_over(self):
        successor = self.env["res.company"].create({"name": "Trường THCS Kế Tục"})
        year = self.env["edu.school.year"].create(
            {
                "name": "2024-2025",
                "date_start": FIRST,
                "date_end": "2025-05-31",
                "company_id": successor.id,
            }
        )
        their_class = self._class("6K", year, 6)
        students = self.pupils(2)
        students[0].write({"code": "3800000001", "birth_place": "Thanh Hóa"})
        self.env["edu.guardian"].create(
            {"student_id": students[0].id, "relation": "father", "name": "Lê Văn Cha"}
        )
        Movement = self.env["edu.movement"]
        with self.assertRaisesRegex(UserError, "no successor"):
            Movement._edu_hand_over(students, "2025-01-02", their_class)
        self.company.write({"edu_successor_id": successor.id, "edu_successor_date": "2025-01-01"})
        movements = Movement._edu_hand_over(students, "2025-01-02", their_class)
        self.assertEqual(len(movements), 4)
        self.assertEqual(set(students.mapped("status")), {"transferred"})
        fresh = their_class.enrollment_ids.student_id
        self.assertEqual(fresh.predecessor_id, students)
        one = fresh.filtered("code")
        self.assertEqual(
            (one.code, one.birth_place, one.company_id), ("3800000001", "Thanh Hóa", successor)
        )
        self.assertEqual(one.guardian_ids.name, "Lê Văn Cha")
        self.assertEqual(students[0].enrollment_ids.class_id, self.first)
