"""The curve between a faithful preset and its vivid twin as a job: CSV, plot and page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.evaluation.benchmark import Upscale
from sr_app.evaluation.frontier import LastResultCache, Point, to_csv, trace
from sr_app.files.extras import require
from sr_app.files.replacement import temporary_folder, write_whole
from sr_app.inference.blend import blend, interpolated
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import Finished, Note, Reporter, counter, silent
from sr_app.jobs.outputs import check_outputs
from sr_app.networks.presets import Card, read_card

OUTPUTS, WEIGHTS = "outputs", "weights"
METRICS = ("psnr", "lpips", "niqe")
PLACES = "0:1:0.1"
MOST_POINTS = 101


@dataclass(frozen=True)
class Lr:
    """Where LR pictures come from: by `imresize`, from a folder, or degraded on the way.

    folder: of LR pictures, named as `evaluate` reads them. degrade: a kind of ``sr-app degrade``,
    with its seed.
    """

    folder: Path | None = None
    degrade: str | None = None
    seed: int = 0

    def __str__(self) -> str:
        if self.degrade:
            return f"degraded as {self.degrade} draws, seed {self.seed}"
        return str(self.folder or "imresize, 8 bits")

    @contextmanager
    def pictures(self, hr: Path, scale: int, reporter: Reporter) -> Iterator[Path | None]:
        """The folder of the LR pictures, there for as long as they are needed; None: imresize."""
        if self.degrade is None:
            yield self.folder
            return
        with temporary_folder() as place:
            settings = LrSettings(self.degrade, scale, self.seed)
            write_twins(hr, place, settings, progress=counter(reporter, "degrading"))
            yield place


MADE_SMALL = Lr()


@dataclass(frozen=True)
class Frontier:
    """points: scores along both ways. files: what was written."""

    points: tuple[Point, ...]
    files: tuple[Path, ...]


def trace_frontier(
    faithful: str,
    vivid: str,
    folder: Path,
    out: Path,
    *,
    scale: int | None = None,
    places: str | Sequence[float] = PLACES,
    protocol: str = "y",
    lr: Lr = MADE_SMALL,
    metrics: Sequence[str] = METRICS,
    limit: int | None = None,
    reporter: Reporter = silent,
) -> Frontier:
    """Score both ways between two presets: blends of their results, and networks in between.

    Between presets of different networks there is only the first way. ValueError for names,
    factors, places or metrics that do not fit, before anything is scored.

    Args:
        faithful: preset at the place 0.
        vivid: preset at the place 1.
        folder: HR pictures.
        out: files to write, without their suffixes: .csv, .svg, .html.
        scale: of both; None is that of ``faithful``.
        places: on the curve, each in [0, 1], or as text ``first:last:step``.
        lr: where the LR pictures come from.
        metrics: ``psnr`` and at least one beside it.
        limit: only the first so many pictures.
        reporter: called with counts and notes of what was left out.
    """
    require("matplotlib")  # before minutes of scoring
    files = tuple(out.with_name(out.name + suffix) for suffix in (".csv", ".svg", ".html"))
    check_outputs(files)
    if "psnr" not in metrics or len(metrics) < 2:
        raise ValueError(
            f"Expected psnr and at least one metric beside it. Received: {', '.join(metrics)}"
        )
    cards = read_card(faithful), read_card(vivid)
    scale = cards[0].scale if scale is None else scale
    for card in cards:
        if card.scale != scale:
            raise ValueError(
                f"Expected a preset of scale {scale}. Received: {card.name}, of {card.scale}"
            )
    if cards[0].network != cards[1].network:
        reporter(Note(f"{vivid} is another network than {faithful}: outputs alone are blended"))
    ways = both_ways(*cards, read_places(places) if isinstance(places, str) else places)
    with lr.pictures(folder, scale, reporter) as lr_folder:
        points = trace(
            ways,
            folder,
            scale=scale,
            protocol=protocol,
            lr_folder=lr_folder,
            metrics=metrics,
            limit=limit,
            progress=counter(reporter, "scoring"),
            leave_out=lambda picture: reporter(Note(f"left out of the means: {picture.reason}")),
        )
    count = "" if limit is None else f", the first {limit}"
    facts = {"Pictures": f"{folder}{count}", "LR": str(lr), "Protocol": protocol}
    facts["Ends"] = f"{cards[0].name}, {vivid}"
    write_files(files, points, f"{cards[0].name} to {cards[1].name}", facts)
    found = Frontier(points, files)
    reporter(Finished(found))
    return found


def write_files(
    files: Sequence[Path], points: Sequence[Point], subject: str, facts: dict[str, str]
) -> None:
    """The points as CSV, as a plot and as a page."""
    from sr_app.evaluation.report import make_frontier_html, plot_frontier  # loads matplotlib

    page = make_frontier_html(points, subject, facts)
    texts = (to_csv(points).encode(), plot_frontier(points), page.encode())
    for path, text in zip(files, texts, strict=True):
        write_whole(path, text)


def read_places(text: str) -> list[float]:
    """``0:1:0.1`` (first, last, step) or ``0,0.5,1``, rising, each in [0, 1]; ValueError for
    anything else."""
    wrong = ValueError(
        f"Expected places on the curve as first:last:step within 0 to 1. Received: {text!r}"
    )
    try:
        if ":" in text:
            first, last, step = map(float, text.split(":"))
            steps = round((last - first) / step) if step > 0 else -1
            if not 0 <= steps < MOST_POINTS or abs(first + steps * step - last) > 1e-6:
                raise wrong
            places = [round(first + index * step, 9) for index in range(steps + 1)]
        else:
            places = sorted(set(map(float, text.split(","))))
    except (ValueError, OverflowError):
        raise wrong from None
    if not all(0 <= place <= 1 for place in places):  # NaN fails
        raise wrong
    return places


def both_ways(
    faithful: Card, vivid: Card, places: Sequence[float]
) -> dict[str, dict[float, Upscale]]:
    """Blends of the two results at every place; networks in between too, where both are alike."""
    first, second = (
        LastResultCache(Upscaler.from_preset(card.folder)) for card in (faithful, vivid)
    )
    outputs = {OUTPUTS: {t: blended(first, second, t) for t in places}}
    if faithful.network != vivid.network:
        return outputs
    return {**outputs, WEIGHTS: {t: interpolated(faithful, vivid, t) for t in places}}


def blended(faithful: Upscale, vivid: Upscale, t: float) -> Upscale:
    return lambda lr: blend(faithful(lr), vivid(lr), t)
