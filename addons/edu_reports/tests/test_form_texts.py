from odoo.tests import tagged

from edu_records.testing import seed

from .. import samples
from ..wording import Wording
from .common import GRADEBOOK, TRANSCRIPT, FormCase, texts_of

INSTRUCTION_5 = (
    "5. Khi sửa chữa dùng bút đỏ gạch ngang nội dung cũ, ghi nội dung mới vào phía trên bên phải vị"
    " trí ghi nội dung cũ, ký xác nhận về sự sửa chữa ở ngay cạnh hoặc ở cột Ghi chú."
)


@tagged("post_install", "-at_install")
class TestFormTexts(FormCase):
    """The words that the law puts on the forms, read back from the PDF."""

    @seed("P2.2.3e", "P3.1.2.1c")
    def test_gradebook_has_the_official_wording(self):
        texts = texts_of(self._gradebook().pdf)
        cover, instructions, inner = texts[:3]
        self.assertIn("SỔ THEO DÕI VÀ ĐÁNH GIÁ HỌC SINH", cover)
        self.assertIn("CẤP TRUNG HỌC CƠ SỞ", cover)
        self.assertIn(
            "(Mẫu ban hành kèm theo Thông tư số 22/2021/TT-BGDĐT ngày 20 tháng 7 năm 2021)", cover
        )
        self.assertIn("NĂM HỌC 2026 - 2027", cover)
        self.assertIn("HƯỚNG DẪN SỬ DỤNG SỔ THEO DÕI VÀ ĐÁNH GIÁ HỌC SINH", instructions)
        self.assertIn(INSTRUCTION_5, instructions)
        self.assertIn("Sĩ số: 42", inner)
        for heading in ("SƠ YẾU LÝ LỊCH", "Môn Ngữ văn", "ĐĐGtx", "ĐTBmhkI", "TỔNG HỢP HỌC KỲ I"):
            self.assertTrue(any(heading in text for text in texts), heading)
        self.assertTrue(any("Mức đánh giá Đạt (Đ), Chưa đạt (CĐ)" in text for text in texts))

    @seed("R6.2", "P3.1.2.1c")
    def test_gradebook_has_a_page_of_attendance_for_each_month(self):
        plain = samples.gradebook()
        row = {"days": {}, "P": "0", "K": "0", "TS": "0"}
        rows = [{**row, "no": student["no"]} for student in plain["students"]]
        rows[0] = {
            "no": "1",
            "days": {"03:am": "P", "03:pm": "K", "05:am": "K"},
            "P": "1",
            "K": "2",
            "TS": "3",
        }
        months = [{"month": month, "rows": rows} for month in ("2026-11", "2027-02")]
        texts = texts_of(self._render(GRADEBOOK, {**plain, "attendance": months}).pdf)
        pages = [text for text in texts if "THEO DÕI CHUYÊN CẦN" in text]
        self.assertEqual(len(pages), 2)
        self.assertIn("THÁNG 11 NĂM 2026", pages[0])
        self.assertIn("THÁNG 02 NĂM 2027", pages[1])
        self.assertRegex(pages[0], r"P K")
        self.assertIn("Tổng số học sinh của lớp 6A: 42", pages[0])
        words = Wording(plain)
        self.assertEqual(words.month_days(months[0])[0], ("1", "CN"))
        self.assertEqual(words.month_days(months[1])[27:], [("28", "CN"), *[("", "")] * 3])
        self.assertEqual([words.attended(rows[0], day) for day in ("3", "5", "")], ["P K", "K", ""])
        self.assertFalse(any("CHUYÊN CẦN" in text for text in texts_of(self._gradebook().pdf)))

    @seed("P3.1.2.6", "P3.2.6.1")
    def test_transcript_has_the_official_wording(self):
        left, right = texts_of(self._render(TRANSCRIPT).pdf)
        self.assertIn("Trong trang này có sửa chữa ở không chỗ, thuộc môn học", left)
        self.assertIn("Xác nhận của giáo viên chủ nhiệm (Ký và ghi rõ họ tên)", left)
        self.assertIn("NHẬN XÉT CỦA GIÁO VIÊN CHỦ NHIỆM", right)
        self.assertIn("(Ký, ghi rõ họ tên và đóng dấu)", right)
        self.assertIn("Thanh Hóa, ngày 16 tháng 01 năm 2027", right)

    def test_marks_have_a_decimal_comma_and_dates_are_day_month_year(self):
        snapshot = samples.gradebook()
        texts = texts_of(self._render(GRADEBOOK, snapshot).pdf)
        subject = next(text for text in texts if "Môn Ngữ văn" in text)
        first = snapshot["subjects"][0]["rows"][0]
        self.assertIn(first["result"].replace(".", ","), subject)
        self.assertNotRegex(subject.split("Ghi chú")[1], r"\d\.\d")
        students = next(text for text in texts if "SƠ YẾU LÝ LỊCH" in text)
        year, month, day = snapshot["students"][0]["birth_date"].split("-")
        self.assertIn(f"{day}/{month}/{year}", students)

    def test_every_page_names_the_document_its_number_and_its_data(self):
        rendered = self._render(GRADEBOOK, code="AB12-CD34-EF56-GH78")
        for number, text in enumerate(texts_of(rendered.pdf), 1):
            self.assertIn("Mã tra cứu: AB12-CD34-EF56-GH78", text)
            self.assertIn(f"Trang {number}/{rendered.pages} · Tờ {(number + 1) // 2}/", text)

    def test_confirmation_is_printed_in_the_time_of_the_school(self):
        snapshot = samples.gradebook()
        fact = snapshot["subjects"][0]["confirmed"]
        fact["at"] = "2027-01-14T18:20:30Z"
        words = f"Đã xác nhận ngày 15/01/2027 lúc 01:20, mã {fact['hash'][:16]}"
        texts = texts_of(self._render(GRADEBOOK, snapshot).pdf)
        self.assertTrue(any(words in text for text in texts))

    def test_date_line_has_zeros_as_the_decree_says(self):
        words = Wording(samples.gradebook())
        self.assertEqual(
            words.place_and_date("2026-02-05T01:00:00Z"), "Thanh Hóa, ngày 05 tháng 02 năm 2026"
        )
        self.assertEqual(
            words.place_and_date("2026-03-11T01:00:00Z"), "Thanh Hóa, ngày 11 tháng 3 năm 2026"
        )

    @seed("P2.2.1")
    def test_a_centre_has_its_own_head_and_learners(self):
        snapshot = samples.gradebook()
        centre = self.env["res.company"].create(
            {
                "name": "Trung tâm GDNN-GDTX Hạc Thành",
                "edu_level_ids": self.env.ref("edu_core.edu_level_continuing").ids,
            }
        )
        school = centre._edu_snapshot_header()
        texts = texts_of(self._render(GRADEBOOK, {**snapshot, "school": school}).pdf)
        self.assertIn("GIÁM ĐỐC", texts[-1])
        self.assertIn("SỔ THEO DÕI VÀ ĐÁNH GIÁ HỌC VIÊN", texts[0])
        self.assertIn("TRUNG TÂM: GDNN-GDTX Hạc Thành", texts[0])

    def test_the_district_is_printed_for_the_days_that_had_one(self):
        snapshot = samples.gradebook()
        school = {**snapshot["school"], "district": "Thành phố Thanh Hóa"}
        before = texts_of(self._render(GRADEBOOK, {**snapshot, "school": school}).pdf)[0]
        after = texts_of(self._render(GRADEBOOK, snapshot).pdf)[0]
        self.assertIn("Huyện/Quận/Thị xã/Thành phố: Thành phố Thanh Hóa", before)
        self.assertNotIn("Huyện/Quận", after)
