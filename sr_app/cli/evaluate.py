"""`sr-app evaluate`: published figures for a preset or for plain interpolation."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.device_option import DEVICES, using_device
from sr_app.cli.errors import PARTLY_DONE, clear_errors
from sr_app.cli.progress import show_events
from sr_app.cli.tables import print_benchmark, print_frontier
from sr_app.jobs import evaluate as scoring
from sr_app.jobs.frontier import METRICS, PLACES, Lr, trace_frontier
from sr_app.jobs.leaderboard import PURPOSES, make_leaderboard

# A type of the names in a table, which pyright takes for a variable.
Method = StrEnum("Method", {kernel: kernel for kernel in scoring.KERNELS})


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
    method: Annotated[
        Method | None,  # pyright: ignore[reportInvalidTypeForm]
        typer.Option(help="Interpolation instead."),
    ] = None,
    protocol: Annotated[
        str, typer.Option(help="y, y_unrounded, rgb, ntire2017 or ntire2018.")
    ] = "y",
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
    ] = PLACES,
    out: Annotated[
        Path, typer.Option(help="With --vivid: files to write, without their suffix.")
    ] = Path("frontier"),
    lr: Annotated[
        Path | None, typer.Option(help="Folder of LR pictures (0001, 0001x4), else imresize.")
    ] = None,
    degrade: Annotated[
        str | None,
        typer.Option(help="With --vivid: LR degraded on the way, by a kind of sr-app degrade."),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --degrade: of what is drawn.", min=0)] = 0,
    as_network: Annotated[
        bool,
        typer.Option(
            "--as-network",
            help="Score a --method from 8-bit RGB LR, as presets are. Without it, protocol y works "
            "on the luma plane in double precision, as the published bicubic tables do.",
        ),
    ] = False,
    device: Annotated[str, typer.Option(help=DEVICES)] = "auto",
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
        typer.Option(help=f"With --table: of the presets. [default: {', '.join(PURPOSES)}]"),
    ] = None,
) -> None:
    """Score a preset or an interpolation on a folder of pictures: a table and its mean.

    A picture that is damaged, transparent everywhere or too small is named and left out of the
    mean: exit code 3.
    """
    with clear_errors(), using_device(device):
        if table:
            if any((preset, method, scale, lr, degrade, html, as_network, ensemble)):
                # one protocol for all, so that the lines can be compared
                raise ValueError("--table goes with --data, --purpose and --json only")
            with show_events(transient=True) as report:
                chosen = {"purposes": purpose or PURPOSES, "file": folder, "json": json}
                board = make_leaderboard(data, **chosen, reporter=report)
            done = f"{folder}: {len(board.rows)} networks\n" if folder else board.to_markdown()
            typer.echo(done, nl=False)
            return
        if folder is None or scale is None:
            raise ValueError("give a FOLDER of pictures and --scale, or --table")
        if (preset is None) == (method is None):
            raise ValueError("give either --preset NAME or --method bicubic|lanczos")
        names = tuple(name.strip() for name in (metrics or "").split(",") if name.strip())
        common = {"scale": scale, "protocol": protocol}
        if vivid is not None:
            if preset is None or any((ensemble, json, html)) or (lr and degrade):
                raise ValueError(
                    "--vivid goes with --preset, --blend, --metrics, --out, and --lr or --degrade"
                )
            with show_events(transient=True) as report:
                common |= {"lr": Lr(lr, degrade, seed)}
                common |= {"places": blend, "metrics": names or METRICS, "reporter": report}
                frontier = trace_frontier(preset, vivid, folder, out, **common)
            print_frontier(frontier.points)
            typer.echo(f"wrote {', '.join(map(str, frontier.files))}")
            return
        if degrade is not None:
            raise ValueError("--degrade goes with --vivid; otherwise sr-app degrade, then --lr")
        with show_events(transient=True) as report:
            scored = scoring.score_folder(
                str(preset or method),
                folder,
                **common,
                lr_folder=lr,
                metrics=names or ("psnr", "ssim"),
                interpolation=False if as_network else None,
                ensemble=ensemble,
                json=json,
                html=html,
                reporter=report,
            )
        print_benchmark(scored.benchmark, scored.subject)
    if scored.benchmark.left_out:
        raise typer.Exit(PARTLY_DONE)
