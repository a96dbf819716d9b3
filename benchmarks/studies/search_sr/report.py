"""`study.py`'s lines as tables, sentences and plots; alone it measures nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.studies.search_sr import figures
from benchmarks.studies.search_sr.pieces import STRATA, stratified
from benchmarks.studies.search_sr.plots import draw_curves, draw_ranks
from benchmarks.studies.search_sr.predictor import BEST, FEWEST_LABELS, without_screen
from benchmarks.studies.search_sr.setting import (
    LONGER,
    SPACE,
    STRATEGIES,
    TRAINING,
    WIDE,
    multiply_adds,
    of_piece,
)
from sr_app.search.space import BlockSpace

BUDGET = 1.5
"""G multiply-adds: the window in which a best network is asked for."""
BAR = 0.4
"""Kendall's tau that shared weights are to reach."""

HEAD = """# The searches on super-resolution itself

`study.py run`, then `study.py` alone: x2, networks of
{positions} positions, at least {active} in use, {types} types (S, G, C of 2 or 3 convolutions,
growth 4 or 8, width {width}), {low:.2f} to {high:.2f} G multiply-adds for an output of 1280x720;
objectives quality and multiply-adds. A proxy is {steps} steps of {batch} crops of {patch} LR pixels
from `{data}`, scored on {pictures} pictures of `{validation}`: PSNR in dB, protocol y. One seed and
the same crops for all, and every network is trained once: strategies share what is known. Seconds
are of the processor, on one core that other work shared. `null`: not run yet.

Nets so small and so shortly trained are no product, and 153 of the 176 candidates are below bicubic
(32.56 dB): there is hardly an order to be found, and no search can be judged by these tables."""


def write_report(path: Path, lines: list[dict], options: dict) -> str:
    """Markdown to ``path``, plots beside it; returns the text."""
    proxy = {line["genotype"]: line for line in of_piece(lines, "proxy")}
    searches = of_piece(lines, "search")
    ranks = rank_rows(lines, proxy, options)
    parts = [head(options), *search_text(searches, proxy), *credit_text(searches, proxy, options)]
    parts += ["## Scores against longer training", RANKED, *rank_text(ranks, lines)]
    wide = {line["genotype"]: line for line in of_piece(lines, "proxy wide")}
    parts += ["### In a wider space", WIDER.format(wide_range())]
    parts += rank_text(rank_rows(lines, wide, options, WIDE, " wide"), lines, " wide")
    parts += [*cars_text(lines), *predictor_text(lines, proxy)]
    if searches:
        name = path.with_name("curves.png")
        draw_curves(name, all_curves(searches, proxy), BUDGET)
        parts.insert(2, f"![Best PSNR and hypervolume against evaluations]({name.name})")
    if any(row["longer"] is not None for row in ranks):
        name = path.with_name("ranks.png")
        draw_ranks(name, ranks, TITLES)
        parts.append(f"![Scores against longer training]({name.name})")
    text = "\n\n".join(parts) + "\n"
    path.write_text(text, encoding="utf-8")
    return text


def head(options: dict) -> str:
    costs = [multiply_adds(extreme) / 1e9 for extreme in extremes()]
    told = {name: options[name] for name in ("steps", "pictures")}
    told |= {name: options[name].name for name in ("data", "validation")}
    return HEAD.format(
        positions=SPACE.positions, active=SPACE.min_active, types=len(SPACE.words),
        width=SPACE.width, low=min(costs), high=max(costs), **TRAINING | told,
    )  # fmt: skip


def extremes() -> list[str]:
    """Uniform networks of the fewest and of all positions: the cheapest and the dearest are some
    of them, as widths between blocks are equal."""
    counts = (SPACE.min_active, SPACE.positions)
    return [",".join([word] * count) for word in SPACE.words for count in counts]


def all_curves(searches: Sequence[dict], proxy: dict) -> dict[str, list[dict]]:
    """Strategy -> curves of its seeds, cut to the evaluations that all have."""
    ordered = sorted(searches, key=lambda line: line["seed"])
    return {
        name: [figures.curves(line, proxy, BUDGET) for line in ordered if line["strategy"] == name]
        for name in STRATEGIES
    }


def search_text(searches: Sequence[dict], proxy: dict) -> list[str]:
    """Table of the strategies, and whether credits helped."""
    found = all_curves(searches, proxy)
    counts = sorted({len(line["genotypes"]) for line in searches}) or [0]
    last = counts[0]
    heads = ["strategy", "seeds", "evaluations", "best PSNR", f"best within {BUDGET} G"]
    heads += ["hypervolume half way", "hypervolume"]
    rows = []
    for name, runs in found.items():
        half = [run["volume"][last // 2 - 1] for run in runs]
        ends = [[run[key][last - 1] for run in runs] for key in ("best", "within", "volume")]
        rows.append(
            [name, str(len(runs)) if runs else "null", str(last) if runs else "null"]
            + [spread(ends[0]), spread(ends[1]), spread(half), spread(ends[2])]
        )
    text = f"Hypervolume: dB times G multiply-adds, reference 31 dB and 3 G. {len(proxy)} networks "
    text += f"were trained in {seconds(proxy.values())} s ({mean_seconds(proxy.values())} s each)."
    return ["## Strategies at equal evaluations", text, grid(heads, rows), *verdicts(found, last)]


def verdicts(found: dict[str, list[dict]], last: int) -> list[str]:
    """One sentence for each pair of strategies, from the numbers."""
    sentences = []
    for one, other in (("guided by credits", "uniform mutation"), ("uniform mutation", "random")):
        for key, words in (("volume", "hypervolume"), ("within", f"best PSNR within {BUDGET} G")):
            pairs = zip(found[one], found[other], strict=False)
            gaps = [a[key][last - 1] - b[key][last - 1] for a, b in pairs]
            sentences.append(verdict(one, other, words, gaps))
    return [" ".join(sentences)]


def verdict(one: str, other: str, words: str, gaps: Sequence[float]) -> str:
    """What the differences over seeds allow to say: twice their standard error is the bound."""
    if len(gaps) < 2:
        return f"{one.capitalize()} against {other}, {words}: too few seeds to say."
    mean, error = float(np.mean(gaps)), float(np.std(gaps, ddof=1) / np.sqrt(len(gaps)))
    better = sum(gap > 0 for gap in gaps)
    word = "no difference that these seeds could show"
    if abs(mean) > 2 * error:
        word = "better" if mean > 0 else "worse"
    return (
        f"{one.capitalize()} against {other}, {words}: {mean:+.3f} (standard error {error:.3f}), "
        f"higher for {better} of {len(gaps)} seeds: {word}."
    )


def credit_text(searches: Sequence[dict], proxy: dict, options: dict) -> list[str]:
    """What credits could know, and what they learnt."""
    guided = [line for line in searches if line["strategy"] == "guided by credits"]
    if not guided:
        return ["## What credits know", "null"]

    def psnr(text: str) -> float:
        return proxy[text]["psnr"]

    def size(text: str) -> float:
        return -proxy[text]["multiply_adds"] / 1e9

    truth, number = figures.cells(searches, psnr)
    rows = []
    for line in guided:
        values = figures.learnt_credit(line["seed"], proxy, options).values
        seen = ~np.isnan(values) & ~np.isnan(truth)
        mine = figures.cells([line], psnr)[1]
        rows.append(
            [str(line["seed"]), f"{int(seen.sum())} of {values.size}", f"{mine.mean():.1f}"]
            + [f"{(mine == 0).mean():.0%}", f"{figures.tau(values[seen], truth[seen]):.2f}"]
            + [f"{figures.tau(values[seen], figures.cells(searches, size)[0][seen]):.2f}"]
        )
    text = f"A cell is a type at a position. Over all {len(searches)} searches a cell was "
    text += f"evaluated {number.mean():.1f} times. A sum over cells explains "
    text += f"{figures.explained(searches, psnr):.0%} of the variance of PSNR, and "
    text += f"{figures.explained(searches, size):.0%} of that of multiply-adds, on networks that "
    text += (
        "it was not fitted to (below 0: worse than their mean): credits, one number a cell, can "
    )
    text += "know no more than such a sum. "
    text += "(With two objectives the merit that is credited is minus the rank of the front.)"
    heads = ["seed", "cells credited", "evaluations a cell", "cells without"]
    heads += ["tau, credit and mean PSNR of all", "tau, credit and cheapness"]
    return ["## What credits know", text, grid(heads, rows)]


RANKED = """Kendall's tau with the PSNR of longer training; networks drawn at random within four
strata of multiply-adds. Interval: bootstrap. *Within strata*: pairs of one stratum. *Size held
fixed*: Kendall's partial tau."""
WIDER = """The same with networks of 1 to 5 blocks (S, C) of width 16, {} G multiply-adds: nothing
is searched among them."""
TITLES = {"proxy": "proxy", "shared": "shared weights"}


def rank_rows(
    lines: list[dict], proxy: dict, options: dict, space: BlockSpace = SPACE, mark: str = ""
) -> list[dict]:
    """The stratified networks: their scores by all ways, None where that was not run."""
    longer = {line["genotype"]: line["psnr"] for line in of_piece(lines, f"long{mark}")}
    shared = next((line["psnr"] for line in of_piece(lines, f"supernet{mark}")), {})
    texts = stratified(argparse.Namespace(**options), space)
    each = -(-len(texts) // STRATA)
    return [
        {
            "genotype": text,
            "stratum": place // each,
            "giga": multiply_adds(text, space) / 1e9,
            "proxy": proxy.get(text, {}).get("psnr"),
            "longer": longer.get(text),
            "shared": shared.get(text),
        }
        for place, text in enumerate(texts)
    ]


def wide_range() -> str:
    """Multiply-adds of the wide space, G."""
    uniform = [",".join([word] * count) for word in WIDE.words for count in (1, WIDE.positions)]
    costs = [multiply_adds(text, WIDE) / 1e9 for text in uniform]
    return f"{min(costs):.2f} to {max(costs):.2f}"


def rank_text(rows: Sequence[dict], lines: list[dict], mark: str = "") -> list[str]:
    """Agreement of the cheap scores with longer training."""
    heads = ["network", "G multiply-adds", "proxy", f"{LONGER} times the steps", "shared weights"]
    keys = ("proxy", "longer", "shared")
    table = [
        [f"`{row['genotype']}`", f"{row['giga']:.2f}", *(number(row[key]) for key in keys)]
        for row in sorted(rows, key=lambda row: row["giga"])
    ]
    tau_heads = ["score", "networks", "tau", "95 % interval", "within strata", "size held fixed"]
    tau_heads += ["tau of size alone"]
    taus = [tau_row(rows, key) for key in TITLES]
    return [grid(tau_heads, taus), bar_text(rows, lines, mark), grid(heads, table)]


def scored(rows: Sequence[dict], key: str) -> list[dict]:
    return [row for row in rows if row[key] is not None and row["longer"] is not None]


def tau_row(rows: Sequence[dict], key: str) -> list[str]:
    """One score's agreement, nulls where fewer than four networks have it."""
    mine = scored(rows, key)
    if len(mine) < 4:
        return [TITLES[key], str(len(mine)), *["null"] * 5]
    score, truth, size, strata = (
        [row[name] for row in mine] for name in (key, "longer", "giga", "stratum")
    )
    low, high = figures.interval(figures.tau, score, truth)
    return [
        TITLES[key],
        str(len(mine)),
        f"{figures.tau(score, truth):.2f}",
        f"{low:.2f} to {high:.2f}",
        f"{figures.tau_within(score, truth, strata):.2f}",
        f"{figures.partial_tau(score, truth, size):.2f}",
        f"{figures.tau(size, truth):.2f}",
    ]


def bar_text(rows: Sequence[dict], lines: list[dict], mark: str = "") -> str:
    """Whether shared weights rank well enough."""
    mine = scored(rows, "shared")
    made = of_piece(lines, f"supernet{mark}")
    if len(mine) < 12 or not made:
        return f"Shared weights are to reach {BAR}: null (fewer than 12 networks so far)."
    found = figures.tau([row["shared"] for row in mine], [row["longer"] for row in mine])
    word = "reached" if found >= BAR else "missed"
    ends = [row["longer"] for row in mine]
    return (
        f"Shared weights are to reach {BAR}: {word}, with {found:.2f} on {len(mine)} networks, "
        f"after {made[0]['visits']} visits in {made[0]['cpu']:.0f} s. After the longer training "
        f"all networks lie within {max(ends) - min(ends):.2f} dB: so shortly trained, they hardly "
        "have an order to be found."
    )


def cars_text(lines: list[dict]) -> list[str]:
    """Fronts at equal time, all members trained stand-alone."""
    longer = {line["genotype"]: line["psnr"] for line in of_piece(lines, "long")}
    heads = ["seed", "search", "seconds", "members trained", "hypervolume", "best PSNR"]
    heads += [f"best within {BUDGET} G"]
    rows, fronts = [], {line["seed"]: line for line in of_piece(lines, "fronts")}
    for run in of_piece(lines, "cars"):
        for name, spent in (("plain", run["budget"]), ("cars", run["cpu"])):
            texts = fronts.get(run["seed"], {}).get(name, [])
            psnr, giga = [longer[t] for t in texts], [multiply_adds(t) / 1e9 for t in texts]
            within = [p for p, g in zip(psnr, giga, strict=True) if g <= BUDGET]
            volume = figures.volume(psnr, giga) if texts else None
            rows.append(
                [str(run["seed"]), name, f"{spent:.0f}", str(len(texts)) if texts else "null"]
                + [number(volume), number(max(psnr, default=None))]
                + [number(max(within, default=None))]
            )
    text = "*plain*: uniform mutation with proxies; *cars*: shared weights, protected survival, "
    text += "for the same seconds. At most five members of each front, trained alone for "
    text += f"{LONGER} times the proxy's steps. Speed-up to reach the same front: null (shared "
    text += "scores do not tell when a front was as good; one end is compared)."
    return ["## Continuous evolution at equal time", text, grid(heads, rows or [["null"] * 7])]


def predictor_text(lines: list[dict], proxy: dict) -> list[str]:
    """Held-out ranking by size of the training part, and evaluations with the screen."""
    mine = of_piece(lines, "predictor")
    newest = max((line["archive"] for line in mine), default=0)
    mine = [line for line in mine if line["archive"] == newest]
    heads = ["learned from", "ranked", "splits", "tau", "tau of cheapness alone"]
    rows = [
        [str(size), str(newest - size), str(len(part))]
        + [spread([line[key] for line in part], 2) for key in ("tau", "size_tau")]
        for size in sorted({line["size"] for line in mine if line["size"]})
        if (part := [line for line in mine if line["size"] == size])
    ]
    parts = ["## A predictor learned from the archive", grid(heads, rows or [["null"] * 5])]
    spent = [line["evaluations"] for line in mine if line["size"] is None]
    if spent:
        quality = np.array([line["psnr"] for line in list(proxy.values())[:newest]])
        chosen = sum(evaluations > FEWEST_LABELS for evaluations in spent)
        parts.append(
            f"Evaluations until one of the best {BEST:.0%} of {newest} networks is met: "
            f"{spread(spent, 1)} with the screen ({len(spent)} orders), "
            f"{without_screen(quality):.1f} on average without. The first {FEWEST_LABELS} are "
            f"random in both; in {chosen} of {len(spent)} orders the screen chose the one met."
        )
    return parts


def grid(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def number(value: float | None) -> str:
    return "null" if value is None else f"{value:.3f}"


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Mean and, from two values on, deviation."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return "null"
    deviation = f" ({np.std(known, ddof=1):.{digits}f})" if len(known) > 1 else ""
    return f"{np.mean(known):.{digits}f}{deviation}"


def seconds(lines) -> str:
    return f"{sum(line['cpu'] for line in lines):,.0f}"


def mean_seconds(lines) -> str:
    values = [line["cpu"] for line in lines]
    return f"{np.mean(values):.1f}" if values else "null"
