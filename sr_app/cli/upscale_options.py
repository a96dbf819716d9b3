"""The options of `sr-app upscale`, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.device_option import DEVICES
from sr_app.inference.runtimes import CHOICES

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="IN...", help="Photos, folders, patterns; - is standard input."),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="OUT", help="A file, or a folder, made if missing; - is standard output."
    ),
]
Preset = Annotated[
    str | None, typer.Option(help="Preset by name or folder; chosen by the factor if left out.")
]
Purpose = Annotated[
    str,
    typer.Option(
        metavar="clean|real|auto",
        help="Real photos are noisy, soft or compressed, and are cleaned; auto measures each.",
    ),
]
Scale = Annotated[
    float | None, typer.Option(help="Factor from 1 to 16, 1.5 say. 2 if nothing is said.")
]
Size = Annotated[str | None, typer.Option(metavar="WxH", help="Exact size instead: 1920x1080.")]
Blend = Annotated[
    float | None,
    typer.Option(metavar="0..1", help="From 0, faithful, to 1, vivid: more detail, invented."),
]
BlendMap = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A grey picture instead: black faithful, white vivid."),
]
Mode = Annotated[str, typer.Option(help="Blend outputs (better) or weights (half the time).")]
Consistent = Annotated[
    bool, typer.Option("--consistent", help="Make the result give the photo when shrunk.")
]
Tile = Annotated[
    int | None, typer.Option(min=1, help="Largest side of a tile, in pixels of the photo.")
]
Runtime = Annotated[str, typer.Option(help=f"{CHOICES}.")]
Device = Annotated[str, typer.Option(help=DEVICES)]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Folders in IN too.")]
Resume = Annotated[bool, typer.Option("--resume", help="Skip what an earlier run has finished.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over results that are there.")]
OutputTemplate = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Names in OUT: {stem}, {format}, {scale}, {number}: {stem}_x{scale}."
    ),
]
StripMetadata = Annotated[
    bool, typer.Option("--strip-metadata", help="Write no EXIF, XMP, IPTC, texts.")
]
StripLocation = Annotated[
    bool, typer.Option("--strip-location", help="Write nothing of the place, all else.")
]
KeepTimes = Annotated[
    bool, typer.Option("--keep-times", help="Give results the file times of their photos.")
]
Quality = Annotated[int, typer.Option(min=1, max=100, help="Of JPEG and AVIF.")]
Png = Annotated[
    str, typer.Option(metavar="fast|small", help="Small PNGs take several times as long.")
]
FileFormat = Annotated[
    str | None, typer.Option("--format", help="png, jpg, webp, tiff, avif, jxl or bmp.")
]
MaxMegapixels = Annotated[
    float, typer.Option(min=0.001, max=1e6, help="Largest photo that is read.")
]
Memory = Annotated[
    str | None, typer.Option(metavar="500MB", help="Most memory; what does not fit is refused.")
]
Plan = Annotated[
    bool, typer.Option("--plan", help="Say tiles, seconds and memory of each file, then enlarge.")
]
Workers = Annotated[
    str,
    typer.Option(
        metavar="local|ray[:ADDRESS]", help="Machines of a Ray cluster, which share IN and OUT."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]
