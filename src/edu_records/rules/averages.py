"""Results of one subject: averages and comment results, the same in TT 22/2021 and TT 43/2021."""

from decimal import Decimal

from .marks import FAILED, PASSED, check_comment, in_tenths, one_decimal
from .policy import check_choice
from .result import Result, pairs

__all__ = ["SubjectRules", "division", "half_up", "rounded"]

_COMMENT_REGULAR = 2
_SEMESTERS = ("HK1", "HK2")


def half_up(total, divisor):
    """Return ``total / divisor`` rounded half up to a whole number (both not negative)."""
    return (2 * total + divisor) // (2 * divisor)


def rounded(total, divisor, rounding):
    """As :func:`half_up`; with the rounding ``half_even`` a tie goes to the even neighbour."""
    value = half_up(total, divisor)
    tie = 2 * total % (2 * divisor) == divisor
    return value - value % 2 if tie and rounding == "half_even" else value


class SubjectRules:
    """Rules about one subject; :class:`~.circular.Circular` says under which circular."""

    def semester_average(
        self, *, required_tx, tx, gk, ck, topic=None, topic_mark="extra", rounding="half_up"
    ):
        """ĐTBmhk = (TĐĐGtx + 2 × ĐĐGgk + 3 × ĐĐGck) / (số ĐĐGtx + 5), to one decimal (Điều 9).

        The teacher selects the regular marks that count, so all in ``tx`` do. The mark of a topic
        cluster (cụm chuyên đề) is one more regular mark; where it is due but not there yet, count
        it in ``required_tx`` instead, as :meth:`regular_count` does.

        :param int required_tx: regular marks due, see :meth:`regular_count`
        :param tx: regular marks, strings or Decimals; ``None`` for a missing one
        :param gk: midterm mark; ``ck``: final mark
        :param topic: mark of the topic cluster, ``None`` when the subject has none
        :param topic_mark, rounding: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of "8.3", or of ``None`` while a mark is missing
        """
        check_choice(topic_mark=topic_mark, rounding=rounding)
        regular = [in_tenths(mark) for mark in tx]
        midterm, final, cluster = in_tenths(gk), in_tenths(ck), in_tenths(topic)
        named = pairs(required_tx=required_tx, tx=list(tx), gk=gk, ck=ck)
        if topic is not None:
            named += pairs(topic=topic, topic_mark=topic_mark)
        trace = self._tracer("semester_average", "average", named + pairs(rounding=rounding))
        there = len(regular)
        if cluster is not None:
            regular.append(cluster)
            there += topic_mark == "inside"
        if there < required_tx or None in (*regular, midterm, final):
            return Result(None, trace("a mark is missing"))
        regular_total, divisor = sum(regular), len(regular) + 5
        total = regular_total + 2 * midterm + 3 * final
        value = one_decimal(rounded(total, divisor, rounding))
        formula = (
            f"({one_decimal(regular_total)} + 2 × {one_decimal(midterm)}"
            f" + 3 × {one_decimal(final)}) / ({len(regular)} + 5)"
        )
        return Result(value, trace(formula, division(total, divisor, value)))

    def year_average(self, *, hk1, hk2, only=None, arrival="import", rounding="half_up"):
        """ĐTBmcn = (ĐTBmhkI + 2 × ĐTBmhkII) / 3 of the rounded semesters, to one decimal (Điều 9).

        :param hk1, hk2: semester averages
        :param str only: ``HK1`` or ``HK2`` when the subject is taught, or the pupil assessed, in
            that semester alone: its average is the year's (TT 58/2011 Điều 10.3, 12)
        :param arrival, rounding: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of "8.8", or of ``None`` while a semester is missing
        """
        check_choice(arrival=arrival, rounding=rounding)
        _check_only(only)
        tenths = {"HK1": in_tenths(hk1), "HK2": in_tenths(hk2)}
        named = pairs(hk1=hk1, hk2=hk2, only=only, arrival=arrival, rounding=rounding)
        trace = self._tracer("year_average", "average", named)
        if only is None and hk1 is None and arrival == "hk2_only":
            only = "HK2"
        if only is not None:
            alone = tenths[only]
            value = None if alone is None else one_decimal(alone)
            return Result(
                value, trace("a semester is missing" if alone is None else f"{only} only")
            )
        if None in tenths.values():
            return Result(None, trace("a semester is missing"))
        first, second = tenths["HK1"], tenths["HK2"]
        total = first + 2 * second
        value = one_decimal(rounded(total, 3, rounding))
        formula = f"({one_decimal(first)} + 2 × {one_decimal(second)}) / 3"
        return Result(value, trace(formula, division(total, 3, value)))

    def comment_semester(self, *, tx, gk, ck, closed=False):
        """Đ when two regular results, midterm and final are there and all are Đ (Điều 9.1.a).

        :param bool closed: the semester is closed, so what is missing stays missing
        :return: :class:`Result` of "Đ", "CĐ", or ``None`` while incomplete and not closed
        """
        given = [check_comment(result) for result in (*tx, gk, ck)]
        named = pairs(tx=list(tx), gk=gk, ck=ck, closed=closed)
        trace = self._tracer("comment_semester", "comment", named)
        if len(tx) < _COMMENT_REGULAR or None in given:
            reason = f"{sum(result is not None for result in given)} results of 4"
            return Result(FAILED if closed else None, trace(f"incomplete: {reason}"))
        failed = given.count(FAILED)
        if failed:
            return Result(FAILED, trace(f"{failed} of {len(given)} results are CĐ"))
        return Result(PASSED, trace(f"all {len(given)} results are Đ"))

    def comment_year(self, *, hk1, hk2, only=None):
        """The year's comment result is that of semester 2, whatever the first was (Điều 9.1.a).

        :param str only: as in :meth:`year_average`; a pupil exempt in semester 2 alone has the
            result of semester 1
        :return: :class:`Result` of "Đ", "CĐ" or ``None``
        """
        _check_only(only)
        given = {"HK1": check_comment(hk1), "HK2": check_comment(hk2)}
        named = pairs(hk1=hk1, hk2=hk2)
        if only is None:
            trace = self._tracer("comment_year", "comment", named)
            return Result(given["HK2"], trace("cả năm = học kì II"))
        trace = self._tracer("comment_year", "comment", named + pairs(only=only))
        return Result(given[only], trace(f"{only} only"))

    def missing_assessment(self, *, assess, mark, excused, closed, zero_regular=True):
        """What is recorded for an assessment that a pupil missed (Điều 7).

        Missed for a reason beyond the pupil's control it is made up within the semester. What was
        not made up is recorded as 0, or CĐ, when the semester closes; at once without a reason.

        :param str assess: ``score`` or ``comment``; ``mark``: ``TX``, ``GK`` or ``CK``
        :param bool excused: missed because of force majeure (lí do bất khả kháng)
        :param bool closed: the semester is closed
        :param zero_regular: see :mod:`~edu_records.rules.policy`
        :return: :class:`Result` of "0", "CĐ", or of ``None`` while it can be made up, or where
            nothing is recorded
        """
        check_choice(zero_regular=zero_regular)
        _check_assess(assess)
        if mark not in ("TX", "GK", "CK"):
            raise ValueError(f"{mark!r} is not a kind of mark")
        named = pairs(
            assess=assess,
            mark=mark,
            excused=excused,
            closed=closed,
            zero_regular=zero_regular,
        )
        trace = self._tracer("missing_assessment", "missing", named)
        if excused and not closed:
            return Result(None, trace("to be made up"))
        if mark == "TX" and not zero_regular:
            return Result(None, trace("nothing is recorded"))
        return Result("0" if assess == "score" else FAILED, trace("not made up"))

    def regular_count(
        self,
        *,
        periods,
        assess,
        semester=None,
        topic=False,
        topic_mark="extra",
        topic_semester="HK2",
    ):
        """Regular marks due in a semester, a plain integer (Điều 6.2).

        Scored: 2 up to 35 periods a year, 3 up to 70, else 4; comment subjects: 2. A scored
        subject with a topic cluster has one more in the semester in which the cluster's is due.

        :param int periods: periods a year
        :param str assess: ``score`` or ``comment``
        :param str semester: ``HK1`` or ``HK2``, asked for with ``topic`` only
        :param bool topic: the pupil takes the topic cluster of the subject
        :param topic_mark, topic_semester: see :mod:`~edu_records.rules.policy`
        """
        check_choice(topic_mark=topic_mark, topic_semester=topic_semester)
        _check_assess(assess)
        if topic and semester not in _SEMESTERS:
            raise ValueError(f"semester: {semester!r} is not a semester")
        if assess == "comment":
            return 2
        extra = topic and topic_mark == "extra" and semester == topic_semester
        return (2 if periods <= 35 else 3 if periods <= 70 else 4) + extra

    def exam_minutes(self, *, periods, specialised=False):
        """Minutes that a midterm or final may last, ``(shortest, longest)`` (Điều 7).

        45 up to 70 periods a year, else 60 to 90; a specialised subject up to 120.

        :raises ValueError: for a specialised subject where the circular knows none
        """
        if specialised and not self.specialised_subjects:
            raise ValueError(f"{self.citation} has no specialised subjects")
        if periods <= 70:
            return 45, 45
        return 60, 120 if specialised else 90


def _check_assess(assess):
    if assess not in ("score", "comment"):
        raise ValueError(f"{assess!r} is not a way to assess a subject")


def _check_only(only):
    if only not in (None, *_SEMESTERS):
        raise ValueError(f"only: {only!r} is not a semester")


def division(total, divisor, value):
    """Steps of a division of tenths; the quotient is shown cut after four decimals."""
    shown = Decimal(total * 1000 // divisor).scaleb(-4)
    return (
        ("total", one_decimal(total)),
        ("divisor", str(divisor)),
        ("quotient", format(shown, "f")),
        ("rounded", value),
    )
