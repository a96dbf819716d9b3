"""A folder of pictures scored: one row for each, and their mean."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from sr_app.evaluation.metrics import METRICS
from sr_app.evaluation.pairs import Pair, find_pairs, read_hr, read_lr
from sr_app.evaluation.protocols import PROTOCOLS, STUDIO_RANGE, rounded_luma
from sr_app.image.colour import three_channels, to_uint8
from sr_app.image.files import PhotoError
from sr_app.image.resize import imresize

Upscale = Callable[[np.ndarray], np.ndarray]
FAULTS = (ValueError, OSError, MemoryError)
"""What one picture may fail with while the others can still be scored."""

Views = tuple[np.ndarray, np.ndarray, np.ndarray]  # hr, lr, sr


@dataclass(frozen=True)
class PictureScore:
    """A picture's values by the names of their metrics.

    shifts: where a protocol tries shifts, the best one of each metric: the result lies so many
    pixels (down, right) from HR.
    """

    name: str
    scores: dict[str, float]
    shifts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Name and finite values in one; ``shifts`` if there are any."""
        shifts = {"shifts": {name: list(s) for name, s in self.shifts.items()}}
        return {"name": self.name, **_finite(self.scores), **(shifts if self.shifts else {})}


@dataclass(frozen=True)
class LeftOut:
    """A picture that could not be scored, and one line that says why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Benchmark:
    """All that a table needs: the values, and how they came about.

    left_out: pictures of the folder that ``mean`` is not of.
    """

    mean: dict[str, float]
    pictures: tuple[PictureScore, ...]
    scale: int
    protocol: str
    folder: str
    lr: str  # where the LR pictures came from
    left_out: tuple[LeftOut, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Numbers and strings ready for json.dumps; an infinite PSNR (equal pictures) is None."""
        return {
            "mean": _finite(self.mean),
            "pictures": [picture.to_json() for picture in self.pictures],
            "scale": self.scale,
            "protocol": self.protocol,
            "folder": self.folder,
            "lr": self.lr,
            "left_out": [asdict(picture) for picture in self.left_out],
        }


@dataclass(frozen=True)
class Observation:
    """One picture as it was scored: uint8 (H, W, 3) or (H, W); interpolated luma has float lr."""

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
    interpolation: bool = False,
    limit: int | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
    observe: Callable[[Observation], None] | None = None,
) -> Benchmark:
    """Score `upscale` on a folder of HR pictures.

    upscale: an LR picture (h, w, 3) uint8 -> (s*h, s*w, 3), uint8 or float in [0, 1].
    HR is cropped to multiples of `scale`; LR is made by `imresize` or read from `lr_folder`.
    The result is clipped and rounded to 8 bits. A picture that is grey in its file is handed over
    three times, and the mean of the three results is compared with its own grey values.

    interpolation: `upscale` is plain interpolation, to be scored as in the table that papers
    repeat (Set5 x2 33.66 / .9299). Under protocol y that table was made on the luma plane: HR luma
    rounded to 8 bits, then shrunk and enlarged in double precision without rounding in between,
    clipped to studio range. From 8-bit LR pictures bicubic comes out up to 0.02 dB lower, most of
    it lost where LR overshoots and is cut off (Set14's ppt3 and pepper).

    A picture that is damaged, transparent everywhere or too small for the factor or a metric is
    left out, and the mean is that of the others; so is one that `upscale` fails on after others
    went well. strict: such a picture is an error instead, for a mean that stands for a known set.

    limit: only the first so many pictures. progress: (pictures done, all). observe: each picture.
    ValueError for unknown names, missing pictures and results of the wrong size, and if no picture
    could be scored.
    """
    check_names(protocol, metrics)
    luma_only = interpolation and PROTOCOLS[protocol].interpolates_luma and lr_folder is None
    if luma_only and (coloured := [name for name in metrics if METRICS[name].colours]):
        raise ValueError(
            f"{', '.join(coloured)} need colours, but protocol {protocol} interpolates luma alone: "
            "score the interpolation as a network is scored"
        )
    if isinstance(scale, bool) or not isinstance(scale, int | np.integer) or scale < 1:
        raise ValueError(f"Expected scale as a whole factor of at least 1. Received: {scale!r}")
    pairs = find_pairs(folder, int(scale), lr_folder, limit=limit)
    look = _interpolate_luma if luma_only else _enlarge

    def observed(pair: Pair) -> Observation:
        views = look(upscale, pair, scale)
        return Observation(_score(pair, views, scale, protocol, metrics), *views)

    pictures, left_out = _score_all(observed, pairs, strict, progress, observe)
    check_any(pictures, left_out, folder)
    mean = {name: float(np.mean([p.scores[name] for p in pictures])) for name in metrics}
    made = "imresize of luma, not rounded" if luma_only else "imresize, 8 bits"
    origin = made if lr_folder is None else os.fspath(lr_folder)
    facts = (scale, protocol, os.fspath(folder), origin)
    return Benchmark(mean, tuple(pictures), *facts, tuple(left_out))


def _score_all(
    observed: Callable[[Pair], Observation],
    pairs: Sequence[Pair],
    strict: bool,
    progress: Callable[[int, int], None] | None,
    observe: Callable[[Observation], None] | None,
) -> tuple[list[PictureScore], list[LeftOut]]:
    pictures: list[PictureScore] = []
    left_out: list[LeftOut] = []
    for done, pair in enumerate(pairs):
        if progress:
            progress(done, len(pairs))
        try:
            observation = observed(pair)
        except FAULTS as error:
            # A fault of the upscaler itself shows at the first picture: the others would fail too.
            if strict or not (pictures or isinstance(error, PhotoError)):
                raise
            left_out.append(LeftOut(pair.name, named(pair, error)))
            continue
        pictures.append(observation.score)
        if observe:
            observe(observation)
    if progress:
        progress(len(pairs), len(pairs))
    return pictures, left_out


def named(pair: Pair, error: Exception) -> str:
    """What went wrong with a picture, in one line that names its file."""
    text = " ".join(str(error).split()) or type(error).__name__
    known = any(" ".join(str(path).split()) in text for path in (pair.hr, pair.lr))
    return text if known else f"{pair.hr}: {text}"


def check_any(scored: Sequence, left_out: Sequence[LeftOut], folder: str | os.PathLike) -> None:
    """PhotoError where every picture had to be left out: there is no mean of nothing."""
    if scored or not left_out:
        return
    first = left_out[0].reason
    if len(left_out) == 1:
        raise PhotoError(first)
    raise PhotoError(
        f"{folder}: none of its {len(left_out)} pictures can be scored. The first: {first}"
    )


def score_pair(
    upscale: Upscale, pair: Pair, *, scale: int, protocol: str, metrics: Sequence[str]
) -> PictureScore:
    """The scores of one picture; PhotoError for one that `evaluate` would leave out."""
    return _score(pair, _enlarge(upscale, pair, scale), scale, protocol, metrics)


def check_names(protocol: str, metrics: Sequence[str]) -> None:
    """ValueError for an unknown protocol or metric, or none, or a metric without its weights."""
    if protocol not in PROTOCOLS:
        raise ValueError(
            f"Expected a protocol among {', '.join(PROTOCOLS)}. Received: {protocol!r}"
        )
    unknown = [name for name in metrics if name not in METRICS]
    if unknown or not metrics:
        received = ", ".join(map(repr, unknown)) or "none"
        raise ValueError(f"Expected metrics among {', '.join(METRICS)}. Received: {received}")
    for check in filter(None, (METRICS[name].check for name in metrics)):
        check()


def _enlarge(upscale: Upscale, pair: Pair, scale: int) -> Views:
    hr = read_hr(pair, scale)
    lr = read_lr(pair, hr, scale)
    sr = _checked(upscale(three_channels(lr)), hr, pair)
    return hr, lr, to_uint8(sr if hr.ndim == 3 else _grey(sr))


def _interpolate_luma(upscale: Upscale, pair: Pair, scale: int) -> Views:
    hr = rounded_luma(read_hr(pair, scale))
    lr = imresize(hr / 255.0, 1 / scale)
    sr = to_uint8(_grey(_checked(upscale(three_channels(lr)), hr, pair)))
    return hr, lr, np.clip(sr, *STUDIO_RANGE)


def _checked(sr: np.ndarray, hr: np.ndarray, pair: Pair) -> np.ndarray:
    sr, expected = np.asarray(sr), (*hr.shape[:2], 3)
    if sr.shape != expected:
        raise ValueError(
            f"{pair.name}: expected {expected} from the upscaler. Received: {sr.shape}"
        )
    return sr


def _grey(sr: np.ndarray) -> np.ndarray:
    """The mean of the channels, nominally in [0, 1]."""
    peak = np.iinfo(sr.dtype).max if np.issubdtype(sr.dtype, np.integer) else 1
    return sr.mean(axis=2, dtype=np.float64) / peak


def _score(
    pair: Pair, views: Views, scale: int, protocol: str, metrics: Sequence[str]
) -> PictureScore:
    hr, _, sr = views
    rules = PROTOCOLS[protocol]
    try:
        if not rules.shifts:
            return PictureScore(pair.name, rules.score(hr, sr, scale, metrics))
        matches = rules.align(hr, sr, scale, metrics)
    except ValueError as error:
        raise PhotoError(f"{pair.hr}: {error}") from None
    values = {name: match.value for name, match in matches.items()}
    return PictureScore(pair.name, values, {name: m.shift for name, m in matches.items()})


def _finite(scores: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in scores.items()}
