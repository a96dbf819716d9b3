"""The trainings of an adaptation as recipes: how many steps fit into the time.

What they are stands in ``recipes/adapt``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sr_app.files.json_table import read_table, write_table
from sr_app.files.quiet import quiet_start
from sr_app.files.replacement import temporary_folder
from sr_app.files.rules import SECONDS, Rule, check_values, integer, is_list
from sr_app.inference.goal import VIVID
from sr_app.jobs.adapt_photos import PATCH, PhotoSelection
from sr_app.networks.card import vivid_name
from sr_app.networks.presets import Card
from sr_app.recipes.schema import SHIPPED, Recipe, read_raw, validated
from sr_app.recipes.sections import NetworkSection
from sr_app.recipes.stage_sections import TwoStageSection
from sr_app.recipes.stages import merge

ENDS = SHIPPED / "adapt"
EPOCH = 50
LEAST = 200  # steps of a phase: in 100 translators are still on their way
PLAN = "steps.json"
TRIAL = 5  # steps of an epoch of the trial; the second of two is timed
SHARES = (0.35, 0.25, 0.4)  # of the faithful end's time
VIVID_SHARE = 0.4  # of the time where both ends are made
FEATURES = "vgg_plain"
COUNTS = Rule("steps of 3 or 4 phases", lambda value: is_list(value, integer(1, 10**9).holds, 3))
RULES = {"minutes": SECONDS, "steps": COUNTS}
"""What an earlier run may have decided."""


@dataclass(frozen=True)
class AdaptationData:
    """What is learnt from: the photos, and the folders of their middles and of clean HR."""

    chosen: PhotoSelection
    real: Path
    clean: Path


@dataclass(frozen=True)
class Plan:
    """Recipes of the two ends; the vivid one is None where it is not asked for."""

    faithful: Recipe
    vivid: Recipe | None = None


def plan_training(
    card: Card,
    source: AdaptationData,
    folder: Path,
    out: Path,
    *,
    minutes: float,
    steps: int | None,
    seed: int,
    vivid: bool = False,
    features: Path | None = None,
) -> Plan:
    """The recipes; the numbers of steps are decided once and kept in the run's folder.

    Args:
        out: folder of the faithful preset, which the vivid end starts from.
        vivid: whether that end is made too.
        features: folder of perceptual weights for it; None for the features of its start.

    Raises:
        ValueError: if the time is too short for the least training.
    """

    def ends(phases: tuple[int, ...], epoch: int, run: Path, start: Path) -> Plan:
        made = make_recipe(card, source, folder, out.name, phases[:3], seed, epoch)
        if not vivid:
            return Plan(made)
        counts = phases[3], min(epoch, phases[3])
        return Plan(made, make_vivid(made, run, start, *counts, seed, features))

    asked = 3 + vivid
    phases = (steps,) * asked if steps else recorded_steps(folder, minutes)
    if phases is None or len(phases) < asked:
        with temporary_folder() as place:
            trial = ends((2 * TRIAL,) * asked, TRIAL, place, card.folder)
            decided = steps_in(minutes, measure_pace(trial, place))
        phases = (*(phases or decided[:3]), *decided[3:])
        write_table(folder / PLAN, {"minutes": minutes, "steps": phases})
    epoch = EPOCH if all(count % EPOCH == 0 for count in phases) else min(phases)
    return ends(phases, epoch, folder, out)


def recorded_steps(folder: Path, minutes: float) -> tuple[int, ...] | None:
    """The steps that an earlier run of the same command decided on."""
    path = folder / PLAN
    if not path.is_file():
        return None
    kept = read_table(path)
    try:
        check_values(kept, RULES)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if kept["minutes"] != minutes:
        raise ValueError(
            f"{folder} holds a run of {kept['minutes']:g} minutes: continue it with as "
            f"many, or choose another folder of runs. Received: {minutes:g}"
        )
    return tuple(kept["steps"])


def vivid_folder(out: Path) -> Path:
    return out.with_name(vivid_name(out.name))


def make_recipe(
    card: Card,
    source: AdaptationData,
    folder: Path,
    name: str,
    phases: tuple[int, ...],
    seed: int,
    epoch: int,
) -> Recipe:
    """The recipe of the faithful end: ``recipes/adapt/faithful.toml`` with what differs."""
    translation, steps, joint = phases
    count, data = len(source.chosen.paths), read_raw(ENDS / "faithful.toml")
    return filled(
        data,
        {
            "name": name,
            "title": f"{name}, {card.scale}x",
            "description": f"Enlargement of photos of one camera, learnt from {count} of them.",
            "border": card.border,
            "from": {"preset": str(card.folder)},
            "network": NetworkSection.of(card.network, card.scale).model_dump(),
            "data": {
                "description": f"{count} own photos, and clean ones: {source.clean}",
                "hr": [source.clean],
                "cache": folder / "cache",
            },
            "two_stage": {
                "real": [source.real],
                "translator_noise": 3 * source.chosen.noisy,
                "translation_steps": translation,
                "joint_steps": joint,
            },
            "training": lasting(data["training"], steps, epoch, seed),
        },
    )


def make_vivid(
    faithful: Recipe,
    folder: Path,
    start: Path,
    steps: int,
    epoch: int,
    seed: int,
    features: Path | None,
) -> Recipe:
    """The recipe of the vivid end: ``recipes/adapt/vivid.toml`` with what differs.

    Args:
        folder: of the faithful end's run, which has the translators.
        start: folder of the faithful preset.
        features: folder of perceptual weights; None for the features of the start.
    """
    data, (first,) = read_raw(ENDS / "vivid.toml"), faithful.stages
    own = data.pop("own_features")
    if features is None:
        data["perceptual"], known = own, {}
    else:
        known = {"features": features, "networks": [FEATURES]}
    return filled(
        data,
        {
            "name": vivid_name(faithful.name),
            "title": f"{faithful.name}, vivid, {first.network.scale}x",
            "description": f"{faithful.description.rstrip('.')}; crisp, invents detail.",
            "border": faithful.border,
            "from": {"preset": str(start)},
            "network": first.network.model_dump(),
            "data": first.data.model_dump(exclude_unset=True),
            "two_stage": {"translators": str(folder)},
            "perceptual": known,
            "training": lasting(data["training"], steps, epoch, seed),
        },
    )


def filled(data: dict[str, Any], facts: dict[str, Any]) -> Recipe:
    """The recipe of raw tables with what the photos and the time decide."""
    return validated({**data, **{name: merge(data.get(name), facts[name]) for name in facts}})


def lasting(training: dict[str, Any], steps: int, epoch: int, seed: int) -> dict[str, Any]:
    """What a training of few steps changes: its rate rises, and its average forgets, in time."""
    return {
        "steps": steps,
        "epoch": epoch,
        "seed": seed,
        "patch": PATCH,
        "warmup": min(training["warmup"], steps // 4),
        "average": max(0.5, min(training["average"], 1 - 20 / steps)),
    }


def steps_in(minutes: float, seconds: Sequence[float]) -> tuple[int, ...]:
    """Steps of the phases, whole epochs: the least, and shares of what time is left.

    seconds: of a step of each phase; the fourth is that of the vivid end, where it is made.
    """
    both = len(seconds) > len(SHARES)
    shares = (*((1 - VIVID_SHARE) * share for share in SHARES), VIVID_SHARE) if both else SHARES
    needed = LEAST * sum(seconds) / 60
    if minutes < needed:
        alone = " (less for the faithful end alone)" * both
        raise ValueError(
            f"too little time: {LEAST} steps of each phase take up to {math.ceil(needed)} minutes "
            f"on this machine{alone}. Received: {minutes:g} minutes"
        )
    left = 60 * (minutes - needed)
    counts = [LEAST + share * left / step for share, step in zip(shares, seconds, strict=True)]
    return tuple(int(count) // EPOCH * EPOCH for count in counts)


def measure_pace(plan: Plan, folder: Path) -> list[float]:
    """Seconds of a step of each phase: the few of the recipes, in a folder that is thrown away."""
    with quiet_start():
        from sr_app.jobs.train_stage import initial_network, run_stage, started
        from sr_app.jobs.train_two_stage import train_in_two_stages
        from sr_app.training.curve import read_curve

    faithful, vivid = plan.faithful, plan.vivid
    (stage,) = faithful.stages
    run_stage(faithful, stage, folder)
    phases = stage.required(TwoStageSection).phases(stage.training.steps)
    places = [folder / phase for phase, _ in phases]
    if vivid is not None:
        (stage,) = vivid.stages
        network, place = initial_network(vivid, stage, folder), folder / VIVID
        start = started(vivid, stage.start[0], folder)
        train_in_two_stages(stage, network, place, start=start)
        places.append(place / "super_resolution")
    curves = [read_curve(place) for place in places]
    return [(last["seconds"] - first["seconds"]) / TRIAL for first, last in curves]
