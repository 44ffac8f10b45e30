import decimal
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.rules import explain, growth, preschool
from edu_records.testing import seed

BOY = {"L": "-0.1506", "M": "18.3352", "S": "0.13517"}  # weight, 1826 days; specification 3.5
CHILD = {"indicator": "WFA", "sex": "M"}
HUNDREDTHS = st.integers(-300, 300).map(lambda number: Decimal(number).scaleb(-2))
ROWS = st.fixed_dictionaries(
    {
        "L": st.integers(-20, 20).map(lambda number: Decimal(number).scaleb(-1)),
        "M": st.integers(20, 1200).map(lambda number: Decimal(number).scaleb(-1)),
        "S": st.integers(20, 150).map(lambda number: Decimal(number).scaleb(-3)),
    }
)


def z(value, **change):
    return growth.zscore(**{**CHILD, **BOY, "value": value, **change}).value


# -- z-scores


@given(HUNDREDTHS, ROWS)
@seed("P4.1.2")
def test_a_measurement_at_z_has_the_z_score_z(score, row):
    measured = growth.measurement_at(z=score, **row)
    expected = f"{score:.2f}" if score else "0.00"
    assert z(measured, **row) == expected


@given(ROWS, st.integers(1, 4000), st.integers(1, 4000), st.booleans())
def test_a_heavier_child_has_no_lower_z(row, first, second, restricted):
    light, heavy = sorted((Decimal(first).scaleb(-1), Decimal(second).scaleb(-1)))
    try:
        scores = [z(value, **row, restricted=restricted) for value in (light, heavy)]
    except ValueError:  # a row that has no 3 SD, which none of WHO's is
        return
    assert Decimal(scores[0]) <= Decimal(scores[1])


def test_z_does_not_depend_on_the_decimal_context():
    with decimal.localcontext(prec=2, rounding=decimal.ROUND_FLOOR):
        assert (z("14.0"), z("30.0"), z("11.0")) == ("-2.04", "3.58", "-3.81")
        assert growth.classify(indicator="WFA", age_months=60, z="-2.004").value == "BINH_THUONG"


def test_height_is_not_restricted_and_weight_is():
    assert z("30.0") == z("30.0", restricted=True) == "3.58"
    assert z("30.0", restricted=False) == z("30.0", indicator="HFA") == "3.51"
    assert z("30.0", indicator="WFH") == z("30.0", indicator="BMI") == "3.58"
    assert z("30.0", indicator="HFA", restricted=True) == "3.58"


def test_restriction_begins_beyond_three_standard_deviations():
    trace = growth.zscore(**CHILD, **BOY, value="30.0").trace
    assert trace.steps == (("z", "3.51"), ("z beyond 3 SD", "3.58"))
    at_limit = growth.measurement_at(z=3, **BOY)
    assert growth.zscore(**CHILD, **BOY, value=at_limit).trace.steps == (("z", "3.00"),)
    at_limit = growth.measurement_at(z=-3, **BOY)
    assert growth.zscore(**CHILD, **BOY, value=at_limit).trace.steps == (("z", "-3.00"),)
    assert dict(trace.inputs)["restricted"] == "yes" and dict(trace.inputs)["at"] == "–"


@pytest.mark.parametrize(
    "change",
    [{"indicator": "HC"}, {"sex": "X"}, {"value": "0"}, {"value": "-1"}, {"value": "abc"},
     {"M": "0"}, {"S": "0"}, {"L": "NaN"}, {"value": "Infinity"}, {"value": None}],
)  # fmt: skip
def test_no_child_has_such_a_measurement(change):
    with pytest.raises((ValueError, TypeError)):
        z(**{"value": "14.0", **change})


ROW = {"L": "1", "M": "100", "S": "0.1"}
MEASURE = {"age_months": 30, "measured": "85", "lying": True}
CATEGORY = {"indicator": "WFA", "age_months": 30, "boundary": "sd_table", "z": "0", "value": "9"}
CATEGORY["lines"] = dict.fromkeys(range(-3, 4), "9")


@pytest.mark.parametrize(
    ("rule", "case", "names"),
    [
        (growth.zscore, {**CHILD, **ROW, "value": "9"}, ["value", *ROW]),
        (growth.measurement_at, {**ROW, "z": "0"}, ["z", *ROW]),
        (growth.wfh_measure, MEASURE, ["measured", "age_months"]),
        (growth.bmi, {**MEASURE, "weight": "9"}, ["weight", "measured", "age_months"]),
        (growth.classify, CATEGORY, ["z", "value", "age_months"]),
    ],
)
def test_what_is_no_number_is_named(rule, case, names):
    rule(**case)
    for name in names:
        with pytest.raises(ValueError, match=f"^{name}: "):
            rule(**{**case, name: "x"})
    if rule is growth.classify:
        with pytest.raises(ValueError, match="^line: "):
            rule(**{**case, "lines": dict.fromkeys(range(-3, 4), "x")})


@pytest.mark.parametrize("change", [{"value": 14.0}, {"L": -0.1506}, {"M": 18.0}, {"S": True}])
def test_floats_are_refused(change):
    with pytest.raises(TypeError):
        z(**{"value": "14.0", **change})


def test_a_row_without_a_measurement_at_three_standard_deviations_is_refused():
    with pytest.raises(ValueError):
        growth.measurement_at(z=3, L="-2", M="10", S="0.2")
    with pytest.raises(ValueError):
        growth.measurement_at(z=5, L="-2", M="10", S="0.1")  # exactly nothing left
    assert growth.measurement_at(z=0, L="-2", M="10", S="0.2") == 10
    assert growth.measurement_at(z=2, L=1, M=100, S="0.04") == 108
    assert growth.measurement_at(z=0, L=0, M=100, S="0.04") == 100


# -- lengths, heights, body mass


def test_bmi_of_the_corrected_height():
    case = {"weight": "16", "measured": "100.7", "age_months": 36}
    assert growth.bmi(**case, lying=True).value == "16.0000"
    assert growth.bmi(**case, lying=False).value == "15.7783"  # 16 / 1.014049
    assert growth.bmi(**{**case, "age_months": 23}, lying=False).value == "15.5612"  # 16 / 1.014²
    with pytest.raises(ValueError):
        growth.bmi(**{**case, "weight": "0"}, lying=True)


def test_a_corrected_measure_says_so():
    measure = growth.wfh_measure
    assert measure(age_months=23, measured="85", lying=False).trace.steps == (
        ("correction", "0.7"),
    )
    lying = measure(age_months=24, measured="85", lying=True).trace
    assert lying.steps == (("correction", "-0.7"),) and lying.formula == "WFH 84.3"
    assert measure(age_months=24, measured="85", lying=False).trace.steps == ()
    assert measure(age_months=1, measured="50.05", lying=True).value == ("WFL", "50.1")


@pytest.mark.parametrize(
    "change", [{"age_months": -1}, {"age_months": "5"}, {"age_months": True}, {"measured": "0"}]
)
def test_measures_that_are_none(change):
    with pytest.raises(ValueError):
        growth.wfh_measure(**{"age_months": 30, "measured": "85", "lying": True, **change})


# -- categories


def category(indicator, z=None, age_months=48, **change):
    return growth.classify(indicator=indicator, z=z, age_months=age_months, **change).value


def test_z_as_it_is_where_a_school_says_so():
    assert category("WFA", "-2.001") == "BINH_THUONG"
    assert category("WFA", "-2.001", round_z=False) == "NHE_CAN"
    assert category("WFA", "-2", round_z=False) == "BINH_THUONG"


@pytest.mark.parametrize(
    ("indicator", "age_months", "expected"),
    [
        ("WFH", 60, "BINH_THUONG"),
        ("WFH", 61, "USE_BMI"),
        ("WFA", 120, "BINH_THUONG"),
        ("WFA", 121, "USE_BMI"),
        ("HFA", 228, "BINH_THUONG"),
        ("BMI", 228, "BINH_THUONG"),
    ],
)
def test_ages_for_which_there_is_a_standard(indicator, age_months, expected):
    assert category(indicator, "0", age_months) == expected


@pytest.mark.parametrize(
    "case",
    [
        {"indicator": "BMI", "z": "0", "age_months": 229},
        {"indicator": "HC", "z": "0"},
        {"indicator": "WFA", "z": "x"},
        {"indicator": "WFA", "z": None},
        {"indicator": "WFA", "z": "0", "age_months": -1},
        {"indicator": "WFA", "z": "0", "age_months": "48"},
        {"indicator": "WFA", "boundary": "sd_table", "value": "12"},
        {"indicator": "WFA", "boundary": "sd_table", "lines": {-3: "1"}},
    ],
)
def test_there_has_to_be_something_to_classify(case):
    with pytest.raises(ValueError):
        category(**case)


LINES = {-3: "83.6", -2: "87.4", -1: "91.2", 0: "95.1", 1: "98.9", 2: "102.7", 3: "106.5"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("83.5", "THAP_COI_NANG"), ("83.6", "THAP_COI"), ("87.3", "THAP_COI"), ("87.4", "BINH_THUONG"),
     ("106.5", "BINH_THUONG"), ("106.6", "RAT_CAO")],
)  # fmt: skip
def test_the_printed_lines_decide_where_a_school_says_so(value, expected):
    case = {"boundary": "sd_table", "lines": LINES, "age_months": 36}
    assert category("HFA", value=value, **case) == expected
    # by LMS 87.4 cm is z = -2.01, stunted
    assert category("HFA", "-2.01", value="87.4", **case) == "BINH_THUONG"
    assert category("HFA", "-6.01", value="87.4", **case) == "IMPLAUSIBLE"
    assert category("HFA", "-2.01", age_months=36) == "THAP_COI"


def test_a_category_says_what_it_was_compared_with():
    classify = growth.classify
    assert classify(indicator="WFA", z="-2.005", age_months=48).trace.formula == "-2.01 < -2"
    assert classify(indicator="BMI", z="1.005", age_months=61).trace.formula == "1.01 > 1"
    assert classify(indicator="WFA", z="0", age_months=48).trace.formula == "0.00"
    inputs = dict(classify(indicator="WFA", z="0", age_months=48).trace.inputs)
    assert "lines" not in inputs and inputs["boundary"] == "lms"
    printed = classify(
        indicator="HFA", age_months=36, value="87.3", lines=LINES, boundary="sd_table"
    )
    assert printed.trace.formula == "87.3 < 87.4" and "lines" in dict(printed.trace.inputs)


# -- ages and groups


@pytest.mark.parametrize(("dob", "on"), [("2024-01-02", "2024-01-01"), (20240101, "2024-01-01")])
def test_ages_that_are_none(dob, on):
    with pytest.raises((TypeError, ValueError)):
        preschool.age_months(dob=dob, on=on)


def test_days_are_dates_or_iso_text():
    assert preschool.age_months(dob=date(2024, 1, 31), on="2024-03-01") == 1
    for wrong in (datetime(2024, 1, 31), 20240131):
        with pytest.raises(TypeError, match="is not a day"):
            preschool.age_months(dob=wrong, on="2024-03-01")


@given(st.dates(date(2015, 1, 1), date(2024, 12, 31)), st.integers(0, 2000))
def test_a_month_is_full_when_its_day_has_come(born, days):
    day = date.fromordinal(born.toordinal() + days)
    months = preschool.age_months(dob=born, on=day)
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    assert (year, month + 1, born.day) <= (day.year, day.month, day.day)
    year, month = divmod(born.year * 12 + born.month + months, 12)
    assert (year, month + 1, born.day) > (day.year, day.month, day.day)


@pytest.mark.parametrize("age", [-1, "5", True, None, 5.0])
def test_groups_ask_for_completed_months(age):
    for rule in (preschool.age_group, preschool.measure_due):
        with pytest.raises(ValueError):
            rule(age_months=age)


@pytest.mark.parametrize(
    ("dob", "by_year", "by_months"),
    [
        ("2026-05-31", "NT_3_12", "NT_3_12"),
        ("2025-12-31", "NT_12_24", "NT_3_12"),
        ("2024-01-01", "NT_24_36", "NT_24_36"),
        ("2023-12-31", "MG_3_4", "NT_24_36"),
        ("2023-09-01", "MG_3_4", "MG_3_4"),
        ("2022-09-02", "MG_4_5", "MG_3_4"),
        ("2021-01-01", "MG_5_6", "MG_5_6"),
        ("2020-12-31", None, "MG_5_6"),
        ("2020-09-01", None, None),
    ],
)
@seed("P4.1.2")
def test_children_of_one_year_join_one_class(dob, by_year, by_months):
    assert preschool.class_group(dob=dob, year=2026).value == by_year
    assert preschool.class_group(dob=dob, year=2026, class_by="months").value == by_months


def test_a_child_who_is_not_born_joins_no_class():
    assert preschool.class_group(dob="2027-01-01", year=2026).value is None


def test_traces_of_groups():
    assert preschool.age_group(age_months=36).trace.formula == "36 <= 36 < 48"
    assert preschool.measure_due(age_months=23).trace.formula == "23 < 24"
    assert preschool.measure_due(age_months=24).trace.formula == "24 >= 24"
    assert preschool.class_group(dob="2023-12-31", year=2026).trace.formula == "2026 - 2023 = 3"
    months = preschool.class_group(dob="2023-12-31", year=2026, class_by="months").trace
    assert (months.rule, months.formula) == ("class_group", "32 months")
    assert dict(months.inputs)["class_by"] == "months"


@pytest.mark.parametrize(
    ("age", "end"),
    [(0, 6), (6, 6), (7, 12), (12, 12), (13, 18), (18, 18), (19, 24), (24, 24), (25, 36)]
    + [(36, 36), (37, 48), (48, 48), (49, 60), (60, 60), (61, 72), (72, 72), (73, None)],
)
def test_a_child_is_assessed_at_the_end_of_its_stage(age, end):
    result = preschool.stage_end(age_months=age)
    assert (result.value, result.trace.rule) == (end, "stage_end")
    assert dict(result.trace.inputs) == {"age_months": str(age)}


def test_what_is_checked_at_the_start_of_the_year():
    young, older = (preschool.health_check(age_months=age) for age in (35, 36))
    assert young.value == ("weight", "height")
    assert older.value == ("weight", "height", "blood_pressure", "pulse", "eyesight")
    assert (young.trace.formula, older.trace.formula) == ("35 < 36", "36 >= 36")
    assert dict(older.trace.inputs) == {"age_months": "36"} and older.trace.rule == "health_check"
    assert explain(young)[0] == "Kiểm tra sức khoẻ đầu năm học: cân nặng, chiều cao."
    assert explain(older) == [
        "Kiểm tra sức khoẻ đầu năm học: cân nặng, chiều cao, huyết áp, nhịp tim, thị lực.",
        "Căn cứ: Điều 9 Thông tư liên tịch 13/2016/TTLT-BYT-BGDĐT.",
    ]


def test_stages_in_words():
    assert explain(preschool.stage_end(age_months=30)) == [
        "Đánh giá sự phát triển của trẻ cuối độ tuổi 36 tháng.",
        "Căn cứ: Chương trình giáo dục mầm non (Văn bản hợp nhất 01/VBHN-BGDĐT).",
    ]
    older = explain(preschool.stage_end(age_months=73))
    assert older[:2] == ["Chưa xác định được.", "Không có nhóm, lớp cho lứa tuổi này."]
    for rule in (preschool.stage_end, preschool.health_check):
        with pytest.raises(ValueError):
            rule(age_months=-1)
