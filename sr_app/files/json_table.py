"""Tables in JSON that anybody may have written: a table, or one line that says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sr_app.files.replacement import write_whole


def read_table(path: Path) -> dict[str, Any]:
    """The table of a JSON file.

    Raises:
        OSError: if it cannot be read. ValueError: naming the file, if it holds no table.
    """
    try:
        return parse_table(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def write_table(path: Path, table: dict[str, Any]) -> None:
    """Write a table as JSON for people to read, complete or not at all; its folder is made."""
    write_whole(path, (json.dumps(table, indent=2) + "\n").encode())


def parse_table(text: str | bytes) -> dict[str, Any]:
    """The table of a JSON text; ValueError for anything else."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("Expected a table. Received: JSON that is nested without end") from None
    except ValueError as error:
        raise ValueError(f"Expected a table in JSON. Received: {error}") from None
    if not isinstance(data, dict):
        raise ValueError(f"Expected a table. Received: {type(data).__name__}")
    return data
