"""School weeks are counted as schools count them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edu_records.testing import seed
from edu_records.weeks import first_monday, school_weeks

FIRST, LAST = date(2026, 9, 5), date(2027, 5, 31)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@seed("R6.7.4")
def test_weeks_of_a_year_with_tet():
    weeks = school_weeks(FIRST, LAST, breaks=[date(2027, 2, 3), date(2027, 2, 10)])
    assert (weeks[0].monday, weeks[0].number) == (date(2026, 9, 7), 1)
    away = [week for week in weeks if not week.number]
    assert [week.monday for week in away] == [date(2027, 2, 1), date(2027, 2, 8)]
    assert [week.number for week in weeks if week.number] == list(range(1, len(weeks) - 1))
    assert weeks[-1].sunday == date(2027, 5, 30)


def test_a_year_that_begins_in_the_week_and_one_where_the_school_decided():
    assert first_monday(date(2024, 9, 5)) == date(2024, 9, 2)  # a Thursday
    assert first_monday(date(2025, 9, 5)) == date(2025, 9, 8)  # a Friday
    assert school_weeks(FIRST, LAST, start=date(2026, 8, 26))[0].monday == date(2026, 8, 24)
    assert school_weeks(LAST, FIRST) == []


@given(DAYS, st.integers(0, 400), st.lists(DAYS, max_size=5))
def test_every_week_follows_the_one_before(first, length, breaks):
    weeks = school_weeks(first, first + timedelta(days=length), breaks)
    assert all(week.monday.weekday() == 0 for week in weeks)
    assert [week.place for week in weeks] == list(range(1, len(weeks) + 1))
    for one, other in zip(weeks, weeks[1:], strict=False):
        assert other.monday - one.monday == timedelta(days=7)
    counted = [week.number for week in weeks if week.number]
    assert counted == list(range(1, len(counted) + 1))
    assert not weeks or abs((weeks[0].monday - first).days) <= 3
