"""Order of the signatures on a digital transcript (học bạ số).

The form of TT 27/2020 (Phụ lục 1) is signed by the homeroom teacher, then by the principal, and
sealed; NĐ 88/2026 Điều 8.2 makes the digital signatures compulsory. Roles: ``GVBM`` subject
teacher, ``GVCN`` homeroom teacher, ``HT`` principal (or an authorised vice principal), ``TRUONG``
the school's seal.
"""

from .result import Result, Trace, pairs

VERSION = "signing-1"
"""Changes whenever any answer of this module changes; a used version is never edited."""

PRIMARY = ("GVCN", "HT", "TRUONG")
SECONDARY = ("GVBM", "GVCN", "HT", "TRUONG")

_ARTICLE = "TT 27/2020 Phụ lục 1; NĐ 88/2026 Điều 8.2"
_NOT_FINAL = (None, "INCOMPLETE")
_FAILED = ("CHT", "CHUA_DAT")
_NOT_SETTLED = (
    "INCOMPLETE",
    "SUPPORT_AND_REASSESS",
    "PRINCIPAL_TO_DECIDE",
    "REN_LUYEN_HE",
    "KIEM_TRA_LAI",
)
_SAME_PERSON = (("GVBM", "GVCN"), ("HT", "TRUONG"))
"""Steps that one person may both sign: who teaches and leads a class, who directs and seals."""


def can_sign(
    *, done, who, locked, level, completion=None, order=PRIMARY, person=None, signers=None
):
    """Whether a role may sign now: the data are locked, the result is final, its turn has come.

    :param list done: roles that signed, in the order in which they did
    :param str who: role that wants to sign
    :param bool locked: the year is locked
    :param str level: year-end level (TT 27) or study level (TT 22), not final while ``None`` or
        ``INCOMPLETE``
    :param str completion: of ``completion`` or ``promotion``; a pupil who did not pass has to have
        one, and summer work has to be over
    :param order: the steps, :data:`PRIMARY` or :data:`SECONDARY` or a school's own
    :param person: who signs; ``signers``: ``{role: person}`` of the steps that are done. Nobody
        signs two steps, but for those of subject and homeroom teacher, of principal and seal
    :return: :class:`Result` of a bool; the trace says why not
    """
    named = pairs(done=list(done), who=who, locked=locked, level=level, completion=completion)
    named += pairs(order=list(order))
    if signers is not None:
        named += pairs(person=person, signers=dict(signers))
    reason = _refusal(list(done), who, locked, level, completion, list(order))
    if not reason and signers is not None:
        reason = _twice(who, person, signers)
    formula = reason or f"{who} is next"
    return Result(not reason, Trace("can_sign", _ARTICLE, VERSION, named, formula))


def _refusal(done, who, locked, level, completion, order):
    if not locked:
        return "not locked"
    if level in _NOT_FINAL:
        return "the level is not final"
    if completion in _NOT_SETTLED or (level in _FAILED and completion is None):
        return "completion is not settled"
    if done != order[: len(done)]:
        return "signed out of order"
    if len(done) == len(order):
        return "signed by all"
    return "" if who == order[len(done)] else f"{order[len(done)]} is next"


def _twice(who, person, signers):
    steps = [role for role, signer in signers.items() if signer == person and role != who]
    barred = [
        role
        for role in steps
        if (role, who) not in _SAME_PERSON and (who, role) not in _SAME_PERSON
    ]
    return f"signed {', '.join(barred)} already" if barred else ""
