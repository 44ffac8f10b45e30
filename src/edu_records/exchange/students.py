"""Reading a list of pupils, as the ministry's portal and school programs export it."""

import re

from edu_records.identity import personal_id_conflicts
from edu_records.names import list_order_key, match_key, normalise

from .headers import title_of
from .tables import Reader

__all__ = ["StudentReader"]

_OF_A_PUPIL = ("number", "code", "birth_date", "gender")
_TITLE_OF_CLASS = re.compile(r"(?:danh sách )?(?:học sinh )?lớp(?: học)?\s*:?\s*(\d\S*)", re.I)
_TEMPORARY_CODE = re.compile(r"TAM-?(\d{12})", re.I)
_IN_A_CLASS = ("danghoc", "chuyenden")


class StudentReader(Reader):
    """Knows pupils: their identifiers, namesakes, and the class that a title names.

    A temporary ministry id "TAM-<personal id>" is read as no ministry id.
    """

    @classmethod
    def missing(cls, entity, header, _given=""):
        """A class that a title names needs no column."""
        errors = super().missing(entity, header)
        of_class = {"header": title_of(entity, "class_code")}
        if not _given or header.letter("class_code"):
            return errors
        return [one for one in errors if one.params != of_class]

    def header_errors(self):
        self.default_class = self._class_in_title()
        return self.missing(self.entity, self.header, self.default_class)

    def _class_in_title(self):
        """The class of a title such as "Lớp: 6A" above the list."""
        for number, cells in self.sheet.head:
            if number >= self.header.row:
                break
            for cell in cells:
                match = _TITLE_OF_CLASS.match(normalise(cell)) if isinstance(cell, str) else None
                if match:
                    return match[1]
        return ""

    def is_remark(self, found):
        is_pupil = any(found.get(name) for name in _OF_A_PUPIL)
        is_pupil = is_pupil or (found["name"] and found.get("class_code"))
        return "number" in self.header.columns and not is_pupil

    def complete(self, found):
        found["class_code"] = found.get("class_code") or self.default_class
        if "address" not in self.header.columns and found.get("permanent_address"):
            found["address"] = found["permanent_address"]

    def must_have(self, found):
        """Who is in a class names it; who waits for one, or left, has none."""
        status = match_key(found.get("status") or "")
        if not status or status.startswith(_IN_A_CLASS):
            return self.required
        return [name for name in self.required if name != "class_code"]

    def check(self, found):
        temporary = _TEMPORARY_CODE.fullmatch(found.get("code", ""))
        if temporary:
            found["code"] = ""
            found["personal_id"] = found.get("personal_id") or temporary[1]
        value = found.get("code", "")
        if value and not (value.isascii() and value.isdigit() and len(value) == 10):
            self.table.errors.append(
                self.error(found["_row"], "code", "BAD_MINISTRY_ID", value=value)
            )
        number = found.get("personal_id", "")
        if number:
            known = (found.get("gender", ""), found.get("birth_date", ""))
            for code, params in personal_id_conflicts(number, *known):
                error = self.error(found["_row"], "personal_id", code, **params)
                self.table.errors.append(error)

    def _check_twice(self, found):
        """Same id, or same name and birth date unless two ids tell namesakes apart."""
        before = len(self.table.errors)
        super()._check_twice(found)
        name, born = found.get("name"), found.get("birth_date")
        if len(self.table.errors) > before or not (name and born):
            return
        first = self.seen.setdefault(("name", list_order_key(name), born), found)
        if first is not found and not _told_apart(first, found):
            self.table.errors.append(self.twice(found, first, "name", name))

    def twice(self, found, first, column, shown):
        words = {"pupil": shown, "first": str(first["_row"])}
        return self.error(found["_row"], column, "DUPLICATE_PUPIL", **words)


def _told_apart(first, second):
    return bool(first.get("code") and second.get("code") and first["code"] != second["code"])
