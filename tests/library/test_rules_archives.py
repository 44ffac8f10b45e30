"""TT 58/2011 with TT 26/2020: what the archives of grades before TT 22/2021 show."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.rules import explain, tt22, tt58
from edu_records.rules.marks import MarkError

TEXT = "Thông tư 58/2011/TT-BGDĐT."
UNDECIDED = "Chưa xác định được."
AVERAGES = st.integers(0, 100).map(lambda tenths: str(Decimal(tenths) / 10))


def named(*scores):
    return {f"S{number}": score for number, score in enumerate(scores, start=1)}


def overall(*scores, **policy):
    return tt58.overall_average(scores=named(*scores), **policy)


@pytest.mark.parametrize(
    ("rule", "case", "place"),
    [
        (
            "semester_average",
            {"required_tx": 3, "tx": ["6", "6", "6.6"], "gk": "6", "ck": "7"},
            "Điều 10",
        ),
        ("year_average", {"hk1": "8.2", "hk2": "9.1"}, "Điều 10"),
        ("comment_year", {"hk1": "CĐ", "hk2": "Đ"}, "Điều 10.2"),
    ],
)
def test_results_of_a_subject_are_those_of_tt_22_under_another_article(rule, case, place):
    old, new = (getattr(module, rule)(**case) for module in (tt58, tt22))
    assert old.value == new.value is not None
    assert (old.trace.article, old.trace.version) == (f"TT 58/2011 {place}", "tt58-1")
    assert old.trace.steps == new.trace.steps and old.trace.rule == rule
    assert explain(old)[:-1] == explain(new)[:-1] and explain(old)[-1].endswith(TEXT)


@given(st.lists(AVERAGES, min_size=1, max_size=14))
def test_the_overall_average_is_the_plain_mean(scores):
    mean = sum(map(Decimal, scores)) / len(scores)
    exact = mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert overall(*scores).value == str(exact)


def test_the_overall_average_says_how_it_was_calculated():
    result = overall("8.5", "7.0")
    assert (result.value, overall("8.5", "7.0", rounding="half_even").value) == ("7.8", "7.8")
    assert overall("8.4", "8.1", rounding="half_even").value == "8.2"
    assert result.trace.article == "TT 58/2011 Điều 11" and result.trace.rule == "overall_average"
    assert dict(result.trace.inputs) == {"scores": "S1 8.5, S2 7.0", "rounding": "half_up"}
    assert explain(result) == [
        "Kết quả: 7,8.",
        "Cách tính: (8,5 + 7,0) / 2 = 15,5 / 2 = 7,75.",
        "Làm tròn đến chữ số thập phân thứ nhất: 7,8.",
        f"Căn cứ: Điều 11 {TEXT}",
    ]


@pytest.mark.parametrize("scores", [(), ("8.0", None)])
def test_no_overall_average_of_fewer_subjects(scores):
    result = overall(*scores)
    assert result.value is None
    assert explain(result)[:2] == [UNDECIDED, "Còn môn học chưa có kết quả."]


def test_the_study_level_rests_on_the_overall_average():
    main, others = {"TOAN": "8.5", "VAN": "7.5"}, named("8.2", "8.1")
    steps = dict(tt58.study_level(main=main, others=others, comments={}).trace.steps)
    assert steps["mean"] == tt58.overall_average(scores=main | others).value == "8.1"


def specialised(score, name="LI", **change):
    case = {"main": {"TOAN": "9.0"}, "others": {"LI": score, **named(*["9.0"] * 8)}, "comments": {}}
    return tt58.study_level(**{**case, **change}, specialised=name)


@pytest.mark.parametrize(
    ("score", "base", "final"),
    [
        ("8.0", "G", "G"),
        ("7.9", "K", "K"),
        ("6.5", "K", "K"),
        ("6.4", "Tb", "Tb"),
        ("5.0", "Tb", "Tb"),
        ("4.9", "Y", "Y"),
    ],
)
def test_a_specialised_subject_has_to_reach_what_a_main_subject_has_to(score, base, final):
    result = specialised(score)
    assert result.value == (base, final, None)
    assert dict(result.trace.steps)["specialised"] == score
    assert dict(result.trace.inputs)["specialised"] == "LI"
    assert f"môn chuyên {score.replace('.', ',')}; môn thấp nhất" in explain(result)[1]


def test_a_specialised_class_has_a_main_subject_all_the_same():
    low = {"main": {"TOAN": "7.9"}}
    assert specialised("9.0", **low).value.base == "K"
    assert specialised("7.9", "TOAN", **low).value.base == "K"
    weak = {"others": {"LI": "9.0", **named(*["9.0"] * 7, "4.9")}}
    assert specialised("9.0", **weak).value == ("Tb", "K", "S8")  # Điều 13.6


def test_classes_that_are_not_specialised_are_judged_as_before():
    result = specialised("7.9", None)
    assert result.value.base == "G"
    assert "specialised" not in {**dict(result.trace.inputs), **dict(result.trace.steps)}
    assert "môn chuyên" not in explain(result)[1]


@pytest.mark.parametrize("name", ["C", "NN"])
def test_a_specialised_subject_is_one_of_the_scored(name):
    with pytest.raises(ValueError, match=f"specialised: '{name}'"):
        specialised("8.0", name, comments={"C": "Đ"})


YEAR = {"scores": {"VAN": "4.9", "TOAN": "5.0", "LI": None}, "comments": {"AN": "CĐ", "MT": "Đ"}}


def retest(conduct, study, **change):
    return tt58.retest_subjects(conduct=conduct, study=study, **{**YEAR, **change})


@pytest.mark.parametrize(
    ("conduct", "study", "subjects"),
    [
        ("Tb", "Y", ("AN", "VAN")),
        ("T", "Y", ("AN", "VAN")),
        ("Y", "Y", ()),
        ("T", "Kem", ()),
        ("T", "Tb", ()),
        (None, "Y", None),
        ("T", None, None),
    ],
)
def test_tests_again_are_for_pupils_who_are_weak_in_study_alone(conduct, study, subjects):
    assert retest(conduct, study).value == subjects


def test_tests_again_in_words():
    assert explain(retest("Tb", "Y"), {"AN": "Âm nhạc", "VAN": "Ngữ văn"}) == [
        "Kiểm tra, đánh giá lại: Âm nhạc, Ngữ văn.",
        "Là các môn học có điểm trung bình cả năm dưới 5,0 hoặc đánh giá Chưa đạt.",
        f"Căn cứ: Điều 16 {TEXT}",
    ]
    assert explain(retest("T", "Kem"))[0] == (
        "Chỉ học sinh có học lực Yếu và hạnh kiểm từ Trung bình trở lên được kiểm tra lại các môn"
        " học."
    )
    assert explain(retest(None, "Y"))[:2] == [UNDECIDED, "Chưa đủ kết quả cả năm học."]
    trace = retest("Tb", "Y").trace
    assert (trace.rule, dict(trace.inputs)["study"]) == ("retest_subjects", "Y")


@pytest.mark.parametrize(
    "change",
    [{"conduct": "G"}, {"study": "T"}, {"scores": {"VAN": "11"}}, {"comments": {"AN": "D"}}],
)
def test_tests_again_ask_for_what_is_known(change):
    with pytest.raises(ValueError):
        retest(**{"conduct": "T", "study": "Y", **change})


def after(new, **change):
    case = {"main": {"TOAN": "5.0", "VAN": "3.0"}, "others": named("6.0", "6.0", "4.0")}
    case |= {"comments": {"AN": "CĐ"}}
    return tt58.retest_level(**{**case, **change}, retest=new)


@pytest.mark.parametrize(
    ("new", "final"),
    [
        ({}, "Y"),
        ({"VAN": "3.5"}, "Y"),
        ({"VAN": "5.0", "AN": "Đ"}, "Tb"),
        ({"VAN": "5.0", "AN": "Đ", "S3": "3.4"}, "Y"),  # worse than before replaces too
        ({"VAN": "6.0", "S3": "5.0", "AN": "Đ"}, "Tb"),
    ],
)
def test_new_results_replace_those_of_the_year(new, final):
    result = after(new)
    assert result.value.final == final
    assert (result.trace.rule, result.trace.article) == ("retest_level", "TT 58/2011 Điều 16")


def test_the_level_after_tests_says_what_was_given():
    result = after({"VAN": "5.0", "AN": "Đ"}, specialised="TOAN")
    assert dict(result.trace.inputs) == {
        "main": "TOAN 5.0, VAN 3.0",
        "others": "S1 6.0, S2 6.0, S3 4.0",
        "comments": "AN CĐ",
        "retest": "VAN 5.0, AN Đ",
        "specialised": "TOAN",
    }
    assert dict(result.trace.steps)["specialised"] == "5.0"
    assert "specialised" not in dict(after({}).trace.inputs)
    assert explain(result)[0] == "Học lực: Trung bình."
    with pytest.raises(ValueError, match="^SU, X: "):
        after({"X": "5.0", "SU": "5.0", "VAN": "5.0"})
    with pytest.raises(MarkError):
        after({"VAN": "11"})
