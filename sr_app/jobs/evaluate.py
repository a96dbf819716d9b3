"""Scoring as a job: a preset, an interpolation or any function on a folder of pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sr_app.evaluation import benchmark
from sr_app.evaluation.benchmark import Benchmark, Observation, Upscale, check_names
from sr_app.evaluation.crops import Crop, cut
from sr_app.files.extras import require
from sr_app.files.json_table import write_table
from sr_app.files.replacement import write_whole
from sr_app.image.resize import imresize
from sr_app.inference.ensemble import ensemble as averaged
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import Finished, Note, Progress, Reporter, silent
from sr_app.jobs.outputs import check_outputs

KERNELS = ("bicubic", "lanczos")
"""Interpolations that need no network: kernels of `imresize`."""

ENSEMBLED = ", self-ensemble of 8"
"""What a title says of a result that is the mean of eight runs; never left out."""

MAX_CROPS = 24
"""Pictures whose crops a report shows: it stays small enough for a mail."""


def evaluate(
    upscale: Upscale | str | os.PathLike,
    folder: str | os.PathLike,
    *,
    scale: int,
    protocol: str = "y",
    lr_folder: str | os.PathLike | None = None,
    metrics: Sequence[str] = ("psnr", "ssim"),
    interpolation: bool | None = None,
    ensemble: bool = False,
    limit: int | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
    observe: Callable[[Observation], None] | None = None,
    reporter: Reporter = silent,
) -> Benchmark:
    """Score an upscaler on a folder of HR pictures: one row for each, and their mean.

    A picture that is damaged, transparent everywhere or too small is left out with a note, and the
    mean is that of the others.

    Args:
        upscale: a preset by name or folder; ``bicubic`` or ``lanczos``; or a function of an LR
            picture (h, w, 3) uint8 -> (s*h, s*w, 3), uint8 or float in [0, 1].
        folder: of the HR pictures, cropped to multiples of ``scale``.
        protocol: which values are compared: ``y``, ``y_unrounded``, ``rgb``, ``ntire2017`` or
            ``ntire2018``.
        lr_folder: holds the LR pictures (0001, 0001x4), which `imresize` makes otherwise.
        metrics: names of ``evaluation.metrics.METRICS``.
        interpolation: whether to score on the luma plane in double precision, as the published
            bicubic tables do (protocol y); by default for ``bicubic`` and ``lanczos`` only.
        ensemble: average eight flips and turns.
        limit: only the first so many pictures.
        strict: a picture that cannot be scored is an error, for a mean that stands for a known set.
        progress: told (pictures done, all).
        observe: told every picture as it was scored.
        reporter: called with counts and notes of what was left out.

    Returns:
        Scores of each picture and their mean, in the units of ``evaluation.metrics.METRICS``; how
        they came about; what was left out.

    Raises:
        ValueError: for unknown names, a preset of another factor, missing pictures, results of the
            wrong size, or if no picture can be scored.
    """
    named = isinstance(upscale, str | os.PathLike)
    kernel = named and upscale in KERNELS
    enlarge = find_upscaler(upscale, scale) if named else upscale

    def count(done: int, total: int) -> None:
        reporter(Progress("scoring", done, total))
        if progress:
            progress(done, total)

    found = benchmark.evaluate(
        averaged(enlarge) if ensemble else enlarge,
        folder,
        scale=scale,
        protocol=protocol,
        lr_folder=lr_folder,
        metrics=metrics,
        interpolation=kernel if interpolation is None else interpolation,
        limit=limit,
        strict=strict,
        progress=count,
        observe=observe,
    )
    for picture in found.left_out:
        reporter(Note(f"left out of the mean: {picture.reason}"))
    reporter(Finished(found))
    return found


def find_upscaler(name: str | os.PathLike, scale: int) -> Callable[[np.ndarray], np.ndarray]:
    """The interpolation or the preset of a name; ValueError for a preset of another factor."""
    if isinstance(name, str) and name in KERNELS:
        return lambda lr: imresize(lr, scale, kernel=name)
    upscaler = Upscaler.from_preset(name if isinstance(name, str) else Path(name))
    if upscaler.scale != scale:
        raise ValueError(
            f"Expected a preset of scale {scale}. Received: {name}, of {upscaler.scale}"
        )
    return upscaler


def score_folder(
    name: str,
    folder: Path,
    *,
    scale: int,
    protocol: str,
    metrics: Sequence[str],
    ensemble: bool,
    json: Path | None,
    html: Path | None,
    **options: Any,
) -> tuple[Benchmark, str]:
    """Evaluate what has a name, and write the figures as JSON and as a page where asked for.

    Args:
        name: of a preset or a kernel.
        json, html: files to write; checked before anything is scored.
        options: the other ones of `evaluate`.

    Returns:
        The scores, and what was scored, as a title says it.
    """
    if html:
        require("matplotlib")  # before minutes of scoring
    check_outputs((json, html))
    check_names(protocol, metrics)
    crops: list[Crop] = []

    def collect(observation: Observation) -> None:
        if len(crops) < MAX_CROPS:
            crops.append(cut(observation, scale))

    found = evaluate(
        name,
        folder,
        scale=scale,
        protocol=protocol,
        metrics=metrics,
        ensemble=ensemble,
        observe=collect if html else None,
        **options,
    )
    subject = Path(name).name + ENSEMBLED * ensemble
    if json:
        what = "method" if name in KERNELS else "preset"
        content = {**found.to_json(), what: name, "ensemble": ensemble}
        write_table(json, content)
    if html:
        from sr_app.evaluation.report import make_html  # loads matplotlib

        write_whole(html, make_html(found, subject, crops).encode())
    return found, subject
