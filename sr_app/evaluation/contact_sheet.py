"""A contact sheet: many small pictures with a word under each, as one self-contained HTML page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from sr_app.evaluation.page import data_url, listing, make_page
from sr_app.image.encoders import Attachments, encode

_STYLE = """
body { max-width: 76rem; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, 6rem); gap: .6rem .5rem; }
figure img { width: 6rem; height: 6rem; display: block; outline: 1px solid #8884; }
figcaption { font-size: .75rem; font-variant-numeric: tabular-nums; overflow: hidden;
  white-space: pre-line; text-overflow: ellipsis; }
"""


@dataclass(frozen=True)
class Sheet:
    """One part of the page.

    Args:
        heading: above the pictures.
        note: a sentence under the heading.
        pictures: uint8 (side, side, 3) each.
        captions: one for each picture; of a line that is too long the end shows when pointed at.
    """

    heading: str
    note: str
    pictures: Sequence[np.ndarray]
    captions: Sequence[str]


def make_contact_sheet(title: str, facts: dict[str, str], sheets: Sequence[Sheet]) -> str:
    """The page as text: the facts, then the sheets in their order."""
    parts = [
        f"<h2>{escape(sheet.heading)}</h2>\n<p>{escape(sheet.note)}</p>\n"
        f'<div class="sheet">{_figures(sheet)}</div>'
        for sheet in sheets
    ]
    return make_page(title, [listing(facts), *parts], style=_STYLE)


def _figures(sheet: Sheet) -> str:
    return "".join(
        f'<figure title="{caption}"><img alt="{caption}" loading="lazy" src="{_jpeg(picture)}">'
        f"<figcaption>{caption}</figcaption></figure>"
        for picture, caption in zip(sheet.pictures, map(escape, sheet.captions), strict=True)
    )


def _jpeg(picture: np.ndarray) -> str:
    """A data URL: a tenth of the bytes of a PNG, and a person judges no pixel here."""
    stream = io.BytesIO()
    encode(stream, picture, "jpeg", 85, Attachments())
    return data_url("image/jpeg", stream.getvalue())
