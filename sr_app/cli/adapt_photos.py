"""The photos of `sr-app adapt`: which can be used, how they look, and clean ones from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.cli.progress import progress_bar
from sr_app.evaluation.suitability import (
    LEAST_PHOTOS,
    Series,
    check_count,
    check_series,
    clean_factor,
    measure_photos,
)
from sr_app.image.statistics import FACTORS, WINDOW

PATCH = 24  # side of the LR crops of the training


@dataclass(frozen=True)
class Chosen:
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
        """Whether there is noise to learn: a translator needs planes of chance for that."""
        return float(np.median(self.series.noise())) > 1


def choose_photos(folder: Path, scale: int, hr: Path | None) -> Chosen:
    """Measure the photos that are large enough; ValueError with numbers for unsuitable ones."""
    from sr_app.datasets.ntire import existing
    from sr_app.datasets.synthetic_lr import smallest_side
    from sr_app.image.files import find_photos

    if hr is not None and not find_photos(existing(hr)):
        raise ValueError(f"{hr}: holds no pictures, expected clean large photos")
    sides = {path: smallest_side(path) for path in find_photos(existing(folder))}
    least = least_side(scale)
    usable = tuple(path for path, side in sides.items() if side >= least)
    check_count(len(usable), len(sides), least)
    series = measured(usable)
    check_series(series)
    room = [
        factor
        for factor in FACTORS
        if sum(side >= factor * PATCH * scale for side in sides.values()) >= LEAST_PHOTOS
    ]
    return Chosen(usable, series, clean_factor(series, room))


def least_side(scale: int) -> int:
    """Pixels: a quarter fills the window of a spectrum, the half that may become HR a crop."""
    return max(FACTORS[-1] * WINDOW, FACTORS[0] * PATCH * scale)


def measured(paths: tuple[Path, ...]) -> Series:
    """The looks of all photos, with a bar."""
    from sr_app.image.files import read_photo

    def pictures() -> Iterator[np.ndarray]:
        for done, path in enumerate(paths, 1):
            yield read_photo(path).rgb
            show(done, len(paths))

    with progress_bar("looking at photos", transient=True) as show:
        return measure_photos(pictures())


def write_sides(chosen: Chosen, folder: Path, hr: Path | None) -> tuple[Path, Path]:
    """Folders of real LR (the photos' middles) and of clean HR, written once below ``folder``.

    HR: the photos at the size at which they are clean, unless ``hr`` holds others.
    """
    from sr_app.image.files import Photo, read_photo, write_photo
    from sr_app.image.statistics import middle, shrunk

    real, clean = folder / "real", hr or folder / f"hr_{chosen.factor}"
    for place in (real, clean):
        place.mkdir(parents=True, exist_ok=True)
    with progress_bar("preparing photos", transient=True) as show:
        for done, path in enumerate(chosen.paths, 1):
            targets = [place / f"{path.name}.png" for place in (real, clean)]
            if not all(target.is_file() for target in targets[: 1 if hr else 2]):
                rgb = read_photo(path).rgb
                write_photo(Photo(np.ascontiguousarray(middle(rgb))), targets[0])
                if hr is None:
                    write_photo(Photo(shrunk(rgb, chosen.factor).clip(0, 1)), targets[1])
            show(done, len(chosen.paths))
    return real, clean
