"""The options of `sr-app evaluate`, with their help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.device_option import DEVICES
from sr_app.jobs.evaluate import KERNELS
from sr_app.jobs.leaderboard import PURPOSES

# A type of the names in a table, which pyright takes for a variable.
Method = StrEnum("Method", {kernel: kernel for kernel in KERNELS})

Folder = Annotated[
    Path | None,
    typer.Argument(help="Folder of HR pictures; with --table a Markdown file.", metavar="FOLDER"),
]
Scale = Annotated[
    int | None,
    typer.Option(help="Factor, such as 2, 3 or 4.", min=1, max=16, show_default="the preset's"),
]
Preset = Annotated[str | None, typer.Option(help="Network: a preset or its folder.")]
MethodName = Annotated[
    Method | None,  # pyright: ignore[reportInvalidTypeForm]
    typer.Option(help="Interpolation instead."),
]
Protocol = Annotated[str, typer.Option(help="y, y_unrounded, rgb, ntire2017 or ntire2018.")]
Metrics = Annotated[
    str | None,
    typer.Option(
        help="psnr, ssim, lpips, niqe, ... with commas.",
        show_default="psnr,ssim; with --vivid psnr,lpips,niqe",
    ),
]
Vivid = Annotated[
    str | None,
    typer.Option(help="With --preset: the curve from it to this preset, as CSV, SVG, HTML."),
]
Blend = Annotated[str, typer.Option(help="With --vivid: places on the curve, first:last:step.")]
Out = Annotated[Path, typer.Option(help="With --vivid: files to write, without their suffix.")]
LrFolder = Annotated[
    Path | None,
    typer.Option("--lr-folder", "--lr", help="LR pictures (0001, 0001x4), else imresize."),
]
Degrade = Annotated[
    str | None,
    typer.Option(help="With --vivid: LR degraded on the way, by a kind of sr-app degrade."),
]
Seed = Annotated[int, typer.Option(help="With --degrade: of what is drawn.", min=0)]
Interpolation = Annotated[
    bool | None,
    typer.Option(
        "--interpolation/--no-interpolation",
        " /--as-network",
        help="Score on the luma plane in double precision, as the published bicubic tables do "
        "(protocol y), or from 8-bit RGB LR, as presets are.",
        show_default="the former with --method",
    ),
]
Device = Annotated[str, typer.Option(help=DEVICES)]
Ensemble = Annotated[
    bool, typer.Option("--ensemble", help="Average eight flips and turns; the output says so.")
]
Json = Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")]
Html = Annotated[Path | None, typer.Option(help="Write a report with pictures here.")]
Table = Annotated[
    bool,
    typer.Option(
        "--table",
        help="Instead: measure all presets and print the table that stands beside the "
        "published figures, or write it between the markers of a Markdown file.",
    ),
]
Data = Annotated[Path, typer.Option(help="With --table: holds Set5, Set14 and Kodak24.")]
Purpose = Annotated[
    list[str] | None,
    typer.Option(help="With --table: of the presets.", show_default=", ".join(PURPOSES)),
]
