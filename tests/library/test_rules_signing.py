import pytest

from edu_records.rules import can_sign
from edu_records.rules.signing_order import PRIMARY, SECONDARY
from edu_records.testing import seed

READY = {"done": [], "who": "GVCN", "locked": True, "level": "HT"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "GVCN is next"),
        ({"locked": False}, "not locked"),
        ({"level": None}, "the level is not final"),
        ({"level": "INCOMPLETE"}, "the level is not final"),
        ({"level": "CHT"}, "completion is not settled"),
        ({"level": "CHUA_DAT"}, "completion is not settled"),
        ({"completion": "REN_LUYEN_HE"}, "completion is not settled"),
        ({"completion": "KIEM_TRA_LAI"}, "completion is not settled"),
        ({"done": ["HT"]}, "signed out of order"),
        ({"done": ["GVCN", "HT", "TRUONG"]}, "signed by all"),
        ({"who": "HT"}, "GVCN is next"),
        ({"done": ["GVCN"], "who": "TRUONG"}, "HT is next"),
    ],
)
@seed("P3.2.6.3", "P3.2.6.6")
def test_who_may_sign_and_why_not(change, reason):
    result = can_sign(**{**READY, **change})
    assert (result.value, result.trace.formula) == (not change, reason)


def test_the_last_step_ends_the_order():
    signed = []
    for role in SECONDARY:
        turn = [
            who
            for who in SECONDARY
            if can_sign(**{**READY, "done": signed, "who": who}, order=SECONDARY).value
        ]
        assert turn == [role]
        signed.append(role)
    assert not can_sign(**{**READY, "done": [*signed, "TRUONG"]}, order=SECONDARY).value
    assert ("GVBM", *PRIMARY) == SECONDARY == ("GVBM", "GVCN", "HT", "TRUONG")


@pytest.mark.parametrize(
    ("who", "person", "signers", "allowed"),
    [
        ("HT", "b", {"GVCN": "a"}, True),
        ("HT", "a", {"GVCN": "a"}, False),
        ("HT", "a", {"HT": "a", "GVCN": "b"}, True),
        ("TRUONG", "b", {"GVCN": "a", "HT": "b"}, True),
        ("TRUONG", "a", {"GVCN": "a", "HT": "b"}, False),
        ("GVCN", "a", {"GVBM": "a"}, True),
        ("HT", "a", {"GVBM": "a", "GVCN": "b"}, False),
    ],
)
def test_nobody_signs_two_steps(who, person, signers, allowed):
    order = SECONDARY if "GVBM" in signers else PRIMARY
    case = {**READY, "done": list(order[: order.index(who)]), "who": who, "order": order}
    result = can_sign(**case, person=person, signers=signers)
    assert result.value is allowed
    if not allowed:
        assert result.trace.formula.startswith("signed GV")
        assert result.trace.formula.endswith(" already")
    assert dict(result.trace.inputs)["person"] == person


def test_of_teacher_and_homeroom_teacher_the_order_does_not_matter():
    order = ("GVCN", "GVBM", "TRUONG", "HT")
    case = {**READY, "done": ["GVCN"], "who": "GVBM", "order": order}
    assert can_sign(**case, person="a", signers={"GVCN": "a"}).value
    case |= {"done": ["GVCN", "GVBM", "TRUONG"], "who": "HT"}
    assert can_sign(**case, person="a", signers={"TRUONG": "a"}).value


def test_the_trace_has_who_signed():
    trace = can_sign(**READY).trace
    assert dict(trace.inputs)["order"] == "GVCN, HT, TRUONG"
    assert "person" not in dict(trace.inputs)
    assert trace.article == "TT 27/2020 Phụ lục 1; NĐ 88/2026 Điều 8.2"
