"""A folder of pictures scored: one row for each, and their mean."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sr_app.evaluation.metrics import METRICS
from sr_app.evaluation.pairs import Pair, find_pairs, read_hr, read_lr
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.image.colour import to_uint8

Upscale = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class PictureScore:
    """A picture's values by the names of their metrics."""

    name: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Benchmark:
    """All that a table needs: the values, and how they came about."""

    mean: dict[str, float]
    pictures: tuple[PictureScore, ...]
    scale: int
    protocol: str
    folder: str
    lr: str  # where the LR pictures came from

    def to_json(self) -> dict[str, Any]:
        """Numbers and strings ready for json.dumps; an infinite PSNR (equal pictures) is None."""
        return {
            "mean": _finite(self.mean),
            "pictures": [{"name": p.name, **_finite(p.scores)} for p in self.pictures],
            "scale": self.scale,
            "protocol": self.protocol,
            "folder": self.folder,
            "lr": self.lr,
        }


@dataclass(frozen=True)
class Observation:
    """One picture as it was scored: uint8 (H, W, 3) or (H, W); lr may be float in [0, 1]."""

    score: PictureScore
    hr: np.ndarray
    lr: np.ndarray
    sr: np.ndarray


def evaluate(
    upscale: Upscale,
    folder: str | os.PathLike,
    *,
    scale: int,
    protocol: str = "y",
    lr_folder: str | os.PathLike | None = None,
    metrics: Sequence[str] = ("psnr", "ssim"),
    round_lr: bool = True,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    observe: Callable[[Observation], None] | None = None,
) -> Benchmark:
    """Score `upscale` on a folder of HR pictures.

    upscale: an LR picture (h, w, 3) uint8 -> (s*h, s*w, 3), uint8 or float in [0, 1]; with
    round_lr=False it gets float64, and may overshoot [0, 1] as the kernel did.
    HR is cropped to multiples of `scale`; LR is made by `imresize` or read from `lr_folder`.
    The result is clipped and rounded to 8 bits. A picture that is grey in its file is handed over
    three times, and the mean of the three results is compared with its own grey values.
    limit: only the first so many pictures. progress: (pictures done, all). observe: each picture.
    ValueError for unknown names, missing pictures and results of the wrong size.
    """
    _check_names(protocol, metrics)
    pairs = find_pairs(folder, _whole(scale), lr_folder)[:limit]
    pictures = []
    for done, pair in enumerate(pairs):
        if progress:
            progress(done, len(pairs))
        hr = read_hr(pair, scale)
        lr = read_lr(pair, hr, scale, rounded=round_lr)
        sr = _enlarge(upscale, lr, hr.shape, pair)
        pictures.append(_score(pair, hr, sr, scale, protocol, metrics))
        if observe:
            observe(Observation(pictures[-1], hr, lr, sr))
    if progress:
        progress(len(pairs), len(pairs))
    mean = {name: float(np.mean([p.scores[name] for p in pictures])) for name in metrics}
    origin = f"imresize, {'8 bits' if round_lr else 'not rounded'}"
    lr_origin = origin if lr_folder is None else os.fspath(lr_folder)
    return Benchmark(mean, tuple(pictures), scale, protocol, os.fspath(folder), lr_origin)


def _check_names(protocol: str, metrics: Sequence[str]) -> None:
    if protocol not in PROTOCOLS:
        raise ValueError(f"unknown protocol {protocol!r}: expected {', '.join(PROTOCOLS)}")
    unknown = [name for name in metrics if name not in METRICS]
    if unknown or not metrics:
        raise ValueError(f"unknown metrics {unknown}: expected some of {', '.join(METRICS)}")


def _whole(scale: int) -> int:
    if isinstance(scale, bool) or not isinstance(scale, int | np.integer) or scale < 1:
        raise ValueError(f"scale must be a whole factor of at least 1, received {scale!r}")
    return int(scale)


def _enlarge(upscale: Upscale, lr: np.ndarray, shape: tuple[int, ...], pair: Pair) -> np.ndarray:
    """uint8 like `shape`: the upscaler's result, rounded, and grey again if the picture is."""
    grey = lr.ndim == 2
    sr = np.asarray(upscale(np.repeat(lr[..., None], 3, axis=2) if grey else lr))
    expected = (*shape[:2], 3)
    if sr.shape != expected:
        raise ValueError(f"{pair.name}: the upscaler returned {sr.shape}, expected {expected}")
    if not grey:
        return to_uint8(sr)
    peak = np.iinfo(sr.dtype).max if np.issubdtype(sr.dtype, np.integer) else 1
    return to_uint8(sr.mean(axis=2, dtype=np.float64) / peak)


def _score(
    pair: Pair, hr: np.ndarray, sr: np.ndarray, scale: int, protocol: str, metrics: Sequence[str]
) -> PictureScore:
    try:
        return PictureScore(pair.name, PROTOCOLS[protocol].score(hr, sr, scale, metrics))
    except ValueError as error:
        raise ValueError(f"{pair.hr}: {error}") from None


def _finite(scores: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in scores.items()}
