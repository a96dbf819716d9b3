"""The frame of a self-contained HTML page, and the parts that several pages have."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt { font-weight: 600; } dd { margin: 0; }
figure { margin: 0; }
"""


def make_page(
    title: str, parts: Sequence[str], *, style: str = "", reload: int | None = None
) -> str:
    """The page as text: the title as its heading, then the parts.

    Args:
        title: plain text.
        parts: HTML.
        style: CSS beyond the frame's own.
        reload: seconds after which the page reads itself anew, or None.
    """
    again = f'<meta http-equiv="refresh" content="{reload}">' if reload else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style.lstrip()}</style></head>\n<body>\n"
        + "\n".join([f"<h1>{escape(title)}</h1>", *parts])
        + "\n</body></html>\n"
    )


def listing(facts: dict[str, str]) -> str:
    """Names and what is said of each; both plain text."""
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(text)}</dd>" for k, text in facts.items())
    return f"<dl>{rows}</dl>"


def data_url(kind: str, content: bytes) -> str:
    """A file inside the page. kind: its media type, such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
