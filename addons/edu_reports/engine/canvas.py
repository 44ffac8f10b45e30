import math
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

from .fonts import REGULAR


class RunningText(NamedTuple):
    """Text of a page that may hold the number of pages, so it is drawn when that is known.

    ``pieces`` are strings and the tags ``pageNumber``, ``pageCount``, ``sheetNumber``,
    ``sheetCount`` as 1-tuples; lengths in points, angle in degrees counterclockwise.
    """

    pieces: list
    x: float
    y: float
    align: str
    font: str
    size: float
    color: object
    angle: float
    pages_per_sheet: int

    def text(self, page, pages):
        values = {
            "pageNumber": page,
            "pageCount": pages,
            "sheetNumber": math.ceil(page / self.pages_per_sheet),
            "sheetCount": math.ceil(pages / self.pages_per_sheet),
        }
        return "".join(
            piece if isinstance(piece, str) else str(values[piece[0]]) for piece in self.pieces
        )


class PagedCanvas(Canvas):
    """A canvas that keeps its pages until the end, when running text knows their number."""

    def __init__(self, *args, **kwargs):
        kwargs["initialFontName"] = REGULAR
        super().__init__(*args, **kwargs)
        self.running_texts = []
        self.page_total = 0
        self._kept_pages = []

    def showPage(self):
        self._kept_pages.append(dict(self.__dict__))
        self.running_texts = []
        self._startPage()

    def save(self):
        pages = self._kept_pages
        for number, page in enumerate(pages, 1):
            self.__dict__.update(page)
            for running in page["running_texts"]:
                self._draw_running(running, running.text(number, len(pages)))
            self._emit_page()
        self.page_total = len(pages)
        return super().save()

    def _emit_page(self):
        """The real page break, which :meth:`showPage` puts off until the total is known."""
        Canvas.showPage(self)

    def _draw_running(self, running, text):
        self.saveState()
        self.setFont(running.font, running.size)
        self.setFillColor(running.color)
        self.translate(running.x, running.y)
        self.rotate(running.angle)
        draw = {"center": self.drawCentredString, "right": self.drawRightString}
        draw.get(running.align, self.drawString)(0, 0, text)
        self.restoreState()
