"""What the table of trained networks decides: noise, credits, predictor, survival, shared weights.

    study.py                      whatever has no result yet, then README.md and the plots
    study.py noise credits        these pieces alone

Nothing is trained but the predictors: a search costs look-ups. Results are lines of lines.jsonl,
those of another table are left out and measured anew. `build.py` makes the table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.sr_table import credits, noise, ranking, shared, survival  # noqa: E402
from benchmarks.sr_table.table_space import Table  # noqa: E402
from benchmarks.studies.kept_lines import append, read_lines  # noqa: E402
from benchmarks.studies.search_tables.study import draw  # noqa: E402
from sr_app.search.table import Trained, mean_trainings, read_trainings  # noqa: E402

PIECES = ("noise", "credits", "survival", "ranking", "shared")
RENEWED = ("noise", "shared")
"""Measured at every call, in seconds: more seeds may have come."""
FEWEST = 32
"""Networks without which no search is simulated."""


def read_table(path: Path) -> tuple[Table, list[Trained]]:
    """Means of the seeds that all networks have, and the trainings of all seeds.

    Raises:
        SystemExit: where there are too few.
    """
    rows = read_trainings(path) if path.is_file() else []
    means, seeds = mean_trainings(rows)
    if len(means) < FEWEST:
        raise SystemExit(
            f"Expected at least {FEWEST} trained networks in {path}. Received: {len(means)}. "
            "Train some (see build.py)"
        )
    return Table(tuple(means), len(seeds)), rows


def measured(what: str, table: Table, rows: list[Trained], seeds: int, done: list) -> Iterator:
    """Lines of a piece that are missing; of the noise, all."""
    if what == "noise":
        return noise.measure(table, rows)
    if what == "ranking":
        return ranking.measure(table, seeds, done)
    module = {"credits": credits, "survival": survival}[what]
    counted = len({line["seed"] for line in done if line["piece"] == what})
    return iter(()) if counted >= seeds else module.measure(table, seeds)


def run(options: argparse.Namespace) -> str:
    """Measure what is missing, keep it, and return the page."""
    table, rows = read_table(options.table)
    path = options.out / "lines.jsonl"
    done = [line for line in read_lines(path) if line.get("table") == table.digest]
    renewed = set(RENEWED) & set(options.pieces or PIECES)
    done = [line for line in done if line["piece"] not in renewed]
    options.out.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for line in done:
        append(path, line)
    scores = shared.read_scores(options.table.with_name("shared.csv"))
    for what in options.pieces or PIECES:
        start = time.process_time()
        if what == "shared":
            found = shared.measure(table, scores)
        else:
            found = measured(what, table, rows, options.seeds, done)
        for line in found:
            append(path, {"table": table.digest, **line})
        print(f"{what}: {time.process_time() - start:.1f} s of the processor", flush=True)
    page = report(table, read_lines(path), options.out)
    (options.out / "README.md").write_text(page, encoding="utf-8")
    return page


def report(table: Table, lines: list[dict], folder: Path) -> str:
    """README.md of what is measured, and its plots beside it."""
    found = {line["piece"] for line in lines}
    parts = [
        "# A table of trained super-resolution networks",
        "",
        f"{len(table)} networks at x2, each trained alone for {table.steps[-1]:,} steps of one",
        "schedule (`sr_app/recipes/search_table_x2.toml`), validation PSNR on the first 4 pictures",
        f"of Kodak24 kept at {len(table.steps)} points; below, the mean of {table.seeds} trainings",
        "of different seeds is a network's PSNR. [table.csv](table.csv) is CC0 and has every",
        "training; `sr_app.search.table.read_trainings` reads it; `build.py` says how it was made,",
        "and `study.py` writes this page.",
    ]
    if "noise" in found:
        parts += ["", noise.section(table, lines).markdown(), "![Networks](networks.png)"]
        noise.plot(table, lines, folder / "networks.png")
    if "credits" in found:
        ends = next(line for line in lines if line["piece"] == "credits")["evaluations"]
        parts += ["", credits.section(table, lines).markdown(), "![Credits](credits.png)"]
        volumes = credits.curves(lines, "volume")
        draw(folder / "credits.png", np.array(ends), volumes, "hypervolume, share of the table's")
    if "survival" in found:
        parts += ["", survival.section(table, lines).markdown(), "![Survival](survival.png)"]
        volumes = survival.curves(lines, "volume")
        draw(folder / "survival.png", np.array(table.steps), volumes, "hypervolume", "steps")
    if {"ranking", "screen"} <= found:
        parts += ["", ranking.section(table, lines).markdown(), "![Predictor](ranking.png)"]
        taus = ranking.curves(table, lines)
        axis = np.array(ranking.counts(table))
        draw(folder / "ranking.png", axis, taus, "Kendall's tau", "networks learned from")
    if "shared" in found:
        parts += ["", shared.section(table, lines).markdown(), "![Shared weights](shared.png)"]
        points = [line["visits"] for line in lines if line["piece"] == "shared"]
        draw(
            folder / "shared.png", np.unique(points), shared.curves(lines), "hypervolume", "visits"
        )
    parts += ["", noise.first_space(HERE / "first_space.csv").markdown().rstrip()]
    return "\n".join(parts) + "\n"


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pieces", nargs="*", choices=[*PIECES, []], help="all if none is named")
    parser.add_argument("--table", type=Path, default=HERE / "table.csv")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--out", type=Path, default=HERE, help="folder of lines, page and plots")
    return parser.parse_args(arguments)


def main() -> None:
    print(run(parse_arguments()))


if __name__ == "__main__":
    main()
