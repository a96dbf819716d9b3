"""What a recipe needs before it: presets to start from or to be taught by, and their recipes."""

from __future__ import annotations

from collections.abc import Callable

from sr_app.recipes.schema import SHIPPED, Recipe, read_recipe


def needed_presets(recipe: Recipe) -> list[str]:
    """Presets that it starts from, learns from or is compared with: names or folders, each once."""
    names = [recipe.compressed_from] if recipe.compressed_from else []
    for stage in recipe.stages:
        if not stage.training.first_step:  # those are there, and may be the recipe's own
            names += stage.presets()
        names += [name for section in stage.own_sections() for name in section.teachers()]
    return list(dict.fromkeys(names))


def plan(recipe: Recipe, has_preset: Callable[[str], bool]) -> tuple[Recipe, ...]:
    """The recipes to be trained, in this order; ``recipe`` is the last.

    A preset that is not there is made by the shipped recipe of its name, and so on. ValueError for
    a recipe that leads back to itself, or a preset that is not there and that no recipe makes.

    Args:
        has_preset: name or folder -> whether that preset is there.
    """
    order: dict[str, Recipe] = {}
    visit(recipe, has_preset, (), order)
    return tuple(order.values())


def visit(
    recipe: Recipe,
    has_preset: Callable[[str], bool],
    path: tuple[str, ...],
    order: dict[str, Recipe],
) -> None:
    """Depth first: what a recipe needs, then the recipe. ``path`` leads to it."""
    path = (*path, recipe.name)
    for name in needed_presets(recipe):
        if name in path:
            raise ValueError(f"a preset is made from itself: {' <- '.join((*path, name))}")
        if name in order or has_preset(name):
            continue
        if not (SHIPPED / f"{name}.toml").is_file():
            raise ValueError(f"{recipe.name} needs the preset {name!r}: no such preset or recipe")
        visit(read_recipe(name), has_preset, path, order)
    order[recipe.name] = recipe
