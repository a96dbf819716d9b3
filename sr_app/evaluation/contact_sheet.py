"""A contact sheet: many small pictures with a word under each, as one self-contained HTML page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.page import TEMPLATES, data_url, render
from sr_app.image.contents import NOTHING
from sr_app.image.encoders import encode


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
    shown = [(s, list(zip(s.captions, map(_jpeg, s.pictures), strict=True))) for s in sheets]
    values = {"title": title, "facts": facts, "sheets": shown}
    return render(TEMPLATES / "contact_sheet.html", values)


def _jpeg(picture: np.ndarray) -> str:
    """A data URL: a tenth of the bytes of a PNG, and a person judges no pixel here."""
    stream = io.BytesIO()
    encode(stream, picture, "jpeg", 85, NOTHING)
    return data_url("image/jpeg", stream.getvalue())
