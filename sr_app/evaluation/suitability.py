"""Whether photos can teach a network one camera: enough, large, not clean already, of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.image.resize import imresize
from sr_app.image.statistics import FACTORS, ImageStatistics, measure, middle

LEAST_PHOTOS = 20
CLEAN_NOISE = 1.0  # grey levels: rounding to 8 bits leaves 0.29, a good camera at base ISO about 1
CLEAN_LOSS = 3.0  # decibels of detail: half the power. Shrunk photos measure 0 to 3; a Gaussian
# blur of half a pixel takes 7, of one pixel 27 (40 pi^2 sigma^2 f^2 / ln 10 at f = 0.4)
MIXED_NOISE = 4.0  # times: four stops of ISO, for the deviation of photon noise goes as its root
MIXED_LOSS = 12.0  # decibels: scenes of one lens lie 4 apart, sharp and a pixel's blur over 20


@dataclass(frozen=True)
class Series:
    """What was measured of one's own photos.

    own: of each at its own size. small: factor -> at that part of their size.
    """

    own: tuple[ImageStatistics, ...]
    small: dict[int, tuple[ImageStatistics, ...]]

    def loss(self, factor: int = 2) -> np.ndarray:
        """Decibels of detail that each photo lacks beside its small self."""
        return np.array(
            [s.detail - o.detail for s, o in zip(self.small[factor], self.own, strict=True)]
        )

    def noise(self) -> np.ndarray:
        return np.array([photo.noise for photo in self.own])

    def summary(self) -> dict[str, str]:
        """For a report: medians, and the middle four fifths."""
        rows = {"noise, grey levels": self.noise(), "lost detail, dB": self.loss()}
        return {name: span(values) for name, values in rows.items()}


def span(values: np.ndarray) -> str:
    """Such as "2.1 (1.8 to 2.9)": median, tenth and ninetieth percentile."""
    low, mid, high = np.quantile(values, (0.1, 0.5, 0.9))
    return f"{mid:.1f} ({low:.1f} to {high:.1f})"


def measure_photos(pictures: Iterable[np.ndarray]) -> Series:
    """Measure photos, each at its own size and smaller; 64 pixels a side must be left of it.

    Photos are taken one at a time, so an iterator that reads them holds one in memory.
    """
    measured = []
    for picture in pictures:
        part = middle(picture)
        small = (imresize(part, 1 / factor) for factor in FACTORS)
        measured.append((measure(part), *map(measure, small)))
    if not measured:
        raise ValueError("Expected photos to measure. Received: none that can be read")
    own, *small = zip(*measured, strict=True)
    return Series(own, dict(zip(FACTORS, small, strict=True)))


def check_count(usable: int, found: int, side: int) -> None:
    """ValueError for too few photos, or too few that are large enough."""
    if found < LEAST_PHOTOS:
        raise ValueError(
            f"too few photos: a camera is learnt from {LEAST_PHOTOS} or more, found {found}"
        )
    if usable < LEAST_PHOTOS:
        raise ValueError(
            f"too small: {LEAST_PHOTOS} photos of {side} pixels or more a side are needed, "
            f"found {usable} among {found}"
        )


def check_series(series: Series) -> None:
    """ValueError for photos that have nothing to teach, or that differ too much.

    Clean: noise of at most one grey level, and detail within 3 dB of the same photo at half its
    size, in the median. Mixed: the tenth and the ninetieth percentile differ fourfold in noise
    (below half a grey level all count as that), or by 12 dB in what they lost.
    """
    noise, loss = series.noise(), series.loss()
    if np.median(noise) <= CLEAN_NOISE and np.median(loss) <= CLEAN_LOSS:
        raise ValueError(
            f"already clean: noise {np.median(noise):.1f} grey levels (up to {CLEAN_NOISE:g} is "
            f"clean), {np.median(loss):.1f} dB of detail lost (up to {CLEAN_LOSS:g}): a preset for "
            "clean photos serves these better"
        )
    low, high = np.maximum(np.quantile(noise, (0.1, 0.9)), 0.5)
    if high > MIXED_NOISE * low:
        raise ValueError(
            f"mixed photos: noise from {low:.1f} to {high:.1f} grey levels, more than "
            f"{MIXED_NOISE:g}-fold: give photos of one camera at similar ISO, one folder each"
        )
    low, high = np.quantile(loss, (0.1, 0.9))
    if high - low > MIXED_LOSS:
        raise ValueError(
            f"mixed photos: {low:.0f} to {high:.0f} dB of detail lost, more than {MIXED_LOSS:g} dB "
            "apart: give photos of one camera and lens, one folder each"
        )


def clean_factor(series: Series, allowed: Sequence[int]) -> int:
    """The smallest allowed part of their size at which photos are clean, to be HR.

    Noise is measured there; blur is known to be gone where a still smaller self has no more detail.
    The largest if none is clean.
    """
    for factor in allowed:
        here, smaller = series.small[factor], series.small.get(2 * factor)
        lost = 0.0
        if smaller is not None:
            pairs = zip(smaller, here, strict=True)
            lost = float(np.median([less.detail - photo.detail for less, photo in pairs]))
        if np.median([photo.noise for photo in here]) <= CLEAN_NOISE and lost <= CLEAN_LOSS:
            return factor
    return max(allowed)
