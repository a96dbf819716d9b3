"""What `study.py` searches and how a network is scored. Alone it does nothing."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.studies import kept_lines
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import RANDOM, Strategy

SCALE, WIDTH = 2, 8
SPACE = BlockSpace(
    kinds=("S", "G", "C"), convolutions=(2, 3), growths=(4, 8), outs=(8,), positions=4,
    min_active=2, width=WIDTH, tail="anchor", scale=SCALE,
)  # fmt: skip
"""12 types at 4 positions: as many evaluations of a (type, position) as in the published search,
where 336 networks of 18 blocks fill 90 x 20 cells 3.4 times, need some 50 networks."""

WIDE = BlockSpace(
    kinds=("S", "C"), convolutions=(2, 3), growths=(8, 16), outs=(16,), positions=5, min_active=1,
    width=16, tail="anchor", scale=SCALE,
)  # fmt: skip
"""Larger networks, of more different sizes: scores are ranked here too, nothing is searched."""

OBJECTIVES = ("quality", "multiply_adds")
STRATEGIES = {
    "guided by credits": Strategy(guided=True, guided_rate=0.4, rate=0.1),
    "uniform mutation": Strategy(guided=False, rate=0.25),
    "random": RANDOM,
}
"""The first two change some two genes of a mutant."""

PLAIN = "uniform mutation"
"""The plain evolution that the shared weights are set against."""

TRAINING = {"batch": 4, "patch": 16, "learning_rate": 5e-3, "warmup": 20, "average": None}
LONGER = 8
"""A stand-alone training has so many times the proxy's steps."""


def facts(options: argparse.Namespace) -> dict:
    """What all lines of one report have in common."""
    return {"steps": options.steps, "data": options.data.name, "pictures": options.pictures}


def read_lines(options: argparse.Namespace) -> list[dict]:
    """Finished pieces of these settings."""
    return kept_lines.agreeing(kept_lines.read_lines(options.lines), facts(options))


def append(options: argparse.Namespace, line: dict) -> None:
    """One finished piece of these settings more."""
    kept_lines.append(options.lines, {**facts(options), **line})


def of_piece(lines: Sequence[dict], piece: str) -> list[dict]:
    return [line for line in lines if line["piece"] == piece]


def parse(text: str, space: BlockSpace = SPACE):
    """The network of a line."""
    from sr_app.networks.genotype import Genotype

    return Genotype.parse(text, width=space.width, tail=space.tail)


def multiply_adds(text: str, space: BlockSpace = SPACE) -> int:
    """For an output of 1280x720."""
    from sr_app.networks.counting import count

    return count(parse(text, space), SCALE)[1]


def sources(options: argparse.Namespace) -> tuple[tuple[Path, None], ...]:
    from sr_app.image.files import find_photos

    return tuple((path, None) for path in find_photos(options.data))


class Kept:
    """Minus PSNR after a training of ``longer`` times the steps: every network is trained once.

    The strategies and seeds share what is known, so equal networks have equal scores.

    Args:
        options: of the command line.
        piece: name of the lines, ``proxy`` or ``long``, or either in the wide space.
        longer: factor on the steps.
        space: of the networks.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        piece: str = "proxy",
        longer: int = 1,
        space: BlockSpace = SPACE,
    ):
        self.options, self.piece, self.longer, self.space = options, piece, longer, space
        self.known = {line["genotype"]: line for line in of_piece(read_lines(options), piece)}

    def __call__(self, genotypes: Sequence, parents: Sequence = ()) -> np.ndarray:
        return np.array([[-self.line(str(genotype))["psnr"]] for genotype in genotypes])

    def line(self, text: str) -> dict:
        """What is known of a network, trained now if nothing is."""
        if text not in self.known:
            line = {"piece": self.piece, "genotype": text, **self.train(text)}
            append(self.options, line)
            print(f"{self.piece}: {text} {line['psnr']:.3f} dB, {line['cpu']:.1f} s", flush=True)
            self.known[text] = line
        return self.known[text]

    def train(self, text: str) -> dict:
        """PSNR, and seconds of processor time (a core may be shared)."""
        from sr_app.search.proxy import Proxy
        from sr_app.training.schedule import Batches, Schedule

        sizes = [TRAINING[name] for name in ("batch", "patch")]
        rates = {name: TRAINING[name] for name in ("learning_rate", "warmup", "average")}
        options, steps = self.options, self.options.steps * self.longer
        proxy = Proxy(
            sources=sources(options), cache=options.cache, validation=options.validation,
            pictures=options.pictures, folder=options.runs / self.piece, scale=SCALE,
            schedule=Schedule(steps, epoch=steps, jit=False, **rates), batches=Batches(*sizes),
        )  # fmt: skip
        start = time.process_time()
        psnr = proxy.train(parse(text, self.space))
        seconds, size = time.process_time() - start, multiply_adds(text, self.space)
        forget()
        return {"psnr": psnr, "cpu": round(seconds, 2), "multiply_adds": size}


def forget() -> None:
    """Drop the graphs of networks that are gone."""
    import keras

    keras.backend.clear_session()
