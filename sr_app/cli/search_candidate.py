"""`sr-app search --candidate`: a network of a search as a recipe, to be trained in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from sr_app.recipes.schema import Recipe

WIDEST = 80
"""Characters of a list on one line; a longer one has a line for every item."""


def print_recipe(archive: Path, index: int, like: str) -> None:
    """Write to stdout the recipe ``like`` with a candidate's network, and where it comes from.

    Raises:
        ValueError: for a missing archive, candidate or recipe, or a recipe for another factor.
    """
    from sr_app.recipes.schema import read_recipe

    typer.echo(as_toml(candidate_recipe(read_recipe(like), archive, index)), nl=False)


def candidate_recipe(recipe: Recipe, archive: Path, index: int) -> Recipe:
    """A recipe with a candidate's network and ancestry; the archive's folder names the search."""
    from sr_app.recipes.sections import AncestrySection
    from sr_app.search.ancestry import ancestors, describe
    from sr_app.search.archive import genotype_in, read_archive

    facts, records = read_archive(archive)
    space, objectives = facts["space"], facts["objectives"]
    if recipe.network.scale != space["scale"]:
        raise ValueError(
            f"Expected a recipe for x{space['scale']}, as the search is. "
            f"Received: {recipe.name}, x{recipe.network.scale}"
        )
    line = ancestors(records, index)
    genotype = genotype_in(space, line[0].genotype)
    search = archive.name
    changes = {
        "name": f"{search}_{index}",
        "title": f"{recipe.title}, found",
        "description": f"Candidate {index} of {search}.",
        "start": None,
        "network": type(recipe.network)(scale=space["scale"], **genotype.to_json()),
        "ancestry": AncestrySection(
            search=search,
            candidate=index,
            line=[describe(record, objectives) for record in line],
        ),
    }
    return recipe.model_copy(update=changes)


def as_toml(recipe: Recipe) -> str:
    """A recipe as the text of a file, with the keys that were set."""
    data = recipe.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    sections = {name: value for name, value in data.items() if isinstance(value, dict)}
    plain = {name: value for name, value in data.items() if name not in sections}
    parts = [_lines(plain), *(f"[{name}]\n{_lines(part)}" for name, part in sections.items())]
    return "\n".join(parts)


def _lines(section: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in section.items())


def _value(value: Any) -> str:
    """Numbers, strings, truths and lists of them look the same in JSON and in TOML."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and len(text) > WIDEST:
        items = "".join(f"    {_value(item)},\n" for item in value)
        return f"[\n{items}]"
    return text
