"""The words of the regulation are explained in the guide and used in the interface."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("Sổ điểm cá nhân", "có đóng dấu kiểm soát của hiệu trưởng"),
        ("Sổ đăng bộ học sinh", "nhập học theo từng khoá học"),
        ("Sổ đăng bộ cán bộ, giáo viên", "sự biến động nhân sự"),
        ("Giáo án điện tử", "kế hoạch bài dạy"),
    ],
)
def test_terms_of_records_to_come_are_explained(term, words):
    assert words in rows()[term][0]
