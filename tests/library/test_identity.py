import pytest

from edu_records.identity import personal_id_conflicts, read_personal_id
from edu_records.testing import seed

NUMBER = "038314000001"


@seed("P3.1.1.2")
def test_what_a_number_says():
    found = read_personal_id(NUMBER)
    assert (found.place, found.gender, found.year) == ("038", "female", 2014)


@pytest.mark.parametrize(
    ("digit", "gender", "year"),
    [("0", "male", 1914), ("1", "female", 1914), ("2", "male", 2014), ("3", "female", 2014)]
    + [("4", "male", 2114), ("9", "female", 2314)],
)
def test_fourth_digit_is_century_and_sex(digit, gender, year):
    found = read_personal_id(f"038{digit}14000001")
    assert (found.gender, found.year) == (gender, year)


@pytest.mark.parametrize(
    "number", ["", "03831400000", "0383140000011", "03831400000a", "٠٣٨٣١٤٠٠٠٠٠١", " 38314000001"]
)
def test_only_twelve_digits_are_a_number(number):
    assert read_personal_id(number) is None
    assert personal_id_conflicts(number) == [("BAD_PERSONAL_ID", {"value": number})]


@seed("P3.1.1.2")
@pytest.mark.parametrize(
    ("gender", "birth_date", "codes"),
    [
        ("", "", []),
        ("female", "", []),
        ("", "2014-12-31", []),
        ("female", "2014-01-01", []),
        ("male", "2014-01-01", ["PERSONAL_ID_GENDER"]),
        ("female", "1914-01-01", ["PERSONAL_ID_YEAR"]),
        ("male", "2015-01-01", ["PERSONAL_ID_GENDER", "PERSONAL_ID_YEAR"]),
    ],
)
def test_contradictions_are_named(gender, birth_date, codes):
    found = personal_id_conflicts(NUMBER, gender, birth_date)
    assert [code for code, _params in found] == codes
    said = {"PERSONAL_ID_GENDER": "Nữ", "PERSONAL_ID_YEAR": "2014"}
    assert all(params == {"value": NUMBER, "said": said[code]} for code, params in found)
