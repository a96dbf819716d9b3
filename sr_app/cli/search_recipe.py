"""A search's recipe as the objects of its search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sr_app.recipes.searches import SearchRecipe
    from sr_app.search.objectives import Objectives
    from sr_app.search.proxy import Proxy
    from sr_app.search.space import BlockSpace
    from sr_app.search.strategy import Strategy
    from sr_app.search.supernet import Supernet


def recipe_space(recipe: SearchRecipe) -> BlockSpace:
    """The space section as a space."""
    from sr_app.search.space import BlockSpace

    return BlockSpace(**recipe.space.model_dump())


def recipe_strategy(recipe: SearchRecipe) -> Strategy:
    """The variation part of the evolution section."""
    from sr_app.search.strategy import Strategy

    return Strategy(**recipe.evolution.model_dump(include=set(Strategy.__dataclass_fields__)))


def recipe_score(recipe: SearchRecipe, folder: Path) -> Objectives:
    """The score of a recipe; Keras is imported only where something is trained or timed."""
    from sr_app.search.objectives import Objectives

    names, scale = tuple(recipe.evolution.objectives), recipe.space.scale
    quality = latency = None
    if "quality" in names:
        if (recipe.proxy is None) == (recipe.supernet is None):
            raise ValueError(
                "Expected either a section [proxy] or a section [supernet] for the objective "
                f"quality. Received {'none' if recipe.proxy is None else 'both'}"
            )
        quality = (proxy_score if recipe.proxy else supernet_score)(recipe, folder)
    if "latency" in names:
        from sr_app.search.latency import Latency

        latency = Latency(scale=scale, **recipe.latency.model_dump())
    return Objectives(names, scale, quality, latency)


def proxy_score(recipe: SearchRecipe, folder: Path) -> Proxy:
    """Short trainings in a folder, on the recipe's pictures."""
    from sr_app.search.proxy import Proxy

    return Proxy(folder=folder / "candidates", **score_facts(recipe), **recipe.proxy.model_dump())


def supernet_score(recipe: SearchRecipe, folder: Path) -> Supernet:
    """Weights that all candidates share, in a folder, trained on the recipe's pictures."""
    from sr_app.search.supernet import Supernet

    return Supernet(
        folder=folder / "supernet", **score_facts(recipe), **recipe.supernet.model_dump()
    )


def score_facts(recipe: SearchRecipe) -> dict:
    """Arguments that both scores take from other sections."""
    from sr_app.jobs.train_data import sources

    return {
        "sources": sources(recipe.data, recipe.space.scale),
        "cache": recipe.data.cache,
        "scale": recipe.space.scale,
        "seed": recipe.evolution.seed,
    }
