"""`sr-app evaluate --table`: every preset measured now, beside the published figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sr_app.cli.outputs import check_outputs, write_text
from sr_app.cli.progress import progress_bar

if TYPE_CHECKING:
    from sr_app.evaluation.benchmark import Benchmark
    from sr_app.evaluation.published import Figures
    from sr_app.inference.upscaler import Upscaler

PURPOSES = ("clean", "preview", "fast")
"""Presets that are made for the least distortion: the others are judged by other figures."""


def make_table(
    file: Path | None, data: Path, purposes: Collection[str] | None, json: Path | None
) -> None:
    """Measure the presets and plain bicubic on the sets below ``data``; print or write the table.

    Args:
        file: Markdown file whose text between the two markers is replaced; printed if None.
        data: folder that holds Set5, Set14 and Kodak24; a set that is absent gives dashes.
        purposes: of the presets that are measured, those of :data:`PURPOSES` if None.
        json: the same rows as JSON, or None.

    Raises:
        ValueError, OSError: before anything is measured, where the outputs cannot be written.
    """
    from sr_app.evaluation.leaderboard import as_markdown, check_markers, insert
    from sr_app.evaluation.published import PUBLISHED, SETS

    check_outputs((json,))
    if file:
        check_markers(file.read_text(encoding="utf-8"), str(file))
    rows = [*PUBLISHED, *measured(data, PURPOSES if purposes is None else purposes)]
    absent = [name for name in SETS if not (data / name).is_dir()]
    table = as_markdown(rows, [str(data / name) for name in absent])
    if file:  # read again: measuring takes minutes, and a person may have edited it
        write_text(file, insert(file.read_text(encoding="utf-8"), table, str(file)))
        typer.echo(f"{file}: {len(rows)} networks")
    else:
        typer.echo(table, nl=False)
    if json:
        write_text(json, as_json(rows, absent))


def measured(data: Path, purposes: Collection[str]) -> Iterator[Figures]:
    """Presets of these purposes, and bicubic at their factors, on the sets that are there."""
    from sr_app.evaluation.published import MEASURED_HERE, Figures
    from sr_app.inference.upscaler import Upscaler
    from sr_app.networks.presets import list_presets

    cards = [card for card in list_presets() if card.purpose in purposes]
    for scale in sorted({card.scale for card in cards}):
        scores = measure(None, "bicubic", scale, data)
        yield Figures("bicubic", scale, scores=scores, origin=MEASURED_HERE)
    for card in cards:
        scores = measure(Upscaler.from_preset(card.folder), card.name, card.scale, data)
        costs = (card.parameters, card.multiply_adds)
        yield Figures(card.name, card.scale, *costs, scores, MEASURED_HERE)


def measure(
    upscaler: Upscaler | None, name: str, scale: int, data: Path
) -> dict[str, tuple[float, float]]:
    """PSNR and SSIM on every set that is there; no upscaler: bicubic, as the papers score it."""
    from sr_app.evaluation.published import SETS

    scores = {}
    for folder in (data / name for name in SETS):
        if folder.is_dir():
            mean = benchmark(upscaler, f"{name}, {folder.name}", scale, folder).mean
            scores[folder.name] = (mean["psnr"], mean["ssim"])
    return scores


def benchmark(upscaler: Upscaler | None, text: str, scale: int, folder: Path) -> Benchmark:
    """One table under protocol ``y``, with a bar that vanishes."""
    from sr_app.evaluation.benchmark import evaluate
    from sr_app.image.resize import imresize

    with progress_bar(text, transient=True) as show:
        return evaluate(
            upscaler or (lambda lr: imresize(lr, scale)),
            folder,
            scale=scale,
            interpolation=upscaler is None,
            progress=show,
        )


def as_json(rows: Collection[Figures], absent: Collection[str]) -> str:
    """The rows with all their digits; what is not known is null."""
    import json

    content = {
        "protocol": "y",
        "ensemble": False,
        "absent": list(absent),
        "networks": [
            {
                **asdict(row),
                "scores": {
                    name: {"psnr": psnr, "ssim": ssim} for name, (psnr, ssim) in row.scores.items()
                },
            }
            for row in rows
        ],
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"
