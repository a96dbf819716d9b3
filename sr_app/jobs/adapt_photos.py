"""One's own photos to adapt to: which can be used, how they look, and clean ones from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.datasets.ntire import existing
from sr_app.datasets.synthetic_lr import smallest_side
from sr_app.evaluation.suitability import (
    LEAST_PHOTOS,
    Series,
    check_count,
    check_series,
    clean_factor,
    measure_photos,
)
from sr_app.image.files import (
    Photo,
    PhotoError,
    find_photos,
    read_photo,
    some_photos,
    write_photo,
)
from sr_app.image.resize import imresize
from sr_app.image.statistics import FACTORS, WINDOW, middle
from sr_app.jobs.events import Note, Progress, Reporter, silent

PATCH = 24  # side of the LR crops of the training


@dataclass(frozen=True)
class PhotoSelection:
    """paths: of the photos in use. series: their measurements. factor: HR is this much smaller."""

    paths: tuple[Path, ...]
    series: Series
    factor: int

    def words(self) -> str:
        """One line: how many, noise, lost detail."""
        facts = ", ".join(f"{name} {text}" for name, text in self.series.summary().items())
        return f"{len(self.paths)} photos; {facts}; clean at 1/{self.factor} of their size"

    @property
    def noisy(self) -> bool:
        """Whether there is noise to learn: a translator needs noise channels for that."""
        return float(np.median(self.series.noise())) > 1


def choose_photos(
    folder: Path, scale: int, hr: Path | None, reporter: Reporter = silent
) -> PhotoSelection:
    """Measure the photos that are large enough; damaged and invisible ones are left out, and named;
    ValueError with numbers, for too few photos or unsuitable ones."""
    if hr is not None:
        some_photos(existing(hr), "clean large photos")
    found = find_photos(existing(folder))
    sides = dict(measured_sides(found, reporter))
    # A quarter fills the window of a spectrum, the half that may become HR a crop.
    least = max(FACTORS[-1] * WINDOW, FACTORS[0] * PATCH * scale)
    usable = tuple(path for path, side in sides.items() if side >= least)
    check_count(len(usable), len(found), least)
    paths, series = measured(usable, reporter)
    check_count(len(paths), len(found), least)
    check_series(series)
    room = [
        factor
        for factor in FACTORS
        if sum(side >= factor * PATCH * scale for side in sides.values()) >= LEAST_PHOTOS
    ]
    return PhotoSelection(paths, series, clean_factor(series, room))


def measured_sides(paths: Iterable[Path], reporter: Reporter) -> Iterator[tuple[Path, int]]:
    """Pixels of each photo's shorter side, by its header; a damaged one is left out."""
    for path in paths:
        try:
            yield path, smallest_side(path)
        except PhotoError as error:
            reporter(Note(f"left out: {error}"))


def measured(paths: tuple[Path, ...], reporter: Reporter) -> tuple[tuple[Path, ...], Series]:
    """Statistics of the photos that can be read, and which these are."""
    read: list[Path] = []

    def pictures() -> Iterator[np.ndarray]:
        for done, path in enumerate(paths, 1):
            try:
                photo = read_photo(path)
                if photo.invisible:
                    raise PhotoError(f"{path}: transparent everywhere")
            except PhotoError as error:
                reporter(Note(f"left out: {error}"))
            else:
                read.append(path)
                yield photo.rgb
            reporter(Progress("looking at photos", done, len(paths)))

    series = measure_photos(pictures())
    return tuple(read), series


def write_sides(
    chosen: PhotoSelection, folder: Path, hr: Path | None, reporter: Reporter = silent
) -> tuple[Path, Path]:
    """Folders of real LR (the photos' middles) and of clean HR, written once below ``folder``.

    HR: the photos at the size at which they are clean, unless ``hr`` holds others.
    """
    real, clean = folder / "real", hr or folder / f"hr_{chosen.factor}"
    for place in (real, clean):
        place.mkdir(parents=True, exist_ok=True)
    for done, path in enumerate(chosen.paths, 1):
        targets = [place / f"{path.name}.png" for place in (real, clean)]
        if not all(target.is_file() for target in targets[: 1 if hr else 2]):
            rgb = read_photo(path).rgb
            write_photo(Photo(np.ascontiguousarray(middle(rgb))), targets[0])
            if hr is None:
                write_photo(Photo(imresize(rgb, 1 / chosen.factor).clip(0, 1)), targets[1])
        reporter(Progress("preparing photos", done, len(chosen.paths)))
    return real, clean
