"""Recipes: TOML files, validated; unknown keys are errors that name the nearest known one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from sr_app.files.nearest import did_you_mean
from sr_app.recipes.overrides import change, explain
from sr_app.recipes.sections import (
    AncestrySection,
    DataSection,
    DistillationSection,
    NetworkSection,
    PerceptualSection,
    Section,
    SelectionSection,
    TrainingSection,
    TwoStageSection,
    ValidationSection,
    WidthsSection,
)

if TYPE_CHECKING:
    from sr_app.networks.genotype import Genotype

SHIPPED = Path(__file__).resolve().parent


class Recipe(Section):
    """One training: network, data, schedule, and what its preset is called.

    ``start`` is the preset that training goes on from; of several, the mean of their weights.
    """

    name: str
    title: str
    description: str
    purpose: str = "clean"
    start: str | list[str] | None = None
    network: NetworkSection
    data: DataSection
    training: TrainingSection
    two_stage: TwoStageSection | None = None
    perceptual: PerceptualSection | None = None
    distillation: DistillationSection | None = None
    selection: SelectionSection | None = None
    widths: WidthsSection | None = None
    ancestry: AncestrySection | None = None
    validation: ValidationSection | None = None
    results: dict[str, Path] = Field(default_factory=dict)

    def starts(self) -> list[str]:
        """Names or folders of the presets to start from."""
        return [self.start] if isinstance(self.start, str) else self.start or []


def recipe_genotype(recipe: Recipe) -> Genotype:
    """The network section as a genotype."""
    from sr_app.networks.genotype import Genotype

    return Genotype.from_json(recipe.network.model_dump(exclude={"scale"}))


def read_recipe(
    name: str, settings: list[str] | None = None, kind: type[Section] = Recipe
) -> Section:
    """Read a recipe by path or by the name of a shipped one, with ``key=value`` changes.

    Args:
        name: path of a TOML file, or a name such as ``esrn_x2``.
        settings: ``section.key=value`` or, where only one section has the key, ``key=value``;
            values are TOML (``1e-3``, ``true``, ``["a", "b"]``), anything else is text.
        kind: what the recipe describes, :class:`Recipe` for a training.

    Raises:
        ValueError: for a missing file, faulty TOML, an unknown key or a value out of range.
    """
    path = find_recipe(name)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error
    for setting in settings or []:
        change(data, setting, kind)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise ValueError(f"{path}: {explain(error, kind)}") from error


def find_recipe(name: str) -> Path:
    """A path that exists, or a shipped recipe; the error names the nearest."""
    for path in (Path(name), SHIPPED / f"{name}.toml"):
        if path.is_file():
            return path
    known = [*list_recipes(), *list_recipes(searches=True)]
    raise ValueError(
        f"Expected a recipe file or one of: {', '.join(known)}. "
        f"Received: {name!r}.{did_you_mean(name, known)}"
    )


def list_recipes(*, searches: bool = False) -> list[str]:
    """Names of the shipped recipes: those of trainings, or those of searches."""
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    return [name for name in names if name.startswith("search_") == searches]
