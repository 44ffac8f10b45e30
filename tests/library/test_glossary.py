"""The words of the regulation are explained in the guide and used in the interface."""

from pathlib import Path

from edu_records.testing import seed

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "huong-dan-su-dung.md"


def rows():
    lines = GUIDE.read_text(encoding="utf-8").split("## 11. Thuật ngữ")[1].splitlines()
    cells = [[part.strip() for part in line.split("|")[1:-1]] for line in lines if "|" in line]
    return {row[0]: row[1:] for row in cells[2:]}


def interface(addon):
    return (ROOT / "addons" / addon / "i18n" / "vi.po").read_text(encoding="utf-8")


@seed("R2.1")
def test_electronic_gradebook():
    meaning, place = rows()["Sổ điểm điện tử"]
    assert "toàn bộ kết quả học tập, rèn luyện" in meaning
    assert "trong một năm học" in meaning
    menu, name = place.split(" › ")
    assert f'msgid "Records"\nmsgstr "{menu}"' in interface("edu_core")
    assert f'msgid "Gradebooks"\nmsgstr "{name}"' in interface("edu_gradebook")


@seed("R2.6")
def test_digital_certificate():
    meaning, place = rows()["Chứng thư số"]
    assert "tổ chức cung cấp dịch vụ chứng thực chữ kí số" in meaning
    assert "khoá công khai" in meaning
    menu, name = place.split(" › ")
    assert f'msgid "Signing"\nmsgstr "{menu}"' in interface("edu_signing")
    assert f'msgid "Certificates"\nmsgstr "{name}"' in interface("edu_signing")


@seed("R2.2")
def test_personal_gradebook():
    assert "có đóng dấu kiểm soát của hiệu trưởng" in rows()["Sổ điểm cá nhân"][0]
    page = 'msgid "Page of the personal gradebook"\nmsgstr "Trang sổ điểm cá nhân"'
    assert page in interface("edu_gradebook")


@seed("R2.3")
def test_pupil_register():
    assert "nhập học theo từng khoá học" in rows()["Sổ đăng bộ học sinh"][0]
    assert 'msgid "Register Number"\nmsgstr "Số đăng bộ"' in interface("edu_core")


@seed("R2.4")
def test_staff_register():
    assert "sự biến động nhân sự" in rows()["Sổ đăng bộ cán bộ, giáo viên"][0]
    assert 'msgid "Staff Register"\nmsgstr "Sổ đăng bộ CBGV"' in interface("edu_core")


@seed("R2.5")
def test_electronic_lesson_plan():
    assert "kế hoạch bài dạy" in rows()["Giáo án điện tử"][0]
    steps = ROOT / "addons" / "edu_core" / "data" / "edu_year_step_data.xml"
    assert "lưu trữ giáo án điện tử đã được phê duyệt" in steps.read_text(encoding="utf-8")
