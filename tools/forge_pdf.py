"""Forge a mark on a signed page, to show what a strict verifier is for.

An incremental update draws a white box and another mark over the signed one. The signed bytes
stay untouched, so that poppler's `pdfsig` still calls every signature valid; `edu-verify` refuses
the file.

    python tools/forge_pdf.py SIGNED.pdf FORGED.pdf [--replace 8,5] [--by 9,9]
"""

from __future__ import annotations

import argparse
import re
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_MARK = re.compile(r"(10|[0-9]),[0-9]")
_IDENTITY = pikepdf.Matrix()


def forge(pdf: bytes, old: str | None = None, new: str = "9,9", *, occurrence: int = 0) -> bytes:
    """Return a copy where the word `old` (its n-th occurrence) looks like `new` (ASCII).

    Without `old` it is the first mark with one decimal that differs from `new`. Raises ValueError
    when there is no such word.
    """
    page, box = find_word(pdf, old, new, occurrence)
    return overlay(pdf, page, box, new)


def find_word(pdf: bytes, word: str | None, other: str = "", occurrence: int = 0):
    """Return (page index, (left, bottom, right, top)) in points, origin at the lower left."""
    found = []
    for number, page in enumerate(pikepdf.open(BytesIO(pdf)).pages):
        for text, box in _texts(page):
            wanted = text == word if word else _MARK.fullmatch(text) and text != other
            if wanted:
                found.append((number, box))
    if occurrence >= len(found):
        raise ValueError(f"{word or 'a mark'} is not in the file {occurrence + 1} times")
    return found[occurrence]


def _texts(page):
    """Yield (text, box) of every text a page shows, as reportlab draws them."""
    fonts = {name: _Font(font) for name, font in page.Resources.Font.items()}
    state, stack, line, font, size = _IDENTITY, [], _IDENTITY, None, 1.0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(state)
        elif name == "Q":
            state = stack.pop()
        elif name == "cm":
            state = pikepdf.Matrix(*map(float, operands)) @ state
        elif name == "BT":
            line = _IDENTITY
        elif name == "Tm":
            line = pikepdf.Matrix(*map(float, operands))
        elif name == "Td":
            line = pikepdf.Matrix(1, 0, 0, 1, *map(float, operands)) @ line
        elif name == "Tf":
            font, size = fonts[str(operands[0])], float(operands[1])
        elif name == "Tj":
            raw = bytes(operands[0])
            place = line @ state
            box = (place.e, place.f - 0.22 * size, place.e + font.width(raw) * size)
            yield font.text(raw).strip(), (*box, place.f + 0.75 * size)


class _Font:
    """What a simple font says about its codes: the letters and the widths."""

    def __init__(self, font):
        self.first = int(font.get("/FirstChar", 0))
        self.widths = [float(one) / 1000 for one in font.get("/Widths", [])]
        table = font.ToUnicode.read_bytes().decode() if "/ToUnicode" in font else ""
        pairs = re.findall(r"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4})>\n", table)
        self.letters = {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}

    def text(self, raw: bytes) -> str:
        return "".join(self.letters.get(code, chr(code)) for code in raw)

    def width(self, raw: bytes) -> float:
        known = range(self.first, self.first + len(self.widths))
        return sum(self.widths[code - self.first] if code in known else 0.5 for code in raw)


def overlay(pdf: bytes, page: int, box, text: str) -> bytes:
    """Append a revision that whitens `box` on a page and writes `text` there."""
    left, bottom, right, top = box
    size = (top - bottom) / 0.97
    drawing = (
        f"q 1 g {left - 0.5:.2f} {bottom:.2f} {right - left + 1:.2f} {top - bottom:.2f} re f "
        f"0 g BT /Forged {size:.2f} Tf {left:.2f} {bottom + size * 0.22:.2f} Td ({text}) Tj ET Q"
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    content = writer.add_object(generic.StreamObject(stream_data=drawing.encode("ascii")))
    font = generic.DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Times-Roman"),
        }
    )
    fonts = generic.DictionaryObject({NameObject("/Forged"): writer.add_object(font)})
    resources = generic.DictionaryObject({NameObject("/Font"): fonts})
    writer.add_stream_to_page(page, content, resources=resources)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="forge_pdf", description=__doc__.splitlines()[0])
    parser.add_argument("signed")
    parser.add_argument("forged")
    parser.add_argument("--replace", metavar="WORD", help="default: the first mark")
    parser.add_argument("--by", default="9,9", metavar="WORD")
    parser.add_argument("--occurrence", type=int, default=0)
    options = parser.parse_args(argv)
    try:
        forged = forge(
            Path(options.signed).read_bytes(),
            options.replace,
            options.by,
            occurrence=options.occurrence,
        )
    except (OSError, ValueError, pikepdf.PdfError) as error:
        print(f"forge_pdf: {error}", file=sys.stderr)
        return 2
    Path(options.forged).write_bytes(forged)
    return 0


if __name__ == "__main__":
    sys.exit(main())
