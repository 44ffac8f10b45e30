"""What holds for every input: monotone rules, and an adjustment that does no more than it may."""

import string
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from edu_records.rules import LEVELS, tt22, tt27, tt43, tt58
from edu_records.rules.averages import half_up, rounded
from edu_records.rules.curriculum import TRAITS
from edu_records.testing import seed

TENTHS = st.one_of(st.integers(0, 100), st.sampled_from([34, 35, 49, 50, 64, 65, 79, 80, 90]))
SCHEMES = st.sampled_from([tt22, tt43])
COMMENTS = st.lists(st.sampled_from(["Đ", "CĐ"]), max_size=4)
OLD_LEVELS = ("Kem", "Y", "Tb", "K", "G")
BEST = {"T": 2, "H": 1, "D": 1, "C": 0}


def text(tenths):
    return str(Decimal(tenths) / 10)


def named(tenths):
    return {letter: text(each) for letter, each in zip(string.ascii_letters, tenths, strict=False)}


def results(comments):
    return {f"C{number}": result for number, result in enumerate(comments)}


def level(rules, tenths, comments, **policy):
    return rules.study_level(scores=named(tenths), comments=results(comments), **policy).value


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_rounding_against_whole_numbers(total, divisor):
    value = half_up(total, divisor)
    # value - 1/2 <= total / divisor < value + 1/2
    assert (2 * value - 1) * divisor <= 2 * total < (2 * value + 1) * divisor
    even = rounded(total, divisor, "half_even")
    assert even == value or (even == value - 1 and even % 2 == 0)
    assert rounded(total, divisor, "half_up") == value
    # as Python rounds an exact fraction
    assert even == round(total // divisor) if total % divisor == 0 else True


@given(st.lists(TENTHS, min_size=5, max_size=9), COMMENTS, SCHEMES, st.data())
@seed("R5.5.13")
def test_a_better_average_never_lowers_the_level(tenths, comments, rules, data):
    place = data.draw(st.integers(0, len(tenths) - 1))
    better = [*tenths]
    better[place] = data.draw(st.integers(tenths[place], 100))
    before, after = (level(rules, row, comments) for row in (tenths, better))
    assert LEVELS.index(after.base) >= LEVELS.index(before.base)


@given(st.lists(TENTHS, min_size=7, max_size=9), COMMENTS, SCHEMES)
def test_passing_a_comment_subject_never_lowers_the_level(tenths, comments, rules):
    before, after = (level(rules, tenths, row) for row in (comments, ["Đ"] * len(comments)))
    assert LEVELS.index(after.base) >= LEVELS.index(before.base)
    assert LEVELS.index(after.final) >= LEVELS.index(before.final)


@given(st.lists(TENTHS, min_size=6, max_size=9), COMMENTS, SCHEMES)
def test_two_bad_subjects_are_never_adjusted(tenths, comments, rules):
    low = sum(each < 50 for each in tenths) + comments.count("CĐ")
    value = level(rules, tenths, comments)
    if low >= 2:
        assert value.subject is None and value.final == value.base
    if value.subject is not None:
        assert LEVELS.index(value.final) == LEVELS.index(value.base) + 1
        assert value.final != "TOT"


@given(
    st.lists(TENTHS, min_size=1, max_size=3),
    st.lists(TENTHS, min_size=3, max_size=9),
    COMMENTS,
    st.data(),
)
def test_the_old_level_is_monotone_and_adjusted_by_one_subject(main, others, comments, data):
    def old(rows):
        mains = {f"M{number}": text(each) for number, each in enumerate(rows[: len(main)])}
        return tt58.study_level(
            main=mains, others=named(rows[len(main) :]), comments=results(comments)
        ).value

    tenths = [*main, *others]
    place = data.draw(st.integers(0, len(tenths) - 1))
    better = [*tenths]
    better[place] = data.draw(st.integers(tenths[place], 100))
    before, after = old(tenths), old(better)
    assert OLD_LEVELS.index(after.base) >= OLD_LEVELS.index(before.base)
    assert (before.subject is None) == (before.base == before.final)
    assert before.subject is None or before.final not in ("G", before.base)


@given(st.integers(1, 5), st.data())
@seed("P4.1.3")
def test_the_primary_year_is_monotone(grade, data):
    subjects = tt27.subjects(grade=grade)
    tested = [
        code for code in subjects if tt27.test_required(grade=grade, subject=code, period="CN")
    ]
    draw = data.draw
    year = {
        "levels": {code: draw(st.sampled_from("TTTTTTHC")) for code in subjects},
        "traits": {code: draw(st.sampled_from("TTTTTTTDC")) for code in TRAITS},
        "scores": {code: draw(st.integers(3, 10)) for code in tested},
    }
    part = draw(st.sampled_from(sorted(year)))
    code = draw(st.sampled_from(sorted(year[part])))
    old = year[part][code]
    if part == "scores":
        new = draw(st.integers(old, 10))
    else:
        middle = "H" if part == "levels" else "D"
        new = draw(
            st.sampled_from([step for step in ("C", middle, "T") if BEST[step] >= BEST[old]])
        )
    better = {**year, part: {**year[part], code: new}}
    before, after = (tt27.year_end_level(grade=grade, **case).value for case in (year, better))
    assert tt27.LEVELS.index(after) >= tt27.LEVELS.index(before)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_a_paper_is_rounded_once(quarters):
    quarters = [each % 5 for each in quarters]
    total = tt27.test_total
    if half_up(sum(quarters), 4) <= 10:
        points = [Decimal(each) / 4 for each in quarters]
        assert total(points=points).value == half_up(sum(quarters), 4)
