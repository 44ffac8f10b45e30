import json
from pathlib import Path

import pytest

from edu_records.cli.conformance import KINDS, main
from edu_records.testing import seed

SECONDARY = """
semester_average year_average year_average_chain comment_semester comment_year conduct_year
regular_count exam_minutes study_level title promotion retest_subjects retest_level scheme_for
tt58_level tt58_comment_semester tt58_overall_average tt58_retest_subjects tt58_retest_level
seed_correction
"""
PRIMARY = """
subjects test_required valid_score test_total counting_score year_end_level level_doubts award
completion age_months age_group measure_due stage_end health_check zscore classify wfh_measure
can_sign
"""
KINDS_OF = {"secondary": set(SECONDARY.split()), "primary": set(PRIMARY.split())}
PASSES = {
    "id": "A1",
    "kind": "comment_year",
    "input": {"hk1": "D", "hk2": "CD"},
    "expected": "CD",
}
CASES = [
    PASSES,
    {
        "id": "A2",
        "kind": "study_level",
        "input": {"scheme": "TT43", "scores": ["9.0"] * 4 + ["4.0"], "comments": []},
        "expected": {"base": "CHUA_DAT", "final": "DAT"},
    },
    {
        "id": "A3",
        "kind": "retest_level",
        "input": {
            "scheme": "TT22",
            "scores": {str(number): "8.0" for number in range(6)},
            "comments": {"GDTC": "CD", "GDDP": "CD"},
            "retest": {"GDTC": "D"},
        },
        "expected": "KHA",
    },
    {
        "id": "A4",
        "kind": "title",
        "input": {"scheme": "TT58", "scope": "year", "conduct": "T", "study": "G", "scores": []},
        "expected": "HS_GIOI",
    },
]


def run(tmp_path, capsys, cases):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(cases), encoding="utf-8")
    code = main([str(path)])
    return code, capsys.readouterr().out.splitlines()


def test_cases_that_pass(tmp_path, capsys):
    assert run(tmp_path, capsys, CASES) == (0, ["4 passed, 0 failed"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expected": "D"}, 'A1 comment_year: expected "D", got "CD"'),
        ({"kind": "zodiac"}, "A1 zodiac: unknown kind 'zodiac'"),
        ({"kind": []}, "A1 []: unknown kind []"),
        ({"input": {"hk1": "X", "hk2": "D"}}, "A1 comment_year: KeyError: 'X'"),
        ({"kind": "regular_count", "input": {"periods": 0, "assess": "comment"}, "expected": True},
         "A1 regular_count: expected true, got 2"),
    ],
)  # fmt: skip
def test_cases_that_fail(change, message, tmp_path, capsys):
    code, lines = run(tmp_path, capsys, [PASSES, {**PASSES, **change}])
    assert (code, lines) == (1, [message, "1 passed, 1 failed"])


@pytest.mark.parametrize("content", ["", "{}", "[7]"])
def test_files_that_are_no_cases(content, tmp_path, capsys):
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 2
    assert main([str(tmp_path / "missing.json")]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("level", ["primary", "secondary"])
@seed("P4.1.3", "P4.1.4", "P4.1.5")
def test_the_boundaries_of_the_circulars(level, capsys):
    path = Path(__file__).with_name("cases") / f"{level}.json"
    code = main([str(path)])
    assert (code, capsys.readouterr().out.splitlines()[:-1]) == (0, [])
    kinds = {case["kind"] for case in json.loads(path.read_text(encoding="utf-8"))}
    assert kinds == KINDS_OF[level]


def test_every_kind_has_cases():
    assert KINDS_OF["primary"] | KINDS_OF["secondary"] == set(KINDS)


def test_numbers_of_a_case_are_read_exactly(tmp_path, capsys):
    row = {
        "indicator": "HFA",
        "sex": "M",
        "at": 0,
        "value": "109.95",
        "M": 100,
        "restricted": False,
    }
    path = tmp_path / "cases.json"
    case = {"id": "Z", "kind": "zscore", "input": {**row, "L": 1, "S": 0.1}, "expected": "1.00"}
    path.write_text(json.dumps([case]), encoding="utf-8")
    assert main([str(path)]) == 0, capsys.readouterr().out  # 0.995 is 1.00; as floats 0.99
