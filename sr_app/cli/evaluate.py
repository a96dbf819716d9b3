"""`sr-app evaluate`: published figures for a preset or for plain interpolation."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.outputs import check_outputs, write_text
from sr_app.cli.progress import progress_bar

if TYPE_CHECKING:
    import numpy as np

    from sr_app.evaluation.benchmark import Benchmark, Observation
    from sr_app.evaluation.crops import Crop

ENSEMBLED = ", self-ensemble of 8"
"""What a title says of a result that is the mean of eight runs; never left out."""

MAX_CROPS = 24
"""Pictures whose crops a report shows: it stays small enough for a mail."""


class Method(StrEnum):
    """Interpolations that need no network: kernels of `imresize`."""

    bicubic = "bicubic"
    lanczos = "lanczos"


def evaluate(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of HR pictures; with --table a Markdown file.", metavar="FOLDER"
        ),
    ] = None,
    scale: Annotated[
        int | None, typer.Option(help="Factor, such as 2, 3 or 4.", min=1, max=16)
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Network: a preset or its folder.")] = None,
    method: Annotated[Method | None, typer.Option(help="Interpolation instead.")] = None,
    protocol: Annotated[str, typer.Option(help="y, rgb, ntire2017 or ntire2018.")] = "y",
    metrics: Annotated[
        str | None,
        typer.Option(
            help="psnr, ssim, lpips, niqe, ... with commas. [default: psnr,ssim; "
            "with --vivid psnr,lpips,niqe]"
        ),
    ] = None,
    vivid: Annotated[
        str | None,
        typer.Option(help="With --preset: the curve from it to this preset, as CSV, SVG, HTML."),
    ] = None,
    blend: Annotated[
        str, typer.Option(help="With --vivid: places on the curve, first:last:step.")
    ] = "0:1:0.1",
    out: Annotated[
        Path, typer.Option(help="With --vivid: files to write, without their suffix.")
    ] = Path("frontier"),
    lr: Annotated[
        Path | None, typer.Option(help="Folder of LR pictures (0001, 0001x4), else imresize.")
    ] = None,
    as_network: Annotated[
        bool,
        typer.Option(
            "--as-network",
            help="Score a --method from 8-bit RGB LR, as presets are. Without it, protocol y works "
            "on the luma plane in double precision, as the published bicubic tables do.",
        ),
    ] = False,
    ensemble: Annotated[
        bool, typer.Option("--ensemble", help="Average eight flips and turns; the output says so.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with pictures here.")] = None,
    table: Annotated[
        bool,
        typer.Option(
            "--table",
            help="Instead: measure all presets and print the table that stands beside the "
            "published figures, or write it between the markers of a Markdown file.",
        ),
    ] = False,
    data: Annotated[Path, typer.Option(help="With --table: holds Set5, Set14 and Kodak24.")] = Path(
        "data"
    ),
    purpose: Annotated[
        list[str] | None,
        typer.Option(help="With --table: of the presets. [default: clean, preview, fast]"),
    ] = None,
) -> None:
    """Score a preset or an interpolation on a folder of pictures: a table and its mean."""
    with clear_errors():
        if table:
            from sr_app.cli.evaluate_table import make_table

            _refuse(preset, method, scale, lr, html, as_network, ensemble)
            make_table(folder, data, purpose, json)
            return

        from sr_app.evaluation.benchmark import evaluate as score

        if folder is None or scale is None:
            raise ValueError("give a FOLDER of pictures and --scale, or --table")
        _check(preset, method, protocol, (json, html))
        if vivid is not None:
            from sr_app.cli import evaluate_frontier

            if preset is None or any((lr, ensemble, json, html)):
                raise ValueError("--vivid goes with --preset, --blend, --metrics and --out only")
            evaluate_frontier.trace_frontier(
                preset,
                vivid,
                blend,
                folder,
                scale=scale,
                protocol=protocol,
                metrics=_names(metrics) or evaluate_frontier.METRICS,
                out=out,
            )
            return
        crops: list[Crop] = []
        with progress_bar("scoring", transient=True) as show:
            benchmark = score(
                _upscaler(preset, method, scale, ensemble),
                folder,
                scale=scale,
                protocol=protocol,
                lr_folder=lr,
                metrics=_names(metrics) or ("psnr", "ssim"),
                interpolation=method is not None and not as_network,
                progress=show,
                observe=_collector(crops, scale) if html else None,
            )
        subject = (Path(preset).name if preset else method.value) + ENSEMBLED * ensemble
        _print_table(benchmark, subject)
        if json:
            write_text(json, _as_json(benchmark, preset, method, ensemble))
        if html:
            from sr_app.evaluation.report import make_html

            write_text(html, make_html(benchmark, subject, crops))


def _names(metrics: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (metrics or "").split(",") if name.strip())


def _refuse(*options: object) -> None:
    """A table has one protocol for all, so that its lines can be compared."""
    if any(options):
        raise ValueError("--table goes with --data, --purpose and --json only")


def _check(
    preset: str | None, method: Method | None, protocol: str, outputs: tuple[Path | None, ...]
) -> None:
    from sr_app.evaluation.protocols import PROTOCOLS

    if (preset is None) == (method is None):
        raise ValueError("give either --preset NAME or --method bicubic|lanczos")
    if protocol not in PROTOCOLS:
        raise ValueError(f"unknown protocol {protocol!r}: expected {', '.join(PROTOCOLS)}")
    check_outputs(outputs)


def _upscaler(
    preset: str | None, method: Method | None, scale: int, ensemble: bool
) -> Callable[[np.ndarray], np.ndarray]:
    if ensemble:
        from sr_app.inference.ensemble import ensemble as averaged

        return averaged(_upscaler(preset, method, scale, False))
    if preset is None:
        from sr_app.image.resize import imresize

        return lambda lr: imresize(lr, scale, kernel=method.value)
    from sr_app.inference.upscaler import Upscaler

    upscaler = Upscaler.from_preset(preset)
    if upscaler.scale != scale:
        raise ValueError(f"{preset} enlarges {upscaler.scale} times, received --scale {scale}")
    return upscaler


def _collector(crops: list[Crop], scale: int) -> Callable[[Observation], None]:
    from sr_app.evaluation.crops import cut

    def collect(observation: Observation) -> None:
        if len(crops) < MAX_CROPS:
            crops.append(cut(observation, scale))

    return collect


def _print_table(benchmark: Benchmark, subject: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from sr_app.evaluation.metrics import METRICS, title

    table = Table(
        title=f"{subject}, x{benchmark.scale}, protocol {benchmark.protocol}",
        caption=f"LR: {benchmark.lr}",
        show_footer=True,
    )
    table.add_column("picture", "mean", overflow="fold")
    for name, value in benchmark.mean.items():
        footer = f"{value:.{METRICS[name].digits}f}"
        table.add_column(title(name), footer, justify="right", no_wrap=True)
    shifts = [name for name in benchmark.mean if benchmark.pictures[0].shifts]
    for name in shifts:  # how many pixels (down, right) the result lies from HR
        table.add_column(f"{name.upper()} shift", justify="right", no_wrap=True)
    for picture in benchmark.pictures:
        values = [f"{v:.{METRICS[name].digits}f}" for name, v in picture.scores.items()]
        values += ["{:+d} {:+d}".format(*picture.shifts[name]) for name in shifts]
        table.add_row(escape(picture.name), *values)
    Console().print(table)


def _as_json(
    benchmark: Benchmark, preset: str | None, method: Method | None, ensemble: bool
) -> str:
    import json

    what = {"preset": preset} if preset else {"method": method.value}
    what |= {"ensemble": ensemble}
    return json.dumps({**benchmark.to_json(), **what}, indent=2, allow_nan=False) + "\n"
