"""Scores of single pictures, each kept in lines.jsonl as soon as it is there.

A line is known by what was enlarged and by which weights, so presets that change are scored anew
and all others are not.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.evaluation.benchmark import Upscale, check_names, score_pair
from sr_app.evaluation.pairs import find_pairs
from sr_app.networks.presets import Card

sys.path.insert(0, str(Path(__file__).parents[1]))
from kept_lines import append, read_lines

LINES = Path(__file__).with_name("lines.jsonl")
WORK = Path("runs/real_photos")
METRICS = ("psnr", "lpips", "stlpips_alex", "niqe")
PROTOCOL = "y"


@dataclass(frozen=True)
class Pictures:
    """Degraded pictures of a folder: ``limit`` of them, all if None."""

    folder: Path
    degrade: str
    seed: int
    limit: int | None = None

    def pairs(self, scale: int) -> list:
        """HR and LR files; what is not there is degraded first, into `WORK`."""
        place = WORK / f"{self.folder.name}_{self.degrade}_{self.seed}_x{scale}"
        write_twins(self.folder, place, LrSettings(self.degrade, scale, self.seed))
        return find_pairs(self.folder, scale, place)[: self.limit]


@dataclass(frozen=True)
class Enlarger:
    """upscale: the function. known_by: what it is, in words that change when it does."""

    upscale: Upscale
    known_by: str


def weights_of(card: Card) -> str:
    """A preset's name with a digest of its files, and of its border where it has one."""
    files = " ".join([*sorted(card.sha256.values()), *([str(card.border)] * (card.border > 0))])
    return f"{card.name} {hashlib.sha256(files.encode()).hexdigest()[:12]}"


def between(way: str, faithful: Card, vivid: Card, t: float) -> str:
    """What a place between two presets is known by; both ways begin and end alike."""
    if t in (0, 1):
        return weights_of(vivid if t else faithful)
    return f"{t:g} {way} {weights_of(faithful)} {weights_of(vivid)}"


def score(
    enlargers: Mapping[str, Enlarger], pictures: Pictures, scale: int
) -> dict[str, list[dict[str, float]]]:
    """name -> the scores of every picture. Pictures are the outer loop, for what remembers ends."""
    known = {key(line): line["scores"] for line in read_lines(LINES)}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in enlargers}
    options = {"scale": scale, "protocol": PROTOCOL, "metrics": METRICS}
    facts = {"set": pictures.folder.name, "degrade": pictures.degrade, "seed": pictures.seed}
    for pair in pictures.pairs(scale):
        for name, enlarger in enlargers.items():
            line = {"of": enlarger.known_by, **facts, "picture": pair.name}
            if key(line) not in known:
                check_names(PROTOCOL, METRICS)  # loads the networks of LPIPS, once
                scores = score_pair(enlarger.upscale, pair, **options).scores
                known[key(line)] = {each: round(value, 5) for each, value in scores.items()}
                append(LINES, {**line, "scores": known[key(line)]})
            found[name].append(known[key(line)])
    return found


def key(line: dict) -> tuple:
    """What a line is of."""
    return tuple(line[name] for name in ("of", "set", "degrade", "seed", "picture"))


def means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each metric."""
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}
