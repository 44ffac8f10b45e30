"""Which subject a sheet is about: its heading "Môn: …" says so, else its title."""

import re
from itertools import pairwise

from openpyxl.utils import get_column_letter

from edu_records.names import normalise

from .errors import CellError
from .headers import find_header, header_key

__all__ = ["Subjects", "is_conduct"]

_HEADING = re.compile(
    r"\bmôn(?: học)?\s*:\s*(?P<name>.*?)\s*"
    r"(?:$|[;|–]|\b(?:lớp|giáo viên|gv|học kì|học kỳ|năm học)\b.*)",
    re.I,
)
_PARTS = re.compile(r"\s*(?:[-–_|]|\blớp\b)\s*|\s+", re.I)
_CLASS = re.compile(r"\d{1,2}\s*[A-Z]\w{0,3}(?:[./]\d+)?|\d{1,2}[./]\d{1,2}", re.I)
_LONGEST_TITLE = 31  # of a sheet, in Excel
_CONDUCT_TITLES = ("ketquarenluyen", "renluyen", "hanhkiem", "ketquahanhkiem")


def is_conduct(sheet):
    """Whether the sheet's title names the results of conduct."""
    return header_key(_without_class(sheet.title)) in _CONDUCT_TITLES


def _without_class(title):
    """ "6A - Ngữ văn" -> "Ngữ văn"."""
    words = [word for word in _PARTS.split(title) if word and not _CLASS.fullmatch(word)]
    return " ".join(words)


class Subjects:
    """Finds subjects of a catalogue (see :func:`read_marks`) by any of their names."""

    def __init__(self, catalogue):
        self.by_key = {}
        for code, facts in catalogue.items():
            for name in (*facts["names"], code):
                self.by_key[header_key(name)] = code
                self.by_key.setdefault(header_key(normalise(name)[:_LONGEST_TITLE]), code)

    def of_sheet(self, sheet):
        """Return (subject code or ``None``, errors); (``None``, []) is a sheet without marks."""
        from_title = self._find(sheet.title) or self._find(_without_class(sheet.title))
        heading = _heading(sheet)
        if heading is None:
            if from_title or not _has_mark_columns(sheet):
                return from_title, []
            return None, [_unknown(sheet, 0, "", sheet.title)]
        row, column, name = heading
        from_heading = self._find(name)
        if from_heading is None:
            return None, [_unknown(sheet, row, column, name)]
        if from_title and from_title != from_heading:
            params = {"title": sheet.title, "subject": name}
            return None, [CellError(sheet.title, row, column, "SUBJECT_CONFLICT", params)]
        return from_heading, []

    def _find(self, name):
        without_remark = re.sub(r"\([^()]*\)", " ", name)
        return self.by_key.get(header_key(name)) or self.by_key.get(header_key(without_remark))


def _unknown(sheet, row, column, name):
    return CellError(sheet.title, row, column, "UNKNOWN_SUBJECT", {"subject": name})


def _has_mark_columns(sheet):
    header = find_header(sheet, "marks")
    return bool(header) and not {"GK", "CK", "TX1"}.isdisjoint(header.columns)


def _heading(sheet):
    """(row, column letter, subject's name) of the first cell "Môn: …", or of the cell beside it."""
    for row, cells in sheet.head:
        texts = [
            (index, normalise(cell)) for index, cell in enumerate(cells) if isinstance(cell, str)
        ]
        for (index, text), (beside, next_text) in pairwise([*texts, (0, "")]):
            match = _HEADING.search(text)
            if match and match["name"]:
                return row, get_column_letter(index + 1), match["name"]
            if match and next_text:
                return row, get_column_letter(beside + 1), next_text
    return None
