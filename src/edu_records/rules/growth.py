"""Growth of children: z-scores and categories by WHO's standards.

WHO Child Growth Standards 2006 (to 60 months) and Growth Reference 2007 (from 61 months).
Indicators: ``WFA`` weight for age, ``HFA`` length or height for age, ``WFH`` weight for length or
height, ``BMI`` body mass index for age. The tables of L, M and S are WHO's and are not part of
this library; a caller brings the row of a child's sex and age. Numbers are ``Decimal``, integers
or text.
"""

import functools
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

from .policy import check_choice
from .result import Result, Trace, pairs

VERSION = "growth-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

INDICATORS = ("WFA", "HFA", "WFH", "BMI")

_STANDARD = "WHO 2006/2007"
_CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")
_NOISE = Decimal("1e-30")
"""What the calculation leaves beyond this is its own error, not the child's."""

_STANDING_FROM = 24
_LYING_LONGER = Decimal("0.7")
_WFH_UNTIL = 60
_WFA_UNTIL = 120
_BMI_UNTIL = 228

_PLAUSIBLE = {"WFA": (-6, 5), "HFA": (-6, 6), "WFH": (-5, 5), "BMI": (-5, 5)}
_BELOW = {  # strictly below this many SD, the lowest first
    "WFA": ((-3, "NHE_CAN_NANG"), (-2, "NHE_CAN")),
    "HFA": ((-3, "THAP_COI_NANG"), (-2, "THAP_COI")),
    "WFH": ((-3, "GAY_COM_NANG"), (-2, "GAY_COM")),
    "BMI": ((-3, "GAY_COM_NANG"), (-2, "GAY_COM")),
}
_ABOVE = {  # strictly above this many SD, the highest first
    "WFA": ((2, "CAN_NANG_CAO_HON_TUOI"),),
    "HFA": ((3, "RAT_CAO"),),
    "WFH": ((3, "BEO_PHI"), (2, "THUA_CAN")),
    "BMI": ((3, "BEO_PHI"), (2, "THUA_CAN")),
}
_ABOVE_BMI_OLDER = ((2, "BEO_PHI"), (1, "THUA_CAN"))


def wfh_measure(*, age_months, measured, lying):
    """Which table a length or height is looked up in, and the measure corrected for it.

    Below 24 months a child lies (``WFL``), from then on it stands (``WFH``); measured the other way
    a length is taken as 0.7 cm longer than a height.

    :param measured: centimetres
    :param bool lying: how the child was measured
    :return: :class:`Result` of ``("WFL" or "WFH", "85.7")``
    """
    _check_age(age_months)
    given = _positive("measured", measured)
    named = pairs(age_months=age_months, measured=measured, lying=lying)
    trace = _tracer("wfh_measure", named)
    with localcontext(_CONTEXT):
        if age_months < _STANDING_FROM:
            table, change = "WFL", Decimal(0) if lying else _LYING_LONGER
        else:
            table, change = "WFH", -_LYING_LONGER if lying else Decimal(0)
        corrected = str((given + change).quantize(_TENTH, ROUND_HALF_UP))
    steps = (("correction", str(change)),) if change else ()
    return Result((table, corrected), trace(f"{table} {corrected}", steps))


def bmi(*, weight, age_months, measured, lying):
    """Body mass index kg / m², of the length or height as :func:`wfh_measure` corrects it.

    :param weight: kilograms
    :return: :class:`Result` of a text with four decimals
    """
    kilograms = _positive("weight", weight)
    _table, corrected = wfh_measure(age_months=age_months, measured=measured, lying=lying).value
    with localcontext(_CONTEXT):
        metres = Decimal(corrected) / 100
        value = str((kilograms / (metres * metres)).quantize(Decimal("0.0001"), ROUND_HALF_UP))
    named = pairs(weight=weight, age_months=age_months, measured=measured, lying=lying)
    return Result(value, _tracer("bmi", named)(f"{weight} / ({corrected} / 100)²"))


def zscore(*, indicator, sex, value, L, M, S, at=None, restricted=None):  # noqa: N803
    """z = ((value / M) ** L - 1) / (L × S), or ln(value / M) / S where L is 0; two decimals.

    Restricted (all but height): beyond 3 SD z grows with the distance between 2 and 3 SD.

    :param str sex: ``M`` or ``F``; ``at``: age or length of the row; both only for the trace
    :param L, M, S: the row of WHO's table
    :param bool restricted: ``None`` for what the indicator asks for
    :return: :class:`Result` of a text such as "-2.04"
    :raises ValueError: for a measurement or a row that no child has
    """
    _check_indicator(indicator)
    if sex not in ("M", "F"):
        raise ValueError(f"sex: {sex!r} is neither M nor F")
    row = (_number("L", L), _positive("M", M), _positive("S", S))
    measured = _positive("value", value)
    if restricted is None:
        restricted = indicator != "HFA"
    named = pairs(indicator=indicator, sex=sex, at=at, value=value, L=L, M=M, S=S)
    trace = _tracer("zscore", named + pairs(restricted=restricted))
    with localcontext(_CONTEXT):
        plain = _plain_z(measured, *row)
        z = plain
        if restricted and plain > 3:
            z = 3 + (measured - _at(3, *row)) / (_at(3, *row) - _at(2, *row))
        elif restricted and plain < -3:
            z = -3 + (measured - _at(-3, *row)) / (_at(-2, *row) - _at(-3, *row))
        steps = (("z", _cents(plain)),)
        if z != plain:
            steps += (("z beyond 3 SD", _cents(z)),)
        return Result(_cents(z), trace(f"z = {_cents(z)}", steps))


def measurement_at(*, z, L, M, S):  # noqa: N803
    """The measurement with a z-score, M × (1 + L × S × z) ** (1 / L): lines of a growth chart.

    :return: ``Decimal``, not rounded; beyond 3 SD without the restriction of :func:`zscore`
    :raises ValueError: where the row has no such measurement
    """
    row = (_number("L", L), _positive("M", M), _positive("S", S))
    with localcontext(_CONTEXT):
        return _at(_number("z", z), *row)


def classify(
    *,
    indicator,
    age_months,
    z=None,
    value=None,
    lines=None,
    boundary="lms",
    round_z=True,
):
    """Category of a z-score, rounded half up to 0.01 first; the limits themselves are normal.

    The lines of overweight of ``BMI`` move from +2 and +3 to +1 and +2 SD when a child turns 61
    months old. Heavy for age is a hint to look at WFH or BMI, no category of overweight.

    :param z: text or ``Decimal``; may be left out with ``boundary="sd_table"``
    :param value, lines: with ``boundary="sd_table"`` the measurement and the printed lines,
        ``{-3: "12.1", -2: ..., ...}``
    :param boundary, round_z: see :mod:`~edu_records.rules.policy`
    :return: :class:`Result` of a code; ``USE_BMI`` where the indicator has no standard at this age,
        ``IMPLAUSIBLE`` where the child has to be measured again
    :raises ValueError: also for a BMI beyond 19 years, for which there is no standard
    """
    check_choice(boundary=boundary, round_z=round_z)
    _check_indicator(indicator)
    _check_age(age_months)
    named = pairs(indicator=indicator, z=z, age_months=age_months, boundary=boundary)
    if boundary == "sd_table":
        named += pairs(value=value, lines=lines)
    trace = _tracer("classify", named + pairs(round_z=round_z))
    if age_months > {"WFH": _WFH_UNTIL, "WFA": _WFA_UNTIL}.get(indicator, age_months):
        return Result("USE_BMI", trace("no standard at this age"))
    if indicator == "BMI" and age_months > _BMI_UNTIL:
        raise ValueError(f"age_months: there is no standard of BMI at {age_months} months")
    if z is not None:
        z = _number("z", z)
        z = Decimal(_cents(z)) if round_z else z
        least, most = _PLAUSIBLE[indicator]
        if not least <= z <= most:
            return Result("IMPLAUSIBLE", trace(f"not {least} <= {z} <= {most}"))
    if boundary == "lms":
        value, lines = z, None
    if value is None or (lines is None and boundary == "sd_table"):
        raise ValueError("there is nothing to classify: z, or a value and the lines, are missing")
    position = _number("value", value)
    return Result(*_band(indicator, age_months, position, lines, trace))


def _band(indicator, age_months, position, lines, trace):
    older = indicator == "BMI" and age_months > _WFH_UNTIL
    for limit, code in _BELOW[indicator]:
        line = _line(lines, limit)
        if position < line:
            return code, trace(f"{position} < {line}")
    for limit, code in _ABOVE_BMI_OLDER if older else _ABOVE[indicator]:
        line = _line(lines, limit)
        if position > line:
            return code, trace(f"{position} > {line}")
    return "BINH_THUONG", trace(f"{position}")


def _line(lines, limit):
    """Where a limit stands: in SD, or on the printed lines."""
    return limit if lines is None else _number("line", lines[limit])


def _plain_z(value, shape, median, variation):
    if not shape:
        return (value / median).ln() / variation
    return ((value / median) ** shape - 1) / (shape * variation)


def _at(z, shape, median, variation):
    if not shape:
        return median * (variation * z).exp()
    base = 1 + shape * variation * z
    if base <= 0:
        raise ValueError(f"L, M, S: a row without a measurement at {z} SD")
    return median * base ** (1 / shape)


def _cents(z):
    """Two decimals, half up (away from zero); never "-0.00"."""
    with localcontext(_CONTEXT):
        rounded = z.quantize(_NOISE).quantize(_CENT, ROUND_HALF_UP)
    return str(rounded or abs(rounded))


def _number(name, value):
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise TypeError(f"{name}: an exact number is asked for, not a {type(value).__name__}")
    try:
        number = Decimal(value)
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite():
        raise ValueError(f"{name}: {value!r} is not a number")
    return number


def _positive(name, value):
    number = _number(name, value)
    if number <= 0:
        raise ValueError(f"{name}: {value!r} is not above 0")
    return number


def _check_indicator(indicator):
    if indicator not in INDICATORS:
        raise ValueError(f"{indicator!r} is none of {', '.join(INDICATORS)}")


def _check_age(months):
    if isinstance(months, bool) or not isinstance(months, int) or months < 0:
        raise ValueError(f"age_months: {months!r} is not a number of completed months")


def _tracer(rule, inputs):
    return functools.partial(Trace, rule, _STANDARD, VERSION, inputs)
