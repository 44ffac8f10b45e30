"""Levels of a semester or year: study results with their adjustment, and conduct."""

from typing import NamedTuple

from .marks import FAILED, check_comment, in_tenths, one_decimal
from .result import Result, pairs

__all__ = ["LEVELS", "LevelRules", "StudyLevel", "check_level"]

LEVELS = ("CHUA_DAT", "DAT", "KHA", "TOT")
"""From the lowest to the highest."""

_CHUA_DAT, _DAT, _KHA, _TOT = range(4)

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
        self, *, scores, comments, adjust_mode="neutralise", adjust_comment_subjects=True
    ):
        """Study result (kết quả học tập) of a semester or year.

        Tốt: all comments Đ, all scores >= 6.5, ``least`` of them >= 8.0. Khá: all Đ, all >= 5.0,
        ``least`` >= 6.5. Đạt: at most one CĐ, ``least`` >= 5.0, none < 3.5. Otherwise Chưa đạt.

        Adjustment (Điều 9.3): when without one single subject the level would be Tốt or Khá, two
        levels or more above, the level is raised by one. ``least`` is not lowered for a pupil who
        takes fewer scored subjects; the trace says so, for the principal to decide.

        :param dict scores: ``{subject: average}``, of the subjects that the pupil takes
        :param dict comments: ``{subject: "Đ"/"CĐ"}``
        :param str adjust_mode: how "because of one subject" is decided: ``neutralise`` leaves the
            subject out, ``substitute`` puts 10.0 (or Đ) in its place
        :param bool adjust_comment_subjects: whether the one subject may be a comment subject
        :return: :class:`Result` of :class:`StudyLevel`, all ``None`` while a result is missing
        """
        if adjust_mode not in ("neutralise", "substitute"):
            raise ValueError(f"{adjust_mode!r} is not a way to adjust")
        if set(scores) & set(comments):
            raise ValueError("a subject is assessed by scores or by comments, not by both")
        tenths = {subject: in_tenths(score) for subject, score in scores.items()}
        results = {subject: check_comment(result) for subject, result in comments.items()}
        named = pairs(
            scores=dict(scores),
            comments=dict(comments),
            adjust_mode=adjust_mode,
            adjust_comment_subjects="yes" if adjust_comment_subjects else "no",
        )
        trace = self._tracer("study_level", "study", named)
        if not tenths or None in tenths.values() or None in results.values():
            return Result(StudyLevel(None, None), trace("a result is missing"))
        base = _level(list(tenths.values()), list(results.values()), self.least)
        candidates = {**tenths, **(results if adjust_comment_subjects else {})}
        subject, best = None, base
        for candidate in candidates:
            level = self._without(candidate, tenths, results, adjust_mode)
            if level > best:
                subject, best = candidate, level
        if best < _KHA or best - base < 2:
            subject = None
        final = base if subject is None else base + 1
        value = StudyLevel(LEVELS[base], LEVELS[final], subject)
        return Result(value, trace(*self._reasons(value, LEVELS[best], tenths, results)))

    def conduct_year(self, *, hk1, hk2):
        """Conduct (kết quả rèn luyện) of the year from both semesters, by the table of Điều 8.

        :return: :class:`Result` of a level code, ``None`` while a semester is missing
        """
        check_level(hk1, "hk1")
        check_level(hk2, "hk2")
        trace = self._tracer("conduct_year", "conduct", pairs(hk1=hk1, hk2=hk2))
        if hk1 is None or hk2 is None:
            return Result(None, trace("a semester is missing"))
        if hk2 == "CHUA_DAT":
            return Result(hk2, trace("học kì II chưa đạt"))
        return Result(_CONDUCT_YEAR[hk1, hk2], trace(f"{hk1}, {hk2}"))

    def _without(self, subject, tenths, results, mode):
        """The level that the pupil would have were it not for ``subject``."""
        scores = [score for name, score in tenths.items() if name != subject]
        comments = [result for name, result in results.items() if name != subject]
        if mode == "substitute" and subject in tenths:
            scores.append(100)
        return _level(scores, comments, min(self.least, len(scores)))

    def _reasons(self, value, best, tenths, results):
        """Formula and steps of a study level."""
        counts = [
            (f">= {one_decimal(limit)}", f"{sum(score >= limit for score in tenths.values())}")
            for limit in (80, 65, 50)
        ]
        steps = [
            *counts,
            ("lowest", one_decimal(min(tenths.values()))),
            ("CĐ", str(list(results.values()).count(FAILED))),
            ("base", value.base),
        ]
        if len(tenths) < self.least:
            steps.append(("fewer scored subjects than required", f"{len(tenths)} of {self.least}"))
        formula = f"{value.base}"
        if value.subject is not None:
            steps += [("without the subject", f"{value.subject}: {best}"), ("final", value.final)]
            formula = f"{value.base} → {value.final} ({value.subject})"
        return formula, tuple(steps)


def _level(scores, comments, least):
    """Index into :data:`LEVELS` by the table of Điều 9.2; scores in tenths, nothing missing."""
    lowest = min(scores, default=100)
    failed = comments.count(FAILED)

    def enough(limit):
        return sum(score >= limit for score in scores) >= least

    if not failed and lowest >= 65 and enough(80):
        return _TOT
    if not failed and lowest >= 50 and enough(65):
        return _KHA
    if failed <= 1 and lowest >= 35 and enough(50):
        return _DAT
    return _CHUA_DAT
