"""The RML tags whose z3c.rml directive is replaced or missing: tables, running text, our own."""

import re

import reportlab.platypus
from reportlab.lib.colors import toColor
from reportlab.platypus.flowables import KeepTogether as KeepTogetherFlowable
from z3c.rml import attr, canvas, directive, flowable, interfaces, stylesheet, template
from zope.interface import implementer

from .canvas import RunningText
from .errors import EngineError
from .flowables import (
    FitText,
    FormTable,
    QrCode,
    RegistryImage,
    Rotated,
    SignatureBox,
    strike,
)
from .fonts import REGULAR

_BLANKS = re.compile(r"[ \t\r\n]+")
_MEASURE = re.compile(r"(-?[\d.]+)(mm|cm|in|pt)?")
_POINTS = {None: 1.0, "pt": 1.0, "mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0}


def points(value):
    """A measure such as ``12``, ``3mm`` or ``1.5cm`` in points."""
    number, unit = _MEASURE.fullmatch(value).groups()
    return float(number) * _POINTS[unit]


def flat(text):
    """``text`` with every run of blanks as one; no-break spaces stay."""
    return _BLANKS.sub(" ", text or "").strip(" ")


class _Custom(directive.RMLDirective):
    """A tag of ours: ``make`` returns its flowable from the checked attributes."""

    def process(self):
        self.parent.flow.append(self.make(self.element.get))

    def style(self):
        return attr._getStyle(self, self.element.get("style", "Normal"))

    def manager(self):
        return attr.getManager(self)


class SignatureBoxTag(_Custom):
    def make(self, get):
        boxes = self.manager().boxes
        return SignatureBox(boxes, get("name"), points(get("width")), points(get("height")))


class QrCodeTag(_Custom):
    def make(self, get):
        return QrCode(get("value"), points(get("size")), get("align", "left"))


class ImageTag(_Custom):
    def make(self, get):
        content = self.manager().images.get(get("name"))
        if content is None:
            raise EngineError(f"There is no image named {get('name')}.")
        width, height = points(get("width")), points(get("height"))
        return RegistryImage(content, width, height, get("align", "left"))


class FitTag(_Custom):
    def make(self, get):
        return FitText(
            flat(self.element.text),
            self.style(),
            int(get("lines", "1")),
            points(get("minSize", "7")),
            get("align"),
        )


class RotatedTag(_Custom):
    def make(self, get):
        minimum = points(get("minSize", "6"))
        return Rotated(flat(self.element.text), self.style(), points(get("length")), minimum)


class KeepTogetherTag(directive.RMLDirective):
    def process(self):
        self.parent.flow.append(KeepTogetherFlowable(Flow(self.element, self.parent).process()))


class TableRow(directive.RMLDirective):
    """A row. Cells are read directly: z3c.rml's way takes most of the time of a mark table.

    ``struck`` cells from the left get a line through their middle.
    """

    actions = {
        "align": lambda value: [("ALIGNMENT", value.upper())],
        "vAlign": lambda value: [("VALIGN", value.upper())],
        "background": lambda value: [("BACKGROUND", toColor(value))],
        "fontName": lambda value: [("FONTNAME", value)],
        "fontSize": lambda value: [("FONTSIZE", points(value)), ("LEADING", 1.32 * points(value))],
        "fontColor": lambda value: [("TEXTCOLOR", toColor(value))],
    }

    def process(self):
        row = len(self.parent.rows)
        cells = []
        for column, cell in enumerate(self.element):
            for name, value in cell.attrib.items():
                place = (column, row)
                for action, argument in self.actions[name](value):
                    self.parent.style.add(action, place, place, argument)
            cells.append(Flow(cell, self).process() if len(cell) else flat(cell.text))
        struck = int(self.element.get("struck", "0"))
        if struck:
            self.parent.style.add("BACKGROUND", (0, row), (struck - 1, row), strike)
        self.parent.rows.append(cells)


class BlockTable(flowable.BlockTable):
    klass = FormTable
    factories = {"tr": TableRow, "blockTableStyle": flowable.BlockTableStyle}

    def process(self):
        done = super().process()
        lengths = {len(row) for row in self.rows}
        if len(lengths) > 1:
            raise EngineError(f"The rows of a table have different lengths: {sorted(lengths)}.")
        return done


class Flow(flowable.Flow):
    """The flowables a story or a table cell may hold."""

    factories = {
        "para": flowable.Paragraph,
        "spacer": flowable.Spacer,
        "hr": flowable.HorizontalRow,
        "nextPage": flowable.NextPage,
        "setNextTemplate": flowable.SetNextTemplate,
        "condPageBreak": flowable.ConditionalPageBreak,
        "keepTogether": KeepTogetherTag,
        "blockTable": BlockTable,
        "fit": FitTag,
        "rotated": RotatedTag,
        "image": ImageTag,
        "qrCode": QrCodeTag,
        "signatureBox": SignatureBoxTag,
    }


class Story(template.Story):
    factories = Flow.factories


class RunningTextTag(directive.RMLDirective):
    def process(self):
        get, element = self.element.get, self.element
        pieces = [_BLANKS.sub(" ", element.text or "").lstrip(" ")]
        for child in element:
            pieces += [(child.tag,), _BLANKS.sub(" ", child.tail or "")]
        running = RunningText(
            pieces,
            points(get("x")),
            points(get("y")),
            get("align", "left"),
            get("fontName", REGULAR),
            points(get("fontSize", "9")),
            toColor(get("color", "black")),
            float(get("angle", "0")),
            int(get("pagesPerSheet", "2")) or 1,
        )
        attr.getManager(self, interfaces.ICanvasManager).canvas.running_texts.append(running)


class WatermarkTag(directive.RMLDirective):
    """Large pale text across the page, under its content."""

    def process(self):
        canv = attr.getManager(self, interfaces.ICanvasManager).canvas
        width, height = canv._pagesize
        canv.saveState()
        canv.setFont("EduSerif-Bold", points(self.element.get("fontSize", "80")))
        canv.setFillColor(toColor(self.element.get("color", "#f3d5d5")))
        canv.translate(width / 2, height / 2)
        canv.rotate(45)
        canv.drawCentredString(0, 0, flat(self.element.text))
        canv.restoreState()


class Drawing(canvas.Drawing):
    factories = {
        "drawString": canvas.DrawString,
        "drawRightString": canvas.DrawRightString,
        "drawCentredString": canvas.DrawCenteredString,
        "fill": canvas.Fill,
        "stroke": canvas.Stroke,
        "setFont": canvas.SetFont,
        "lineMode": canvas.LineMode,
        "rect": canvas.Rectangle,
        "lines": canvas.Lines,
        "runningText": RunningTextTag,
        "watermark": WatermarkTag,
    }


@implementer(interfaces.ICanvasManager)
class PageGraphics(directive.RMLDirective):
    def process(self):
        def draw_on_page(canv, doc):
            canv.saveState()
            self.canvas = canv
            Drawing(self.element, self).process()
            canv.restoreState()

        self.parent.pt.onPage = draw_on_page


class PageTemplate(template.PageTemplate):
    factories = {"frame": template.Frame, "pageGraphics": PageGraphics}


class Template(directive.RMLDirective):
    """The page templates, on one document that is always built with ``invariant``."""

    signature = template.ITemplate
    factories = {"pageTemplate": PageTemplate}

    def process(self):
        self.parent.doc = reportlab.platypus.BaseDocTemplate(
            self.parent.output,
            invariant=1,
            pageCompression=1,
            **dict(self.getAttributeValues()),
        )
        self.processSubDirectives()


class Stylesheet(stylesheet.Stylesheet):
    factories = {
        "paraStyle": stylesheet.ParagraphStyle,
        "blockTableStyle": stylesheet.BlockTableStyle,
    }
