"""A page of which a part is measured: what stands between two markers is written by its study."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"


def put_between(page: Path, text: str) -> None:
    """Replace what stands between the markers; the text, between them alone, where there is no
    page."""
    there = page.read_text(encoding="utf-8") if page.is_file() else f"{BEGIN}{END}\n"
    before, rest = there.split(BEGIN)
    page.write_text(f"{before}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf-8")
