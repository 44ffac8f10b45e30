"""A hash names a value: one text for equal values, different texts for different ones."""

import enum
import hashlib
import json
import string
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.canonical import canonical_json

VIETNAMESE = "AĂÂĐEÊIOÔƠUƯYaăâđeêioôơuưyẤầẮằẾềỐồỚờỨừẠỹỵ"
MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0327"
ODD = "\0\x01\t\n\r\x1b\x1f\x7f\x80\u2028\u2029\ufeff\ufffd\uffff\u212b\u1e9b\u0958\u1100\uac00"
PIECES = st.one_of(
    st.characters(),  # surrogates too
    st.sampled_from(string.digits + string.ascii_letters + "\"\\/.,-{}[]:<>&'"),
    st.sampled_from(VIETNAMESE),
    st.sampled_from(MARKS),
    st.sampled_from(ODD),
    st.sampled_from("\ud800\udbff\udc00\udfff\U00010000\U0001f600\U0010ffff"),
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.sampled_from(
        ["0", "8.5", "-1", "1e5", "NaN", "null", "true", "Infinity", "", "Nguyễn Văn Đ"]
    ),
    st.text("0123456789.,", max_size=6),
    st.lists(PIECES, max_size=6).map(lambda some: unicodedata.normalize("NFD", "".join(some))),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(10**30), 10**30), TEXTS)


def distinct(pairs):
    """A dict whose keys are different in NFC."""
    return {key: item for key, item in {nfc(key): (key, item) for key, item in pairs}.values()}


VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.lists(st.tuples(TEXTS, inner), max_size=4).map(distinct),
    ),
    max_leaves=20,
)


def nfc(text):
    return unicodedata.normalize("NFC", text)


def normalised(value):
    """The value with every text in NFC, as it is read back from JSON."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list | tuple):
        return [normalised(item) for item in value]
    if isinstance(value, dict):
        return {nfc(key): normalised(item) for key, item in value.items()}
    return value


def decomposed(value):
    """The value as another keyboard would have it: texts in NFD, keys the other way round."""
    if isinstance(value, str):
        return unicodedata.normalize("NFD", value)
    if isinstance(value, list | tuple):
        return tuple(decomposed(item) for item in value)
    if isinstance(value, dict):
        pairs = [(decomposed(key), decomposed(item)) for key, item in value.items()]
        return dict(reversed(pairs))
    return value


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text):
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def by_hand(value):
    """The canonical text without any JSON library: what an auditor's own program would write."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return f"{value:d}"
    if isinstance(value, str):
        return quoted(nfc(value))
    if isinstance(value, dict):
        items = sorted((nfc(key), by_hand(item)) for key, item in value.items())
        return "{" + ",".join(f"{quoted(key)}:{item}" for key, item in items) + "}"
    return "[" + ",".join(by_hand(item) for item in value) + "]"


def same(one, other):
    """Equal and of the same types: True is not 1 here."""
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(item, other[key]) for key, item in one.items())
        )
    return type(one) is type(other) and one == other


@given(VALUES)
def test_the_text_is_that_of_json_after_nfc(value):
    plain = json.dumps(normalised(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(value) == plain == by_hand(value)


@given(VALUES)
def test_nothing_is_lost_but_the_way_of_writing(value):
    assert same(json.loads(canonical_json(value)), normalised(value))


@given(VALUES)
def test_equal_values_have_one_text(value):
    assert canonical_json(decomposed(value)) == canonical_json(value)
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


@given(VALUES, VALUES)
def test_different_values_have_different_texts(one, other):
    equal = same(normalised(one), normalised(other))
    assert (canonical_json(one) == canonical_json(other)) == equal


@given(VALUES)
def test_the_value_itself_stays_as_it_is(value):
    before = repr(value)
    canonical_json(value)
    assert repr(value) == before


def test_the_bytes_are_these():
    value = {
        "Đ": ["8.5", 0, -1, True, False, None],
        "z": {"b": "Nguye\u0302\u0303n", "a": 'dòng 1\n"2"\\\t\x1f\x7f/'},
        "a": (),
        "e\u0323\u0302": {},
        "10": "\u2028\U0001f600",
        "9": 10**25,
    }
    text = canonical_json(value)
    assert text == (
        '{"10":"\u2028\U0001f600","9":10000000000000000000000000,"a":[],'
        '"z":{"a":"dòng 1\\n\\"2\\"\\\\\\t\\u001f\x7f/","b":"Nguy\u1ec5n"},'
        '"\u0110":["8.5",0,-1,true,false,null],"\u1ec7":{}}'
    )
    digest = "4951dbcda20622efcc1c30bc30b5b2dd5fc0d56087d9545002867769d6aa8a8d"
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_keys_are_sorted_by_code_point_after_nfc():
    keys = ["z", "Z", "é", "e\u0301a", "a", "", "10", "9", "\uffff", "\U00010000"]
    read = [*json.loads(canonical_json(dict.fromkeys(keys)))]
    assert read == ["", "10", "9", "Z", "a", "z", "é", "éa", "\uffff", "\U00010000"]


@pytest.mark.parametrize("keys", [("\u1ea5", "a\u0302\u0301"), ("\u212b", "\u00c5")])
def test_keys_that_are_one_in_nfc_are_refused(keys):
    with pytest.raises(ValueError, match=r"^\$\.marks\[1\]: two keys"):
        canonical_json({"marks": ["8", dict.fromkeys(keys, "8")]})


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_a_lone_surrogate_has_a_text_and_no_bytes(text):
    assert canonical_json([text, {text: "x"}]) == f'["{text}",{{"{text}":"x"}}]'
    with pytest.raises(UnicodeEncodeError):
        canonical_json([text]).encode()


class Level(enum.StrEnum):
    TOT = "TỐT"


class Count(enum.IntEnum):
    TWO = 2


class Text(str):
    def __str__(self):
        return "another text"


def test_what_is_a_text_or_number_counts_as_one():
    value = [Level.TOT, Count.TWO, Text("a"), Text("ấ"), {Level.TOT: 1}]
    assert canonical_json(value) == '["TỐT",2,"a","ấ",{"TỐT":1}]'


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (8.5, "float"),
        (float("nan"), "float"),
        (Decimal("8.5"), "Decimal"),
        (b"8", "bytes"),
        ({"8"}, "set"),
        (object(), "object"),
    ],
)
def test_what_has_no_one_text_is_refused_with_its_place(wrong, kind):
    for value, place in (
        (wrong, "$"),
        ({"pupils": [{"marks": ["8", wrong]}]}, "$.pupils[0].marks[1]"),
        ([[], [wrong]], "$[1][0]"),
        (({"ấ": {"1": wrong}},), "$[0].ấ.1"),
    ):
        with pytest.raises(TypeError) as refusal:
            canonical_json(value)
        assert str(refusal.value) == f"{place}: {kind} has no canonical JSON text"


@pytest.mark.parametrize("key", [1, None, True, ("a",), b"a"])
def test_a_key_is_text(key):
    for value, place in (({key: "8"}, "$"), ({"a": [{"b": 1}, {key: "8"}]}, "$.a[1]")):
        with pytest.raises(TypeError) as refusal:
            canonical_json(value)
        assert str(refusal.value) == f"{place}: the key {key!r} is not a string"
