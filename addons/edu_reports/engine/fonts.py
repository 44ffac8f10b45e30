"""The one font family of official forms, EduSerif: metrics of Times, every Vietnamese letter."""

from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from .errors import EngineError

FONT_FOLDER = Path(__file__).resolve().parent.parent / "static" / "fonts"
REGULAR = "EduSerif"
FACES = {
    REGULAR: "EduSerif-Regular.ttf",
    "EduSerif-Bold": "EduSerif-Bold.ttf",
    "EduSerif-Italic": "EduSerif-Italic.ttf",
    "EduSerif-BoldItalic": "EduSerif-BoldItalic.ttf",
}


@lru_cache(maxsize=1)
def _load():
    return [
        TTFont(name, str(FONT_FOLDER / file), asciiReadable=False) for name, file in FACES.items()
    ]


def register():
    """Make the family known to reportlab. Cheap, and repeated as others may reset reportlab."""
    for font in _load():
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, *FACES)


def check_coverage(text):
    """Refuse characters without a glyph: reportlab would print an empty box for them."""
    known = _load()[0].face.charToGlyph
    missing = sorted({c for c in text if ord(c) not in known and c not in "\t\r\n\xa0"})
    if missing:
        names = ", ".join(f"{char} (U+{ord(char):04X})" for char in missing[:10])
        raise EngineError(f"The font of official forms has no letter for: {names}.")
