import io
import threading
from dataclasses import dataclass

import reportlab
from reportlab.lib.styles import ParagraphStyle
from z3c.rml import directive, interfaces
from zope.interface import implementer

from . import directives, fonts
from .canvas import PagedCanvas
from .errors import EngineError
from .source import parse

RENDERER = f"reportlab {reportlab.Version}"
PRODUCER = "Edu Records"
# reportlab's fonts hold state of the document being built: one at a time in a process
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Rendered:
    """The PDF, where its signatures go (``Box``), and the number of its pages."""

    pdf: bytes
    boxes: tuple
    pages: int


def render(rml, images=None):
    """Render RML to PDF. The same input gives the same bytes with the same reportlab.

    :param str rml: RML of the tags and attributes in ``schema.TAGS``
    :param dict images: ``{name: PNG or JPEG bytes}`` for ``<image name="…">``
    :raises EngineError: anything that is not allowed, does not fit or cannot be printed
    """
    root = parse(rml)
    fonts.check_coverage("".join(root.itertext()))
    with _LOCK:
        fonts.register()
        try:
            return _Document(root, dict(images or {})).build()
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"The RML cannot be laid out: {error}") from error


@implementer(interfaces.IManager, interfaces.ICanvasManager)
class _Document(directive.RMLDirective):
    """The root directive: what z3c.rml's document does, without its global resets and files."""

    factories = {
        "stylesheet": directives.Stylesheet,
        "template": directives.Template,
        "story": directives.Story,
    }

    def __init__(self, root, images):
        _use_default_styles(root)
        super().__init__(root, None)
        self.output = io.BytesIO()
        self.filename = "document"
        self.images, self.boxes = images, []
        self.names, self.colors, self.svgs, self.attributesCache = {}, {}, {}, {}
        normal = ParagraphStyle("Normal", fontName=fonts.REGULAR, fontSize=12, leading=15)
        normal.bulletFontName = fonts.REGULAR
        self.styles = {"Normal": normal}
        self.doc = self.flowables = self.canvas = None

    def build(self):
        for tag in ("stylesheet", "template", "story"):
            if tag != "stylesheet" and self.element.find(tag) is None:
                raise EngineError(f"<document> needs <{tag}>.")
            self.processSubDirectives(select=(tag,))
        self.doc.beforeDocument = self._begin
        self.doc.build(self.flowables, canvasmaker=PagedCanvas)
        if not self.canvas.page_total:
            raise EngineError("The story is empty.")
        boxes = tuple(sorted(self.boxes, key=lambda box: (box.page, box.name)))
        return Rendered(self.output.getvalue(), boxes, self.canvas.page_total)

    def _begin(self):
        self.canvas = self.doc.canv
        self.canvas.setTitle(self.element.get("title", ""))
        self.canvas.setSubject(self.element.get("subject", ""))
        self.canvas.setAuthor(self.element.get("author", ""))
        self.canvas.setCreator(PRODUCER)

    def get_name(self, name, default=None):
        raise EngineError(f"RML names are not allowed: {name}.")


def _use_default_styles(root):
    """Name our own style where z3c.rml would take its Helvetica one."""
    for element in root.iter("para"):
        if element.get("style") is None:
            element.set("style", "Normal")
    for element in root.iter("paraStyle"):
        if element.get("parent") is None and element.get("name") != "Normal":
            element.set("parent", "Normal")
