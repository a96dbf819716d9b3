"""The trade of distortion for perception as a curve: scores along the way between two networks.

Blau, Michaeli, "The Perception-Distortion Tradeoff", CVPR 2018: the least distortion at a given
perceptual quality is a convex curve. Two ways along it are compared, blends of the two results and
networks with weights in between.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sr_app.evaluation.benchmark import LeftOut, Upscale, check_any, check_names, score_pair
from sr_app.evaluation.metrics import METRICS
from sr_app.evaluation.pairs import find_pairs
from sr_app.image.files import PhotoError

DISTORTION = "psnr"
COLUMNS = ("mode", "t")


@dataclass(frozen=True)
class Point:
    """Mean scores at one place of one way: t = 0 is the faithful end, 1 the vivid one."""

    mode: str
    t: float
    scores: dict[str, float]


class LastResultCache:
    """An upscaler that keeps its last result: both ends are computed once for all blends."""

    def __init__(self, upscale: Upscale):
        self.upscale = upscale
        self.last: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, lr: np.ndarray) -> np.ndarray:
        if self.last is None or not np.array_equal(self.last[0], lr):
            self.last = lr, self.upscale(lr)
        return self.last[1]


def trace(
    ways: Mapping[str, Mapping[float, Upscale]],
    folder: str | os.PathLike,
    *,
    scale: int,
    protocol: str = "y",
    lr_folder: str | os.PathLike | None = None,
    metrics: Sequence[str] = (DISTORTION, "lpips", "niqe"),
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    leave_out: Callable[[LeftOut], None] | None = None,
) -> tuple[Point, ...]:
    """Mean scores of every upscaler on a folder of HR pictures.

    ways: name of a way -> t -> upscaler. Pictures are the outer loop, so that what a way
    remembers of a picture serves all its points. ValueError as `evaluate`.

    lr_folder: holds the LR pictures, as `evaluate` reads them; `imresize` makes them otherwise.
    limit: only the first so many pictures.
    leave_out: is told of every picture that is damaged, transparent or too small; all points are
    means of the others.
    """
    check_names(protocol, metrics)
    pairs = find_pairs(folder, scale, lr_folder, limit=limit)
    places = [(mode, t, upscale) for mode, way in ways.items() for t, upscale in way.items()]
    options = {"scale": scale, "protocol": protocol, "metrics": metrics}
    rows: list[list[dict[str, float]]] = []
    left_out: list[LeftOut] = []
    for done, pair in enumerate(pairs):
        if progress:
            progress(done, len(pairs))
        try:
            rows.append([score_pair(upscale, pair, **options).scores for *_, upscale in places])
        except PhotoError as error:
            left_out.append(LeftOut(pair.name, str(error)))
            if leave_out:
                leave_out(left_out[-1])
    if progress:
        progress(len(pairs), len(pairs))
    check_any(rows, left_out, folder)
    return tuple(
        Point(mode, t, {name: float(np.mean([s[name] for s in scores])) for name in metrics})
        for (mode, t, _), scores in zip(places, zip(*rows, strict=True), strict=True)
    )


def advantage(points: Sequence[Point], mode: str, other: str, metric: str) -> float:
    """The least by which `mode` is better than `other` at equal PSNR; negative if it is worse.

    The other way's curve is interpolated linearly. Places that
    only one of them reaches are left out; NaN if they share none.
    """
    ours, theirs = (curve(points, name, metric) for name in (mode, other))
    inside = (ours[0] >= theirs[0].min()) & (ours[0] <= theirs[0].max())
    if not inside.any():
        return float("nan")
    there = np.interp(ours[0][inside], *theirs)
    gain = ours[1][inside] - there
    worst = (gain if METRICS[metric].higher_is_better else -gain).min()
    return float(worst) + 0.0  # no negative zero


def curve(points: Sequence[Point], mode: str, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """PSNR, rising, and the metric beside it."""
    rows = sorted((p.scores[DISTORTION], p.scores[metric]) for p in points if p.mode == mode)
    psnr, values = np.array(rows, np.float64).T
    return psnr, values


def to_csv(points: Sequence[Point]) -> str:
    """One line for each point, all digits."""
    stream = io.StringIO()
    names = list(points[0].scores)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*COLUMNS, *names])
    writer.writerows([p.mode, p.t, *(repr(p.scores[name]) for name in names)] for p in points)
    return stream.getvalue()
