"""`sr-app search --candidate`: a network of a search as a recipe, to be trained in full."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sr_app.recipes.schema import Recipe, Stage


def print_recipe(archive: Path, index: int, like: str) -> None:
    """Write to stdout the recipe ``like`` with a candidate's network, and where it comes from.

    Raises:
        ValueError: for a missing archive, candidate or recipe, or a recipe for another factor.
    """
    from sr_app.recipes.schema import read_recipe
    from sr_app.recipes.writing import as_toml

    typer.echo(as_toml(candidate_recipe(read_recipe(like), archive, index)), nl=False)


def candidate_recipe(recipe: Recipe, archive: Path, index: int) -> Recipe:
    """A recipe with a candidate's network and ancestry; the archive's folder names the search.

    All stages stay; none starts from a preset, whose network is another.
    """
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
    network = type(recipe.network)(scale=space["scale"], **genotype.to_json())
    search = archive.name
    changes = {
        "name": f"{search}_{index}",
        "title": f"{recipe.title}, found",
        "description": f"Candidate {index} of {search}.",
        "stages": tuple(with_network(stage, network) for stage in recipe.stages),
        "ancestry": AncestrySection(
            search=search,
            candidate=index,
            line=[describe(record, objectives) for record in line],
        ),
    }
    return recipe.model_copy(update=changes)


def with_network(stage: Stage, network) -> Stage:
    """A stage with another network, started from none but other stages."""
    own = tuple(start for start in stage.start if isinstance(start, str))
    return stage.model_copy(update={"network": network, "start": own})
