"""A compression as a recipe: a preset's network in a cheaper kind of convolution, or a student."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sr_app.files.quiet import quiet_start
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import NetworkSection, PresetStart
from sr_app.recipes.stage_sections import SelectionSection

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


def student_settings(
    teacher: str, positives: str | Path | None, unlabeled: str | Path | None, prior: float | None
) -> list[str]:
    """The options as ``key=value`` changes of a recipe; later ones may change them again.

    Without a selection the recipe's data stay. With one they are its folders, and the teacher's
    pictures are all that is learnt from. ValueError for one folder without the other, a prior
    without them or outside (0, 1).
    """
    if (positives is None) != (unlabeled is None):
        raise ValueError(
            "Expected folders for both positives and unlabeled, or for neither. Received: one"
        )
    if prior is not None and not 0 < prior < 1:
        raise ValueError(f"Expected prior between 0 and 1. Received: {prior}")
    # A JSON string is a TOML string.
    settings = [f"distillation.teacher={json.dumps(teacher)}"]
    if positives is None:
        if prior is not None:
            raise ValueError(
                "Expected a prior with the folders of positives and unlabeled. Received: no folders"
            )
        return settings
    folders = [json.dumps(str(folder)) for folder in (positives, unlabeled)]
    return [
        *settings,
        "distillation.share=1.0",
        f"selection.positives={folders[0]}",
        f"selection.unlabeled={folders[1]}",
        f"data.hr=[{', '.join(folders)}]",
        "data.div2k=none",
        'data.description=""',
        *([f"selection.prior={prior}"] if prior is not None else []),
    ]


def compressed_recipe(
    recipe: Recipe, source: Card, genotype: Genotype, *, start: str, name: str
) -> Recipe:
    """The recipe's data and schedule for another network, started from the preset; ValueError for a
    recipe that trains on more than pixels."""
    stage = {"start": (PresetStart(preset=start),)}
    said = {"name": name, "title": genotype.conv, "description": "Compressed"}
    return in_one_stage(recipe, source, genotype, stage, {**said, "compressed_from": start})


def student_recipe(recipe: Recipe, source: Card, genotype: Genotype, *, name: str) -> Recipe:
    """A recipe with those settings for a student of the preset.

    ValueError for a recipe that trains on more than pixels, for data that are not the selection's,
    or a student that is as the preset.
    """
    if genotype == source.genotype:
        raise ValueError(f"Expected another network than the preset's own. Received: {genotype}")
    stage = recipe.stages[0]
    chosen = stage.section(SelectionSection)
    if chosen and stage.data.hr != [chosen.positives, chosen.unlabeled]:
        raise ValueError(
            "Expected data.hr to be positives and unlabeled: leave one out. "
            f"Received: {stage.data.hr}"
        )
    said = {"name": name, "title": "distilled", "description": "Distilled"}
    changes = {**said, "compressed_from": str(source.folder)}
    return in_one_stage(recipe, source, genotype, {}, changes)


def in_one_stage(
    recipe: Recipe,
    source: Card,
    genotype: Genotype,
    stage: dict[str, Any],
    changes: dict[str, Any],
) -> Recipe:
    """The recipe's first stage with the network, named after the preset that it is made from.

    The recipe's vivid end is not its own: it may be of another factor. Its border is the preset's.

    stage, changes: of the stage and of the recipe; title and description continue the preset's.
    """
    if {"perceptual", "two_stage"} & {section.NAME for section in recipe.stages[0].own_sections()}:
        raise ValueError(
            "Expected a recipe that trains on pixels alone: give another recipe. "
            f"Received: {recipe.name}"
        )
    network = NetworkSection.of(genotype, source.scale)
    texts = {
        "title": f"{source.title}, {changes['title']}",
        "description": f"{source.description} {changes['description']} from {source.name}.",
        "vivid": None,
        "border": source.border,
        "ancestry": None,
    }
    return recipe.in_one_stage({**stage, "network": network}, {**changes, **texts})
