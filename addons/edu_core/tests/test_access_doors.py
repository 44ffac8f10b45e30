import base64
import io
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .test_access_matrix import CoreSchool

SECRET = b"%PDF-1.7 a medical certificate"


def picture():
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestAccessDoors(CoreSchool):
    """Every door besides the models: files, chatter, addresses, portal, buttons, API keys.

    Whoever has nothing to do with class A stands before each: a teacher of class B, a teacher of
    another school, a guardian of another child and the public. Somebody who may comes in by the
    same door, so that a door that is bricked up does not pass for a closed one.
    """

    @classmethod
    def _build(cls):
        cls._build_schools()
        cls.student = cls.records["edu.student"]["class"][1]
        cls.student.active = True
        cls.student.image_1920 = base64.b64encode(picture())
        cls.document = cls.records["edu.document"]["class"]
        cls.attachment = cls.env["ir.attachment"].create(
            {
                "name": "giay-kham.pdf",
                "raw": SECRET,
                "mimetype": "application/pdf",
                "res_model": "edu.student",
                "res_id": cls.student.id,
            }
        )
        cls.message = cls.student.message_post(body="Bệnh án của em")
        cls.strangers = {
            "other class": cls.others[cls.company],
            "other school": cls.others[cls.foreign],
            "guardian of another child": cls.users["Guardian"],
            "public": None,
        }

    def each_stranger(self):
        for who, user in self.strangers.items():
            self.authenticate(user and user.login, user and user.login)
            with (
                self.subTest(who=who),
                mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                yield user

    def enter(self, column):
        self.authenticate(self.users[column].login, self.users[column].login)

    def refused(self, model, method, *args, **kwargs):
        name, answer = self.rpc(model, method, *args, **kwargs)
        self.assertTrue(name, f"{model}.{method} answered {answer}")

    def post(self, path, **params):
        """A route of JSON-RPC: ``(exception's name, result)``."""
        answer = self.opener.post(
            f"{self.base_url()}{path}", json={"jsonrpc": "2.0", "method": "call", "params": params}
        ).json()
        return answer.get("error", {}).get("data", {}).get("name", ""), answer.get("result")

    # -- files -----------------------------------------------------------------------------------

    @seed("P2.2.3a", "R5.2a")
    def test_attachments_of_a_pupil(self):
        paths = (
            f"/web/content/{self.attachment.id}",
            f"/web/content/{self.attachment.id}?download=1",
            f"/web/content/ir.attachment/{self.attachment.id}/raw",
        )
        self.enter("Clerk")
        for path in paths:
            self.assertEqual(self.url_open(path).content, SECRET, path)
        for user in self.each_stranger():
            for path in paths:
                answer = self.url_open(path)
                self.assertNotIn(SECRET, answer.content, path)
            if user:
                named = [("res_model", "=", "edu.student"), ("res_id", "=", self.student.id)]
                error, found = self.rpc("ir.attachment", "search_read", named, ["datas"])
                self.assertTrue(error or not found)
                self.refused("ir.attachment", "read", self.attachment.ids, ["raw"])

    @seed("P2.2.3a")
    def test_photos_of_a_pupil(self):
        self.enter("Clerk")
        path = f"/web/image/edu.student/{self.student.id}/image_128"
        photo = self.url_open(path).content
        for user in self.each_stranger():
            for address in (path, path.replace("/web/image", "/web/content")):
                self.assertNotEqual(self.url_open(address).content, photo)
            if user:
                self.refused("edu.student", "read", self.student.ids, ["image_128"])

    @seed("P2.2.3a")
    def test_filed_documents_and_evidence(self):
        revision = self.document.revision_ids
        evidence = self.records["edu.movement.evidence"]["class"]
        own = f"/edu/document/{self.document.id}"
        self.enter("Clerk")
        self.assertIn(b"%PDF-1.7 test", self.url_open(own).content)
        for _user in self.each_stranger():
            for path in (
                own,
                f"/web/content/edu.document.revision/{revision.id}/content",
                f"/web/content/edu.movement.evidence/{evidence.id}/data",
                f"/web/image/edu.movement.evidence/{evidence.id}/data",
            ):
                self.assertNotIn(b"%PDF", self.url_open(path).content, path)

    @seed("R3.4")
    def test_ledger_export_and_print_log(self):
        for user in self.each_stranger():
            answer = self.url_open("/edu/ledger/export")
            self.assertNotIn("application/json", answer.headers.get("Content-Type", ""))
            if user:
                for model in ("edu.print.log", "edu.access.log", "edu.ledger.entry"):
                    self.refused(model, "search_read", [], ["id"])

    # -- chatter ---------------------------------------------------------------------------------

    @seed("P2.2.3a")
    def test_messages_of_a_pupil(self):
        thread = {"thread_model": "edu.student", "thread_id": self.student.id}
        self.enter("Clerk")
        self.assertIn("Bệnh án", str(self.post("/mail/thread/messages", **thread)))
        for user in self.each_stranger():
            self.assertNotIn("Bệnh án", str(self.post("/mail/thread/messages", **thread)))
            self.assertNotIn("Bệnh án", str(self.post("/mail/data", fetch_params=[thread])))
            if not user:
                continue
            domain = [("model", "=", "edu.student"), ("res_id", "=", self.student.id)]
            error, found = self.rpc("mail.message", "search_read", domain, ["body"])
            self.assertTrue(error or not found)
            self.refused("mail.message", "read", self.message.ids, ["body"])

    @seed("P2.2.3a")
    def test_posting_and_following(self):
        for user in self.each_stranger():
            posted = {"body": "Tôi đã ở đây", "message_type": "comment"}
            self.post(
                "/mail/message/post",
                thread_model="edu.student",
                thread_id=self.student.id,
                post_data=posted,
            )
            if user:
                self.refused("edu.student", "message_post", self.student.ids, body="Tôi đã ở đây")
                own = user.partner_id.ids
                self.rpc("edu.student", "message_subscribe", self.student.ids, partner_ids=own)
                followers = {"res_model": "edu.student", "res_id": self.student.id}
                self.refused(
                    "mail.followers", "create", [{**followers, "partner_id": user.partner_id.id}]
                )
        self.student.invalidate_recordset()
        self.assertNotIn("Tôi đã ở đây", str(self.student.message_ids.mapped("body")))
        strangers = [user.partner_id.id for user in self.strangers.values() if user]
        self.assertFalse(set(self.student.message_follower_ids.partner_id.ids) & set(strangers))

    @seed("P2.2.3a")
    def test_a_follower_reads_no_more_than_the_record_lets_him(self):
        """A teacher who followed a pupil and left the class reads neither record nor messages."""
        gone = self.others[self.company]
        self.student.message_subscribe(partner_ids=gone.partner_id.ids)
        self.authenticate(gone.login, gone.login)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            self.refused("edu.student", "read", self.student.ids, ["name"])
            thread = {"thread_model": "edu.student", "thread_id": self.student.id}
            self.assertNotIn("Bệnh án", str(self.post("/mail/thread/messages", **thread)))

    # -- portal ----------------------------------------------------------------------------------

    @seed("P2.2.3a", "R10.1c")
    def test_a_guardian_sees_the_own_child_alone(self):
        own = self.own["Guardian", "edu.student"]
        self.enter("Guardian")
        page = self.url_open("/my/children").text
        self.assertIn(own.name, page)
        self.assertNotIn(self.student.name, page)
        _error, found = self.rpc("edu.student", "search_read", [], ["name"])
        self.assertEqual([row["id"] for row in found], own.ids)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            for path in (f"/my/children/{self.student.id}", f"/odoo/edu-pupils/{self.student.id}"):
                self.assertNotIn(self.student.name, self.url_open(path).text)
            self.refused("edu.student", "read", self.student.ids, ["name"])
            self.refused("edu.guardian", "read", self.student.guardian_ids.ids, ["phone"])

    def test_no_record_of_ours_opens_with_a_token(self):
        for name, model in self.env.registry.items():
            if name.startswith("edu.") and not model._abstract:
                self.assertNotIn("access_token", model._fields, name)

    # -- buttons, API keys, filters, notifications -----------------------------------------------

    @seed("P2.2.3a")
    def test_buttons(self):
        guardian = self.student.guardian_ids
        delegation = self.records["edu.entry.delegation"]["class"]
        movement = self.records["edu.movement"]["class"][:1]
        buttons = (
            ("edu.guardian", "action_invite", guardian),
            ("edu.student", "action_check_profile", self.student),
            ("edu.entry.delegation", "action_end", delegation),
            ("edu.ledger.anchor", "action_anchor", self.env["edu.ledger.anchor"]),
            ("edu.ledger.verification", "action_verify", self.env["edu.ledger.verification"]),
            ("edu.movement", "unlink", movement),
        )
        for _user in self.each_stranger():
            for model, method, records in buttons:
                if hasattr(type(records), method):
                    error, answer = self.post(
                        "/web/dataset/call_button",
                        model=model,
                        method=method,
                        args=[records.ids],
                        kwargs={},
                    )
                    self.assertTrue(error, f"{model}.{method}: {answer}")
        guardian.invalidate_recordset()
        self.assertFalse(guardian.sudo().partner_id)
        self.assertFalse(delegation.ended_at)

    @seed("P2.2.3a")
    def test_api_keys_open_what_the_user_may(self):
        own = self.users["Teacher"]
        for user, students, status in (
            (own, self.student, 200),
            (self.others[self.company], self.student, 403),
            (self.others[self.foreign], self.student, 403),
        ):
            key = (
                self.env["res.users.apikeys"]
                .with_user(user)
                ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
            )
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                answer = self.opener.post(
                    f"{self.base_url()}/json/2/edu.student/read",
                    json={"ids": students.ids, "fields": ["name"]},
                    headers={"Authorization": f"bearer {key}"},
                )
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertEqual(students.name in answer.text, status == 200)
        with mute_logger("odoo.http"):
            answer = self.opener.post(
                f"{self.base_url()}/json/2/edu.student/search_read", json={"domain": []}
            )
        self.assertEqual(answer.status_code, 401)

    @seed("P2.2.3a")
    def test_a_saved_search_of_another_user(self):
        saved = self.env["ir.filters"].create(
            {
                "name": "Hen suyễn",
                "model_id": "edu.student",
                "user_ids": [(6, 0, self.users["Teacher"].ids)],
            }
        )
        for user in self.each_stranger():
            if user:
                error, found = self.rpc("ir.filters", "search_read", [], ["name"])
                self.assertTrue(error or saved.id not in [row["id"] for row in found])

    @seed("P2.2.3a")
    def test_no_notification_tells_of_a_pupil(self):
        """Channels of the bus are open to whoever knows their name: nothing of ours is sent."""
        last = self.env["bus.bus"].sudo().search([], order="id desc", limit=1).id or 0
        self.student.with_user(self.users["Clerk"]).write({"health_notes": "Tim bẩm sinh"})
        self.student.message_post(body="Bệnh án thứ hai")
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([("id", ">", last)])
        self.assertNotIn("Tim bẩm sinh", str(sent.mapped("message")))
        for user in self.strangers.values():
            if user:
                self.assertNotIn(f"[{user.partner_id.id}]", str(sent.mapped("channel")))

    # -- through parents -------------------------------------------------------------------------

    @seed("P2.2.3a", "R3.3")
    def test_commands_through_parents(self):
        """What may not be written is not written through a record that may be either."""
        teacher, other = self.users["Teacher"], self.others[self.company]
        school_class = self.records["edu.class"]["class"]
        mine = self.records["edu.class"]["other"]
        guardian = self.student.guardian_ids
        for user, model, records, vals in (
            (other, "edu.class", mine, {"assignment_ids": [(0, 0, {"user_id": other.id})]}),
            (other, "edu.class", school_class, {"homeroom_user_id": other.id}),
            (
                other,
                "edu.student",
                self.student,
                {"guardian_ids": [(1, guardian.id, {"phone": 1})]},
            ),
            (other, "res.users", other, {"edu_duty_ids": [(0, 0, {"date_from": "2026-09-01"})]}),
            (other, "res.users", other, {"group_ids": [(4, self._group("principal"))]}),
            (teacher, "edu.student", self.student, {"enrollment_ids": [(5, 0, 0)]}),
            (teacher, "edu.document", self.document, {"signature_ids": [(5, 0, 0)]}),
            (self.users["Clerk"], "edu.student", self.student, {"movement_ids": [(5, 0, 0)]}),
            (self.users["IT"], "res.users", self.users["IT"], {"group_ids": [(4, 1)]}),
            (self.users["IT"], "res.company", self.company, {"user_ids": [(4, teacher.id)]}),
        ):
            self.authenticate(user.login, user.login)
            with (
                self.subTest(user=user.login, model=model, vals=vals),
                mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                mute_logger("odoo.addons.base.models.ir_model", "odoo.sql_db"),
            ):
                self.refused(model, "write", records.ids, vals)
                self.refused(model, "web_save", records.ids, vals, {"id": {}})

    def _group(self, role):
        return self.env.ref(f"edu_core.group_edu_{role}").id

    # -- fields ----------------------------------------------------------------------------------

    @seed("P2.2.3a", "P2.2.2")
    def test_sensitive_fields_are_closed_to_subject_teachers(self):
        private = ("personal_id", "religion_id", "policy_group_ids", "health_notes", "phone")
        self.enter("Homeroom")
        error, found = self.rpc("edu.student", "read", self.student.ids, list(private))
        self.assertFalse(error)
        self.assertEqual(found[0]["health_notes"], "Hen suyễn")
        self.enter("Teacher")
        error, _answer = self.rpc("edu.student", "read", self.student.ids, ["name"])
        self.assertFalse(error)
        with mute_logger("odoo.http", "odoo.orm.models", "odoo.models"):
            for name in private:
                self.refused("edu.student", "read", self.student.ids, [name])
                self.refused("edu.student", "search", [(name, "!=", False)])
                self.refused("edu.student", "formatted_read_group", [], [name], ["__count"])
                self.refused("edu.student", "export_data", self.student.ids, [name])
                through = f"student_id.{name}"
                self.refused("edu.enrollment", "search", [(through, "!=", False)])
                self.refused("edu.enrollment", "formatted_read_group", [], [through], ["__count"])
        error, found = self.rpc("edu.guardian", "search_read", [], ["phone"])
        self.assertFalse(error)
        self.assertEqual(found, [])

    @seed("P2.2.3a", "P2.2.2")
    def test_a_homeroom_teacher_reads_sensitive_fields_of_the_own_class_alone(self):
        """She teaches class B too: its pupils she reads, but none of their closed fields."""
        teacher = self.users["Homeroom"]
        stranger = self.records["edu.student"]["other"][0]
        self.env["edu.teaching.assignment"].create(
            {
                "class_id": stranger.class_id.id,
                "subject_id": self.env.ref("edu_core.edu_subject_toan").id,
                "user_id": teacher.id,
            }
        )
        both = self.student | stranger
        self.env.flush_all()
        self.enter("Homeroom")
        for method, args in (
            ("read", [both.ids, ["name", "health_notes", "policy_group_ids"]]),
            ("search_read", [[("id", "in", both.ids)], ["name", "health_notes"]]),
        ):
            error, found = self.rpc("edu.student", method, *args)
            self.assertFalse(error, found)
            notes = {row["id"]: row["health_notes"] for row in found}
            self.assertEqual(notes, {self.student.id: "Hen suyễn", stranger.id: False})
        spec = {"name": {}, "health_notes": {}}
        error, found = self.rpc("edu.student", "web_search_read", [("id", "in", both.ids)], spec)
        self.assertFalse(error, found)
        notes = {row["id"]: row["health_notes"] for row in found["records"]}
        self.assertEqual(notes, {self.student.id: "Hen suyễn", stranger.id: False})
        domain = [("id", "in", both.ids), ("health_notes", "!=", False)]
        self.assertEqual(
            [row["id"] for row in self.rpc("edu.student", "search_read", domain, ["name"])[1]],
            self.student.ids,
        )
        ways = [("student_id", "in", both.ids), ("student_id.health_notes", "=", "Hen suyễn")]
        found = self.rpc("edu.enrollment", "search_read", ways, ["student_id"])[1]
        self.assertEqual([row["student_id"][0] for row in found], self.student.ids)
        groups = self.rpc(
            "edu.student", "formatted_read_group", domain[:1], ["health_notes"], ["__count"]
        )[1]
        self.assertEqual([row["__count"] for row in groups], [1])
        with mute_logger("odoo.http", "odoo.orm.models", "odoo.models"):
            self.refused("edu.student", "export_data", stranger.ids, ["health_notes"])
            self.refused("edu.student", "onchange", stranger.ids, {}, [], spec)
            path = "student_id.health_notes"
            self.refused("edu.enrollment", "formatted_read_group", [], [path], ["__count"])
