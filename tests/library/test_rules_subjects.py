import decimal
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.rules import MarkError, explain, tt22, tt43
from edu_records.testing import seed

MARKS = st.integers(0, 100).map(lambda tenths: str(Decimal(tenths) / 10))


def exact(marks):
    return sum(Fraction(mark) for mark in marks)


def half_up(value):
    tenths = floor(value * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


@pytest.mark.parametrize(
    ("tx", "gk", "ck", "average"),
    [
        (["8", "8", "9"], "8.5", "8", "8.3"),  # 66/8 = 8.25, to even would be 8.2
        (["6", "6", "6.6"], "6", "7", "6.5"),  # 51.6/8 = 6.45
        (["6", "6", "6.5"], "6", "7", "6.4"),  # 51.5/8 = 6.4375
        (["9", "8.8", "9"], "8", "8", "8.4"),  # 66.8/8 = 8.35, a float gives 8.3
        (["0", "8", "8", "8"], "8", "8", "7.1"),  # a 0 is a mark
        (["0", "0", "0", "0"], "0", "0", "0.0"),
        (["10", "10"], "10", "10", "10.0"),
        (["8", "8", "8", "7.5"], "8", "8", "7.9"),  # 71.5/9
    ],
)
@seed("R7.2", "P4.1.4")
def test_semester_average(tx, gk, ck, average):
    assert tt22.semester_average(required_tx=len(tx), tx=tx, gk=gk, ck=ck).value == average
    assert tt43.semester_average(required_tx=len(tx), tx=tx, gk=gk, ck=ck).value == average


def test_a_topic_cluster_is_one_more_regular_mark():
    marks = {"required_tx": 4, "tx": ["8", "8", "7", "9"], "gk": "8", "ck": "8"}
    assert tt22.semester_average(**marks).value == "8.0"
    assert tt22.semester_average(**marks, topic="8.5").value == "8.1"


@pytest.mark.parametrize(
    "missing",
    [{"ck": None}, {"gk": None}, {"tx": ["8", None]}, {"tx": ["8"]}, {"tx": []}],
)
@seed("R7.1a")
def test_no_average_of_fewer_marks(missing):
    marks = {"required_tx": 2, "tx": ["8", "8"], "gk": "8", "ck": "8", **missing}
    assert tt22.semester_average(**marks).value is None


@given(st.lists(MARKS, min_size=2, max_size=5), MARKS, MARKS)
def test_semester_average_rounds_half_up_whatever_the_decimal_context(tx, gk, ck):
    expected = half_up((exact(tx) + 2 * Fraction(gk) + 3 * Fraction(ck)) / (len(tx) + 5))
    with decimal.localcontext(prec=1, rounding=decimal.ROUND_FLOOR):
        assert tt22.semester_average(required_tx=2, tx=tx, gk=gk, ck=ck).value == expected


@given(MARKS, MARKS)
def test_year_average_rounds_half_up_and_weighs_the_second_semester_double(hk1, hk2):
    expected = half_up((Fraction(hk1) + 2 * Fraction(hk2)) / 3)
    assert tt22.year_average(hk1=hk1, hk2=hk2).value == expected


@given(st.lists(MARKS, min_size=4, max_size=6), st.integers(0, 5), MARKS)
def test_a_better_mark_never_lowers_the_average(marks, place, other):
    place %= len(marks)
    better = list(marks)
    better[place] = max(marks[place], other, key=Fraction)
    before, after = (
        tt22.semester_average(required_tx=2, tx=row[2:], gk=row[0], ck=row[1]).value
        for row in (marks, better)
    )
    assert Fraction(after) >= Fraction(before)


@pytest.mark.parametrize(
    ("hk1", "hk2", "year"),
    [
        ("8.2", "9.1", "8.8"),
        ("9.0", "3.5", "5.3"),
        ("3.5", "9.0", "7.2"),
        ("5.0", "4.9", "4.9"),
        ("4.9", "5.0", "5.0"),
        (None, "5.0", None),
        ("5.0", None, None),
    ],
)
@seed("R7.2")
def test_year_average(hk1, hk2, year):
    assert tt22.year_average(hk1=hk1, hk2=hk2).value == year


def test_decimals_are_taken_and_floats_refused():
    eight = Decimal("8.0")
    marks = {"required_tx": 2, "tx": [eight, Decimal(9)], "gk": Decimal("7.50"), "ck": "8"}
    assert tt22.semester_average(**marks).value == "8.0"
    for refused in (8.0, 8, True):
        with pytest.raises(TypeError):
            tt22.year_average(hk1=refused, hk2="8.0")
    for refused in ("8,5", "8.55", "", "11", "-1", " 8", Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError):
            tt22.year_average(hk1=refused, hk2="8.0")


def test_a_result_explains_itself():
    trace = tt22.semester_average(required_tx=2, tx=["8", "9"], gk="8.5", ck="7").trace
    assert trace.formula == "(17.0 + 2 × 8.5 + 3 × 7.0) / (2 + 5)"
    assert dict(trace.steps) == {
        "total": "55.0",
        "divisor": "7",
        "quotient": "7.8571",
        "rounded": "7.9",
    }
    assert (trace.article, trace.version) == ("TT 22/2021 Điều 9.1.b", tt22.VERSION)
    assert dict(trace.inputs)["tx"] == "8, 9"
    assert trace.as_dict()["steps"][0] == ["total", "55.0"]
    assert "TT 43/2021" in tt43.year_average(hk1="8.0", hk2="8.0").trace.explain()


@pytest.mark.parametrize(
    ("tx", "gk", "ck", "closed", "result"),
    [
        (["Đ", "Đ"], "Đ", "Đ", False, "Đ"),
        (["Đ", "CĐ"], "Đ", "Đ", True, "CĐ"),
        (["Đ", "Đ"], "CĐ", "Đ", False, "CĐ"),
        (["Đ"], "Đ", "Đ", False, None),
        (["Đ"], "Đ", "Đ", True, "CĐ"),
        (["Đ", None], "Đ", "Đ", True, "CĐ"),
        (["CĐ", "Đ"], "Đ", None, False, None),
    ],
)
@seed("R7.1a", "P4.1.4")
def test_comment_semester(tx, gk, ck, closed, result):
    assert tt22.comment_semester(tx=tx, gk=gk, ck=ck, closed=closed).value == result
    if not closed:
        assert tt22.comment_semester(tx=tx, gk=gk, ck=ck).value == result


@pytest.mark.parametrize("hk1", ["Đ", "CĐ", None])
@pytest.mark.parametrize("hk2", ["Đ", "CĐ", None])
def test_the_year_of_a_comment_subject_is_its_second_semester(hk1, hk2):
    assert tt22.comment_year(hk1=hk1, hk2=hk2).value == hk2


def test_comment_results_are_official_tokens_only():
    with pytest.raises(ValueError):
        tt22.comment_year(hk1="D", hk2="Đ")
    with pytest.raises(ValueError):
        tt22.comment_semester(tx=["CD", "Đ"], gk="Đ", ck="Đ")


@pytest.mark.parametrize(
    ("periods", "count"), [(18, 2), (34, 2), (35, 2), (36, 3), (52, 3), (70, 3), (71, 4), (140, 4)]
)
@seed("R7.1a")
def test_regular_count(periods, count):
    assert tt22.regular_count(periods=periods, assess="score") == count
    assert tt22.regular_count(periods=periods, assess="comment") == 2


def test_exam_minutes():
    assert tt22.exam_minutes(periods=70) == (45, 45)
    assert tt22.exam_minutes(periods=70, specialised=True) == (45, 45)
    assert tt22.exam_minutes(periods=71) == tt43.exam_minutes(periods=71) == (60, 90)
    assert tt22.exam_minutes(periods=71, specialised=True) == (60, 120)
    with pytest.raises(ValueError):
        tt43.exam_minutes(periods=105, specialised=True)


def test_traces_show_the_calculation():
    year = tt22.year_average(hk1="8.0", hk2="7.5").trace
    assert dict(year.steps) == {
        "total": "23.0",
        "divisor": "3",
        "quotient": "7.6666",
        "rounded": "7.7",
    }
    marks = {"required_tx": 2, "tx": ["8", "8"], "gk": "8", "ck": "8"}
    assert "topic" not in dict(tt22.semester_average(**marks).trace.inputs)
    assert dict(tt22.semester_average(**marks, topic="9").trace.inputs)["topic"] == "9"
    incomplete = tt22.comment_semester(tx=["Đ"], gk="Đ", ck=None).trace
    assert incomplete.formula == "incomplete: 2 results of 4"


@pytest.mark.parametrize(
    ("score", "code"), [("8.55", "TWO_DECIMALS"), ("11", "OUT_OF_RANGE"), ("8,5", "NOT_A_MARK")]
)
def test_a_refused_average_says_why(score, code):
    with pytest.raises(MarkError) as refusal:
        tt22.year_average(hk1=score, hk2="8.0")
    assert refusal.value.code == code


@pytest.mark.parametrize("score", ["10.1", Decimal("10.1")])
def test_no_average_is_above_ten(score):
    with pytest.raises(MarkError):
        tt22.year_average(hk1=score, hk2="8.0")


@pytest.mark.parametrize("rules", [tt22, tt43])
@pytest.mark.parametrize(
    ("hk1", "hk2", "only", "year", "said"),
    [
        ("Đ", None, "HK1", "Đ", "Chỉ có kết quả học kì I; lấy làm kết quả cả năm."),
        ("Đ", "CĐ", "HK1", "Đ", "Chỉ có kết quả học kì I; lấy làm kết quả cả năm."),
        (None, "CĐ", "HK2", "CĐ", "Chỉ có kết quả học kì II; lấy làm kết quả cả năm."),
        (None, None, "HK1", None, "Chưa có kết quả học kì I."),
        (None, None, "HK2", None, "Chưa có kết quả học kì II."),
        ("Đ", None, None, None, "Chưa có kết quả học kì II."),
        ("Đ", "CĐ", None, "CĐ", "Kết quả cả năm là kết quả học kì II."),
    ],
)
def test_a_pupil_exempt_in_one_semester_has_the_result_of_the_other(
    rules, hk1, hk2, only, year, said
):
    result = rules.comment_year(hk1=hk1, hk2=hk2, only=only)
    assert result.value == year
    assert dict(result.trace.inputs).get("only") == only
    assert explain(result)[1] == said


def test_the_one_semester_of_a_comment_subject_is_a_semester():
    with pytest.raises(ValueError, match="only: 'CN'"):
        tt22.comment_year(hk1="Đ", hk2="Đ", only="CN")
    with pytest.raises(MarkError):
        tt22.comment_year(hk1="Đ", hk2="D", only="HK1")
