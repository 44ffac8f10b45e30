"""What a filled signature field shows: the signer's name and the time in Vietnam's zone."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

DEFAULT_FONT = Path(__file__).parent / "fonts" / "EduSerif-Regular.ttf"
VIETNAM = timezone(timedelta(hours=7), "+07:00")
_TEXT = "Ký số bởi: %(who)s\nThời gian ký: %(when)s"


def iso_time(moment: datetime) -> str:
    """ISO 8601 with the zone, to the second: "2026-05-25T08:30:05+07:00" (NĐ 30/2020)."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


@lru_cache(maxsize=8)
def stamp_style(font: str, size: int = 9):
    """The pyHanko style: black upright text, no border, shrunk to the box if it must be.

    font: path of a TrueType font with 1000 units per em (pyHanko spaces others wrongly).
    """
    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)  # two dozen lines a signature
    from pyhanko.pdf_utils import layout, text
    from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
    from pyhanko.stamp import TextStampStyle

    rule = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MID,
        y_align=layout.AxisAlignment.ALIGN_MID,
        margins=layout.Margins.uniform(1),
        inner_content_scaling=layout.InnerScaling.SHRINK_TO_FIT,
    )
    return TextStampStyle(
        border_width=0,
        background=None,
        stamp_text=_TEXT,
        inner_content_layout=rule,
        text_box_style=text.TextBoxStyle(
            font=GlyphAccumulatorFactory(font, font_size=size, bcp47_lang_code="vi"),
            font_size=size,
            leading=size + 2,
        ),
    )
