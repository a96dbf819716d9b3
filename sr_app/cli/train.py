"""`sr-app train`: a recipe -> a preset. Run it again after a kill and it continues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors

if TYPE_CHECKING:
    from sr_app.jobs.train_status import Part


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
        from sr_app.recipes.overrides import with_seed

        changes = with_seed(settings, seed)
        if status:
            from sr_app.jobs.train_status import training_status

            for part in training_status(recipe, settings=changes, runs=runs):
                typer.echo(status_line(part))
            return
        from sr_app.cli.progress import show_events
        from sr_app.jobs import train as job

        with show_events() as report:
            if snapshot is not None:
                from sr_app.jobs.snapshot import snapshot as take

                card = take(recipe, snapshot, settings=changes, runs=runs, reporter=report)
            else:
                card = job.train(
                    recipe,
                    settings=changes,
                    runs=runs,
                    out=out,
                    stage=stage,
                    resume_from=resume_from,
                    at_step=at_step,
                    reporter=report,
                )
        if card is not None:
            typer.echo(
                f"{card.folder}: {card.parameters} parameters, {card.results or 'no results asked'}"
            )


def status_line(part: Part) -> str:
    """A stage or phase in a line: its state, steps, time left, and the last point of its curve."""
    words = [f"{part.name:<12} {part.state}"]
    if part.steps:
        words.append(f"step {part.step:,} of {part.steps:,}")
    if part.state == "begun":
        left = part.seconds_left
        words.append("time left not known yet" if left is None else f"{duration(left)} left")
    elif part.seconds:
        words.append(f"took {duration(part.seconds)}")
    scores = {"val_psnr": "PSNR {:.2f} dB", "val_lpips": "LPIPS {:.4f}", "loss": "loss {:.5f}"}
    words += [form.format(part.last[key]) for key, form in scores.items() if key in part.last]
    if part.state == "begun" and part.age is not None:
        words.append(f"last point {duration(part.age)} ago")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """``42 s``, ``17 min``, ``3.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
