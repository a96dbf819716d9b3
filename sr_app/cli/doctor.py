"""`sr-app doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Being written."""
    with clear_errors():
        raise ValueError("being written")
