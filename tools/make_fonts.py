"""Build the font family EduSerif from Tinos (Debian package fonts-croscore).

    python tools/make_fonts.py [--source DIR] [--check]

EduSerif is Tinos with the metrics of Times New Roman, cut down to what Vietnamese school records
print (Latin with every Vietnamese letter, the letters of the minority languages, punctuation and
signs) and rescaled from 2048 to 1000 units per em: pyHanko spaces the letters of any other font
wrongly. Hinting and layout tables are dropped, as neither PDF engine reads them.
Tinos is under the SIL Open Font License 1.1, and so is EduSerif. The same input gives the same
bytes. ``--check`` builds nothing and fails when a committed file differs from what it would build.
"""

import argparse
import hashlib
import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

FAMILY = "EduSerif"
UNITS_PER_EM = 1000
STYLES = {
    "Regular": "Regular",
    "Bold": "Bold",
    "Italic": "Italic",
    "BoldItalic": "Bold Italic",
}
CHARACTERS = [
    range(0x0020, 0x007F),
    range(0x00A0, 0x0180),  # Latin-1, Latin Extended-A
    (0x0180, 0x0192, 0x01A0, 0x01A1, 0x01AF, 0x01B0),
    range(0x0300, 0x0310),  # combining accents
    (0x031B, 0x0323, 0x0324, 0x0330, 0x0331),
    range(0x0391, 0x03CA),  # Greek, for science lessons
    range(0x1E00, 0x1F00),  # Latin Extended Additional: the Vietnamese block
    range(0x2010, 0x2016),
    range(0x2018, 0x2027),
    (0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044),
    (0x20AB, 0x20AC, 0x2116, 0x2122),
    (0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265),
    (0x25A0, 0x25A1, 0x25CB, 0x25CF),
]
ROOT = Path(__file__).resolve().parent.parent
ADDON_FONTS = ROOT / "addons" / "edu_reports" / "static" / "fonts"


def build(source, style):
    """Bytes of one EduSerif face, from the Tinos file ``source`` of that ``style``."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "DSIG", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for group in CHARACTERS for code in group])
    subsetter.subset(font)
    scale_upem(font, UNITS_PER_EM)
    _add_ballot_boxes(font)
    _rename(font, style)
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def _add_ballot_boxes(font):
    """Draw U+2610 and U+2611, which Tinos does not have."""
    tick = [(190, 330), (250, 390), (340, 280), (560, 560), (620, 500), (345, 165)]
    for code, name, shapes in ((0x2610, "ballot", []), (0x2611, "ballotcheck", [tick])):
        pen = TTGlyphPen(None)
        outer = [(80, 0), (80, 680), (760, 680), (760, 0)]
        inner = [(130, 50), (710, 50), (710, 630), (130, 630)]
        for points in [outer, inner, *shapes]:
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()
        glyph = pen.glyph()
        font["glyf"][name] = glyph
        font["hmtx"][name] = (840, 80)
        glyph.recalcBounds(font["glyf"])
        for table in font["cmap"].tables:
            table.cmap[code] = name


def _rename(font, style):
    """Give the face its own name and keep the copyright and the licence of Tinos."""
    label = STYLES[style]
    postscript = FAMILY if style == "Regular" else f"{FAMILY}-{style}"
    names = font["name"]
    version = names.getDebugName(5).split(";")[0]
    new = {
        1: FAMILY,
        2: label,
        3: f"{postscript}; {version}",
        4: f"{FAMILY} {label}",
        6: postscript,
    }
    for record in list(names.names):
        if record.nameID == 7:
            names.removeNames(nameID=7)
        elif record.nameID in new:
            names.setName(
                new[record.nameID],
                record.nameID,
                record.platformID,
                record.platEncID,
                record.langID,
            )


def files(source):
    """Every file to write: ``{path: bytes}``."""
    made = {}
    for style in STYLES:
        made[ADDON_FONTS / f"{FAMILY}-{style}.ttf"] = build(
            Path(source) / f"Tinos-{style}.ttf", style
        )
    return made


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", default="/usr/share/fonts/truetype/croscore")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    different = 0
    for path, content in files(options.source).items():
        same = path.exists() and path.read_bytes() == content
        different += not same
        if not same and not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        word = "same" if same else "different" if options.check else "written"
        print(f"{word}  {digest}  {path.relative_to(ROOT)}  {len(content)} bytes")
    return 1 if options.check and different else 0


if __name__ == "__main__":
    sys.exit(main())
