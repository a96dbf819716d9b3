"""Equal fresh trainings of candidates, and their time: what several studies share."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tomlkit
from kept_lines import agreeing, append, read_lines

from sr_app import train
from sr_app.networks.counting import count, least_radius
from sr_app.networks.genotype import Genotype
from sr_app.search.latency import Latency

ROUNDS = 15
TRAINING = {
    "batch": 8,
    "patch": 48,
    "average": 0.999,
    "gradient_clip": 0.1,
    "loss": "l1_means",
    "precision": "mixed_bfloat16",
    "jit": False,
}
"""What the trainings of all settings have in common."""


@dataclass(frozen=True)
class Candidate:
    """A body: what it is called here, its blocks, the words of its genotype; and its pictures.

    `hr` are folders that stand for the recipe's own.
    """

    name: str
    blocks: str
    words: dict = field(default_factory=dict)
    hr: tuple[str, ...] = ()

    @property
    def genotype(self) -> Genotype:
        return Genotype.parse(self.blocks, conv="rep", tail="anchor", **self.words)


def repeated(block: str, times: int) -> str:
    return ",".join([block] * times)


@dataclass(frozen=True)
class Setting:
    """One comparison: its candidates (the first is the reference of time), and what is special to
    their recipe: data, validation, results, and of the training what `TRAINING` does not say.

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
        recipe["training"] = {**TRAINING, **recipe["training"], "seed": seed}
        if candidate.hr:
            recipe["data"]["hr"] = list(candidate.hr)
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
        """The candidates by their mean PSNR on the leading set; what was not trained is null.

        Columns about the network are there if the networks differ; times are relative to the
        first candidate's.
        """
        differ = len({candidate.genotype for candidate in self.candidates}) > 1
        heads = ["parameters", "multiply-adds", "radius", "time"] if differ else []
        rows = []
        for candidate in self.candidates:
            trainings = self.find("training", candidate.name)
            scores = [[line[key] for line in trainings] for key in self.sets]
            cells = [candidate.name, *(self.network(candidate) if differ else [])]
            rows.append((np.mean(scores[0]) if trainings else 0, cells + [*map(words, scores)]))
        rows.sort(key=lambda row: row[0], reverse=True)
        lines = [["", *heads, *self.sets], ["---"] * (1 + len(heads) + len(self.sets))]
        return "\n".join(
            f"| {' | '.join(cells)} |" for cells in [*lines, *(row[1] for row in rows)]
        )

    def network(self, candidate: Candidate) -> list[str]:
        """Cells about a candidate's network."""
        base, timing = (self.find("time", each.name) for each in (self.candidates[0], candidate))
        parameters, operations = count(candidate.genotype, self.scale)
        ratio = f"{timing[0]['ratio'] / base[0]['ratio']:.2f}" if timing and base else "null"
        radius = str(least_radius(candidate.genotype))
        return [f"{parameters / 1e3:.0f}K", f"{operations / 1e9:.1f}G", radius, ratio]

    def main(self, about: str, report: Path, text: str) -> None:
        """The command line of a study; `text` holds {table}."""
        parser = argparse.ArgumentParser(description=about.splitlines()[0])
        parser.add_argument("--only", type=int, nargs="*", help="numbers of candidates")
        parser.add_argument("--seeds", type=int, nargs="*", default=[0])
        parser.add_argument("--runs", type=Path, default=Path("runs/studies") / report.stem)
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


def words(scores: list[float]) -> str:
    """Mean, half the distance of the outermost if there is more than one, and how many."""
    if not scores:
        return "null"
    spread = f" ± {np.ptp(scores) / 2:.3f}" if len(scores) > 1 else ""
    return f"{np.mean(scores):.3f}{spread} ({len(scores)})"
