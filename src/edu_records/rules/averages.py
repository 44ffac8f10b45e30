"""Results of one subject: averages and comment results, the same in TT 22/2021 and TT 43/2021."""

from decimal import Decimal

from .marks import FAILED, PASSED, check_comment, in_tenths, one_decimal
from .result import Result, pairs

__all__ = ["SubjectRules", "half_up"]

_COMMENT_REGULAR = 2


def half_up(total, divisor):
    """Return ``total / divisor`` rounded half up to a whole number (both not negative)."""
    return (2 * total + divisor) // (2 * divisor)


class SubjectRules:
    """Rules about one subject; :class:`~.circular.Circular` says under which circular."""

    def semester_average(self, *, required_tx, tx, gk, ck, topic=None):
        """ĐTBmhk = (TĐĐGtx + 2 × ĐĐGgk + 3 × ĐĐGck) / (số ĐĐGtx + 5), half up to one decimal.

        The teacher selects the regular marks that count, so all in ``tx`` do. The mark of a topic
        cluster (cụm chuyên đề) is one more regular mark; where it is due but not there yet, count
        it in ``required_tx`` instead.

        :param int required_tx: regular marks due, see :meth:`regular_count`
        :param tx: regular marks, strings or Decimals; ``None`` for a missing one
        :param gk: midterm mark; ``ck``: final mark
        :param topic: mark of the topic cluster, ``None`` when the subject has none
        :return: :class:`Result` of "8.3", or of ``None`` while a mark is missing
        """
        regular = [in_tenths(mark) for mark in tx]
        midterm, final, cluster = in_tenths(gk), in_tenths(ck), in_tenths(topic)
        named = pairs(required_tx=required_tx, tx=list(tx), gk=gk, ck=ck)
        if topic is not None:
            named += pairs(topic=topic)
        trace = self._tracer("semester_average", "average", named)
        if len(regular) < required_tx or None in (*regular, midterm, final):
            return Result(None, trace("a mark is missing"))
        if cluster is not None:
            regular.append(cluster)
        regular_total, divisor = sum(regular), len(regular) + 5
        total = regular_total + 2 * midterm + 3 * final
        value = one_decimal(half_up(total, divisor))
        formula = (
            f"({one_decimal(regular_total)} + 2 × {one_decimal(midterm)}"
            f" + 3 × {one_decimal(final)}) / ({len(regular)} + 5)"
        )
        return Result(value, trace(formula, _division(total, divisor, value)))

    def year_average(self, *, hk1, hk2):
        """ĐTBmcn = (ĐTBmhkI + 2 × ĐTBmhkII) / 3 of the rounded semesters, half up to one decimal.

        :return: :class:`Result` of "8.8", or of ``None`` while a semester is missing
        """
        first, second = in_tenths(hk1), in_tenths(hk2)
        trace = self._tracer("year_average", "average", pairs(hk1=hk1, hk2=hk2))
        if first is None or second is None:
            return Result(None, trace("a semester is missing"))
        total = first + 2 * second
        value = one_decimal(half_up(total, 3))
        formula = f"({one_decimal(first)} + 2 × {one_decimal(second)}) / 3"
        return Result(value, trace(formula, _division(total, 3, value)))

    def comment_semester(self, *, tx, gk, ck, closed=False):
        """Đ when two regular results, midterm and final are there and every result is Đ.

        :param bool closed: the semester is closed, so what is missing stays missing
        :return: :class:`Result` of "Đ", "CĐ", or ``None`` while incomplete and not closed
        """
        given = [check_comment(result) for result in (*tx, gk, ck)]
        named = pairs(tx=list(tx), gk=gk, ck=ck, closed="yes" if closed else "no")
        trace = self._tracer("comment_semester", "comment", named)
        if len(tx) < _COMMENT_REGULAR or None in given:
            reason = f"{sum(result is not None for result in given)} results of 4"
            return Result(FAILED if closed else None, trace(f"incomplete: {reason}"))
        failed = given.count(FAILED)
        if failed:
            return Result(FAILED, trace(f"{failed} of {len(given)} results are CĐ"))
        return Result(PASSED, trace(f"all {len(given)} results are Đ"))

    def comment_year(self, *, hk1, hk2):
        """The year's comment result is that of the second semester, whatever the first was.

        :return: :class:`Result` of "Đ", "CĐ" or ``None``
        """
        check_comment(hk1)
        trace = self._tracer("comment_year", "comment", pairs(hk1=hk1, hk2=hk2))
        return Result(check_comment(hk2), trace("cả năm = học kì II"))

    def regular_count(self, *, periods, assess):
        """Regular marks due in a semester: a plain integer, 2, 3 or 4.

        Scored: 2 up to 35 periods a year, 3 up to 70, else 4; comment subjects: 2.

        :param int periods: periods a year
        :param str assess: ``score`` or ``comment``
        """
        if assess not in ("score", "comment"):
            raise ValueError(f"{assess!r} is not a way to assess a subject")
        if assess == "comment" or periods <= 35:
            return 2
        return 3 if periods <= 70 else 4

    def exam_minutes(self, *, periods, specialised=False):
        """Minutes that a midterm or final may last, ``(shortest, longest)``.

        45 up to 70 periods a year, else 60 to 90; a specialised subject up to 120.

        :raises ValueError: for a specialised subject where the circular knows none
        """
        if specialised and not self.specialised_subjects:
            raise ValueError(f"{self.citation} has no specialised subjects")
        if periods <= 70:
            return 45, 45
        return 60, 120 if specialised else 90


def _division(total, divisor, value):
    """Steps of a division of tenths; the quotient is shown cut after four decimals."""
    shown = Decimal(total * 1000 // divisor).scaleb(-4)
    return (
        ("total", one_decimal(total)),
        ("divisor", str(divisor)),
        ("quotient", format(shown, "f")),
        ("rounded half up", value),
    )
