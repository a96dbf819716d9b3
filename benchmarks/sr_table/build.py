"""The table of trained super-resolution networks: train, repeat some, collect, time.

    sr-app search search_table_x2                  # draws and trains (hours; resumable)
    python benchmarks/sr_table/build.py seeds      # trains all with two further seeds
    python benchmarks/sr_table/build.py            # collects what is there into table.csv
    python benchmarks/sr_table/build.py time       # times what has no time yet, on a quiet core: a
                                                   # time that other work has disturbed is not kept
    python benchmarks/sr_table/build.py shared     # trains weights that all networks share, and
                                                   # scores the table with them: shared.csv
    python benchmarks/sr_table/study.py            # what follows, and README.md: from it alone

Run from the top folder. Each goes on after a kill; all but `time` may run beside other work, and
collecting beside the trainings. Rows of table.csv that this machine did not train stay. The archive
of the search is kept in `archive`: copy it to `runs/search_table_x2` to go on on another machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.sr_table import shared  # noqa: E402
from benchmarks.sr_table.table_space import RECIPE  # noqa: E402
from sr_app.networks.counting import count  # noqa: E402
from sr_app.networks.genotype import Genotype  # noqa: E402
from sr_app.recipes.schema import read_recipe  # noqa: E402
from sr_app.recipes.searches import SearchRecipe  # noqa: E402
from sr_app.recipes.sections import given  # noqa: E402
from sr_app.search.archive import genotype_in, read_archive  # noqa: E402
from sr_app.search.table import Trained, read_trainings, write_trainings  # noqa: E402
from sr_app.training.curve import read_curve  # noqa: E402

SEEDS = (1, 2)
"""Further ones, beside the search's own."""
QUIET = 0.05
"""Half of the quartile range of a time, as a share of it, above which it is not kept."""

Rows = dict[tuple[str, int], Trained]


def known(table: Path) -> Rows:
    """Rows of a table by network and seed; none without a file."""
    rows = read_trainings(table) if table.is_file() else []
    return {(row.network, row.seed): row for row in rows}


def drawn(recipe: SearchRecipe, runs: Path) -> list[Genotype]:
    """Networks whose training has ended, in the order of the search."""
    facts, records = read_archive(runs / recipe.name)
    return [genotype_in(facts["space"], record.genotype) for record in records]


def place(recipe: SearchRecipe, runs: Path, seed: int) -> Path:
    """Folder of the trainings of a seed: the search's own, or one inside it."""
    folder = runs / recipe.name
    return folder if seed == recipe.evolution.seed else folder / f"seed{seed}"


def collect(recipe: SearchRecipe, runs: Path, table: Path) -> None:
    """Rows of all trainings that have ended, and a copy of the archive; times stay."""
    from sr_app.search.proxy import name_of

    rows, steps = known(table), given(recipe.proxy).steps
    times = {row.network: row.time for row in rows.values() if row.time is not None}
    for genotype in drawn(recipe, runs):
        name, costs = str(genotype), count(genotype, recipe.space.scale)
        for seed in (recipe.evolution.seed, *SEEDS):
            folder = place(recipe, runs, seed) / "candidates" / name_of(genotype)
            curve = tuple((int(row["step"]), row["val_psnr"]) for row in read_curve(folder))
            if curve and curve[-1][0] == steps:
                rows[name, seed] = Trained(name, *costs, times.get(name), seed, curve)
    if rows:
        write_trainings(table, rows.values())
    kept = table.parent / "archive"
    kept.mkdir(exist_ok=True)
    for path in (runs / recipe.name).glob("*.jsonl"):
        shutil.copy(path, kept)
    print(f"{len(rows)} trainings in {table}")


def repeat(recipe: SearchRecipe, runs: Path, table: Path) -> None:
    """Train all with further seeds."""
    from sr_app.jobs.search_score import proxy_score

    for seed in SEEDS:
        chosen = drawn(recipe, runs)
        proxy = proxy_score(recipe, place(recipe, runs, seed))
        proxy = replace(proxy, schedule=replace(proxy.schedule, seed=seed))
        for number, genotype in enumerate(chosen, 1):
            psnr = proxy.train(genotype)
            print(f"{number} of {len(chosen)}, seed {seed}: {psnr:.3f} dB {genotype}", flush=True)


def time_all(recipe: SearchRecipe, runs: Path, table: Path) -> None:
    """Time the networks that have no time yet, each in turns with the reference.

    A time that is not known well is not kept: other work ran beside it.
    """
    from sr_app.jobs.search import noise_of_time
    from sr_app.search.latency import Latency

    rows, space = known(table), recipe.space.model_dump()
    latency = Latency(scale=recipe.space.scale, **recipe.latency.model_dump())
    left = sorted({row.network for row in rows.values() if row.time is None})
    print(noise_of_time(latency), flush=True)
    for number, name in enumerate(left, 1):
        timing = latency.measure(genotype_in(space, name))
        quiet = timing.noise <= QUIET * timing.ratio
        if quiet:
            of_it = [key for key in rows if key[0] == name]
            rows |= {key: replace(rows[key], time=round(timing.ratio, 4)) for key in of_it}
            write_trainings(table, rows.values())
        said = f"{timing.ratio:.4f} +- {timing.noise:.4f} {name}{'' if quiet else ': not kept'}"
        print(f"{number} of {len(left)}: {said}", flush=True)


PIECES = {"collect": collect, "seeds": repeat, "time": time_all, "shared": shared.train}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=PIECES, default="collect")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--table", type=Path, default=HERE / "table.csv")
    options = parser.parse_args()
    recipe = read_recipe(RECIPE, options.settings, SearchRecipe)
    PIECES[options.what](recipe, options.runs, options.table)


if __name__ == "__main__":
    main()
