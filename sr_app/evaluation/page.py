"""HTML pages from templates: what is put into one is text, never markup."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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


def data_url(kind: str, content: bytes) -> str:
    """A file inside the page. kind: its media type, such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
