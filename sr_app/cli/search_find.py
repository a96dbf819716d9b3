"""`sr-app search --find`: the best network that is fast enough on this machine."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sr_app.networks.presets import Card
    from sr_app.search.latency_budget import Option

SIDE = 256
"""Side of the low-resolution picture that presets are timed on."""
ROUNDS = 5


def print_best(text: str, archive: Path | None) -> None:
    """Say which network meets a budget: a preset ready to use, or one of a search, to be trained.

    Raises:
        ValueError: for a budget that is not understood, or that nothing meets.
    """
    from sr_app.search.latency_budget import Budget, best_within

    budget = Budget.parse(text)
    tried: list[str] = []
    options = preset_options(budget.scale, tried)
    if archive is not None:
        options = archive_options(archive, budget.scale, tried)
    found = best_within(options, budget.milliseconds)
    if found is None:
        raise ValueError(
            f"Found no network for x{budget.scale} within {budget.milliseconds:g} ms per "
            "megapixel. "
            f"Measured: {', '.join(tried) or 'none, there is none at this scale'}"
        )
    option, time = found
    typer.echo(f"{option.name}: {time:.0f} ms per megapixel here, {option.quality:.2f} dB")


def preset_options(scale: int, tried: list[str]) -> list[Option]:
    """Presets with a graph and a measured quality on Set5."""
    from sr_app.networks.presets import list_presets
    from sr_app.search.latency_budget import Option

    options = []
    for card in list_presets():
        quality = (card.results.get("Set5") or {}).get("psnr")
        if card.scale == scale and card.graph and quality is not None:
            options.append(Option(card.name, quality, partial(preset_time, card, tried)))
    return options


def preset_time(card: Card, tried: list[str]) -> float:
    """Milliseconds per megapixel of a preset's result, and a note of them."""
    from sr_app.inference.runtimes import choose

    return timed(choose(card).run, card.name, card.scale, tried)


def archive_options(archive: Path, scale: int, tried: list[str]) -> list[Option]:
    """Networks of a search that nothing dominates; they are built to be timed."""
    import numpy as np

    from sr_app.search.archive import read_archive
    from sr_app.search.latency_budget import Option
    from sr_app.search.pareto import non_dominated

    facts, records = read_archive(archive)
    space = facts["space"]
    if space.get("scale") != scale or facts["objectives"][0] != "quality":
        raise ValueError(
            f"Expected a search for x{scale} with quality as its first objective. "
            f"Received: x{space.get('scale')} and {', '.join(facts['objectives'])} in {archive}"
        )
    front = non_dominated(np.array([record.objectives for record in records]))
    chosen = [records[i] for i in front]
    return [
        Option(r.genotype, -r.objectives[0], partial(candidate_time, r.genotype, space, tried))
        for r in chosen
    ]


def candidate_time(text: str, space: dict, tried: list[str]) -> float:
    """Milliseconds per megapixel of an untrained network's result."""
    from sr_app.cli.quiet import quiet_start
    from sr_app.search.archive import genotype_in

    with quiet_start():
        from sr_app.search.latency import open_network

        run = open_network(genotype_in(space, text), space["scale"])
    return timed(run, text, space["scale"], tried)


def timed(run, name: str, scale: int, tried: list[str]) -> float:
    """Least of a few runs, per megapixel of the result."""
    import numpy as np

    from sr_app.search.latency import seconds

    batch = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    least = min(seconds(run, batch) for _ in range(ROUNDS + 1))
    time = 1e3 * least / ((SIDE * scale) ** 2 / 1e6)
    tried.append(f"{name} {time:.0f} ms")
    return time
