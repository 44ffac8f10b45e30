import base64

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.edu_gradebook.tests.common import GradebookSchool

from edu_records.testing import seed

from .. import samples
from .common import FormCase, texts_of

LOG, DOSSIER = "correction_log", "correction_dossier"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@tagged("post_install", "-at_install")
class TestCorrectionForms(FormCase):
    @seed("R8.2a", "R8.2b")
    def test_log_and_dossier_say_what_was_corrected(self):
        (log,) = texts_of(self._render(LOG).pdf)
        for told in (
            "NHẬT KÍ SỬA ĐIỂM",
            "Tháng 11/2026",
            "Ngày họp chuyên môn: 25/11/2026",
            samples.HOMEROOM,
            "6,5 → 8",
            "Nhập nhầm: Gõ nhầm điểm",
            "Bài kiểm tra",
            "HS làm chứng",
            "Trần Thị Lan, 22/11/2026 14:00",
            "ĐTB 7,2 → 7,5",
            "KQHT Khá → Khá",
        ):
            self.assertIn(told, log)
        dossier = " ".join(texts_of(self._render(DOSSIER).pdf))
        for told in ("Khi vào điểm tôi gõ nhầm", "Đã nộp giải trình", f"SHA-256: {1:064x}"):
            self.assertIn(told, dossier)

    @seed("R8.2a")
    def test_long_logs_and_texts_take_more_pages(self):
        snapshot = samples.corrections(60)
        for row in snapshot["rows"]:
            row["reason"] = "Lí do rất dài. " * 300
        pages = texts_of(self._render(LOG, snapshot).pdf)
        self.assertGreater(len(pages), 3)
        self.assertTrue(all("Học sinh" in page for page in pages[:-1]), "the heading repeats")
        snapshot["explanation"] = "Giải trình rất dài. " * 2000
        self.assertGreater(self._render(DOSSIER, snapshot).pages, 10)

    @seed("R8.2a")
    def test_a_month_without_explanation_or_corrections(self):
        snapshot = samples.corrections(3)
        snapshot.update(rows=[], explanation="", explained_at="", meeting="", state="open")
        self.assertIn("không có điểm nào được sửa", texts_of(self._render(LOG, snapshot).pdf)[0])
        self.assertIn("chưa có giải trình", texts_of(self._render(DOSSIER, snapshot).pdf)[0])


@tagged("post_install", "-at_install")
class TestExemptCells(FormCase):
    @seed("R5.5.5d")
    def test_exempt_cells_and_results_say_so(self):
        snapshot = samples.gradebook(6)
        score, comment = snapshot["subjects"][0], snapshot["subjects"][-1]
        snapshot["subjects"] = [score, comment]
        before = " ".join(texts_of(self._render("class_gradebook_tt22_thcs", snapshot).pdf))
        self.assertNotIn("Miễn", before)
        row = comment["rows"][2]
        row["states"] = {code: "exempt" for code in row["marks"]}
        row.update(marks=dict.fromkeys(row["marks"]), result=None)
        snapshot["summary"][2]["results"][comment["code"]] = None
        planned = score["rows"][3]
        planned["states"] = {code: "plan" for code in planned["marks"]}
        planned.update(marks=dict.fromkeys(planned["marks"]), result=None)
        partly = score["rows"][1]
        first = next(iter(partly["marks"]))
        partly["marks"][first], partly["states"] = None, {first: "exempt"}
        pages = texts_of(self._render("class_gradebook_tt22_thcs", snapshot).pdf)
        told = {page[:40]: page.count("Miễn") for page in pages if "Miễn" in page}
        cells = len(row["marks"])
        self.assertEqual(sum(told.values()), cells + 1 + 1 + 1, told)
        self.assertIn("kế hoạch giáo dục cá nhân", " ".join(pages))

    @seed("R8.2a")
    def test_the_monthly_remarks_of_the_principal(self):
        snapshot = samples.gradebook(6)
        snapshot["inspections"] = [
            {"month": "10/2026", "remark": "Sổ ghi đúng tiến độ.", "by": "Lê Thị Hoa Sen"}
        ]
        rendered = self._render("class_gradebook_tt22_thcs", snapshot)
        page = texts_of(rendered.pdf)[-2]
        for told in ("NHẬN XÉT CỦA HIỆU TRƯỞNG VỀ SỬ DỤNG SỔ", "10/2026", "đúng tiến độ"):
            self.assertIn(told, page)
        self.assertEqual({box.page for box in rendered.boxes}, {rendered.pages - 1})


@tagged("post_install", "-at_install")
class TestPrintLog(GradebookSchool, HttpCase):
    """The print of a real month, for whoever may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create(
            {"name": "Trường THCS Thử nghiệm", "edu_code": "99000001", "edu_correction_hours": 0}
        )
        cls.set_up_school()

    def setUp(self):
        super().setUp()
        self.save(self.cell(), self.cell(1))
        self.dossier = self.correct(0, "9")
        Month = self.env["edu.correction.month"]
        self.month = Month.search([("teacher_id", "=", self.teacher.id)])

    def correct(self, line, value):
        files = [("personal_book", "so.pdf", PDF), ("paper", "bai.pdf", PDF + b"x")]
        cell = self.cell(line, "TX1", value, self.mark(line).entry_seq)
        return (
            self.env["edu.correction"]
            .with_user(self.teacher)
            ._edu_file(self.sheet, cell, files, kind="entry_error", reason="Gõ nhầm")
        )

    @seed("R8.2a")
    def test_pdf_lists_that_month_only_and_the_print_is_logged(self):
        other = self.correct(1, "7")
        past = (
            self.month.sudo()
            ._edu_unguarded()
            .create(
                {
                    "teacher_id": self.teacher.id,
                    "company_id": self.company.id,
                    "month": self.month.month.replace(year=self.month.month.year - 1),
                    "correction_ids": [(6, 0, other.ids)],
                }
            )
        )
        past._edu_append_facts()
        self.month.sudo()._edu_unguarded().write({"correction_ids": [(3, other.id)]})
        (text,) = texts_of(self.month.with_user(self.vice)._edu_pdf(LOG))
        self.assertIn(self.lines[0].student_id.name, text)
        self.assertNotIn(self.lines[1].student_id.name, text)
        self.assertIn("8,5 → 9", text)
        self.authenticate(self.vice.login, self.vice.login)
        for form in (LOG, DOSSIER):
            answer = self.url_open(f"/edu/correction-month/{self.month.id}/{form}")
            self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        printed = self.env["edu.print.log"].search([("user_id", "=", self.vice.id)])
        self.assertEqual(set(printed.mapped("form_code")), {LOG, DOSSIER})

    @seed("R8.2a")
    def test_who_may_not_read_the_month_gets_no_print(self):
        for user in (self.other_teacher, self.clerk):
            self.authenticate(user.login, user.login)
            with self.subTest(user=user.login), mute_logger("odoo.http"):
                answer = self.url_open(f"/edu/correction-month/{self.month.id}/{LOG}")
                self.assertEqual(answer.status_code, 403)
        self.authenticate(self.teacher.login, self.teacher.login)
        with mute_logger("odoo.http"):
            for path in (f"{self.month.id}/class_gradebook_tt22_thcs", f"0/{LOG}"):
                answer = self.url_open(f"/edu/correction-month/{path}")
                self.assertEqual(answer.status_code, 404)
        self.assertIn(LOG, self.month.with_user(self.teacher).action_print_log()["url"])
        self.assertFalse(self.env["edu.print.log"].search([("form_code", "=", LOG)]))

    @seed("R8.2d")
    def test_evidence_is_named_with_its_hash(self):
        pages = texts_of(self.month.with_user(self.principal)._edu_pdf(DOSSIER))
        for paper in self.dossier.sudo().evidence_ids:
            self.assertIn(paper.sha256, " ".join(pages))
            self.assertTrue(base64.b64decode(paper.data))
