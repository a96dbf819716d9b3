"""The table of all networks as a job: every preset measured now, beside the published figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

from sr_app.evaluation.benchmark import Upscale, evaluate
from sr_app.evaluation.leaderboard import as_markdown, check_markers, insert
from sr_app.evaluation.published import MEASURED_HERE, PUBLISHED, SETS, Figures
from sr_app.files.replacement import write_whole
from sr_app.image.resize import imresize
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import Finished, Reporter, counter, silent
from sr_app.jobs.outputs import check_outputs
from sr_app.networks.licences import flagged
from sr_app.networks.presets import list_presets

PURPOSES = ("clean", "preview", "fast", "study")
"""Presets that are made for the least distortion: the others are judged by other figures."""


@dataclass(frozen=True)
class Leaderboard:
    """rows: networks, published ones and measured ones. absent: sets that were not found."""

    rows: tuple[Figures, ...]
    absent: tuple[Path, ...]

    def to_markdown(self) -> str:
        return as_markdown(self.rows, [str(path) for path in self.absent])

    def to_json(self) -> str:
        """The rows with all their digits; what is not known is null."""
        content = {
            "protocol": "y",
            "ensemble": False,
            "absent": [path.name for path in self.absent],
            "networks": [network_to_json(row) for row in self.rows],
        }
        return dumps(content, indent=2, allow_nan=False) + "\n"


def network_to_json(row: Figures) -> dict:
    """One network, its scores by set and metric."""
    scores = {name: {"psnr": psnr, "ssim": ssim} for name, (psnr, ssim) in row.scores.items()}
    return {**asdict(row), "scores": scores}


def make_leaderboard(
    data: Path,
    *,
    purposes: Collection[str] = PURPOSES,
    file: Path | None = None,
    json: Path | None = None,
    reporter: Reporter = silent,
) -> Leaderboard:
    """Measure the presets and plain bicubic, protocol y, beside what was published of others.

    Args:
        data: folder that holds Set5, Set14 and Kodak24; a set that is absent gives dashes.
        purposes: of the presets that are measured.
        file: Markdown file whose text between the two markers becomes the table.
        json: file for the rows with all their digits.
        reporter: called with a count as the pictures of each set are scored.

    Raises:
        ValueError: before anything is measured, for a file without markers; and for a picture of a
            set that cannot be scored, for then there is no mean of that set.
        OSError: for a file that cannot be read.
    """
    check_outputs((json,))
    if file:
        check_markers(file.read_text(encoding="utf-8"), str(file))
    rows = (*PUBLISHED, *measured(data, purposes, reporter))
    board = Leaderboard(rows, tuple(data / name for name in SETS if not (data / name).is_dir()))
    if file:  # read again: measuring takes minutes, and a person may have edited it
        text = file.read_text(encoding="utf-8")
        write_whole(file, insert(text, board.to_markdown(), str(file)).encode())
    if json:
        write_whole(json, board.to_json().encode())
    reporter(Finished(board))
    return board


def measured(data: Path, purposes: Collection[str], reporter: Reporter) -> Iterator[Figures]:
    """Bicubic at the factors of the presets of these purposes, then these presets."""
    cards = [card for card in list_presets() if card.purpose in purposes]
    for scale in sorted({card.scale for card in cards}):
        scores = measure(None, "bicubic", scale, data, reporter)
        yield Figures("bicubic", scale, scores=scores, origin=MEASURED_HERE)
    for card in cards:
        upscaler = Upscaler.from_preset(card.folder)
        scores = measure(upscaler, card.name, card.scale, data, reporter)
        costs = (card.parameters, card.multiply_adds)
        yield Figures(flagged(card.name, card.licence), card.scale, *costs, scores, MEASURED_HERE)


def measure(
    upscale: Upscale | None, name: str, scale: int, data: Path, reporter: Reporter
) -> dict[str, tuple[float, float]]:
    """PSNR and SSIM on every set that is there; no upscaler: bicubic, as the papers score it."""
    scores = {}
    for folder in (data / name for name in SETS):
        if folder.is_dir():
            mean = evaluate(
                upscale or (lambda lr: imresize(lr, scale)),
                folder,
                scale=scale,
                interpolation=upscale is None,
                strict=True,
                progress=counter(reporter, f"{name}, {folder.name}"),
            ).mean
            scores[folder.name] = (mean["psnr"], mean["ssim"])
    return scores
