"""`sr-app export`: a preset's network as an ONNX graph, or as a folder for any web server."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.export_web import export_web
from sr_app.inference.lowering import GROUPINGS
from sr_app.networks.presets import load_preset, read_card

# A type of the names in a table, which pyright takes for a variable.
Groups = StrEnum("Groups", {name: name for name in GROUPINGS})


class Format(StrEnum):
    """Ways out."""

    onnx = "onnx"
    web = "web"


def export(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    target: Annotated[
        Path | None, typer.Argument(metavar="[OUT.onnx]", help="The file to write.")
    ] = None,
    kind: Annotated[
        Format, typer.Option("--format", help="web: a folder with a page that enlarges photos.")
    ] = Format.onnx,
    out: Annotated[
        Path | None, typer.Option(help="What to write; PRESET_web for the format web.")
    ] = None,
    groups: Annotated[
        Groups,  # pyright: ignore[reportInvalidTypeForm]
        typer.Option(help="Grouped convolutions: dense is faster, native smaller."),
    ] = Groups.dense,  # pyright: ignore[reportAttributeAccessIssue]
    ort: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="web: the unpacked package onnxruntime-web; npm fetches it else."
        ),
    ] = None,
) -> None:
    """Write a preset's network as ONNX, after checking it against Keras, or as a web folder.

    Input: float32 (n, 3, h, w) in [0, 1]; output: (n, 3, scale*h, scale*w), not clipped.
    """
    with clear_errors():
        if target is not None and out is not None:
            raise ValueError(f"Expected one target. Received: {target} and --out {out}")
        if kind is Format.web:
            typer.echo(export_web(preset, target or out, ort))
            return
        typer.echo(export_graph(preset, target or out, groups.value))


def export_graph(preset: str, target: Path | None, groups: str) -> str:
    """Write the graph; what was written, in words."""
    if target is None or target.suffix.lower() != ".onnx":
        raise ValueError(f"Expected a file that ends in .onnx. Received: {target or 'none'}")
    card = read_card(preset)
    from sr_app.inference.export import export_onnx  # loads onnx and its runtime

    export_onnx(load_preset(preset), target, scale=card.scale, groups=groups)
    size = target.stat().st_size
    need = "" if card.multiple_of == 1 else f"; height and width multiples of {card.multiple_of}"
    return f"{card.name} -> {target} ({size} bytes, x{card.scale}{need})"
