"""The best network within a latency budget on this machine, as a job: measured, not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sr_app.inference.runtimes import choose
from sr_app.jobs.events import Finished, Note, Reporter, silent
from sr_app.networks.presets import Card, list_presets
from sr_app.search.archive import genotype_in, read_archive
from sr_app.search.latency import open_network, seconds
from sr_app.search.latency_budget import Budget, Option, best_within
from sr_app.search.pareto import non_dominated

SIDE = 256
"""Side of the low-resolution picture that networks are timed on."""
ROUNDS = 5


@dataclass(frozen=True)
class FoundNetwork:
    """name: of a preset, or the genotype of a search's candidate. quality: dB."""

    name: str
    quality: float
    milliseconds_per_megapixel: float


def find(budget: str, *, archive: Path | None = None, reporter: Reporter = silent) -> FoundNetwork:
    """The network of best quality that is fast enough: a preset, or one of a search.

    Args:
        budget: such as ``"x4, 150 ms per megapixel"``.
        archive: a search's folder, to look among its networks instead of the presets.
        reporter: called with every time that was measured.

    Raises:
        ValueError: for a budget that is not understood, or that nothing meets.
    """
    asked = Budget.parse(budget)
    tried: list[str] = []

    def timed(name: str, milliseconds: float) -> float:
        tried.append(f"{name} {milliseconds:.0f} ms")
        reporter(Note(tried[-1]))
        return milliseconds

    if archive is None:
        options = preset_options(asked.scale)
    else:
        options = archive_options(archive, asked.scale)
    noted = [Option(o.name, o.quality, lambda o=o: timed(o.name, o.measure())) for o in options]
    best = best_within(noted, asked.milliseconds)
    if best is None:
        raise ValueError(
            f"Found no network for x{asked.scale} within {asked.milliseconds:g} ms per megapixel. "
            f"Measured: {', '.join(tried) or 'none, there is none at this scale'}"
        )
    option, milliseconds = best
    found = FoundNetwork(option.name, option.quality, milliseconds)
    reporter(Finished(found))
    return found


def preset_options(scale: int) -> list[Option]:
    """Presets with a graph and a measured quality on Set5."""
    options = []
    for card in list_presets():
        quality = (card.results.get("Set5") or {}).get("psnr")
        if card.scale == scale and card.graph and quality is not None:
            options.append(Option(card.name, quality, partial(preset_time, card)))
    return options


def preset_time(card: Card) -> float:
    return time_per_megapixel(choose(card).run, card.scale)


def archive_options(archive: Path, scale: int) -> list[Option]:
    """Networks of a search that nothing dominates; they are built to be timed."""
    facts, records = read_archive(archive)
    space, objectives = facts.get("space", {}), facts.get("objectives", [])
    if space.get("scale") != scale or objectives[:1] != ["quality"]:
        raise ValueError(
            f"Expected a search for x{scale} with quality as its first objective. "
            f"Received: x{space.get('scale')} and {', '.join(objectives)} in {archive}"
        )
    if not records:
        raise ValueError(
            f"Expected a search that has scored networks. Received: {archive}, with none"
        )
    front = non_dominated(np.array([record.objectives for record in records]))
    return [
        Option(r.genotype, -r.objectives[0], partial(candidate_time, r.genotype, space))
        for r in (records[i] for i in front)
    ]


def candidate_time(text: str, space: dict) -> float:
    """Milliseconds per megapixel of an untrained network's result; Keras is loaded to build it."""
    return time_per_megapixel(
        open_network(genotype_in(space, text), space["scale"]), space["scale"]
    )


def time_per_megapixel(run, scale: int) -> float:
    """Milliseconds, the least of a few runs."""
    batch = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    least = min(seconds(run, batch) for _ in range(ROUNDS + 1))
    return 1e3 * least / ((SIDE * scale) ** 2 / 1e6)
