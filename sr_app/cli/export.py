"""`sr-app export`: a preset's network as a file for other programs, or as a folder for the web."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors, on_one_line
from sr_app.cli.export_web import export_web
from sr_app.inference.lowering import GROUPINGS
from sr_app.networks.presets import read_card

if TYPE_CHECKING:
    from sr_app.inference.export_format import Exported, ExportFormat
    from sr_app.networks.card import Card

ONNX, WEB = "onnx", "web"
FORMATS = (ONNX, "onnx-fp16", "onnx-int8", "openvino", "litert", "darktable", WEB)
"""Keys of ``inference.export_formats.FORMATS``, and the folder that needs the page."""

# Types of the names in a table, which pyright takes for variables.
Groups = StrEnum("Groups", {name: name for name in GROUPINGS})
Format = StrEnum("Format", {name: name for name in FORMATS})


def export(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    target: Annotated[
        Path | None,
        typer.Argument(metavar="[OUT]", help="What to write; named by the preset if left out."),
    ] = None,
    form: Annotated[
        Format,  # pyright: ignore[reportInvalidTypeForm]
        typer.Option("--format", help="What to write; docs/exporting.md says who reads it."),
    ] = Format.onnx,  # pyright: ignore[reportAttributeAccessIssue]
    out: Annotated[Path | None, typer.Option(help="The same as OUT.")] = None,
    groups: Annotated[
        Groups,  # pyright: ignore[reportInvalidTypeForm]
        typer.Option(help="Of onnx, grouped convolutions: dense is faster, native smaller."),
    ] = Groups.dense,  # pyright: ignore[reportAttributeAccessIssue]
    ort: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="web: the unpacked package onnxruntime-web; npm fetches it else."
        ),
    ] = None,
) -> None:
    """Write a preset for other programs: ONNX, OpenVINO, LiteRT, darktable, a web folder.

    It is run and compared with the network itself before anything appears.

    onnx: any engine. onnx-fp16: half the size, for GPUs. onnx-int8: less time, a little less exact.
    openvino: Intel's (the extra openvino). litert: phones (the extra train). darktable: a package
    that its preferences import. web: a folder with a page that enlarges photos.
    """
    with clear_errors():
        if target is not None and out is not None:
            raise ValueError(f"Expected one target. Received: {target} and --out {out}")
        check_options(form.value, groups.value, ort)
        if form.value == WEB:
            typer.echo(export_web(preset, target or out, ort))
            return
        lines = export_file(preset, target or out, form.value, groups.value)
        for number, line in enumerate(lines):
            typer.echo("  " * (number > 0) + on_one_line(line))


def check_options(name: str, groups: str, ort: Path | None) -> None:
    """ValueError for an option of another format."""
    if groups != GROUPINGS[0] and name != ONNX:
        raise ValueError(f"Expected --groups with --format {ONNX} only. Received: {name}")
    if ort is not None and name != WEB:
        raise ValueError(f"Expected --ort with --format {WEB} only. Received: {name}")


def export_file(preset: str, target: Path | None, name: str, groups: str) -> list[str]:
    """Write a file; what was written, and what is to be known of it."""
    card = read_card(preset)
    way = chosen(name, groups)
    exported = way.write(card, target or Path(way.usual_name(card)))
    return [summary(card, exported), *exported.notes]


def chosen(name: str, groups: str) -> ExportFormat:
    """The format of a name; grouped convolutions are of onnx alone."""
    from sr_app.inference.export_formats import FORMATS
    from sr_app.inference.export_onnx import onnx_format

    return onnx_format(groups) if name == ONNX else FORMATS[name]


def summary(card: Card, exported: Exported) -> str:
    """What was written, how large it is, and how exactly it computes the same."""
    apart = 255 * exported.difference
    return (
        f"{card.name} -> {exported.files[0]} ({exported.size} bytes, x{card.scale}; differs from "
        f"{exported.against} by {apart:.2g} of 255 at most)"
    )
