"""What a training gains over bicubic, against the LR pixels that it has seen, beside SAFMN's logs.

    pixels.py RUN ... [--out FILE]

A RUN is the folder of one stage, such as runs/esrn_p_x2/long: with curve.csv, and recipe.json in it
or above it. The two axes differ: ours is luma on the validation pictures of the recipe, the
published one RGB on DIV2K's; each is drawn above bicubic on its own pictures. Without --out:
pixels.png here.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from sr_app.evaluation.benchmark import evaluate  # noqa: E402
from sr_app.image.resize import imresize  # noqa: E402
from sr_app.training.curve import read_curve  # noqa: E402

SAFMN_PIXELS = 64 * 64 * 64
"""LR pixels of one of its steps."""


def published(scale: int) -> tuple[list[float], list[float]]:
    """(G LR pixels seen, dB above bicubic) of SAFMN at a factor."""
    lines = (HERE / "published.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    base = float(rows[0][f"x{scale}"])
    steps = [int(row["steps"]) * SAFMN_PIXELS / 1e9 for row in rows[1:]]
    return steps, [float(row[f"x{scale}"]) - base for row in rows[1:]]


def ours(folder: Path) -> tuple[str, int, list[float], list[float]]:
    """(name, factor, G LR pixels seen, dB above bicubic) of a stage's folder."""
    place = next(path for path in (folder, *folder.parents) if (path / "recipe.json").is_file())
    recipe = json.loads((place / "recipe.json").read_text())
    stage = next(
        one for one in recipe["stages"] if place / one["name"] == folder or place == folder
    )
    training, validation = stage["training"], stage["validation"]
    scale = stage["network"]["scale"]
    bicubic = evaluate(
        lambda lr: imresize(lr, scale),
        Path(validation["hr"]),
        scale=scale,
        limit=validation["pictures"],
        interpolation=True,
    ).mean["psnr"]
    rows = [row for row in read_curve(folder) if row["val_psnr"] is not None]
    pixels = training["batch"] * training["patch"] ** 2 / 1e9
    seen = [row["step"] * pixels for row in rows]
    return recipe["name"], scale, seen, [row["val_psnr"] - bicubic for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--out", type=Path, default=HERE / "pixels.png")
    options = parser.parse_args()
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    scales = set()
    for run in options.runs:
        name, scale, *points = ours(run.resolve())
        scales.add(scale)
        axes.plot(*points, label=f"{name}: Kodak24, luma")
    for scale in sorted(scales):
        axes.plot(*published(scale), "k.--", label=f"SAFMN x{scale}: DIV2K, RGB (published)")
    axes.set(xscale="log", xlabel="LR pixels seen (thousand millions)", ylabel="dB above bicubic")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8)
    figure.savefig(options.out, dpi=120, metadata={})
    print(options.out)


if __name__ == "__main__":
    main()
