"""PSNR on the validation pictures against steps and against wall time, one line a training.

    study.py [RUN ...] [--out FILE]

A RUN is a folder with a curve.csv, such as runs/esrn_x2, or a preset whose card carries its curve.
Without one: all of runs/ and all presets. The suffix of FILE (.png, .svg) names the format;
without one: runs/learning_curves.png.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from matplotlib.figure import Figure

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))

from sr_app import list_presets  # noqa: E402
from sr_app.networks.presets import read_card  # noqa: E402

AXES = {"steps": ("step", 1.0), "wall time (minutes)": ("seconds", 60.0)}


def curve(run: str | Path) -> list[dict]:
    """Rows with step, seconds and val_psnr of a run's folder or a preset; those without are left
    out."""
    if (Path(run) / "curve.csv").is_file():
        from sr_app.training.curve import read_curve

        rows = read_curve(Path(run))
    else:
        rows = read_card(run).training.get("curve", [])
    return [row for row in rows if row["val_psnr"] is not None]


def known() -> list[Path]:
    """Runs of this checkout, then presets that no run has made."""
    runs = sorted(path.parent for path in (REPOSITORY / "runs").glob("*/curve.csv"))
    names = {run.name for run in runs}
    return runs + [card.folder for card in list_presets() if card.name not in names]


def draw(curves: dict[str, list[dict]]) -> Figure:
    """Both plots, on one axis of PSNR."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    plots = figure.subplots(1, 2, sharey=True)
    for axes, (label, (key, unit)) in zip(plots, AXES.items(), strict=True):
        for name, rows in curves.items():
            points = [row[key] / unit for row in rows], [row["val_psnr"] for row in rows]
            axes.plot(*points, label=f"{name}: {points[1][-1]:.2f} dB")
        axes.set(xlabel=label, ylabel="validation PSNR (dB)")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    plots[0].legend(title="last value", fontsize=8)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="*", metavar="RUN")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "runs" / "learning_curves.png")
    options = parser.parse_args()
    curves = {Path(run).name: rows for run in options.runs or known() if (rows := curve(run))}
    if not curves:
        print("no learning curves: neither runs/*/curve.csv nor a preset whose card has one")
        return
    options.out.parent.mkdir(parents=True, exist_ok=True)
    draw(curves).savefig(options.out, dpi=120, metadata={})
    for name, rows in curves.items():
        last = rows[-1]
        best = max(row["val_psnr"] for row in rows)
        print(f"{name:24}{last['step']:>8} steps{last['seconds'] / 60:>8.1f} min{best:>9.2f} dB")
    print(options.out)


if __name__ == "__main__":
    main()
