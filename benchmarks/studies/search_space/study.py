"""How even the search's sampling and repair are: `study.py --out PNG`.

The published window of 315K to 325K parameters holds 0.8 % of the uniform networks. Shares of
block settings among all active blocks, and the number of blocks, in networks that were

    rejected    drawn uniformly until they lay inside: what sampling should look like
    sampled     made by `BlockSpace.sample`, which starts evolution
    repaired    drawn uniformly, far outside, and moved inside by `BlockSpace.repair`
    children    repaired after a uniform mutation (a tenth of the genes) of sampled networks
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))

from sr_app.search.genome import Genome, make_genome  # noqa: E402
from sr_app.search.space import BlockSpace  # noqa: E402
from sr_app.search.variation import mutate  # noqa: E402

WINDOW = (315_000, 325_000)
SETTINGS = ("kind", "convolutions", "growth", "out")


def uniform(space: BlockSpace, rng: np.random.Generator) -> Genome:
    """Any number of active positions that is allowed, any types."""
    count = rng.integers(space.min_active, space.positions + 1)
    active = rng.permutation(space.positions) < count
    return make_genome(active, rng.integers(len(space.blocks), size=space.positions))


def draw_all(space: BlockSpace, tries: int, count: int) -> dict[str, list[Genome]]:
    """Networks of the four origins; prints the share that lies inside and the time of a sample."""
    rng = np.random.default_rng(0)
    drawn = [uniform(space, rng) for _ in range(tries)]
    inside = [genome for genome in drawn if space.excess(genome) == 0]
    print(f"{len(inside)} of {tries} uniform networks lie inside: {len(inside) / tries:.2%}")
    start = time.process_time()
    sampled = [space.sample(rng) for _ in range(count)]
    print(f"{(time.process_time() - start) / count * 1e3:.1f} ms a sample")
    children = [
        space.repair(mutate(genome, rng, types=len(space.blocks), rate=0.1), rng)
        for genome in sampled
    ]
    repaired = [space.repair(genome, rng) for genome in drawn[:count]]
    return {"rejected": inside, "sampled": sampled, "repaired": repaired, "children": children}


def shares(space: BlockSpace, genomes: list[Genome], setting: str) -> dict:
    """Share of each value of a setting among all active blocks; of each number of blocks."""
    if setting == "blocks":
        values = Counter(sum(genome.active) for genome in genomes)
    else:
        blocks = (block for genome in genomes for block in space.genotype(genome).blocks)
        values = Counter(getattr(block, setting) for block in blocks)
    return {value: number / values.total() for value, number in sorted(values.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="plot to write")
    parser.add_argument("--tries", type=int, default=40_000)
    arguments = parser.parse_args()
    space = BlockSpace(parameters=WINDOW)
    origins = draw_all(space, arguments.tries, 400)
    table = {
        setting: {name: shares(space, genomes, setting) for name, genomes in origins.items()}
        for setting in (*SETTINGS, "blocks")
    }
    for setting, rows in table.items():
        for name, row in rows.items():
            figures = "  ".join(f"{value}: {share:.3f}" for value, share in row.items())
            print(f"{setting:13}{name:10}{figures}")
    if arguments.out:
        plot(table, arguments.out)


def plot(table: dict[str, dict[str, dict]], path: Path) -> None:
    """A group of bars for each value of each setting."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.6), layout="constrained")
    for axes, (setting, rows) in zip(figure.subplots(1, len(table)), table.items(), strict=True):
        values = sorted({value for row in rows.values() for value in row}, key=str)
        values = sorted(values) if not isinstance(values[0], str) else values
        for i, (name, row) in enumerate(rows.items()):
            places = np.arange(len(values)) + (i - 1.5) * 0.2
            axes.bar(places, [row.get(value, 0) for value in values], 0.2, label=name)
        axes.set_xticks(range(len(values)), [str(value) for value in values])
        axes.set_title(setting)
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
