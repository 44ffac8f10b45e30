"""Every open question is a setting: its default is what the functions do, its choices change it."""

import inspect
from dataclasses import FrozenInstanceError, fields

import pytest

from edu_records import rules
from edu_records.rules import SETTINGS, tt22, tt43
from edu_records.rules.curriculum import TRAITS, subjects_of
from edu_records.rules.policy import check_choice
from edu_records.testing import seed

STUDY = {f"S{number}": "8.0" for number in range(1, 9)}


def study(scores, comments=None, **policy):
    return tt22.study_level(scores=scores, comments=comments or {}, **policy).value[:2]


def function(path):
    module, name = path.split(".")
    return getattr(getattr(rules, module), name)


@pytest.mark.parametrize("name", SETTINGS)
@seed("P4.1.6")
def test_a_setting_is_a_keyword_with_its_default(name):
    setting = SETTINGS[name]
    assert setting.name == name and setting.question and len(set(setting.choices)) > 1
    for path in setting.rules:
        assert inspect.signature(function(path)).parameters[name].default == setting.default


@pytest.mark.parametrize("name", SETTINGS)
def test_a_choice_that_is_none_is_refused(name):
    for choice in SETTINGS[name].choices:
        check_choice(**{name: choice})
    for wrong in ("guess", None, 1, 0):
        with pytest.raises(ValueError, match=name):
            check_choice(**{name: wrong})


CALLS = {
    "study_level": {"scores": STUDY, "comments": {}},
    "title": {"scope": "year", "conduct": "TOT", "study": "TOT", "scores": []},
    "promotion": {"conduct": "TOT", "study": "TOT", "absent": 0},
    "retest_level": {"scores": STUDY, "comments": {}, "retest": {}},
    "missing_assessment": {"assess": "score", "mark": "TX", "excused": True, "closed": True},
    "semester_average": {"required_tx": 0, "tx": [], "gk": "8", "ck": "8"},
    "regular_count": {"periods": 70, "assess": "score"},
    "year_average": {"hk1": "8", "hk2": "8"},
    "conduct_year": {"hk1": "TOT", "hk2": "TOT"},
    "absences": {"missed": []},
    "test_total": {"points": [8]},
    "overall_average": {"scores": STUDY},
    "counting_score": {"first": 8, "retest": None, "approved": False},
    "subject_level": {"levels": {"AN": "T"}},
    "year_end_level": {"grade": 5, "levels": {}, "traits": {}, "scores": {}},
    "completion": {"grade": 5, "level": "HT"},
    "class_group": {"dob": "2023-01-01", "year": 2026},
    "classify": {"indicator": "WFA", "z": "0", "age_months": 48},
}


@pytest.mark.parametrize(
    ("path", "name"),
    [(path, name) for name, setting in SETTINGS.items() for path in setting.rules],
)
def test_a_rule_refuses_what_is_no_choice_and_records_what_is(path, name):
    rule, case = function(path), CALLS[path.split(".")[1]]
    with pytest.raises(ValueError, match=name):
        rule(**case, **{name: "guess"})
    answer = rule(**case)
    if name not in ("topic_mark", "topic_semester"):
        words = {True: "yes", False: "no"}
        default = SETTINGS[name].default
        assert dict(answer.trace.inputs)[name] == words.get(default, default)


# -- what each choice does


def test_rounding():
    marks = {"required_tx": 3, "gk": "8.5", "ck": "8"}
    for tx, up, even in ((["8", "8", "9"], "8.3", "8.2"), (["8", "8", "9.8"], "8.4", "8.4")):
        average = tt22.semester_average(**marks, tx=tx).value
        assert (average, tt22.semester_average(**marks, tx=tx, rounding="half_even").value) == (
            up,
            even,
        )
    year = tt22.year_average(hk1="8.2", hk2="9.1", rounding="half_even")
    assert year.value == "8.8" and dict(year.trace.inputs)["rounding"] == "half_even"


def test_the_mark_of_a_topic_cluster():
    case = {"required_tx": 3, "tx": ["8", "8"], "gk": "8", "ck": "8", "topic": "8"}
    assert tt22.semester_average(**case).value is None
    inside = tt22.semester_average(**case, topic_mark="inside")
    assert inside.value == "8.0" and dict(inside.trace.inputs)["topic_mark"] == "inside"
    case["tx"] = ["8"]
    assert tt22.semester_average(**case, topic_mark="inside").value is None
    case |= {"topic": None, "tx": ["8", "8"]}
    assert tt22.semester_average(**case, topic_mark="inside").value is None


def test_regular_marks_due_with_a_topic_cluster():
    def count(semester, **policy):
        case = {"periods": 70, "assess": "score", "topic": True, "semester": semester}
        return tt22.regular_count(**case, **policy)

    assert (count("HK1"), count("HK2")) == (3, 4)
    assert (count("HK1", topic_semester="HK1"), count("HK2", topic_semester="HK1")) == (4, 3)
    assert (count("HK1", topic_mark="inside"), count("HK2", topic_mark="inside")) == (3, 3)
    assert tt22.regular_count(periods=70, assess="comment", topic=True, semester="HK2") == 2
    assert tt22.regular_count(periods=70, assess="score", semester="HK2") == 3
    for semester in (None, "CN"):
        with pytest.raises(ValueError):
            count(semester)
    with pytest.raises(ValueError):
        tt22.regular_count(periods=70, assess="T")


@pytest.mark.parametrize(("only", "value"), [("HK1", "7.0"), ("HK2", "9.0"), (None, "8.3")])
def test_a_subject_of_one_semester(only, value):
    assert tt22.year_average(hk1="7.0", hk2="9.0", only=only).value == value
    missing = {"hk1": None, "hk2": None}
    assert tt22.year_average(**missing, only=only).trace.formula == "a semester is missing"
    with pytest.raises(ValueError):
        tt22.year_average(hk1="7.0", hk2="9.0", only="CN")


def test_a_pupil_who_arrived_in_semester_2():
    late = {"hk1": None, "hk2": "9", "arrival": "hk2_only"}
    average = tt22.year_average(**late)
    assert (average.value, average.trace.formula) == ("9.0", "HK2 only")
    assert tt22.year_average(hk1=None, hk2="9").value is None
    assert tt22.year_average(**{**late, "hk2": None}).value is None
    assert tt22.year_average(hk1="9", hk2=None, arrival="hk2_only").value is None
    assert tt22.year_average(hk1="6", hk2="9", arrival="hk2_only").value == "8.0"
    conduct = tt22.conduct_year(hk1=None, hk2="KHA", arrival="hk2_only")
    assert (conduct.value, conduct.trace.formula) == ("KHA", "HK2 only")
    nothing = tt22.conduct_year(hk1=None, hk2=None, arrival="hk2_only")
    assert (nothing.value, nothing.trace.formula) == (None, "a semester is missing")
    assert tt22.conduct_year(hk1="CHUA_DAT", hk2="TOT", arrival="hk2_only").value == "KHA"
    assert tt22.conduct_year(hk1="CHUA_DAT", hk2=None, arrival="hk2_only").value is None


@pytest.mark.parametrize(
    ("assess", "mark", "excused", "closed", "recorded"),
    [
        ("score", "GK", True, False, None),
        ("score", "GK", True, True, "0"),
        ("score", "CK", False, False, "0"),
        ("comment", "CK", False, True, "CĐ"),
        ("comment", "GK", True, False, None),
        ("score", "TX", False, False, "0"),
        ("comment", "TX", True, True, "CĐ"),
    ],
)
@seed("R7.1a", "P4.1.4")
def test_assessments_that_were_missed(assess, mark, excused, closed, recorded):
    case = {"assess": assess, "mark": mark, "excused": excused, "closed": closed}
    assert tt22.missing_assessment(**case).value == recorded
    assert tt43.missing_assessment(**case).value == recorded
    periodic = tt22.missing_assessment(**case, zero_regular=False).value
    assert periodic == (None if mark == "TX" else recorded)


@pytest.mark.parametrize("change", [{"mark": "HK"}, {"assess": "T"}])
def test_missed_assessments_are_of_a_kind(change):
    with pytest.raises(ValueError):
        tt22.missing_assessment(
            **{"assess": "score", "mark": "TX", "excused": True, "closed": True, **change}
        )


def test_adjusting_a_list_that_is_only_just_long_enough():
    five = {f"S{number}": "9.0" for number in range(4)} | {"S4": "4.0"}
    level = tt43.study_level
    assert level(scores=five, comments={}).value[:2] == ("CHUA_DAT", "DAT")
    kept = level(scores=five, comments={}, adjust_least="kept").value
    assert kept[:2] == ("CHUA_DAT", "CHUA_DAT")
    # a comment subject that is left out, or 10.0 for a scored one, leaves the list as long as it is
    short = dict(list(STUDY.items())[:5])
    assert study(short, {"C": "CĐ"}, adjust_mode="substitute") == ("CHUA_DAT", "CHUA_DAT")
    assert study(short, {"C": "CĐ"}, adjust_least="kept") == ("CHUA_DAT", "CHUA_DAT")


def test_fewer_subjects_than_have_to_reach_a_mark():
    five = dict(list(STUDY.items())[:5])
    assert study(five, adjust_least="kept") == ("CHUA_DAT", "CHUA_DAT")
    assert study(five, lower_least=True) == ("TOT", "TOT")
    assert study({**five, "S5": "7.9"}, lower_least=True)[0] == "KHA"
    assert study(STUDY | {"S8": "6.5", "S7": "6.5"}, lower_least=True)[0] == "TOT"
    case = {"scope": "year", "conduct": "TOT", "study": "TOT", "scores": ["9.0"] * 5}
    assert tt22.title(**case).value == "HS_GIOI"
    lowered = tt22.title(**case, lower_least=True)
    assert lowered.value == "HS_XUAT_SAC"
    assert lowered.trace.steps == ((">= 9.0", "5 of 5"),)
    case["scores"] = ["9.0"] * 5 + ["8.9"]
    assert tt22.title(**case, lower_least=True).value == "HS_GIOI"


def test_electives():
    taken = STUDY | {"NN2": "4.9"}
    elected = {"electives": ["NN2"]}
    assert study(taken, **elected) == ("DAT", "KHA")
    assert study(taken, **elected, count_electives=False) == ("TOT", "TOT")
    assert study(taken, count_electives=False) == ("DAT", "KHA")
    comments = {"DTTS": "CĐ"}
    case = {"electives": ["DTTS"], "count_electives": False}
    assert study(STUDY, comments, **case) == ("TOT", "TOT")
    year = {"scope": "year", "conduct": "TOT", "study": "TOT"}
    nine = {f"S{number}": "9.0" for number in range(5)} | {"NN2": "9.0"}
    assert tt22.title(**year, scores=nine, **elected).value == "HS_XUAT_SAC"
    assert tt22.title(**year, scores=nine, **elected, count_electives=False).value == "HS_GIOI"
    trace = tt22.study_level(scores=taken, comments={}, **elected).trace
    assert dict(trace.inputs)["electives"] == "NN2"


def test_activities():
    seven = dict(list(STUDY.items())[:7])
    case = {"scores": seven, "comments": {}, "activities": {"HĐTN": "CĐ"}}
    assert tt43.study_level(**case).value == ("TOT", "TOT", None)
    assert tt43.study_level(**case, count_activities=True).value == ("DAT", "KHA", "HĐTN")
    assert tt43.study_level(scores=seven, comments={}, count_activities=True).value[0] == "TOT"
    assert dict(tt43.study_level(**case).trace.inputs)["activities"] == "HĐTN CĐ"
    assert "activities" not in dict(tt43.study_level(scores=seven, comments={}).trace.inputs)


@pytest.mark.parametrize(
    ("after", "decision"),
    [
        ((None, None), "REN_LUYEN_HE"),
        (("CHUA_DAT", None), "O_LAI_LOP"),
        (("DAT", None), "KIEM_TRA_LAI"),
        (("DAT", "CHUA_DAT"), "O_LAI_LOP"),
        (("DAT", "DAT"), "LEN_LOP"),
    ],
)
def test_both_failed(after, decision):
    year = {"conduct": "CHUA_DAT", "study": "CHUA_DAT", "absent": 45}
    year |= {"conduct_after": after[0], "study_after": after[1]}
    assert tt22.promotion(**year).value == "O_LAI_LOP"
    assert tt22.promotion(**year, both_failed="train_first").value == decision


YEAR = {f"S{number}": "8.0" for number in range(6)} | {"S6": "3.0", "S7": "4.0"}


def retested(retest, comments=None, **policy):
    case = {"scores": YEAR, "comments": comments or {}, "retest": retest}
    return tt22.retest_level(**case, **policy)


def test_reassessing_some_or_all():
    assert retested({"S6": "5.0"}).value.final == "DAT"
    missing = retested({"S6": "5.0"}, retest_choice="all")
    assert missing.value == (None, None, None)
    assert dict(missing.trace.steps) == {"missing": "S7"}
    assert retested({"S6": "5.0", "S7": "5.0"}, retest_choice="all").value.final == "KHA"
    comments = {"C1": "CĐ"}
    assert retested({"S6": "5.0", "S7": "5.0"}, comments, retest_choice="all").value.final is None


def test_a_worse_reassessment():
    worse = {"S6": "6.0", "S7": "3.0"}
    assert retested(worse).value.base == "CHUA_DAT"
    assert retested(worse, retest_worse="keep_better").value.base == "DAT"
    assert retested({"S6": "10.0"}, retest_worse="keep_better").value.base == "DAT"
    assert retested({"S6": None}, retest_worse="keep_better").value.base is None
    comments = {"C1": "Đ", "C2": "CĐ"}
    new = {"S6": "8.0", "S7": "8.0", "C1": "CĐ", "C2": "CĐ"}
    assert retested(new, comments).value.base == "CHUA_DAT"
    assert retested(new, comments, retest_worse="keep_better").value.base == "DAT"
    new |= {"C2": "Đ"}
    assert retested(new, comments, retest_worse="keep_better").value.base == "TOT"


def test_the_policy_of_the_year_holds_for_its_reassessment():
    comments = {"C1": "CĐ"}
    new = {"S6": "8.0", "S7": "8.0"}
    assert retested(new, comments).value.final == "KHA"
    result = retested(new, comments, adjust_comment_subjects=False)
    assert result.value.final == "DAT"
    assert dict(result.trace.inputs)["adjust_comment_subjects"] == "no"


def test_absences_of_a_day():
    missed = [("2026-10-05", "chiều"), ("2026-10-05", "sáng"), ("2026-10-06", "sáng")]
    result = tt22.absences(missed=[*missed, missed[0]])
    assert (result.value, result.trace.steps) == (2, (("sessions", "3"), ("days", "2")))
    assert dict(result.trace.inputs)["missed"].startswith("2026-10-05 chiều, 2026-10-05 sáng")
    assert tt22.absences(missed=missed, absence_unit="session").value == 3
    assert tt22.absences(missed=[]).value == 0


def test_what_everybody_shares_cannot_be_changed():
    shared = [
        SETTINGS["rounding"],
        TRAITS["yeu_nuoc"],
        subjects_of(1)["TV"],
        tt22.year_average.__self__,
        tt22.year_average(hk1="8", hk2="8"),
        tt22.year_average(hk1="8", hk2="8").trace,
    ]
    for each in shared:
        name = fields(each)[0].name
        with pytest.raises(FrozenInstanceError):
            setattr(each, name, None)
