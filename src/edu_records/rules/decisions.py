"""What follows from a year's results: titles, promotion, re-assessment."""

from .levels import LEVELS, check_level
from .marks import FAILED, check_comment, in_tenths
from .result import Result, pairs

__all__ = ["DecisionRules"]

_MOST_ABSENCES = 45


class DecisionRules:
    """Rules about a pupil's year; :class:`~.circular.Circular` has the parameters."""

    def title(self, *, scope, conduct, study, scores):
        """Title of the year: conduct and study Tốt, and ``least`` averages >= 9.0 for xuất sắc.

        :param str scope: ``year``, or ``semester`` (which has no titles)
        :param scores: year averages of the scored subjects, a ``dict`` by subject or a list
        :return: :class:`Result` of a code of ``title_codes``, or ``None``
        """
        if scope not in ("semester", "year"):
            raise ValueError(f"{scope!r} has no results")
        given = list(scores.values()) if isinstance(scores, dict) else list(scores)
        tenths = [in_tenths(score) for score in given]
        named = pairs(scope=scope, conduct=conduct, study=study, scores=given)
        trace = self._tracer("title", "title", named)
        check_level(conduct, "conduct")
        check_level(study, "study")
        if scope == "semester":
            return Result(None, trace("titles are of the year"))
        if (conduct, study) != ("TOT", "TOT"):
            return Result(None, trace("conduct and study are not both TOT"))
        high = sum(score is not None and score >= 90 for score in tenths)
        excellent, good = self.title_codes
        steps = ((">= 9.0", f"{high} of {self.least}"),)
        return Result(excellent if high >= self.least else good, trace("TOT, TOT", steps))

    def promotion(self, *, conduct, study, absent, conduct_after=None, study_after=None):
        """Whether the pupil moves up.

        More than 45 sessions absent decides before anything else; conduct and study both Chưa đạt
        is read as retained, because re-assessment asks for conduct Đạt or better.

        :param conduct, study: levels of the year
        :param int absent: sessions in the year, one a day; ``None`` when not counted yet
        :param conduct_after: level after summer training; ``study_after``: after re-assessment
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
        if absent is not None and (not isinstance(absent, int) or isinstance(absent, bool)):
            raise TypeError(f"absent: whole sessions are counted, not {absent!r}")
        trace = self._tracer("promotion", "promotion", pairs(**levels, absent=absent))
        return _promotion(trace, conduct, study, absent, conduct_after, study_after)

    def retest_subjects(self, *, conduct, scores, comments):
        """Subjects to re-assess of a pupil whose study level is Chưa đạt: average < 5.0, or CĐ.

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

    def retest_level(self, *, scores, comments, retest, **policy):
        """Study level after re-assessment: new results replace the old ones, even worse ones.

        :param dict scores, comments: the year's results before
        :param dict retest: ``{subject: new average or comment result}``
        :param policy: as :meth:`study_level`
        :return: :class:`Result` of :class:`StudyLevel`
        :raises ValueError: for a subject that the pupil does not take
        """
        unknown = sorted(set(retest) - set(scores) - set(comments))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: the pupil has no result to replace")
        replaced = self.study_level(
            scores={name: retest.get(name, score) for name, score in scores.items()},
            comments={name: retest.get(name, result) for name, result in comments.items()},
            **policy,
        )
        named = pairs(scores=dict(scores), comments=dict(comments), retest=dict(retest))
        trace = self._tracer("retest_level", "retest", named)
        return Result(replaced.value, trace(replaced.trace.formula, replaced.trace.steps))


def _promotion(trace, conduct, study, absent, conduct_after, study_after):
    if absent is not None and absent > _MOST_ABSENCES:
        return Result("O_LAI_LOP", trace(f"absent {absent} > {_MOST_ABSENCES}"))
    if absent is None or conduct is None or study is None:
        return Result(None, trace("the year is not complete"))
    conduct_failed, study_failed = conduct == LEVELS[0], study == LEVELS[0]
    if conduct_failed and study_failed:
        return Result("O_LAI_LOP", trace("conduct and study CHUA_DAT"))
    if conduct_failed:
        return _second_chance(trace, "conduct", conduct_after, "REN_LUYEN_HE")
    if study_failed:
        return _second_chance(trace, "study", study_after, "KIEM_TRA_LAI")
    return Result("LEN_LOP", trace(f"conduct {conduct}, study {study}"))


def _second_chance(trace, what, after, due):
    if after is None:
        return Result(due, trace(f"{what} CHUA_DAT"))
    value = "O_LAI_LOP" if after == LEVELS[0] else "LEN_LOP"
    return Result(value, trace(f"{what} CHUA_DAT → {after}"))
