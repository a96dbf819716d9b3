"""What a preset's card says of its training."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import keras

from sr_app.datasets.attribution import attribution
from sr_app.jobs.hardware import describe_hardware
from sr_app.jobs.run_folder import read_facts
from sr_app.jobs.targets import read_record
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import NetworkSection
from sr_app.recipes.stage_sections import Stage
from sr_app.training.curve import read_curve, thin

CURVE = ("step", "seconds", "val_psnr")
"""Columns of the learning curve that a card carries, thinned."""
SAID_ONCE = {"data", "data_description", "curve", "software"}
"""Keys omitted for an earlier stage where they are as the last one's."""


def stage_facts(stage: Stage, folder: Path) -> dict[str, Any]:
    """What a card says of one stage that has ended: data, settings, hardware, wall time, curve."""
    curves = [
        curve for place in (folder, *sorted(folder.glob("*/"))) if (curve := read_curve(place))
    ]
    data, settings = stage.data, stage.training
    return {
        "data": [
            str(path)
            for path in (*data.hr, *data.twins, *data.targets, *[data.div2k] * bool(data.div2k))
        ],
        **({"degrade": data.degrade} if data.degrade else {}),
        "data_description": data.description or None,
        "start": starts_in_words(stage),
        **settings.model_dump(mode="json", include=None if settings.steps else {"steps"}),
        **{section.NAME: section.model_dump(mode="json") for section in stage.own_sections()},
        "wall_seconds": sum(curve[-1]["seconds"] for curve in curves) if curves else None,
        "curve": points(read_curve(folder)),
        "hardware": describe_hardware(),
        "software": f"Python {platform.python_version()}, Keras {keras.__version__}",
    }


def points(rows: list[dict]) -> list[dict]:
    """Of a learning curve what a card carries."""
    return [{key: row[key] for key in CURVE} for row in thin(rows)]


def facts_so_far(stage: Stage, folder: Path, step: int) -> dict[str, Any]:
    """What a card says of a stage in training, whose weights of a step are taken: up to there."""
    rows = [row for row in read_curve(folder) if row["step"] <= step]
    return {
        "network": stage.network.model_dump(),
        **stage_facts(stage, folder),
        "wall_seconds": rows[-1]["seconds"] if rows else None,
        "curve": points(rows),
        "taken_at_step": step,
    }


def starts_in_words(stage: Stage) -> str | list[str] | None:
    """Stages and presets that it began with: none, one, or those whose mean it began with."""
    names = [*stage.mean, *(s if isinstance(s, str) else s.preset for s in stage.start)]
    return names if len(names) > 1 else next(iter(names), None)


def as_made(stage: Stage, facts: dict[str, Any]) -> Stage:
    """The stage with the network that its training ended with, where it was to be found first."""
    return stage.model_copy(update={"network": NetworkSection.model_validate(facts["network"])})


def training_facts(recipe: Recipe, run: Path, unfinished: dict | None = None) -> dict[str, Any]:
    """What the card says: of the last stage whole, of the earlier ones what differs.

    unfinished: facts of the last stage where that has not ended.
    """
    *earlier, last = [
        {"stage": stage.name, **(read_facts(run / stage.folder) or unfinished or {})}
        for stage in recipe.stages
    ]
    del last["stage"]
    last.pop("network", None)
    earlier_facts = [
        {key: fact for key, fact in facts.items() if key not in SAID_ONCE or fact != last.get(key)}
        for facts in earlier
    ]
    for facts in earlier_facts:
        facts.pop("curve", None)
        facts.pop("network", None)
    folders = dict.fromkeys(path for stage in recipe.stages for path in stage.data.hr)
    targets = dict.fromkeys(path for stage in recipe.stages for path in stage.data.targets)
    records = [record for path in targets if (record := read_record(path))]
    folders.update(dict.fromkeys(Path(path) for record in records for path in record["folders"]))
    made = [record["teacher"] for record in records if record["teacher"]]
    teachers = [*{str(teacher): teacher for teacher in made}.values()]  # each once
    return {
        "recipe": recipe.name,
        "stages": [stage.name for stage in recipe.stages],
        "attribution": attribution(folders),
        **({"teachers": teachers} if teachers else {}),
        **({"ancestry": recipe.ancestry.model_dump(mode="json")} if recipe.ancestry else {}),
        **({"earlier_stages": earlier_facts} if earlier_facts else {}),
        **last,
    }
