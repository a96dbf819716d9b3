"""Equal fresh trainings of bodies and their time: what the studies of this folder share."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parent)]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tomlkit  # noqa: E402
from kept_lines import agreeing, append, read_lines  # noqa: E402

from sr_app import train  # noqa: E402
from sr_app.networks.counting import count, least_radius  # noqa: E402
from sr_app.networks.genotype import Genotype  # noqa: E402
from sr_app.search.latency import Latency  # noqa: E402

ROUNDS = 15


@dataclass(frozen=True)
class Candidate:
    """A body: what it is called here, its blocks, and the words of its genotype."""

    name: str
    blocks: str
    words: dict = field(default_factory=dict)

    @property
    def genotype(self) -> Genotype:
        return Genotype.parse(self.blocks, conv="rep", tail="anchor", **self.words)


def repeated(block: str, times: int) -> str:
    return ",".join([block] * times)


@dataclass(frozen=True)
class Setting:
    """One comparison: its candidates (the first is the reference of time), and the recipe of all.

    `lines` holds its finished pieces, a line each; `sets` names the recipe's results that are
    judged by their PSNR, the leading one first; `size` is that of a picture, in pixels, for time.
    """

    scale: int
    recipe: str
    candidates: list[Candidate]
    sets: dict[str, str]
    lines: Path
    size: tuple[int, int]

    def find(self, kind: str, name: str, **more: int) -> list[dict]:
        """The finished pieces of a candidate."""
        return agreeing(read_lines(self.lines), {"kind": kind, "name": name, **more})

    def train_one(self, number: int, seed: int, runs: Path) -> None:
        """Train and score a candidate, unless that was done."""
        candidate = self.candidates[number]
        if self.find("training", candidate.name, seed=seed):
            return
        name = f"body_{number}_{seed}"
        recipe = tomlkit.parse(
            f'name = "{name}"\ntitle = "A candidate"\ndescription = "{candidate.name}"\n'
            + self.recipe
        )
        recipe["network"] = {"scale": self.scale, **candidate.genotype.to_json()}
        recipe["training"]["seed"] = seed
        runs.mkdir(parents=True, exist_ok=True)
        path = runs / f"{name}.toml"
        path.write_text(tomlkit.dumps(recipe))
        results = train(path, runs=runs).results
        scores = {key: results[words]["psnr"] for key, words in self.sets.items()}
        piece = {"kind": "training", "name": candidate.name, "seed": seed, **scores}
        append(self.lines, piece)
        print(piece, flush=True)

    def time_one(self, number: int) -> None:
        """Time a candidate beside the search's reference, unless that was done."""
        candidate = self.candidates[number]
        if not self.find("time", candidate.name):
            timing = Latency(self.scale, self.size, ROUNDS).measure(candidate.genotype)
            piece = {"kind": "time", "name": candidate.name, "ratio": round(timing.ratio, 3)}
            append(self.lines, piece | {"noise": round(timing.noise, 3)})

    def table(self) -> str:
        """The candidates by their mean PSNR on the leading set; what was not trained is null."""
        base = self.find("time", self.candidates[0].name)
        rows = []
        for candidate in self.candidates:
            trainings = self.find("training", candidate.name)
            timing = self.find("time", candidate.name)
            parameters, operations = count(candidate.genotype, self.scale)
            cells = [candidate.name, f"{parameters / 1e3:.0f}K", f"{operations / 1e9:.1f}G"]
            cells += [str(least_radius(candidate.genotype))]
            cells += [f"{timing[0]['ratio'] / base[0]['ratio']:.2f}" if timing and base else "null"]
            scores = [[line[key] for line in trainings] for key in self.sets]
            cells += [self.words(column) for column in scores]
            rows.append((np.mean(scores[0]) if trainings else 0, cells))
        rows.sort(key=lambda row: row[0], reverse=True)
        heads = ["body", "parameters", "multiply-adds", "radius", "time", *self.sets]
        lines = [heads, ["---"] * len(heads), *(cells for _, cells in rows)]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

    @staticmethod
    def words(scores: list[float]) -> str:
        """Mean and, of more than one seed, half the distance of the outermost."""
        if not scores:
            return "null"
        spread = f" ± {np.ptp(scores) / 2:.3f}" if len(scores) > 1 else ""
        return f"{np.mean(scores):.3f}{spread} ({len(scores)})"

    def main(self, words: str, report: Path, text: str) -> None:
        """The command line of a study; `text` holds {table}."""
        parser = argparse.ArgumentParser(description=words.splitlines()[0])
        parser.add_argument("--only", type=int, nargs="*", help="numbers of candidates")
        parser.add_argument("--seeds", type=int, nargs="*", default=[0])
        parser.add_argument("--runs", type=Path, default=Path("runs/bodies"))
        parser.add_argument("--time", action="store_true", help="time them (an idle machine)")
        parser.add_argument("--report", action="store_true", help=f"write {report.name}, no more")
        options = parser.parse_args()
        if options.report:
            report.write_text(text.replace("{table}", self.table()))
            return
        for seed in options.seeds:
            for number in range(len(self.candidates)) if options.only is None else options.only:
                if options.time:
                    self.time_one(number)
                else:
                    self.train_one(number, seed, options.runs)
