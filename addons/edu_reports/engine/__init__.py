"""RML to PDF for official forms: pure Python, no Odoo, no file and no network access.

``render(rml, images) -> Rendered(pdf, boxes, pages)``; whatever it refuses is an ``EngineError``.
"""

from .errors import EngineError
from .flowables import Box
from .renderer import Rendered, render
