"""HTML pages from templates: what is put into one is text, never markup."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sr_app.image.contents import NOTHING
from sr_app.image.encoders import encode

TEMPLATES = Path(__file__).with_name("templates")
"""``page.html``, the frame of a self-contained page, and what several pages are made of."""


def render(template: Path, values: Mapping[str, object]) -> str:
    """A page as text; jinja2.UndefinedError if the template asks for a name that is not there.

    Args:
        template: may extend and import those of its own folder and of `TEMPLATES`.
        values: what it shows, by name; escaped wherever it is put.
    """
    environment = Environment(
        loader=FileSystemLoader([template.parent, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template.name).render(values)


def picture_url(pixels: np.ndarray, kind: str, quality: int = 95) -> str:
    """A picture, (H, W, C) uint8, inside the page. kind: "png", or "jpeg" of this quality."""
    stream = io.BytesIO()
    encode(stream, pixels, kind, quality, NOTHING)
    return data_url(f"image/{kind}", stream.getvalue())


def data_url(kind: str, content: bytes) -> str:
    """A file inside the page. kind: its media type, such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
