"""A network of a search as a recipe, to be trained in full."""

from __future__ import annotations

from pathlib import Path

from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import AncestrySection, NetworkSection
from sr_app.recipes.stage_sections import Stage
from sr_app.search.ancestry import ancestors, describe
from sr_app.search.archive import genotype_in, read_archive


def candidate_recipe(recipe: Recipe, archive: Path, index: int) -> Recipe:
    """A recipe with a candidate's network, and where it comes from.

    All stages stay; none starts from a preset, whose network is another. ValueError for a missing
    archive or candidate, or a recipe for another factor.

    Args:
        recipe: whose training and data it gets; for the search's factor.
        archive: folder of the search, which names it.
        index: of the candidate.
    """
    facts, records = read_archive(archive)
    space, objectives = facts.get("space", {}), facts.get("objectives", [])
    if recipe.network.scale != space.get("scale"):
        raise ValueError(
            f"Expected a recipe for x{space.get('scale')}, as the search is. "
            f"Received: {recipe.name}, x{recipe.network.scale}"
        )
    line = ancestors(records, index)
    genotype = genotype_in(space, line[0].genotype)
    network = NetworkSection.of(genotype, recipe.network.scale)
    changes = {
        "name": f"{archive.name}_{index}",
        "title": f"Candidate {index} of {archive.name}, {recipe.network.scale}x",
        "description": f"Found by a search, trained as {recipe.name} is.",
        "vivid": None,  # that of another network
        "stages": tuple(with_network(stage, network) for stage in recipe.stages),
        "ancestry": AncestrySection(
            search=archive.name,
            candidate=index,
            line=[describe(record, objectives) for record in line],
        ),
    }
    return recipe.model_copy(update=changes)


def with_network(stage: Stage, network: NetworkSection) -> Stage:
    """A stage with another network, started from none but other stages."""
    own = tuple(start for start in stage.start if isinstance(start, str))
    return stage.model_copy(update={"network": network, "start": own})
