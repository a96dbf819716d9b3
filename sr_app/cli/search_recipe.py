"""Recipes of searches: the space, the evolution, and what its scores are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sr_app.cli.recipes import DataSection, Section

if TYPE_CHECKING:
    from sr_app.search.objectives import Objectives
    from sr_app.search.proxy import Proxy
    from sr_app.search.space import BlockSpace
    from sr_app.search.strategy import Strategy
    from sr_app.search.supernet import Supernet

Window = tuple[int, int] | None


class SpaceSection(Section):
    """What is searched: the arguments of ``search.space.BlockSpace``."""

    scale: Literal[2, 3, 4]
    kinds: tuple[str, ...] = ("S", "G", "C")
    convolutions: tuple[int, ...] = (4, 6, 8)
    growths: tuple[int, ...] = (8, 16, 24, 32)
    outs: tuple[int, ...] = (8, 16, 24, 32)
    plain_convolutions: tuple[int, ...] = ()
    positions: int = Field(20, gt=0)
    min_active: int = Field(16, gt=0)
    width: int = 32
    conv: str = "conv"
    tail: Literal["published", "anchor"] = "published"
    parameters: Window = None
    multiply_adds: Window = None


class EvolutionSection(Section):
    """How: arguments of ``search.evolution.evolve`` and of ``search.strategy.Strategy``."""

    objectives: list[str] = Field(min_length=1)
    generations: int = Field(20, ge=0)
    population: int = Field(8, ge=2)
    children: int | None = Field(None, gt=0)
    survival: str = "non_dominated"
    seed: int = 0
    inherit: bool = False
    mutation: float = 0.5
    crossover: float = 0.5
    guided: bool = True
    guided_rate: float = 0.2
    rate: float = 0.1
    crosses: str = "parents"
    chooses: str = "tournament"
    momentum: float = 0.9
    screened: bool = False
    oversample: int = Field(8, gt=1)


class ProxySection(Section):
    """The short training behind the objective ``quality``: arguments of ``search.proxy.Proxy``."""

    validation: Path
    pictures: int | None = Field(None, gt=0)
    steps: int = Field(600, gt=0)
    epoch: int = Field(100, gt=0)
    batch: int = Field(16, gt=0)
    patch: int = Field(24, ge=8)
    learning_rate: float = Field(2e-3, gt=0)
    warmup: int = Field(50, ge=0)
    average: float | None = Field(0.99, ge=0, lt=1)
    loss: str = "l1"
    patience: int = Field(3, gt=0)


class SupernetSection(Section):
    """Instead of short trainings: arguments of ``search.supernet.Supernet``."""

    validation: Path
    pictures: int | None = Field(None, gt=0)
    warm_up: int = Field(64, gt=0)
    visits: int = Field(16, gt=0)
    steps: int = Field(20, gt=0)
    batch: int = Field(16, gt=0)
    patch: int = Field(24, ge=8)
    learning_rate: float = Field(5e-4, gt=0)
    loss: str = "l1"
    jit: bool = False


class LatencySection(Section):
    """How time is measured: arguments of ``search.latency.Latency``."""

    size: tuple[int, int] = (192, 192)
    rounds: int = Field(9, gt=0)


class SearchRecipe(Section):
    """One search."""

    name: str
    title: str
    space: SpaceSection
    evolution: EvolutionSection
    data: DataSection = DataSection()
    proxy: ProxySection | None = None
    supernet: SupernetSection | None = None
    latency: LatencySection = LatencySection()


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
    return {
        "sources": recipe.data.sources(recipe.space.scale),
        "cache": recipe.data.cache,
        "scale": recipe.space.scale,
        "seed": recipe.evolution.seed,
    }
