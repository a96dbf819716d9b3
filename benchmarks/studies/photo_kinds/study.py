"""Which network serves a photo: what `inspect_photo` proposes, fitted and tried on other photos.

    study.py data/photos data/Kodak24 data/Set14 data/RealSRSet

The first folder is fitted to, the others are tried. Of every picture come clean ones (a part at
full size, the picture at a half and a quarter of it) and two degraded as `practical` draws, which
count as real where `esrn_x4_real` has the higher PSNR, for that is what the proposal is for.
Pictures of a folder named RealSRSet have no truth: they count as real but for those that look
clean to the eye; of Set14's at full size those that look dirty count as real.
Writes `report.md` beside this file and the confusion table into its README and the docs. What was
measured is kept in `lines.jsonl`, known by the code that measures and the networks' weights: 700
pictures take some ten minutes on one core, and seconds again.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from sr_app.datasets.degradation_presets import draw_degradation
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import find_photos, read_photo
from sr_app.image.inspection import WEIGHTS, Traces, features, likely_real, measure
from sr_app.image.resize import imresize, modcrop
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import read_card

sys.path.insert(0, str(Path(__file__).parents[1]))
from kept_lines import append, read_lines
from marked_page import put_between

REPORT = Path(__file__).with_name("report.md")
PAGES = (Path(__file__).with_name("README.md"), Path(__file__).parents[3] / "docs/photo_kinds.md")
LOOKS_CLEAN = {"butterfly", "butterfly2", "comic2", "computer", "foreman", "tiger"}
LOOKS_DIRTY = {"baboon", "face", "foreman", "lenna", "zebra"}  # of Set14, at 300 %
SIDE, SEEDS = 1200, (1, 2)
LINES = Path(__file__).with_name("lines.jsonl")
SEES = [
    Path(sys.modules[f"sr_app.image.{name}"].__file__)
    for name in ("inspection", "compression", "statistics")
]


@dataclass(frozen=True)
class Sample:
    """A picture's traces and what it is: 1 for real, 0 for clean."""

    group: str
    name: str
    traces: Traces
    real: int


class Kept:
    """What was measured, by picture and by what measured it; new lines are written at once."""

    def __init__(self) -> None:
        self.lines = {(line["of"], line["by"]): line["is"] for line in read_lines(LINES)}

    def __call__(self, of: str, by: str, measured: Callable[[], dict | float]) -> dict | float:
        """A line's value; measured where there is none."""
        if (of, by) not in self.lines:
            self.lines[of, by] = measured()
            append(LINES, {"of": of, "by": by, "is": self.lines[of, by]})
        return self.lines[of, by]


def main() -> None:
    """Measure, fit, try, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    fitted, *tried = parser.parse_args().folders
    kept = Kept()
    known = list(samples(fitted, kept))
    weights, bias = fit(known)
    others = [sample for folder in tried for sample in samples(folder, kept)]
    REPORT.write_text(report(known, others, weights, bias), encoding="utf-8")
    table = confusion(known, others)
    for page in PAGES:
        put_between(page, table)
    print(REPORT.read_text(encoding="utf-8"))


def samples(folder: Path, kept: Kept) -> Iterator[Sample]:
    """All pictures that are made of a folder's."""
    for path in find_photos(folder):
        drawn = Drawn(path, kept)
        if folder.name == "RealSRSet":
            yield drawn.sample("real", folder.name, path.stem not in LOOKS_CLEAN)
            continue
        dirty = folder.name == "Set14" and path.stem in LOOKS_DIRTY
        for what in ("part", "half", "quarter"):
            group = f"{folder.name}, clean, {what}"
            yield drawn.sample(what, group, dirty and what == "part")
        for seed in SEEDS:
            yield drawn.sample(f"p{seed}", f"{folder.name}, practical", drawn.is_real(seed))


class Drawn:
    """The pictures that are made of one, each when it is first asked for."""

    def __init__(self, path: Path, kept: Kept):
        self.path, self.kept = path, kept

    def sample(self, what: str, group: str, real: bool) -> Sample:
        """One picture's traces with what it is."""
        name = f"{self.path.parent.name} {what} {self.path.stem}"
        seen = self.kept(name, f"traces {SEEN}", lambda: asdict(measure(self.picture(what))))
        return Sample(group, self.path.stem, Traces(**seen), int(real))

    def is_real(self, seed: int) -> bool:
        """Whether the network for real photos comes nearer to the truth."""
        errors = [self.error(preset, seed) for preset in ("esrn_x4", "esrn_x4_real")]
        return errors[1] < errors[0]

    def error(self, preset: str, seed: int) -> float:
        """Mean squared error of a preset on a degraded picture."""
        digests = " ".join(sorted(read_card(preset).sha256.values()))

        def measured() -> float:
            sr = upscaler(preset)(to_float(self.picture(f"p{seed}")))
            return float(np.square(sr - to_float(self.hr)).mean())

        name = f"{self.path.parent.name} p{seed} {self.path.stem}"
        return self.kept(name, f"{preset} {short(digests)}", measured)

    @cached_property
    def hr(self) -> np.ndarray:
        """uint8, its first SIDE rows and columns."""
        return modcrop(to_uint8(read_photo(self.path).rgb)[:SIDE, :SIDE], 4)

    def picture(self, what: str) -> np.ndarray:
        """A clean part, a smaller self, or one degraded with a seed."""
        if what == "real":
            return to_uint8(read_photo(self.path).rgb)
        hr = self.hr
        if what.startswith("p") and what != "part":
            seed = int(what[1:])
            return draw_degradation("practical", 4, seed=seed, picture=self.path.stem)(hr)
        if what == "quarter":
            return imresize(hr, 0.25)
        return (hr if what == "part" else imresize(hr, 0.5))[:512, :512]


@cache
def upscaler(preset: str) -> Upscaler:
    """A preset, loaded where something has to be enlarged."""
    return Upscaler.from_preset(preset)


def short(text: str) -> str:
    """Twelve digits that change with a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


SEEN = short("".join(path.read_text(encoding="utf-8") for path in SEES))


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
