"""`sr-app export`: a preset's network as an ONNX graph."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.inference.lowering import GROUPINGS
from sr_app.networks.presets import load_preset, read_card

# A type of the names in a table, which pyright takes for a variable.
Groups = StrEnum("Groups", {name: name for name in GROUPINGS})


def export(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    target: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="The file to write.")],
    groups: Annotated[
        Groups,  # pyright: ignore[reportInvalidTypeForm]
        typer.Option(help="Grouped convolutions: dense is faster, native smaller."),
    ] = Groups.dense,  # pyright: ignore[reportAttributeAccessIssue]
) -> None:
    """Write a preset's network as ONNX, after checking it against Keras.

    Input: float32 (n, 3, h, w) in [0, 1]; output: (n, 3, scale*h, scale*w), not clipped.
    """
    with clear_errors():
        if target.suffix.lower() != ".onnx":
            raise ValueError(f"Expected a file that ends in .onnx. Received: {target}")
        card = read_card(preset)
        from sr_app.inference.export import export_onnx  # loads onnx and its runtime

        export_onnx(load_preset(preset), target, scale=card.scale, groups=groups.value)
        size = target.stat().st_size
    need = "" if card.multiple_of == 1 else f"; height and width multiples of {card.multiple_of}"
    typer.echo(f"{card.name} -> {target} ({size} bytes, x{card.scale}{need})")
