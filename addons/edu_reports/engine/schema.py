"""What RML may contain. Everything that is not listed here is refused.

RML as such can read files, open addresses, import Python modules and evaluate expressions, so tags
and attributes are allowed one by one, and each attribute's value must match its kind.
"""

import re
from typing import NamedTuple

_NUMBER = r"-?\d+(?:\.\d+)?"
_MEASURE = rf"{_NUMBER}(?:mm|cm|in|pt)?"
_COLOR = r"(?:#[0-9a-fA-F]{6}|black|white|red|blue|gray|grey|lightgrey|darkgrey|none)"
_FONT = r"EduSerif(?:-(?:Bold|Italic|BoldItalic))?"

MEASURE = re.compile(_MEASURE)
MEASURES = re.compile(rf"(?:{_MEASURE}|\*)(?:[ ,]+(?:{_MEASURE}|\*))*")
NUMBER = re.compile(_NUMBER)
COLOR = re.compile(_COLOR)
COLORS = re.compile(rf"{_COLOR}(?:[ ,]+{_COLOR})*")
FONT = re.compile(_FONT)
INTEGER = re.compile(r"\d+")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
CELL = re.compile(r"-?\d+,-?\d+")
BOOLEAN = re.compile(r"[01]|true|false|yes|no")
PAGE_SIZE = re.compile(rf"A[345](?: (?:landscape|portrait))?|{_MEASURE}[ ,]+{_MEASURE}")
HORIZONTAL = re.compile(r"left|right|center|centre|justify")
VERTICAL = re.compile(r"top|middle|bottom")
LINE_KIND = re.compile(r"GRID|BOX|OUTLINE|INNERGRID|LINE(?:ABOVE|BELOW|BEFORE|AFTER)")
ANY = re.compile(r".*", re.DOTALL)


class Tag(NamedTuple):
    """One tag: ``{attribute: pattern of its whole value}``, child tags, and whether it has text."""

    attributes: dict
    children: frozenset = frozenset()
    text: bool = False


_INLINE = frozenset({"b", "i", "u", "br", "sup", "sub", "strike", "font"})
_FLOW = frozenset(
    {
        "para", "fit", "spacer", "hr", "blockTable", "keepTogether", "image", "qrCode",
        "rotated", "signatureBox",
    }
)  # fmt: skip
_STORY = _FLOW | {"nextPage", "setNextTemplate", "condPageBreak"}
_STYLE = {
    "fontName": FONT,
    "fontSize": MEASURE,
    "leading": MEASURE,
    "alignment": HORIZONTAL,
    "textColor": COLOR,
    "leftIndent": MEASURE,
    "rightIndent": MEASURE,
    "firstLineIndent": MEASURE,
    "spaceBefore": MEASURE,
    "spaceAfter": MEASURE,
    "endDots": ANY,
    "keepWithNext": BOOLEAN,
}
_AREA = {"start": CELL, "stop": CELL}
_PADDING = {**_AREA, "length": MEASURE}
_PLACE = {"x": MEASURE, "y": MEASURE}
_EXTENT = {"width": MEASURE, "height": MEASURE}
_INLINE_TAG = Tag({}, _INLINE, True)

TAGS = {
    "document": Tag(
        {"title": ANY, "subject": ANY, "author": ANY},
        frozenset({"stylesheet", "template", "story"}),
    ),
    "stylesheet": Tag({}, frozenset({"paraStyle", "blockTableStyle"})),
    "paraStyle": Tag({"name": NAME, "parent": NAME, **_STYLE}),
    "blockTableStyle": Tag(
        {"id": NAME},
        frozenset(
            {
                "blockFont", "blockLeading", "blockTextColor", "blockAlignment", "blockValign",
                "blockLeftPadding", "blockRightPadding", "blockTopPadding", "blockBottomPadding",
                "blockBackground", "blockSpan", "blockNosplit", "lineStyle",
            }
        ),
    ),
    "blockFont": Tag({"name": FONT, "size": MEASURE, "leading": MEASURE, **_AREA}),
    "blockLeading": Tag(_PADDING),
    "blockTextColor": Tag({"colorName": COLOR, **_AREA}),
    "blockAlignment": Tag({"value": HORIZONTAL, **_AREA}),
    "blockValign": Tag({"value": VERTICAL, **_AREA}),
    "blockLeftPadding": Tag(_PADDING),
    "blockRightPadding": Tag(_PADDING),
    "blockTopPadding": Tag(_PADDING),
    "blockBottomPadding": Tag(_PADDING),
    "blockBackground": Tag(
        {"colorName": COLOR, "colorsByRow": COLORS, "colorsByCol": COLORS, **_AREA}
    ),
    "blockSpan": Tag(_AREA),
    "blockNosplit": Tag(_AREA),
    "lineStyle": Tag(
        {"kind": LINE_KIND, "thickness": MEASURE, "colorName": COLOR, "dash": MEASURES, **_AREA}
    ),
    "template": Tag(
        {"pagesize": PAGE_SIZE, "showBoundary": BOOLEAN}, frozenset({"pageTemplate"})
    ),
    "pageTemplate": Tag(
        {"id": NAME, "pagesize": PAGE_SIZE, "autoNextTemplate": NAME},
        frozenset({"frame", "pageGraphics"}),
    ),
    "frame": Tag({"id": NAME, "x1": MEASURE, "y1": MEASURE, **_EXTENT}),
    "pageGraphics": Tag(
        {},
        frozenset(
            {
                "drawString", "drawRightString", "drawCentredString", "fill", "stroke", "setFont",
                "lineMode", "rect", "lines", "runningText", "watermark",
            }
        ),
    ),
    "drawString": Tag(_PLACE, text=True),
    "drawRightString": Tag(_PLACE, text=True),
    "drawCentredString": Tag(_PLACE, text=True),
    "fill": Tag({"color": COLOR}),
    "stroke": Tag({"color": COLOR}),
    "setFont": Tag({"name": FONT, "size": MEASURE}),
    "lineMode": Tag({"width": MEASURE, "dash": MEASURES}),
    "rect": Tag({**_PLACE, **_EXTENT, "fill": BOOLEAN, "stroke": BOOLEAN, "round": MEASURE}),
    "lines": Tag({}, text=True),
    "runningText": Tag(
        {
            **_PLACE, "align": HORIZONTAL, "fontName": FONT, "fontSize": MEASURE, "color": COLOR,
            "angle": NUMBER, "pagesPerSheet": INTEGER,
        },
        frozenset({"pageNumber", "pageCount", "sheetNumber", "sheetCount"}),
        True,
    ),
    "pageNumber": Tag({}),
    "pageCount": Tag({}),
    "sheetNumber": Tag({}),
    "sheetCount": Tag({}),
    "watermark": Tag({"color": COLOR, "fontSize": MEASURE}, text=True),
    "story": Tag({"firstPageTemplate": NAME}, _STORY),
    "para": Tag({"style": NAME, **_STYLE}, _INLINE, True),
    "b": _INLINE_TAG,
    "i": _INLINE_TAG,
    "u": _INLINE_TAG,
    "sup": _INLINE_TAG,
    "sub": _INLINE_TAG,
    "strike": _INLINE_TAG,
    "br": Tag({}),
    "font": Tag({"name": FONT, "size": MEASURE, "color": COLOR}, _INLINE, True),
    "fit": Tag(
        {"style": NAME, "lines": INTEGER, "minSize": MEASURE, "align": HORIZONTAL}, text=True
    ),
    "rotated": Tag({"style": NAME, "length": MEASURE, "minSize": MEASURE}, text=True),
    "spacer": Tag({"length": MEASURE}),
    "hr": Tag({"width": MEASURE, "thickness": MEASURE, "color": COLOR, "align": HORIZONTAL}),
    "nextPage": Tag({}),
    "setNextTemplate": Tag({"name": NAME}),
    "condPageBreak": Tag({"height": MEASURE}),
    "keepTogether": Tag({}, _FLOW),
    "image": Tag({"name": NAME, **_EXTENT, "align": HORIZONTAL}),
    "qrCode": Tag({"value": ANY, "size": MEASURE, "align": HORIZONTAL}),
    "signatureBox": Tag({"name": NAME, **_EXTENT}),
    "blockTable": Tag(
        {
            "style": NAME, "colWidths": MEASURES, "rowHeights": MEASURES, "repeatRows": INTEGER,
            "alignment": HORIZONTAL,
        },
        frozenset({"tr", "blockTableStyle"}),
    ),
    "tr": Tag({"struck": INTEGER}, frozenset({"td"})),
    "td": Tag(
        {
            "align": HORIZONTAL, "vAlign": VERTICAL, "background": COLOR, "fontName": FONT,
            "fontSize": MEASURE, "fontColor": COLOR,
        },
        _FLOW,
        True,
    ),
}  # fmt: skip

REQUIRED = {
    "paraStyle": {"name"},
    "blockTableStyle": {"id"},
    "pageTemplate": {"id"},
    "frame": {"x1", "y1", "width", "height"},
    "runningText": {"x", "y"},
    "spacer": {"length"},
    "image": {"name", "width", "height"},
    "qrCode": {"value", "size"},
    "signatureBox": {"name", "width", "height"},
    "rotated": {"length"},
    "setNextTemplate": {"name"},
    "condPageBreak": {"height"},
}
