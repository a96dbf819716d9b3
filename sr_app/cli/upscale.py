"""`sr-app upscale`: photos in, larger photos out."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from sr_app.cli import upscale_options as options
from sr_app.cli.errors import BAD_INPUT, PARTLY_DONE, clear_errors, on_one_line
from sr_app.cli.standard_streams import standard_streams
from sr_app.cli.upscale_report import run_all


def photos_given(sources: list[str] | None, target: str) -> list[str]:
    """What is enlarged; ValueError where a single name was given, which is taken for the result."""
    if not sources:
        raise ValueError(
            "Expected photos and, last, where results go: sr-app upscale photo.jpg larger.png. "
            f"Received: {target} alone"
        )
    return sources


def upscale(
    *,
    sources: options.Sources = None,
    target: options.Target,
    preset: options.Preset = None,
    purpose: options.Purpose = "clean",
    scale: options.Scale = None,
    size: options.Size = None,
    blend: options.Blend = None,
    blend_map: options.BlendMap = None,
    mode: options.Mode = "outputs",
    consistent: options.Consistent = False,
    tile: options.Tile = None,
    runtime: options.Runtime = "auto",
    device: options.Device = "auto",
    recursive: options.Recursive = False,
    resume: options.Resume = False,
    overwrite: options.Overwrite = False,
    output_template: options.OutputTemplate = None,
    strip_metadata: options.StripMetadata = False,
    strip_location: options.StripLocation = False,
    keep_times: options.KeepTimes = False,
    quality: options.Quality = 95,
    png: options.Png = "fast",
    file_format: options.FileFormat = None,
    max_megapixels: options.MaxMegapixels = 100,
    memory: options.Memory = None,
    plan: options.Plan = False,
    workers: options.Workers = "local",
    as_json: options.AsJson = False,
) -> None:
    """Enlarge a photo, several, or every photo of a folder.

    One line per file on stdout. A bad file of several does not stop the others: exit code 3.
    """
    with (
        clear_errors(),
        standard_streams(photos_given(sources, target), target, as_json, file_format) as streams,
    ):
        from sr_app.image.decoder_pool import common_pool

        # Started first: it is ready when the network is. A limit of memory is for one process.
        decoders = common_pool() if memory is None else None
        if decoders is not None:
            decoders.start()
        from sr_app.inference.batch_ray import batch_runner
        from sr_app.jobs.upscale import UpscalePlan, begin_upscale, estimates
        from sr_app.jobs.upscale_summary import lines_of_left_out

        wanted = UpscalePlan(
            streams.sources, streams.target, scale=scale, size=size, preset=preset, purpose=purpose,
            blend=blend, blend_map=blend_map, mode=mode, consistent=consistent, tile=tile,
            runtime=runtime, device=device, memory=memory, recursive=recursive, resume=resume,
            overwrite=overwrite, template=output_template, file_format=file_format, quality=quality,
            png=png, metadata=not strip_metadata, location=not strip_location, times=keep_times,
            max_megapixels=max_megapixels,
        )  # fmt: skip
        batch, found = begin_upscale(wanted, decoders)
        runner = batch_runner(workers, batch)
        planned = []
        for estimate in estimates(batch, found.jobs) if plan else ():
            planned.append(estimate.to_json())
            if not as_json:
                typer.echo(f"sr-app: {on_one_line(estimate.line())}", err=True)
        done = run_all(
            runner, found.jobs, streams.restore_names, quiet=as_json, lines_on_stderr=streams.out
        )
        for line in lines_of_left_out(found.left_out):
            typer.echo(f"sr-app: {on_one_line(line)}", err=True)
        if not done.failures:
            streams.send()
    if as_json:
        plans = planned if plan else None
        typer.echo(json.dumps(done.to_json(found.left_out, plans), indent=2))
    if done.failures:
        one = len(found.jobs) == 1 and not Path(streams.sources[0]).is_dir()
        raise typer.Exit(BAD_INPUT if one else PARTLY_DONE)
