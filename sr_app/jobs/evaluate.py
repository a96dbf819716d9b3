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
from sr_app.jobs.events import Finished, Note, Reporter, counter, silent
from sr_app.jobs.outputs import check_outputs
from sr_app.networks.presets import read_card

KERNELS = ("bicubic", "lanczos")
"""Interpolations that need no network: kernels of `imresize`."""

ENSEMBLED = ", self-ensemble of 8"
"""What a title says of a result that is the mean of eight runs; never left out."""

MAX_CROPS = 24
"""Pictures whose crops a report shows: it stays small enough for a mail."""


def evaluate(
    preset: Upscale | str | os.PathLike,
    folder: str | os.PathLike,
    *,
    scale: int | None = None,
    protocol: str = "y",
    lr_folder: str | os.PathLike | None = None,
    metrics: Sequence[str] = ("psnr", "ssim"),
    interpolation: bool | None = None,
    ensemble: bool = False,
    limit: int | None = None,
    strict: bool = False,
    observe: Callable[[Observation], None] | None = None,
    reporter: Reporter = silent,
) -> Benchmark:
    """Score an upscaler on a folder of HR pictures: one row for each, and their mean.

    A picture that is damaged, transparent everywhere or too small is left out with a note, and the
    mean is that of the others.

    Args:
        preset: by name or folder; ``bicubic`` or ``lanczos``; or any function of an LR picture
            (h, w, 3) uint8 -> (s*h, s*w, 3), uint8 or float in [0, 1].
        folder: of the HR pictures, cropped to multiples of ``scale``.
        scale: the factor; of a preset its own, and it need not be said.
        protocol: which values are compared: ``y``, ``y_unrounded``, ``rgb``, ``ntire2017`` or
            ``ntire2018``.
        lr_folder: holds the LR pictures (0001, 0001x4), which `imresize` makes otherwise.
        metrics: names of ``evaluation.metrics.METRICS``.
        interpolation: whether to score on the luma plane in double precision, as the published
            bicubic tables do (protocol y); by default for ``bicubic`` and ``lanczos`` only.
        ensemble: average eight flips and turns.
        limit: only the first so many pictures.
        strict: a picture that cannot be scored is an error, for a mean that stands for a known set.
        observe: told every picture as it was scored.
        reporter: called with counts and notes of what was left out.

    Returns:
        Scores of each picture and their mean, in the units of ``evaluation.metrics.METRICS``; how
        they came about; what was left out.

    Raises:
        ValueError: for unknown names, a preset of another factor, missing pictures, results of the
            wrong size, or if no picture can be scored.
    """
    scale = scale_of(preset, scale)
    named = isinstance(preset, str | os.PathLike)
    kernel = named and preset in KERNELS
    enlarge = find_upscaler(preset, scale) if named else preset
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
        progress=counter(reporter, "scoring"),
        observe=observe,
    )
    for picture in found.left_out:
        reporter(Note(f"left out of the mean: {picture.reason}"))
    reporter(Finished(found))
    return found


def scale_of(preset: Upscale | str | os.PathLike, scale: int | None) -> int:
    """The factor that was given, else the preset's; ValueError for what has none of its own."""
    if scale is not None:
        return scale
    if isinstance(preset, str | os.PathLike) and preset not in KERNELS:
        return read_card(preset if isinstance(preset, str) else Path(preset)).scale
    raise ValueError("Expected a scale, which only a preset has of its own. Received: none")


def find_upscaler(preset: str | os.PathLike, scale: int) -> Callable[[np.ndarray], np.ndarray]:
    """The preset or the interpolation of a name; ValueError for a preset of another factor."""
    if isinstance(preset, str) and preset in KERNELS:
        return lambda lr: imresize(lr, scale, kernel=preset)
    upscaler = Upscaler.from_preset(preset if isinstance(preset, str) else Path(preset))
    if upscaler.scale != scale:
        raise ValueError(
            f"Expected a preset of scale {scale}. Received: {preset}, of {upscaler.scale}"
        )
    return upscaler


def score_folder(
    preset: str,
    folder: Path,
    *,
    scale: int | None,
    protocol: str,
    metrics: Sequence[str],
    ensemble: bool,
    json: Path | None,
    html: Path | None,
    **options: Any,
) -> tuple[Benchmark, str]:
    """Evaluate what has a name, and write the figures as JSON and as a page where asked for.

    Args:
        preset: by name or folder, or a kernel.
        scale: None is a preset's own.
        json, html: files to write; checked before anything is scored.
        options: the other ones of `evaluate`.

    Returns:
        The scores, and what was scored, as a title says it.
    """
    if html:
        require("matplotlib")  # before minutes of scoring
    check_outputs((json, html))
    check_names(protocol, metrics)
    scale = scale_of(preset, scale)
    crops: list[Crop] = []

    def collect(observation: Observation) -> None:
        if len(crops) < MAX_CROPS:
            crops.append(cut(observation, scale))

    found = evaluate(
        preset,
        folder,
        scale=scale,
        protocol=protocol,
        metrics=metrics,
        ensemble=ensemble,
        observe=collect if html else None,
        **options,
    )
    subject = Path(preset).name + ENSEMBLED * ensemble
    if json:
        what = "method" if preset in KERNELS else "preset"
        content = {**found.to_json(), what: preset, "ensemble": ensemble}
        write_table(json, content)
    if html:
        from sr_app.evaluation.report import make_html  # loads matplotlib

        write_whole(html, make_html(found, subject, crops).encode())
    return found, subject
