"""`sr-app degrade`: LR twins of a folder, as a camera, a network or a challenge would make them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.progress import show_events
from sr_app.datasets.degradation_presets import KINDS
from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.jobs.events import counter


def degrade(
    folder: Annotated[Path, typer.Argument(metavar="IN", help="Folder of HR pictures.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder; made if missing.")],
    kind: Annotated[str, typer.Option(help=f"What happens to the pictures: {', '.join(KINDS)}.")],
    scale: Annotated[int, typer.Option(help="Factor by which they shrink.", min=1, max=16)] = 4,
    seed: Annotated[int, typer.Option(help="Of blur, shifts, noise.", min=0)] = 0,
    varying: Annotated[
        bool | None,
        typer.Option(
            "--varying/--fixed",
            help="Draw the parameters for every picture, or once for all.",
            show_default="as the kind's challenge did: fixed for unknown and camera",
        ),
    ] = None,
    copies: Annotated[int, typer.Option(help="Twins of each picture.", min=1, max=99)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a line.")] = False,
) -> None:
    """Make a folder of LR pictures, each with a JSON file that says what was done to it.

    Names are those of the NTIRE challenges: 0001x4m.png. Give the command again after a kill and
    it goes on.
    """
    with clear_errors():
        settings = LrSettings(kind, scale, seed, varying, copies)
        with show_events(transient=True) as report:
            show = counter(report, "degrading")
            written, before = write_twins(folder, target, settings, progress=show)
        if as_json:
            counts = {"out": str(target), "written": written, "before": before}
            typer.echo(json.dumps({**counts, "kind": kind, "scale": scale, "seed": seed}))
        else:
            known = f", {before} were there" if before else ""
            typer.echo(f"{target}: {written} pictures written{known} ({kind}, x{scale})")
