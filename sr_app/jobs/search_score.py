"""A search's recipe as the objects of its search; faults are said before Keras is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sr_app.datasets.ntire import existing
from sr_app.files.quiet import quiet_start
from sr_app.jobs.train_data import sources
from sr_app.recipes.searches import SearchRecipe
from sr_app.recipes.sections import given
from sr_app.search.evolution import Screen, check_sizes
from sr_app.search.latency import Latency
from sr_app.search.objectives import Objectives, check_objectives
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Strategy


def recipe_space(recipe: SearchRecipe) -> BlockSpace:
    return BlockSpace(**recipe.space.model_dump())


def recipe_strategy(recipe: SearchRecipe) -> Strategy:
    return Strategy(**recipe.evolution.model_dump(include=set(Strategy.__dataclass_fields__)))


def check_search(recipe: SearchRecipe) -> None:
    """ValueError for what would stop a search after it has begun: names, sections, folders."""
    evolution = recipe.evolution
    check_sizes(evolution.survival, evolution.population, evolution.generations)
    check_objectives(evolution.objectives)
    recipe_space(recipe).sample(np.random.default_rng(0))  # there are networks inside its windows
    recipe_strategy(recipe)
    if "quality" not in evolution.objectives:
        return
    if (recipe.proxy is None) == (recipe.supernet is None):
        raise ValueError(
            "Expected either a section [proxy] or a section [supernet] for the objective "
            f"quality. Received: {'none' if recipe.proxy is None else 'both'}"
        )
    existing(given(recipe.proxy or recipe.supernet).validation)
    score_facts(recipe)


def recipe_score(recipe: SearchRecipe, folder: Path) -> Objectives:
    """The score of a recipe; Keras is imported only where something is trained or timed."""
    check_search(recipe)
    names, scale = tuple(recipe.evolution.objectives), recipe.space.scale
    quality = latency = None
    if "quality" in names:
        quality = (proxy_score if recipe.proxy else supernet_score)(recipe, folder)
    if "latency" in names:
        latency = Latency(scale=scale, **recipe.latency.model_dump())
    return Objectives(names, scale, quality, latency)


def proxy_score(recipe: SearchRecipe, folder: Path):
    """Short trainings in a folder, on the recipe's pictures."""
    with quiet_start():
        from sr_app.search.proxy import Proxy

    section, facts = given(recipe.proxy), score_facts(recipe)
    return Proxy(
        folder=folder / "candidates",
        schedule=section.schedule(seed=facts.pop("seed")),
        batches=section.batches(),
        **section.model_dump(include={"validation", "pictures", "loss", "patience"}),
        **facts,
    )


def supernet_score(recipe: SearchRecipe, folder: Path):
    """Weights that all candidates share, in a folder, trained on the recipe's pictures."""
    with quiet_start():
        from sr_app.search.supernet import Supernet

    section, facts = given(recipe.supernet), score_facts(recipe)
    del facts["scale"]  # that of the space
    names = {"validation", "pictures", "warm_up", "visits", "loss"}
    return Supernet(
        space=recipe_space(recipe),
        folder=folder / "supernet",
        schedule=section.schedule(seed=facts.pop("seed")),
        batches=section.batches(),
        **section.model_dump(include=names),
        **facts,
    )


def score_facts(recipe: SearchRecipe) -> dict[str, Any]:
    """Arguments that both scores take from other sections."""
    return {
        "sources": sources(recipe.data, recipe.space.scale),
        "cache": recipe.data.cache,
        "scale": recipe.space.scale,
        "seed": recipe.evolution.seed,
    }


def recipe_screen(recipe: SearchRecipe, space: BlockSpace) -> Screen | None:
    """A predictor that chooses which of many children are scored, where the recipe asks for it."""
    if not recipe.evolution.screened:
        return None
    with quiet_start():
        from sr_app.search.predictor import Screen

    return Screen(space, costs=len(recipe.evolution.objectives) > 1, seed=recipe.evolution.seed)
