from decimal import Decimal

import pytest

from edu_records.rules import MarkError, comment_token, mark_token
from edu_records.rules.marks import in_tenths
from edu_records.testing import seed


@pytest.mark.parametrize(
    ("typed", "token"),
    [
        ("8,5", "8.5"),
        ("8.5", "8.5"),
        ("8", "8"),
        ("8,0", "8"),
        ("0", "0"),
        ("0.1", "0.1"),
        ("10", "10"),
        ("10,0", "10"),
        (" 7 ", "7"),
    ],
)
@seed("P2.2.3b")
def test_a_typed_mark_has_one_token(typed, token):
    assert mark_token(typed) == token
    assert mark_token(token) == token


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("8.55", "TWO_DECIMALS"),
        ("8,50", "TWO_DECIMALS"),
        ("85", "OUT_OF_RANGE"),
        ("-1", "OUT_OF_RANGE"),
        ("-0", "OUT_OF_RANGE"),
        ("10.5", "OUT_OF_RANGE"),
        ("11", "OUT_OF_RANGE"),
        ("9" * 5000, "OUT_OF_RANGE"),
        ("abc", "NOT_A_MARK"),
        ("", "NOT_A_MARK"),
        ("08", "NOT_A_MARK"),
        ("8.", "NOT_A_MARK"),
        (",5", "NOT_A_MARK"),
        ("+8", "NOT_A_MARK"),
        ("8 5", "NOT_A_MARK"),
        ("1e1", "NOT_A_MARK"),
        ("\uff18", "NOT_A_MARK"),
        ("\u0668", "NOT_A_MARK"),
        ("Đ", "NOT_A_MARK"),
    ],
)
@seed("P2.2.3b")
def test_a_refused_mark_says_why(typed, code):
    with pytest.raises(MarkError) as refusal:
        mark_token(typed)
    assert (refusal.value.code, refusal.value.typed) == (code, typed)
    assert str(refusal.value).startswith(f"{typed!r} ")


@pytest.mark.parametrize("typed", ["Đ", "đ", "D", "d", " đ", "\u00d0", "\u00f0"])
def test_passed(typed):
    assert comment_token(typed) == "Đ"


@pytest.mark.parametrize("typed", ["CĐ", "cđ", "Cđ", "CD", "cd"])
def test_failed(typed):
    assert comment_token(typed) == "CĐ"


@pytest.mark.parametrize("typed", ["", "8", "C", "ĐC", "T", "CĐĐ"])
def test_no_comment_result(typed):
    with pytest.raises(MarkError) as refusal:
        comment_token(typed)
    assert refusal.value.code == "NOT_A_COMMENT"


@pytest.mark.parametrize("typed", [8.5, 8, None])
@pytest.mark.parametrize("token", [mark_token, comment_token])
def test_only_text_is_typed(token, typed):
    with pytest.raises(TypeError):
        token(typed)


def read(score):
    try:
        return in_tenths(score)
    except (MarkError, TypeError) as error:
        return getattr(error, "code", type(error).__name__)


def test_a_score_is_read_exactly():
    for tenths in range(101):
        whole, tenth = divmod(tenths, 10)
        texts = [f"{whole}.{tenth}", *([f"{whole}"] if not tenth else [])]
        numbers = [Decimal(tenths) / 10, Decimal(tenths).scaleb(-1), Decimal(f"{whole}.{tenth}00")]
        assert {read(score) for score in (*texts, *numbers)} == {tenths}
    assert in_tenths(None) is None
    assert (read(Decimal("1E+1")), read(Decimal("0E+2"))) == (100, 0)


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ("10.1", "OUT_OF_RANGE"),
        ("11", "OUT_OF_RANGE"),
        ("-1", "OUT_OF_RANGE"),
        (Decimal("-0"), "OUT_OF_RANGE"),
        (Decimal("10.1"), "OUT_OF_RANGE"),
        ("8.50", "TWO_DECIMALS"),
        (Decimal("8.25"), "TWO_DECIMALS"),
        ("8,5", "NOT_A_MARK"),  # typed so, but not written so
        (" 8", "NOT_A_MARK"),
        ("08", "NOT_A_MARK"),
        ("8.", "NOT_A_MARK"),
        ("\uff18", "NOT_A_MARK"),
        ("", "NOT_A_MARK"),
        (Decimal("NaN"), "NOT_A_MARK"),
        (Decimal("Infinity"), "NOT_A_MARK"),
        (8, "TypeError"),
        (8.5, "TypeError"),
        (True, "TypeError"),
    ],
)
def test_a_score_that_is_none_is_refused(score, code):
    assert read(score) == code
