"""The folder of a run: what it was begun with, and that it goes on with the same."""

from __future__ import annotations

from pathlib import Path

from sr_app.files.replacement import replacing
from sr_app.recipes.sections import Section

RECIPE = "recipe.json"


def keep_recipe(recipe: Section, folder: Path) -> None:
    """Write the resolved recipe into the run's folder, or refuse a run begun with another one."""
    path = folder / RECIPE
    if path.is_file() and not same_recipe(path, recipe):
        raise ValueError(
            f"{folder} holds a run of another recipe (see {path}): choose another --runs folder, "
            "or delete it to start over"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(recipe.model_dump_json(indent=2), encoding="utf-8")


def same_recipe(path: Path, recipe: Section) -> bool:
    """Whether a kept recipe is this one; a key that was not known then has its default."""
    try:
        return type(recipe).model_validate_json(path.read_text(encoding="utf-8")) == recipe
    except ValueError:
        return False
