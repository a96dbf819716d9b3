"""Where a training stands, from the files of its run alone: no Keras, and at any moment."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sr_app.jobs.run_folder import read_facts
from sr_app.jobs.train_so_far import branches
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.stage_sections import Stage
from sr_app.training.curve import CURVE, read_curve

RECENT = 10
"""Points of the curve by which the pace is measured."""


@dataclass(frozen=True)
class Part:
    """A stage, or a phase of one that has several.

    Args:
        name: of the stage, ``stage/phase`` for a phase; of one that began before an earlier one had
            ended, with that one's name and step.
        state: ``ended``, ``begun`` or ``to come``.
        step, steps: optimizer steps done and in all.
        seconds: wall time so far.
        seconds_left: until its end at the pace of late; None where that is not known.
        last: the last point of its curve.
        age: seconds since that point; None without one.
    """

    name: str
    state: str
    step: int
    steps: int
    seconds: float
    seconds_left: float | None
    last: dict[str, float | None]
    age: float | None


def training_status(
    recipe: str | Path,
    *,
    settings: Sequence[str] | None = None,
    seed: int | None = None,
    runs: str | Path = "runs",
) -> tuple[Part, ...]:
    """The stages of a recipe, and of a run's folder how far each has come; ValueError for a faulty
    recipe."""
    chosen = read_recipe(str(recipe), with_seed(settings, seed))
    run = Path(runs) / chosen.name
    parts = parts_of(chosen.stages, run)
    for branch in branches(chosen, run):
        later = chosen.stages[chosen.stages.index(branch.stage) + 1 :]
        parts += parts_of(later, branch.folder, f" (from {branch.stage.name} at {branch.step:,})")
    return tuple(parts)


def parts_of(stages: Sequence[Stage], run: Path, more: str = "") -> list[Part]:
    """The parts of stages whose folders lie in ``run``, with more to their names."""
    return [
        part_status(name + more, run / stage.folder / phase, steps, read_facts(run / stage.folder))
        for stage in stages
        for name, phase, steps in phases(stage)
    ]


def phases(stage: Stage) -> list[tuple[str, str, int]]:
    """(name, folder below the stage's, steps) of all that is trained in a stage."""
    name, steps = stage.name, stage.training.steps
    own = next(stage.own_sections(), None)
    parts = own.phases(steps) if own else (("", steps),)
    return [(f"{name}/{folder}" if folder else name, folder, count) for folder, count in parts]


def part_status(name: str, folder: Path, steps: int, facts: dict | None) -> Part:
    """One part, by its curve and the stage's facts."""
    rows = read_curve(folder)
    last = rows[-1] if rows else {}
    step, seconds = int(last.get("step") or 0), float(last.get("seconds") or 0.0)
    ended = facts is not None or (rows and step >= steps)
    return Part(
        name=name,
        state="ended" if ended else "begun" if rows else "to come",
        step=step,
        steps=steps,
        seconds=seconds,
        seconds_left=0.0 if ended else time_left(rows, steps),
        last={key: value for key, value in last.items() if value is not None},
        age=time.time() - (folder / CURVE).stat().st_mtime if rows else None,
    )


def time_left(rows: list[dict[str, Any]], steps: int) -> float | None:
    """Seconds until so many steps at the pace of the last points; None without two of them.

    The first point holds the time that a compilation takes.
    """
    late = rows[-RECENT:]
    if len(late) < 2 or late[-1]["step"] == late[0]["step"]:
        return None
    pace = (late[-1]["seconds"] - late[0]["seconds"]) / (late[-1]["step"] - late[0]["step"])
    return max(0.0, pace * (steps - late[-1]["step"]))
