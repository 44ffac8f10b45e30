"""Writing a list as a workbook: a template to fill in, or rows that can be brought back."""

import io
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from .columns import columns_of, entity_title

__all__ = ["table_workbook"]

_LISTS = "Danh mục"
_GUIDE = "Hướng dẫn"
_GUIDE_HEADINGS = ("Tiêu đề cột", "Phải điền", "Cách ghi", "Cũng nhận các tiêu đề")
_KINDS = {
    "text": "Chữ",
    "name": "Họ tên đầy đủ, bằng chữ",
    "id": "Mã số, định dạng Text để không mất số 0 ở đầu",
    "birth": "Ngày/tháng/năm, không sau hôm nay",
    "date": "Ngày/tháng/năm",
    "year": "Năm, bốn chữ số",
    "email": "Một địa chỉ thư điện tử",
    "whole": "Số nguyên",
    "number": "Số, nhiều nhất hai chữ số thập phân",
    "list": "Một tên trong danh mục của trường",
    "lists": "Các tên trong danh mục, cách nhau bằng dấu chấm phẩy",
}
_WIDTHS = {"name": 28, "id": 18, "birth": 12, "date": 12, "gender": 10, "year": 10, "yes": 10}
_WIDTH, _NUMBER_WIDTH = 22, 6
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PREPARED_ROWS = 2_000  # of a template: so many get the lists of allowed values
_HEAD = PatternFill("solid", start_color="FFDDEBF7", end_color="FFDDEBF7")
_MUST = PatternFill("solid", start_color="FFFCE4D6", end_color="FFFCE4D6")


def table_workbook(entity, rows=(), allowed=None, fields=None):
    """Return a workbook of the rows, or without any a template.

    The headings are the official ones; ids and all other texts are text cells, so that no program
    drops a zero or computes what begins with ``=``. What is allowed in a column is offered in the
    cells, from the hidden sheet "Danh mục"; a template also has the sheet "Hướng dẫn".

    :param rows: dicts of field -> text, as :func:`~edu_records.exchange.read_table` gives them
    :param dict allowed: field -> names of the school's list
    :param fields: the fields to write; all of the form by default
    :rtype: bytes
    """
    columns = [
        column
        for name, column in columns_of(entity).items()
        if not column.read_only and (fields is None or name in fields)
    ]
    allowed = {**_choices(columns), **(allowed or {})}
    book = Workbook(write_only=True)
    rows = list(rows)
    _write_rows(book, entity, columns, rows, allowed)
    if not rows:
        _write_guide(book, columns, allowed)
    _write_lists(book, columns, allowed)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _choices(columns):
    return {
        column.field: [names[0] for names in column.choices.values()]
        for column in columns
        if column.choices
    }


# -- the list -------------------------------------------------------------------------------------


def _write_rows(book, entity, columns, rows, allowed):
    sheet = book.create_sheet(entity_title(entity))
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width = _NUMBER_WIDTH
    for index, column in enumerate(columns, 2):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, _WIDTH)
    _validate(sheet, columns, allowed, max(len(rows), _PREPARED_ROWS))
    sheet.append(
        [
            _heading(sheet, "STT", False),
            *(_heading(sheet, one.title, one.required) for one in columns),
        ]
    )
    for number, row in enumerate(rows, 1):
        sheet.append([number, *(_cell(sheet, one, row.get(one.field) or "") for one in columns)])


def _heading(sheet, text, required):
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = _MUST if required else _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet, column, text):
    if not text:
        return None
    if column.kind in ("birth", "date"):
        cell = WriteOnlyCell(sheet, date.fromisoformat(text))
        cell.number_format = "dd/mm/yyyy"
        return cell
    if column.kind in ("whole", "number", "year"):
        return float(text) if "." in text else int(text)
    return text_cell(sheet, column.choices[text][0] if text in column.choices else text)


def text_cell(sheet, text):
    """A cell that stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, _printable(text))
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _printable(text):
    return "".join(char for char in text if char >= " " or char == "\n")


# -- what is allowed ------------------------------------------------------------------------------


def _validate(sheet, columns, allowed, count):
    """Offer the allowed values in the cells of the columns that take one of a list."""
    for place, column in enumerate(_listed(columns, allowed), 1):
        letter = get_column_letter(place)
        last = len(allowed[column.field]) + 1
        values = f"{quote_sheetname(_LISTS)}!${letter}$2:${letter}${last}"
        offer = DataValidation(type="list", formula1=values, allow_blank=True)
        offer.errorTitle = column.title
        offer.error = "Hãy chọn một giá trị trong danh sách."
        own = get_column_letter(columns.index(column) + 2)
        offer.add(f"{own}2:{own}{count + 1}")
        sheet.data_validations.append(offer)


def _listed(columns, allowed):
    return [one for one in columns if allowed.get(one.field) and one.kind != "lists"]


def _write_lists(book, columns, allowed):
    listed = _listed(columns, allowed)
    several = [one for one in columns if allowed.get(one.field) and one.kind == "lists"]
    sheet = book.create_sheet(_LISTS)
    sheet.append([text_cell(sheet, one.title) for one in listed + several])
    values = [list(allowed[one.field]) for one in listed + several]
    for number in range(max(map(len, values), default=0)):
        sheet.append(
            [text_cell(sheet, one[number]) if number < len(one) else None for one in values]
        )
    sheet.sheet_state = "visible" if several else "hidden"


def _write_guide(book, columns, allowed):
    sheet = book.create_sheet(_GUIDE)
    for letter, width in zip("ABCD", (34, 10, 60, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_heading(sheet, text, False) for text in _GUIDE_HEADINGS])
    for column in columns:
        if column.choices:
            how = "; ".join(allowed[column.field])
        else:
            how = _KINDS[column.kind]
        names = "; ".join([*column.names[1:], *column.guessed])
        sheet.append(
            [
                text_cell(sheet, text)
                for text in (column.title, "x" if column.required else "", how, names)
            ]
        )
