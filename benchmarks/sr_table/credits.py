"""Block credits against variation without them, on the table: the package's own search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.sr_table.gains import gain, noise_in, of_piece
from benchmarks.sr_table.table_space import Table, TableSpace
from benchmarks.studies.search_tables.study import STRATEGIES, Section, spread
from sr_app.search.evolution import evolve
from sr_app.search.strategy import Strategy

GENERATIONS = 5
SHARE = 14
"""A population is one part of so many of the table: six of them are 43 % of it."""
GUIDED, RANDOM = "guided by credits", "random"
CONTROLS = tuple(name for name in STRATEGIES if name != GUIDED)


def population(table: Table) -> int:
    return max(4, len(table) // SHARE)


def evaluated(table: Table, strategy: Strategy, seed: int, objectives: int) -> list[int]:
    """Rows in the order in which a search scores them, by PSNR alone or by PSNR and cost."""
    rows: list[int] = []
    size = population(table)
    evolve(
        TableSpace(list(table.rows)),
        lambda networks: table.objectives(networks)[:, :objectives],
        objectives=("quality", table.cost_name)[:objectives],
        seed=seed,
        generations=GENERATIONS,
        population=size,
        strategy=strategy,
        survival="best" if objectives == 1 else "non_dominated",
        watch=lambda record, seconds: rows.append(table.rows[record.genotype]),
    )
    return rows


def measure(table: Table, seeds: int) -> Iterator[dict]:
    """One line for each strategy and seed: best and hypervolume after each generation."""
    ends = population(table) * np.arange(1, GENERATIONS + 2)
    for name, strategy in STRATEGIES.items():
        for seed in range(seeds):
            alone = table.psnr[evaluated(table, strategy, seed, 1)]
            both = evaluated(table, strategy, seed, 2)
            yield {
                "piece": "credits",
                "strategy": name,
                "seed": seed,
                "evaluations": ends.tolist(),
                "best": [round(float(alone[:end].max()), 4) for end in ends],
                "volume": [round(table.volume(both[:end]), 5) for end in ends],
            }


def curves(lines: Sequence[dict], key: str) -> dict[str, np.ndarray]:
    """Strategy -> (seeds, generations + 1)."""
    return {name: of_piece(lines, "credits", key, strategy=name) for name in STRATEGIES}


def section(table: Table, lines: Sequence[dict]) -> Section:
    """Strategies at equal evaluations, and by how much credits are ahead."""
    best, volume = curves(lines, "best"), curves(lines, "volume")
    half, ends = GENERATIONS // 2, next(line for line in lines if line["piece"] == "credits")
    rows = [
        (
            name,
            spread(best[name][:, half], 3),
            spread(best[name][:, -1], 3),
            spread(volume[name][:, half], 3),
            spread(volume[name][:, -1], 3),
        )
        for name in STRATEGIES
    ]
    gains = [
        f"- Credits less *{name}*: hypervolume {gain(volume[GUIDED] - volume[name])}; "
        f"best found, dB {gain(best[GUIDED] - best[name], noise_in(lines))}."
        for name in CONTROLS
    ]
    counts = ends["evaluations"]
    text = (
        f"{len(best[RANDOM])} seeds; all strategies begin alike. A changed network is brought back "
        "to the nearest of the table. Best found: one objective, PSNR in dB; the best of all is "
        f"{table.psnr.max():.3f}. Hypervolume: PSNR and {table.cost_name}, of all that was "
        "evaluated, as a share of that of the whole table. Seed by seed, mean over the "
        "generations after the first, with its standard error:\n\n" + "\n".join(gains)
    )
    head = tuple(f"{what} after {count}" for what in ("best", "hypervolume") for count in counts)
    heads = [head[half], head[GENERATIONS], head[GENERATIONS + 1 + half], head[-1]]
    return Section("Credits", text, ("children", *heads), rows)
