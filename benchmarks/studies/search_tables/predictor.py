"""The ranking predictor on NAS-Bench-201: `predictor.py --budget short`.

Learns from n cells' validation accuracy after 12 epochs and ranks all others by it; Kendall's tau
is with their test accuracy. Rows: the pairwise ranking loss and squared error, the published
ordinal encoding and one-hot types. `--budget full` learns and ranks the accuracies of full
trainings, where the development package analog-nasbench is installed (it has one accuracy for each
cell, so labels and truth are of one training). `--out FILE.md` writes the table.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.search_tables.study import (  # noqa: E402  # noqa: E402
    CELLS,
    CELLS_PER_STAGE,
    OPERATIONS,
    STAGES,
    cells,
    folder,
    spread,
)
from sr_app.search.features import graph_tensor  # noqa: E402

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
AREAS = {OPERATIONS.index("nor_conv_1x1"): 1, OPERATIONS.index("nor_conv_3x3"): 9}
FULL_OPERATIONS = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3")
FULL_EDGES = (0, 1, 3, 2, 4, 5)  # that package's order of edges
TOP = 10


def adjacency() -> np.ndarray:
    """Nodes: input, the six edges' operations, output."""
    joints = np.zeros((8, 8))
    for i, (start, end) in enumerate(EDGES, 1):
        joints[0, i] = start == 0
        joints[i, 7] = end == 3
        for j, (other, _) in enumerate(EDGES, 1):
            joints[i, j] = other == end
    return joints


def encode_cell(code, encoding: str) -> np.ndarray:
    """(8, 8, c): types, then multiply-adds and parameters in the three stages."""
    types = np.array([0, *(kind + 1 for kind in code), len(OPERATIONS) + 1])
    channels = [types]
    if encoding == "onehot":
        channels = [types == kind for kind in range(1, len(OPERATIONS) + 2)]
    for width, side in STAGES:
        weights = [AREAS.get(kind, 0) * width**2 + 2 * width * (kind in AREAS) for kind in code]
        parameters = CELLS_PER_STAGE * np.array([0, *weights, 0]) / 1e3
        channels += [parameters, parameters * side**2]
    return graph_tensor(adjacency(), channels)


@cache
def tensors(encoding: str) -> np.ndarray:
    return np.stack([encode_cell(code, encoding) for code in cells().codes.tolist()])


def short_budget() -> tuple[np.ndarray, np.ndarray]:
    """(labels, truth): validation and test accuracy after 12 epochs."""
    return cells().validation, cells().test


def full_budget() -> tuple[np.ndarray, np.ndarray]:
    """(labels, truth): the same accuracy after a full training."""
    found = find_spec("analognasbench")
    if found is None:
        raise SystemExit("skipped: the development package analog-nasbench is not installed")
    with (Path(found.origin).parent / "data.anb").open("rb") as file:
        table = Plain(file).load()
    accuracy = np.empty(len(table))
    for code, entry in table.items():
        kinds = [OPERATIONS.index(FULL_OPERATIONS[code[edge]]) for edge in FULL_EDGES]
        accuracy[cells().index[tuple(kinds)]] = entry.baseline_accuracy
    return accuracy, accuracy


class Plain(pickle.Unpickler):
    """Reads that package's own two record types, and nothing that could run code."""

    def find_class(self, module: str, name: str) -> type:
        if module.split(".")[0] != "analognasbench":
            raise ValueError(f"Expected records of analognasbench. Received: {module}.{name}")
        return type(name, (), {})


def run(labels, truth, loss: str, encoding: str, count: int, seed: int) -> dict[str, float]:
    """Train on ``count`` random cells, rank the rest."""
    from sr_app.search.predictor import Predictor

    order = np.random.default_rng(seed).permutation(len(truth))
    known, rest = order[:count], order[count:]
    predictor = Predictor(loss=loss, seed=seed).fit(tensors(encoding)[known], labels[known])
    predicted = predictor.predict(tensors(encoding)[rest])
    chosen = rest[np.argsort(-predicted)[:TOP]]
    return {
        "tau": float(kendalltau(predicted, truth[rest]).statistic),
        "top": float(truth[chosen].max()),
        "random": float(truth[known].max()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", choices=["short", "full"], default="short")
    parser.add_argument("--count", type=int, default=156, help="cells to learn from")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    if not (folder() / CELLS).is_file():
        print(f"skipped: no tables in {folder()}")
        return
    labels, truth = {"short": short_budget, "full": full_budget}[arguments.budget]()
    command = f"predictor.py --budget {arguments.budget}"
    lines = [
        f"# The predictor on NAS-Bench-201, {arguments.budget} budget",
        "",
        f"`{command}`: {arguments.count} labels, {arguments.seeds} seeds. Kendall's tau over the "
        f"other {len(truth) - arguments.count} cells; best test accuracy among the {TOP} ranked "
        "first; best of the cells learned from.",
        "",
        "| encoding | loss | Kendall's tau | best of 10 | best of the labels | seconds a fit |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for encoding in ("paper", "onehot"):
        for loss in ("squared", "pair"):
            start = time.perf_counter()
            runs = [
                run(labels, truth, loss, encoding, arguments.count, seed)
                for seed in range(arguments.seeds)
            ]
            each = (time.perf_counter() - start) / arguments.seeds
            tau, top, random = ([r[key] for r in runs] for key in ("tau", "top", "random"))
            figures = (spread(tau, 3), spread(top), spread(random), f"{each:.0f}")
            lines.append(f"| {encoding} | {loss} | " + " | ".join(figures) + " |")
            print(lines[-1], flush=True)
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
