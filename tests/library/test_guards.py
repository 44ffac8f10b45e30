"""Mass errors are found before they are saved; honest work is left alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.guards import Limits, inspect, is_stranger, lost_comma
from edu_records.testing import seed

ROWS = list(range(45))
COLUMNS = ["TX1", "TX2", "TX3", "TX4", "GK", "CK"]
STEPS = [str(number / 2).removesuffix(".0") for number in range(6, 21)]


def marks(column, seed_number, rows=ROWS):
    chance = random.Random(seed_number)
    return {(row, column): chance.choice(STEPS) for row in rows}


def codes(findings):
    return [(finding.code, finding.column, finding.other) for finding in findings]


def copied(values, source, target, step=0):
    return {
        (row, target): values[row + step, source] for row in ROWS if (row + step, source) in values
    }


@seed("P2.2.3b")
def test_the_midterm_pasted_into_the_final():
    before = marks("GK", 1)
    after = before | copied(before, "GK", "CK")
    (finding,) = inspect(ROWS, COLUMNS, before, after)
    assert (finding.code, finding.column, finding.other) == ("COLUMN_EQUAL", "CK", "GK")
    assert (finding.count, finding.of) == (45, 45)
    assert finding.cells[0] == (0, "CK")


def test_the_same_column_pasted_twice_at_once():
    new = marks("TX1", 2)
    after = new | copied(new, "TX1", "TX2")
    assert codes(inspect(ROWS, COLUMNS, {}, after)) == [("COLUMN_EQUAL", "TX2", "TX1")]


def test_a_block_pasted_one_column_to_the_right():
    before = marks("TX1", 3) | marks("TX2", 4)
    after = before | copied(before, "TX1", "TX2") | copied(before, "TX2", "TX3")
    found = codes(inspect(ROWS, COLUMNS, before, after))
    assert ("COLUMN_EQUAL", "TX2", "TX1") in found
    assert ("COLUMN_EQUAL", "TX3", "TX2") in found


def test_two_columns_change_places():
    before = marks("GK", 5) | marks("CK", 6)
    after = copied(before, "GK", "CK") | copied(before, "CK", "GK")
    found = codes(inspect(ROWS, COLUMNS, before, after))
    assert found[0] == ("COLUMN_SWAP", "GK", "CK")
    assert "COLUMN_EQUAL" not in [code for code, _column, _other in found]


@pytest.mark.parametrize(("step", "other"), [(-1, "above"), (1, "below")])
def test_everybody_gets_the_neighbours_mark(step, other):
    before = marks("TX1", 7)
    after = before | copied(before, "TX1", "TX1", step)
    assert ("ROW_SHIFT", "TX1", other) in codes(inspect(ROWS, COLUMNS, before, after))


def test_marks_of_another_class_in_the_same_order():
    other = marks("GK", 8)
    found = inspect(ROWS, COLUMNS, {}, dict(other), classes={"6B": other, "6C": marks("GK", 9)})
    assert codes(found) == [("OTHER_CLASS", "GK", "6B")]


def test_names_of_other_pupils():
    after = marks("TX1", 10)
    (finding,) = inspect(ROWS, COLUMNS, {}, after, strangers=[3, 4])
    assert (finding.code, finding.count, finding.of) == ("OTHER_PUPIL", 2, 45)
    assert {row for row, _column in finding.cells} == {3, 4}


def test_a_filled_column_is_rewritten():
    before = marks("TX1", 11)
    after = before | marks("TX1", 12)
    found = {finding.code: finding for finding in inspect(ROWS, COLUMNS, before, after)}
    assert set(found) == {"MUCH_CHANGED", "BULK_CHANGE"}
    assert found["MUCH_CHANGED"].of == 45
    cleared = inspect(ROWS, COLUMNS, before, {})
    assert [finding.code for finding in cleared] == ["MUCH_CHANGED", "BULK_CHANGE"]


def test_limits_are_the_schools():
    before = marks("TX1", 13)
    after = before | {(row, "TX1"): "1" for row in range(5)}
    assert not inspect(ROWS, COLUMNS, before, after)
    assert codes(inspect(ROWS, COLUMNS, before, after, Limits(bulk=5))) == [("BULK_CHANGE", "", "")]
    strict = Limits(rows=5, changed_share=10)
    assert codes(inspect(ROWS, COLUMNS, before, after, strict)) == [("MUCH_CHANGED", "TX1", "")]


@pytest.mark.parametrize("value", ["8", "Đ"])
def test_a_class_with_one_mark_proves_nothing(value):
    before = {(row, "GK"): value for row in ROWS}
    after = before | {(row, "CK"): value for row in ROWS}
    assert not inspect(ROWS, COLUMNS, before, after)


def test_two_of_three_levels_prove_nothing():
    before = {(row, "GK"): "Đ" if row % 4 else "CĐ" for row in ROWS}
    assert not inspect(ROWS, COLUMNS, before, before | copied(before, "GK", "CK"))


@given(number=st.integers(0, 10_000))
def test_honest_columns_are_left_alone(number):
    before = marks("TX1", number) | marks("GK", number + 20_000)
    after = before | marks("CK", number + 40_000)
    assert not inspect(ROWS, COLUMNS, before, after)


@given(number=st.integers(0, 10_000), rows=st.integers(6, 45), wrong=st.integers(0, 1))
def test_a_copied_column_is_found_however_long(number, rows, wrong):
    """From six pupils on, also when one of them was corrected by hand."""
    before = marks("GK", number)
    column = {(row, "CK"): before[row, "GK"] for row in ROWS[:rows]}
    if wrong and rows > 6:
        column[0, "CK"] = "0"
    if len(set(column.values()) - {"0"}) < 3:
        return
    assert ("COLUMN_EQUAL", "CK", "GK") in codes(inspect(ROWS, COLUMNS, before, before | column))


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("Nguyễn Thị Ánh", False),
        ("NGUYEN THI  ANH", False),
        ("Nguyễn Thị Anh Thư", True),
        ("3812600101", False),
        ("3812600108", True),
        ("", False),
        ("  ", False),
    ],
)
def test_whose_name_is_it(pasted, expected):
    assert is_stranger(pasted, "Nguyễn Thị Ánh", "3812600101") is expected


def test_a_code_says_nothing_about_a_pupil_without_one():
    assert not is_stranger("3812600101", "Nguyễn Thị Ánh", "")


@seed("P2.2.3b")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("85", "8.5"),
        ("75", "7.5"),
        ("90", "9"),
        ("100", "10"),
        ("10", None),
        ("9", None),
        ("05", None),
        ("855", None),
        ("8,5", None),
        ("٨٥", None),
        ("", None),
    ],
)
def test_a_lost_comma_is_suggested_only(typed, meant):
    assert lost_comma(typed) == meant


def test_letters_of_a_short_scale_coincide_without_a_mistake():
    """Qualities of primary: T, Đ, C in fifteen columns of which many are alike."""
    chance = random.Random(7)
    letters = {row: chance.choice("TĐC") for row in ROWS}
    after = {(row, column): letter for row, letter in letters.items() for column in COLUMNS[:2]}
    assert codes(inspect(ROWS, COLUMNS, {}, after)) == []
