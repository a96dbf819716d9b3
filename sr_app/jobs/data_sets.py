"""The data sets as jobs: what there is, put in place, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sr_app.datasets import catalogue, download, graphics, perceptual, photos
from sr_app.datasets.archives import Progress
from sr_app.datasets.catalogue import HR_FOLDERS, Dataset, find_dataset, locate, present
from sr_app.datasets.verify import Report, verify_dataset, verify_layout

ABSENT, UNKNOWN = "absent", "-"
HEADS = ("set", "what", "download", "where it lies", "licence")


class IncompleteError(Exception):
    """A set of which some pictures could not be had; the others lie there."""


@dataclass(frozen=True)
class OwnSet:
    """A set that no archive holds, in a folder of its name.

    Args:
        name, what, how, licence: for the table.
        prepare: (folder, progress) -> lines that say what was done; None where more must be said
            than a folder (``jobs.targets``).
    """

    name: str
    what: str
    how: str
    licence: str
    prepare: Callable[[Path, Progress | None], Iterator[str]] | None = None


def prepare_perceptual(folder: Path, progress: Progress | None) -> Iterator[str]:
    yield from perceptual.prepare(folder)


def prepare_graphics(folder: Path, progress: Progress | None, larger: int = 1) -> Iterator[str]:
    told = partial(progress, "drawing") if progress else None
    drawn = graphics.prepare(folder, larger=larger, progress=told)
    yield f"{folder}: {drawn} drawn, the others there already"


def prepare_photos(folder: Path, progress: Progress | None) -> Iterator[str]:
    """The photographs, those that are missing, and which sources have gone; IncompleteError after
    the last line, if some could not be had."""
    photographs, counts = photos.read_photographs(), Counter()
    for outcome in photos.prepare(folder, photographs, progress=progress):
        counts[outcome.state] += 1
        if outcome.why:
            yield f"{outcome.photograph.file}: {outcome.state}: {outcome.why}"
    states = (photos.THERE, photos.MADE, photos.OTHER, photos.GONE, photos.LOST)
    summary = ", ".join(f"{counts[state]} {state}" for state in states if counts[state])
    yield f"{folder}: {len(photographs)} photographs: {summary}"
    if counts[photos.GONE] or counts[photos.LOST]:
        raise IncompleteError


PHOTOS, TARGETS = "photos", "targets"
OWN_SETS = {
    own.name: own
    for own in (
        OwnSet(PHOTOS, "photographs of the recipes", "one by one", "free", prepare_photos),
        OwnSet("graphics", "pages, charts, scenes", "drawn", "this project's", prepare_graphics),
        OwnSet(
            "large_graphics",
            "the same, four times as large",
            "drawn",
            "this project's",
            partial(prepare_graphics, larger=4),
        ),
        OwnSet(TARGETS, "a teacher's results for crops", "made", "the teacher's"),
        OwnSet(
            "perceptual",
            "weights of perceptual metrics",
            "of packages",
            "BSD-2, BSD-3",
            prepare_perceptual,
        ),
    )
}


def list_sets(root: Path) -> list[tuple[str, ...]]:
    """Rows of a table in the order of `HEADS`."""
    own = [
        (one.name, one.what, one.how, where(root / one.name), one.licence)
        for one in OWN_SETS.values()
    ]
    return [*(facts(dataset, root) for dataset in catalogue.DATASETS), *own]


def where(folder: Path) -> str:
    """A folder that holds something, or that it is absent."""
    return str(folder) if folder.is_dir() and any(folder.iterdir()) else ABSENT


def facts(dataset: Dataset, root: Path) -> tuple[str, ...]:
    """A row of the table for a set of the catalogue."""
    place = locate(dataset, root)
    state = ABSENT if place is None else str(place)
    if place is not None:
        lacking = [folder for folder in dataset.folders if folder not in present(dataset, place)]
        state += f" without {', '.join(lacking)}" if lacking else ""
    own = [a for a in dataset.archives if dataset.track is None or a.folder not in HR_FOLDERS]
    size = f"{sum(archive.size for archive in own) / 1e9:.2f} GB" if own else UNKNOWN
    return dataset.name, dataset.what, size, state, dataset.licence


def prepare_set(
    name: str,
    root: Path,
    *,
    base_url: str | None = None,
    keep_archives: bool = False,
    progress: Progress | None = None,
) -> Iterator[str]:
    """Put a set in place; lines that say what was done.

    Args:
        base_url: a mirror of DIV2K's archives.
        keep_archives: leave the downloaded archives beside the folders.
        progress: told (what, done, in all or None), of bytes or of pictures.

    Raises:
        ValueError: for an unknown set, one that is not downloaded from here, or faults.
        IncompleteError: after the last line, if some pictures could not be had.
    """
    own = OWN_SETS.get(name)
    if own and own.prepare:
        yield from own.prepare(root / name, progress)
        return
    dataset = find_dataset(name)
    yield from download.prepare(
        dataset,
        root,
        base_url=base_url or catalogue.BASE_URL,
        keep_archives=keep_archives,
        progress=progress,
    )
    place = locate(dataset, root) or root
    yield from conclusion(verify_dataset(dataset, place), place)


def verify_set(target: str, root: Path, layout: str | None = None) -> Iterator[str]:
    """Every fault of a set, one by one; of a folder that follows a ``layout``; ValueError after the
    last line, if there are any; for a set that is not there."""
    if layout is not None:
        return conclusion(verify_layout(layout, target), Path(target))
    if target == PHOTOS:
        folder = root / PHOTOS
        return conclusion(photos.verify(folder, photos.read_photographs()), folder)
    dataset = find_dataset(target)
    place = locate(dataset, root)
    if place is None:
        raise ValueError(
            f"{dataset.name} is absent: expected at {root / dataset.places[0]}. "
            f"Get it by: sr-app data prepare {dataset.name}"
        )
    return conclusion(verify_dataset(dataset, place), place)


def conclusion(report: Report, place: Path) -> Iterator[str]:
    """The faults, or that there are none; ValueError after them."""
    yield from report.faults
    if report.faults:
        count = len(report.faults)
        raise ValueError(
            f"{place}: {count} fault{'s' if count > 1 else ''}, named one by one above"
        )
    yield f"{place}: {report.pictures} pictures, no faults"
