"""Recipes: TOML files, validated; unknown keys are errors that name the nearest known one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar, overload

from pydantic import Field, ValidationError

from sr_app.files.nearest import did_you_mean
from sr_app.recipes.overrides import change, explain
from sr_app.recipes.sections import AncestrySection, Name, NetworkSection, Section
from sr_app.recipes.stage_section import SINGLE
from sr_app.recipes.stage_sections import Stage
from sr_app.recipes.stages import SECTIONS, complete_stages

SHIPPED = Path(__file__).resolve().parent


LARGEST = 1 << 20
"""Bytes of a recipe that is read at all."""


class ResultSet(Section):
    """Pictures that a preset is measured on, and the folder of their LR."""

    hr: Path
    lr: Path


class Recipe(Section):
    """How a preset is made: its name, and the stages of its training; the last one makes it.

    ``vivid`` names the preset at the other end of its slider, where that is not ``NAME_vivid``.
    ``border`` is how many mirrored pixels a photo is given around it before the network.
    ``compressed_from`` is a preset that it is a cheaper form of: its card says what that saves and
    what it costs in dB.
    """

    name: Name
    title: str
    description: str
    purpose: str = "clean"
    vivid: Name | None = None
    border: int = Field(0, ge=0, le=256)
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=100)
    compressed_from: str | None = None
    ancestry: AncestrySection | None = None
    results: dict[str, Path | ResultSet] = Field(default_factory=dict)

    @property
    def network(self) -> NetworkSection:
        """What the preset is: the network of the last stage."""
        return self.stages[-1].network

    def stage(self, name: str) -> Stage:
        """The stage of a name; the error tells the names."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        names = ", ".join(stage.name for stage in self.stages)
        raise ValueError(f"Expected a stage of {self.name} among {names}. Received: {name!r}")

    def in_one_stage(self, stage: dict[str, Any], recipe: dict[str, Any]) -> Recipe:
        """A recipe of the first stage alone, with changes of it and of the recipe."""
        alone = {"name": SINGLE, "folder": "", "start": (), "mean": (), **stage}
        only = self.stages[0].model_copy(update=alone)
        return self.model_copy(update={**recipe, "stages": (only,)})

    @classmethod
    def settable(cls) -> dict[str, Any]:
        """Keys that ``--set`` may change: the sections of the stages are as the recipe's own."""
        sections = {name: Stage.model_fields[name].annotation for name in SECTIONS}
        own = {name: kind for name, kind in super().settable().items() if name != "stages"}
        return {**own, "from": str, **sections}


Kind = TypeVar("Kind", bound=Section)


@overload
def read_recipe(name: str, settings: list[str] | None = None) -> Recipe: ...
@overload
def read_recipe(name: str, settings: list[str] | None, kind: type[Kind]) -> Kind: ...


def read_recipe(
    name: str, settings: list[str] | None = None, kind: type[Section] = Recipe
) -> Section:
    """Read a recipe by path or by the name of a shipped one, with ``key=value`` changes.

    Args:
        name: path of a TOML file, or a name such as ``esrn_x2``.
        settings: ``section.key=value`` or, where only one section has the key, ``key=value``;
            ``STAGE.key=value`` changes one stage alone. Values are TOML (``1e-3``, ``true``,
            ``["a", "b"]``), anything else is text.
        kind: what the recipe describes, `Recipe` for a training.

    Raises:
        ValueError: for a missing file, faulty TOML, an unknown key or a value out of range.
    """
    path = find_recipe(name)
    data = read_raw(path)
    check_verb(path, data, searched=kind is not Recipe)
    for setting in settings or []:
        change(data, setting, kind)
    try:
        return validated(data, kind)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def check_verb(path: Path, data: dict[str, Any], searched: bool) -> None:
    """ValueError for a search's recipe that is to be trained, and the other way round."""
    found = "search" if "space" in data else "training" if "network" in data else None
    expected = "search" if searched else "training"
    if found is not None and found != expected:
        verb = {"search": "search", "training": "train"}[found]
        raise ValueError(
            f"{path}: expected the recipe of a {expected}. "
            f"Received: that of a {found}, which sr-app {verb} runs"
        )


def read_one_stage(name: str, settings: list[str] | None = None) -> Recipe:
    """A recipe with its first stage alone, or with the stage of ``NAME:STAGE``."""
    whole, _, stage = name.rpartition(":")
    if not whole or Path(name).is_file():
        whole, stage = name, ""
    recipe = read_recipe(whole, settings)
    chosen = recipe.stage(stage) if stage else recipe.stages[0]
    return recipe.model_copy(update={"stages": (chosen,)})


def read_raw(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; ValueError names the file."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"Expected at most {LARGEST} bytes. Received: {path.stat().st_size}")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path} is not valid TOML: it is nested without end") from None
    except ValueError as error:  # UnicodeDecodeError and TOMLDecodeError are both
        raise ValueError(f"{path} is not valid TOML: {error}") from error


@overload
def validated(data: dict[str, Any]) -> Recipe: ...
@overload
def validated(data: dict[str, Any], kind: type[Kind]) -> Kind: ...


def validated(data: dict[str, Any], kind: type[Section] = Recipe) -> Section:
    """Raw tables as a recipe; ValueError with the first fault in one line."""
    data = complete_stages(data) if kind is Recipe else data
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise ValueError(explain(error, kind, data)) from error


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
