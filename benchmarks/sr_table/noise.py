"""Whether the table can decide anything: noise between seeds, spread between networks, order."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau

from benchmarks.sr_table.ranking import largest_first
from benchmarks.sr_table.table_space import Table
from benchmarks.studies.search_sr.predictor import without_screen
from benchmarks.studies.search_tables.study import Section
from sr_app.search.table import Trained

SHARES = (0.125, 0.25, 0.5, 0.75)
"""Of the budget, whose order is compared with that of the whole."""
TIMES = 5.0
"""So many times the noise the spread must be before a difference is believed."""


@dataclass(frozen=True)
class Noise:
    """What seeds do to the order of networks.

    Args:
        single: standard deviation (dB) of one training, without what its seed does to all alike;
            None where fewer than two networks have two seeds in common.
        pooled: the same with it.
        networks: how many have several seeds.
        shift: the most by which all trainings of one seed are above those of another (dB).
    """

    single: float | None
    pooled: float | None
    networks: int
    shift: float


def noise_of_order(ends: Iterable[tuple[str, int, float]]) -> Noise:
    """Of the differences between each two seeds, over the networks that have both.

    A seed's crops and their order are the same for every network. What they do to all moves no
    order and is taken out; what is left of a difference is that of two trainings.

    Args:
        ends: network, seed and PSNR (dB) of each training.
    """
    of_seeds: dict[int, dict[str, float]] = defaultdict(dict)
    of_networks: dict[str, list[float]] = defaultdict(list)
    for network, seed, psnr in ends:
        of_seeds[seed][network] = psnr
        of_networks[network].append(psnr)
    repeated: set[str] = set()
    squares, freedom, shifts = 0.0, 0, [0.0]
    for one, other in combinations(of_seeds.values(), 2):
        both = sorted(one.keys() & other.keys())
        if len(both) < 2:
            continue
        gaps = np.array([one[network] - other[network] for network in both])
        squares += float(np.square(gaps - gaps.mean()).sum())
        freedom += len(gaps) - 1
        shifts.append(abs(float(gaps.mean())))
        repeated.update(both)
    single = (squares / freedom / 2) ** 0.5 if freedom else None
    several = [np.array(psnrs) for psnrs in of_networks.values() if len(psnrs) > 1]
    spare = sum(len(psnrs) - 1 for psnrs in several)
    apart = sum(float(np.square(psnrs - psnrs.mean()).sum()) for psnrs in several)
    pooled = (apart / spare) ** 0.5 if spare else None
    return Noise(single, pooled, len(repeated), max(shifts))


def measure(table: Table, rows: Sequence[Trained]) -> Iterator[dict]:
    """The one line: noise and spread in dB, and Kendall's tau with the end."""
    noise = noise_of_order((row.network, row.seed, row.psnr()) for row in rows)
    uncertainty, with_shift = (
        one and one / table.seeds**0.5 for one in (noise.single, noise.pooled)
    )
    spread = float(table.psnr.std(ddof=1))
    mixed = np.array([not contextual(row.network) for row in table.trainings])
    orders = {
        f"{100 * share:g} % of the steps": table.curves[:, table.steps.index(step)]
        for share in SHARES
        if (step := round(share * table.steps[-1])) in table.steps
    }
    orders["parameters"] = np.array([row.parameters for row in table.trainings])
    orders[table.cost_name] = table.cost
    yield {
        "piece": "noise",
        "networks": len(table),
        "repeated": noise.networks,
        "noise": noise.single and round(noise.single, 4),
        "shift": round(noise.shift, 4),
        "with_shift": with_shift and round(with_shift, 4),
        "seeds": table.seeds,
        "uncertainty": uncertainty and round(uncertainty, 4),
        "spread": round(spread, 4),
        "contextual": int((~mixed).sum()),
        "spread_without": round(float(table.psnr[mixed].std(ddof=1)), 4),
        "range": [round(float(table.psnr.min()), 3), round(float(table.psnr.max()), 3)],
        "saved_by_size": round(without_screen(table.psnr) - largest_first(table), 2),
        "decides": uncertainty is not None and spread >= TIMES * uncertainty,
        "decides_with_shift": with_shift is not None and spread >= TIMES * with_shift,
        "tau": {
            name: round(float(kendalltau(order, table.psnr).statistic), 3)
            for name, order in orders.items()
        },
    }


def contextual(network: str) -> bool:
    """Whether all blocks are contextual ones: such networks did not leave the plateau."""
    return all(block.startswith("C") for block in network.split(","))


def section(table: Table, lines: Sequence[dict]) -> Section:
    """Noise first, then spread, then how early the order is known."""
    (line,) = (line for line in lines if line["piece"] == "noise")
    noise, (low, high) = line["uncertainty"], line["range"]
    if noise is None:
        said = "Noise: null, no network has been trained with several seeds yet"
    else:
        said = (
            f"Noise of one training: {line['noise']:.3f} dB, by the differences between seeds of "
            f"{line['repeated']} networks; of a mean of {line['seeds']}: {noise:.3f} dB. A seed's "
            f"crops, which are the same for all, move all of them by up to {line['shift']:.3f} dB: "
            "that changes no order and is not in it"
        )
        if line["with_shift"]:
            said += (
                f". With it the noise is {line['with_shift']:.3f} dB and the spread "
                f"{line['spread'] / line['with_shift']:.1f} times that"
            )
        if line["decides"] and not line["decides_with_shift"]:
            said += (
                f", **short of {TIMES:.0f}**; it was taken out after the trainings were known, so "
                "verdicts on this table rest on that choice"
            )
    times = f", {line['spread'] / noise:.1f} times the noise" if noise else ""
    verdict = (
        f"That is at least {TIMES:.0f} times the noise: the table can decide."
        if line["decides"]
        else f"**It is not known to be {TIMES:.0f} times the noise: nothing below is a claim.**"
    )
    without = ""
    if line["contextual"] and noise:
        times_then = line["spread_without"] / noise
        without = (
            f"\n- {line['contextual']} networks are of contextual blocks alone; without them the "
            f"spread is {line['spread_without']:.3f} dB, {times_then:.1f} times the noise: the "
            "order of the others is less certain than that of all."
        )
    text = (
        f"- {said}.\n- Spread: standard deviation {line['spread']:.3f} dB, {low:.2f} to "
        f"{high:.2f} dB{times}. {verdict}{without}\n\nKendall's tau with the PSNR at the end:"
    )
    rows = [(name, f"{tau:.3f}") for name, tau in line["tau"].items()]
    return Section("Noise and spread", text, ("order by", "tau"), rows)


def first_space(path: Path) -> Section:
    """The space and schedule that were tried first, and could not have decided anything."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    noise = noise_of_order((row["network"], row["seed"], float(row["psnr"])) for row in rows)
    first = [float(row["psnr"]) for row in rows if row["seed"] == "0"]
    text = (
        f"{len(first)} networks of 9.5K to 131K parameters, 2,000 steps of 4 crops at a rate of "
        f"2e-3, the gradient unbounded ([{path.name}]({path.name})): {min(first):.2f} to "
        f"{max(first):.2f} dB, standard deviation {np.std(first, ddof=1):.3f} dB between networks "
        f"and {noise.single:.3f} dB between the seeds of {noise.networks} of them. All stood on a "
        "plateau that longer trainings leave. What left it sooner, for 9.5K parameters after "
        "4,000 steps: 16 crops in place of 4, with Adam's betas of 0.9 and 0.99 and a bound of "
        "0.1 on the gradient, 34.19 dB for both of two seeds; 8 crops, after half of the steps, "
        "33.92 and 33.97. So the table is of smaller networks, trained as its recipe says."
    )
    repeats = {row["network"]: row["parameters"] for row in rows if row["seed"] != "0"}
    seeds = [
        (name, size, ", ".join(row["psnr"] for row in rows if row["network"] == name))
        for name, size in repeats.items()
    ]
    return Section("What was tried first", text, ("network", "parameters", "dB by seed"), seeds)


def plot(table: Table, lines: Sequence[dict], path: Path) -> None:
    """PSNR at the end against parameters, with the noise as bars; learning curves beside it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    (line,) = (line for line in lines if line["piece"] == "noise")
    sizes = np.array([row.parameters for row in table.trainings]) / 1e3
    left.errorbar(sizes, table.psnr, yerr=line["uncertainty"], fmt=".", linewidth=0.8)
    left.set(xlabel="parameters, K", ylabel="PSNR at the end, dB")
    for curve, size in zip(table.curves, sizes, strict=True):
        right.plot(table.steps, curve, color=str(0.8 * (1 - size / sizes.max())), linewidth=0.6)
    low = np.quantile(table.curves[:, len(table.steps) // 4], 0.05)
    right.set(xlabel="steps", ylabel="PSNR, dB (dark is large)", ylim=(low, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110, metadata={"Software": None})
