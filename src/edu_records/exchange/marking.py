"""The user's own workbook, with what is wrong marked in it."""

import io
import warnings

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from .container import can_be_copied, check_container
from .errors import CellError
from .messages import reason

__all__ = ["error_workbook"]

_AUTHOR = "Edu Records"
_TITLE = "Lỗi"
_BAD = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_HEADINGS = {
    "en": ("Sheet", "Row", "Column", "Reason"),
    "vi": ("Trang", "Dòng", "Cột", "Lý do"),
}
_WIDTHS = (28, 8, 8, 90)
_COMMENT_WIDTH, _COMMENT_HEIGHT = 320, 110
_MOST_LISTED = 20_000


def error_workbook(data, errors, lang="vi"):
    """Return the workbook with bad cells coloured, a comment with the reason, and a list in front.

    The list is the sheet "Lỗi": sheet, row, column, reason. A workbook that would be dangerous to
    load whole (huge merged ranges) or cannot be kept is answered by the list alone. Pictures and
    charts of the original are not kept.

    :param bytes data: the .xlsx file as uploaded
    :param errors: list of :class:`CellError`
    :param lang: language of the reasons, "vi" or "en"
    :rtype: bytes
    """
    lang = "vi" if lang == "vi" else "en"
    check_container(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _copy(data)
        if book is None:
            book = openpyxl.Workbook()
            book.remove(book.active)
        else:
            _clear(book)
            _mark(book, errors, lang)
        _list(book, errors, lang)
        marked = _bytes(book)
    _let_go(book)
    return marked


def _copy(data):
    """The workbook with its formats, or ``None`` where that is not safe or not possible."""
    if not can_be_copied(data):
        return None
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        _bytes(book)
    except Exception:  # formats that the library cannot read or write again
        return None
    return book


def _let_go(book):
    """Take a workbook apart whose parts name each other: it does not wait for the collector."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            if cell.comment is not None:
                cell.comment = None
        vars(sheet).clear()


def _bytes(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _clear(book):
    """Take away what an earlier check left in the workbook: its list says where."""
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False
    if _TITLE not in book.sheetnames:
        return
    earlier = book[_TITLE]
    if earlier["A1"].value not in [headings[0] for headings in _HEADINGS.values()]:
        return
    for title, row, column in earlier.iter_rows(2, _MOST_LISTED, 1, 3, values_only=True):
        if title in book.sheetnames and isinstance(row, int):
            cell = _cell(book[title], CellError(title, row, column or "", ""))
            if cell is not None and cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()
    book.remove(earlier)


def _mark(book, errors, lang):
    reasons = {}
    for error in errors:
        if error.row and error.sheet in book.sheetnames:
            cell = _cell(book[error.sheet], error)
            if cell is not None:
                reasons.setdefault((error.sheet, cell.coordinate), []).append(reason(error, lang))
    for (title, coordinate), texts in reasons.items():
        cell = book[title][coordinate]
        before = [cell.comment.text] if cell.comment is not None else []
        comment = Comment("\n".join([*before, *texts]), _AUTHOR)
        comment.width, comment.height = _COMMENT_WIDTH, _COMMENT_HEIGHT
        cell.comment = comment
        cell.fill = _BAD


def _cell(sheet, error):
    """The cell of an error, the first of its row if it names none; a merged range's first cell."""
    cell = sheet[f"{error.column or 'A'}{error.row}"]
    if not isinstance(cell, MergedCell):
        return cell
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return None


def _list(book, errors, lang):
    sheet = book.create_sheet(_TITLE, 0)
    for row, values in enumerate([_HEADINGS[lang], *_lines(errors, lang)], 1):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with "=" is no formula
            cell.font = Font(bold=row == 1)
            cell.alignment = Alignment(vertical="top", wrap_text=column == len(values))
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    book.active = 0


def _lines(errors, lang):
    return [(error.sheet, error.row or "", error.column, reason(error, lang)) for error in errors]
