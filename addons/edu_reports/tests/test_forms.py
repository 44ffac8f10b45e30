import io

import pikepdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from edu_records.testing import seed

from .. import samples
from .common import GRADEBOOK, TRANSCRIPT, FormCase, texts_of

ROLES = ["homeroom", "principal", "school"]


@tagged("post_install", "-at_install")
class TestForms(FormCase):
    @seed("P2.2.3e")
    def test_boxes_of_the_signing_steps_are_on_the_last_page(self):
        for code in (GRADEBOOK, TRANSCRIPT):
            rendered = self._render(code)
            self.assertEqual([box.name for box in rendered.boxes], ROLES)
            self.assertEqual({box.page for box in rendered.boxes}, {rendered.pages - 1})
            for box in rendered.boxes:
                x1, y1, x2, y2 = box.rect
                self.assertTrue(0 < x1 < x2 < 595 and 0 < y1 < y2 < 842, box)

    def test_same_snapshot_gives_the_same_bytes_in_every_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        first = self._render(GRADEBOOK).pdf
        self.env.registry.clear_cache("templates")
        user = self.env["edu.form"].with_context(lang="vi_VN", tz="America/Lima")
        form = user._edu_get(GRADEBOOK)
        other = self._render(GRADEBOOK)
        self.assertEqual(first, other.pdf)
        snapshot = samples.gradebook()
        self.assertEqual(
            form._edu_render(snapshot, "0" * 64).pdf,
            self.env["edu.form"]._edu_get(GRADEBOOK)._edu_render(snapshot, "0" * 64).pdf,
        )

    def test_all_fonts_are_embedded(self):
        for code in (GRADEBOOK, TRANSCRIPT):
            with pikepdf.open(io.BytesIO(self._render(code).pdf)) as pdf:
                for page in pdf.pages:
                    for font in page.Resources.get("/Font", {}).values():
                        self.assertIn("/FontFile2", font.FontDescriptor)
                        self.assertIn("EduSerif", str(font.BaseFont))

    def test_45_pupils_take_the_pages_of_42_and_more_go_on(self):
        self.assertEqual(self._gradebook(45).pages, self._gradebook(42).pages)
        self.assertGreater(self._gradebook(60).pages, self._gradebook(45).pages)

    @seed("R5.5.5d")
    def test_the_row_of_a_pupil_who_left_is_struck_through(self):
        snapshot = samples.gradebook(6)
        snapshot["subjects"] = snapshot["subjects"][:2]
        whole = self._render(GRADEBOOK, snapshot)
        note = "Đã chuyển sang lớp 6B từ ngày 02/11/2026"
        snapshot["students"][1].update(struck="1", note=note)
        for subject in snapshot["subjects"]:
            subject["rows"][1]["note"] = note
        struck = self._render(GRADEBOOK, snapshot)
        lines = [self._lines(rendered.pdf) for rendered in (whole, struck)]
        pages = [page for page in texts_of(struck.pdf) if note in page]
        self.assertGreaterEqual(len(pages), 3, "the list and both subjects name class and day")
        self.assertEqual(lines[1] - lines[0], 5, "two lists, two subjects, the summary")

    def _lines(self, pdf):
        """How many lines are drawn on all pages."""
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            drawn = [pikepdf.parse_content_stream(page, "l") for page in opened.pages]
        return sum(map(len, drawn))

    def test_an_addon_can_change_a_form(self):
        before = texts_of(self._render(TRANSCRIPT).pdf)
        self.env["ir.ui.view"].create(
            {
                "name": "test extension",
                "type": "qweb",
                "mode": "extension",
                "inherit_id": self.env.ref("edu_reports.transcript_left").id,
                "arch": "<xpath expr=\"//t[@name='corrections']\" position='after'>"
                "<para>Dòng của đơn vị tích hợp</para></xpath>",
            }
        )
        after = texts_of(self._render(TRANSCRIPT).pdf)
        self.assertNotIn("Dòng của đơn vị tích hợp", before[0])
        self.assertIn("Dòng của đơn vị tích hợp", after[0])

    def test_a_form_with_forbidden_markup_is_refused(self):
        self.env["ir.ui.view"].create(
            {
                "name": "test attack",
                "type": "qweb",
                "mode": "extension",
                "inherit_id": self.env.ref("edu_reports.transcript_left").id,
                "arch": "<xpath expr=\"//t[@name='corrections']\" position='after'>"
                "<plugInFlowable module='os' function='system'>id</plugInFlowable></xpath>",
            }
        )
        with self.assertRaisesRegex(UserError, "plugInFlowable"):
            self._render(TRANSCRIPT)

    def test_markup_in_data_is_only_text(self):
        snapshot = samples.transcript()
        snapshot["student"]["name"] = "<img src='/etc/passwd'/> & <b>"
        self.assertIn(
            "<img src='/etc/passwd'/> & <b>", texts_of(self._render(TRANSCRIPT, snapshot).pdf)[0]
        )

    def test_a_letter_without_a_glyph_is_refused_by_name(self):
        snapshot = samples.transcript()
        snapshot["student"]["name"] = "漢"
        with self.assertRaisesRegex(UserError, r"U\+6F22"):
            self._render(TRANSCRIPT, snapshot)

    def test_another_snapshot_schema_is_refused(self):
        with self.assertRaisesRegex(UserError, "edu.transcript.year/1"):
            self._render(TRANSCRIPT, samples.gradebook())

    def test_only_the_it_administrator_changes_forms(self):
        teacher = new_test_user(self.env, "t_forms", groups="edu_core.group_edu_teacher")
        form = self.env["edu.form"]._edu_get(GRADEBOOK).with_user(teacher).sudo(False)
        self.assertEqual(form.code, GRADEBOOK)
        with self.assertRaises(AccessError):
            form.write({"name": "x"})


@tagged("post_install", "-at_install")
class TestPreview(HttpCase):
    def test_preview_is_a_marked_pdf(self):
        new_test_user(self.env, "t_preview", groups="edu_core.group_edu_it_admin")
        form = self.env["edu.form"]._edu_get(TRANSCRIPT)
        self.authenticate("t_preview", "t_preview")
        answer = self.url_open(form.action_preview()["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        first = texts_of(answer.content)[0]
        self.assertIn("BẢN NHÁP", first)
        self.assertIn("Nhà trường chưa Hoàn thành tổng kết", first)

    def test_portal_users_have_no_preview(self):
        new_test_user(self.env, "t_portal", groups="base.group_portal")
        form = self.env["edu.form"]._edu_get(TRANSCRIPT)
        self.authenticate("t_portal", "t_portal")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(form.action_preview()["url"]).status_code, 403)
