"""Which network serves a photo: what `inspect_photo` proposes, fitted and tried on other photos.

    study.py data/photos data/Kodak24 data/Set14 data/RealSRSet

The first folder is fitted to, the others are tried. Of every picture come clean ones (a part at
full size, the picture at a half and a quarter of it) and two degraded as `practical` draws, which
count as real where `esrn_x4_real` has the higher PSNR, for that is what the proposal is for.
Pictures of a folder named RealSRSet have no truth: they count as real but for those that look
clean to the eye.
Writes `report.md` beside this file and the confusion table into its README and the docs; 700
pictures take some ten minutes on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sr_app.datasets.degradation_presets import draw_degradation
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.inspection import WEIGHTS, Traces, features, likely_real, measure
from sr_app.image.resize import imresize, modcrop
from sr_app.inference.upscaler import Upscaler

REPORT = Path(__file__).with_name("report.md")
PAGES = (Path(__file__).with_name("README.md"), Path(__file__).parents[3] / "docs/photo_kinds.md")
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"
LOOKS_CLEAN = {"butterfly", "butterfly2", "comic2", "computer", "foreman", "tiger"}
SIDE, SEEDS = 1200, (1, 2)


@dataclass(frozen=True)
class Sample:
    """A picture's traces and what it is: 1 for real, 0 for clean."""

    group: str
    name: str
    traces: Traces
    real: int


def main() -> None:
    """Measure, fit, try, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    fitted, *tried = parser.parse_args().folders
    clean, real = (Upscaler.from_preset(name) for name in ("esrn_x4", "esrn_x4_real"))
    better = partial(real_is_better, clean, real)
    known = list(samples(fitted, better))
    weights, bias = fit(known)
    others = [sample for folder in tried for sample in samples(folder, better)]
    REPORT.write_text(report(known, others, weights, bias), encoding="utf-8")
    table = confusion(known, others)
    for page in PAGES:
        before, rest = page.read_text(encoding="utf-8").split(BEGIN)
        page.write_text(before + BEGIN + table + END + rest.split(END)[1], encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


def samples(folder: Path, better) -> Iterator[Sample]:
    """All pictures that are made of a folder's."""
    for path in find_photos(folder):
        picture = to_uint8(read_photo(path).rgb)
        if folder.name == "RealSRSet":
            yield Sample(folder.name, path.stem, measure(picture), path.stem not in LOOKS_CLEAN)
            continue
        hr = modcrop(picture[:SIDE, :SIDE], 4)
        clean = {"part": hr[:512, :512], "half": imresize(hr, 0.5)[:512, :512]}
        clean["quarter"] = imresize(hr, 0.25)
        for what, small in clean.items():
            yield Sample(f"{folder.name}, clean, {what}", path.stem, measure(small), 0)
        for seed in SEEDS:
            lr = draw_degradation("practical", 4, seed=seed, picture=path.stem)(hr)
            group = f"{folder.name}, practical"
            yield Sample(group, path.stem, measure(lr), int(better(lr, hr)))


def real_is_better(clean: Upscaler, real: Upscaler, lr: np.ndarray, hr: np.ndarray) -> bool:
    """Whether the network for real photos comes nearer to the truth."""
    truth, small = to_float(hr), to_float(lr)
    errors = [np.square(network(small) - truth).mean() for network in (clean, real)]
    return bool(errors[1] < errors[0])


def fit(known: list[Sample]) -> tuple[dict[str, float], float]:
    """Weights and bias of a regularised logistic regression, both kinds of equal weight."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([list(features(sample.traces).values()) for sample in known])
    y = np.array([sample.real for sample in known])
    mean, deviation = x.mean(0), x.std(0)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000)
    model.fit((x - mean) / deviation, y)
    slopes = model.coef_[0] / deviation
    bias = float(model.intercept_[0] - (slopes * mean).sum())
    return dict(zip(WEIGHTS, map(float, slopes), strict=True)), bias


def report(known: list[Sample], others: list[Sample], weights: dict, bias: float) -> str:
    """The confusion tables of the shipped model, and what a fit to these pictures gives now."""
    lines = ["# Which kind of photo: proposals of `inspect_photo`", ""]
    for title, part in (("Fitted to", known), ("Tried on", others)):
        lines += [f"## {title}", "", "| pictures | n | are real | proposed real | right |"]
        lines += ["|---|---|---|---|---|"]
        groups = list(dict.fromkeys(sample.group for sample in part))
        lines += [row(group, [s for s in part if s.group == group]) for group in groups]
        lines += [row("all", part), ""] if part else [""]
    words = ", ".join(f"{name} {value:.2f}" for name, value in weights.items())
    lines += [f"A fit to the first table gives: {words}, bias {bias:.2f}.", ""]
    wrong = [s for s in others if proposed(s) != s.real]
    lines += ["Wrong: " + "; ".join(f"{s.group} {s.name}" for s in wrong) + ".", ""]
    return "\n".join(lines)


def confusion(known: list[Sample], others: list[Sample]) -> str:
    """What is clean or real against what is proposed: a line for each set, as Markdown."""
    lines = ["| pictures | n | clean, called clean | clean, called real | real, called clean "]
    lines[0] += "| real, called real | right |"
    lines += ["|---|---|---|---|---|---|---|"]
    sets = list(dict.fromkeys(sample.group.split(",")[0] for sample in others))
    parts = {name: [s for s in others if s.group.split(",")[0] == name] for name in sets}
    parts = {f"fitted to: {known[0].group.split(',')[0]}": known, **parts, "all tried": others}
    for name, part in parts.items():
        counts = [
            sum((sample.real, proposed(sample)) == pair for sample in part)
            for pair in ((0, 0), (0, 1), (1, 0), (1, 1))
        ]
        right = 100 * (counts[0] + counts[3]) / len(part)
        lines.append(f"| {name} | {len(part)} | {' | '.join(map(str, counts))} | {right:.1f} % |")
    return "\n".join(lines) + "\n"


def row(name: str, part: list[Sample]) -> str:
    """One line of a table."""
    real = sum(sample.real for sample in part)
    right = sum(proposed(sample) == sample.real for sample in part)
    said = sum(map(proposed, part))
    return f"| {name} | {len(part)} | {real} | {said} | {100 * right / len(part):.1f} % |"


def proposed(sample: Sample) -> int:
    return int(likely_real(sample.traces) > 0.5)


if __name__ == "__main__":
    main()
