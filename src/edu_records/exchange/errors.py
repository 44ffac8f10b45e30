"""What can be wrong with a workbook: as a whole, or in one cell."""

from dataclasses import dataclass, field

__all__ = ["CellError", "WorkbookError"]


class WorkbookError(ValueError):
    """A file that cannot be read as a workbook at all.

    ``code`` is ``EMPTY``, ``NOT_A_WORKBOOK``, ``OLD_FORMAT``, ``TRUNCATED``, ``ENCRYPTED``,
    ``MACROS`` or ``TOO_LARGE``; the message is English, :func:`edu_records.exchange.render` has the
    other.
    """

    def __init__(self, code, message, params=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.params = params or {}


@dataclass(frozen=True)
class CellError:
    """One thing that is wrong, and where.

    ``row`` counts from 1 as the user's program shows it, 0 for the sheet as a whole; ``column`` is
    the letter ("C", "AB"), "" for the row as a whole; ``params`` (name -> text) fill the message of
    ``code``.
    """

    sheet: str
    row: int
    column: str
    code: str
    params: dict = field(default_factory=dict, hash=False)
