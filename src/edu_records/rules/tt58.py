"""TT 58/2011/TT-BGDĐT with TT 26/2020: archives of the grades that TT 22 had not reached yet.

Averages of a subject are calculated as in TT 22, by the formula that TT 26/2020 brought in; earlier
years are not covered. Conduct of the year has no table: the homeroom teacher decides (Điều 4).
Conduct codes ``T K Tb Y``; study codes ``G K Tb Y Kem``; comment results "Đ"/"CĐ".
"""

import functools

from .averages import SubjectRules, division, half_up, rounded
from .decisions import MOST_ABSENCES, check_sessions
from .levels import StudyLevel
from .marks import FAILED, PASSED, check_comment, in_tenths, one_decimal
from .policy import check_choice
from .result import Result, Trace, pairs

VERSION = "tt58-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

_LEVELS = ("Kem", "Y", "Tb", "K", "G")
_CONDUCT = ("Y", "Tb", "K", "T")
_ADJUSTED = {("G", "Tb"): "K", ("G", "Y"): "Tb", ("K", "Y"): "Tb", ("K", "Kem"): "Y"}
_STEPS = (  # level, mean, one main subject, lowest subject, all comments Đ; in tenths
    ("G", 80, 80, 65, True),
    ("K", 65, 65, 50, True),
    ("Tb", 50, 50, 35, True),
    ("Y", 35, 0, 20, False),
)


class _Subjects(SubjectRules):
    """What TT 58/2011 shares with TT 22/2021, under its own article."""

    def _tracer(self, rule, topic, inputs):
        return _tracer(rule, _ARTICLES[topic], inputs)


_ARTICLES = {"average": "Điều 10", "comment": "Điều 10.2"}
_SUBJECTS = _Subjects()

semester_average = _SUBJECTS.semester_average
year_average = _SUBJECTS.year_average
comment_year = _SUBJECTS.comment_year


def overall_average(*, scores, rounding="half_up"):
    """ĐTBhk or ĐTBcn: the plain mean of the scored subjects, to one decimal (Điều 11).

    :param dict scores: ``{subject: average}`` of the semester, or of the year
    :param rounding: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of "8.2", or of ``None`` while an average is missing
    """
    check_choice(rounding=rounding)
    tenths = [in_tenths(score) for score in scores.values()]
    named = pairs(scores=dict(scores), rounding=rounding)
    trace = _tracer("overall_average", "Điều 11", named)
    if not tenths or None in tenths:
        return Result(None, trace("a result is missing"))
    total, number = sum(tenths), len(tenths)
    value = one_decimal(rounded(total, number, rounding))
    formula = f"({' + '.join(map(one_decimal, tenths))}) / {number}"
    return Result(value, trace(formula, division(total, number, value)))


def study_level(*, main, others, comments, specialised=None):
    """Học lực by Điều 13, with the adjustment of Điều 13.6 because of one single subject.

    The adjustment starts from the level that the mean of all subjects (the weak one included) and
    the conditions on the main and the specialised subject would give.

    :param dict main: ``{subject: average}`` of Toán, Ngữ văn and Ngoại ngữ
    :param dict others: ``{subject: average}``; ``comments``: ``{subject: "Đ"/"CĐ"}``
    :param str specialised: the specialised subject (môn chuyên) of a specialised class, which has
        to reach what one of the main subjects has to
    :return: :class:`Result` of :class:`StudyLevel`, all ``None`` while a result is missing
    :raises ValueError: for a subject that is named twice, and a specialised one without an average
    """
    scores = {name: in_tenths(score) for name, score in {**main, **others}.items()}
    results = {name: check_comment(result) for name, result in comments.items()}
    if len({**scores, **results}) != len(main) + len(others) + len(comments):
        raise ValueError("a subject is named twice")
    named = pairs(main=dict(main), others=dict(others), comments=dict(comments))
    if specialised is not None:
        if specialised not in scores:
            raise ValueError(f"specialised: {specialised!r} is not a scored subject of the pupil")
        named += pairs(specialised=specialised)
    trace = _tracer("study_level", "Điều 11, 13", named)
    if not main or None in (*scores.values(), *results.values()):
        return Result(StudyLevel(None, None), trace("a result is missing"))
    mean = half_up(sum(scores.values()), len(scores))
    best_main = max(scores[name] for name in main)
    leading = best_main if specialised is None else min(best_main, scores[specialised])
    base = _level(mean, leading, list(scores.values()), list(results.values()))
    potential = _level(mean, leading, [], [])
    final = _ADJUSTED.get((potential, base), base)
    subject = None
    if final != base:
        subject = _single_cause(potential, mean, leading, scores, results)
        final = base if subject is None else final
    steps = (
        ("mean", one_decimal(mean)),
        ("best main subject", one_decimal(best_main)),
        *([] if specialised is None else [("specialised", one_decimal(scores[specialised]))]),
        ("lowest", one_decimal(min(scores.values()))),
        ("by mean and main subject", potential),
        ("base", base),
        ("final", final),
    )
    formula = base if subject is None else f"{base} → {final} ({subject})"
    return Result(StudyLevel(base, final, subject), trace(formula, steps))


def comment_semester(*, passed, total, final):
    """Đ when at least two thirds of the tests are passed, the final among them (Điều 10.2).

    :param int passed, total: tests of a complete semester
    :param str final: result of the final test
    """
    if not 0 <= passed <= total or total == 0:
        raise ValueError(f"{passed} of {total} tests cannot be passed")
    check_comment(final)
    named = pairs(passed=passed, total=total, final=final)
    trace = _tracer("comment_semester", "Điều 10.2.a", named)
    if final is None:
        return Result(None, trace("the final is missing"))
    enough = 3 * passed >= 2 * total
    value = PASSED if enough and final == PASSED else FAILED
    return Result(value, trace(f"{passed}/{total} {'>=' if enough else '<'} 2/3, final {final}"))


def title(*, scope, conduct, study):
    """Học sinh giỏi (Tốt, Giỏi) or tiên tiến (both Khá or better), of a semester or year.

    :return: :class:`Result` of ``HS_GIOI``, ``HS_TIEN_TIEN`` or ``None``
    """
    if scope not in ("semester", "year"):
        raise ValueError(f"{scope!r} has no results")
    _check_level(conduct, _CONDUCT)
    _check_level(study, _LEVELS)
    named = pairs(scope=scope, conduct=conduct, study=study)
    trace = _tracer("title", "Điều 18", named)
    value = None
    if (conduct, study) == ("T", "G"):
        value = "HS_GIOI"
    elif conduct in ("T", "K") and study in ("G", "K"):
        value = "HS_TIEN_TIEN"
    return Result(value, trace(f"{conduct}, {study}"))


def promotion(*, conduct, study, absent, conduct_after=None, study_after=None):
    """Whether the pupil moves up (Điều 15 to 17).

    Retained: more than 45 sessions absent, học lực Kém, both Yếu, or Yếu after what was due. Yếu in
    conduct asks for summer training, Yếu in study for tests in the subjects that the pupil chooses.

    :param conduct, study: levels of the year; ``conduct_after``: after summer training;
        ``study_after``: after the tests
    :param int absent: sessions in the year; ``None`` when not counted yet
    :return: :class:`Result` of ``LEN_LOP``, ``O_LAI_LOP``, ``REN_LUYEN_HE``, ``KIEM_TRA_LAI``, or
        ``None`` while undecided
    """
    check_sessions(absent)
    for given in (conduct, conduct_after):
        _check_level(given, _CONDUCT)
    for given in (study, study_after):
        _check_level(given, _LEVELS)
    named = pairs(conduct=conduct, study=study, absent=absent)
    named += pairs(conduct_after=conduct_after, study_after=study_after)
    trace = _tracer("promotion", "Điều 15, 16, 17", named)
    if absent is not None and absent > MOST_ABSENCES:
        return Result("O_LAI_LOP", trace(f"absent {absent} > {MOST_ABSENCES}"))
    if absent is None or conduct is None or study is None:
        return Result(None, trace("the year is not complete"))
    if study == "Kem" or (conduct, study) == ("Y", "Y"):
        return Result("O_LAI_LOP", trace(f"{conduct}, {study}"))
    if conduct == "Y":
        failed, after, due = "conduct", conduct_after, "REN_LUYEN_HE"
    elif study == "Y":
        failed, after, due = "study", study_after, "KIEM_TRA_LAI"
    else:
        return Result("LEN_LOP", trace(f"{conduct}, {study}"))
    if after is None:
        return Result(due, trace(f"{failed} Y"))
    value = "O_LAI_LOP" if after in ("Y", "Kem") else "LEN_LOP"
    return Result(value, trace(f"{failed} Y → {after}"))


def retest_subjects(*, conduct, study, scores, comments):
    """Subjects in which a pupil may be tested again (Điều 16): averages < 5.0, or CĐ.

    The pupil chooses some of them. The right is that of a pupil whose học lực is Yếu and whose
    conduct is Trung bình or better.

    :param conduct, study: levels of the year
    :param dict scores: ``{subject: year average}``; ``comments``: ``{subject: "Đ"/"CĐ"}``
    :return: :class:`Result` of a tuple of subjects by code point, empty without the right; of
        ``None`` while a level is not decided
    """
    _check_level(conduct, _CONDUCT)
    _check_level(study, _LEVELS)
    tenths = {subject: in_tenths(score) for subject, score in scores.items()}
    results = {subject: check_comment(result) for subject, result in comments.items()}
    named = pairs(conduct=conduct, study=study, scores=dict(scores), comments=dict(comments))
    trace = _tracer("retest_subjects", "Điều 16", named)
    if conduct is None or study is None:
        return Result(None, trace("the year is not complete"))
    if conduct == "Y" or study != "Y":
        return Result((), trace("not Y in study alone: no tests again"))
    low = [name for name, score in tenths.items() if score is not None and score < 50]
    failed = [name for name, result in results.items() if result == FAILED]
    return Result(tuple(sorted(low + failed)), trace("< 5.0, CĐ"))


def retest_level(*, main, others, comments, retest, specialised=None):
    """Học lực after tests in chosen subjects: new results replace the year's (Điều 16).

    :param dict main, others, comments: the year's results before, as :func:`study_level` has them
    :param dict retest: ``{subject: new average or comment result}``
    :param str specialised: as in :func:`study_level`
    :return: :class:`Result` of :class:`StudyLevel`
    :raises ValueError: for a subject that the pupil does not take
    """
    unknown = sorted(set(retest) - set(main) - set(others) - set(comments))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: the pupil has no result to replace")
    old = {"main": dict(main), "others": dict(others), "comments": dict(comments)}
    new = {
        part: {name: retest.get(name, result) for name, result in results.items()}
        for part, results in old.items()
    }
    replaced = study_level(**new, specialised=specialised)
    named = pairs(**old, retest=dict(retest))
    if specialised is not None:
        named += pairs(specialised=specialised)
    trace = _tracer("retest_level", "Điều 16", named)
    return Result(replaced.value, trace(replaced.trace.formula, replaced.trace.steps))


def _check_level(level, levels):
    if level is not None and level not in levels:
        raise ValueError(f"{level!r} is none of {', '.join(levels)}")


def _level(mean, leading, scores, results):
    for level, least_mean, least_main, least, all_passed in _STEPS:
        if mean >= least_mean and leading >= least_main and _all_reach(least, scores):
            if all_passed and FAILED in results:
                continue
            return level
    return "Kem"


def _all_reach(least, scores):
    return all(score >= least for score in scores)


def _single_cause(potential, mean, leading, scores, results):
    """The subject without whose own result the pupil would reach ``potential``, or ``None``."""
    for subject in (*scores, *results):
        others = [score for name, score in scores.items() if name != subject]
        comments = [result for name, result in results.items() if name != subject]
        if _level(mean, leading, others, comments) == potential:
            return subject
    return None


def _tracer(rule, article, inputs):
    return functools.partial(Trace, rule, f"TT 58/2011 {article}", VERSION, inputs)
