from decimal import Decimal

import pytest

from edu_records.rules import MarkError, explain, scale_token, tt27
from edu_records.rules.curriculum import TRAITS, subjects_of, traits_of
from edu_records.testing import seed

HEADS = ("quality", "general", "specific")


def year(grade=5, **change):
    """A year with the best of everything, but for what ``change`` says."""
    case = {
        "grade": grade,
        "levels": dict.fromkeys(tt27.subjects(grade=grade), "T"),
        "traits": dict.fromkeys(TRAITS, "T"),
        "scores": {
            code: 10
            for code in tt27.subjects(grade=grade)
            if tt27.test_required(grade=grade, subject=code, period="CN")
        },
    }
    for name, values in change.items():
        case[name] = {**case[name], **values} if isinstance(case.get(name), dict) else values
    return case


def level(**change):
    return tt27.year_end_level(**year(**change)).value


# -- the tables of the grades


@pytest.mark.parametrize(
    ("code", "periods"),
    [
        ("TV", [420, 350, 245, 245, 245]),
        ("TOAN", [105, 175, 175, 175, 175]),
        ("NN1", [70, 70, 140, 140, 140]),
        ("DD", [35] * 5),
        ("TNXH", [70, 70, 70, None, None]),
        ("LSDL", [None, None, None, 70, 70]),
        ("KH", [None, None, None, 70, 70]),
        ("THCN", [None, None, 70, 70, 70]),
        ("GDTC", [70] * 5),
        ("NT", [70] * 5),
        ("HDTN", [105] * 5),
        ("TDTTS", [70] * 5),
    ],
)
@seed("P4.1.3")
def test_periods_of_each_subject(code, periods):
    found = [subjects_of(grade).get(code) for grade in range(1, 6)]
    assert [subject and subject.periods for subject in found] == periods
    assert all(subject.code == code and subject.name for subject in found if subject)


def test_rules_that_are_called_tests_are_none():
    assert not tt27.test_required.__test__
    assert not tt27.test_total.__test__


def test_electives():
    elective = [
        (grade, code)
        for grade in range(1, 6)
        for code, subject in subjects_of(grade).items()
        if not subject.compulsory
    ]
    languages = [(1, "NN1"), (2, "NN1")]
    assert sorted(elective) == sorted([*languages, *((grade, "TDTTS") for grade in range(1, 6))])


def test_qualities_and_competencies():
    kinds = [trait.kind for trait in TRAITS.values()]
    assert [kinds.count(kind) for kind in HEADS] == [5, 3, 7]
    assert [len(traits_of(grade)) for grade in range(1, 6)] == [13, 13, 15, 15, 15]
    assert all(trait.code == code and trait.name for code, trait in TRAITS.items())


@pytest.mark.parametrize("grade", [0, 6, True, "5", None])
def test_grades_that_are_not_primary(grade):
    with pytest.raises(ValueError):
        tt27.subjects(grade=grade)
    with pytest.raises(ValueError):
        traits_of(grade)


@pytest.mark.parametrize("change", [{"period": "HK1"}, {"subject": "VL"}, {"grade": 6}])
def test_a_test_is_asked_for_of_what_exists(change):
    with pytest.raises(ValueError):
        tt27.test_required(**{"grade": 5, "subject": "TV", "period": "CN", **change})


# -- scores


@pytest.mark.parametrize(
    ("score", "code"),
    [("abc", "NOT_A_MARK"), ("", "NOT_A_MARK"), ("9.5", "TWO_DECIMALS"), (11, "OUT_OF_RANGE"),
     (-1, "OUT_OF_RANGE"), (Decimal("NaN"), "NOT_A_MARK"), ("٣", "NOT_A_MARK")],
)  # fmt: skip
def test_a_refused_score_says_why(score, code):
    with pytest.raises(MarkError) as refusal:
        tt27.whole_score(score)
    assert (refusal.value.code, refusal.value.typed) == (code, str(score))


@pytest.mark.parametrize("score", [9.0, True, [9], {}])
def test_scores_of_other_types_are_refused(score):
    with pytest.raises(TypeError):
        tt27.whole_score(score)
    assert not tt27.valid_score(score=score)


def test_scores_are_whole_numbers():
    given = [0, 10, "7", " 8 ", "9.0", Decimal("6.0"), "+5", "-0", None]
    assert [tt27.whole_score(score) for score in given] == [0, 10, 7, 8, 9, 6, 5, 0, None]
    assert not tt27.valid_score(score=10**5000)


def test_points_of_a_paper_are_added_exactly():
    for points, total, shown in (
        ([2, "2.25", Decimal(4)], 8, "8.25"),
        (["0.1"] * 5, 1, "0.5"),
        (["4.05", "4.4"], 8, "8.45"),
        ([3, 4], 7, "7"),
        (["0.05"], 0, "0.05"),
    ):
        result = tt27.test_total(points=points)
        assert (result.value, dict(result.trace.steps)["total"]) == (total, shown)
    assert tt27.test_total(points=["6.5"], rounding="half_even").value == 6
    assert tt27.test_total(points=["7.5"], rounding="half_even").value == 8
    assert tt27.test_total(points=[]).value is None
    assert tt27.test_total(points=[10, "0.25"]).value == 10


@pytest.mark.parametrize("points", [[1.5], [True], ["-1"], ["1,5"], [10, "0.5"], [Decimal("NaN")]])
def test_points_that_are_none(points):
    with pytest.raises((TypeError, MarkError)):
        tt27.test_total(points=points)


def test_which_of_two_tests_counts():
    both = {"first": 9, "retest": 6, "approved": True}
    assert tt27.counting_score(**both).value == 6
    assert tt27.counting_score(**both, retest_counts="higher").value == 9
    assert tt27.counting_score(**{**both, "first": 5}, retest_counts="higher").value == 6
    assert tt27.counting_score(**{**both, "first": None}, retest_counts="higher").value == 6
    none = tt27.counting_score(first=None, retest=None, approved=True)
    assert (none.value, none.trace.formula) == (None, "no test")
    first = tt27.counting_score(first=7, retest=8, approved=False)
    assert (first.value, first.trace.formula) == (7, "the first test")
    equal = tt27.counting_score(first=6, retest=6, approved=True, retest_counts="higher")
    assert (equal.value, equal.trace.formula) == (6, "the second test")


# -- levels


def test_a_subject_in_two_parts_has_the_level_of_the_lower():
    for levels, lower, higher in (
        ({"AN": "T", "MT": "H"}, "H", "T"),
        ({"AN": "H", "MT": "C"}, "C", "H"),
        ({"AN": "T", "MT": "T"}, "T", "T"),
        ({"AN": "T", "MT": None}, None, None),
        ({}, None, None),
    ):
        assert tt27.subject_level(levels=levels).value == lower
        assert tt27.subject_level(levels=levels, parts="higher").value == higher
    with pytest.raises(ValueError, match="^AN: 'D'"):
        tt27.subject_level(levels={"AN": "D"})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [({"TH": 9, "CN": 9}, "HTXS"), ({"TH": 9, "CN": 8}, "HTT"), ({"TH": 10, "CN": 4}, "CHT"),
     ({"TH": 9, "CN": None}, "INCOMPLETE"), ({}, "INCOMPLETE")],
)  # fmt: skip
def test_each_part_of_a_test_has_to_reach_what_is_asked(parts, expected):
    assert level(scores={"THCN": parts}) == expected


def test_exempt_subjects_drop_out():
    assert level(levels={"GDTC": "C"}) == "CHT"
    assert level(levels={"GDTC": "C"}, exempt=["GDTC"]) == "HTXS"
    assert level(levels={"GDTC": None}, exempt=["GDTC"]) == "HTXS"
    assert level(levels={"KH": None}, scores={"KH": None}, exempt={"KH"}) == "HTXS"
    assert level(levels={"GDTC": "C"}, exempt=["GDTC"], exclude_exempt=False) == "CHT"


def test_electives_count_where_a_school_says_so():
    for grade, subject in ((1, "NN1"), (5, "TDTTS")):
        case = {"grade": grade, "levels": {subject: "H"}}
        assert level(**case) == "HTXS"
        assert level(**case, count_elective_levels=True) == "HT"
    assert level(grade=1, count_elective_levels=True) == "HTXS"


def test_earlier_levels_count_where_a_school_says_so():
    assert level(earlier=["T", "H"]) == "HTXS"
    assert level(earlier=["T", "H"], whole_year=True) == "HT"
    assert level(earlier=["T", "T"], whole_year=True) == "HTXS"


@pytest.mark.parametrize(
    "change",
    [{"grade": 6}, {"levels": {"VL": "T"}}, {"levels": {"TV": "D"}}, {"traits": {"yeu_nuoc": "H"}},
     {"traits": {"yeu": "T"}}, {"scores": {"VL": 9}}, {"scores": {"TV": "x"}},
     {"scores": {"TV": {"a": 11}}}],
)  # fmt: skip
def test_a_year_asks_for_what_is_known(change):
    case = {**year(), "grade": change.pop("grade", 5)}
    for name, values in change.items():
        case[name] = {**case[name], **values}
    with pytest.raises(ValueError):
        tt27.year_end_level(**case)


def test_the_year_says_what_is_missing_and_what_held_it_back():
    missing = tt27.year_end_level(
        **year(levels={"KH": None}, traits={"tin_hoc": None}, scores={"TV": None})
    ).trace
    assert dict(missing.steps) == {"missing": "KH, tin_hoc, TV CN"}
    held = year(levels={"NT": "H", "DD": "C"}, traits={"the_chat": "D"}, scores={"TV": 6, "KH": 6})
    trace = tt27.year_end_level(**held).trace
    assert dict(trace.steps) == {
        "H": "NT",
        "Đ": "the_chat",
        "C": "DD",
        "lowest test": "6 (TV, KH)",
    }
    assert (trace.formula, trace.version) == ("CHT", tt27.VERSION)
    assert trace.article == "TT 27/2020 Điều 9.2.a"
    assert dict(trace.inputs)["grade"] == "5" and dict(trace.inputs)["whole_year"] == "no"
    assert "exempt" not in dict(trace.inputs) and "earlier" not in dict(trace.inputs)
    given = tt27.year_end_level(**year(exempt=["NT", "DD"], earlier=["T"]), whole_year=True).trace
    assert dict(given.inputs)["exempt"] == "DD, NT" and dict(given.inputs)["earlier"] == "T"


def test_without_a_test_and_all_exempt_the_traits_decide():
    assert level(exempt=tt27.subjects(grade=5)) == "HTXS"
    trace = tt27.year_end_level(**year(exempt=tt27.subjects(grade=5))).trace
    assert "lowest test" not in dict(trace.steps)


# -- what follows


def test_titles_say_what_is_missing():
    case = dict.fromkeys(("outstanding_subject", "clear_progress", "class_recognised"), True)
    why = {
        "level": "HT",
        "outstanding_subject": False,
        "class_recognised": False,
    }
    reasons = []
    for name, value in why.items():
        given = {"level": "HTT", **case, "clear_progress": False, name: value}
        reasons.append(tt27.award(**given).trace.formula)
    assert reasons == [
        "no title for this level",
        "nothing outstanding, no clear progress",
        "the class did not recognise the pupil",
    ]
    with pytest.raises(ValueError, match="^level: 'GIOI'"):
        tt27.award(level="GIOI", **case)


def test_grade_5_is_not_promoted_where_a_school_says_so():
    failed = {"level": "CHT", "after_support": "CHT", "principal": "PROMOTE"}
    assert tt27.completion(grade=5, **failed).value == "LEN_LOP"
    assert tt27.completion(grade=4, **failed, promote_grade_5=False).value == "LEN_LOP"
    with pytest.raises(ValueError):
        tt27.completion(grade=5, **failed, promote_grade_5=False)
    retained = {**failed, "principal": "RETAIN"}
    assert tt27.completion(grade=5, **retained, promote_grade_5=False).value == "CHUA_LEN_LOP"


def test_an_additional_assessment_that_is_not_complete_goes_on():
    for after in (None, "INCOMPLETE"):
        result = tt27.completion(grade=1, level="CHT", after_support=after)
        assert result.value == "SUPPORT_AND_REASSESS"


@pytest.mark.parametrize(
    "change", [{"grade": 6}, {"level": "T"}, {"after_support": "T"}, {"principal": "YES"}]
)
def test_completion_asks_for_what_is_known(change):
    with pytest.raises(ValueError, match=f"^{next(iter(change))}:? "):
        tt27.completion(**{"grade": 1, "level": "HT", **change})


@pytest.mark.parametrize(
    ("scale", "typed", "token"),
    [
        ("level", " t ", "T"),
        ("level", "H", "H"),
        ("trait", "d", "Đ"),
        ("trait", "\u00d0", "Đ"),
        ("whole", "7", "7"),
        ("whole", "10,0", "10"),
        ("whole", "0", "0"),
        ("score", "8,5", "8.5"),
        ("comment", "cđ", "CĐ"),
        ("goal", "Đ", "Đ"),
    ],
)
def test_what_is_typed_becomes_the_token_of_its_scale(scale, typed, token):
    assert scale_token(scale, typed) == token


@pytest.mark.parametrize(
    ("scale", "typed", "code"),
    [
        ("whole", "7,5", "TWO_DECIMALS"),
        ("whole", "11", "OUT_OF_RANGE"),
        ("whole", "T", "NOT_A_MARK"),
        ("whole", "٧", "NOT_A_MARK"),
        ("level", "Đ", "NOT_A_LEVEL"),
        ("level", "9", "NOT_A_LEVEL"),
        ("trait", "H", "NOT_A_TRAIT"),
        ("score", "T", "NOT_A_MARK"),
        ("goal", "T", "NOT_A_COMMENT"),
    ],
)
def test_what_is_of_another_scale_is_refused(scale, typed, code):
    with pytest.raises(MarkError) as refused:
        scale_token(scale, typed)
    assert (refused.value.code, refused.value.typed) == (code, typed)


def test_a_mark_is_typed_as_text():
    with pytest.raises(TypeError):
        scale_token("whole", 7)


def test_what_is_assessed_again_is_what_keeps_from_completing():
    result = tt27.to_reassess(
        levels={"TOAN": "C", "TV": "H", "KH": None},
        traits={"trung_thuc": "C", "nhan_ai": "D"},
        scores={"TOAN CN": 4, "TV CN": "5", "KH CN": None, "NN1 CN": 0},
    )
    assert result.value == ("NN1 CN", "TOAN", "TOAN CN", "trung_thuc")
    assert "11.1.b" in result.trace.article
    with pytest.raises(ValueError, match="TOAN"):
        tt27.to_reassess(levels={"TOAN": "D"}, traits={}, scores={})


@pytest.mark.parametrize(
    ("given", "score", "doubtful"),
    [
        ("T", 7, False),
        ("T", 6, True),
        ("T", 10, False),
        ("H", 5, False),
        ("H", 4, True),
        ("H", 10, False),
        ("C", 4, False),
        ("C", 5, True),
        ("C", 0, False),
        ("T", None, False),
        (None, 0, False),
    ],
)
def test_a_level_that_its_test_does_not_bear_out_is_doubtful(given, score, doubtful):
    result = tt27.level_doubts(levels={"TOAN": given}, scores={"TOAN": score})
    assert result.value == (("TOAN",) if doubtful else ())


def test_doubts_are_named_and_decide_nothing():
    levels = {"TV": "C", "TOAN": "T", "THCN": "T", "DD": "C"}
    scores = {"TV": 8, "TOAN": 6, "THCN": {"TIN": 9, "CN": 6}, "KH": 0}
    result = tt27.level_doubts(levels=levels, scores=scores)
    assert result.value == ("THCN", "TOAN", "TV")
    assert result.trace.steps == (("THCN", "T, 6"), ("TOAN", "T, 6"), ("TV", "C, 8"))
    assert dict(result.trace.inputs)["levels"] == "TV C, TOAN T, THCN T, DD C"
    assert explain(result) == [
        "Mức đạt được và điểm bài kiểm tra không tương ứng: Tin học và Công nghệ (Hoàn thành tốt,"
        " 6 điểm), Toán (Hoàn thành tốt, 6 điểm), Tiếng Việt (Chưa hoàn thành, 8 điểm).",
        "Căn cứ: khoản 1 Điều 7 Thông tư 27/2020/TT-BGDĐT.",
    ]
    fitting = tt27.level_doubts(levels={}, scores={})
    assert explain(fitting)[0] == "Mức đạt được và điểm bài kiểm tra cuối năm tương ứng với nhau."
    for wrong in ({"levels": {"TOAN": "D"}}, {"levels": {"VAN": "T"}}, {"scores": {"VAN": 8}}):
        with pytest.raises(ValueError):
            tt27.level_doubts(**{"levels": {}, "scores": {}, **wrong})


def test_what_is_assessed_again_in_words():
    result = tt27.to_reassess(levels={"TV": "C"}, traits={"yeu_nuoc": "C"}, scores={"TOAN": 4})
    assert explain(result) == [
        "Đánh giá bổ sung: Toán, Tiếng Việt, Yêu nước.",
        "Là nội dung ở mức Chưa hoàn thành hoặc Cần cố gắng, bài kiểm tra dưới 5 điểm.",
        "Căn cứ: điểm b khoản 1 Điều 11 Thông tư 27/2020/TT-BGDĐT.",
    ]
    nothing = tt27.to_reassess(levels={}, traits={}, scores={})
    assert explain(nothing)[0] == "Không có nội dung nào phải đánh giá bổ sung."
