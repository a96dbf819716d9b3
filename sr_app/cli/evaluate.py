"""`sr-app evaluate`: published figures for a preset or for plain interpolation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from sr_app.cli import evaluate_options as options
from sr_app.cli.device_option import using_device
from sr_app.cli.errors import PARTLY_DONE, clear_errors
from sr_app.cli.progress import show_events
from sr_app.cli.tables import print_benchmark, print_frontier
from sr_app.jobs import evaluate as scoring
from sr_app.jobs.frontier import METRICS, PLACES, Lr, trace_frontier
from sr_app.jobs.leaderboard import PURPOSES, make_leaderboard


def evaluate(
    folder: options.Folder = None,
    scale: options.Scale = None,
    preset: options.Preset = None,
    method: options.MethodName = None,  # pyright: ignore[reportInvalidTypeForm]
    protocol: options.Protocol = "y",
    metrics: options.Metrics = None,
    vivid: options.Vivid = None,
    blend: options.Blend = PLACES,
    out: options.Out = Path("frontier"),
    lr_folder: options.LrFolder = None,
    degrade: options.Degrade = None,
    seed: options.Seed = 0,
    interpolation: options.Interpolation = None,
    device: options.Device = "auto",
    ensemble: options.Ensemble = False,
    json: options.Json = None,
    html: options.Html = None,
    table: options.Table = False,
    data: options.Data = Path("data"),
    purpose: options.Purpose = None,
) -> None:
    """Score a preset or an interpolation on a folder of pictures: a table and its mean.

    A picture that is damaged, transparent everywhere or too small is named and left out of the
    mean: exit code 3.
    """
    with clear_errors(), using_device(device):
        if table:
            others = (preset, method, vivid, scale, metrics, lr_folder, degrade, html, ensemble)
            if any(others) or interpolation is not None or protocol != "y":
                # one protocol for all, so that the lines can be compared
                raise ValueError("--table goes with --data, --purpose and --json only")
            show_leaderboard(data, {"purposes": purpose or PURPOSES, "file": folder, "json": json})
            return
        if folder is None:
            raise ValueError("Expected a FOLDER of pictures, or --table. Received: neither")
        if (preset is None) == (method is None):
            received = "neither" if preset is None else "both"
            raise ValueError(
                f"Expected --preset NAME or --method bicubic|lanczos. Received: {received}"
            )
        names = tuple(name.strip() for name in (metrics or "").split(",") if name.strip())
        common = {"scale": scale, "protocol": protocol}
        if vivid is not None:
            if preset is None or any((ensemble, json, html)) or (lr_folder and degrade):
                raise ValueError(
                    "--vivid goes with --preset, --blend, --metrics, --out, and --lr-folder or "
                    "--degrade"
                )
            lr = Lr(lr_folder, degrade, seed)
            curve = {**common, "lr": lr, "places": blend, "metrics": names or METRICS}
            show_frontier(preset, vivid, folder, out, curve)
            return
        if degrade is not None:
            raise ValueError(
                "--degrade goes with --vivid; otherwise sr-app degrade, then --lr-folder"
            )
        way = {"lr_folder": lr_folder, "interpolation": interpolation, "ensemble": ensemble}
        scores = {**common, **way, "metrics": names or ("psnr", "ssim"), "json": json, "html": html}
        complete = show_scores(str(preset or method), folder, scores)
    if not complete:
        raise typer.Exit(PARTLY_DONE)


def show_leaderboard(data: Path, options: dict[str, Any]) -> None:
    """Measure all presets, and print the table or say where it was written."""
    with show_events(transient=True) as report:
        board = make_leaderboard(data, **options, reporter=report)
    file = options["file"]
    done = f"{file}: {len(board.rows)} networks\n" if file else board.to_markdown()
    typer.echo(done, nl=False)


def show_frontier(
    preset: str, vivid: str, folder: Path, out: Path, options: dict[str, Any]
) -> None:
    """Trace the curve between two presets, and say where it was written."""
    with show_events(transient=True) as report:
        frontier = trace_frontier(preset, vivid, folder, out, **options, reporter=report)
    print_frontier(frontier.points)
    typer.echo(f"wrote {', '.join(map(str, frontier.files))}")


def show_scores(preset: str, folder: Path, options: dict[str, Any]) -> bool:
    """Score a preset or an interpolation; whether all pictures could be."""
    with show_events(transient=True) as report:
        found, subject = scoring.score_folder(preset, folder, **options, reporter=report)
    print_benchmark(found, subject)
    return not found.left_out
