"""CARS' protected survival against plain sorting, with the table's real learning curves.

The population is scored again in every generation by the next point of each curve, as shared
weights that all networks train would; what is kept is judged by the end of the curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.sr_table.credits import population
from benchmarks.sr_table.gains import gain, noise_in, of_piece
from benchmarks.sr_table.table_space import Table, TableSpace
from benchmarks.studies.search_tables.study import UNIFORM, Section, spread
from sr_app.search.evolution import Generation, evolve

PLAIN = "non_dominated"
RULES = (PLAIN, "protected", "protected_large")


def kept(table: Table, survival: str, seed: int) -> list[list[int]]:
    """Rows of the population after every generation, one for each point of the curves."""
    populations: list[list[int]] = []

    def observe(generation: Generation) -> None:
        populations.append([table.rows[c.genotype] for c in generation.population])

    evolve(
        TableSpace(list(table.rows)),
        lambda networks: table.objectives(networks, len(populations)),
        objectives=("quality", table.cost_name),
        seed=seed,
        generations=len(table.steps) - 1,
        population=population(table),
        strategy=UNIFORM,
        survival=survival,
        rescore=True,
        observe=observe,
    )
    return populations


def measure(table: Table, seeds: int) -> Iterator[dict]:
    """One line for each rule and seed: the population's hypervolume, best PSNR and mean cost."""
    for rule in RULES:
        for seed in range(seeds):
            populations = kept(table, rule, seed)
            yield {
                "piece": "survival",
                "rule": rule,
                "seed": seed,
                "volume": [round(table.volume(rows), 5) for rows in populations],
                "best": [round(float(table.psnr[rows].max()), 4) for rows in populations],
                "cost": [round(float(table.cost[rows].mean()), 4) for rows in populations],
            }


def curves(lines: Sequence[dict], key: str) -> dict[str, np.ndarray]:
    """Rule -> (seeds, points)."""
    return {rule: of_piece(lines, "survival", key, rule=rule) for rule in RULES}


def section(table: Table, lines: Sequence[dict]) -> Section:
    """Rules of survival side by side."""
    cost, best, volume = (curves(lines, key) for key in ("cost", "best", "volume"))
    half = len(table.steps) // 2
    rows = [
        (
            rule,
            spread(cost[rule][:, half], 3),
            *(spread(values[rule][:, -1], 3) for values in (cost, best, volume)),
        )
        for rule in RULES
    ]
    gains = [
        f"- *{rule}* less plain sorting: hypervolume at the end "
        f"{gain((volume[rule] - volume[PLAIN])[:, -1])}; best PSNR, dB "
        f"{gain((best[rule] - best[PLAIN])[:, -1], noise_in(lines))}."
        for rule in RULES[1:]
    ]
    text = (
        f"{len(volume[PLAIN])} seeds. A generation lasts "
        f"{table.steps[-1] // len(table.steps)} steps: all are scored again by the next point of "
        "their learning curves, and what is kept is judged by the last one. `protected` is the "
        "rule of the CARS paper (speed of increase), `protected_large` that of its public code "
        f"(size). Cost: {table.cost_name}.\n\n" + "\n".join(gains)
    )
    head = ("survival", "mean cost half way", "at the end", "best PSNR", "hypervolume")
    return Section("Protected survival", text, head, rows)
