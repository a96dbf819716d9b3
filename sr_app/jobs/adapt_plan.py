"""The training of an adaptation as a recipe: its phases, and how many steps fit into the time."""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sr_app.jobs.adapt_photos import PATCH, Chosen
from sr_app.jobs.outputs import write_text
from sr_app.jobs.quiet import quiet_start
from sr_app.networks.presets import Card
from sr_app.recipes.schema import Recipe, Stage
from sr_app.recipes.sections import (
    DataSection,
    NetworkSection,
    PresetStart,
    TrainingSection,
    TwoStageSection,
)

EPOCH = 50
LEAST = 200  # steps of a phase: in 100 translators are still on their way
PLAN = "steps.json"
TRIAL = 5  # steps of an epoch of the trial; the second of two is timed
PHASES = ("translation", "super_resolution", "joint")  # folders of the run
DOUBT = 4 / 255  # gains what translators miss of a camera: benchmarks/studies/real_world
SHARES = (0.35, 0.25, 0.4)  # of the time


@dataclass(frozen=True)
class Source:
    """What is learnt from: the photos, and the folders of their middles and of clean HR."""

    chosen: Chosen
    real: Path
    clean: Path


@dataclass(frozen=True)
class Pace:
    """Seconds of a step of each phase."""

    translation: float
    network: float
    joint: float


def plan_training(
    card: Card,
    source: Source,
    folder: Path,
    *,
    name: str,
    minutes: float,
    steps: int | None,
    seed: int,
) -> Recipe:
    """The recipe; the number of steps is decided once and kept in the run's folder.

    Raises:
        ValueError: if the time is too short for the least training.
    """
    phases = (steps, steps, steps) if steps else kept_steps(folder, minutes)
    if phases is None:
        trial = make_recipe(card, source, folder, name, (2 * TRIAL,) * 3, seed, TRIAL)
        phases = steps_in(minutes, measure_pace(trial))
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / PLAN, json.dumps({"minutes": minutes, "steps": phases}))
    epoch = EPOCH if all(count % EPOCH == 0 for count in phases) else min(phases)
    return make_recipe(card, source, folder, name, phases, seed, epoch)


def kept_steps(folder: Path, minutes: float) -> tuple[int, ...] | None:
    """The steps that an earlier run of the same command decided on."""
    path = folder / PLAN
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["minutes"] != minutes:
        raise ValueError(
            f"{folder} holds a run of {kept['minutes']:g} minutes: continue it with --minutes "
            f"{kept['minutes']:g}, or choose another --runs folder. Received: {minutes:g}"
        )
    return tuple(kept["steps"])


def make_recipe(
    card: Card,
    source: Source,
    folder: Path,
    name: str,
    phases: tuple[int, ...],
    seed: int,
    epoch: int,
) -> Recipe:
    """The recipe of the adaptation; sizes and rates follow benchmarks/studies/real_world."""
    translation, network, joint = phases
    count = len(source.chosen.paths)
    stage = Stage(  # pyright: ignore[reportCallIssue] (it knows a field by its alias alone)
        start=(PresetStart(preset=str(card.folder)),),  # pyright: ignore[reportCallIssue]
        network=NetworkSection.of(card.network, card.scale),
        data=DataSection(
            description=f"{count} own photos, and clean ones: {source.clean}",
            hr=[source.clean],
            cache=folder / "cache",
        ),
        two_stage=TwoStageSection(
            real=[source.real],
            translator_width=24,
            translator_blocks=4,
            translator_noise=3 * source.chosen.noisy,
            critic_width=32,
            translation_steps=translation,
            translation_rate=1e-3,
            joint_steps=joint,
            joint_rate=3e-4,
            doubt=DOUBT,
        ),
        training=TrainingSection(
            steps=network,
            epoch=epoch,
            batch=8,
            patch=PATCH,
            learning_rate=5e-4,
            warmup=min(100, network // 4),
            loss="l1_means",
            average=max(0.5, min(0.999, 1 - 20 / network)),
            gradient_clip=0.1,
            jit=False,
            seed=seed,
        ),
    )
    return Recipe(
        name=name,
        title=f"{name}, {card.scale}x",
        description=f"Enlargement of photos of one camera, learnt from {count} of them.",
        purpose="real",
        stages=(stage,),
    )


def steps_in(minutes: float, pace: Pace) -> tuple[int, ...]:
    """Steps of the three phases, whole epochs: the least, and shares of what time is left."""
    seconds = (pace.translation, pace.network, pace.joint)
    needed = LEAST * sum(seconds) / 60
    if minutes < needed:
        raise ValueError(
            f"too little time: {LEAST} steps of each phase take up to {math.ceil(needed)} minutes "
            f"on this machine. Received: --minutes {minutes:g}"
        )
    left = 60 * (minutes - needed)
    counts = [LEAST + share * left / step for share, step in zip(SHARES, seconds, strict=True)]
    return tuple(int(count) // EPOCH * EPOCH for count in counts)


def measure_pace(recipe: Recipe) -> Pace:
    """Train the recipe's few steps in a folder that is thrown away, and time the second halves."""
    with quiet_start():
        from sr_app.jobs.train_stage import initial_network
        from sr_app.jobs.train_two_stage import train_in_two_stages
        from sr_app.training.curve import read_curve

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (stage,) = recipe.stages
        train_in_two_stages(stage, initial_network(recipe, stage, folder), folder)
        curves = [read_curve(folder / phase) for phase in PHASES]
    return Pace(*((last["seconds"] - first["seconds"]) / TRIAL for first, last in curves))
