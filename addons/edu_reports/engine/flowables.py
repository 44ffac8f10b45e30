"""What RML has no tag for: signature boxes, QR codes, rotated headings, text that fits its cell."""

import io
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Table

from .errors import EngineError
from .fonts import REGULAR

QUIET_ZONE = 4  # modules of white around a QR code
MAX_PIXELS = 4_000_000
LEADING = 1.12  # line height of fitted text, in font sizes
HALF_CAPITAL = 0.34  # from the middle of a line down to its baseline, in font sizes


class Box(NamedTuple):
    """Where a signature goes: ``page`` counts from 0, ``rect`` is (x1, y1, x2, y2) in points from
    the page's lower left corner."""

    name: str
    page: int
    rect: tuple


class SignatureBox(Flowable):
    """Empty space; where it comes to lie is added to ``boxes``."""

    def __init__(self, boxes, name, width, height):
        super().__init__()
        self.boxes, self.name, self.width, self.height = boxes, name, width, height

    def draw(self):
        if any(box.name == self.name for box in self.boxes):
            raise EngineError(f"The signature box {self.name} is there twice.")
        x, y = self.canv.absolutePosition(0, 0)
        corners = (x, y, x + self.width, y + self.height)
        page = self.canv.getPageNumber() - 1
        self.boxes.append(Box(self.name, page, tuple(round(value, 2) for value in corners)))


class QrCode(Flowable):
    """A QR code, error correction M, of ``size`` points with its quiet zone."""

    def __init__(self, value, size, align="left"):
        super().__init__()
        self.width = self.height = size
        self.hAlign = align.upper()
        self.code = QRCode(None, QRErrorCorrectLevel.M)
        self.code.addData(value)
        self.code.make()

    def draw(self):
        count = self.code.getModuleCount()
        module = self.width / (count + 2 * QUIET_ZONE)
        self.canv.setFillColorRGB(0, 0, 0)
        for row in range(count):
            y = self.height - (row + 1 + QUIET_ZONE) * module
            for start, length in self._runs(row, count):
                x = (start + QUIET_ZONE) * module
                self.canv.rect(x, y, length * module, module, stroke=0, fill=1)

    def _runs(self, row, count):
        start = None
        for column in range(count + 1):
            dark = column < count and self.code.isDark(row, column)
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield start, column - start
                start = None


class RegistryImage(Flowable):
    """A PNG or JPEG from the registry, as large as its box allows without distortion."""

    def __init__(self, content, width, height, align="left"):
        super().__init__()
        self.hAlign = align.upper()
        try:
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        except UnidentifiedImageError as error:
            raise EngineError("An image is neither PNG nor JPEG.") from error
        if picture.width * picture.height > MAX_PIXELS:
            raise EngineError(f"An image has more than {MAX_PIXELS} pixels.")
        self.picture = ImageReader(picture)
        scale = min(width / picture.width, height / picture.height)
        self.width, self.height = picture.width * scale, picture.height * scale

    def draw(self):
        self.canv.drawImage(self.picture, 0, 0, self.width, self.height, mask="auto")


def break_lines(words, font, size, width):
    """Greedy lines of ``words`` that are at most ``width`` wide; None when a word is wider."""
    lines = []
    for word in words:
        joined = f"{lines[-1]} {word}" if lines else word
        if stringWidth(joined, font, size) <= width:
            lines[-1:] = [joined]
        elif stringWidth(word, font, size) <= width:
            lines.append(word)
        else:
            return None
    return lines


class FitText(Flowable):
    """Text in at most ``lines`` lines of its cell: it shrinks to ``min_size``, then is condensed.

    Nothing is cut off, so a long name stays whole and in its own cell.
    """

    def __init__(self, text, style, lines=1, min_size=7.0, align=None):
        super().__init__()
        self.words, self.style = text.split(" ") if text else [], style
        self.max_lines, self.min_size = lines, min_size
        self.align = align or ("left", "center", "right", "left")[int(style.alignment)]

    def wrap(self, width, height):
        self.width = width
        self.size, self.lines = self._choose(width, height)
        self.leading = self.size * LEADING
        self.height = len(self.lines) * self.leading
        return self.width, self.height

    def _choose(self, width, height):
        size = self.style.fontSize
        while size >= self.min_size:
            lines = break_lines(self.words, self.style.fontName, size, width)
            if self._fits(lines, size, height):
                return size, lines
            size -= 0.25
        return self.min_size, self._even_lines(height)

    def _fits(self, lines, size, height):
        if lines is None or len(lines) > self.max_lines:
            return False
        return len(lines) <= 1 or len(lines) * size * LEADING <= height

    def _even_lines(self, height):
        """The words in as many lines as there may be, of about the same number of letters."""
        count = max(1, min(self.max_lines, int(height / (self.min_size * LEADING))))
        share = len(" ".join(self.words)) / count
        lines = [""]
        for word in self.words:
            if len(lines) < count and len(lines[-1]) >= share:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        return lines

    def draw(self):
        y = self.height - self.leading / 2 - self.size * HALF_CAPITAL
        for line in self.lines:
            self._draw_line(line, y)
            y -= self.leading

    def _draw_line(self, line, y):
        font, size = self.style.fontName, self.size
        natural = stringWidth(line, font, size)
        condensed = min(1.0, self.width / natural) if natural else 1.0
        free = self.width - natural * condensed
        x = {"center": free / 2, "centre": free / 2, "right": free}.get(self.align, 0)
        text = self.canv.beginText(x, y)
        text.setFont(font, size)
        text.setFillColor(self.style.textColor)
        text.setHorizScale(condensed * 100)
        text.textOut(line)
        text.setHorizScale(100)
        self.canv.drawText(text)


class Rotated(Flowable):
    """A heading read from bottom to top, in the middle of its cell; shrinks until it fits.

    :param float length: room along the text, in points; the cell's width limits the lines
    """

    def __init__(self, text, style, length, min_size=6.0):
        super().__init__()
        self.words, self.style = text.split(" ") if text else [], style
        self.length, self.min_size = length, min_size

    def wrap(self, width, height):
        self.width, self.height = width, self.length
        size = self.style.fontSize
        while True:
            lines = break_lines(self.words, self.style.fontName, size, self.length)
            if lines is not None and len(lines) * size * LEADING <= width:
                break
            if size <= self.min_size:
                raise EngineError(f"The rotated heading {' '.join(self.words)!r} does not fit.")
            size -= 0.25
        self.size, self.lines = size, lines
        return self.width, self.height

    def draw(self):
        font = self.style.fontName
        leading = self.size * LEADING
        x = (self.width - len(self.lines) * leading) / 2 + leading / 2 + self.size * HALF_CAPITAL
        self.canv.rotate(90)
        self.canv.setFont(font, self.size)
        self.canv.setFillColor(self.style.textColor)
        for line in self.lines:
            self.canv.drawCentredString(self.length / 2, -x, line)
            x += leading


def strike(_table, canv, x, y, width, height):
    """Draw a line through the middle of a table's cells; reportlab calls it as a background."""
    canv.saveState()
    canv.setLineWidth(0.6)
    canv.line(x + 2, y + height / 2, x + width - 2, y + height / 2)
    canv.restoreState()


class FormTable(Table):
    """A table in EduSerif that refuses to run out of its frame.

    A plain cell that is wider than its column is refused too: it would print over its neighbour.
    """

    def __init__(self, data, style=None, **kwargs):
        super().__init__(data, **kwargs)
        self.checked = False
        self.setStyle([("FONT", (0, 0), (-1, -1), REGULAR, 10, 13)])
        if style is not None:
            self.setStyle(style)

    def wrap(self, width, height):
        size = super().wrap(width, height)
        if size[0] > width + 0.5:
            raise EngineError(f"A table is {size[0]:.0f} points wide, its frame {width:.0f}.")
        if not self.checked:
            self._check_cells()
            self.checked = True
        return size

    def _check_cells(self):
        spans = getattr(self, "_spanRanges", {})
        for row, (values, styles) in enumerate(
            zip(self._cellvalues, self._cellStyles, strict=True)
        ):
            for column, (value, style) in enumerate(zip(values, styles, strict=True)):
                if not isinstance(value, str) or not value or (column, row) in spans:
                    continue
                room = self._colWidths[column] - style.leftPadding - style.rightPadding
                if stringWidth(value, style.fontname, style.fontsize) > room + 0.5:
                    raise EngineError(f"The cell text {value!r} is wider than its column.")
