"""Weights that all networks share, as CARS has them: their order against that of the table.

One supernet of the table's space is visited by networks drawn uniformly, each for `VISIT` steps,
and every network of the table is scored with it at `POINTS`. Scores are rows of shared.csv (CC0).
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import kendalltau

from benchmarks.sr_table.gains import gain, of_piece
from benchmarks.sr_table.table_space import Table
from benchmarks.studies.search_tables.study import UNIFORM, Section, spread
from sr_app.files.replacement import write_whole
from sr_app.recipes.searches import SearchRecipe
from sr_app.recipes.sections import given
from sr_app.search.pareto import non_dominated

if TYPE_CHECKING:
    from sr_app.search.supernet import Supernet

VISIT, RATE = 20, 2e-3
POINTS = (300, 600, 1200)
"""Visits: 1,200 are the steps of 10 trainings of the table."""
SEEDS = 3
HEADS = ("seed", "visits", "network", "psnr")
SHARED, EVOLVED = "shared weights", "evolution"
EVOLUTIONS = 30
"""Whose mean shared weights are compared with."""

Scores = dict[tuple[int, int], dict[str, float]]
"""(seed, visits) -> network -> PSNR in dB."""


def train(recipe: SearchRecipe, runs: Path, table: Path) -> None:
    """Visit, and score all networks of the table at every point; goes on after a kill."""
    from sr_app.search.archive import genotype_in
    from sr_app.search.supernet import load_arrays
    from sr_app.search.table import read_trainings

    networks = sorted({row.network for row in read_trainings(table)})
    path, space = table.with_name("shared.csv"), recipe.space.model_dump()
    for seed in range(SEEDS):
        score = supernet(recipe, runs, seed)
        score.folder.mkdir(parents=True, exist_ok=True)
        for number, visits in enumerate(POINTS):
            scores, began = read_scores(path), time.process_time()
            if scores.get((seed, visits), {}).keys() >= set(networks):
                continue
            if score.latest() < number:
                before = score.path(number - 1)
                arrays = load_arrays(before) if number else score.shared().begun
                score.train(arrays, drawn(score, number), number)
            shared, trained = score.shared(), time.process_time()
            shared.take(load_arrays(score.path(number)))
            found = {
                name: round(score.quality(shared, genotype_in(space, name)), 4) for name in networks
            }
            write_scores(path, {**scores, (seed, visits): found})
            spent = trained - began, time.process_time() - trained
            print(f"seed {seed}, {visits} visits: {spent[0]:.0f} s, scores {spent[1]:.0f} s")


def supernet(recipe: SearchRecipe, runs: Path, seed: int) -> Supernet:
    """Of the table's space, its pictures, its batches and its loss."""
    from sr_app.jobs.search_score import recipe_space, score_facts
    from sr_app.search.supernet import Supernet
    from sr_app.training.schedule import Schedule

    section = given(recipe.proxy)
    facts = {
        name: value for name, value in score_facts(recipe).items() if name in ("sources", "cache")
    }
    return Supernet(
        space=recipe_space(recipe),
        folder=runs / recipe.name / f"shared{seed}",
        schedule=Schedule(
            VISIT, epoch=VISIT, learning_rate=RATE, gradient_clip=section.gradient_clip, seed=seed,
            jit=False,
        ),
        batches=section.batches(),
        **section.model_dump(include={"validation", "pictures", "loss"}),
        **facts,
    )  # fmt: skip


def drawn(score: Supernet, number: int) -> list:
    """The networks that are visited before a point, after the one before."""
    rng = np.random.default_rng((score.schedule.seed, number))
    count = POINTS[number] - (POINTS[number - 1] if number else 0)
    return [score.space.genotype(score.space.sample(rng)) for _ in range(count)]


def read_scores(path: Path) -> Scores:
    """All scores of a file; none without it."""
    found: Scores = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = int(row["seed"]), int(row["visits"])
                found.setdefault(place, {})[row["network"]] = float(row["psnr"])
    return found


def write_scores(path: Path, scores: Scores) -> None:
    """A file for `read_scores`."""
    lines = [",".join(HEADS)]
    for (seed, visits), found in sorted(scores.items()):
        lines += [f'{seed},{visits},"{name}",{psnr}' for name, psnr in sorted(found.items())]
    write_whole(path, ("\n".join(lines) + "\n").encode())


def measure(table: Table, scores: Scores) -> Iterator[dict]:
    """One line for each seed and point where all networks of the table are scored.

    Kendall's tau with the PSNR of the table; and, as shares of the table's hypervolume, that of
    the front by shared weights, that of the front by multiply-adds in their place, and that of
    evolution after as many trainings as the visits and the training of the first front make.
    """
    from benchmarks.sr_table.credits import evaluated

    sizes = np.array([row.multiply_adds for row in table.trainings], float)
    by_size = non_dominated(np.column_stack([-sizes, table.cost]))
    paths = [evaluated(table, UNIFORM, seed, 2) for seed in range(EVOLUTIONS)]
    for (seed, visits), found in sorted(scores.items()):
        if found.keys() < set(table.rows):
            continue
        psnr = np.array([found[name] for name in table.rows])
        front = non_dominated(np.column_stack([-psnr, table.cost]))
        trainings = round(visits * VISIT / table.steps[-1])
        spent = trainings + len(front)
        evolved = [table.volume(path[:spent]) for path in paths]
        yield {
            "piece": "shared",
            "seed": seed,
            "visits": visits,
            "trainings": trainings,
            "front": len(front),
            "tau": round(float(kendalltau(psnr, table.psnr).statistic), 4),
            "volume": round(table.volume(front), 5),
            "evolved": round(float(np.mean(evolved)), 5),
            "front_by_size": len(by_size),
            "by_size": round(table.volume(by_size), 5),
        }


def points(lines: Sequence[dict]) -> list[int]:
    """Visits after which all networks were scored."""
    return sorted({line["visits"] for line in lines if line["piece"] == "shared"})


def section(table: Table, lines: Sequence[dict]) -> Section:
    """Order and front by shared weights, after so many visits."""
    counts = points(lines)
    values = {
        key: [of_piece(lines, "shared", key, visits=visits) for visits in counts]
        for key in ("tau", "trainings", "front", "volume", "evolved")
    }
    rows = [
        (
            f"{visits:,}",
            f"{trainings[0]}",
            spread(tau, 3),
            f"{front.mean():.0f}",
            spread(volume, 3),
            f"{evolved.mean():.3f}",
        )
        for visits, tau, trainings, front, volume, evolved in zip(
            counts, *values.values(), strict=True
        )
    ]
    ours = values["volume"][-1]
    by_size = of_piece(lines, "shared", "by_size", visits=counts[-1])
    number = of_piece(lines, "shared", "front_by_size", visits=counts[-1])[0]
    size = kendalltau([row.parameters for row in table.trainings], table.psnr).statistic
    text = (
        f"{len(values['tau'][0])} seeds. One supernet of the space, visited by networks drawn "
        f"uniformly, {VISIT} steps each, with the batches, the loss and the bound on the gradient "
        f"of the table's trainings and a rate of {RATE:g}; then all {len(table)} networks are "
        "scored with the weights they share. *As trainings*: the steps of the visits as a number "
        "of the table's trainings. *Front by shared weights*: networks that no other is above in "
        "this score and below in cost; its hypervolume is that of their own trainings, as a share "
        "of the table's. *Evolution*: the share of uniform mutation after as many trainings as the "
        f"visits and the front's own make, mean of {EVOLUTIONS} searches. Kendall's tau of the "
        f"parameters is {size:.3f}: what shared weights know has to be above that.\n\n"
        f"- Shared weights less evolution, hypervolume after {counts[-1]:,} visits: "
        f"{gain(ours - values['evolved'][-1])}.\n"
        f"- Shared weights less multiply-adds: {gain(ours - by_size)}. The front by "
        f"multiply-adds in place of a score, {number} networks, has {by_size[0]:.3f} of the "
        "hypervolume and needs no training but its own: what the front by shared weights is ahead "
        "of evolution by, it has without them."
    )
    head = (
        "visits", "as trainings", "tau", "networks of the front", SHARED, EVOLVED,
    )  # fmt: skip
    return Section("Weights that all share", text, head, rows)


def curves(lines: Sequence[dict]) -> dict[str, np.ndarray]:
    """(seeds, points) of the hypervolumes."""
    return {
        name: np.array([of_piece(lines, "shared", key, visits=count) for count in points(lines)]).T
        for name, key in ((SHARED, "volume"), (EVOLVED, "evolved"))
    }
