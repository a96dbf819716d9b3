"""Recipes of searches: the space, the evolution, and what its scores are."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from pydantic import Field, create_model

from sr_app.recipes.sections import (
    Batch,
    Beta,
    DataSection,
    Loss,
    Name,
    Patch,
    ScheduleSection,
    Section,
    Seed,
)
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Strategy

if TYPE_CHECKING:
    from sr_app.training.schedule import Schedule


def defaults_of(kind: type) -> dict[str, Any]:
    """A dataclass' fields, as those of a section: type and default."""
    types = get_type_hints(kind)
    return {item.name: (types[item.name], item.default) for item in fields(kind)}


class SpaceSection(create_model("Space", __base__=Section, **defaults_of(BlockSpace))):
    """What is searched: the fields of ``search.space.BlockSpace``."""

    scale: Literal[2, 3, 4, 8]
    tail: Literal["published", "anchor"] = "published"


class EvolutionSection(create_model("Variation", __base__=Section, **defaults_of(Strategy))):
    """How: arguments of ``search.evolution.evolve``, and the fields of ``search.strategy``."""

    objectives: list[str] = Field(min_length=1)
    generations: int = Field(default=20, ge=0)
    population: int = Field(default=8, ge=2, le=100_000)
    children: int | None = Field(default=None, gt=0, le=100_000)
    survival: str = "non_dominated"
    seed: Seed = 0
    inherit: bool = False
    screened: bool = False


class ProxySection(ScheduleSection):
    """The short training behind the objective ``quality``: arguments of ``search.proxy.Proxy``."""

    validation: Path
    pictures: int | None = Field(default=None, gt=0)
    steps: int = Field(default=600, gt=0)
    epoch: int = Field(default=100, gt=0)
    batch: Batch = 16
    patch: Patch = 24
    learning_rate: float = Field(default=2e-3, gt=0)
    warmup: int = Field(default=50, ge=0)
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    average: float | None = Field(default=0.99, ge=0, lt=1)
    gradient_clip: float | None = Field(default=None, gt=0)
    loss: Loss = "l1"
    patience: int = Field(default=3, gt=0)
    jit: bool | Literal["auto"] = "auto"


class SupernetSection(ScheduleSection):
    """Instead of short trainings: arguments of ``search.supernet.Supernet``."""

    validation: Path
    pictures: int | None = Field(default=None, gt=0)
    warm_up: int = Field(default=64, gt=0)
    visits: int = Field(default=16, gt=0)
    steps: int = Field(default=20, gt=0)
    batch: Batch = 16
    patch: Patch = 24
    learning_rate: float = Field(default=5e-4, gt=0)
    loss: Loss = "l1"
    jit: bool = False

    def schedule(self, seed: int | None = None) -> Schedule:
        """That of one visit, which is one epoch."""
        return replace(super().schedule(seed), epoch=self.steps, gradient_clip=1.0)


class LatencySection(Section):
    """How time is measured: arguments of ``search.latency.Latency``."""

    size: tuple[Patch, Patch] = (192, 192)
    rounds: int = Field(default=9, gt=0)


class SearchRecipe(Section):
    name: Name
    title: str
    space: SpaceSection
    evolution: EvolutionSection
    data: DataSection = DataSection()
    proxy: ProxySection | None = None
    supernet: SupernetSection | None = None
    latency: LatencySection = LatencySection()
