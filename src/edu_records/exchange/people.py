"""Reading lists of guardians, staff and assignments: what a row alone tells to be wrong."""

from edu_records.identity import personal_id_conflicts

from .tables import Reader

__all__ = ["AssignmentReader", "GuardianReader", "StaffReader"]

_PUPIL_IDS = ("student_code", "student_personal_id", "register_number")


class GuardianReader(Reader):
    """A guardian's row names the pupil."""

    def check(self, found):
        if not any(found.get(name) for name in _PUPIL_IDS):
            self.table.errors.append(self.error(found["_row"], "student_code", "MISSING_PUPIL"))


class StaffReader(Reader):
    """Staff have identifiers of their own."""

    def check(self, found):
        value = found.get("ministry_id", "")
        if value and not (value.isascii() and value.isdigit() and len(value) == 10):
            self.table.errors.append(
                self.error(found["_row"], "ministry_id", "BAD_MINISTRY_ID", value=value)
            )
        number = found.get("personal_id", "")
        known = (found.get("gender", ""), found.get("birth_date", ""))
        for code, params in personal_id_conflicts(number, *known) if number else ():
            self.table.errors.append(self.error(found["_row"], "personal_id", code, **params))


class AssignmentReader(Reader):
    """An assignment does not end before it begins."""

    def check(self, found):
        first, last = found.get("date_from"), found.get("date_to")
        if first and last and last < first:
            shown = f"{last[8:]}/{last[5:7]}/{last[:4]}"
            self.table.errors.append(self.error(found["_row"], "date_to", "BAD_DATES", value=shown))
