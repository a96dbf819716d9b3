"""`sr-app compress`: a preset -> a cheaper one, with what that saves and costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.progress import show_events
from sr_app.jobs import compress as job
from sr_app.jobs.compression_account import in_words


def compress(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    out: Annotated[Path, typer.Option(help="Folder of the new preset; its name is the preset's.")],
    conv: Annotated[
        str | None,
        typer.Option(
            help="Kind of convolution, for instance ghost: another word names them all.",
            show_default=False,
        ),
    ] = None,
    widths: Annotated[
        str | None,
        typer.Option(
            metavar="search|squeeze",
            help="With --conv binary: a width for every block, found within a budget; "
            "--set widths.ratio=2 is the operations of blocks twice as wide.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[
        str | None,
        typer.Option(
            metavar="GENOTYPE|PRESET",
            help="A smaller network to be taught by the preset: its blocks, or a preset's.",
            show_default=False,
        ),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Channels between the student's blocks.", show_default="32")
    ] = None,
    tail: Annotated[
        str | None,
        typer.Option(help="The student's tail: published or anchor.", show_default="published"),
    ] = None,
    positives: Annotated[
        Path | None,
        typer.Option(help="Folder of pictures of the kind that matters.", show_default=False),
    ] = None,
    unlabeled: Annotated[
        Path | None,
        typer.Option(help="Folder of mixed pictures to search for that kind.", show_default=False),
    ] = None,
    prior: Annotated[
        float | None,
        typer.Option(help="Share of the kind in the mixed folder.", show_default="estimated"),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Recipe whose data and schedule the fine-tuning has, its first stage or that of "
            "RECIPE:STAGE.",
            show_default="the preset's",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Turn a preset's convolutions into a cheaper kind, or have it teach a smaller network.

    With --conv the network starts from the preset's weights where the method allows, and is
    fine-tuned; --widths first finds how wide each of its blocks should be. With --student another
    network learns from the preset's results; with --positives and --unlabeled on pictures of one
    kind, of which RUNS/NAME/selection.html shows what was chosen and what refused. After a kill the
    same command continues in RUNS/NAME. The card says what was saved and what it cost in dB.
    """
    with clear_errors():
        with show_events() as report:
            card = job.compress(
                preset,
                out,
                conv=conv,
                widths=widths,
                student=student,
                width=width,
                tail=tail,
                positives=positives,
                unlabeled=unlabeled,
                prior=prior,
                recipe=recipe,
                settings=settings,
                seed=seed,
                runs=runs,
                reporter=report,
            )
        typer.echo(in_words(card))
