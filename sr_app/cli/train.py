"""`sr-app train`: a recipe -> a preset. Run it again after a kill and it continues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors


def train(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A TOML file or a shipped name.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the preset. [default: runs/NAME/preset/NAME]"),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Train a network as a recipe says and write it as a preset.

    Checkpoints lie in RUNS/NAME. After a kill the same command continues there; a changed recipe
    wants another --runs folder.
    """
    with clear_errors():
        from sr_app.cli.progress import show_events
        from sr_app.jobs import train as job
        from sr_app.recipes.overrides import with_seed

        changes = with_seed(settings, seed)
        with show_events() as report:
            card = job.train(recipe, settings=changes, runs=runs, out=out, reporter=report)
        typer.echo(
            f"{card.folder}: {card.parameters} parameters, {card.results or 'no results asked'}"
        )
