"""The claims of the ten methods: each with its figures, its verdict and the command behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from figures import arm, card, gains, graph_bytes, numbers, row, students
from layer_rows import CONVOLUTIONS, adder, squeezing
from line import Line
from search_rows import continuous, credits, predictor
from two_stage_rows import two_stage
from verdicts import (
    LUCK,
    NOT_SHOWN,
    SHOWN,
    decided,
    of_means,
    of_pairs,
    of_short,
    signed,
)

SELECTION = "python benchmarks/studies/selection/study.py"


@dataclass(frozen=True)
class Method:
    """A published method and its claims."""

    name: str
    lines: Callable[[], Iterator[Line]]


def ghost() -> Iterator[Line]:
    """GhostNet and GhostSR."""
    gain = gains("ghost", "ghost", "narrow, parameters of ghost")
    longer = gains("ghost", "ghost", "narrow, parameters of ghost", 4000)
    shift = gains("ghost", "ghost, shift", "narrow, parameters of ghost")
    yield Line(
        "half of the features by cheap operations, without a loss for what they cost",
        f"{signed(gain)} dB against a narrower network of equal parameters after 800 steps, "
        f"{signed(longer)} dB after 4,000 ({len(longer)} seed); with learnt shifts {signed(shift)}",
        of_short(gain),
        CONVOLUTIONS,
    )
    ours, other = card("esrn_x2_ghost"), card("esrn_m_x2")
    times = [
        numbers(row("found_networks/README.md", f"`{c['name']}`")[4])[0] for c in (ours, other)
    ]
    values = [c["results"]["Set5"]["psnr"] for c in (ours, other)]
    yield Line(
        "the same, as a preset",
        f"`{ours['name']}`: {values[0]:.2f} dB on Set5, {ours['parameters'] / 1000:.0f}K "
        f"parameters, {times[0]:.2f} of the time of `esrn_x2`; `{other['name']}`, of plain blocks: "
        f"{values[1]:.2f} dB, {other['parameters'] / 1000:.0f}K, {times[1]:.2f}",
        SHOWN if values[0] > values[1] or times[0] < times[1] else NOT_SHOWN,
        "python benchmarks/studies/found_networks/study.py",
    )


def selection() -> Iterator[Line]:
    """Positive-unlabeled compression."""
    page = "selection/README.md"
    kinds = [
        (kind, share)
        for kind in ("photographs", "text", "drawings")
        for share in ("0.10", "0.30", "0.50")
    ]
    own, published = ([numbers(row(page, *key)[place])[0] for key in kinds] for place in (3, 4))
    yield Line(
        "a classifier of positives and unlabeled pictures finds those that are of the kind",
        f"AUC {min(own):.2f} to {max(own):.2f} by this project's rule (self-training, the "
        f"default); {min(published):.2f} to {max(published):.2f} by the published one, not tuned",
        SHOWN if min(own) > 0.75 else NOT_SHOWN,
        SELECTION,
    )
    selected, random = students("P + selected"), students("P + random")
    ahead = [selected[seed] - random[seed] for seed in sorted(selected)]
    yield Line(
        "students learn more from what was selected (text)",
        f"{signed(ahead)} dB to as many random patches, {len(ahead)} seeds",
        of_pairs(ahead),
        f"{SELECTION} --students text --seeds {len(ahead)}",
    )
    one, other = (students_of_photographs(page, what) for what in ("selected", "random"))
    yield Line(
        "students learn more from what was selected (photographs)",
        f"{one[0]:+.2f} ± {one[1]:.2f} dB with selected, {other[0]:+.2f} ± {other[1]:.2f} dB with "
        "random patches, 3 seeds",
        of_means(*one, *other, 3),
        SELECTION,
    )
    worst, mean = (numbers(row(page, "text", name)[4]) for name in ("worst case", "mean"))
    yield Line(
        "robust distillation helps the worst cluster",
        f"{worst[0]:.2f} dB in the worst case's weights, {mean[0]:.2f} in equal ones",
        of_means(*worst, *mean, 3),
        SELECTION,
    )


def students_of_photographs(page: str, what: str) -> list[float]:
    """Mean and deviation (dB) of students' gain by selected or by random patches of a mixed lot."""
    return numbers(row(page, "photographs", f"P + {what} (72 ± 2)")[3])


def binary_widths() -> Iterator[Line]:
    """Searching for accurate binary architectures."""
    gain = gains("binary", "binary, searched within r = 2", "binary, r = 2")
    means = [
        sum(values.values()) / len(values)
        for values in (arm("binary", name) for name in ("binary", "binary, r = 2", "binary, r = 4"))
    ]
    yield Line(
        "searched widths beat uniform ones at equal operations",
        f"{signed(gain)} dB; width itself made no difference here ({means[0]:.2f}, {means[1]:.2f}, "
        f"{means[2]:.2f} dB for r = 1, 2, 4), so nothing could be found",
        decided(of_pairs(gain), max(means) - min(means) >= LUCK),
        CONVOLUTIONS,
    )


def full_stack() -> Iterator[Line]:
    """Full-stack filters."""
    ratio = numbers(
        row("convolutions/README.md", "file of a 64 -> 64 convolution / file of full-stack, s = 4")[
            2
        ]
    )
    ours, plain = (card(name) for name in ("esrn_x2_full_stack", "esrn_x2"))
    loss = ours["results"]["Set5"]["psnr"] - plain["results"]["Set5"]["psnr"]
    size = [graph_bytes(one["name"]) / 1000 for one in (ours, plain)]
    yield Line(
        "files 32s / (32 + s) times smaller, at little loss",
        f"{ratio[0]:.2f} of 3.56 times for s = 4; `esrn_x2_full_stack`: {size[0]:,.0f} KB against "
        f"{size[1]:,.0f} KB of `esrn_x2`, {loss:+.2f} dB on Set5",
        SHOWN if ratio[0] > 0.9 * 3.56 and loss > -0.3 else NOT_SHOWN,
        CONVOLUTIONS.replace(" run", " probe"),
    )
    gain = gains("full_stack", "full-stack, s = 4", "narrow, bytes of s = 4")
    yield Line(
        "better than a narrower network of as many bytes",
        f"{signed(gain)} dB",
        of_short(gain),
        CONVOLUTIONS,
    )
    apart = gains("full_stack", "full-stack, s = 4", "full-stack, s = 4, not orthogonal")
    yield Line(
        "orthogonal masks are needed",
        f"{signed(apart)} dB with the term, 3 seeds",
        of_short(apart),
        CONVOLUTIONS,
    )


METHODS = (
    Method("Widening and squeezing (2020, after its abstract)", squeezing),
    Method("AdderNet (2020) and AdderSR (2021)", adder),
    Method("GhostNet (2020) and GhostSR (2022)", ghost),
    Method("Indirect supervised path, two stages (2020)", two_stage),
    Method("ReNAS, a ranking predictor (2021)", predictor),
    Method("Positive-unlabeled compression (2019)", selection),
    Method("Efficient residual dense block search (2020)", credits),
    Method("CARS, continuous evolution (2020)", continuous),
    Method("Binary networks with searched widths (2019)", binary_widths),
    Method("Full-stack filters (2019)", full_stack),
)
