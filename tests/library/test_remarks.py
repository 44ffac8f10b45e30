"""Remarks copied to the wrong pupil are found before they are saved; honest ones are not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.names import search_key
from edu_records.remarks import check_remarks, fill_phrase, other_names, sentences
from edu_records.testing import seed

OWN = "Nguyễn Thị Hồng Hạnh"
OTHERS = [
    "Trần Văn Bình",
    "Lê Minh Tiến",
    "Phạm Thu An",
    "Vũ Đức Anh",
    "Đỗ Khánh Hoà",
    "Hoàng Văn Minh",
    "Nguyễn Thị Hạnh",
]


@seed("R7.3")
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Em Bình có nhiều tiến bộ.", "Trần Văn Bình"),
        ("Bình chăm học hơn.", "Trần Văn Bình"),
        ("trần văn bình còn nói chuyện", "Trần Văn Bình"),
        ("Em Binh can co gang", "Trần Văn Bình"),
        ("Chăm ngoan. Hòa giúp đỡ bạn.", "Đỗ Khánh Hoà"),
        ("Ngoan ngoãn;\nTiến hay phát biểu", "Lê Minh Tiến"),
        ("Đức Anh đi học muộn", "Vũ Đức Anh"),
        ("Nguyễn Thị Hạnh học tốt", "Nguyễn Thị Hạnh"),
    ],
)
def test_another_pupil_is_named(text, named):
    assert other_names(text, OWN, OTHERS) == [named]
    assert other_names(unicodedata.normalize("NFD", text), OWN, OTHERS) == [named]


@pytest.mark.parametrize(
    "text",
    [
        "Tiến bộ rõ rệt, hòa đồng với bạn bè.",
        "Bình tĩnh, tự tin. An toàn khi tham gia giao thông.",
        "Học tốt Tiếng Anh và Ngữ Văn.",
        "Em thực hiện tốt 5 điều Bác Hồ dạy, học theo gương Hồ Chí Minh.",
        "Hạnh chăm ngoan, hồng hào, khoẻ mạnh.",
        "Kết quả bình thường, an tâm học tập, có tiến bộ.",
        "Nguyễn Thị Hồng Hạnh học tốt.",
        "",
    ],
)
def test_honest_remarks_are_left_alone(text):
    assert other_names(text, OWN, OTHERS) == []


def test_the_same_sentence_for_many():
    names = {place: f"Học Sinh {chr(65 + place)}" for place in range(6)}
    remarks = dict.fromkeys(names, "Đi học đúng giờ. Ngoan.")
    remarks[0] += " Viết chữ đẹp."
    found = check_remarks(remarks, names, 5)
    assert {(one.code, one.word, one.count) for one in found} == {
        ("REPEATED", "Đi học đúng giờ", 6)
    }
    assert len(found) == 6
    assert [one.key for one in check_remarks(remarks, names, 5, keys=[2])] == [2]
    assert check_remarks(remarks, names, 6) == []


def test_nothing_said_and_a_remark_about_the_class():
    found = check_remarks(
        {1: "...", "": "Lớp ngoan, Bình và An tích cực."}, {1: OWN, 2: "Lê An"}, 5
    )
    assert [(one.code, one.key) for one in found] == [("NO_WORDS", 1)]


def test_phrases_with_the_given_name():
    assert fill_phrase("Em {tên} chăm học.", OWN) == "Em Hạnh chăm học."
    assert sentences("Ngoan. Chăm học, lễ phép; có cố gắng hơn") == [
        "Chăm học, lễ phép",
        "có cố gắng hơn",
    ]


@given(st.sampled_from(OTHERS), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_a_full_name_is_always_found(name, form, shout):
    text = f"tuần này {name.upper() if shout else name.lower()} học tốt"
    assert name in other_names(unicodedata.normalize(form, text), OWN, OTHERS)


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_answered(text, others):
    named = other_names(text, OWN, others)
    assert set(named) <= set(others)
    assert search_key(OWN) not in {search_key(name) for name in named}
