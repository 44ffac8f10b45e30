"""TT 27/2020/TT-BGDĐT: assessment of primary pupils.

Levels of subjects and activities: ``T`` (hoàn thành tốt), ``H`` (hoàn thành), ``C`` (chưa hoàn
thành); of qualities and competencies: ``T`` (tốt), ``D`` (đạt), ``C`` (cần cố gắng). Tests are
marked in whole numbers from 0 to 10. Year-end levels: ``HTXS HTT HT CHT``, ``INCOMPLETE`` while
something is missing.
"""

import functools
import re
from decimal import Decimal

from .averages import rounded
from .curriculum import GRADES, PERIODS, TRAITS, check_subject, subjects_of, traits_of
from .marks import MarkError
from .policy import check_choice
from .result import Result, Trace, pairs

VERSION = "tt27-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

INCOMPLETE = "INCOMPLETE"
LEVELS = ("CHT", "HT", "HTT", "HTXS")
"""Year-end levels, from the lowest to the highest."""
SUBJECT_LEVELS = ("C", "H", "T")
TRAIT_LEVELS = ("C", "D", "T")

_YEAR_END = "CN"
_LEAST_SCORE = {"HTXS": 9, "HTT": 7, "HT": 5}
_FITTING = {"T": (7, 10), "H": (5, 10), "C": (0, 4)}  # level: lowest and highest test beside it
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_POINTS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def subjects(*, grade):
    """Codes of the compulsory subjects and activities of a grade, sorted (TT 32/2018)."""
    return sorted(code for code, subject in subjects_of(grade).items() if subject.compulsory)


def test_required(*, grade, subject, period):
    """Whether a subject has a test at ``GK1``, ``CK1``, ``GK2`` or ``CN`` (Điều 7.1.b).

    Elective subjects never have one.
    """
    if period not in PERIODS:
        raise ValueError(f"{period!r} is not a time of periodic assessment")
    check_subject(subject)
    taught = subjects_of(grade).get(subject)
    return taught is not None and period in taught.tests


test_required.__test__ = False  # a rule, whatever a test runner makes of its name


def valid_score(*, score):
    """Whether something may be the score of a test: a whole number from 0 to 10 (Điều 7.1.d).

    :param score: anything; text of a number counts as the number, a float never does
    """
    try:
        return whole_score(score) is not None
    except (ValueError, TypeError):
        return False


def whole_score(score):
    """Return the score of a test as an integer; ``None`` stays ``None``.

    :param score: an integer, ``Decimal``, or the text of one
    :raises MarkError: ``NOT_A_MARK``, ``TWO_DECIMALS`` for what is not whole, ``OUT_OF_RANGE``
    :raises TypeError: for a float, a boolean or any other type
    """
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, int | str | Decimal):
        raise TypeError(f"a score is a whole number, not a {type(score).__name__}")
    text = format(score, "f") if isinstance(score, Decimal) else str(score).strip()
    if not _NUMBER.fullmatch(text):
        raise MarkError("NOT_A_MARK", str(score), f"{score!r} is not a score")
    value = Decimal(text)
    if value != value.to_integral_value():
        raise MarkError("TWO_DECIMALS", str(score), f"{score!r}: a score has no decimals")
    if not 0 <= value <= 10:
        raise MarkError("OUT_OF_RANGE", str(score), f"{score!r} is not between 0 and 10")
    return int(value)


def test_total(*, points, rounding="half_up"):
    """Score of a paper: the sum of its points, rounded once to a whole number (Điều 7.1.d).

    :param points: of every part, integers, ``Decimal`` or their text
    :param rounding: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of a number; of ``None`` while a part is not marked
    :raises MarkError: for what are no points, or more than 10 in all
    """
    trace = _tracer("test_total", "Điều 7.1.d", pairs(points=list(points), rounding=rounding))
    check_choice(rounding=rounding)
    given = [_points(part) for part in points]
    if not given or None in given:
        return Result(None, trace("a part is not marked"))
    # whole numbers of the smallest decimal that occurs, so that no context rounds the sum
    finest = max(decimals for _digits, decimals in given)
    scale = 10**finest
    total = sum(digits * 10 ** (finest - decimals) for digits, decimals in given)
    value = rounded(total, scale, rounding)
    if value > 10:
        raise MarkError("OUT_OF_RANGE", str(value), f"{value} points are more than 10")
    shown = f"{total // scale}.{total % scale:0{finest}d}" if finest else f"{total}"
    return Result(value, trace(f"{shown} → {value}", (("total", shown),)))


test_total.__test__ = False


def counting_score(*, first, retest, approved, retest_counts="last"):
    """The test that counts: a second one when the school approved it (Điều 7.1.d).

    Both are kept; the later counts, be it higher or lower. Absent is ``None``, not 0.

    :param first, retest: scores, ``None`` for none
    :param bool approved: the school let the pupil sit the second test
    :param retest_counts: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of a number, ``None`` without a test that counts
    """
    check_choice(retest_counts=retest_counts)
    named = pairs(first=first, retest=retest, approved=approved, retest_counts=retest_counts)
    trace = _tracer("counting_score", "Điều 7.1.d", named)
    before, again = whole_score(first), whole_score(retest)
    if not approved or again is None:
        return Result(before, trace("no test" if before is None else "the first test"))
    if retest_counts == "higher" and before is not None and before > again:
        return Result(before, trace("the first test"))
    return Result(again, trace("the second test"))


def subject_level(*, levels, parts="lower"):
    """Level of a subject taught in two parts, such as Nghệ thuật: that of the lower part.

    The circular knows one subject and one level; that the lower part decides is a choice.

    :param dict levels: ``{part: "T"/"H"/"C"}``
    :param parts: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of a level, ``None`` while a part has none
    """
    check_choice(parts=parts)
    for part, level in levels.items():
        _check_level(level, SUBJECT_LEVELS, part)
    named = pairs(levels=dict(levels), parts=parts)
    trace = _tracer("subject_level", "Điều 7.1.a", named)
    if not levels or None in levels.values():
        return Result(None, trace("a level is missing"))
    choose = min if parts == "lower" else max
    value = choose(levels.values(), key=SUBJECT_LEVELS.index)
    return Result(value, trace(parts))


def year_end_level(
    *,
    grade,
    levels,
    traits,
    scores,
    earlier=(),
    exempt=(),
    whole_year=False,
    count_elective_levels=False,
    exclude_exempt=True,
):
    """Result of the year (Điều 9.2.a), from what was found at its end (CN).

    Hoàn thành xuất sắc: all subjects T, all traits T, every test >= 9. Hoàn thành tốt: the same
    with tests >= 7. Hoàn thành: no C, every test >= 5. Otherwise Chưa hoàn thành. The traits that
    a grade requires are data; one that is given counts in every grade.

    :param int grade: 1 to 5
    :param dict levels: ``{subject: "T"/"H"/"C"}``; ``traits``: ``{trait: "T"/"D"/"C"}``
    :param dict scores: ``{subject: score}``, of a subject in two parts ``{part: score}``: each has
        to reach what is asked
    :param earlier: levels of GK1, CK1 and GK2, looked at with ``whole_year`` only
    :param exempt: subjects from which the principal exempted the pupil
    :param whole_year, count_elective_levels, exclude_exempt: see
        :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of ``HTXS``, ``HTT``, ``HT``, ``CHT``, or ``INCOMPLETE``
    """
    policy = {
        "whole_year": whole_year,
        "count_elective_levels": count_elective_levels,
        "exclude_exempt": exclude_exempt,
    }
    check_choice(**policy)
    _check_codes(levels, traits, scores)
    taught = subjects_of(grade)
    left_out = exempt if exclude_exempt else ()
    counted = [
        code
        for code, subject in taught.items()
        if (subject.compulsory or (count_elective_levels and levels.get(code)))
        and code not in left_out
    ]
    tests = {
        code: _part_scores(scores.get(code)) for code in counted if _YEAR_END in taught[code].tests
    }
    given = {code: level for code, level in traits.items() if level is not None}
    missing = [code for code in counted if levels.get(code) is None]
    missing += [code for code in traits_of(grade) if code not in given]
    missing += [f"{code} {_YEAR_END}" for code, parts in tests.items() if None in parts]
    named = pairs(grade=grade, levels=dict(levels), traits=dict(traits), scores=dict(scores))
    if exempt:
        named += pairs(exempt=sorted(exempt))
    if whole_year:
        named += pairs(earlier=list(earlier))
    trace = _tracer("year_end_level", "Điều 9.2.a", named + pairs(**policy))
    if missing:
        steps = (("missing", ", ".join(missing)),)
        return Result(INCOMPLETE, trace("something is missing", steps))
    of_subjects = {code: levels[code] for code in counted}
    marks = {code: min(parts) for code, parts in tests.items()}
    highest = not whole_year or all(level == "T" for level in earlier)
    value = _year_level(of_subjects, given, marks, highest)
    return Result(value, trace(value, _year_steps(of_subjects, given, marks)))


def award(*, level, outstanding_subject, clear_progress, class_recognised):
    """Title of the year (Điều 13.1.a).

    :param str level: of :func:`year_end_level`
    :param bool outstanding_subject: outstanding in a subject at least, with evidence
    :param bool clear_progress: clear progress in a quality or competency at least
    :param bool class_recognised: the class recognised the pupil
    :return: :class:`Result` of ``HOC_SINH_XUAT_SAC``, ``HOC_SINH_TIEU_BIEU`` or ``None``
    """
    _check_level(level, (*LEVELS, INCOMPLETE), "level")
    named = pairs(
        level=level,
        outstanding_subject=outstanding_subject,
        clear_progress=clear_progress,
        class_recognised=class_recognised,
    )
    trace = _tracer("award", "Điều 13.1.a", named)
    if level == "HTXS":
        return Result("HOC_SINH_XUAT_SAC", trace(level))
    if level != "HTT":
        return Result(None, trace("no title for this level"))
    if not (outstanding_subject or clear_progress):
        return Result(None, trace("nothing outstanding, no clear progress"))
    if not class_recognised:
        return Result(None, trace("the class did not recognise the pupil"))
    return Result("HOC_SINH_TIEU_BIEU", trace(level))


def completion(*, grade, level, after_support=None, principal=None, promote_grade_5=True):
    """Whether the pupil completed the class, and what is due otherwise (Điều 11).

    :param str level: of :func:`year_end_level`; ``after_support``: after support and additional
        assessment
    :param str principal: ``PROMOTE`` or ``RETAIN``, once the principal decided; looked at when the
        additional assessment did not help
    :param promote_grade_5: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of ``HOAN_THANH_CT_LOP``, ``HOAN_THANH_CT_TIEU_HOC`` (grade 5),
        ``SUPPORT_AND_REASSESS``, ``PRINCIPAL_TO_DECIDE``, ``LEN_LOP``, ``CHUA_LEN_LOP`` or
        ``INCOMPLETE``
    :raises ValueError: for a promotion in grade 5 where ``promote_grade_5`` is not chosen
    """
    check_choice(promote_grade_5=promote_grade_5)
    subjects_of(grade)
    _check_level(level, (*LEVELS, INCOMPLETE), "level")
    _check_level(after_support, (*LEVELS, INCOMPLETE), "after_support")
    if principal not in ("PROMOTE", "RETAIN", None):
        raise ValueError(f"principal: {principal!r} is not a decision")
    if principal == "PROMOTE" and grade == GRADES[-1] and not promote_grade_5:
        raise ValueError("grade 5 is completed or not; there is no class to move up to")
    named = pairs(grade=grade, level=level, after_support=after_support, principal=principal)
    trace = _tracer("completion", "Điều 11", named + pairs(promote_grade_5=promote_grade_5))
    if level in (None, INCOMPLETE):
        return Result(INCOMPLETE, trace("the year is not complete"))
    completed = "HOAN_THANH_CT_TIEU_HOC" if grade == GRADES[-1] else "HOAN_THANH_CT_LOP"
    if level != LEVELS[0]:
        return Result(completed, trace(level))
    if after_support in (None, INCOMPLETE):
        return Result("SUPPORT_AND_REASSESS", trace(level))
    if after_support != LEVELS[0]:
        return Result(completed, trace(f"{level} → {after_support}"))
    if principal is None:
        return Result("PRINCIPAL_TO_DECIDE", trace(f"{level} → {after_support}"))
    return Result("LEN_LOP" if principal == "PROMOTE" else "CHUA_LEN_LOP", trace(principal))


def to_reassess(*, levels, traits, scores):
    """What keeps a pupil from Hoàn thành, and is assessed again after support (Điều 11.1.b).

    Subjects and traits of level C, tests below 5.

    :param dict levels: ``{name: "T"/"H"/"C"}`` of subjects or parts; ``traits``: ``{name: letter}``
    :param dict scores: ``{name: score}`` of tests
    :return: :class:`Result` of a tuple of names, sorted; each is a key of one of the three
    """
    for name, level in levels.items():
        _check_level(level, SUBJECT_LEVELS, name)
    for name, level in traits.items():
        _check_level(level, TRAIT_LEVELS, name)
    marks = {name: whole_score(score) for name, score in scores.items()}
    named = pairs(levels=dict(levels), traits=dict(traits), scores=dict(scores))
    low = [name for name, level in (*levels.items(), *traits.items()) if level == "C"]
    least = _LEAST_SCORE["HT"]
    low += [name for name, score in marks.items() if score is not None and score < least]
    trace = _tracer("to_reassess", "Điều 11.1.b", named)
    return Result(tuple(sorted(low)), trace(f"C, < {least}"))


def level_doubts(*, levels, scores):
    """Subjects whose level and year-end test do not fit, for a second look; never an error.

    T with a test < 7, H with a test < 5, C with a test >= 5. The circular leaves the level to the
    teacher (Điều 7.1.a); a year with doubts is decided as it stands.

    :param dict levels: ``{subject: "T"/"H"/"C"}``
    :param dict scores: ``{subject: score}``, of a subject in two parts ``{part: score}``: the lower
        counts
    :return: :class:`Result` of a tuple of subjects, sorted
    """
    _check_codes(levels, {}, scores)
    named = pairs(levels=dict(levels), scores=dict(scores))
    trace = _tracer("level_doubts", "Điều 7.1", named)
    tests = {subject: _part_scores(score) for subject, score in scores.items()}
    steps = []
    for subject, marks in sorted(tests.items()):
        level = levels.get(subject)
        if level is None or None in marks:
            continue
        least, most = _FITTING[level]
        if not least <= min(marks) <= most:
            steps.append((subject, f"{level}, {min(marks)}"))
    found = tuple(subject for subject, _step in steps)
    return Result(found, trace("T < 7, H < 5, C >= 5", tuple(steps)))


def _points(part):
    """Points as (digits, decimals): "2.25" -> (225, 2); ``None`` stays ``None``."""
    if part is None:
        return None
    if isinstance(part, bool) or not isinstance(part, int | str | Decimal):
        raise TypeError(f"points are an exact number, not a {type(part).__name__}")
    text = format(part, "f") if isinstance(part, Decimal) else str(part).strip()
    if not _POINTS.fullmatch(text):
        raise MarkError("NOT_A_MARK", str(part), f"{part!r} are no points")
    whole, _point, decimals = text.partition(".")
    return int(whole + decimals), len(decimals)


def _part_scores(score):
    """Scores of a subject's test, one or one for each part."""
    if isinstance(score, dict):
        return [whole_score(part) for part in score.values()] or [None]
    return [whole_score(score)]


def _year_level(levels, traits, marks, highest):
    """The four levels in their order; ``highest``: nothing speaks against the two highest."""

    def reached(level):
        return all(mark >= _LEAST_SCORE[level] for mark in marks.values())

    results = {*levels.values(), *traits.values()}
    if results == {"T"} and highest:
        for level in ("HTXS", "HTT"):
            if reached(level):
                return level
    return "HT" if "C" not in results and reached("HT") else "CHT"


def _year_steps(levels, traits, marks):
    """What keeps the pupil from a higher level, and the lowest test."""
    steps = [
        (name, ", ".join(code for code, level in {**levels, **traits}.items() if level == letter))
        for name, letter in (("H", "H"), ("Đ", "D"), ("C", "C"))
    ]
    lowest = min(marks.values(), default=None)
    of_lowest = ", ".join(code for code, mark in marks.items() if mark == lowest)
    steps.append(("lowest test", "" if lowest is None else f"{lowest} ({of_lowest})"))
    return tuple((name, text) for name, text in steps if text)


def _check_codes(levels, traits, scores):
    for subject in {*levels, *scores}:
        check_subject(subject)
    for subject, level in levels.items():
        _check_level(level, SUBJECT_LEVELS, subject)
    for trait, level in traits.items():
        if trait not in TRAITS:
            raise ValueError(f"{trait!r} is neither a quality nor a competency")
        _check_level(level, TRAIT_LEVELS, trait)


def _check_level(level, known, name):
    if level is not None and level not in known:
        raise ValueError(f"{name}: {level!r} is none of {', '.join(known)}")


def _tracer(rule, article, inputs):
    return functools.partial(Trace, rule, f"TT 27/2020 {article}", VERSION, inputs)
