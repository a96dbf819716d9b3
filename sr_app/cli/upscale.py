"""`sr-app upscale`: photos in, larger photos out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import BAD_INPUT, PARTLY_DONE, clear_errors, one_line
from sr_app.inference.runtimes import CHOICES

if TYPE_CHECKING:
    import numpy as np

    from sr_app.inference.batch import Batch, Job, Outcome

Begin = Callable[[str], Callable[[int, int], None] | None]


def upscale(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A photo, or a folder of them.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write, or a folder; made if missing.")
    ],
    preset: Annotated[
        str | None, typer.Option(help="Preset by name or folder; chosen by the factor if left out.")
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            metavar="clean|real", help="For real photos: noisy, soft, compressed. They are cleaned."
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
    recursive: Annotated[
        bool, typer.Option("-r", "--recursive", help="Folders in IN too.")
    ] = False,
    resume: Annotated[bool, typer.Option(help="Skip what an earlier run has finished.")] = False,
    strip_metadata: Annotated[
        bool, typer.Option("--strip-metadata", help="Write no EXIF: camera, time, place.")
    ] = False,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of JPEG and AVIF.")] = 95,
    file_format: Annotated[
        str | None, typer.Option("--format", help="png, jpg, webp, tiff, avif or bmp.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Enlarge a photo, or every photo of a folder.

    One line per file on stdout. A bad file of a folder does not stop the others: exit code 3.
    """
    with clear_errors():
        from sr_app.inference.batch import Batch, find_jobs
        from sr_app.inference.enlargement import Enlarger
        from sr_app.inference.goal import Goal
        from sr_app.inference.slider import Encoding, Position

        suffix = None if file_format is None else f".{file_format.lower().lstrip('.')}"
        goal = Goal(scale, None if size is None else parse_size(size), preset, purpose)
        jobs = find_jobs(source, target, recursive=recursive, suffix=suffix)
        place = blend if blend_map is None else read_map(blend_map, blend)
        position = Position(place, mode, consistent)
        enlarger = Enlarger(goal, position, runtime=runtime, tile=tile)
        enlarger.slider(*(goal.size or (1, 1)))  # a wrong preset stops here, not at every file
        batch = Batch(enlarger, Encoding(quality, not strip_metadata), resume)
        outcomes, failures = run_all(batch, jobs, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(report(outcomes, failures), indent=2))
    if failures:
        raise typer.Exit(PARTLY_DONE if source.is_dir() else BAD_INPUT)


def parse_size(text: str) -> tuple[int, int]:
    """``1920x1080`` -> (1080, 1920): people write width first, arrays have height first."""
    match = re.fullmatch(r"([1-9]\d{0,5})[xX×]([1-9]\d{0,5})", text.strip())
    if not match:
        raise ValueError(f"Expected --size as WIDTHxHEIGHT, 1920x1080 say. Received: {text!r}")
    return int(match[2]), int(match[1])


def read_map(path: Path, number: float | None) -> np.ndarray:
    """The blend by region from a grey picture: float32 (h, w) in [0, 1].

    Raises:
        ValueError: if a number was given too, or the picture has colours or transparency.
    """
    from sr_app.image.files import read_photo

    if number is not None:
        raise ValueError(f"Expected --blend or --blend-map. Received both: {number:g} and {path}")
    photo = read_photo(path)
    if not photo.grey or photo.alpha is not None:
        raise ValueError(f"{path}: expected an opaque grey picture. Received another kind")
    return photo.rgb[..., 0]


def run_all(
    batch: Batch, jobs: list[Job], *, quiet: bool
) -> tuple[list[tuple[Job, Outcome]], list[tuple[Job, str]]]:
    """Do the jobs one after the other, a line each; what was done, and what failed why."""
    outcomes, failures = [], []
    with progress_bar() as begin:
        for number, job in enumerate(jobs, 1):
            try:
                outcome = batch.run(job, progress=begin(f"{number}/{len(jobs)} {job.source.name}"))
            except (ValueError, OSError, MemoryError) as error:
                failures.append((job, named(job, one_line(error))))
                typer.echo(f"sr-app: {failures[-1][1]}", err=True)
                continue
            outcomes.append((job, outcome))
            for warning in outcome.warnings:
                typer.echo(f"sr-app: {named(job, warning)}", err=True)
            if not quiet:
                typer.echo(line(job, outcome))
    return outcomes, failures


@contextmanager
def progress_bar() -> Iterator[Begin]:
    """Function: name of a file -> progress of its tiles, drawn on stderr where a person looks."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:-1], TimeRemainingColumn())
    # Lines for a file or a pipe must not be drawn above a bar on the terminal instead.
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
    with bar:
        task = bar.add_task("", total=None)

        def begin(name: str) -> Callable[[int, int], None]:
            bar.reset(task, description=name, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield begin


def line(job: Job, outcome: Outcome) -> str:
    """What a person reads of a job that went well."""
    if outcome.status == "skipped":
        return f"{job.source}: finished before"
    (h, w), (height, width) = outcome.before, outcome.after
    done = f"{job.source} {w}x{h} -> {job.target} {width}x{height}"
    return f"{done} ({outcome.preset}, {outcome.seconds:.1f} s)"


def report(outcomes: list[tuple[Job, Outcome]], failures: list[tuple[Job, str]]) -> dict:
    """The same for programs; sizes are [width, height]."""
    files = [
        {
            "input": str(job.source),
            "output": str(job.target),
            "status": outcome.status,
            "size_before": outcome.before and [*reversed(outcome.before)],
            "size_after": outcome.after and [*reversed(outcome.after)],
            "preset": outcome.preset,
            "seconds": round(outcome.seconds, 3),
            "warnings": list(outcome.warnings),
        }
        for job, outcome in outcomes
    ]
    failed = [{"input": str(job.source), "error": error} for job, error in failures]
    return {"files": files, "failed": failed}


def named(job: Job, text: str) -> str:
    """A message with the file that it is about, once."""
    return text if str(job.source) in text else f"{job.source}: {text}"
