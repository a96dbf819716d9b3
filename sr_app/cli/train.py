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
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a setting; STAGE.KEY=VALUE in one stage."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the preset.", show_default="runs/NAME/preset/NAME"),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
    stage: Annotated[
        str | None, typer.Option(help="Train this stage alone; what it starts from has ended.")
    ] = None,
    from_best: Annotated[
        bool,
        typer.Option(
            "--from-best",
            help="Train the stages after the one in training from its best weights so far.",
        ),
    ] = False,
    resume_from: Annotated[
        str | None,
        typer.Option(
            metavar="PRESET", help="Go on from committed weights where the checkpoint is lost."
        ),
    ] = None,
    at_step: Annotated[
        int | None, typer.Option(help="With --resume-from: the steps behind those weights.")
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Instead: say how far the training has come.")
    ] = False,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Instead: write the best weights so far as a preset there."
        ),
    ] = None,
) -> None:
    """Train a network as a recipe says and write it as a preset.

    Stage after stage; checkpoints lie in RUNS/NAME/STAGE. After a kill the same command continues
    there; a changed recipe wants another --runs folder. A preset that it needs and that is not
    there is trained first. Everything is checked before anything is written.
    """
    with clear_errors():
        chosen = {"settings": settings, "seed": seed, "runs": runs}
        begin = {"out": out, "stage": stage, "from_best": from_best}
        begin |= {"resume_from": resume_from, "at_step": at_step}
        if status or snapshot is not None:
            check_alone({"status": status, "snapshot": snapshot, **begin})
        if status:
            from sr_app.cli.train_report import status_line
            from sr_app.jobs.train_status import training_status

            for part in training_status(recipe, **chosen):
                typer.echo(status_line(part))
            return
        from sr_app.cli.progress import show_events

        with show_events() as report:
            if snapshot is not None:
                from sr_app.jobs.snapshot import snapshot as take

                card = take(recipe, snapshot, **chosen, reporter=report)
            else:
                from sr_app.jobs.train import train as run

                card = run(recipe, **chosen, **begin, reporter=report)
        if card is not None:
            from sr_app.cli.train_report import card_line

            typer.echo(card_line(card))


def check_alone(options: dict[str, object]) -> None:
    """ValueError for options of a training beside one of those that train nothing."""
    names = [name for name, value in options.items() if value not in (None, False)]
    given = [f"--{name.replace('_', '-')}" for name in names]
    if len(given) > 1:
        raise ValueError(
            "Expected --status or --snapshot, which train nothing, with --set, --seed and --runs "
            f"at most. Received: {', '.join(given)}"
        )
