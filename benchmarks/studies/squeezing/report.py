"""The study's lines as a page; alone it measures nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.studies.adder.report import grid, mean_error, signed, spread

OURS = "squeezed by gates"

HEAD = """# Widening and squeezing

`study.py run`, then `study.py` alone, which writes this page. x2, 3 plain blocks of two binary 3x3
convolutions, 16 channels between the blocks, 4 crops of 16 LR pixels a step from the 102
photographs, L1, a cosine from 0.002 over the first half of {steps:,} steps and another one over the
second. The first half of every arm has the loss of projected features to the same teacher (ordinary
convolutions, {steps:,} steps of its own). The squeezed begin four times as wide, with a cost on
their gates, and may be as wide afterwards as the operations of uniform blocks allow that are r
times as wide as their output. *Squeezed by chance* drops channels of the same widened network by
gates that are drawn; *same widths, new weights* has the widths that the gates found and never was
wide.
PSNR on Set5 in dB, protocol y; means (and deviations) over seeds.

## Noise

{noise}

## Arms

{arms}

What the squeezed have above each control, seed by seed, and the mean with its standard error:

{differences}

## What was found

- With one schedule and one teacher for all, gates choose no better than chance, a uniform width or
  the widths they found from new weights: all lie within 0.02 dB, which is the noise.
- The gates do choose: they keep one block wide and narrow two. It does not matter, nor does width
  itself, 35.12 dB for r = 1.25 and 35.12 for 1.5. A larger gain of the same method, 0.2 to 0.6
  dB in an earlier study, was that of a learning rate which restarted for one arm alone.
- So wide blocks are not what these small binary networks lack; of larger ones nothing is said.
"""


def write_report(path: Path, lines: list[dict], steps: int) -> None:
    """The page of the finished trainings of so many steps."""
    found = by_arm(lines, steps)
    text = HEAD.format(
        steps=steps, noise=noise(found), arms=arms(found), differences=differences(found)
    )
    path.write_text(text, encoding="utf-8")


def by_arm(lines: list[dict], steps: int) -> dict[tuple[float, str], dict[int, dict]]:
    """(r, arm) -> seed -> line, of the trainings of so many steps."""
    found: dict[tuple[float, str], dict[int, dict]] = {}
    for line in lines:
        if line["steps"] == steps:
            found.setdefault((line["ratio"], line["arm"]), {})[line["seed"]] = line
    return found


def gains(found: dict, ratio: float, other: str) -> list[float]:
    """What the squeezed have above a control, by seed."""
    ours, theirs = found.get((ratio, OURS), {}), found.get((ratio, other), {})
    return [ours[seed]["psnr"] - theirs[seed]["psnr"] for seed in sorted(ours.keys() & theirs)]


def noise(found: dict) -> str:
    """How far equal arms lie apart."""
    values = [[line["psnr"] for line in group.values()] for group in found.values()]
    deviations = [np.std(group, ddof=1) for group in values if len(group) > 1]
    told = f"{np.median(deviations):.2f}" if deviations else "null"
    return f"Over seeds an arm's PSNR has a deviation of {told} dB (median over arms)."


def arms(found: dict) -> str:
    """A row for each arm within each budget."""
    rows = []
    for (ratio, arm), group in sorted(found.items(), key=lambda item: item[0][0]):
        mine = [group[seed] for seed in sorted(group)]
        widths = "; ".join(", ".join(map(str, line["widths"])) for line in mine)
        cells = [f"{ratio:g}", arm, str(len(mine)), spread([line["psnr"] for line in mine], 2)]
        cells += [f"{np.mean([line['operations'] for line in mine]):,.0f}", widths]
        rows.append([*cells, f"{np.mean([line['seconds'] for line in mine]):.0f}"])
    heads = ["r", "arm", "seeds", "Set5", "operations per pixel", "widths by seed", "seconds"]
    return grid(heads, rows) if rows else "null: not run"


def differences(found: dict) -> str:
    """A row for each control within each budget."""
    controls = sorted((ratio, arm) for ratio, arm in found if arm != OURS)
    rows = [
        [f"{ratio:g}", arm, signed(gains(found, ratio, arm)), mean_error(gains(found, ratio, arm))]
        for ratio, arm in controls
    ]
    return grid(["r", "control", "by seed", "mean"], rows) if rows else "null: not run"
