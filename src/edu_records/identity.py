"""The twelve digits of a Vietnamese personal id (số định danh cá nhân) and what they say.

Nghị định 137/2015/NĐ-CP Điều 13: three digits for the province or country where the birth was
registered, one for century and sex, two for the year of birth, six at random.
"""

from dataclasses import dataclass

__all__ = ["PersonalId", "personal_id_conflicts", "read_personal_id"]

_FIRST_CENTURY = 19  # 0 and 1 stand for the years 1900 to 1999, 2 and 3 for 2000 to 2099
_GENDERS = ("male", "female")


@dataclass(frozen=True)
class PersonalId:
    """What a personal id says of its holder.

    ``place``: three digits, "001" to "096" for provinces as the General Statistics Office numbers
    them, from 100 on for countries. ``gender``: "male" or "female". ``year``: of birth.
    """

    place: str
    gender: str
    year: int


def read_personal_id(number):
    """Return what ``number`` says, ``None`` unless it is twelve ASCII digits."""
    if not (number.isascii() and number.isdigit() and len(number) == 12):
        return None
    century = _FIRST_CENTURY + int(number[3]) // 2
    return PersonalId(number[:3], _GENDERS[int(number[3]) % 2], century * 100 + int(number[4:6]))


def personal_id_conflicts(number, gender="", birth_date=""):
    """Compare a personal id with what is known of the person.

    :param str gender: "male", "female" or "" when not known
    :param str birth_date: ISO date, "" when not known
    :return: list of (code, params), empty when nothing contradicts: ``BAD_PERSONAL_ID``,
        ``PERSONAL_ID_GENDER`` (``said``: the sex that the id says), ``PERSONAL_ID_YEAR`` (``said``)
    """
    found = read_personal_id(number)
    if found is None:
        return [("BAD_PERSONAL_ID", {"value": number})]
    conflicts = []
    if gender and gender != found.gender:
        said = {"male": "Nam", "female": "Nữ"}[found.gender]
        conflicts.append(("PERSONAL_ID_GENDER", {"value": number, "said": said}))
    if birth_date and int(birth_date[:4]) != found.year:
        conflicts.append(("PERSONAL_ID_YEAR", {"value": number, "said": str(found.year)}))
    return conflicts
