"""Forge a mark on a signed page, to show what a strict verifier is for.

An incremental update draws a white box and another mark over the signed one. The signed bytes
stay untouched, so that poppler's `pdfsig` still calls every signature valid; `edu-verify` refuses
the file. The text is found with poppler's `pdftotext`.

    python tools/forge_pdf.py SIGNED.pdf FORGED.pdf --replace 8,5 --by 9,9
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_XHTML = "{http://www.w3.org/1999/xhtml}"


def forge(pdf: bytes, old: str, new: str, *, occurrence: int = 0) -> bytes:
    """Return a copy where the word `old` (its n-th occurrence) looks like `new` (ASCII).

    Raises ValueError when the word is not on any page.
    """
    page, left, bottom, right, top = find_word(pdf, old, occurrence)
    return overlay(pdf, page, (left, bottom, right, top), new)


def find_word(pdf: bytes, word: str, occurrence: int = 0):
    """Return (page index, left, bottom, right, top) in points, origin at the lower left."""
    command = ["pdftotext", "-bbox", "-", "-"]
    output = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    places = []
    for number, page in enumerate(ElementTree.fromstring(output).iter(f"{_XHTML}page")):
        height = float(page.get("height"))
        for one in page.iter(f"{_XHTML}word"):
            if one.text == word:
                left, right = float(one.get("xMin")), float(one.get("xMax"))
                bottom, top = height - float(one.get("yMax")), height - float(one.get("yMin"))
                places.append((number, left, bottom, right, top))
    if occurrence >= len(places):
        raise ValueError(f"{word!r} is not on the page {occurrence + 1} times")
    return places[occurrence]


def overlay(pdf: bytes, page: int, box, text: str) -> bytes:
    """Append a revision that whitens `box` on a page and writes `text` there."""
    left, bottom, right, top = box
    size = (top - bottom) * 0.85
    drawing = (
        f"q 1 g {left - 0.5:.2f} {bottom:.2f} {right - left + 1:.2f} {top - bottom:.2f} re f "
        f"0 g BT /Forged {size:.2f} Tf {left:.2f} {bottom + size * 0.25:.2f} Td ({text}) Tj ET Q"
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
    parser.add_argument("--replace", required=True, metavar="WORD")
    parser.add_argument("--by", required=True, metavar="WORD")
    parser.add_argument("--occurrence", type=int, default=0)
    options = parser.parse_args(argv)
    try:
        forged = forge(
            Path(options.signed).read_bytes(),
            options.replace,
            options.by,
            occurrence=options.occurrence,
        )
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"forge_pdf: {error}", file=sys.stderr)
        return 2
    Path(options.forged).write_bytes(forged)
    return 0


if __name__ == "__main__":
    sys.exit(main())
