"""Levels of a semester or year: study results with their adjustment, and conduct."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from .marks import FAILED, check_comment, in_tenths, one_decimal
from .policy import check_choice
from .result import Result, pairs

__all__ = ["LEVELS", "LevelRules", "StudyLevel", "check_level"]

LEVELS = ("CHUA_DAT", "DAT", "KHA", "TOT")
"""From the lowest to the highest."""

_CHUA_DAT, _DAT, _KHA, _TOT = range(4)
_LIMITS = (80, 65, 50, 35)  # in tenths, of Điều 9.2

_CONDUCT_YEAR = {  # (semester 1, semester 2): year
    ("TOT", "TOT"): "TOT",
    ("KHA", "TOT"): "TOT",
    ("DAT", "TOT"): "KHA",
    ("CHUA_DAT", "TOT"): "KHA",
    ("TOT", "KHA"): "KHA",
    ("KHA", "KHA"): "KHA",
    ("DAT", "KHA"): "KHA",
    ("CHUA_DAT", "KHA"): "DAT",
    ("TOT", "DAT"): "KHA",
    ("KHA", "DAT"): "DAT",
    ("DAT", "DAT"): "DAT",
    ("CHUA_DAT", "DAT"): "DAT",
}


class StudyLevel(NamedTuple):
    """``base`` by the table, ``final`` after the adjustment, and the ``subject`` that caused it."""

    base: str | None
    final: str | None
    subject: str | None = None


def check_level(level, name):
    """Return a level unchanged.

    :raises ValueError: for anything but a code of :data:`LEVELS` and ``None``
    """
    if level is not None and level not in LEVELS:
        raise ValueError(f"{name}: {level!r} is not a level")
    return level


class LevelRules:
    """Rules about a pupil's subjects together; :class:`~.circular.Circular` has the parameters."""

    def study_level(
        self,
        *,
        scores,
        comments,
        activities=None,
        electives=(),
        adjust_mode="neutralise",
        adjust_comment_subjects=True,
        adjust_least="lowered",
        lower_least=False,
        count_electives=True,
        count_activities=False,
    ):
        """Study result (kết quả học tập) of a semester or year (Điều 9.2).

        Tốt: all comments Đ, all scores >= 6.5, ``least`` of them >= 8.0. Khá: all Đ, all >= 5.0,
        ``least`` >= 6.5. Đạt: at most one CĐ, ``least`` >= 5.0, none < 3.5. Otherwise Chưa đạt.

        Adjustment (Điều 9.3): when without one single subject the level would be Tốt or Khá, two
        levels or more above, the level is raised by one. ``least`` is not lowered for a pupil who
        takes fewer scored subjects; the trace says so, for the principal to decide.

        :param dict scores: ``{subject: average}``, of the subjects that the pupil takes; exempt
            ones are left out
        :param dict comments: ``{subject: "Đ"/"CĐ"}``
        :param dict activities: ``{activity: "Đ"/"CĐ"}`` outside the subjects (GDTX)
        :param electives: those of the subjects that the pupil elected
        :param adjust_mode, adjust_comment_subjects, adjust_least, lower_least, count_electives:
            see :mod:`~edu_records.rules.policy`, like ``count_activities``
        :return: :class:`Result` of :class:`StudyLevel`, all ``None`` while a result is missing
        """
        policy = {
            "adjust_mode": adjust_mode,
            "adjust_comment_subjects": adjust_comment_subjects,
            "adjust_least": adjust_least,
            "lower_least": lower_least,
            "count_electives": count_electives,
            "count_activities": count_activities,
        }
        check_choice(**policy)
        counted = dict(comments)
        if count_activities:
            counted |= activities or {}
        if set(scores) & set(counted):
            raise ValueError("a subject is assessed by scores or by comments, not by both")
        left_out = () if count_electives else electives
        tenths = {name: in_tenths(scores[name]) for name in scores if name not in left_out}
        results = {name: check_comment(counted[name]) for name in counted if name not in left_out}
        named = pairs(scores=dict(scores), comments=dict(comments))
        if activities is not None:
            named += pairs(activities=dict(activities))
        if electives:
            named += pairs(electives=list(electives))
        trace = self._tracer("study_level", "study", named + pairs(**policy))
        if not tenths or None in tenths.values() or None in results.values():
            return Result(StudyLevel(None, None), trace("a result is missing"))
        least = min(self.least, len(tenths)) if lower_least else self.least
        year = _Subjects(tenths, results, least, adjust_mode, adjust_least == "lowered")
        base = year.level()
        subject, best = year.single_cause(base, comment_subjects=adjust_comment_subjects)
        final = base if subject is None else base + 1
        value = StudyLevel(LEVELS[base], LEVELS[final], subject)
        return Result(value, trace(*self._reasons(value, LEVELS[best], year)))

    def conduct_year(self, *, hk1, hk2, arrival="import"):
        """Conduct (kết quả rèn luyện) of the year from both semesters, by the table of Điều 8.

        :param arrival: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of a level code, ``None`` while a semester is missing
        """
        check_choice(arrival=arrival)
        check_level(hk1, "hk1")
        check_level(hk2, "hk2")
        trace = self._tracer("conduct_year", "conduct", pairs(hk1=hk1, hk2=hk2, arrival=arrival))
        if hk1 is None and arrival == "hk2_only":
            return Result(hk2, trace("a semester is missing" if hk2 is None else "HK2 only"))
        if hk1 is None or hk2 is None:
            return Result(None, trace("a semester is missing"))
        if hk2 == "CHUA_DAT":
            return Result(hk2, trace("HK2 CHUA_DAT"))
        return Result(_CONDUCT_YEAR[hk1, hk2], trace(f"{hk1}, {hk2}"))

    def _reasons(self, value, best, year):
        """Formula and steps of a study level."""
        counts = [
            (f">= {one_decimal(limit)}", str(count))
            for limit, count in zip(_LIMITS, year.reached, strict=True)
        ]
        steps = [
            ("required", str(year.least)),
            *counts[:3],
            ("lowest", one_decimal(min(year.scores.values()))),
            ("CĐ", str(year.failed)),
            ("base", value.base),
        ]
        number = len(year.scores)
        if number < self.least:
            steps.append(("fewer scored subjects than required", f"{number} of {self.least}"))
        formula = f"{value.base}"
        if value.subject is not None:
            steps += [("without the subject", f"{value.subject}: {best}"), ("final", value.final)]
            formula = f"{value.base} → {value.final} ({value.subject})"
        return formula, tuple(steps)


@dataclass(frozen=True)
class _Subjects:
    """What counts for a study level, nothing missing: scores in tenths, comment results."""

    scores: dict
    comments: dict
    least: int
    mode: str
    lowered: bool

    @cached_property
    def reached(self):
        """How many scores reach each of the limits."""
        scores = self.scores.values()
        return tuple(sum(score >= limit for score in scores) for limit in _LIMITS)

    @cached_property
    def failed(self):
        """How many comment results are CĐ."""
        return list(self.comments.values()).count(FAILED)

    def level(self):
        """Index into :data:`LEVELS` by the table."""
        return _level(self.reached, len(self.scores), self.failed, self.least)

    def single_cause(self, base, *, comment_subjects):
        """The one subject because of which the level is two or more below Tốt or Khá.

        :return: ``(subject, level without it)``; ``(None, base)`` when there is none
        """
        candidates = [*self.scores, *(self.comments if comment_subjects else ())]
        levels = {subject: self._without(subject) for subject in candidates}
        subject = max(levels, key=levels.get)
        best = levels[subject]
        return (subject, best) if best >= _KHA and best - base >= 2 else (None, base)

    def _without(self, subject):
        """The level that the pupil would have were it not for ``subject``."""
        number = len(self.scores)
        if subject not in self.scores:
            failed = self.failed - (self.comments[subject] == FAILED)
            return _level(self.reached, number, failed, self.least)
        score = self.scores[subject]
        if self.mode == "substitute":  # a 10 in its place
            reached = [
                count + (score < limit) for count, limit in zip(self.reached, _LIMITS, strict=True)
            ]
            return _level(reached, number, self.failed, self.least)
        reached = [
            count - (score >= limit) for count, limit in zip(self.reached, _LIMITS, strict=True)
        ]
        least = min(self.least, number - 1) if self.lowered else self.least
        return _level(reached, number - 1, self.failed, least)


def _level(reached, number, failed, least):
    """Index into :data:`LEVELS` by the table of Điều 9.2.

    :param reached: how many of the ``number`` scores reach each of the limits
    :param int failed: comment results CĐ
    """
    from_80, from_65, from_50, from_35 = reached
    if not failed and from_65 == number and from_80 >= least:
        return _TOT
    if not failed and from_50 == number and from_65 >= least:
        return _KHA
    if failed <= 1 and from_35 == number and from_50 >= least:
        return _DAT
    return _CHUA_DAT
