"""``edu-conformance FILE...``: run conformance cases against the rules.

A file is a JSON list of ``{"id", "kind", "input", "expected", ...}``. Cases write comment results
as ``D`` and ``CD``; the rules know "Đ" and "CĐ". Numbers are read exactly, never as floats. Prints
what failed and ends with the line ``N passed, M failed``. Exit codes: 0 all passed, 1 something
failed, 2 a file could not be read.
"""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path

from ..rules import (
    FAILED,
    PASSED,
    can_sign,
    growth,
    preschool,
    scheme_for,
    seed_correction,
    tt22,
    tt27,
    tt43,
    tt58,
)

__all__ = ["KINDS", "CaseFileError", "main", "run_case"]

_COMMENTS = {"D": PASSED, "CD": FAILED}
_CODES = {token: code for code, token in _COMMENTS.items()}
_SCHEMES = {"TT22": tt22, "TT43": tt43}


class CaseFileError(Exception):
    """A file of cases cannot be read; the message is one clear sentence."""


def _comment(code):
    return None if code is None else _COMMENTS[code]


def _code(token):
    return None if token is None else _CODES[token]


def _comments(given):
    return {name: _comment(code) for name, code in _named(given, "comment").items()}


def _named(given, kind):
    """Results by subject; those given as a list are named after their place."""
    if isinstance(given, dict):
        return given
    return {f"{kind} {number}": item for number, item in enumerate(given, start=1)}


def _base_and_final(result):
    return {"base": result.value.base, "final": result.value.final}


def _year_average_chain(hk1, hk2):
    first, second = (
        tt22.semester_average(required_tx=len(marks["tx"]), **marks).value for marks in (hk1, hk2)
    )
    return {"hk1": first, "hk2": second, "year": tt22.year_average(hk1=first, hk2=second).value}


def _comment_semester(scheme, tx, gk, ck, closed=False):
    result = _SCHEMES[scheme].comment_semester(
        tx=[_comment(code) for code in tx], gk=_comment(gk), ck=_comment(ck), closed=closed
    )
    return _code(result.value)


def _comment_year(hk1, hk2, only=None):
    return _code(tt22.comment_year(hk1=_comment(hk1), hk2=_comment(hk2), only=only).value)


def _exam_minutes(**case):
    return list(tt22.exam_minutes(**case))


def _study_level(scheme, scores, comments, policy=None):
    result = _SCHEMES[scheme].study_level(
        scores=_named(scores, "score"), comments=_comments(comments), **(policy or {})
    )
    return _base_and_final(result)


def _title(scheme, scores=(), **case):
    if scheme == "TT58":
        return tt58.title(**case).value
    return _SCHEMES[scheme].title(scores=scores, **case).value


def _retest_subjects(conduct, scores, comments):
    result = tt22.retest_subjects(conduct=conduct, scores=scores, comments=_comments(comments))
    return None if result.value is None else list(result.value)


def _retest_level(scheme, scores, comments, retest, policy=None):
    replaced = {name: _COMMENTS.get(item, item) for name, item in retest.items()}
    result = _SCHEMES[scheme].retest_level(
        scores=scores, comments=_comments(comments), retest=replaced, **(policy or {})
    )
    return result.value.final


def _tt58_level(main, others, comments, specialised=None):
    result = tt58.study_level(
        main=_named(main, "main"),
        others=_named(others, "other"),
        comments=_comments(comments),
        specialised=specialised,
    )
    return _base_and_final(result)


def _tt58_overall_average(scores):
    return tt58.overall_average(scores=_named(scores, "score")).value


def _tt58_retest_subjects(comments, **case):
    result = tt58.retest_subjects(comments=_comments(comments), **case)
    return None if result.value is None else list(result.value)


def _tt58_retest_level(comments, retest, **case):
    replaced = {name: _COMMENTS.get(item, item) for name, item in retest.items()}
    result = tt58.retest_level(comments=_comments(comments), retest=replaced, **case)
    return result.value.final


def _tt58_comment_semester(passed, total, final):
    result = tt58.comment_semester(passed=passed, total=total, final=_comment(final))
    return _code(result.value)


def _value(rule):
    """What answers a case whose input and expected value are those of the rule itself."""

    def answer(**case):
        value = rule(**case).value
        return list(value) if isinstance(value, tuple) else value

    return answer


KINDS = {
    "semester_average": _value(tt22.semester_average),
    "year_average": _value(tt22.year_average),
    "year_average_chain": _year_average_chain,
    "comment_semester": _comment_semester,
    "comment_year": _comment_year,
    "conduct_year": _value(tt22.conduct_year),
    "regular_count": tt22.regular_count,
    "exam_minutes": _exam_minutes,
    "study_level": _study_level,
    "title": _title,
    "promotion": _value(tt22.promotion),
    "retest_subjects": _retest_subjects,
    "retest_level": _retest_level,
    "scheme_for": scheme_for,
    "tt58_level": _tt58_level,
    "tt58_comment_semester": _tt58_comment_semester,
    "tt58_overall_average": _tt58_overall_average,
    "tt58_retest_subjects": _tt58_retest_subjects,
    "tt58_retest_level": _tt58_retest_level,
    "seed_correction": _value(seed_correction),
    "subjects": tt27.subjects,
    "test_required": tt27.test_required,
    "valid_score": tt27.valid_score,
    "test_total": _value(tt27.test_total),
    "counting_score": _value(tt27.counting_score),
    "year_end_level": _value(tt27.year_end_level),
    "level_doubts": _value(tt27.level_doubts),
    "award": _value(tt27.award),
    "completion": _value(tt27.completion),
    "age_months": preschool.age_months,
    "age_group": _value(preschool.age_group),
    "measure_due": _value(preschool.measure_due),
    "stage_end": _value(preschool.stage_end),
    "health_check": _value(preschool.health_check),
    "zscore": _value(growth.zscore),
    "classify": _value(growth.classify),
    "wfh_measure": _value(growth.wfh_measure),
    "can_sign": _value(can_sign),
}
"""Kind of a case: what answers its ``input`` (as keywords) as ``expected`` is written."""


def run_case(case):
    """Run one case; return "" when it passes, else what is wrong with it."""
    kind = case.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return f"unknown kind {kind!r}"
    try:
        answer = KINDS[kind](**case["input"])
    except Exception as error:  # a rule that raises has failed its case, whatever it raises
        return f"{type(error).__name__}: {error}"
    expected = case.get("expected")
    if type(answer) is type(expected) and answer == expected:
        return ""
    return f"expected {_json(expected)}, got {_json(answer)}"


def main(argv=None):
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="edu-conformance", description="Run conformance cases against the rules."
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="a JSON list of cases")
    arguments = parser.parse_args(argv)
    try:
        cases = [case for path in arguments.files for case in _cases(path)]
    except CaseFileError as error:
        print(f"edu-conformance: {error}", file=sys.stderr)
        return 2
    failed = 0
    for case in cases:
        message = run_case(case)
        if message:
            failed += 1
            print(f"{case.get('id')} {case.get('kind')}: {message}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _cases(path):
    try:
        cases = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise CaseFileError(f"{path} cannot be opened: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CaseFileError(f"{path} is not JSON: {error}.") from error
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise CaseFileError(f"{path} is not a list of cases.")
    return cases


def _json(value):
    return json.dumps(value, ensure_ascii=False, default=str)


if __name__ == "__main__":
    sys.exit(main())
