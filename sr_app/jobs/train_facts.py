"""What a preset's card says of its training."""

from __future__ import annotations

import platform
from pathlib import Path

import keras

from sr_app.datasets.attribution import attribution
from sr_app.jobs.hardware import describe_hardware
from sr_app.networks.presets import read_card
from sr_app.recipes.schema import Recipe, recipe_genotype
from sr_app.training.curve import read_curve, thin

CURVE = ("step", "seconds", "val_psnr")
"""Columns of the learning curve that a card carries, thinned."""
SAID_ONCE = {"attribution", "ancestry", "curve"}
"""Keys omitted for earlier stages: pictures and network are the same, one curve is enough."""


def training_facts(recipe: Recipe, folder: Path) -> dict:
    """What the card says of the training: data, settings, hardware, wall time."""
    curves = [
        curve for place in (folder, *sorted(folder.glob("*/"))) if (curve := read_curve(place))
    ]
    kept = ("two_stage", "perceptual", "distillation", "ancestry")
    parts = {name: getattr(recipe, name) for name in kept}
    stages = earlier_stages(recipe)
    return {
        "recipe": recipe.name,
        "data": [str(path) for path in (*recipe.data.hr, *recipe.data.twins)]
        + [str(recipe.data.div2k)] * bool(recipe.data.div2k),
        "data_description": recipe.data.description or None,
        "attribution": attribution(recipe.data.hr),
        "start": recipe.start,
        **recipe.training.model_dump(include=None if recipe.training.steps else {"steps"}),
        **{name: section.model_dump(mode="json") for name, section in parts.items() if section},
        **({"earlier_stages": stages} if stages else {}),
        "wall_seconds": sum(curve[-1]["seconds"] for curve in curves) if curves else None,
        "curve": [{key: row[key] for key in CURVE} for row in thin(read_curve(folder))],
        "hardware": describe_hardware(),
        "software": f"Python {platform.python_version()}, Keras {keras.__version__}",
    }


def earlier_stages(recipe: Recipe) -> list[dict]:
    """The same of the presets that the training started from, as far as they are its own stages.

    A stage has the same network, factor and purpose. Other starts are presets in their own right,
    with cards of their own.
    """

    own = (recipe_genotype(recipe), recipe.network.scale, recipe.purpose)
    cards = [read_card(name) for name in recipe.starts()]
    return [
        {
            **{key: fact for key, fact in card.training.items() if key not in SAID_ONCE},
            "results": card.results,
        }
        for card in cards
        if (card.network, card.scale, card.purpose) == own
    ]
