from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.rules import LEVELS, tt22, tt43, tt58
from edu_records.testing import seed

AVERAGES = st.integers(0, 100).map(lambda tenths: str(Decimal(tenths) / 10))


def named(*scores):
    return {f"S{number}": score for number, score in enumerate(scores, start=1)}


def levels(rules, scores, comments=("Đ", "Đ"), **policy):
    comments = {f"C{number}": result for number, result in enumerate(comments, start=1)}
    value = rules.study_level(scores=named(*scores), comments=comments, **policy).value
    return value.base, value.final, value.subject


@pytest.mark.parametrize(
    ("scores", "comments", "expected"),
    [
        (["8.0"] * 6 + ["6.5"] * 2, "Đ", ("TOT", "TOT", None)),
        (["8.0"] * 5 + ["7.9", "6.5", "6.5"], "Đ", ("KHA", "KHA", None)),
        (["8.0"] * 7 + ["6.4"], "Đ", ("KHA", "KHA", None)),
        (["8.0"] * 7 + ["5.0"], "Đ", ("KHA", "KHA", None)),
        (["8.0"] * 7 + ["4.9"], "Đ", ("DAT", "KHA", "S8")),
        (["8.0"] * 7 + ["3.5"], "Đ", ("DAT", "KHA", "S8")),
        (["8.0"] * 7 + ["3.4"], "Đ", ("CHUA_DAT", "DAT", "S8")),
        (["9.0"] * 6 + ["4.9"] * 2, "Đ", ("DAT", "DAT", None)),
        (["9.0"] * 6 + ["3.4"] * 2, "Đ", ("CHUA_DAT", "CHUA_DAT", None)),
        (["6.5"] * 6 + ["5.0", "3.4"], "Đ", ("CHUA_DAT", "DAT", "S8")),
        (["6.5"] * 6 + ["5.0", "4.9"], "Đ", ("DAT", "DAT", None)),
        (["6.5"] * 5 + ["6.4"] * 3, "Đ", ("DAT", "DAT", None)),
        (["5.0"] * 6 + ["3.5"] * 2, "Đ", ("DAT", "DAT", None)),
        (["5.0"] * 5 + ["4.9"] * 3, "Đ", ("CHUA_DAT", "CHUA_DAT", None)),
        (["5.0"] * 7 + ["3.4"], "Đ", ("CHUA_DAT", "CHUA_DAT", None)),
        (["8.0"] * 8, ["Đ", "CĐ"], ("DAT", "KHA", "C2")),
        (["6.5"] * 8, ["CĐ", "Đ"], ("DAT", "DAT", None)),
        (["9.0"] * 8, ["CĐ", "CĐ"], ("CHUA_DAT", "CHUA_DAT", None)),
        (["8.0"] * 7 + ["3.4"], ["CĐ"], ("CHUA_DAT", "CHUA_DAT", None)),
        (["8.0"] * 7 + [None], "Đ", (None, None, None)),
        (["8.0"] * 8, [None], (None, None, None)),
        ([], "Đ", (None, None, None)),
    ],
)
@seed("P4.1.4")
def test_study_level(scores, comments, expected):
    assert levels(tt22, scores, comments) == expected


def test_policies_of_the_adjustment():
    assert levels(tt22, ["8.0"] * 8, ["CĐ"], adjust_comment_subjects=False)[:2] == ("DAT", "DAT")
    scores = ["8.0"] * 5 + ["7.0", "7.0", "4.9"]
    assert levels(tt22, scores)[:2] == ("DAT", "DAT")
    assert levels(tt22, scores, adjust_mode="substitute") == ("DAT", "KHA", "S8")
    assert levels(tt22, ["8.0"] * 8, ["CĐ"], adjust_mode="substitute") == ("DAT", "KHA", "C1")
    with pytest.raises(ValueError):
        levels(tt22, scores, adjust_mode="guess")


def test_ten_in_place_of_a_score_that_reaches_a_limit_counts_once_only():
    scores = ["8.0"] * 5 + ["6.5", "4.9"]
    assert levels(tt22, scores, adjust_mode="substitute") == ("DAT", "KHA", "S7")
    scores = ["6.5"] * 5 + ["5.0", "3.4"]
    assert levels(tt22, scores, adjust_mode="substitute") == ("CHUA_DAT", "DAT", "S7")


def listed_level(scores, comments, least):
    """The table of Điều 9.2, read line by line."""
    for level, failed, lowest, reached in (
        ("TOT", 0, "6.5", "8.0"),
        ("KHA", 0, "5.0", "6.5"),
        ("DAT", 1, "3.5", "5.0"),
    ):
        enough = [score for score in scores if score >= Decimal(reached)]
        low = [score for score in scores if score < Decimal(lowest)]
        if comments.count("CĐ") <= failed and not low and len(enough) >= least:
            return level
    return "CHUA_DAT"


def listed(scores, comments, least, mode, kept):
    """Base, final and cause by making the list of every pupil without one of the subjects."""
    base = listed_level(scores, comments, least)
    best, cause = base, None
    for place in range(len(scores)):
        others = scores[:place] + scores[place + 1 :]
        needed = least if kept or mode == "substitute" else min(least, len(others))
        others += [10] if mode == "substitute" else []
        without = listed_level(others, comments, needed)
        if LEVELS.index(without) > LEVELS.index(best):
            best, cause = without, f"S{place + 1}"
    for place in range(len(comments)):
        without = listed_level(scores, comments[:place] + comments[place + 1 :], least)
        if LEVELS.index(without) > LEVELS.index(best):
            best, cause = without, f"C{place + 1}"
    if best in ("TOT", "KHA") and LEVELS.index(best) - LEVELS.index(base) >= 2:
        return base, LEVELS[LEVELS.index(base) + 1], cause
    return base, base, None


LIMITS = st.sampled_from(["0", "3.4", "3.5", "4.9", "5.0", "6.4", "6.5", "7.9", "8.0", "10"])


@given(
    st.lists(LIMITS, min_size=1, max_size=3),
    st.lists(st.sampled_from(["5.0", "6.5", "8.0"]), max_size=7),
    st.sampled_from([("Đ", "Đ"), ("Đ", "CĐ"), ("CĐ", "CĐ"), ()]),
    st.sampled_from([(tt22, 6), (tt43, 5)]),
    st.sampled_from(["neutralise", "substitute"]),
    st.sampled_from(["lowered", "kept"]),
)
def test_counting_decides_as_making_lists_does(some, rest, comments, circular, mode, adjust_least):
    rules, least = circular
    scores = some + rest
    found = levels(rules, scores, comments, adjust_mode=mode, adjust_least=adjust_least)
    plain = [Decimal(score) for score in scores]
    assert found == listed(plain, list(comments), least, mode, adjust_least == "kept")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        (["8.0"] * 5 + ["6.5"] * 2, ("TOT", "TOT", None)),
        (["5.0"] * 5 + ["3.5"] * 2, ("DAT", "DAT", None)),
        (["9.0"] * 4 + ["7.9"], ("KHA", "KHA", None)),
        (["9.0"] * 4 + ["4.0"], ("CHUA_DAT", "DAT", "S5")),
        (["5.0"] * 4 + ["4.9"], ("CHUA_DAT", "CHUA_DAT", None)),
    ],
)
@seed("P4.1.5")
def test_study_level_of_continuing_education(scores, expected):
    assert levels(tt43, scores, ()) == expected


@seed("P4.1.5")
def test_five_subjects_are_enough_in_continuing_education_only():
    scores = ["8.0"] * 5 + ["6.5"] * 3
    assert levels(tt43, scores)[0] == "TOT"
    assert levels(tt22, scores)[0] == "KHA"


def test_fewer_scored_subjects_than_required_are_named():
    result = tt22.study_level(scores=named(*["8.0"] * 5), comments={})
    assert result.value.base == "CHUA_DAT"
    assert ("fewer scored subjects than required", "5 of 6") in result.trace.steps


def test_a_subject_is_scored_or_commented():
    with pytest.raises(ValueError):
        tt22.study_level(scores={"GDTC": "8.0"}, comments={"GDTC": "Đ"})


@given(
    st.lists(AVERAGES, min_size=5, max_size=9),
    st.lists(st.sampled_from(["Đ", "CĐ"]), max_size=4),
    st.sampled_from([tt22, tt43]),
    st.sampled_from(["neutralise", "substitute"]),
)
def test_the_adjustment_is_one_step_and_never_to_tot(scores, comments, rules, mode):
    base, final, subject = levels(rules, scores, comments, adjust_mode=mode)
    step = LEVELS.index(final) - LEVELS.index(base)
    assert step == (0 if subject is None else 1)
    assert subject is None or final in ("DAT", "KHA")


@given(st.lists(st.sampled_from(["3.0", "4.9", "6.0", "7.9", "9.0"]), min_size=8, max_size=8))
def test_the_level_does_not_depend_on_the_order_of_subjects(scores):
    assert levels(tt22, scores)[:2] == levels(tt22, sorted(scores))[:2]


@pytest.mark.parametrize(
    ("hk2", "years"),
    [
        ("TOT", ["TOT", "TOT", "KHA", "KHA"]),
        ("KHA", ["KHA", "KHA", "KHA", "DAT"]),
        ("DAT", ["KHA", "DAT", "DAT", "DAT"]),
        ("CHUA_DAT", ["CHUA_DAT"] * 4),
        (None, [None] * 4),
    ],
)
@seed("R6.3")
def test_conduct_year(hk2, years):
    firsts = ("TOT", "KHA", "DAT", "CHUA_DAT")
    assert [tt22.conduct_year(hk1=hk1, hk2=hk2).value for hk1 in firsts] == years
    assert tt22.conduct_year(hk1=None, hk2=hk2).value is None


def test_conduct_of_the_old_scheme_is_refused():
    with pytest.raises(ValueError):
        tt22.conduct_year(hk1="T", hk2="TOT")


def old_levels(main, others, comments=("Đ",)):
    value = tt58.study_level(
        main=dict(zip(("TOAN", "VAN", "NN"), main, strict=True)),
        others=named(*others),
        comments={f"C{number}": result for number, result in enumerate(comments)},
    ).value
    return value.base, value.final


@pytest.mark.parametrize(
    ("main", "others", "comments", "expected"),
    [
        (["8.5", "7.5", "8.2"], ["8.2"] * 8, ["Đ"], ("G", "G")),
        (["7.9", "7.9", "7.9"], ["9.0"] * 8, ["Đ"], ("K", "K")),  # no main subject at 8.0
        (["9.0"] * 3, ["9.0"] * 7 + ["4.9"], ["Đ"], ("Tb", "K")),
        (["9.0"] * 3, ["9.0"] * 7 + ["3.4"], ["Đ"], ("Y", "Tb")),
        (["7.5", "7.0", "7.0"], ["7.0"] * 7 + ["3.4"], ["Đ"], ("Y", "Tb")),
        (["7.5", "7.0", "7.0"], ["7.0"] * 7 + ["1.9"], ["Đ"], ("Kem", "Y")),
        (["7.5", "7.0", "7.0"], ["7.0"] * 7 + ["4.9"], ["Đ"], ("Tb", "Tb")),  # one step only
        (["9.0"] * 3, ["9.0"] * 6 + ["4.9", "4.9"], ["Đ"], ("Tb", "Tb")),  # two causes
        (["9.0"] * 3, ["9.0"] * 8, ["CĐ"], ("Y", "Tb")),
        (["9.0"] * 3, ["9.0"] * 7 + [None], ["Đ"], (None, None)),
    ],
)
def test_old_study_level(main, others, comments, expected):
    assert old_levels(main, others, comments) == expected


@pytest.mark.parametrize(
    ("passed", "total", "final", "result"),
    [(4, 6, "Đ", "Đ"), (5, 6, "CĐ", "CĐ"), (3, 5, "Đ", "CĐ"), (2, 3, None, None)],
)
def test_old_comment_semester(passed, total, final, result):
    assert tt58.comment_semester(passed=passed, total=total, final=final).value == result


@pytest.mark.parametrize(
    ("main", "others", "level"),
    [
        (["8.0"] * 3, ["8.0"] * 4 + ["9.5", "6.5"], "G"),  # mean, main and lowest as low as may be
        (["8.0"] * 3, ["7.8"] * 3, "K"),  # mean 7.9
        (["9.0"] * 3, ["9.0"] * 4 + ["6.4"], "K"),
        (["6.5"] * 3, ["6.5", "6.5", "8.0", "5.0"], "K"),
        (["6.5"] * 3, ["6.3"] * 3, "Tb"),  # mean 6.4
        (["6.4"] * 3, ["8.0"] * 5, "Tb"),
        (["5.0"] * 3, ["5.0", "6.5", "3.5"], "Tb"),
        (["5.0"] * 3, ["4.8"] * 3, "Y"),  # mean 4.9
        (["4.9"] * 3, ["8.0"] * 3, "Y"),
        (["3.5"] * 3, ["3.5", "5.0", "2.0"], "Y"),
        (["3.5"] * 3, ["3.3"] * 3, "Kem"),  # mean 3.4
    ],
)
def test_old_levels_at_their_limits(main, others, level):
    assert old_levels(main, others) == (level, level)


def test_old_adjustment_is_for_one_subject_and_named():
    assert old_levels(["9.0"] * 3, ["9.0"] * 8, ["CĐ", "CĐ"]) == ("Y", "Y")
    main, others = {"TOAN": "9.0"}, named(*["9.0"] * 7, "4.9")
    adjusted = tt58.study_level(main=main, others=others, comments={})
    assert adjusted.trace.formula == "Tb → K (S8)" and adjusted.value.subject == "S8"
    assert tt58.study_level(main=main, others={}, comments={}).trace.formula == "G"


@pytest.mark.parametrize(("passed", "total"), [(0, 0), (-1, 3), (4, 3)])
def test_old_comment_semester_of_impossible_counts(passed, total):
    with pytest.raises(ValueError):
        tt58.comment_semester(passed=passed, total=total, final="Đ")


def test_old_comment_semester_of_no_test_and_of_every_test():
    assert tt58.comment_semester(passed=0, total=3, final="CĐ").value == "CĐ"
    assert tt58.comment_semester(passed=1, total=1, final="Đ").value == "Đ"


def test_old_comment_results_are_official_tokens_only():
    with pytest.raises(ValueError):
        tt58.comment_semester(passed=1, total=1, final="D")


def test_old_comment_semester_says_how_many():
    formulas = [
        tt58.comment_semester(passed=passed, total=3, final="Đ").trace.formula for passed in (1, 2)
    ]
    assert formulas == ["1/3 < 2/3, final Đ", "2/3 >= 2/3, final Đ"]


@pytest.mark.parametrize("levels_given", [{"conduct": "G"}, {"study": "T"}])
def test_old_title_asks_for_levels_that_exist(levels_given):
    with pytest.raises(ValueError):
        tt58.title(scope="year", **{"conduct": "T", "study": "G", **levels_given})


def test_the_trace_counts_what_reaches_each_limit():
    scores = named("8.0", "7.9", "6.5", "6.4", "5.0", "4.9")
    trace = tt22.study_level(scores=scores, comments={}).trace
    assert trace.steps[1:4] == ((">= 8.0", "1"), (">= 6.5", "3"), (">= 5.0", "5"))
    assert trace.formula == "CHUA_DAT"
    assert "fewer scored subjects than required" not in dict(trace.steps)
    fewer = tt22.study_level(scores=named(*["8.0"] * 5), comments={}).trace
    assert dict(fewer.steps)["fewer scored subjects than required"] == "5 of 6"


def test_the_trace_names_the_subject_of_an_adjustment():
    trace = tt22.study_level(scores=named(*["8.0"] * 7, "4.9"), comments={}).trace
    assert trace.formula == "DAT → KHA (S8)"
    assert trace.steps[-2:] == (("without the subject", "S8: TOT"), ("final", "KHA"))


def test_the_steps_of_a_study_level():
    scores = named(*["8.0"] * 5, "4.9")
    trace = tt43.study_level(scores=scores, comments={"C1": "Đ"}).trace
    assert trace.steps == (
        ("required", "5"),
        (">= 8.0", "5"),
        (">= 6.5", "5"),
        (">= 5.0", "5"),
        ("lowest", "4.9"),
        ("CĐ", "0"),
        ("base", "DAT"),
        ("without the subject", "S6: TOT"),
        ("final", "KHA"),
    )
    failed = tt43.study_level(scores=named(*["8.0"] * 6), comments={"C1": "CĐ", "C2": "CĐ"})
    assert dict(failed.trace.steps)["CĐ"] == "2"


def test_the_steps_of_the_old_study_level():
    main, others = {"TOAN": "9.0", "VAN": "8.0"}, named(*["9.0"] * 6, "4.9")
    assert tt58.study_level(main=main, others=others, comments={}).trace.steps == (
        ("mean", "8.4"),
        ("best main subject", "9.0"),
        ("lowest", "4.9"),
        ("by mean and main subject", "G"),
        ("base", "Tb"),
        ("final", "K"),
    )


@pytest.mark.parametrize(
    "change", [{"others": {"TOAN": "9.0"}}, {"comments": {"TOAN": "Đ"}}, {"comments": {"C": "D"}}]
)
def test_old_subjects_are_named_once(change):
    with pytest.raises(ValueError):
        tt58.study_level(**{"main": {"TOAN": "9.0"}, "others": {}, "comments": {}, **change})


def test_the_best_of_substituted_scores_counts_as_ten():
    # without S6 only four of five reach 8.0; with 10.0 in its place all five do
    scores = named("8.0", "8.0", "8.0", "8.0", "7.0", "4.9")
    assert levels(tt43, scores.values(), ())[:2] == ("DAT", "DAT")
    assert levels(tt43, scores.values(), (), adjust_mode="substitute") == ("DAT", "KHA", "S6")
