"""What the ranking predictor finds on NAS-Bench-201, against random search of equal cost.

    predictor_search.py              # 424 labels, as published; five seeds of each row
    predictor_search.py --seeds 0    # the page alone, from what is there

A search evaluates n random cells, learns their order, and evaluates the ten that it ranks first;
the control evaluates n + 10 random cells, the same n among them. Of either the winner is the cell
with the best label, and its truth is what counts. Labels and truth are validation and test accuracy
after 12 epochs (*short*), or one accuracy of full trainings (*full*, where the development package
analog-nasbench is installed): there the winner is chosen by what is reported, on both sides. A
finished piece is a line of predictor_search.jsonl and is not made again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.sr_table.gains import gain  # noqa: E402
from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402
from benchmarks.studies.marked_page import put_between  # noqa: E402
from benchmarks.studies.search_tables.predictor import (  # noqa: E402
    TOP,
    full_budget,
    short_budget,
    tensors,
)
from benchmarks.studies.search_tables.study import CELLS, folder, spread  # noqa: E402

LABELS = 424
"""Of the paper's own search (CVPR 2021, section 4)."""
BUDGETS = {"short": short_budget, "full": full_budget}
ENCODINGS = {"paper": "published, ordinal", "onehot": "one-hot types"}
LOSSES = {"pair": "ranking", "squared": "squared error"}
LINES = HERE / "predictor_search.jsonl"


def winner(cells: np.ndarray, labels: np.ndarray, truth: np.ndarray) -> float:
    """Truth of the cell with the best label."""
    return float(truth[cells[np.argmax(labels[cells])]])


def search(labels, truth, loss: str, encoding: str, count: int, seed: int) -> dict[str, float]:
    """What the predictor's search finds, and random search of as many evaluations."""
    from sr_app.search.predictor import Predictor

    order = np.random.default_rng(seed).permutation(len(truth))
    known, rest = order[:count], order[count:]
    predictor = Predictor(loss=loss, seed=seed).fit(tensors(encoding)[known], labels[known])
    first = rest[np.argsort(-predictor.predict(tensors(encoding)[rest]))[:TOP]]
    return {
        "found": round(winner(np.concatenate([known, first]), labels, truth), 4),
        "random": round(winner(order[: count + TOP], labels, truth), 4),
    }


def measure(budget: str, seeds: int, count: int, path: Path) -> None:
    """Every piece of a budget that is missing."""
    labels, truth = BUDGETS[budget]()
    for seed in range(seeds):
        for encoding in ENCODINGS:
            for loss in LOSSES:
                wanted = {"budget": budget, "encoding": encoding, "loss": loss}
                wanted |= {"count": count, "seed": seed}
                if agreeing(read_lines(path), wanted):
                    continue
                start = time.process_time()
                line = wanted | search(labels, truth, loss, encoding, count, seed)
                append(path, line | {"seconds": round(time.process_time() - start, 1)})
                print(line, flush=True)


def make_table(lines: list[dict]) -> str:
    """A row for each budget, encoding and loss, paired with the control seed by seed."""
    text = [
        "| budget | encoding | loss | labels | seeds | found | random search | difference |",
        "|---|---|---|---:|---:|---|---|---|",
    ]
    kinds = ("budget", "encoding", "loss", "count")
    for row in dict.fromkeys(tuple(line[kind] for kind in kinds) for line in lines):
        own = agreeing(lines, dict(zip(kinds, row, strict=True)))
        found, control = (np.array([line[key] for line in own]) for key in ("found", "random"))
        budget, encoding, loss, count = row
        cells = (budget, ENCODINGS[encoding], LOSSES[loss], str(count), str(len(own)))
        figures = (spread(found), spread(control), gain(found - control))
        text.append("| " + " | ".join((*cells, *figures)) + " |")
    return "\n".join(text) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--budget", choices=[*BUDGETS], nargs="+", default=[*BUDGETS])
    parser.add_argument("--count", type=int, default=LABELS, help="cells to learn from")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--lines", type=Path, default=LINES)
    parser.add_argument("--out", type=Path, default=HERE / "predictor_search.md")
    arguments = parser.parse_args()
    if arguments.seeds and not (folder() / CELLS).is_file():
        print(f"skipped: no tables in {folder()}")
        return
    for budget in arguments.budget if arguments.seeds else ():
        measure(budget, arguments.seeds, arguments.count, arguments.lines)
    put_between(arguments.out, make_table(read_lines(arguments.lines)))


if __name__ == "__main__":
    main()
