"""Finished pieces of a benchmark, a line of JSON each: what is there is not measured again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def read_lines(path: Path) -> list[dict]:
    """The finished pieces; a last line cut off by a kill is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines


def append(path: Path, line: dict) -> None:
    """One finished piece more."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def agreeing(lines: Iterable[dict], wanted: dict) -> list[dict]:
    """The lines that hold everything wanted."""
    return [line for line in lines if wanted.items() <= line.items()]
