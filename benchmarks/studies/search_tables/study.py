"""The search's operators on published tables.

Networks that others trained, every one of a space, so that a search costs a look-up:
NAS-Bench-Macro (6,561 networks, three trainings each) and NAS-Bench-201 (15,625 cells, 12 epochs).
The tables are not part of the package; put them into a folder `nas` of $SR_APP_SHARED or of
../shared. Sections: front, best, protection, cells; name some to run only those.
`--out README.md` writes the tables as Markdown and the plots beside it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))

from sr_app.search.evolution import Generation, evolve  # noqa: E402
from sr_app.search.genome import Genome, make_genome  # noqa: E402
from sr_app.search.pareto import hypervolume  # noqa: E402
from sr_app.search.strategy import RANDOM, Strategy  # noqa: E402
from sr_app.search.survival import SURVIVALS  # noqa: E402

MACRO, CELLS = "nas-bench-macro_cifar10.json.xz", "nas-bench-201_12epoch.csv.xz"
OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
STAGES = ((16, 32), (32, 16), (64, 8))  # channels and side of NAS-Bench-201's three stages
CELLS_PER_STAGE = 5
REFERENCE = np.array([-80.0, 3.0])  # minus per cent, million parameters
SEEDS = 20
SIZE, GENERATIONS = 32, 10

UNIFORM = Strategy(guided=False, rate=0.2)
GUIDED = Strategy(guided=True, guided_rate=0.2, rate=0.05)
SEGMENT = Strategy(guided=False, rate=0.05, crosses="segment", chooses="roulette")
CARS = Strategy(mutation=0.25, crossover=0.25, guided=False, rate=0.5)
STRATEGIES = {
    "random": RANDOM,
    "uniform mutation": UNIFORM,
    "guided by credits": GUIDED,
    "segment, roulette": SEGMENT,
    "CARS' shares": CARS,
}


def folder() -> Path:
    """Where the tables lie."""
    return Path(os.environ.get("SR_APP_SHARED", REPOSITORY.parent / "shared")) / "nas"


@dataclass(frozen=True)
class TableSpace:
    """Words of a fixed length over a table's operations; a genotype is the tuple of indices."""

    positions: int
    words: tuple[str, ...]

    def sample(self, rng: np.random.Generator) -> Genome:
        types = rng.integers(len(self.words), size=self.positions)
        return make_genome([True] * self.positions, types)

    def repair(self, genome: Genome, rng: np.random.Generator) -> Genome:
        return make_genome([True] * self.positions, genome.types)

    def genotype(self, genome: Genome) -> tuple[int, ...]:
        return genome.types

    def describe(self) -> dict:
        return {"positions": self.positions, "words": list(self.words)}


MACRO_SPACE = TableSpace(8, ("identity", "MB3 3x3", "MB6 5x5"))
CELL_SPACE = TableSpace(6, OPERATIONS)


class Macro:
    """NAS-Bench-Macro: accuracies in per cent (three trainings and their mean), parameters in M."""

    def __init__(self, path: Path):
        with lzma.open(path) as file:
            table = json.load(file)
        self.index = {tuple(map(int, key)): i for i, key in enumerate(table)}
        self.trials = np.array([row["test_acc"] for row in table.values()])
        self.mean = self.trials.mean(1)
        self.parameters = np.array([row["params"] for row in table.values()]) / 1e6

    def rows(self, genotypes: Sequence[tuple[int, ...]]) -> np.ndarray:
        return np.array([self.index[genotype] for genotype in genotypes])

    def volume(self, rows: np.ndarray) -> float:
        """Hypervolume of (mean accuracy, parameters) of some networks."""
        return hypervolume(np.column_stack([-self.mean, self.parameters])[rows], REFERENCE)


class Cells:
    """NAS-Bench-201 after 12 epochs: validation and test accuracy on CIFAR-10, per cent."""

    def __init__(self, path: Path):
        with lzma.open(path, "rt") as file:
            parts = [line.split(",") for line in file.read().splitlines()[1:]]
        self.codes = np.array([read_cell(part[1]) for part in parts])
        self.test = np.array([float(part[2]) for part in parts])
        self.validation = np.array([float(part[3]) for part in parts])
        self.index = {tuple(code): i for i, code in enumerate(self.codes.tolist())}

    @cached_property
    def parameters(self) -> np.ndarray:
        """(n,) in million, of the cells' convolutions with their normalisations."""
        return np.array([cell_parameters(code) for code in self.codes]) / 1e6


def read_cell(text: str) -> tuple[int, ...]:
    """``|op~0|+|op~0|op~1|+...`` -> operation of the edges 0-1, 0-2, 1-2, 0-3, 1-3, 2-3."""
    parts = [part for node in text.split("+") for part in node.strip("|").split("|")]
    return tuple(OPERATIONS.index(part.split("~")[0]) for part in parts)


def cell_parameters(code: Sequence[int]) -> int:
    """Weights of all 15 cells: k*k*C*C + 2C for a convolution (Dong and Yang, ICLR 2020)."""
    areas = {OPERATIONS.index("nor_conv_1x1"): 1, OPERATIONS.index("nor_conv_3x3"): 9}
    return sum(
        CELLS_PER_STAGE * (areas[kind] * channels**2 + 2 * channels)
        for kind in code
        if kind in areas
        for channels, _ in STAGES
    )


@cache
def macro() -> Macro:
    return Macro(folder() / MACRO)


@cache
def cells() -> Cells:
    return Cells(folder() / CELLS)


def macro_front(strategy: Strategy, seed: int, survival: str = "non_dominated") -> list[float]:
    """Hypervolume of the population after every generation; a score is one training's accuracy."""
    table, volumes = macro(), []

    def score(genotypes):
        rows = table.rows(genotypes)
        trial = (rows + seed) % 3
        return np.column_stack([-table.trials[rows, trial], table.parameters[rows]])

    def observe(generation: Generation) -> None:
        rows = table.rows([c.genotype for c in generation.population])
        volumes.append(table.volume(rows))

    evolve(
        MACRO_SPACE, score, objectives=("-accuracy", "parameters"), seed=seed,
        generations=GENERATIONS, population=SIZE, strategy=strategy, survival=survival,
        observe=observe,
    )  # fmt: skip
    return volumes


def best_found(space, lookup: Callable, strategy: Strategy, seed: int) -> list[float]:
    """Best score after every generation: 16 to begin with, 8 kept, 8 children, 20 generations."""
    seen: list[float] = []

    def observe(generation: Generation) -> None:
        scores = [-c.objectives[0] for c in generation.scored]
        seen.append(max([*seen[-1:], *scores]))

    evolve(
        space, lookup, objectives=("-accuracy",), seed=seed, generations=20, population=8,
        strategy=strategy, survival="best", observe=observe,
    )  # fmt: skip
    return seen


def macro_accuracy(genotypes) -> np.ndarray:
    return -macro().mean[macro().rows(genotypes)][:, None]


def cell_accuracy(genotypes) -> np.ndarray:
    return -cells().validation[[cells().index[g] for g in genotypes]][:, None]


def protection(survival: str, seed: int, drift: float = 4.0) -> dict[str, float]:
    """A continuously trained population in which large networks rise late.

    Accuracy of generation g of G is that of one training, minus ``drift`` points per million
    parameters times (1 - g/G): what CARS calls the small model trap.
    """
    table, generation = macro(), iter(range(10**6))
    done = {"calls": 0, "number": 0}

    def score(genotypes):
        rows = table.rows(genotypes)
        late = drift * table.parameters[rows] * (1 - done["number"] / GENERATIONS)
        accuracy = table.trials[rows, next(generation) % 3] - late
        return np.column_stack([-accuracy, table.parameters[rows]])

    kept = []

    def observe(seen: Generation) -> None:
        done["number"] = seen.number + 1
        rows = table.rows([c.genotype for c in seen.population])
        kept.append(table.parameters[rows].mean())

    result = evolve(
        MACRO_SPACE, score, objectives=("-accuracy", "parameters"), seed=seed,
        generations=GENERATIONS, population=SIZE, strategy=UNIFORM, survival=survival,
        rescore=True, observe=observe,
    )  # fmt: skip
    rows = table.rows([c.genotype for c in result.population])
    return {
        "parameters half way": kept[GENERATIONS // 2],
        "parameters": kept[-1],
        "hypervolume": table.volume(rows),
        "best accuracy": float(table.mean[rows].max()),
    }


def cell_survival(survival: str, keep: int, seed: int) -> dict[str, float]:
    """Who is kept of 256 random cells by (validation accuracy after 12 epochs, parameters)."""
    table, rng = cells(), np.random.default_rng(seed)
    rows = rng.choice(len(table.codes), size=256, replace=False)
    objectives = np.column_stack([-table.validation, table.parameters])[rows]
    kept = rows[SURVIVALS[survival](objectives, keep)]
    truth = np.column_stack([-table.test, table.parameters])[kept]
    return {
        "parameters": float(table.parameters[kept].mean()),
        "hypervolume": hypervolume(truth, np.array([0.0, 1.6])),
        "best accuracy": float(table.test[kept].max()),
    }


@dataclass(frozen=True)
class Section:
    """A table of the report: heading, what it says, head, rows."""

    title: str
    text: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def markdown(self) -> str:
        lines = ["| " + " | ".join(row) + " |" for row in (self.head, *self.rows)]
        rule = "|" + "---|" * len(self.head)
        return "\n".join([f"## {self.title}", "", self.text, "", lines[0], rule, *lines[1:], ""])


def spread(values: Sequence[float] | np.ndarray, digits: int = 2) -> str:
    """Mean ± standard deviation."""
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


def front(plots: Path | None) -> Section:
    """Hypervolume of evolution and of random offspring at equal evaluations."""
    curves = {
        name: np.array([macro_front(strategy, seed) for seed in range(SEEDS)])
        for name, strategy in STRATEGIES.items()
    }
    if plots:
        axis = np.arange(GENERATIONS + 1) * SIZE + SIZE
        draw(plots / "front.png", axis, curves, "hypervolume of the population")
    oracle = macro().volume(np.arange(len(macro().mean)))
    rows = [
        (name, spread(c[:, 3]), spread(c[:, -1]), f"{(c[:, -1] > curves['random'][:, -1]).sum()}")
        for name, c in curves.items()
    ]
    evaluations = SIZE * (GENERATIONS + 1)
    return Section(
        "Fronts on NAS-Bench-Macro",
        f"Population {SIZE}, {GENERATIONS} generations: {evaluations} evaluations for every row, "
        f"{SEEDS} seeds. A score is the accuracy of one training; the hypervolume is of mean "
        f"accuracies, reference 80 % and 3M parameters. All 6,561 networks: {oracle:.2f}.",
        (
            "children",
            "after 128 evaluations",
            f"after {evaluations}",
            f"better than random, of {SEEDS} seeds",
        ),
        rows,
    )


def best(plots: Path | None) -> Section:
    """Best accuracy found by evolution and by random search at equal evaluations."""
    problems = {
        "NAS-Bench-Macro, mean accuracy": (MACRO_SPACE, macro_accuracy),
        "NAS-Bench-201, 12 epochs, validation": (CELL_SPACE, cell_accuracy),
    }
    rows = []
    for problem, (space, lookup) in problems.items():
        curves = {
            name: np.array([best_found(space, lookup, strategy, s) for s in range(SEEDS)])
            for name, strategy in STRATEGIES.items()
        }
        if plots:
            name = "macro" if space is MACRO_SPACE else "cells"
            draw(plots / f"best_{name}.png", np.arange(1, 22) * 8, curves, "best accuracy")
        rows += [(problem, n, spread(c[:, 8]), spread(c[:, -1])) for n, c in curves.items()]
    return Section(
        "Best network found",
        f"One objective, 8 survivors, 8 children, 168 evaluations for every row, {SEEDS} seeds. "
        f"Best of all: {macro().mean.max():.2f} and {cells().validation.max():.2f} %.",
        ("table", "children", "after 72 evaluations", "after 168"),
        rows,
    )


def protected(plots: Path | None) -> Section:
    """Rules of survival where large networks rise late."""
    rows = []
    for survival in ("non_dominated", "protected", "protected_large"):
        runs = [protection(survival, seed) for seed in range(SEEDS)]
        columns = [[run[key] for run in runs] for key in runs[0]]
        rows.append((survival, *(spread(column) for column in columns)))
    return Section(
        "Protected survival on NAS-Bench-Macro",
        "A population that is scored again in every generation, with a handicap of 4 points per "
        "million parameters that fades to nothing in generation 10 (the small model trap). "
        "`protected` is the rule of the CARS paper (speed of increase), `protected_large` that of "
        f"its public code (size). {SEEDS} seeds.",
        ("survival", "kept, M parameters, half way", "at the end", "hypervolume", "best accuracy"),
        rows,
    )


def kept_cells(plots: Path | None) -> Section:
    """Who is kept of random cells."""
    rows = []
    for keep in (16, 32, 64):
        for survival in ("non_dominated", "protected_large"):
            runs = [cell_survival(survival, keep, seed) for seed in range(2 * SEEDS)]
            columns = [[run[key] for run in runs] for key in runs[0]]
            rows.append((f"{keep}", survival, *(spread(column, 3) for column in columns)))
    return Section(
        "Survival among NAS-Bench-201 cells",
        "Kept of 256 random cells by validation accuracy after 12 epochs and parameters; "
        f"hypervolume and best accuracy are of test accuracies. {2 * SEEDS} draws.",
        ("kept", "survival", "mean M parameters", "hypervolume", "best accuracy"),
        rows,
    )


def draw(
    path: Path,
    axis: np.ndarray,
    curves: dict[str, np.ndarray],
    label: str,
    over: str = "evaluations",
) -> None:
    """Means with one standard deviation along an axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for name, values in curves.items():
        mean, deviation = values.mean(0), values.std(0)
        (line,) = axes.plot(axis, mean, label=name)
        axes.fill_between(
            axis, mean - deviation, mean + deviation, color=line.get_color(), alpha=0.15
        )
    axes.set(xlabel=over, ylabel=label)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110, metadata={"Software": None})


SECTIONS = {"front": front, "best": best, "protection": protected, "cells": kept_cells}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all if none is named")
    parser.add_argument("--out", type=Path, help="Markdown file to write; plots go beside it")
    arguments = parser.parse_args()
    if not (folder() / MACRO).is_file():
        print(f"skipped: no tables in {folder()}")
        return
    plots = arguments.out.parent if arguments.out else None
    parts = [
        "# The search's operators on published tables",
        "",
        "`study.py --out README.md`.",
    ]
    for name in arguments.sections or SECTIONS:
        parts += ["", SECTIONS[name](plots).markdown()]
        print(parts[-1], flush=True)
    if arguments.out:
        arguments.out.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
