"""What follows from a year's results: titles, promotion, re-assessment."""

from .levels import LEVELS, StudyLevel, check_level
from .marks import FAILED, PASSED, check_comment, in_tenths
from .policy import check_choice
from .result import Result, pairs

__all__ = ["MOST_ABSENCES", "DecisionRules", "check_sessions"]

MOST_ABSENCES = 45
"""Sessions; whoever misses more does not move up."""


def check_sessions(absent):
    """Refuse anything but a whole number of sessions, or ``None``.

    :raises TypeError: naming it
    """
    if absent is not None and (not isinstance(absent, int) or isinstance(absent, bool)):
        raise TypeError(f"absent: whole sessions are counted, not {absent!r}")


class DecisionRules:
    """Rules about a pupil's year; :class:`~.circular.Circular` has the parameters."""

    def title(
        self,
        *,
        scope,
        conduct,
        study,
        scores,
        electives=(),
        lower_least=False,
        count_electives=True,
    ):
        """Title of the year: conduct and study Tốt, and ``least`` averages >= 9.0 for xuất sắc.

        :param str scope: ``year``, or ``semester`` (which has no titles)
        :param scores: year averages of the scored subjects, a ``dict`` by subject or a list
        :param electives: those of the subjects that the pupil elected
        :param lower_least, count_electives: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of a code of ``title_codes``, or ``None``
        """
        check_choice(lower_least=lower_least, count_electives=count_electives)
        if scope not in ("semester", "year"):
            raise ValueError(f"{scope!r} has no results")
        given = scores if isinstance(scores, dict) else dict(enumerate(scores))
        left_out = () if count_electives else electives
        tenths = [in_tenths(score) for name, score in given.items() if name not in left_out]
        named = pairs(scope=scope, conduct=conduct, study=study, scores=list(given.values()))
        named += pairs(lower_least=lower_least, count_electives=count_electives)
        trace = self._tracer("title", "title", named)
        check_level(conduct, "conduct")
        check_level(study, "study")
        if scope == "semester":
            return Result(None, trace("titles are of the year"))
        if (conduct, study) != ("TOT", "TOT"):
            return Result(None, trace("conduct and study are not both TOT"))
        least = min(self.least, len(tenths)) if lower_least else self.least
        high = sum(score is not None and score >= 90 for score in tenths)
        excellent, good = self.title_codes
        steps = ((">= 9.0", f"{high} of {least}"),)
        return Result(excellent if high >= least else good, trace("TOT, TOT", steps))

    def absences(self, *, missed, absence_unit="day"):
        """Sessions that count as absent, on a plan of one session a day (Điều 12.1.c).

        A whole day missed in a school with two sessions a day is one, not two.

        :param missed: ``(day, session)`` of every session missed, in any order
        :param absence_unit: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of a number
        """
        check_choice(absence_unit=absence_unit)
        sessions = {(str(day), str(session)) for day, session in missed}
        days = {day for day, _session in sessions}
        named = pairs(missed=[f"{day} {part}" for day, part in sorted(sessions)])
        trace = self._tracer("absences", "promotion", named + pairs(absence_unit=absence_unit))
        steps = (("sessions", str(len(sessions))), ("days", str(len(days))))
        counted = days if absence_unit == "day" else sessions
        return Result(len(counted), trace(f"{len(counted)}", steps))

    def promotion(
        self,
        *,
        conduct,
        study,
        absent,
        conduct_after=None,
        study_after=None,
        both_failed="retained",
    ):
        """Whether the pupil moves up (Điều 12 to 14; TT 43/2021 Điều 11 to 13).

        More than 45 sessions absent decides before anything else; conduct and study both Chưa đạt
        is read as retained, because re-assessment asks for conduct Đạt or better.

        :param conduct, study: levels of the year
        :param int absent: sessions in the year, one a day; ``None`` when not counted yet
        :param conduct_after: level after summer training; ``study_after``: after re-assessment
        :param both_failed: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of ``LEN_LOP``, ``O_LAI_LOP``, ``REN_LUYEN_HE`` (summer training
            is due), ``KIEM_TRA_LAI`` (re-assessment is due), or ``None`` while undecided
        """
        levels = {
            "conduct": conduct,
            "study": study,
            "conduct_after": conduct_after,
            "study_after": study_after,
        }
        for name, level in levels.items():
            check_level(level, name)
        check_sessions(absent)
        check_choice(both_failed=both_failed)
        named = pairs(**levels, absent=absent, both_failed=both_failed)
        trace = self._tracer("promotion", "promotion", named)
        if absent is not None and absent > MOST_ABSENCES:
            return Result("O_LAI_LOP", trace(f"absent {absent} > {MOST_ABSENCES}"))
        if absent is None or conduct is None or study is None:
            return Result(None, trace("the year is not complete"))
        if conduct == study == LEVELS[0] and both_failed == "retained":
            return Result("O_LAI_LOP", trace("conduct and study CHUA_DAT"))
        return _second_chances(trace, levels)

    def retest_subjects(self, *, conduct, scores, comments):
        """Subjects to re-assess of a pupil whose study level is Chưa đạt (Điều 14): < 5.0, or CĐ.

        :param dict scores: ``{subject: year average}``; ``comments``: ``{subject: "Đ"/"CĐ"}``
        :return: :class:`Result` of a tuple of subjects by code point, empty without the right to
            be re-assessed (conduct Chưa đạt); of ``None`` while conduct is not decided
        """
        check_level(conduct, "conduct")
        tenths = {subject: in_tenths(score) for subject, score in scores.items()}
        results = {subject: check_comment(result) for subject, result in comments.items()}
        named = pairs(conduct=conduct, scores=dict(scores), comments=dict(comments))
        trace = self._tracer("retest_subjects", "retest", named)
        if conduct is None:
            return Result(None, trace("conduct is not decided"))
        if conduct == "CHUA_DAT":
            return Result((), trace("conduct CHUA_DAT: no re-assessment"))
        low = [name for name, score in tenths.items() if score is not None and score < 50]
        failed = [name for name, result in results.items() if result == FAILED]
        return Result(tuple(sorted(low + failed)), trace("< 5.0, CĐ"))

    def retest_level(
        self,
        *,
        scores,
        comments,
        retest,
        retest_choice="some",
        retest_worse="replace",
        **policy,
    ):
        """Study level after re-assessment: new results replace the old ones (Điều 14).

        :param dict scores, comments: the year's results before
        :param dict retest: ``{subject: new average or comment result}``
        :param retest_choice, retest_worse: see :mod:`~edu_records.rules.policy`
        :param policy: as :meth:`study_level`
        :return: :class:`Result` of :class:`StudyLevel`
        :raises ValueError: for a subject that the pupil does not take
        """
        check_choice(retest_choice=retest_choice, retest_worse=retest_worse)
        unknown = sorted(set(retest) - set(scores) - set(comments))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: the pupil has no result to replace")
        named = pairs(scores=dict(scores), comments=dict(comments), retest=dict(retest))
        named += pairs(retest_choice=retest_choice, retest_worse=retest_worse, **policy)
        trace = self._tracer("retest_level", "retest", named)
        due = self.retest_subjects(conduct=LEVELS[1], scores=scores, comments=comments).value
        missing = sorted(set(due) - set(retest))
        if retest_choice == "all" and missing:
            steps = (("missing", ", ".join(missing)),)
            return Result(StudyLevel(None, None), trace("a re-assessment is missing", steps))
        better = retest_worse == "keep_better"
        replaced = self.study_level(
            scores={name: _after(score, retest, name, better) for name, score in scores.items()},
            comments={name: _after(old, retest, name, better) for name, old in comments.items()},
            **policy,
        )
        return Result(replaced.value, trace(replaced.trace.formula, replaced.trace.steps))


def _after(old, retest, subject, better):
    """The result that counts after re-assessment."""
    new = retest.get(subject, old)
    if not better or None in (new, old):
        return new
    if FAILED in (new, old) or PASSED in (new, old):
        return PASSED if PASSED in (new, old) else FAILED
    return max(old, new, key=in_tenths)


def _second_chances(trace, levels):
    """What follows from summer training, then from re-assessment, whichever is due."""
    formula = f"conduct {levels['conduct']}, study {levels['study']}"
    for what, due in (("conduct", "REN_LUYEN_HE"), ("study", "KIEM_TRA_LAI")):
        after = levels[f"{what}_after"]
        if levels[what] != LEVELS[0]:
            continue
        if after is None:
            return Result(due, trace(f"{what} CHUA_DAT"))
        formula = f"{what} CHUA_DAT → {after}"
        if after == LEVELS[0]:
            return Result("O_LAI_LOP", trace(formula))
    return Result("LEN_LOP", trace(formula))
