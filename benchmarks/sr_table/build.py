"""The table of trained super-resolution networks: collect the trainings, repeat some, report.

    sr-app search search_table_x2                  # draws, trains and times (hours; resumable)
    python benchmarks/sr_table/build.py            # collects what is there into table.csv
    python benchmarks/sr_table/build.py seeds      # trains 24 of them with two further seeds
    python benchmarks/sr_table/build.py report     # writes README.md from table.csv alone

Run from the top folder. Rows of table.csv that this machine did not train stay. The archive of the
search is kept in `archive`: copy it to `runs/search_table_x2` to go on on another machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import replace
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
from scipy.stats import kendalltau  # noqa: E402

from sr_app.networks.counting import count  # noqa: E402
from sr_app.recipes.schema import read_recipe  # noqa: E402
from sr_app.recipes.searches import SearchRecipe  # noqa: E402
from sr_app.search.archive import genotype_in, read_archive  # noqa: E402
from sr_app.search.table import Trained, read_trainings, write_trainings  # noqa: E402
from sr_app.training.curve import read_curve  # noqa: E402

RECIPE = "search_table_x2"
TABLE, KEPT = HERE / "table.csv", HERE / "archive"
REPEATED, SEEDS = 24, (1, 2)


def known() -> dict[tuple[str, int], Trained]:
    """Rows of the table by network and seed."""
    rows = read_trainings(TABLE) if TABLE.is_file() else []
    return {(row.network, row.seed): row for row in rows}


def keep(rows: dict[tuple[str, int], Trained]) -> None:
    if rows:
        write_trainings(TABLE, rows.values())


def points(folder: Path) -> tuple[tuple[int, float], ...]:
    """The curve of a training's folder."""
    return tuple((int(row["step"]), row["val_psnr"]) for row in read_curve(folder))


def collect(runs: Path) -> None:
    """Rows of seed 0 from the search's archive and the curves of its candidates."""
    from sr_app.search.proxy import name_of

    folder, recipe = runs / RECIPE, read_recipe(RECIPE, [], SearchRecipe)
    facts, records = read_archive(folder)
    rows, steps = known(), recipe.proxy.steps
    for record in records:
        genotype = genotype_in(facts["space"], record.genotype)
        curve = points(folder / "candidates" / name_of(genotype))
        if curve and curve[-1][0] == steps:
            costs = count(genotype, recipe.space.scale)
            time = round(record.objectives[1], 4)
            rows[str(genotype), 0] = Trained(str(genotype), *costs, time, 0, curve)
    keep(rows)
    KEPT.mkdir(exist_ok=True)
    for path in folder.glob("*.jsonl"):
        shutil.copy(path, KEPT)
    print(f"{len(rows)} trainings in {TABLE}")


def repeat(runs: Path) -> None:
    """Train networks spread evenly over the parameters with further seeds."""
    from sr_app.jobs.search_score import proxy_score, recipe_space
    from sr_app.search.proxy import name_of

    recipe, rows = read_recipe(RECIPE, [], SearchRecipe), known()
    space = recipe_space(recipe)
    first = sorted((row for row in rows.values() if row.seed == 0), key=lambda row: row.parameters)
    chosen = [first[i] for i in np.linspace(0, len(first) - 1, REPEATED).round().astype(int)]
    for seed in SEEDS:
        proxy = proxy_score(recipe, runs / RECIPE / f"seed{seed}")
        proxy = replace(proxy, schedule=replace(proxy.schedule, seed=seed))
        for row in chosen:
            if (row.network, seed) not in rows:
                genotype = genotype_in(space.describe(), row.network)
                proxy([genotype])
                curve = points(proxy.folder / name_of(genotype))
                rows[row.network, seed] = replace(row, seed=seed, curve=curve)
                keep(rows)
                print(row.network, seed, curve[-1], flush=True)


def report(rows: list[Trained]) -> str:
    """README.md: noise first, then spread, then how early the order is known."""
    first = [row for row in rows if row.seed == 0]
    steps = [step for step, _ in first[0].curve]
    last = np.array([row.psnr() for row in first])
    by_network = groupby(sorted(rows, key=lambda row: row.network), key=lambda row: row.network)
    groups = [[row.psnr() for row in group] for _, group in by_network]
    repeated = [group for group in groups if len(group) > 1]
    noise = np.sqrt(np.mean([np.var(group, ddof=1) for group in repeated])) if repeated else None
    ranks = [
        f"| {step} | {kendalltau([row.psnr(step) for row in first], last).statistic:.3f} |"
        for step in steps[:-1]
    ]
    costs = {
        "parameters": [row.parameters for row in first],
        "multiply-adds": [row.multiply_adds for row in first],
        "time": [row.time for row in first],
    }
    others = [
        f"| {name} | {kendalltau(cost, last).statistic:.3f} |" for name, cost in costs.items()
    ]
    spread = (
        f"standard deviation {last.std(ddof=1):.3f} dB, {last.min():.2f} to {last.max():.2f} dB"
    )
    return "\n".join(
        [
            "# A table of trained super-resolution networks",
            "",
            f"{len(first)} networks at x2, each trained alone for {steps[-1]} steps of one",
            "schedule (`sr_app/recipes/search_table_x2.toml`), validation PSNR on the first 8",
            "pictures of Kodak24 kept at five points. [table.csv](table.csv) is CC0;",
            "`sr_app.search.table.read_trainings` reads it; `build.py` says how it was made.",
            "",
            f"- Noise: {noise:.3f} dB, the pooled standard deviation of {len(repeated)} networks"
            " trained with several seeds."
            if noise is not None
            else "- Noise: null, no network has been trained with several seeds yet.",
            f"- Spread: {spread}"
            + (f", {last.std(ddof=1) / noise:.1f} times the noise." if noise else "."),
            "",
            "Kendall's tau with the PSNR at the end:",
            "",
            "| after steps, or by cost | tau |",
            "|---|---|",
            *ranks,
            *others,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "what", nargs="?", choices=("collect", "seeds", "report"), default="collect"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    options = parser.parse_args()
    if options.what == "report":
        (HERE / "README.md").write_text(report(read_trainings(TABLE)))
    else:
        (collect if options.what == "collect" else repeat)(options.runs)


if __name__ == "__main__":
    main()
