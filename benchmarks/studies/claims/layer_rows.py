"""Claims of methods with a study of their own: widening and squeezing, AdderNet."""

from __future__ import annotations

from collections.abc import Iterator

from figures import CHECKED, STUDIES, gains
from line import Line
from verdicts import NOT_SHOWN, SEEDS, SHOWN, decided, of_control, of_pairs, of_short, signed

from benchmarks.studies.adder.report import CONVOLUTION, WHOLE, Finished
from benchmarks.studies.kept_lines import read_lines
from benchmarks.studies.squeezing.report import by_arm
from benchmarks.studies.squeezing.report import gains as over_control

CONVOLUTIONS = "python benchmarks/studies/convolutions/study.py run"
ADDER = "python benchmarks/studies/adder/study.py run"
SQUEEZING = "python benchmarks/studies/squeezing/study.py run"
STEPS = 4000
BETTER = "Adam"
"""Trains convolutions best here: what adders are compared with, whatever trains them."""
PUBLISHED_LOSS = 0.3
"""dB that AdderSR's networks lose at most at x2 in its table."""


def of_seeds(values: list[float], to_what: str) -> str:
    """Differences by seed and to what they are, or that there are none."""
    few = {1: " (1 seed)", 2: " (2 seeds)"}.get(len(values), "")
    return f"{signed(values)} dB {to_what}{few}" if values else "not run"


def squeezing() -> Iterator[Line]:
    """Widening and squeezing quantised networks."""
    gain = gains("binary", "binary, r = 4 squeezed to r = 2", "binary, r = 2")
    told = CHECKED["squeezing"]
    again = told["r = 4 squeezed to r = 2"]
    plain = told["plain r = 2, no teacher, 400 + 400 steps with a restarted rate"]
    left = [one - other for one, other in zip(again, plain, strict=True)]
    yield Line(
        "at equal operations, widened and then squeezed is better than uniformly wide",
        f"{signed(gain)} dB against uniform r = 2; but {signed(left)} dB against the same uniform "
        "network whose rate restarts half way as that of the squeezed one does: the gain is that "
        "of the schedule. With its defaults the method had nothing to choose: uniform widths came "
        "out for every seed",
        of_control(gain, left),
        CONVOLUTIONS,
    )
    found = by_arm(read_lines(STUDIES / "squeezing/lines.jsonl"), STEPS)
    for ratio in (1.25, 1.5):
        over = {
            name: over_control(found, ratio, arm)
            for name, arm in {
                "channels dropped by chance": "squeezed by chance",
                "uniform widths": "uniform",
                "the same widths from new weights": "same widths, new weights",
            }.items()
        }
        verdicts = {of_pairs(values) for values in over.values()}
        yield Line(
            f"the same, channels dropped one by one to the operations of r = {ratio}, against "
            "controls of its schedule and teacher",
            "; ".join(of_seeds(values, f"to {name}") for name, values in over.items() if values)
            or "not run",
            worst(verdicts),
            SQUEEZING,
        )


def worst(verdicts: set[str]) -> str:
    """Of several controls the verdict that says least: all have to be beaten."""
    order = (of_pairs([]), of_pairs([0.0, 0.0, 0.0]))
    return next((verdict for verdict in order if verdict in verdicts), *verdicts - set(order))


def adder() -> Iterator[Line]:
    """AdderNet and AdderSR."""
    found = Finished(read_lines(STUDIES / "adder/lines.jsonl"), STEPS)
    for optimizer in ("Adam", "SGD"):
        gap = found.gains(optimizer, WHOLE, CONVOLUTION, by=BETTER)
        yield Line(
            "additions in place of multiplications, at nearly the quality of convolutions "
            f"(under {optimizer})",
            of_seeds(gap, f"to convolutions of the same shape under {BETTER}")
            + f" after {STEPS:,} steps; published: {PUBLISHED_LOSS} dB are lost at most",
            of_pairs([PUBLISHED_LOSS + value for value in gap]),
            ADDER,
        )
    for part in ("shortcut", "power"):
        gain = gains("adder", "adder, whole block", f"adder, no {part}")
        yield Line(
            f"super-resolution needs the {'learnable ' * (part == 'power')}{part} of the block",
            f"{signed(gain)} dB after 800 steps",
            of_short(gain),
            CONVOLUTIONS,
        )
    for claim, arm in {
        "the full-precision gradient trains better than the sign gradient": "sign gradient",
        "the input gradient has to be clipped": "input gradient not clipped",
        "the adaptive rate of each layer is needed": "no adaptive rate",
        "and more than a rate that is 100 times as high": "no adaptive rate, 100 times the rate",
    }.items():
        for optimizer in ("Adam", "SGD"):
            if "100" in arm and optimizer == "Adam":
                continue  # which does not see a constant factor
            gain = [-value for value in found.gains(optimizer, arm, WHOLE)]
            told, verdict = of_seeds(gain, f"after {STEPS:,} steps"), of_pairs(gain)
            lost, count = found.diverged(optimizer, arm)
            if lost:
                kept = found.diverged(optimizer, WHOLE)[0]
                told = f"without it {lost} of {count} trainings diverge, with it {kept or 'none'}"
                shown = lost == count and not kept
                verdict = decided(SHOWN if shown else NOT_SHOWN, count >= SEEDS)
            yield Line(f"{claim} (under {optimizer})", told, verdict, ADDER)
