"""`sr-app inspect`: what a network costs, counted from the built model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors

if TYPE_CHECKING:
    from sr_app.networks.genotype import Genotype

def inspect(
    network: Annotated[
        str,
        typer.Argument(
            metavar="GENOTYPE|PRESET",
            help="Comma-separated block strings (S_4_24_32,C_4_16_32), or a preset's name.",
        ),
    ],
    scale: Annotated[
        int | None,
        typer.Option(min=2, max=4, help="Factor; a preset knows its own.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count a network's parameters, multiply-adds and receptive field."""
    with clear_errors():
        raise ValueError("being written")
