"""The study's lines as a page and a plot; alone it measures nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

OPTIMIZERS = ("Adam", "SGD")
CONVOLUTION, WHOLE = "convolution", "adder, as published"

HEAD = """# AdderNet's own claims

`study.py run`, then `study.py` alone, which writes this page. x2, 3 plain blocks of two 3x3
convolutions of 8 channels, 4 crops of 16 LR pixels a step from the 102 photographs, L1, {steps:,}
steps of a cosine from 0.002 under Adam and from 0.1, with a momentum of 0.9, under SGD. PSNR on
Set5 in dB, protocol y; means (and deviations) over seeds; seconds of processor time. All arms of a
seed see the same crops, and all adders of a seed begin with the same weights. `null`: not run, and
seconds that nobody measured.

An arm is the product's layer with one part exchanged: *sign gradient*, `dY/dF = sign(X - F)` for
`X - F`; *input gradient not clipped*, `dY/dX = F - X` for its clip to [-1, 1]; *no adaptive rate*,
the kernel's gradient as it is; and with a constant factor of 100 in its place, as AdderNet's
authors compare (Adam does not see a constant factor).

## Noise

{noise}

## Arms

{arms}

What an arm has above the adder as published, seed by seed, and the mean with its standard error:

{differences}

## The gap to convolutions

What adders as published have above convolutions of the same shape, in dB, with its standard error:

{gaps}

## What was found

- Under Adam the gap to convolutions closes from 1.6 dB after 1,000 steps to 0.6 after 4,000, and
  has not stopped. Under SGD there is none: adders are ahead of convolutions by the same
  optimizer, which lose 0.3 dB by it, and 0.1 dB behind those under Adam. Three blocks of 8
  channels are small and 4,000 steps short: of networks that anybody would use nothing is said.
- Clipping the input's gradient is what matters: without it all trainings under SGD diverge, and
  those under Adam lose 0.1 to 0.7 dB.
- The sign gradient, which AdderNet's authors replace, is as good here at the end: 0.13 dB better
  under Adam, 0.19 worse under SGD, after trainings that fell by several dB on the way (the curves
  above). The full-precision gradient is the calmer one.
- Adaptive rates bring 0.12 and 0.15 dB, less than three seeds can tell from nothing.
"""


class Finished:
    """The finished trainings of the study, by arm, optimizer and seed."""

    def __init__(self, lines: list[dict], steps: int):
        self.lines = [line for line in lines if line["steps"] == steps]
        self.steps = steps
        self.points = sorted({int(at) for line in self.lines for at in line["psnr"]})
        self.arms = list(dict.fromkeys((line["optimizer"], line["arm"]) for line in self.lines))

    def psnr(self, optimizer: str, arm: str, at: int | None = None) -> dict[int, float | None]:
        """Seed -> PSNR at a step, the last one if none is said; None where a training diverged."""
        at = at or self.steps
        return {
            line["seed"]: line["psnr"][str(at)]
            for line in self.lines
            if (line["optimizer"], line["arm"]) == (optimizer, arm)
        }

    def diverged(self, optimizer: str, arm: str) -> tuple[int, int]:
        """Of how many trainings of an arm the loss became no number, and how many there are."""
        ends = self.psnr(optimizer, arm).values()
        return sum(psnr is None for psnr in ends), len(ends)

    def gains(
        self, optimizer: str, arm: str, other: str, at: int | None = None, *, by: str | None = None
    ) -> list[float]:
        """What an arm has above another one, by seed; of seeds that both came to the step with.

        by: the other one's optimizer, where it is not the arm's.
        """
        ours, theirs = self.psnr(optimizer, arm, at), self.psnr(by or optimizer, other, at)
        return [
            mine - its
            for seed in sorted(ours.keys() & theirs.keys())
            if (mine := ours[seed]) is not None and (its := theirs[seed]) is not None
        ]


def write_report(folder: Path, lines: list[dict], steps: int) -> None:
    """README.md and curves.png of the finished trainings of so many steps."""
    found = Finished(lines, steps)
    text = HEAD.format(
        steps=steps,
        noise=noise(found),
        arms=arms_table(found),
        differences=differences(found),
        gaps=gaps(found),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    if found.points:
        draw_curves(folder / "curves.png", found)


def noise(found: Finished) -> str:
    """How far equal arms lie apart."""
    alone = [known(found.psnr(*arm)) for arm in found.arms]
    paired = [found.gains(*arm, WHOLE) for arm in found.arms if arm[1] != WHOLE]
    return (
        f"Over seeds an arm's PSNR has a deviation of {deviation(alone)} dB (median over arms), "
        f"and its difference to the adder as published, seed by seed, one of {deviation(paired)} "
        "dB. A mean of three such differences is told from nothing where it is larger than twice "
        "its standard error."
    )


def deviation(groups: list[list[float]]) -> str:
    values = [np.std(group, ddof=1) for group in groups if len(group) > 1]
    return f"{np.median(values):.2f}" if values else "null"


def known(psnr: dict[int, float | None]) -> list[float]:
    return [value for value in psnr.values() if value is not None]


def arms_table(found: Finished) -> str:
    """A row for each arm: scores at the end, how many diverged, seconds."""
    rows = []
    for optimizer, arm in found.arms:
        mine = [x for x in found.lines if (x["optimizer"], x["arm"]) == (optimizer, arm)]
        values = known(found.psnr(optimizer, arm))
        losses = [line["loss"] for line in mine if line["loss"] is not None]
        cells = [optimizer, arm, str(len(mine)), str(len(mine) - len(values))]
        cells += [spread(values, 2), spread(losses, 4)]
        seconds = [line["seconds"] for line in mine if line["seconds"] is not None]
        rows.append([*cells, f"{np.mean(seconds):.0f}" if seconds else "null"])
    heads = ["optimizer", "arm", "seeds", "diverged", "Set5", "loss", "seconds"]
    return grid(heads, rows) if rows else "null: not run"


def spread(values: list[float], digits: int) -> str:
    """Mean and, from two values on, deviation."""
    if not values:
        return "null"
    more = f" ({np.std(values, ddof=1):.{digits}f})" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{more}"


def differences(found: Finished) -> str:
    """A row for each arm with another part than the published adder."""
    rows = []
    for optimizer, arm in found.arms:
        if arm not in (WHOLE, CONVOLUTION):
            gains = found.gains(optimizer, arm, WHOLE)
            rows.append([optimizer, arm, signed(gains), mean_error(gains)])
    return grid(["optimizer", "arm", "by seed", "mean"], rows) if rows else "null: not run"


def gaps(found: Finished) -> str:
    """A row for each optimizer, a column for each step that was scored."""
    rows = [
        [name, *(mean_error(found.gains(name, WHOLE, CONVOLUTION, at)) for at in found.points)]
        for name in OPTIMIZERS
    ]
    table = grid(["optimizer", *(f"{at:,} steps" for at in found.points)], rows)
    return f"{table}\n\n![The gap over steps](curves.png)" if found.points else "null: not run"


def signed(values: list[float]) -> str:
    return ", ".join(f"{value:+.2f}" for value in values) or "null"


def mean_error(values: list[float]) -> str:
    """Mean and standard error, and of how many where these are fewer than three."""
    if not values:
        return "null"
    if len(values) < 2:
        return f"{values[0]:+.2f} (1)"
    error = np.std(values, ddof=1) / len(values) ** 0.5
    return f"{np.mean(values):+.2f} ± {error:.2f}" + f" ({len(values)})" * (len(values) < 3)


def grid(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def draw_curves(path: Path, found: Finished) -> None:
    """Each adder's gap to convolutions over steps: mean over seeds, their range as a band."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for axes, optimizer in zip(figure.subplots(1, 2, sharey=True), OPTIMIZERS, strict=True):
        for kind, arm in found.arms:
            gains = [found.gains(kind, arm, CONVOLUTION, at) for at in found.points]
            if kind == optimizer and arm != CONVOLUTION and all(gains):
                means = [np.mean(values) for values in gains]
                (line,) = axes.plot(found.points, means, marker=".", label=arm)
                low, high = ([pick(values) for values in gains] for pick in (min, max))
                axes.fill_between(found.points, low, high, color=line.get_color(), alpha=0.12)
        axes.axhline(0, color="black", linewidth=0.6)
        axes.set(title=optimizer, xlabel="steps", ylabel="PSNR above convolutions, dB")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False, fontsize=7, loc="lower right")
    figure.savefig(path, dpi=90, metadata={"Software": None})
