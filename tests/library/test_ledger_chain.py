import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_records.ledger import (
    GENESIS,
    Event,
    PayloadError,
    decode,
    encode,
    heads_root,
    link,
    next_hash,
    salted_digest,
)
from edu_records.testing import seed

TIME = "2026-11-23T08:30:00.123456Z"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def event(**members):
    return Event(**{"time": TIME, "user": "7", **members})


def test_a_payload_has_exactly_these_bytes():
    cell = event(
        operation="write",
        model="edu.mark",
        record="31",
        slot="12:TX1:1",
        old="value|8",
        new="value|8.5",
    )
    assert encode("gradesheet:17", 3, cell) == (
        '["edu1","gradesheet:17","3","2026-11-23T08:30:00.123456Z","7","","","write","edu.mark",'
        '"31","12:TX1:1","value|8","value|8.5","",""]'
    )


def test_control_characters_are_escaped_in_one_way():
    payload = encode("c", 1, event(origin='"\\/\b\t\n\f\r\x01\x1f\x7fĐ'))
    assert '"\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\x7fĐ"' in payload


@given(TEXTS, TEXTS)
def test_decode_is_the_opposite_of_encode(old, new):
    recorded = event(old=old, new=new)
    payload = encode("c", 5, recorded)
    assert decode(payload) == ("c", 5, recorded)
    assert json.loads(payload)[11:13] == [recorded.old, recorded.new]


def test_text_is_recorded_as_nfc_in_event_and_payload():
    decomposed = event(new="A\u0302")
    assert decomposed.new == "\u00c2"
    assert "\u00c2" in encode("c", 1, decomposed)


@pytest.mark.parametrize("value", [1, None, True, 8.5, b"8"])
def test_members_are_strings(value):
    with pytest.raises(TypeError):
        event(new=value)


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_text_that_postgresql_cannot_keep_is_refused(value):
    with pytest.raises(PayloadError):
        event(new=value)


@pytest.mark.parametrize(
    "time", ["", "2026-11-23 08:30:00", "2026-11-23T08:30:00Z", "2026-11-23T08:30:00.123456+07:00"]
)
def test_time_is_utc_with_microseconds(time):
    with pytest.raises(PayloadError):
        event(time=time)


@pytest.mark.parametrize(
    ("chain", "seq", "error"),
    [
        ("c", 0, PayloadError),
        ("c", -1, PayloadError),
        ("c", True, TypeError),
        ("c", "1", TypeError),
        ("", 1, PayloadError),
        ("A\u0302", 1, PayloadError),
        (7, 1, TypeError),
    ],
)
def test_chain_and_number_are_checked(chain, seq, error):
    with pytest.raises(error):
        encode(chain, seq, event())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ", ", 1),
        lambda text: text.replace("edu1", "edu2"),
        lambda text: text.replace('"5"', '"05"'),
        lambda text: text.replace('"5"', "5"),
        lambda text: text.replace("Đ", "\\u0110"),
        lambda text: text[:-1] + ',""]',
        lambda text: text[:-1],
        lambda text: "[" * 100_000,
    ],
)
def test_only_canonical_payloads_are_decoded(change):
    payload = encode("c", 5, event(new="value|Đ"))
    with pytest.raises(PayloadError):
        decode(change(payload))


def test_a_hash_covers_the_hash_before_and_the_payload():
    payload = encode("c", 1, event(new="Đ"))
    expected = hashlib.sha256(bytes(32) + payload.encode()).hexdigest()
    assert next_hash(GENESIS, payload) == expected
    assert next_hash(expected, payload) != expected
    with pytest.raises(ValueError):
        next_hash(GENESIS.upper()[:-1] + "A", payload)


@seed("P2.2.3d")
def test_entries_continue_their_chain():
    first = link("c", 0, GENESIS, [event(new="a"), event(new="b")])
    second = link("c", 2, first[-1].hash, [event(new="c")])
    entries = first + second
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev for entry in entries] == [GENESIS, first[0].hash, first[1].hash]
    assert all(next_hash(entry.prev, entry.payload) == entry.hash for entry in entries)
    with pytest.raises(ValueError):
        link("c", 3, GENESIS, [event()])
    with pytest.raises(ValueError):
        link("c", 0, first[0].hash, [event()])


def test_the_root_names_every_head_in_any_order():
    heads = {"b": (2, "2" * 64), "a": (0, GENESIS)}
    text = f'["edu-root1",["a","0","{GENESIS}"],["b","2","{"2" * 64}"]]'
    assert heads_root(heads) == hashlib.sha256(text.encode()).hexdigest()
    assert heads_root(dict(reversed(heads.items()))) == heads_root(heads)
    for changed in ({"a": (0, GENESIS)}, {**heads, "b": (3, "2" * 64)}, {**heads, "c": heads["b"]}):
        assert heads_root(changed) != heads_root(heads)


@pytest.mark.parametrize("head", [(-1, "2" * 64), ("2", "2" * 64), (True, "2" * 64), (2, "2")])
def test_no_root_over_what_is_no_head(head):
    with pytest.raises(ValueError):
        heads_root({"a": head})


def test_a_digest_depends_on_text_and_salt():
    salt = "0123456789abcdef"
    assert salted_digest("A\u0302", salt) == salted_digest("\u00c2", salt)
    assert salted_digest("a", salt) != salted_digest("b", salt)
    assert salted_digest("a", salt) != salted_digest("a", salt[::-1])
    with pytest.raises(ValueError):
        salted_digest("a", "short")


@pytest.mark.parametrize("ids", [(), ("a", "b", "c", "d"), ("",), (7,)])
def test_seed_refuses_what_is_no_row(ids):
    with pytest.raises(ValueError):
        seed(*ids)


def test_seed_names_its_rows_and_nothing_else():
    def test():
        return 7

    assert seed("R8.2f", "R8.3")(test) is test
    assert test._seed_ids == ("R8.2f", "R8.3")
