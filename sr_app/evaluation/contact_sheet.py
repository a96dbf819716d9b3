"""A contact sheet: many small pictures with a word under each, as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.page import TEMPLATES, picture_url, render


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
    # As JPEG: a tenth of the bytes of PNG, and a person judges no pixel here.
    shown = [
        (s, [(c, picture_url(p, "jpeg", 85)) for c, p in zip(s.captions, s.pictures, strict=True)])
        for s in sheets
    ]
    values = {"title": title, "facts": facts, "sheets": shown}
    return render(TEMPLATES / "contact_sheet.html", values)
