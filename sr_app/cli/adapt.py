"""`sr-app adapt`: one's own photos -> a preset for that camera, and a page that shows it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.progress import show_events
from sr_app.jobs import adapt as job


class Ends(StrEnum):
    BOTH = job.BOTH
    FAITHFUL = job.FAITHFUL


def adapt(
    photos: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of your own photos.")],
    out: Annotated[Path, typer.Option(help="Folder of the preset, such as models/my_camera_x4.")],
    base: Annotated[str, typer.Option(help="Preset to start from; its factor is kept.")] = job.BASE,
    ends: Annotated[
        Ends,
        typer.Option(help="both: OUT and its vivid end OUT_vivid, for the slider; or faithful."),
    ] = Ends.BOTH,
    minutes: Annotated[float, typer.Option(help="Time for the training.", min=1, max=1e6)] = 60,
    hr: Annotated[
        Path | None,
        typer.Option(
            help="Folder of clean large photos.", show_default="PHOTOS, shrunk until clean"
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps of each phase, instead of --minutes.", min=2)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the training.")] = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Teach a preset the blur and the noise of your own camera.

    Give 20 to a few hundred photos of one camera. Blur and noise are estimated from these photos
    only; clean pictures come from the same photos, shrunk, or from --hr. After a kill the same
    command continues. OUT gets the preset and report.html; OUT_vivid its vivid end.
    """
    with clear_errors():
        with show_events() as report:
            options = {"base": base, "minutes": minutes, "hr": hr, "steps": steps, "seed": seed}
            options |= {"ends": str(ends), "runs": runs}
            made = job.adapt(photos, out, **options, reporter=report)
        count = len(made.photos.paths)
        slider = f"{made.vivid.folder} its vivid end, --blend mixes them; " if made.vivid else ""
        typer.echo(f"{out}: preset of {count} photos; {slider}{made.report} shows what it does")
