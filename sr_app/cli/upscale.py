"""`sr-app upscale`: photos in, larger photos out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.device_option import DEVICES
from sr_app.cli.errors import BAD_INPUT, PARTLY_DONE, clear_errors
from sr_app.cli.standard_streams import standard_streams
from sr_app.cli.upscale_report import report, run_all, tell_left_out, tell_plans
from sr_app.inference.runtimes import CHOICES


def upscale(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="IN...", help="Photos, folders, patterns; - is standard input."),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="OUT", help="A file, or a folder, made if missing; - is standard output."
        ),
    ],
    preset: Annotated[
        str | None, typer.Option(help="Preset by name or folder; chosen by the factor if left out.")
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            metavar="clean|real|auto",
            help="Real photos are noisy, soft or compressed, and are cleaned; auto measures each.",
        ),
    ] = "clean",
    scale: Annotated[
        float | None, typer.Option(help="Factor from 1 to 16, 1.5 say. 2 if nothing is said.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(metavar="WxH", help="Exact size instead: 1920x1080.")
    ] = None,
    blend: Annotated[
        float | None,
        typer.Option(metavar="0..1", help="From 0, faithful, to 1, vivid: more detail, invented."),
    ] = None,
    blend_map: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A grey picture instead: black faithful, white vivid."),
    ] = None,
    mode: Annotated[
        str, typer.Option(help="Blend outputs (better) or weights (half the time).")
    ] = "outputs",
    consistent: Annotated[
        bool, typer.Option("--consistent", help="Make the result give the photo when shrunk.")
    ] = False,
    tile: Annotated[
        int | None, typer.Option(min=1, help="Largest side of a tile, in pixels of the photo.")
    ] = None,
    runtime: Annotated[str, typer.Option(help=f"{CHOICES}.")] = "auto",
    device: Annotated[str, typer.Option(help=DEVICES)] = "auto",
    recursive: Annotated[
        bool, typer.Option("-r", "--recursive", help="Folders in IN too.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Skip what an earlier run has finished.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write over results that are there.")
    ] = False,
    output_template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Names in OUT: {stem}, {format}, {scale}, {number}: {stem}_x{scale}.",
        ),
    ] = None,
    strip_metadata: Annotated[
        bool, typer.Option("--strip-metadata", help="Write no EXIF, XMP, IPTC, texts.")
    ] = False,
    strip_location: Annotated[
        bool, typer.Option("--strip-location", help="Write nothing of the place, all else.")
    ] = False,
    keep_times: Annotated[
        bool, typer.Option("--keep-times", help="Give results the file times of their photos.")
    ] = False,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of JPEG and AVIF.")] = 95,
    png: Annotated[
        str, typer.Option(metavar="fast|small", help="Small PNGs take several times as long.")
    ] = "fast",
    file_format: Annotated[
        str | None, typer.Option("--format", help="png, jpg, webp, tiff, avif, jxl or bmp.")
    ] = None,
    max_megapixels: Annotated[
        float, typer.Option(min=0.001, help="Largest photo that is read.")
    ] = 100,
    memory: Annotated[
        str | None,
        typer.Option(metavar="500MB", help="Most memory; what does not fit is refused."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say tiles, seconds and memory of each file first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Enlarge a photo, several, or every photo of a folder.

    One line per file on stdout. A bad file of several does not stop the others: exit code 3.
    """
    with clear_errors(), standard_streams(sources, target, as_json, file_format) as streams:
        from sr_app.image.decoder_pool import common_pool

        # Started first: it is ready when the network is. A limit of memory is for one process.
        decoders = common_pool() if memory is None else None
        if decoders is not None:
            decoders.start()
        from sr_app.inference.batch import Batch, without_results
        from sr_app.inference.enlargement import Enlarger
        from sr_app.inference.goal import Goal, parse_size
        from sr_app.inference.job_list import find_jobs
        from sr_app.inference.planning import parse_bytes
        from sr_app.inference.slider import Encoding, Position, read_blend_map

        suffix = None if file_format is None else f".{file_format.lower().lstrip('.')}"
        goal = Goal(scale, None if size is None else parse_size(size), preset, purpose)
        found = find_jobs(
            streams.sources,
            streams.target,
            recursive=recursive,
            suffix=suffix,
            template=output_template,
            scale=size or f"{scale or 2:g}",
        )
        if overwrite and resume:
            raise ValueError("Expected --overwrite or --resume. Received both")
        if not (overwrite or resume):
            without_results(found.jobs)
        if blend_map is not None and blend is not None:
            raise ValueError(f"Expected --blend or --blend-map. Received both, {blend:g}")
        if png not in ("fast", "small"):
            raise ValueError(f"Expected --png fast or small. Received: {png!r}")
        place = blend if blend_map is None else read_blend_map(blend_map)
        limit = None if memory is None else parse_bytes(memory)
        position = Position(place, mode, consistent)
        enlarger = Enlarger(goal, position, runtime=runtime, device=device, tile=tile, memory=limit)
        enlarger.slider(*(goal.size or (1, 1)))  # a wrong preset stops here, not at every file
        encoding = Encoding(quality, not strip_metadata, small=png == "small")
        batch = Batch(
            enlarger, encoding, resume, round(1e6 * max_megapixels),
            strip_location=strip_location, keep_times=keep_times, decoders=decoders,
        )  # fmt: skip
        planned = tell_plans(batch, found.jobs, quiet=as_json) if plan else None
        done = run_all(batch, found.jobs, streams.told, quiet=as_json, lines_on_stderr=streams.out)
        tell_left_out(found.left_out)
        if not done.failures:
            streams.send()
    if as_json:
        typer.echo(json.dumps(report(done, found.left_out, planned), indent=2))
    if done.failures:
        one = len(found.jobs) == 1 and not Path(sources[0]).is_dir()
        raise typer.Exit(BAD_INPUT if one else PARTLY_DONE)
