"""A preset's network in a cheaper kind of convolution, as the recipe of its training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sr_app.files.quiet import quiet_start
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import NetworkSection, PresetStart

WAYS = ("search", "squeeze")


def widths_settings(widths: str | None, conv: str | None) -> list[str]:
    """The option as ``key=value`` changes of a recipe; later ones may change them again; ValueError
    for an unknown way, or a kind of convolution that wider blocks do not serve."""
    if widths is None:
        return []
    if widths not in WAYS:
        raise ValueError(f"Expected widths among {', '.join(WAYS)}. Received: {widths!r}")
    if conv != "binary":
        raise ValueError(
            "Expected widths with conv = binary, whose lost bits wider blocks make up for. "
            f"Received: conv = {conv}"
        )
    return [f"widths.way={widths}"]


def compressed_genotype(source: Card, conv: str) -> Genotype:
    """The preset's network in another kind of convolution, widths as they are; ValueError for a
    kind that is unknown, or that the preset has already."""
    if source.genotype.conv not in ("conv", "rep"):
        raise ValueError(
            f"Expected a preset of ordinary convolutions. {source.name} has {source.genotype.conv}"
        )
    with quiet_start():
        from sr_app.networks.esrn import savings

    if conv not in savings():
        raise ValueError(f"Expected conv among {', '.join(savings())}. Received: {conv!r}")
    return replace(source.genotype, conv=conv)


def check_pixels_alone(recipe: Recipe) -> None:
    """ValueError for a recipe whose first stage trains on more than pixels."""
    if {"perceptual", "two_stage"} & {section.NAME for section in recipe.stages[0].own_sections()}:
        raise ValueError(
            "Expected a recipe that trains on pixels alone: give another recipe. "
            f"Received: {recipe.name}"
        )


def made_from(source: Card, start: str, *, name: str, how: str, ending: str) -> dict[str, Any]:
    """What a recipe says of itself that makes a cheaper form of a preset."""
    return {
        "name": name,
        "title": f"{source.title}, {how}",
        "description": f"{source.description} {ending} from {source.name}.",
        "ancestry": None,
        "compressed_from": start,
    }


def compressed_recipe(
    recipe: Recipe, source: Card, genotype: Genotype, *, start: str, name: str
) -> Recipe:
    """The recipe's data and schedule for another network, started from the preset; ValueError for a
    recipe that trains on more than pixels."""
    check_pixels_alone(recipe)
    network = NetworkSection.of(genotype, source.scale)
    changes = made_from(source, start, name=name, how=genotype.conv, ending="Compressed")
    starts = (PresetStart(preset=start),)
    return recipe.in_one_stage({"start": starts, "network": network}, changes)
