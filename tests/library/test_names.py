import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from edu_records.names import list_order_key, match_key, normalise, search_key, split_name
from edu_records.testing import seed

SYLLABLES = [
    *("An", "Ân", "Ăn", "Anh", "Ánh", "Ảnh", "Bình", "Cường", "Dung", "Dũng", "Duy", "Đạt", "Đức"),
    *("Em", "Ếch", "Giang", "Hà", "Hạ", "Hòa", "Hoà", "Hoa", "Khôi", "Lan", "Lê", "Mỹ", "Năm"),
    *("Nguyễn", "Oanh", "Ổn", "Ơn", "Phúc", "Quý", "Thị", "Tú", "Từ", "Ước", "Văn", "Xuân", "Yến"),
]
words = st.sampled_from(SYLLABLES)
names = st.lists(words, min_size=1, max_size=5).map(" ".join)


def ordered(*full_names):
    """Whether the names are given in strictly rising order."""
    keys = [list_order_key(name) for name in full_names]
    return all(left < right for left, right in zip(keys, keys[1:], strict=False))


@seed("R5.5.6")
def test_order_of_class_lists():
    assert ordered("Lê Ánh", "Lê Ân", "Lê Bình")
    assert ordered("Lê Dung", "Lê Dũng", "Lê Duy", "Lê Đạt", "Lê Đức", "Lê Em")
    assert ordered("Trần Thị An", "Hồ Thị Ăn", "Bùi Thị Ân")
    assert ordered(*(f"Lê {word}" for word in ("Ma", "Mà", "Mả", "Mã", "Má", "Mạ")))
    assert ordered(*(f"Lê {word}" for word in ("An", "Án", "Anh", "Ánh", "Ăn", "Ân")))
    assert ordered(*(f"Lê {word}" for word in ("Oanh", "Ôn", "Ơn", "Phú", "Tu", "Tú", "Tư", "Vy")))


def test_given_then_middle_then_family():
    assert ordered("Vũ An", "Bùi Thị An", "Vũ Thị An", "Bùi Văn An", "Bùi Bình")
    assert ordered("Vũ Thị An", "Bùi Thị Hoa An", "Bùi Văn An")


def test_where_the_tone_is_written_does_not_matter():
    assert list_order_key("Lê Thị Hòa") == list_order_key("Lê Thị Hoà")
    assert list_order_key("Lê Thị Hòa") != list_order_key("Lê Thị Hoa")


def test_other_names_have_a_place():
    assert ordered("H'Hen Niê", "H'Hen Niêm")
    assert ordered("Lê An", "Lê An2")
    assert list_order_key("Müller") != list_order_key("Muller")
    assert re.fullmatch("[0-9a-z]+", list_order_key("Ли 王"))


@given(names)
def test_key_is_plain_ascii_and_keeps_spelling_and_case_apart(name):
    key = list_order_key(name)
    assert re.fullmatch("[0-9a-z]+", key)
    assert key == list_order_key(unicodedata.normalize("NFD", name))
    assert key == list_order_key(f"  {name.upper()}\u00a0")


@given(st.lists(words, min_size=2, max_size=4), st.lists(words, min_size=2, max_size=4))
def test_given_name_decides_first(left, right):
    given_left, given_right = list_order_key(left[-1]), list_order_key(right[-1])
    if given_left != given_right:
        assert (list_order_key(" ".join(left)) < list_order_key(" ".join(right))) == (
            given_left < given_right
        )


@given(st.text())
def test_normalise_and_search_key_are_stable(text):
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not re.search(r"^\s|\s$|\s\s", once)
    assert search_key(search_key(text)) == search_key(text)
    list_order_key(text).encode("ascii")


def test_search_key():
    assert search_key(" Đặng\u00a0Thị\nÁnh ") == "dang thi anh"
    assert search_key(unicodedata.normalize("NFD", "Nguyễn ƯỚC")) == "nguyen uoc"
    assert search_key("Ðỗ") == "do"


def test_split_name():
    assert split_name("Nguyễn  Thị Hồng Hạnh ") == ("Nguyễn", "Thị Hồng", "Hạnh")
    assert split_name("Lê An") == ("Lê", "", "An")
    assert split_name("An") == ("", "", "An")
    assert split_name("") == ("", "", "")


@given(names)
def test_split_name_loses_nothing(name):
    assert " ".join(part for part in split_name(name) if part) == normalise(name)


def test_match_key_knows_letters_and_digits_only():
    assert match_key("Khơ-me") == match_key("khơ  ME") == "khome"
    assert match_key("H'Mông") == "hmong"
    assert match_key("Ở lại lớp 6") == "olailop6"
    assert match_key(" - ") == ""
